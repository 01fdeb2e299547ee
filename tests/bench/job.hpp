// What one peer is asked to do: read `query` from `database` and write it to standard output as JSON.

#pragma once

#include <cstddef>
#include <string>

namespace bench {

struct job {
  std::string database;
  std::string query;
  std::size_t mark = 65536;  // only the library looks at it
};

}  // namespace bench
