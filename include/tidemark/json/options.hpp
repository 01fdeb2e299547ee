#pragma once

#include <cstdint>

namespace tidemark {

/// What becomes of the values that JSON has no one spelling for. The defaults lose nothing.
struct json_options {
  /// 64-bit integers. JSON's numbers have no limit, but JavaScript reads them as doubles: 9007199254740993 becomes
  /// 9007199254740992 there.
  enum class integers : std::uint8_t {
    number,            ///< always a number
    string,            ///< always a string
    string_if_unsafe,  ///< a string beyond +-(2^53 - 1), ECMAScript's Number.MAX_SAFE_INTEGER
  };
  enum class decimals : std::uint8_t { number, string };
  /// NaN, Infinity and -Infinity.
  enum class non_finite : std::uint8_t {
    null,
    string,  ///< "NaN", "Infinity", "-Infinity"
    error,   ///< the stream fails with failure::value
  };
  enum class octets : std::uint8_t {
    base64,     ///< RFC 4648, section 4, padded
    base64url,  ///< RFC 4648, section 5, without padding
    hex,        ///< lower case
  };
  /// Bytes in a text that are not UTF-8.
  enum class bad_utf8 : std::uint8_t {
    replace,  ///< U+FFFD for each maximal subpart (Unicode, section 3.9)
    error,    ///< the stream fails with failure::value
  };
  /// Columns of one name in one row: most readers of JSON keep only the last of equal keys.
  enum class duplicate_names : std::uint8_t {
    number,  ///< id, id_2, id_3: nothing is lost
    keep,    ///< id, id, id
    error,   ///< the stream fails with failure::value before its first row
  };

  integers integer = integers::number;
  decimals decimal = decimals::number;
  non_finite not_finite = non_finite::null;
  octets bytes = octets::base64;
  bad_utf8 invalid_utf8 = bad_utf8::replace;
  duplicate_names duplicate_name = duplicate_names::number;
  /// Whether rows and fields that come as JSON text are checked against RFC 8259 before they pass through. Costs one
  /// look at each byte.
  bool validate = false;
};

}  // namespace tidemark
