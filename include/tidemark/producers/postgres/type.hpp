#pragma once

#include <libpq-fe.h>

#include <cstdint>

#include <tidemark/producer.hpp>

namespace tidemark::postgres {

/// How a value is read, by the type that the server says a column has.
enum class form : std::uint8_t {
  text,     ///< as the server spells it
  boolean,  ///< t or f
  integer,
  real,
  decimal,  ///< numeric: its digits, however many
  json,     ///< passed through
  octets,   ///< bytea
  time,     ///< dates and times, in ISO 8601
};

/// A type: its form, and whether it is an array of such values.
struct type {
  form of = form::text;
  bool is_array = false;
};

/// What a type's oid says; text for those that are not listed. The numbers are fixed (pg_type.dat of PostgreSQL).
constexpr type type_of(Oid oid) noexcept {
  switch (oid) {
    case 16: return {form::boolean};
    case 20:                          // int8
    case 21:                          // int2
    case 23:                          // int4
    case 26: return {form::integer};  // oid
    case 700:                         // float4
    case 701: return {form::real};    // float8
    case 1700: return {form::decimal};
    case 114:                        // json
    case 3802: return {form::json};  // jsonb
    case 17: return {form::octets};
    case 1082:                       // date
    case 1083:                       // time
    case 1114:                       // timestamp
    case 1184: return {form::time};  // timestamptz
    case 1000: return {form::boolean, true};
    case 1005:
    case 1007:
    case 1016:
    case 1028: return {form::integer, true};
    case 1021:
    case 1022: return {form::real, true};
    case 1231: return {form::decimal, true};
    case 199:
    case 3807: return {form::json, true};
    case 1001: return {form::octets, true};
    case 1115:
    case 1182:
    case 1183:
    case 1185: return {form::time, true};
    case 1002:                             // "char"[]
    case 1003:                             // name[]
    case 1009:                             // text[]
    case 1014:                             // bpchar[]
    case 1015:                             // varchar[]
    case 2951: return {form::text, true};  // uuid[]
    default: return {};
  }
}

/// What the values of a column of this type are.
constexpr column_type column_type_of(Oid oid) noexcept {
  const type known = type_of(oid);
  if (known.is_array) return column_type::json;
  switch (known.of) {
    case form::boolean: return column_type::boolean;
    case form::integer:
      return oid == 20   ? column_type::int64
             : oid == 21 ? column_type::int16
             : oid == 23 ? column_type::int32
                         : column_type::uint32;
    case form::real: return oid == 700 ? column_type::float32 : column_type::float64;
    case form::decimal: return column_type::decimal;
    case form::json: return column_type::json;
    case form::octets: return column_type::bytes;
    case form::time: return oid == 1083 ? column_type::text : column_type::time;
    case form::text: break;
  }
  return column_type::text;
}

/// Whether values of a type can be read in the server's binary form: the types that type_of() lists, and characters.
constexpr bool is_read_in_binary(Oid oid) noexcept {
  switch (oid) {
    case 18:                 // "char"
    case 19:                 // name
    case 25:                 // text
    case 142:                // xml
    case 705:                // unknown
    case 1042:               // bpchar
    case 1043:               // varchar
    case 2950: return true;  // uuid
    default: return type_of(oid).of != form::text || type_of(oid).is_array;
  }
}

}  // namespace tidemark::postgres
