// Runs contestants in turn, round after round, and prints what they took.

#pragma once

#include "child.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct contestant {
  std::string title;
  command work;
  bool is_yardstick = false;  // the one that the others are compared with
  std::vector<double> seconds = {};
  std::vector<double> wall = {};  // seconds from start to end
  double peak_memory = 0;         // MiB
  std::uint64_t bytes = 0;
};

// Where somebody else does a part of the work, such as a server, the time from start to end counts, too.
enum class times { processor, processor_and_wall };

// The head of a time's columns, and its median, range and ratio.
void print_time_head(const char* what);
void print_time(const std::vector<double>& seconds, const std::vector<double>* yardstick);

void measure_and_print(const std::string& title, std::vector<contestant> all, int rounds,
                       times shown = times::processor);

}  // namespace bench
