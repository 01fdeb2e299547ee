#include "../cases.hpp"
#include "../child.hpp"
#include "../figures.hpp"
#include "../http_client.hpp"
#include "../peers.hpp"
#include "../postgres_orders.hpp"
#include "../table.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace bench;

struct served {
  std::string title;
  command work;
  std::vector<double> seconds = {};  // of the server's processor
  std::vector<double> wall = {};     // from the request to the answer's last byte
  std::uint64_t bytes = 0;
};

// This program is the client.
void ask(served& one, bool is_counted) {
  auto server = companion{one.work};
  auto port = static_cast<std::uint16_t>(std::stoul(server.line()));
  auto begin = std::chrono::steady_clock::now();
  one.bytes = http_client::request{port}.read_all();
  auto wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  auto seconds = std::stod(server.line());
  server.wait();
  if (!is_counted) return;
  one.seconds.push_back(seconds);
  one.wall.push_back(wall);
}

void print(const served& one, const served& yardstick) {
  std::printf("%-32s", one.title.c_str());
  print_time(one.seconds, &yardstick.seconds);
  print_time(one.wall, &yardstick.wall);
  std::printf(" %8.0f %13llu\n", static_cast<double>(one.bytes) / 1e6 / median(one.wall),
              static_cast<unsigned long long>(one.bytes));
}

}  // namespace

void bench::cases::http(const plan& wanted) {
  run_apart([&] { postgres_orders::make(wanted); });
  auto all = std::vector<served>{};
  for (const auto& each : peers_of("http")) {
    auto query = each.name == "postgres" ? postgres_orders::every_order : wanted.every_order();
    if (wanted.includes(each.name)) all.push_back({std::string{each.title}, wanted.child("http", each.name, query)});
  }
  if (all.empty()) return;
  for (auto& each : all) ask(each, false);
  for (auto round = 0; round < wanted.rounds; ++round)
    for (auto& each : all) ask(each, true);
  std::printf("%-32s", ("HTTP, " + std::to_string(wanted.rows) + " rows").c_str());
  print_time_head("server s");
  print_time_head("wall s");
  std::printf(" %8s %13s\n", "MB/s", "output bytes");
  for (const auto& each : all) print(each, all.front());
  std::printf("\n");
  std::fflush(stdout);
}
