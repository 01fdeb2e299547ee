#pragma once

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark {

namespace conversions {

/// A number in digits, so that it can be compared exactly with any other: 0.digits * 10^exponent, or its negative.
class exact_number {
 public:
  /// Of an integer, a decimal, or a double that is not NaN.
  explicit exact_number(const field& number) {
    switch (number.type()) {
      case field::kind::integer: take(std::to_string(number.as_integer())); break;
      case field::kind::unsigned_integer: take(std::to_string(number.as_unsigned_integer())); break;
      case field::kind::real: take(number.as_real()); break;
      default: take(number.as_view()); break;
    }
  }

  friend std::weak_ordering operator<=>(const exact_number& a, const exact_number& b) noexcept {
    if (a.sign() != b.sign()) return a.sign() <=> b.sign();
    return a.is_negative_ ? size_of(b, a) : size_of(a, b);
  }

 private:
  int sign() const noexcept { return digits_.empty() ? 0 : is_negative_ ? -1 : 1; }

  static std::weak_ordering size_of(const exact_number& a, const exact_number& b) noexcept {
    if (a.exponent_ != b.exponent_) return a.exponent_ <=> b.exponent_;
    return a.digits_ <=> b.digits_;
  }

  void take(double value) {
    if (!json::is_finite(value)) {
      is_negative_ = value < 0;
      digits_ = "1";
      exponent_ = std::numeric_limits<std::int64_t>::max();
      return;
    }
    char text[1600];  // every double has less than 310 digits before the point and 1075 behind it
    constexpr int decimals = 1074;
    take({text, static_cast<std::size_t>(
                    std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals).ptr - text)});
  }

  void take(std::string_view text) {
    is_negative_ = text.starts_with('-');
    std::int64_t stated = 0;
    if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
      const char* const first = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
      constexpr std::int64_t enough = 1'000'000'000'000'000;  // beyond what the digits of a text could make up for
      if (std::from_chars(first, text.data() + text.size(), stated).ec != std::errc{})
        stated = *first == '-' ? -enough : enough;
      stated = std::clamp(stated, -enough, enough);
      text = text.substr(0, e);
    }
    std::int64_t before_point = 0;
    bool is_behind_point = false;
    for (const char character : text) {
      if (character == '.') {
        is_behind_point = true;
      } else if (character >= '0' && (character != '0' || !digits_.empty())) {
        digits_ += character;
        before_point += is_behind_point ? 0 : 1;
      } else if (character == '0' && is_behind_point) {
        --before_point;
      }
    }
    digits_.erase(digits_.find_last_not_of('0') + 1);
    exponent_ = digits_.empty() ? 0 : before_point + stated;
  }

  bool is_negative_ = false;
  std::string digits_;  // without zeros at either end; none for 0
  std::int64_t exponent_ = 0;
};

/// Whether a value is a number that has a place among all others.
inline bool is_ordered_number(const field& value) noexcept {
  using enum field::kind;
  const field::kind type = value.type();
  return type == integer || type == unsigned_integer || type == decimal ||
         (type == real && value.as_real() == value.as_real());
}

/// A value as a whole number, where it is one and short.
inline std::optional<std::int64_t> as_short_integer(const field& value) {
  if (value.type() == field::kind::integer) return value.as_integer();
  std::int64_t number = 0;
  const std::string_view digits = value.type() == field::kind::decimal ? value.as_view() : std::string_view();
  return json::read_short_integer(digits, digits.data() + digits.size(), number) ? std::optional(number) : std::nullopt;
}

}  // namespace conversions

/// Which of two values comes first: numbers by their exact value (exponents to 10^15), whatever their kinds; text and
/// octets by their bytes; booleans and times as one expects. Throws error (value) for those that have no order: kinds
/// of different sorts, times of different forms, null, JSON, NaN, values in pieces.
inline std::weak_ordering compare(const field& a, const field& b) {
  using enum field::kind;
  if (a.type() == integer && b.type() == integer) [[likely]]
    return a.as_integer() <=> b.as_integer();
  if (a.type() == b.type()) {
    switch (a.type()) {
      case unsigned_integer: return a.as_unsigned_integer() <=> b.as_unsigned_integer();
      case text:
      case bytes: return a.as_view() <=> b.as_view();
      case boolean: return a.as_boolean() <=> b.as_boolean();
      case time:
        if (a.as_time().what != b.as_time().what) break;
        if (const auto order = a.as_time().seconds <=> b.as_time().seconds; order != 0) return order;
        return a.as_time().nanoseconds <=> b.as_time().nanoseconds;
      default: break;
    }
  }
  if (const auto first = conversions::as_short_integer(a))
    if (const auto second = conversions::as_short_integer(b)) return *first <=> *second;
  if (!conversions::is_ordered_number(a) || !conversions::is_ordered_number(b))
    throw error(failure::value, "a value that is " + std::string(to_string(a.type())) +
                                    " cannot be compared with one that is " + std::string(to_string(b.type())));
  return conversions::exact_number(a) <=> conversions::exact_number(b);
}

}  // namespace tidemark
