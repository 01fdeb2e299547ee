// What one peer is asked to do: read `query` from `database` or from the server at `postgres`, or the lines of `ndjson`
// where its work is on those, and write to standard output what its table says, as JSON.

#pragma once

#include <cstddef>
#include <string>

namespace bench {

inline constexpr auto usual_mark = std::size_t{65536};

struct job {
  std::string database;
  std::string ndjson;
  std::string postgres;  // where the server is, as libpq has it
  std::string query;
  std::size_t mark = usual_mark;  // only the library looks at it
  std::size_t clients = 0;        // that read nothing
};

}  // namespace bench
