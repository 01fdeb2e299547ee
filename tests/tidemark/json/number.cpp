#include <tidemark/json/number.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "exact_copy.hpp"
#include "mismatches.hpp"
#include "random.hpp"

namespace json_number_tests {

using tests::mismatches;
using tidemark::json::longest_number;
using tidemark::json::write_decimal;
using tidemark::json::write_integer;
using tidemark::json::write_real;

namespace {

/// What `write` makes of a value, and a look at what lies behind the room that it was promised.
template <class Value, class Write>
std::string_view written(Value value, Write write) {
  static std::array<char, longest_number + 16> memory;
  memory.fill('\xA5');
  const char* const end = write(memory.data(), value);
  for (std::size_t i = longest_number; i < memory.size(); ++i)
    if (memory[i] != '\xA5') FAIL("wrote behind the room");
  return {memory.data(), static_cast<std::size_t>(end - memory.data())};
}

std::string_view of_signed(std::int64_t value) {
  return written(value, [](char* out, std::int64_t one) { return write_integer(out, one); });
}

std::string_view of_unsigned(std::uint64_t value) {
  return written(value, [](char* out, std::uint64_t one) { return write_integer(out, one); });
}

std::string_view of_real(double value) {
  return written(value, [](char* out, double one) { return write_real(out, one); });
}

/// ECMA-262, Number::toString, step by step, from the digits that std::to_chars finds; -0 keeps its sign.
std::string laid_out(double value) {
  if (std::signbit(value)) return "-" + laid_out(-value);
  if (value == 0) return "0";
  std::array<char, 64> text;
  char* const text_end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
  const std::string scientific(text.data(), text_end);
  const std::size_t e = scientific.find('e');
  std::string s = scientific.substr(0, e);
  std::erase(s, '.');
  const int k = static_cast<int>(s.size());
  const int n = std::atoi(scientific.c_str() + e + 1) + 1;

  if (k <= n && n <= 21) return s + std::string(static_cast<std::size_t>(n - k), '0');
  if (0 < n && n <= 21) return s.substr(0, static_cast<std::size_t>(n)) + "." + s.substr(static_cast<std::size_t>(n));
  if (-6 < n && n <= 0) return "0." + std::string(static_cast<std::size_t>(-n), '0') + s;
  const std::string exponent = (n - 1 < 0 ? "e-" : "e+") + std::to_string(std::abs(n - 1));
  if (k == 1) return s + exponent;
  return s.substr(0, 1) + "." + s.substr(1) + exponent;
}

/// Compares both signs of a finite double with the layout of ECMAScript, and reads back what was written.
void compare_real(mismatches& found, double value) {
  for (const double one : {value, -value}) {
    const std::string text(of_real(one));
    found.compare(text, laid_out(one), std::bit_cast<std::uint64_t>(one));
    const double back = std::strtod(text.c_str(), nullptr);
    found.compare(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(one), text);
  }
}

/// `value`, and the doubles next to it.
void compare_around(mismatches& found, double value, int steps) {
  double up = value, down = value;
  compare_real(found, value);
  for (int i = 0; i < steps; ++i) {
    up = std::nextafter(up, std::numeric_limits<double>::max());
    down = std::nextafter(down, 0.0);
    compare_real(found, up);
    compare_real(found, down);
  }
}

}  // namespace

TEST_CASE("all integers up to 100000 are written as std::to_string does, of either sign") {
  mismatches found;
  for (int value = 0; value <= 100'000; ++value) {
    const std::string expected = std::to_string(value);
    found.compare(of_signed(value), expected);
    found.compare(of_unsigned(static_cast<std::uint64_t>(value)), expected);
    if (value != 0) found.compare(of_signed(-value), "-" + expected);
  }
  CHECK(found.first() == "");
}

TEST_CASE("powers of ten and their neighbours are written with every digit") {
  mismatches found;
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits, power *= 10) {
    for (const std::uint64_t value : {power - 1, power, power + 1, power * 9 / 10, power + power / 10}) {
      found.compare(of_unsigned(value), std::to_string(value));
      const auto as_signed = static_cast<std::int64_t>(value);
      found.compare(of_signed(as_signed), std::to_string(as_signed));
    }
    CHECK(of_unsigned(power) == "1" + std::string(static_cast<std::size_t>(digits - 1), '0'));
  }
  CHECK(found.first() == "");
}

