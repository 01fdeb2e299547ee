#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <tidemark/json/shortest_decimal.hpp>

namespace tidemark::json {

/// The room that a number needs here: "-0.0000012345678901234567" has 25 characters; the rest is scratch, so that
/// digits are copied in blocks of fixed size.
inline constexpr std::size_t longest_number = 48;

/// What <cmath> tells of a double, from its bits (IEEE 754): sure also under -ffast-math, and quicker to compile.
constexpr bool is_negative(double value) noexcept { return std::bit_cast<std::int64_t>(value) < 0; }
constexpr bool is_finite(double value) noexcept {
  constexpr std::uint64_t exponent = 0x7ff0'0000'0000'0000;
  return (std::bit_cast<std::uint64_t>(value) & exponent) != exponent;
}
constexpr bool is_nan(double value) noexcept {
  return !is_finite(value) && (std::bit_cast<std::uint64_t>(value) << 12) != 0;
}

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

/// Writes a decimal that is not negative, laid out as ECMAScript does (ECMA-262, Number::toString): an exponent only
/// from 1e21 and below 1e-6, spelled 1e+21 and 1e-7.
inline char* write_laid_out(char* out, const decimal& value) noexcept {
  char text[longest_number];
  char* end = write_integer(text, value.digits);
  int count = static_cast<int>(end - text);
  const int point = count + value.exponent;  // where the decimal point stands, counted from the first digit
  while (count > 1 && text[count - 1] == '0') --count;

  if (point > 21 || point < -5) {
    *out++ = text[0];
    if (count > 1) {
      *out++ = '.';
      std::memcpy(out, text + 1, static_cast<std::size_t>(count - 1));
      out += count - 1;
    }
    *out++ = 'e';
    *out++ = point > 0 ? '+' : '-';
    return digits::up_to_four(out, static_cast<std::uint32_t>(point > 0 ? point - 1 : 1 - point));
  }
  // Blocks of fixed size: what is too much is written over, or lies behind the end.
  if (point <= 0) {
    std::memcpy(out, "0.000000", 8);
    out += 2 - point;
    std::memcpy(out, text, 24);
    return out + count;
  }
  if (count <= point) {
    std::memset(out, '0', 24);
    std::memcpy(out, text, static_cast<std::size_t>(count));
    return out + point;
  }
  std::memcpy(out, text, 24);
  std::memcpy(out + point + 1, text + point, 24);
  out[point] = '.';
  return out + count + 1;
}

/// Writes a finite double that is not negative, with its shortest digits.
[[gnu::noinline]] inline char* write_shortest(char* out, double value) noexcept {
  return write_laid_out(out, shortest_decimal(value));
}

/// Writes a finite double in its shortest form that reads back as the same double, spelled as ECMAScript spells it
/// (5, 0.1, 1e+21, 1e-7), except that the sign of -0 stays. Returns the end; `out` has room for longest_number, all of
/// which may be written to.
inline char* write_real(char* out, double value) noexcept {
  if (is_negative(value)) {
    *out++ = '-';
    value = -value;
  }
  // Money: a number of hundredths below 10^15 is its own shortest form, since decimals of up to 15 digits never share
  // a double (DBL_DIG).
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
  }
  return write_shortest(out, value);
}

namespace digits {

/// Copies one to two blocks as two that overlap.
template <std::size_t block>
[[gnu::always_inline]] inline void copy(char* out, const char* in, std::size_t size) noexcept {
  std::array<char, block> first, last;
  std::memcpy(first.data(), in, block);
  std::memcpy(last.data(), in + size - block, block);
  std::memcpy(out, first.data(), block);
  std::memcpy(out + size - block, last.data(), block);
}

}  // namespace digits

/// Copies the digits of a decimal and returns the end. Up to 32, which most have, without a call.
[[gnu::always_inline]] inline char* write_decimal(char* out, std::string_view decimal) noexcept {
  const char* const in = decimal.data();
  const std::size_t size = decimal.size();
  if (size >= 16) {
    if (size <= 32) [[likely]]
      digits::copy<16>(out, in, size);
    else
      std::memcpy(out, in, size);
  } else if (size >= 8) {
    digits::copy<8>(out, in, size);
  } else if (size >= 4) {
    digits::copy<4>(out, in, size);
  } else if (size >= 2) {
    digits::copy<2>(out, in, size);
  } else if (size == 1) {
    *out = *in;
  }
  return out + size;
}

}  // namespace tidemark::json
