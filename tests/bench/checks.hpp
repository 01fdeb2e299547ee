// Whether the peers do the same work, seen before anything is timed.

#pragma once

#include "peers.hpp"

#include <string>
#include <vector>

namespace bench {

struct checked_output {
  const peer* who;
  std::string bytes;
};

// Throws where an output is not what its peer promises (see `check`), compared with `expected`, the hand loop's.
void check_outputs(const std::string& expected, const std::vector<checked_output>& outputs);

}  // namespace bench
