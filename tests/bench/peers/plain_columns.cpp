// The loop one writes without measuring: sqlite3_column_*, by the numbers of the columns.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace {

void expect(sqlite3_stmt* row, int column, int type) {
  if (sqlite3_column_type(row, column) != type) throw std::runtime_error{"a value is of another type than its column"};
}

}  // namespace

void bench::peers::plain_columns(const job& wanted) {
  constexpr auto id = 0, amount = 4, quantity = 7;
  auto rows = cursor{wanted};
  auto row = rows.statement();
  auto total = sums{};
  while (rows.next()) {
    expect(row, id, SQLITE_INTEGER);
    expect(row, amount, SQLITE_FLOAT);
    auto given = std::optional<std::int64_t>{};
    if (sqlite3_column_type(row, quantity) != SQLITE_NULL) {
      expect(row, quantity, SQLITE_INTEGER);
      given = sqlite3_column_int64(row, quantity);
    }
    total.add(sqlite3_column_int64(row, id), sqlite3_column_double(row, amount), given);
  }
  total.print();
}
