#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/timestamp.hpp>
#include <tidemark/to_field.hpp>

namespace tidemark {

/// What a value is, in words: "null", "text", "a number".
constexpr std::string_view to_string(field::kind what) noexcept {
  using enum field::kind;
  switch (what) {
    case null: return "null";
    case boolean: return "a boolean";
    case integer:
    case unsigned_integer: return "a whole number";
    case real:
    case decimal: return "a number";
    case text: return "text";
    case long_text: return "text in pieces";
    case json: return "an object or an array";
    case time: return "a time";
    case bytes: return "a blob";
    case long_bytes: return "a blob in pieces";
  }
  return "unknown";
}

namespace conversions {

[[noreturn]] inline void refuse(const field& value, std::string_view wanted) {
  throw error(failure::value, "the value is " + std::string(to_string(value.type())) + ", not " + std::string(wanted));
}

/// The start of a long text, for a message.
inline std::string start_of(std::string_view text) {
  constexpr std::size_t enough = 40;
  if (text.size() <= enough) return std::string(text);
  const std::string_view start = text.substr(0, enough);
  return std::string(start.substr(0, enough - json::utf8::cut_sequence(start.data(), start.data() + enough))) + "...";
}

[[noreturn]] inline void refuse_size(std::string_view value, std::string_view wanted) {
  throw error(failure::value, start_of(value) + " does not fit into " + std::string(wanted));
}

inline json::scanned_number scan(const field& digits) {
  json::scanned_number number;
  if (!json::scan_number(digits.as_view(), number))
    throw error(failure::value, "bad JSON: not a value: " + start_of(digits.as_view()));
  return number;
}

template <std::integral Integer>
Integer to_integer(const field& value) {
  constexpr auto wanted = [] {
    constexpr std::string_view names[2][4] = {
        {"8 bits", "16 bits", "32 bits", "64 bits"},
        {"8 bits without a sign", "16 bits without a sign", "32 bits without a sign", "64 bits without a sign"}};
    return names[std::is_unsigned_v<Integer> ? 1 : 0][sizeof(Integer) == 1   ? 0
                                                      : sizeof(Integer) == 2 ? 1
                                                      : sizeof(Integer) == 4 ? 2
                                                                             : 3];
  }();
  const auto fit = [&](auto integer) {
    if (!std::in_range<Integer>(integer)) refuse_size(std::to_string(integer), wanted);
    return static_cast<Integer>(integer);
  };
  switch (value.type()) {
    case field::kind::integer: return fit(value.as_integer());
    case field::kind::unsigned_integer: return fit(value.as_unsigned_integer());
    case field::kind::decimal: {
      const json::scanned_number number = scan(value);
      if (!number.is_whole) refuse(value, "a whole number");
      constexpr std::uint64_t beyond = std::uint64_t{1} << 63;
      if (number.exponent != 0) refuse_size(value.as_view(), wanted);
      if (!number.is_negative) return fit(number.digits);
      if (number.digits > beyond) refuse_size(value.as_view(), wanted);
      return fit(number.digits == beyond ? std::numeric_limits<std::int64_t>::min()
                                         : -static_cast<std::int64_t>(number.digits));
    }
    default: refuse(value, "a whole number");
  }
}

inline double to_double(const field& value) {
  switch (value.type()) {
    case field::kind::real: return value.as_real();
    case field::kind::integer: return static_cast<double>(value.as_integer());
    case field::kind::unsigned_integer: return static_cast<double>(value.as_unsigned_integer());
    case field::kind::decimal: {
      const double made = json::to_real(scan(value), value.as_view());
      constexpr double largest = std::numeric_limits<double>::max();
      if (made > largest || made < -largest) refuse_size(value.as_view(), "a double");
      return made;
    }
    default: refuse(value, "a number");
  }
}

inline timestamp to_timestamp(const field& value) {
  if (value.type() == field::kind::time) return value.as_time();
  if (value.type() != field::kind::text) refuse(value, "a time");
  timestamp made;
  if (!json::time_reader(value.as_view()).read(made))
    throw error(failure::value, "\"" + start_of(value.as_view()) + "\" is no date or time as ISO 8601 spells them");
  return made;
}

template <class T>
struct reader;  // read(const field&) -> T; for the types that a field can be read as

template <std::integral T>
  requires(!std::same_as<T, bool> && !character<T>)
struct reader<T> {
  static T read(const field& value) { return to_integer<T>(value); }
};

template <>
struct reader<bool> {
  static bool read(const field& value) {
    if (value.type() != field::kind::boolean) refuse(value, "a boolean");
    return value.as_boolean();
  }
};

template <std::floating_point T>
struct reader<T> {
  static T read(const field& value) {
    const double wide = to_double(value);
    const auto made = static_cast<T>(wide);
    constexpr double largest = std::numeric_limits<double>::max();
    constexpr T limit = std::numeric_limits<T>::max();
    if ((made > limit || made < -limit) && wide >= -largest && wide <= largest) {
      std::array<char, json::longest_number> digits{};
      const char* const end = json::write_real(digits.data(), wide);
      refuse_size({digits.data(), static_cast<std::size_t>(end - digits.data())}, "a float");
    }
    return made;
  }
};

template <>
struct reader<std::string_view> {
  static std::string_view read(const field& value) {
    if (value.type() != field::kind::text) refuse(value, "text");
    return value.as_view();
  }
};

template <>
struct reader<std::string> {
  static std::string read(const field& value) { return std::string(reader<std::string_view>::read(value)); }
};

template <>
struct reader<decimal_text> {
  static decimal_text read(const field& value) {
    if (value.type() == field::kind::decimal) scan(value);
    if (value.type() == field::kind::decimal || (value.type() == field::kind::text && json::is_number(value.as_view())))
      return {value.as_view()};
    refuse(value, "a decimal");
  }
};

template <>
struct reader<std::span<const std::byte>> {
  static std::span<const std::byte> read(const field& value) {
    if (value.type() != field::kind::bytes) refuse(value, "a blob");
    return std::as_bytes(std::span(value.as_view()));
  }
};

template <>
struct reader<timestamp> {
  static timestamp read(const field& value) { return to_timestamp(value); }
};

/// A time without a zone counts as UTC.
template <class Duration>
struct reader<std::chrono::sys_time<Duration>> {
  static std::chrono::sys_time<Duration> read(const field& value) {
    const timestamp made = to_timestamp(value);
    if (made.what == timestamp::form::time) refuse(value, "a date");
    using rep = typename Duration::rep;
    using period = typename Duration::period;
    if constexpr (std::chrono::treat_as_floating_point_v<rep>) {
      const std::chrono::duration<double> since(static_cast<double>(made.seconds) + made.nanoseconds * 1e-9);
      return std::chrono::sys_time<Duration>(std::chrono::duration_cast<Duration>(since));
    } else if constexpr (std::ratio_less_v<period, std::ratio<1>>) {
      using ticks = std::chrono::duration<std::int64_t, period>;
      const std::int64_t each = ticks(std::chrono::seconds(1)).count();
      const std::int64_t rest = std::chrono::duration_cast<ticks>(std::chrono::nanoseconds(made.nanoseconds)).count();
      // Seconds before 1970 are counted to their end: their start may be beyond.
      const bool is_before = made.seconds < 0;
      std::int64_t count = 0;
      if (__builtin_mul_overflow(made.seconds + (is_before ? 1 : 0), each, &count) ||
          __builtin_add_overflow(count, rest - (is_before ? each : 0), &count))
        refuse_size("the time", "the clock that was asked for");
      return fit<Duration>(count);
    } else {
      using ticks = std::chrono::duration<std::int64_t, period>;
      return fit<Duration>(std::chrono::floor<ticks>(std::chrono::seconds(made.seconds)).count());
    }
  }

