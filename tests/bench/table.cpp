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
      each.peak_memory = std::max(each.peak_memory, used.peak_memory);
    }
  }
}

void print(const contestant& each, const contestant* yardstick) {
  auto [least, most] = std::ranges::minmax(each.seconds);
  char range[40];
  std::snprintf(range, sizeof range, "%.3f..%.3f", least, most);
  char ratio[24] = "-";
  if (yardstick != nullptr) std::snprintf(ratio, sizeof ratio, "%.2f", median_ratio(each.seconds, yardstick->seconds));
  std::printf("%-32s %8.3f %16s %7s %11.1f %13llu\n", each.title.c_str(), median(each.seconds), range, ratio,
              each.peak_memory, static_cast<unsigned long long>(each.bytes));
}

}  // namespace

void measure_and_print(const std::string& title, std::vector<contestant> all, int rounds) {
  measure(all, rounds);
  auto yardstick = std::ranges::find(all, true, &contestant::is_yardstick);
  std::printf("%-32s %8s %16s %7s %11s %13s\n", title.c_str(), "CPU s", "min..max", "ratio", "memory MiB",
              "output bytes");
  for (const auto& each : all) print(each, yardstick == all.end() ? nullptr : &*yardstick);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace bench
