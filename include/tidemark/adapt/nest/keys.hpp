#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tidemark/field.hpp>
#include <tidemark/json/value_writer.hpp>

namespace tidemark::nesting {

/// A value as JSON, for messages and for comparing.
inline std::string shown(const field& value) {
  std::string text;
  json::value_writer writer({}, false);
  json::append_value(text, writer, value);
  return text;
}
inline void add_shown(std::string& to, std::string_view name, const field& value) {
  to.append(to.empty() ? "" : ", ").append(name).append(" ").append(shown(value));
}

/// A column of a relation's rows that is a key.
struct key_column {
  std::string name;
  std::size_t column = 0;       // where the rows are fields
  field value = field::null();  // of the row it is at, where that has children
};

/// A column of the children and the key of an ancestor that it equals.
struct match {
  std::size_t ancestor;
  std::size_t key;  // of the ancestor's keys
  key_column child;
};

/// A key that outlives its row.
class kept_key {
 public:
  explicit kept_key(const field& value)
      : type_(value.type()),
        integer_(is_integer() ? value.as_integer() : 0),
        text_(is_integer() ? std::string() : shown(value)) {}

  bool is(const field& value) const {
    return type_ == value.type() && (is_integer() ? integer_ == value.as_integer() : text_ == shown(value));
  }

 private:
  bool is_integer() const noexcept { return type_ == field::kind::integer; }

  field::kind type_;
  std::int64_t integer_;
  std::string text_;
};

}  // namespace tidemark::nesting
