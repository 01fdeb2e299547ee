// The floor: the rows are stepped through and nothing is read.

#include "../cursor.hpp"
#include "../peers.hpp"

void bench::peers::step(const job& wanted) {
  auto rows = cursor{wanted};
  while (rows.next()) {}
}
