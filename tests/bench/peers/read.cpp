// The limit of SQLite's public interface: every value is read as its own type, and nothing is written.

#include "../cursor.hpp"
#include "../peers.hpp"

#include <bit>
#include <cstdint>

namespace {

std::uint64_t read_value(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return static_cast<std::uint64_t>(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return std::bit_cast<std::uint64_t>(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      auto text = reinterpret_cast<std::uintptr_t>(sqlite3_value_text(value));
      return text + static_cast<std::uint64_t>(sqlite3_value_bytes(value));
    }
    case SQLITE_BLOB: {
      auto bytes = reinterpret_cast<std::uintptr_t>(sqlite3_value_blob(value));
      return bytes + static_cast<std::uint64_t>(sqlite3_value_bytes(value));
    }
    default: return 0;
  }
}

}  // namespace

void bench::peers::read(const job& wanted) {
  auto rows = cursor{wanted};
  auto columns = rows.columns();
  auto seen = std::uint64_t{0};
  while (rows.next())
    for (auto column = 0; column < columns; ++column) seen += read_value(rows.value(column));
  [[maybe_unused]] volatile auto kept = seen;  // so that no reading is optimised away
}
