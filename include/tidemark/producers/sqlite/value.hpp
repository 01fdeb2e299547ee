#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <new>
#include <span>
#include <string_view>

#include <tidemark/field.hpp>

namespace tidemark::sqlite {

/// A text in SQLite's own memory, as UTF-8. Throws std::bad_alloc where SQLite has no memory to convert it.
inline std::string_view read_text(sqlite3_value* value) {
  const unsigned char* const text = sqlite3_value_text(value);
  if (text == nullptr) [[unlikely]]
    throw std::bad_alloc();
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// A value as SQLite has it, in SQLite's own memory: valid until its statement moves. Throws std::bad_alloc where
/// SQLite has no memory to unpack it.
inline field read_value(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return field::integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return field::real(sqlite3_value_double(value));
    case SQLITE_TEXT: return field::text(read_text(value));
    case SQLITE_BLOB: {
      const void* const octets = sqlite3_value_blob(value);
      const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
      if (octets == nullptr && size != 0) [[unlikely]]
        throw std::bad_alloc();
      return field::bytes({static_cast<const std::byte*>(octets), size});
    }
    default: return field::null();
  }
}

}  // namespace tidemark::sqlite
