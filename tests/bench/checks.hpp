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

// Throws where an output is not what its peer promises (see `check`): the same bytes, or the same values.
void check_outputs(const std::string& bytes, const std::string& values, const std::vector<checked_output>& outputs);

}  // namespace bench
