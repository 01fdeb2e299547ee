// The best loop for a few columns: one look-up for each value, and none for the columns that nobody asked for. Any
// value may be of another type than its column was declared with, so that the type is looked at.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace {

int column_of(const bench::cursor& rows, std::string_view name) {
  for (auto column = 0; column < rows.columns(); ++column)
    if (rows.name(column) == name) return column;
  throw std::runtime_error{"the hand loop only knows the columns of the table orders"};
}

[[noreturn]] void fail() { throw std::runtime_error{"a value is of another type than its column"}; }

}  // namespace

void bench::peers::hand_columns(const job& wanted) {
  auto rows = cursor{wanted};
  auto id_column = column_of(rows, "id");
  auto amount_column = column_of(rows, "amount");
  auto quantity_column = column_of(rows, "quantity");
  auto total = sums{};
  while (rows.next()) {
    auto id = rows.value(id_column);
    if (sqlite3_value_type(id) != SQLITE_INTEGER) fail();
    auto amount = rows.value(amount_column);
    if (sqlite3_value_type(amount) != SQLITE_FLOAT) fail();
    auto quantity = rows.value(quantity_column);
    auto given = std::optional<std::int64_t>{};
    switch (sqlite3_value_type(quantity)) {
      case SQLITE_INTEGER: given = sqlite3_value_int64(quantity); break;
      case SQLITE_NULL: break;
      default: fail();
    }
    total.add(sqlite3_value_int64(id), sqlite3_value_double(amount), given);
  }
  total.print();
}