 private:
  template <class To>
  static std::chrono::sys_time<To> fit(std::int64_t count) {
    if (!std::in_range<typename To::rep>(count)) refuse_size("the time", "the clock that was asked for");
    return std::chrono::sys_time<To>(To(static_cast<typename To::rep>(count)));
  }
};

template <>
struct reader<std::chrono::year_month_day> {
  static std::chrono::year_month_day read(const field& value) {
    const timestamp made = to_timestamp(value);
    if (made.what != timestamp::form::date) refuse(value, "a date alone");
    const auto day =
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(made.seconds)));
    if (day < std::chrono::sys_days(std::chrono::year::min() / 1 / 1) ||
        day > std::chrono::sys_days(std::chrono::year::max() / 12 / 31))
      refuse_size("the date", "the years of std::chrono");
    return day;
  }
};

}  // namespace conversions

/// A type that the value of a row can be read as: integers (whole numbers that fit), bool, floating point (any number),
/// std::string_view and std::string (text), std::span<const std::byte> (blobs), decimal_text (a number's own digits, or
/// text that is a number), timestamp, std::chrono::sys_time and year_month_day (times, and text that ISO 8601 spells).
template <class T>
concept readable_value = requires(const field& value) {
  { conversions::reader<T>::read(value) } -> std::same_as<T>;
};

/// Reads a value as a T. A view that it returns is of the field's own memory. Throws error (value) that says what the
/// value is where it is something else, or does not fit.
template <readable_value T>
T from_field(const field& value) {
  return conversions::reader<T>::read(value);
}

}  // namespace tidemark
