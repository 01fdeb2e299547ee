#include "../cases.hpp"
#include "../child.hpp"
#include "../figures.hpp"

#include <cstdio>
#include <stdexcept>
#include <vector>

void bench::cases::first_chunk(const plan& wanted) {
  auto work = wanted.child("rows", "first_chunk", wanted.orders_ten_times());
  auto first = std::vector<double>{};
  auto whole = std::vector<double>{};
  auto rows = 0ull, bytes = 0ull;
  for (auto round = 0; round < wanted.rounds; ++round) {
    auto seconds_to_first = 0.0, seconds = 0.0;
    auto line = output_of(work);
    if (std::sscanf(line.c_str(), "%lf %lf %llu %llu", &seconds_to_first, &seconds, &rows, &bytes) != 4)
      throw std::runtime_error{"the peer first_chunk wrote \"" + line + '"'};
    first.push_back(seconds_to_first);
    whole.push_back(seconds);
  }
  std::printf("%-32s %14s %14s %14s %13s\n", "first chunk", "to first, ms", "whole, s", "first / whole",
              "output bytes");
  std::printf("%-32s %14.3f %14.3f %14.6f %13llu\n\n", ("tidemark, " + std::to_string(rows) + " rows").c_str(),
              median(first) * 1000, median(whole), median_ratio(first, whole), bytes);
  std::fflush(stdout);
}
