// Two ordered cursors merged by hand, three columns of each child summed up.

#include "../children.hpp"
#include "../cursor.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace {

// Any value may be of another type than its column was declared with.
sqlite3_value* expect(sqlite3_value* value, int type) {
  if (sqlite3_value_type(value) != type) throw std::runtime_error{"a value is of another type than its column"};
  return value;
}

std::int64_t integer(sqlite3_value* value) { return sqlite3_value_int64(expect(value, SQLITE_INTEGER)); }

}  // namespace

void bench::peers::hand_expand(const job& wanted) {
  auto parents = cursor{wanted.database, children::all_parents};
  auto rows = cursor{parents, children::all_children};
  auto total = sums{};
  auto is_child = rows.next();
  while (parents.next()) {
    auto key = integer(parents.value(0));
    while (is_child) {
      auto parent = integer(rows.value(0));
      if (parent < key) throw std::runtime_error{"a child without a parent"};
      if (parent > key) break;
      auto id = integer(rows.value(1));
      auto amount = sqlite3_value_double(expect(rows.value(3), SQLITE_FLOAT));
      auto quantity = rows.value(4);
      auto given = std::optional<std::int64_t>{};
      if (sqlite3_value_type(quantity) != SQLITE_NULL) given = integer(quantity);
      total.add(id, amount, given);
      is_child = rows.next();
    }
  }
  if (is_child) throw std::runtime_error{"a child without a parent"};
  total.print();
}
