#include "table.hpp"

#include "figures.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {

namespace {

void measure(std::vector<contestant>& all, int rounds) {
  for (auto& each : all) each.bytes = output_size_of(each.work);  // which warms up, too
  for (auto round = 0; round < rounds; ++round) {
    for (auto& each : all) {
      auto used = run(each.work);
      each.seconds.push_back(used.seconds);
      each.wall.push_back(used.wall);
      each.peak_memory = std::max(each.peak_memory, used.peak_memory);
    }
  }
}

void print(const contestant& each, const contestant* yardstick, times shown) {
  std::printf("%-32s", each.title.c_str());
  print_time(each.seconds, yardstick != nullptr ? &yardstick->seconds : nullptr);
  if (shown == times::processor_and_wall) print_time(each.wall, yardstick != nullptr ? &yardstick->wall : nullptr);
  std::printf(" %11.1f %13llu\n", each.peak_memory, static_cast<unsigned long long>(each.bytes));
}

}  // namespace

void print_time_head(const char* what) { std::printf(" %8s %16s %7s", what, "min..max", "ratio"); }

void print_time(const std::vector<double>& seconds, const std::vector<double>* yardstick) {
  auto [least, most] = std::ranges::minmax(seconds);
  char range[40];
  std::snprintf(range, sizeof range, "%.3f..%.3f", least, most);
  char ratio[24] = "-";
  if (yardstick != nullptr) std::snprintf(ratio, sizeof ratio, "%.2f", median_ratio(seconds, *yardstick));
  std::printf(" %8.3f %16s %7s", median(seconds), range, ratio);
}

void measure_and_print(const std::string& title, std::vector<contestant> all, int rounds, times shown) {
  measure(all, rounds);
  auto yardstick = std::ranges::find(all, true, &contestant::is_yardstick);
  std::printf("%-32s", title.c_str());
  print_time_head("CPU s");
  if (shown == times::processor_and_wall) print_time_head("wall s");
  std::printf(" %11s %13s\n", "memory MiB", "output bytes");
  for (const auto& each : all) print(each, yardstick == all.end() ? nullptr : &*yardstick, shown);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace bench
