#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// What the schema of a frame says of a field, which is what the format calls a column; and what is known of a column
/// better than by its producer: frame_options::fields.
struct frame_field {
  std::string name;
  /// unknown: as the producer says, else as the first value that is not null. decimal is written as float64, bytes as
  /// text, see json_options::bytes.
  column_type type = column_type::unknown;
  /// Whether it may hold nulls. Where not, one is an error.
  bool nullable = true;
  std::map<std::string, std::string> labels = {};
  std::string config = {};  ///< JSON: what a display is to make of the values (unit, min, max); empty for none
};

namespace frames {

/// How the format names a type: in "type", and in "typeInfo".
struct type_names {
  std::string_view type;
  std::string_view frame;
};

constexpr type_names names_of(column_type type) noexcept {
  switch (type) {
    case column_type::boolean: return {"boolean", "bool"};
    case column_type::int8: return {"number", "int8"};
    case column_type::int16: return {"number", "int16"};
    case column_type::int32: return {"number", "int32"};
    case column_type::int64: return {"number", "int64"};
    case column_type::uint8: return {"number", "uint8"};
    case column_type::uint16: return {"number", "uint16"};
    case column_type::uint32: return {"number", "uint32"};
    case column_type::uint64: return {"number", "uint64"};
    case column_type::float32: return {"number", "float32"};
    case column_type::decimal:
    case column_type::float64: return {"number", "float64"};
    case column_type::json: return {"other", "json.RawMessage"};
    case column_type::time: return {"time", "time.Time"};
    case column_type::enumeration: return {"enum", "enum"};
    case column_type::unknown:
    case column_type::text:
    case column_type::bytes: break;
  }
  return {"string", "string"};
}

/// The type that the format names so in "typeInfo"; none for any other name.
constexpr std::optional<column_type> type_named(std::string_view frame) noexcept {
  for (auto one = column_type::boolean; one != column_type::bytes;
       one = static_cast<column_type>(static_cast<std::uint8_t>(one) + 1))
    if (one != column_type::decimal && names_of(one).frame == frame) return one;
  return frame == "enum" ? std::optional(column_type::enumeration) : std::nullopt;
}

/// The type of a column of which nothing is known but this value.
constexpr column_type type_of(const field& first) noexcept {
  switch (first.type()) {
    case field::kind::boolean: return column_type::boolean;
    case field::kind::integer: return column_type::int64;
    case field::kind::unsigned_integer: return column_type::uint64;
    case field::kind::real:
    case field::kind::decimal: return column_type::float64;
    case field::kind::json: return column_type::json;
    case field::kind::time:
      return first.as_time().what == timestamp::form::time ? column_type::text : column_type::time;
    case field::kind::null: return column_type::unknown;
    default: return column_type::text;
  }
}

}  // namespace frames

}  // namespace tidemark
