#pragma once

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producers/postgres/type.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark::postgres {

/// Reads a value in the server's binary form: what the types' send functions give (PostgreSQL, src/backend/utils/adt;
/// postgresql.org/docs/current/protocol-overview.html, section "Formats and Format Codes"). Numbers are big-endian.
class binary_value {
 public:
  explicit binary_value(std::string_view bytes) noexcept : rest_(bytes) {}

  /// As a value of a type that is_read_in_binary() knows; what has to be spelled for it is put behind `made`. Valid as
  /// long as both. Throws error (producer) where the bytes are not such a value.
  field read(Oid oid, std::string& made) {
    if (type_of(oid).is_array) return read_array(made);
    switch (oid) {
      case 16: return field::boolean(take<std::uint8_t>() != 0);                   // bool
      case 20: return field::integer(take<std::int64_t>());                        // int8
      case 21: return field::integer(take<std::int16_t>());                        // int2
      case 23: return field::integer(take<std::int32_t>());                        // int4
      case 26: return field::integer(take<std::uint32_t>());                       // oid
      case 700: return read_float4();                                              // float4
      case 701: return field::real(std::bit_cast<double>(take<std::uint64_t>()));  // float8
      case 1700: return read_numeric(made);                                        // numeric
      case 17: return field::bytes(std::as_bytes(std::span(rest_)));               // bytea
      case 114: return field::json(rest_);                                         // json
      case 3802:                                                                   // jsonb
        if (take<std::uint8_t>() != 1) refuse();                                   // the version of its form
        return field::json(rest_);
      case 1082: return read_date();                                     // date
      case 1083: return read_time_of_day();                              // time
      case 1114: return read_timestamp(timestamp::form::date_time);      // timestamp
      case 1184: return read_timestamp(timestamp::form::date_time_utc);  // timestamptz
      case 2950: return read_uuid(made);                                 // uuid
      default: return field::text(rest_);
    }
  }

 private:
  static constexpr std::int64_t microseconds = 1'000'000;    // of a second
  static constexpr std::int64_t first_day = 10957;           // 2000-01-01, in days since 1970
  static constexpr std::int64_t first_second = 946'684'800;  // the same in seconds

  [[noreturn]] static void refuse() {
    throw error(failure::producer, "the server sent a value that is none of its type, in binary");
  }

  std::string_view take(std::size_t size) {
    if (size > rest_.size()) refuse();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <class Integer>
  Integer take() {
    std::make_unsigned_t<Integer> value = 0;
    for (const char byte : take(sizeof(Integer)))
      value = static_cast<std::make_unsigned_t<Integer>>(std::uint64_t{value} << 8 | static_cast<unsigned char>(byte));
    return static_cast<Integer>(value);
  }

  /// The double that has the float's shortest digits, as the server spells it: 0.1, not 0.10000000149011612.
  field read_float4() {
    const auto value = std::bit_cast<float>(take<std::uint32_t>());
    if (!json::is_finite(static_cast<double>(value))) return field::real(static_cast<double>(value));
    std::array<char, 32> digits;
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    double same = 0;
    std::from_chars(digits.data(), end, same);
    return field::real(same);
  }

  /// Digits of base 10,000, the first of which counts 10,000 to the power of `weight`, and how many decimal digits are
  /// meant behind the point (numeric_send).
  field read_numeric(std::string& made) {
    const int count = take<std::int16_t>(), weight = take<std::int16_t>();
    const int sign = take<std::uint16_t>(), scale = take<std::uint16_t>();
    switch (sign) {
      case 0: break;
      case 0x4000: made += '-'; break;
      case 0xC000: return field::real(std::numeric_limits<double>::quiet_NaN());
      case 0xD000: return field::real(std::numeric_limits<double>::infinity());
      case 0xF000: return field::real(-std::numeric_limits<double>::infinity());
      default: refuse();
    }
    int place = 0;  // of the next digit: place 0 counts 10,000 to the power of `weight`
    int taken = 0;
    const auto next = [&] {
      const int digit = place >= 0 && taken < count ? (++taken, take<std::int16_t>()) : 0;
      if (digit < 0 || digit > 9999) refuse();
      ++place;
      return static_cast<std::uint32_t>(digit);
    };
    const std::size_t start = made.size();
    for (int left = weight; left >= 0; --left) append_four(made, next());
    made.erase(start, std::min(made.find_first_not_of('0', start), made.size()) - start);
    if (made.size() == start) made += '0';
    if (scale == 0) return field::decimal(made);
    made += '.';
    const std::size_t whole = made.size() + static_cast<std::size_t>(scale);
    if (weight < 0) place = weight + 1;
    while (made.size() < whole) append_four(made, next());
    made.resize(whole);
    return field::decimal(made);
  }
  static void append_four(std::string& to, std::uint32_t number) {
    std::array<char, 4> digits;
    json::digits::four(digits.data(), number);
    to.append(digits.data(), digits.size());
  }

  field read_date() {
    const auto days = take<std::int32_t>();
    if (days == std::numeric_limits<std::int32_t>::max()) return field::text("infinity");
    if (days == std::numeric_limits<std::int32_t>::min()) return field::text("-infinity");
    constexpr std::int64_t day = 86400;  // seconds
    return field::time({.seconds = (days + first_day) * day, .what = timestamp::form::date});
  }

  field read_time_of_day() {
    const auto since_midnight = take<std::int64_t>();
    if (since_midnight == 86400 * microseconds) return field::text("24:00:00");
    return field::time(time_of(since_midnight, 0, timestamp::form::time));
  }

  field read_timestamp(timestamp::form what) {
    const auto since_2000 = take<std::int64_t>();
    if (since_2000 == std::numeric_limits<std::int64_t>::max()) return field::text("infinity");
    if (since_2000 == std::numeric_limits<std::int64_t>::min()) return field::text("-infinity");
    return field::time(time_of(since_2000, first_second, what));
  }

  static timestamp time_of(std::int64_t count, std::int64_t start, timestamp::form what) {
    std::int64_t seconds = count / microseconds, fraction = count % microseconds;
    if (fraction < 0) {
      fraction += microseconds;
      --seconds;
    }
    timestamp made{
        .seconds = seconds + start, .nanoseconds = static_cast<std::uint32_t>(fraction * 1000), .what = what};
    if (fraction != 0) {
      made.digits = 6;
      for (; fraction % 10 == 0; fraction /= 10) --made.digits;
    }
    return made;
  }

  /// RFC 9562, section 4.
  field read_uuid(std::string& made) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i != 16; ++i) {
      if (i == 4 || i == 6 || i == 8 || i == 10) made += '-';
      const auto octet = take<std::uint8_t>();
      made += digits[octet >> 4];
      made += digits[octet & 15];
    }
    return field::text(made);
  }

  /// Its dimensions, the type of its elements, and each of them with its length (array_send), as a JSON array of
  /// arrays.
  field read_array(std::string& made) {
    const auto dimensions = take<std::int32_t>();
    take<std::int32_t>();  // whether there are NULLs
    const auto oid = static_cast<Oid>(take<std::uint32_t>());
    if (dimensions == 0) return field::json("[]");
    constexpr int most = 6;  // MAXDIM
    if (dimensions < 0 || dimensions > most || type_of(oid).is_array) refuse();
    std::array<std::int32_t, most> lengths;
    for (int i = 0; i != dimensions; ++i) {
      lengths[static_cast<std::size_t>(i)] = take<std::int32_t>();
      take<std::int32_t>();  // the number of its first element
    }
    json::value_writer writer{json_options{}, false};
    std::string spelled;
    append_elements(made, std::span(lengths).first(static_cast<std::size_t>(dimensions)), oid, writer, spelled);
    return field::json(made);
  }

  void append_elements(std::string& made, std::span<const std::int32_t> lengths, Oid oid, json::value_writer& writer,
                       std::string& spelled) {
    made += '[';
    for (std::int32_t i = 0; i < lengths[0]; ++i) {
      if (i != 0) made += ',';
      if (lengths.size() > 1) {
        append_elements(made, lengths.subspan(1), oid, writer, spelled);
        continue;
      }
      spelled.clear();
      const auto size = take<std::int32_t>();
      const field element =
          size < 0 ? field::null() : binary_value(take(static_cast<std::size_t>(size))).read(oid, spelled);
      json::append_value(made, writer, element);
    }
    made += ']';
  }

  std::string_view rest_;
};

}  // namespace tidemark::postgres
