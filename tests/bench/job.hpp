// What one peer is asked to do: read `query` from `database` or from the server at `postgres`, or the lines of `ndjson`
// where its work is on those, and write to standard output what its table says, as JSON.

#pragma once

#include <cstddef>
#include <string>

namespace bench {

struct job {
  std::string database;
  std::string ndjson;
  std::string postgres;  // where the server is, as libpq has it
  std::string query;
  std::size_t mark = 65536;  // only the library looks at it
};

}  // namespace bench
