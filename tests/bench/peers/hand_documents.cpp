// The best loop for rows that are JSON text already: each is copied, with its comma, to a buffer of 64 KiB.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <cstddef>
#include <cstring>
#include <memory>

namespace {

constexpr auto capacity = std::size_t{65536};
constexpr auto long_row = std::size_t{4096};  // from here on, handing on the row's own memory beats copying it

char* flush(char* buffer, char* out) {
  bench::write_all(buffer, static_cast<std::size_t>(out - buffer));
  return buffer;
}

// A row, and the comma after it.
char* put_row(char* buffer, char* out, const char* text, std::size_t size) {
  if (size >= long_row) [[unlikely]] {
    flush(buffer, out);
    bench::write_all(text, size);
    out = buffer;
  } else {
    if (size + 2 > static_cast<std::size_t>(buffer + capacity - out)) out = flush(buffer, out);
    std::memcpy(out, text, size);
    out += size;
  }
  *out = ',';
  return out + 1;
}

}  // namespace

void bench::peers::hand_documents(const job& wanted) {
  auto rows = cursor{wanted};
  auto memory = std::make_unique<char[]>(capacity);
  auto buffer = memory.get();
  auto out = buffer;
  auto any = false;
  *out++ = '[';
  while (rows.next()) {
    auto value = rows.value(0);
    if (sqlite3_value_type(value) == SQLITE_TEXT) [[likely]] {
      auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      out = put_row(buffer, out, text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
    } else {
      out = put_row(buffer, out, "null", 4);
    }
    any = true;
  }
  if (any) --out;  // the comma after the last row
  *out++ = ']';
  flush(buffer, out);
}
