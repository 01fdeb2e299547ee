#pragma once

#include <sqlite3.h>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>

namespace tidemark::sqlite {

// bind_value(): gives parameter `index`, counted from 1, its value, which is copied. Returns SQLite's code. Throws
// error (usage) for a value that SQLite cannot hold.

// SQLITE_TRANSIENT, without the old-style cast of the macro.
inline sqlite3_destructor_type copied() noexcept {
  return reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
}

inline int bind_value(sqlite3_stmt* to, int index, std::nullptr_t) { return sqlite3_bind_null(to, index); }
inline int bind_value(sqlite3_stmt* to, int index, std::nullopt_t) { return sqlite3_bind_null(to, index); }
inline int bind_value(sqlite3_stmt* to, int index, std::floating_point auto value) {
  return sqlite3_bind_double(to, index, static_cast<double>(value));
}
template <std::integral T>
  requires(!std::same_as<T, bool>)
int bind_value(sqlite3_stmt* to, int index, T value) {
  if (!std::in_range<std::int64_t>(value))
    throw error(failure::usage, "the value of parameter " + std::to_string(index) + " is beyond a 64-bit integer");
  return sqlite3_bind_int64(to, index, static_cast<sqlite3_int64>(value));
}
inline int bind_value(sqlite3_stmt* to, int index, std::same_as<bool> auto value) {
  return sqlite3_bind_int(to, index, value ? 1 : 0);
}
inline int bind_value(sqlite3_stmt* to, int index, std::string_view text) {
  return sqlite3_bind_text64(to, index, text.empty() ? "" : text.data(), text.size(), copied(), SQLITE_UTF8);
}
inline int bind_value(sqlite3_stmt* to, int index, std::span<const std::byte> octets) {
  if (octets.empty()) return sqlite3_bind_zeroblob(to, index, 0);
  return sqlite3_bind_blob64(to, index, octets.data(), octets.size(), copied());
}
template <class T>
int bind_value(sqlite3_stmt* to, int index, const std::optional<T>& value) {
  return value ? bind_value(to, index, *value) : bind_value(to, index, nullptr);
}

/// A value of another row. Decimals that are no 64-bit integers are text, which SQLite makes a number of where it is
/// compared with a column of numbers.
inline int bind_value(sqlite3_stmt* to, int index, const field& value) {
  switch (value.type()) {
    case field::kind::null: return bind_value(to, index, nullptr);
    case field::kind::boolean: return bind_value(to, index, value.as_boolean());
    case field::kind::integer: return bind_value(to, index, value.as_integer());
    case field::kind::unsigned_integer: return bind_value(to, index, value.as_unsigned_integer());
    case field::kind::real: return bind_value(to, index, value.as_real());
    case field::kind::decimal: {
      const std::string_view digits = value.as_view();
      std::int64_t integer = 0;
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), integer);
      if (read.ec == std::errc{} && read.ptr == digits.data() + digits.size()) return bind_value(to, index, integer);
      return bind_value(to, index, digits);
    }
    case field::kind::text:
    case field::kind::json: return bind_value(to, index, value.as_view());
    case field::kind::bytes: return bind_value(to, index, std::as_bytes(std::span(value.as_view())));
    default:
      throw error(failure::usage, "the value of parameter " + std::to_string(index) +
                                      " is a time or comes in pieces, which cannot be bound");
  }
}

}  // namespace tidemark::sqlite
