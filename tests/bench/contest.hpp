// One table of peers that do the same work.

#pragma once

#include "checks.hpp"
#include "plan.hpp"
#include "table.hpp"

#include <string>
#include <vector>

namespace bench {

struct contest {
  std::string kind;   // of its peers
  std::string title;  // of its table
  std::string query;  // what they read; without one, the lines
  std::string yardstick = "hand";
  times shown = times::processor;
};

// What those peers write, the others left out that write nothing.
std::vector<checked_output> outputs_of(const plan& wanted, const std::string& kind, const std::string& query);

// Compares what the peers make of `checked_query` with what the yardstick does, before they are timed.
void hold(const plan& wanted, const contest& held, const std::string& checked_query);

// Times them, and prints the table.
void measure(const plan& wanted, const contest& held);

}  // namespace bench
