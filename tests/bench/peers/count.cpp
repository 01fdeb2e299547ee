// The first value of the first row: how many rows there are.

#include "../cursor.hpp"
#include "../peers.hpp"

#include <cstdio>

void bench::peers::count(const job& wanted) {
  auto rows = cursor{wanted};
  while (rows.next()) std::printf("%lld\n", static_cast<long long>(sqlite3_value_int64(rows.value(0))));
}
