// Two ordered cursors merged by hand, three columns of each child summed up.

#include "../children.hpp"
#include "../cursor.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

void bench::peers::hand_expand(const job& wanted) {
  auto parents = cursor{wanted.database, children::all_parents};
  auto rows = cursor{wanted.database, children::all_children};
  auto total = sums{};
  auto is_child = rows.next();
  while (parents.next()) {
    auto key = sqlite3_value_int64(parents.value(0));
    while (is_child) {
      auto parent = sqlite3_value_int64(rows.value(0));
      if (parent < key) throw std::runtime_error{"a child without a parent"};
      if (parent > key) break;
      auto quantity = rows.value(4);
      auto given = std::optional<std::int64_t>{};
      if (sqlite3_value_type(quantity) == SQLITE_INTEGER) given = sqlite3_value_int64(quantity);
      total.add(sqlite3_value_int64(rows.value(1)), sqlite3_value_double(rows.value(3)), given);
      is_child = rows.next();
    }
  }
  if (is_child) throw std::runtime_error{"a child without a parent"};
  total.print();
}
