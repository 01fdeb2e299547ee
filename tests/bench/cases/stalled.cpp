#include "../cases.hpp"
#include "../child.hpp"
#include "../job.hpp"

#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

using namespace bench;

struct held {
  double heap = 0;  // bytes
  double resident = 0;
};

held held_with(const plan& wanted, std::size_t clients) {
  auto work = wanted.child("stalled", "library");
  if (clients > 0) work.insert(work.end(), {"--clients", std::to_string(clients)});
  auto line = output_of(work);
  auto result = held{};
  if (std::sscanf(line.c_str(), "%lf %lf", &result.heap, &result.resident) != 2)
    throw std::runtime_error{"the peer stalled wrote \"" + line + '"'};
  return result;
}

}  // namespace

void bench::cases::stalled(const plan& wanted) {
  constexpr auto clients = std::size_t{1000};
  constexpr auto bound = usual_mark + 65536;
  auto without = held_with(wanted, 0);
  auto with = held_with(wanted, clients);
  auto each = [&](double bytes_with, double bytes_without) { return (bytes_with - bytes_without) / clients; };
  std::printf("%-32s %12s %16s %16s %16s\n", "stalled clients", "mark, bytes", "heap of each", "resident of each",
              "mark + 64 KiB");
  std::printf("%-32s %12zu %16.0f %16.0f %16zu\n\n", (std::to_string(clients) + " that read nothing").c_str(),
              usual_mark, each(with.heap, without.heap), each(with.resident, without.resident), bound);
  std::fflush(stdout);
}
