// The loop that the library is measured against: the rows of the table `orders`, written as well as can be by hand.
//
// Everything that may be known beforehand is: the columns, their names, and which type each value most likely has. Any
// value may still be NULL or of another type, as SQLite promises nothing else. It cannot stop in the middle of a row.

#include "cursor.hpp"
#include "hand_kernels.hpp"
#include "peers.hpp"
#include "standard_output.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {

enum class kind { integer, real, text };

struct column {
  std::string_view name;
  kind likely;
};

constexpr auto columns = std::to_array<column>({{"id", kind::integer},
                                                {"customer", kind::text},
                                                {"city", kind::text},
                                                {"note", kind::text},
                                                {"amount", kind::real},
                                                {"weight", kind::real},
                                                {"price", kind::text},
                                                {"quantity", kind::integer},
                                                {"paid", kind::integer},
                                                {"created", kind::text}});

// `,"name":` (the first one `{"name":`), padded so that a copy has a fixed size.
struct label {
  alignas(16) std::array<char, 16> bytes{};
  std::size_t size = 0;

  constexpr void add(std::string_view text) {
    for (auto c : text) bytes[size++] = c;
  }
};

template <std::size_t i>
constexpr auto label_of = [] {
  auto result = label{};
  result.add(i == 0 ? "{\"" : ",\"");
  result.add(columns[i].name);
  result.add("\":");
  return result;
}();

constexpr auto capacity = std::size_t{65536};

// What a row takes at most, but for its texts: a label and 32 bytes a value.
constexpr auto row_bound = columns.size() * (sizeof label::bytes + 32) + hand::slack;

class hand_loop {
 public:
  explicit hand_loop(const bench::job& wanted) : rows_{wanted} {
    auto count = static_cast<std::size_t>(rows_.columns());
    auto same = count == columns.size();
    for (auto i = std::size_t{0}; same && i < count; ++i) same = columns[i].name == rows_.name(static_cast<int>(i));
    if (!same) throw std::runtime_error{"the hand loop only knows the columns of the table orders"};
  }

  void run() {
    auto out = buffer_.get();
    *out++ = '[';
    if (rows_.next()) {
      out = put_row(out, every_column);
      while (rows_.next()) {
        if (out > limit_) out = flush(out);
        out = put_row(out, every_column);
      }
      --out;  // the comma after the last row
    }
    *out++ = ']';
    flush(out);
  }

 private:
  static constexpr auto every_column = std::make_index_sequence<columns.size()>{};

  template <std::size_t... i>
  char* put_row(char* out, std::index_sequence<i...>) {
    ((out = put_column<i>(out)), ...);
    std::memcpy(out, "},", 2);
    return out + 2;
  }

  template <std::size_t i>
  [[gnu::always_inline]] char* put_column(char* out) {
    std::memcpy(out, label_of<i>.bytes.data(), sizeof label::bytes);
    out += label_of<i>.size;
    auto value = rows_.value(static_cast<int>(i));
    auto type = sqlite3_value_type(value);
    if constexpr (columns[i].likely == kind::integer) {
      if (type == SQLITE_INTEGER) return hand::put_integer(out, sqlite3_value_int64(value));
    } else if constexpr (columns[i].likely == kind::real) {
      if (type == SQLITE_FLOAT) return hand::put_double(out, sqlite3_value_double(value));
    } else {
      if (type == SQLITE_TEXT) return put_text(out, value);
    }
    return put_unlikely(out, value, type);
  }

  [[gnu::always_inline]] char* put_text(char* out, sqlite3_value* value) {
    auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    if (limit_ < out + 6 * size) return put_long_text(out, text, size);
    *out = '"';
    out = hand::put_escaped(out + 1, text, size);
    *out = '"';
    return out + 1;
  }

  [[gnu::noinline]] char* put_unlikely(char* out, sqlite3_value* value, int type) {
    switch (type) {
      case SQLITE_INTEGER: return hand::put_integer(out, sqlite3_value_int64(value));
      case SQLITE_FLOAT: return hand::put_double(out, sqlite3_value_double(value));
      case SQLITE_TEXT: return put_text(out, value);
      case SQLITE_BLOB: return put_blob(out, value);
      default: std::memcpy(out, "null", 4); return out + 4;
    }
  }

  // A text for which the buffer may have too little room left: in pieces.
  [[gnu::noinline]] char* put_long_text(char* out, const char* text, std::size_t size) {
    constexpr auto most = (capacity - row_bound) / 6;
    *out++ = '"';
    while (size > 0) {
      out = flush(out);
      auto piece = size < most ? size : most;
      out = hand::put_escaped(out, text, piece);
      text += piece;
      size -= piece;
    }
    if (out > limit_) out = flush(out);
    *out++ = '"';
    return out;
  }

  [[gnu::noinline]] char* put_blob(char* out, sqlite3_value* value) {
    constexpr auto most = (capacity - row_bound) / 4 * 3;
    auto bytes = static_cast<const unsigned char*>(sqlite3_value_blob(value));
    auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    *out++ = '"';
    while (size > 0) {
      out = flush(out);
      auto piece = size < most ? size : most;
      out = hand::put_base64(out, bytes, piece);
      bytes += piece;
      size -= piece;
    }
    if (out > limit_) out = flush(out);
    *out++ = '"';
    return out;
  }

  char* flush(char* out) {
    bench::write_all(buffer_.get(), static_cast<std::size_t>(out - buffer_.get()));
    return buffer_.get();
  }

  bench::cursor rows_;
  std::unique_ptr<char[]> buffer_ = std::make_unique<char[]>(capacity);
  char* limit_ = buffer_.get() + capacity - row_bound;
};

}  // namespace

void bench::peers::hand(const job& wanted) { hand_loop{wanted}.run(); }