TEST_CASE("the extremes of 64-bit integers are written whole") {
  CHECK(of_signed(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(of_signed(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(of_signed(std::numeric_limits<std::int64_t>::min() + 1) == "-9223372036854775807");
  CHECK(of_unsigned(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(of_unsigned(std::numeric_limits<std::uint64_t>::max() - 1) == "18446744073709551614");
  CHECK(of_unsigned(std::uint64_t{1} << 63) == "9223372036854775808");
  CHECK(of_signed(0) == "0");
  CHECK(of_unsigned(0) == "0");
}

TEST_CASE("random integers of every number of digits are written as std::to_string does") {
  tests::random random(1);
  mismatches found;
  for (int bits = 1; bits <= 64; ++bits) {
    for (int i = 0; i < 3000; ++i) {
      const std::uint64_t value = random.bits() >> (64 - bits);
      const auto as_signed = static_cast<std::int64_t>(value);
      found.compare(of_unsigned(value), std::to_string(value));
      found.compare(of_signed(as_signed), std::to_string(as_signed));
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("integers with zeros inside keep them") {
  CHECK(of_unsigned(100'000'000) == "100000000");
  CHECK(of_unsigned(100'000'001) == "100000001");
  CHECK(of_unsigned(10'000'000'000'000'000) == "10000000000000000");
  CHECK(of_unsigned(10'000'000'000'000'007) == "10000000000000007");
  CHECK(of_unsigned(10'000'000'700'000'000) == "10000000700000000");
  CHECK(of_unsigned(1'000'000'000'000'000'000) == "1000000000000000000");
  CHECK(of_signed(-1'000'000'010'000'000'001) == "-1000000010000000001");
}

TEST_CASE("doubles are spelled as ECMAScript spells them") {
  CHECK(of_real(0.0) == "0");
  CHECK(of_real(1.0) == "1");
  CHECK(of_real(5.0) == "5");
  CHECK(of_real(-5.0) == "-5");
  CHECK(of_real(0.1) == "0.1");
  CHECK(of_real(0.5) == "0.5");
  CHECK(of_real(0.01) == "0.01");
  CHECK(of_real(0.001) == "0.001");
  CHECK(of_real(0.005) == "0.005");
  CHECK(of_real(1.005) == "1.005");
  CHECK(of_real(4.35) == "4.35");
  CHECK(of_real(4.3) == "4.3");
  CHECK(of_real(-19.99) == "-19.99");
  CHECK(of_real(0.1 + 0.2) == "0.30000000000000004");
  CHECK(of_real(1.0 / 3.0) == "0.3333333333333333");
  CHECK(of_real(3.141592653589793) == "3.141592653589793");
  CHECK(of_real(0.000123) == "0.000123");
  CHECK(of_real(1e-6) == "0.000001");
  CHECK(of_real(1.5e-6) == "0.0000015");
  CHECK(of_real(1e-7) == "1e-7");
  CHECK(of_real(1.5e-7) == "1.5e-7");
  CHECK(of_real(9007199254740992.0) == "9007199254740992");
  CHECK(of_real(123456789012345680000.0) == "123456789012345680000");
  CHECK(of_real(1e20) == "100000000000000000000");
  CHECK(of_real(999999999999999900000.0) == "999999999999999900000");
  CHECK(of_real(1e21) == "1e+21");
  CHECK(of_real(-1e21) == "-1e+21");
  CHECK(of_real(1.2e21) == "1.2e+21");
  CHECK(of_real(1e100) == "1e+100");
  CHECK(of_real(5e-324) == "5e-324");
  CHECK(of_real(2.2250738585072014e-308) == "2.2250738585072014e-308");
  CHECK(of_real(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("the sign of a negative zero stays") {
  CHECK(of_real(-0.0) == "-0");
  CHECK(of_real(0.0) == "0");
}

TEST_CASE("all hundredths and thousandths up to a thousand read back and have their shortest form") {
  mismatches found;
  for (int k = 0; k <= 100'000; ++k) compare_real(found, k / 100.0);
  for (int k = 0; k <= 100'000; ++k) compare_real(found, k / 1000.0);
  CHECK(found.first() == "");
  CHECK(of_real(99999 / 100.0) == "999.99");
  CHECK(of_real(99999 / 1000.0) == "99.999");
}

TEST_CASE("amounts of money of every size read back and have their shortest form") {
  tests::random random(2);
  mismatches found;
  for (int bits = 8; bits <= 53; ++bits) {
    for (int i = 0; i < 500; ++i) {
      const auto k = static_cast<double>(random.bits() >> (64 - bits));
      compare_real(found, k / 100.0);
      compare_real(found, k / 1000.0);
      compare_around(found, k / 100.0, 1);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("random doubles of all magnitudes read back and are laid out as ECMAScript does") {
  tests::random random(3);
  mismatches found;
  for (int i = 0; i < 150'000; ++i) {
    const auto value = std::bit_cast<double>(random.bits());
    if (std::isfinite(value)) compare_real(found, std::abs(value));
  }
  CHECK(found.first() == "");
  CHECK(found.compared() > 500'000);
}

TEST_CASE("random doubles of the magnitudes that people use read back and are laid out as ECMAScript does") {
  tests::random random(4);
  mismatches found;
  for (int exponent = -40; exponent <= 75; ++exponent) {
    for (int i = 0; i < 400; ++i) {
      const double mantissa = 1.0 + static_cast<double>(random.bits() >> 12) * 0x1p-52;
      compare_real(found, std::ldexp(mantissa, exponent));
      // With few digits, as people write them.
      const std::string decimal = std::to_string(random.below(100'000)) + "e" + std::to_string(exponent / 4);
      compare_real(found, std::strtod(decimal.c_str(), nullptr));
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("powers of ten and their neighbours read back and are laid out as ECMAScript does") {
  mismatches found;
  for (int exponent = -330; exponent <= 308; ++exponent)
    compare_around(found, std::strtod(("1e" + std::to_string(exponent)).c_str(), nullptr), 3);
  CHECK(found.first() == "");
}

TEST_CASE("powers of two and their neighbours read back and are laid out as ECMAScript does") {
  mismatches found;
  for (int exponent = -1074; exponent <= 1023; ++exponent) compare_around(found, std::ldexp(1.0, exponent), 1);
  CHECK(found.first() == "");
}

TEST_CASE("denormals read back and are laid out as ECMAScript does") {
  tests::random random(5);
  mismatches found;
  for (std::uint64_t bits = 0; bits < 1000; ++bits) compare_real(found, std::bit_cast<double>(bits));
  for (int i = 0; i < 5000; ++i) compare_real(found, std::bit_cast<double>(random.bits() >> (12 + random.below(50))));
  CHECK(found.first() == "");
}

TEST_CASE("doubles around the places where the layout changes read back and are laid out as ECMAScript does") {
  mismatches found;
  for (const double value : {1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 1e12, 1e13, 1e14, 1e15, 1e16,
                             9007199254740992.0, 1e17, 1e20, 1e21, 1e22})
    compare_around(found, value, 300);
  for (int k = -2000; k <= 2000; ++k) {
    compare_real(found, 1e13 + k / 100.0);
    compare_real(found, 1e13 + k / 512.0);
    compare_real(found, 1e15 + k / 8.0);
    compare_real(found, 9007199254740992.0 + k);
  }
  CHECK(found.first() == "");
}

TEST_CASE("what was written before has no influence on a double") {
  // The first leaves an "e" on the stack at each place where the second may end.
  mismatches found;
  std::array<char, longest_number> memory;
  for (int before = 1; before <= 17; ++before) {
    const std::string digits = std::string("12345678912345678").substr(1, static_cast<std::size_t>(before - 1));
    const double first = std::strtod(("1." + digits + "e-9").c_str(), nullptr);
    for (const double second : {1e-7, 2e-7, 1.5e-7, 1.25e-7, 1.125e-7, 1e-100, 1.5e-100, 1e21, 1.5e21, 1e100}) {
      write_real(memory.data(), first);
      const char* const end = write_real(memory.data(), second);
      found.compare(std::string_view(memory.data(), static_cast<std::size_t>(end - memory.data())), laid_out(second),
                    first, second);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("the extremes of doubles read back") {
  mismatches found;
  using limits = std::numeric_limits<double>;
  for (const double value : {limits::max(), limits::min(), limits::denorm_min(), limits::epsilon(), 0.0})
    compare_real(found, value);
  CHECK(found.first() == "");
}

TEST_CASE("no number needs more room than is promised, and the longest have 25 characters") {
  CHECK(of_real(-2.2250738585072014e-308).size() == 24);
  CHECK(of_real(-0.0000012345678901234567).size() == 25);
  CHECK(of_signed(std::numeric_limits<std::int64_t>::min()).size() == 20);

  tests::random random(6);
  std::size_t longest = 0;
  for (int i = 0; i < 50'000; ++i) {
    const double mantissa = 1.0 + static_cast<double>(random.bits() >> 12) * 0x1p-52;
    longest = std::max(longest, of_real(-std::ldexp(mantissa, -static_cast<int>(random.below(30)))).size());
  }
  CHECK(longest == 25);
  CHECK(longest <= longest_number);
}

TEST_CASE("a decimal of any length is copied, and nothing behind it") {
  for (std::size_t size = 1; size <= 80; ++size) {
    std::string digits;
    for (std::size_t i = 0; i < size; ++i) digits += static_cast<char>('0' + (i + size) % 10);
    const tests::exact_copy source(digits), room(std::string(size, '?'));
    char* const out = const_cast<char*>(room.begin());
    CHECK(write_decimal(out, source.view()) == room.end());
    CHECK(room.view() == digits);
  }
}

}  // namespace json_number_tests
