#include <tidemark/json/shortest_decimal.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "catch.hpp"
#include "mismatches.hpp"
#include "random.hpp"

namespace json_shortest_decimal_tests {

using tests::mismatches;
using tidemark::json::decimal;
using tidemark::json::shortest_decimal;

namespace {

/// As "digits e exponent", without trailing zeros.
std::string normal(std::string digits, int exponent) {
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  return digits + "e" + std::to_string(exponent);
}

/// What std::to_chars finds: the shortest that reads back, and of those the closest.
std::string expected(double value) {
  std::array<char, 64> text;
  char* const end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
  const std::string scientific(text.data(), end);
  const std::size_t e = scientific.find('e');
  std::string digits = scientific.substr(0, e);
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  const int behind_the_point = static_cast<int>(digits.size()) - 1;
  return normal(digits, std::atoi(scientific.c_str() + e + 1) - behind_the_point);
}

std::string got(double value) {
  const decimal made = shortest_decimal(value);
  return normal(std::to_string(made.digits), made.exponent);
}

void compare(mismatches& found, double value) {
  found.compare(got(value), expected(value), std::bit_cast<std::uint64_t>(value));
}

}  // namespace

TEST_CASE("known doubles have their known shortest decimals") {
  CHECK(shortest_decimal(0.0).digits == 0);
  CHECK(got(1.0) == "1e0");
  CHECK(got(0.1) == "1e-1");
  CHECK(got(0.1 + 0.2) == "30000000000000004e-17");
  CHECK(got(1e23) == "1e23");
  CHECK(got(9007199254740993.0) == "9007199254740992e0");
  CHECK(got(5e-324) == "5e-324");
  CHECK(got(2.2250738585072011e-308) == "2225073858507201e-323");
  CHECK(got(2.2250738585072014e-308) == "22250738585072014e-324");
  CHECK(got(1.7976931348623157e308) == "17976931348623157e292");
}

TEST_CASE("doubles of every binary exponent have the shortest decimal that std::to_chars finds") {
  tests::random random(1);
  mismatches found;
  for (std::uint64_t exponent = 0; exponent < 2047; ++exponent) {
    const std::uint64_t bits = exponent << 52;
    const std::uint64_t fractions = (std::uint64_t{1} << 52) - 1;
    for (const std::uint64_t fraction :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, fractions - 1, fractions})
      if ((bits | fraction) != 0) compare(found, std::bit_cast<double>(bits | fraction));
    for (int i = 0; i < 60; ++i) compare(found, std::bit_cast<double>(bits | ((random.bits() & fractions) | 1)));
  }
  CHECK(found.first() == "");
  CHECK(found.compared() > 130'000);
}

TEST_CASE("doubles that are decimals of every number of digits are found again") {
  tests::random random(2);
  mismatches found;
  for (int digits = 1; digits <= 17; ++digits) {
    for (int i = 0; i < 4000; ++i) {
      const std::string text = std::to_string(1 + random.below(9)) +
                               random.text(static_cast<std::size_t>(digits - 1), "0123456789") + "e" +
                               std::to_string(static_cast<int>(random.below(600)) - 310);
      compare(found, std::strtod(text.c_str(), nullptr));
      // Up to 15 digits (DBL_DIG), no other decimal is as short.
      if (digits <= 15 && i % 10 == 0) {
        const std::string near_one = text.substr(0, text.find('e'));
        found.compare(got(std::strtod((near_one + "e-5").c_str(), nullptr)), normal(near_one, -5), near_one);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("whole numbers around powers of two and ten have the shortest decimal that std::to_chars finds") {
  mismatches found;
  for (int bit = 0; bit < 64; ++bit)
    for (int offset = -40; offset <= 40; ++offset)
      if (const double value = static_cast<double>(std::uint64_t{1} << bit) + offset; value > 0) compare(found, value);
  double power = 1;
  for (int exponent = 0; exponent <= 22; ++exponent, power *= 10)
    for (int offset = -40; offset <= 40; ++offset)
      if (power + offset > 0) compare(found, power + offset);
  CHECK(found.first() == "");
}

}  // namespace json_shortest_decimal_tests
