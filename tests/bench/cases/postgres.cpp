#include "../cases.hpp"
#include "../child.hpp"
#include "../contest.hpp"
#include "../postgres_orders.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

using namespace bench;

// The same rows again and again; the server keeps none of them.
std::string many_orders(int times) {
  auto sql = postgres_orders::every_order;
  for (auto i = 1; i < times; ++i) sql += " union all " + postgres_orders::every_order;
  return sql;
}

void print_memory(const plan& wanted, std::string_view title, std::string_view peer, int times) {
  auto used = run(wanted.child("postgres", peer, many_orders(times)));
  std::printf("%-26s %-28s %11.1f %8.3f\n", (std::to_string(wanted.rows * times) + " rows").c_str(),
              std::string{title}.c_str(), used.peak_memory, used.seconds);
  std::fflush(stdout);
}

}  // namespace

void bench::cases::postgres(const plan& wanted) {
  run_apart([&] { postgres_orders::make(wanted); });
  hold(wanted, {"postgres", "PostgreSQL", postgres_orders::every_order, "hand", times::processor_and_wall},
       postgres_orders::every_order + " limit 1000");

  std::printf("%-26s %-28s %11s %8s\n", "memory, PostgreSQL", "", "memory MiB", "CPU s");
  print_memory(wanted, "tidemark", "library", 1);
  print_memory(wanted, "tidemark", "library", 10);
  print_memory(wanted, "best hand loop, row by row", "hand", 10);
  std::printf("\n");
}
