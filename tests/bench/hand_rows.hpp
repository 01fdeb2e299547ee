// Rows written as well as can be by hand: what the loops that the library is measured against are made of.
//
// Everything that may be known beforehand is: the columns, their names, and which type each value most likely has. Any
// value may still be NULL or of another type, as SQLite promises nothing else. It cannot stop in the middle of a row.

#pragma once

#include "cursor.hpp"
#include "hand_kernels.hpp"
#include "orders.hpp"
#include "standard_output.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace hand {

// `,"name":` (the first one `{"name":`), padded so that a copy has a fixed size.
struct label {
  alignas(16) std::array<char, 16> bytes{};
  std::size_t size = 0;

  constexpr void add(std::string_view text) {
    for (auto c : text) bytes[size++] = c;
  }
};

template <const auto& columns, std::size_t i>
constexpr auto label_of = [] {
  auto result = label{};
  result.add(i == 0 ? "{\"" : ",\"");
  result.add(columns[i].name);
  result.add("\":");
  return result;
}();

constexpr auto capacity = std::size_t{65536};

// What a row of `columns` takes at most, but for its texts: a label and 32 bytes a value.
template <const auto& columns>
constexpr auto row_bound = columns.size() * (sizeof label::bytes + 32) + slack;

// 64 KiB to write to. Rows are begun below `limit` alone, so that they need not look.
class buffer {
 public:
  explicit buffer(std::size_t bound) : bound_{bound} {}

  char* begin() { return memory_.get(); }
  const char* limit() const { return limit_; }
  std::size_t room() const { return capacity - bound_; }

  char* flush(char* out) {
    bench::write_all(begin(), static_cast<std::size_t>(out - begin()));
    return begin();
  }

  // A text as a string, of any length.
  [[gnu::always_inline]] char* put_text(char* out, const char* text, std::size_t size) {
    if (limit() < out + 6 * size) return put_long_text(out, text, size);
    *out = '"';
    out = put_escaped(out + 1, text, size);
    *out = '"';
    return out + 1;
  }

 private:
  // A text for which there may be too little room left: in pieces.
  [[gnu::noinline]] char* put_long_text(char* out, const char* text, std::size_t size) {
    auto most = room() / 6;
    *out++ = '"';
    while (size > 0) {
      out = flush(out);
      auto piece = size < most ? size : most;
      out = put_escaped(out, text, piece);
      text += piece;
      size -= piece;
    }
    if (out > limit()) out = flush(out);
    *out++ = '"';
    return out;
  }

  std::size_t bound_;
  std::unique_ptr<char[]> memory_ = std::make_unique<char[]>(capacity);
  char* limit_ = memory_.get() + capacity - bound_;
};

template <const auto& columns>
class row_writer {
 public:
  row_writer(bench::cursor& rows, buffer& to) : rows_{rows}, to_{to} {
    auto count = static_cast<std::size_t>(rows.columns());
    auto same = count == columns.size();
    for (auto i = std::size_t{0}; same && i < count; ++i) same = columns[i].name == rows.name(static_cast<int>(i));
    if (!same) throw std::runtime_error{"the hand loop does not know the columns of this query"};
  }

  // The row, but for its last brace. `out` is below the limit.
  [[gnu::always_inline]] char* put(char* out) { return put_from<0>(out, std::make_index_sequence<columns.size()>{}); }

  // The same where the first column is a key that has been read already.
  [[gnu::always_inline]] char* put(char* out, std::int64_t key) {
    out = put_integer(put_label<0>(out), key);
    return put_from<1>(out, std::make_index_sequence<columns.size() - 1>{});
  }

 private:
  template <std::size_t first, std::size_t... i>
  [[gnu::always_inline]] char* put_from(char* out, std::index_sequence<i...>) {
    ((out = put_column<first + i>(out)), ...);
    return out;
  }

  template <std::size_t i>
  [[gnu::always_inline]] char* put_label(char* out) {
    std::memcpy(out, label_of<columns, i>.bytes.data(), sizeof label::bytes);
    return out + label_of<columns, i>.size;
  }

  template <std::size_t i>
  [[gnu::always_inline]] char* put_column(char* out) {
    out = put_label<i>(out);
    auto value = rows_.value(static_cast<int>(i));
    auto type = sqlite3_value_type(value);
    if constexpr (columns[i].likely == kind::integer) {
      if (type == SQLITE_INTEGER) return put_integer(out, sqlite3_value_int64(value));
    } else if constexpr (columns[i].likely == kind::real) {
      if (type == SQLITE_FLOAT) return put_double(out, sqlite3_value_double(value));
    } else {
      if (type == SQLITE_TEXT) return put_text(out, value);
    }
    return put_unlikely(out, value, type);
  }

  [[gnu::always_inline]] char* put_text(char* out, sqlite3_value* value) {
    auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return to_.put_text(out, text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  }

  [[gnu::noinline]] char* put_unlikely(char* out, sqlite3_value* value, int type) {
    switch (type) {
      case SQLITE_INTEGER: return put_integer(out, sqlite3_value_int64(value));
      case SQLITE_FLOAT: return put_double(out, sqlite3_value_double(value));
      case SQLITE_TEXT: return put_text(out, value);
      case SQLITE_BLOB: return put_blob(out, value);
      default: std::memcpy(out, "null", 4); return out + 4;
    }
  }

  [[gnu::noinline]] char* put_blob(char* out, sqlite3_value* value) {
    auto most = to_.room() / 4 * 3;
    auto bytes = static_cast<const unsigned char*>(sqlite3_value_blob(value));
    auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    *out++ = '"';
    while (size > 0) {
      out = to_.flush(out);
      auto piece = size < most ? size : most;
      out = put_base64(out, bytes, piece);
      bytes += piece;
      size -= piece;
    }
    if (out > to_.limit()) out = to_.flush(out);
    *out++ = '"';
    return out;
  }

  bench::cursor& rows_;
  buffer& to_;
};

}  // namespace hand
