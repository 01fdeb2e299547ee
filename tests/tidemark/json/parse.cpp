#include <tidemark/json/parse.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/json/time.hpp>
#include <tidemark/timestamp.hpp>

#include "catch.hpp"
#include "every_text.hpp"
#include "exact_copy.hpp"
#include "mismatches.hpp"
#include "nlohmann_json.hpp"
#include "random.hpp"
#include "reference.hpp"

namespace json_parse_tests {

using tests::exact_copy;
using tests::for_each_text;
using tests::mismatches;
using tidemark::timestamp;
using tidemark::json::is_number;
using tidemark::json::longest_time;
using tidemark::json::scan_number;
using tidemark::json::scan_number_of;
using tidemark::json::scanned_number;
using tidemark::json::time_reader;
using tidemark::json::to_real;
using tidemark::json::unescape;
using tidemark::json::write_time;
using form = tidemark::timestamp::form;

namespace {

/// RFC 8259, section 6, rule by rule: [ minus ] int [ frac ] [ exp ].
bool is_number_by_the_rules(std::string_view text) {
  const auto take = [&text](std::string_view any_of) {
    if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto digits = [&take] {
    if (!take("0123456789")) return false;
    while (take("0123456789")) {}
    return true;
  };
  take("-");
  if (!take("0") && !digits()) return false;
  if (take(".") && !digits()) return false;
  if (take("eE")) {
    take("+-");
    if (!digits()) return false;
  }
  return text.empty();
}

std::string zeros(std::size_t count) { return std::string(count, '0'); }

/// The parts of a number in words, so that one comparison sees all of them: "-125e-1 exact", "1e0 exact whole".
std::string in_words(const scanned_number& number) {
  return (number.is_negative ? "-" : "") + std::to_string(number.digits) + "e" + std::to_string(number.exponent) +
         (number.is_exact ? " exact" : " cut") + (number.is_whole ? " whole" : "");
}

std::string scanned(std::string_view text) {
  const exact_copy exact(text);
  scanned_number number;
  return scan_number(exact.view(), number) ? in_words(number) : "no number";
}

/// The bits of what to_real() makes of a text that is a number.
std::uint64_t real_bits(std::string_view text) {
  const exact_copy exact(text);
  scanned_number number;
  if (!scan_number(exact.view(), number)) FAIL(text << " is no number");
  return std::bit_cast<std::uint64_t>(to_real(number, exact.view()));
}

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

template <class... Layout>
std::string printed(double value, Layout... layout) {
  std::array<char, 512> memory;
  return {memory.data(), std::to_chars(memory.data(), memory.data() + memory.size(), value, layout...).ptr};
}

/// What unescape() makes of a text: none for null. Into memory of its own, and in place.
std::optional<std::string> unescaped(std::string_view text) {
  const exact_copy exact(text);
  const std::unique_ptr<char[]> beside(new char[text.size()]);
  char* const end = unescape(beside.get(), exact.view());
  const std::unique_ptr<char[]> inside(new char[text.size()]);
  std::copy(text.begin(), text.end(), inside.get());
  const char* const inside_end = unescape(inside.get(), {inside.get(), text.size()});
  if ((end == nullptr) != (inside_end == nullptr)) FAIL("in place, it comes out otherwise: " << tests::visible(text));
  if (end == nullptr) return std::nullopt;
  std::string made(beside.get(), end);
  if (made != std::string_view(inside.get(), static_cast<std::size_t>(inside_end - inside.get())))
    FAIL("in place, it comes out otherwise: " << tests::visible(text));
  return made;
}

/// As unescaped(), with a word of its own for null.
std::string unescaped_or_null(std::string_view text) { return unescaped(text).value_or("(null)"); }

/// \u and four hexadecimal digits.
std::string escape_of(std::uint32_t unit, bool is_upper) {
  const std::string_view hex = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string made = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) made += hex[unit >> shift & 15];
  return made;
}

/// The inside of a string of JSON by its grammar (RFC 8259, section 7), quotes and all bytes taken as they are.
bool has_right_escapes(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') continue;
    if (++at == text.size()) return false;
    if (std::string_view("\"\\/bfnrt").find(text[at]) != std::string_view::npos) continue;
    if (text[at] != 'u' || text.size() - at < 5) return false;
    if (text.substr(at + 1, 4).find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return false;
    at += 4;
  }
  return true;
}

/// What a text is read as; none where it is no time.
std::optional<timestamp> read(std::string_view text) {
  const exact_copy exact(text);
  timestamp made{1, 2, 3, form::time};  // what stood there before has no influence
  if (!time_reader(exact.view()).read(made)) return std::nullopt;
  return made;
}

std::string written(const timestamp& value) {
  std::array<char, longest_time> memory;
  return {memory.data(), write_time(memory.data(), value)};
}

/// A timestamp in words, so that a failed comparison tells them apart.
std::string in_words(const std::optional<timestamp>& value) {
  if (!value) return "no time";
  constexpr std::array<std::string_view, 4> forms = {"date", "time", "date_time", "date_time_utc"};
  return std::to_string(value->seconds) + " s " + std::to_string(value->nanoseconds) + " ns " +
         std::to_string(value->digits) + " digits " + std::string(forms[static_cast<std::size_t>(value->what)]);
}

std::string read_in_words(std::string_view text) { return in_words(read(text)); }

std::string padded(std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  return digits.size() < width ? zeros(width - digits.size()) + digits : digits;
}

constexpr std::int64_t day = 86400;
constexpr std::int64_t leap_day_2024 = 19782 * day;

}  // namespace

TEST_CASE("a text is a number where it is spelled as one, without anything around it") {
  for (const std::string_view right : {"0", "-0", "1", "-1", "10", "0.0", "1.50", "1e5", "1E5", "1e+5", "1e-5", "0e0",
                                       "-12.5e-300", "99999999999999999999999999.999999999999999999999"}) {
    INFO(right);
    CHECK(is_number(right));
  }
  for (const std::string_view wrong :
       {"",      " ",     "-",   "+1",  "01",  "-01", "1.",  ".5",    "1.e1", "1e",       "1e+",
        "1e1.5", " 1",    "1 ",  "\n1", "1\n", "1 2", "1,2", "0x1",   "NaN",  "Infinity", "-Infinity",
        "null",  "\"1\"", "[1]", "[0",  "1]",  "--1", "1-1", "1e5e5", "1..2"}) {
    INFO(wrong);
    CHECK(!is_number(wrong));
  }
}

TEST_CASE("all short texts of what numbers are made of are numbers exactly where the grammar says so") {
  mismatches found;
  std::string text;
  auto visit = [&](std::string_view one) {
    const exact_copy exact(one);
    found.compare(is_number(exact.view()), is_number_by_the_rules(one), one);
  };
  for_each_text("01-+.eE ", 5, text, visit);
  CHECK(found.first() == "");
}

TEST_CASE(
    "all short texts of the characters of numbers are taken apart where the grammar has them, however it is done") {
  mismatches found;
  std::size_t right = 0;
  std::string text;
  auto visit = [&](std::string_view one) {
    const exact_copy exact(one);
    const bool expected = is_number_by_the_rules(one);
    scanned_number number, of_short, of_long;
    found.compare(scan_number(exact.view(), number), expected, one);
    found.compare(scan_number_of<true>(exact.view(), of_short), expected, one);
    found.compare(scan_number_of<false>(exact.view(), of_long), expected, one);
    if (!expected) return;
    ++right;
    found.compare(number.is_negative, one[0] == '-', one);
    found.compare(number.is_whole, one.find_first_of(".eE") == std::string_view::npos, one);
    found.compare(number.is_exact, true, one);
    found.compare(bits(to_real(number, exact.view())), bits(std::strtod(text.c_str(), nullptr)), one);
    for (const scanned_number& other : {of_short, of_long}) {
      found.compare(other.digits, number.digits, one);
      found.compare(other.exponent, number.exponent, one);
      found.compare(other.is_negative, number.is_negative, one);
      found.compare(other.is_whole, number.is_whole, one);
      found.compare(other.is_exact, true, one);
    }
  };
  for_each_text("-+.eE019x", 5, text, visit);
  CHECK(found.first() == "");
  CHECK(right > 1000);
}

TEST_CASE("a text without memory of its own is no number and no time") {
  scanned_number number;
  timestamp time;
  CHECK(!scan_number({}, number));
  CHECK(!is_number({}));
  CHECK(!time_reader({}).read(time));
}

TEST_CASE("a number is taken apart into its digits and the power of ten that they count") {
  CHECK(scanned("0") == "0e0 exact whole");
  CHECK(scanned("-0") == "-0e0 exact whole");
  CHECK(scanned("7") == "7e0 exact whole");
  CHECK(scanned("-120") == "-120e0 exact whole");
  CHECK(scanned("12.50") == "1250e-2 exact");
  CHECK(scanned("-0.001") == "-1e-3 exact");
  CHECK(scanned("0.000") == "0e-3 exact");
  CHECK(scanned("1e5") == "1e5 exact");
  CHECK(scanned("1E+5") == "1e5 exact");
  CHECK(scanned("1e-5") == "1e-5 exact");
  CHECK(scanned("1e-0") == "1e0 exact");
  CHECK(scanned("12.5e3") == "125e2 exact");
  CHECK(scanned("-12.5e-300") == "-125e-301 exact");
  CHECK(scanned("1.0") == "10e-1 exact");
  CHECK(scanned("1e007") == "1e7 exact");
  CHECK(scanned("0e5") == "0e5 exact");
}

TEST_CASE("whole numbers at the ends of 64 bits keep every digit") {
  CHECK(scanned("9223372036854775807") == "9223372036854775807e0 exact whole");
  CHECK(scanned("9223372036854775808") == "9223372036854775808e0 exact whole");
  CHECK(scanned("-9223372036854775808") == "-9223372036854775808e0 exact whole");
  CHECK(scanned("-9223372036854775809") == "-9223372036854775809e0 exact whole");
  CHECK(scanned("18446744073709551615") == "18446744073709551615e0 exact whole");
  CHECK(scanned("-18446744073709551615") == "-18446744073709551615e0 exact whole");
  CHECK(scanned("9999999999999999999") == "9999999999999999999e0 exact whole");
  CHECK(scanned("10000000000000000000") == "10000000000000000000e0 exact whole");
}

TEST_CASE("digits beyond 64 bits are left out and counted, and the number says that it is cut unless they are zeros") {
  CHECK(scanned("18446744073709551616") == "1844674407370955161e1 cut whole");
  CHECK(scanned("-18446744073709551616") == "-1844674407370955161e1 cut whole");
  CHECK(scanned("18446744073709551620") == "1844674407370955162e1 exact whole");
  CHECK(scanned("99999999999999999999") == "9999999999999999999e1 cut whole");
  CHECK(scanned("1234567890123456789012345") == "12345678901234567890e5 cut whole");
  CHECK(scanned("1234567890123456789000000") == "12345678901234567890e5 exact whole");
  CHECK(scanned("1234567890123456789000001") == "12345678901234567890e5 cut whole");
  CHECK(scanned("1" + zeros(24)) == "10000000000000000000e5 exact whole");
  CHECK(scanned("1" + zeros(1000)) == "10000000000000000000e981 exact whole");
  CHECK(scanned("1" + zeros(999) + "1") == "10000000000000000000e981 cut whole");
  CHECK(scanned("1" + zeros(1000) + "e-1000") == "10000000000000000000e-19 exact");
}

TEST_CASE("digits of a fraction beyond 64 bits are left out too") {
  CHECK(scanned("0.1234567890123456789012345") == "12345678901234567890e-20 cut");
  CHECK(scanned("1.234567890123456789012345") == "12345678901234567890e-19 cut");
  CHECK(scanned("12345678901234567890.12345") == "12345678901234567890e0 cut");
  CHECK(scanned("12345678901234567890.00000") == "12345678901234567890e0 exact");
  CHECK(scanned("123456789012345678901.5") == "12345678901234567890e1 cut");
  CHECK(scanned("123456789012345678900.0") == "12345678901234567890e1 exact");
  CHECK(scanned("1844674407370955161.5") == "18446744073709551615e-1 exact");
  CHECK(scanned("1844674407370955161.6") == "1844674407370955161e0 cut");
  CHECK(scanned("1844674407370955161.65") == "1844674407370955161e0 cut");
  CHECK(scanned("1844674407370955161.05") == "18446744073709551610e-1 cut");
  CHECK(scanned("0.1000000000000000000000000") == "10000000000000000000e-20 exact");
}

TEST_CASE("no digit is taken in behind one that was left out") {
  // 1844674407370955161 would have room for one digit up to 5.
  CHECK(scanned("18446744073709551619.5") == "1844674407370955161e1 cut");
  CHECK(scanned("18446744073709551616.0") == "1844674407370955161e1 cut");
  CHECK(scanned("184467440737095516195") == "1844674407370955161e2 cut whole");
  CHECK(scanned("1844674407370955161.95") == "1844674407370955161e0 cut");
}

TEST_CASE("zeros before the first other digit take no room") {
  CHECK(scanned("0." + zeros(30) + "5") == "5e-31 exact");
  CHECK(scanned("0." + zeros(1000) + "18446744073709551615") == "18446744073709551615e-1020 exact");
  CHECK(scanned("-0." + zeros(1000)) == "-0e-1000 exact");
  CHECK(scanned("0." + zeros(400) + "1e400") == "1e-1 exact");
}

TEST_CASE("exponents of any length are read, and stay within what can be counted") {
  for (const std::string_view sign : {"", "+", "-"}) {
    const std::string text = "1e" + std::string(sign) + std::string(1000, '9');
    scanned_number number;
    INFO(sign);
    CHECK(scan_number(text, number));
    CHECK(std::abs(number.exponent) >= 1'000'000'000'000);
    CHECK((number.exponent < 0) == (sign == "-"));
  }
  CHECK(scanned("1e" + zeros(1000) + "5") == "1e5 exact");
  CHECK(scanned("1e-" + zeros(1000) + "5") == "1e-5 exact");
}

TEST_CASE("doubles in their shortest spelling and with 17 digits read back to the last bit") {
  tests::random random(1);
  mismatches found;
  const auto compare = [&found](double value) {
    const std::string shortest = printed(value);
    found.compare(real_bits(shortest), bits(value), shortest);
    const std::string long_one = printed(value, std::chars_format::scientific, 16);
    found.compare(real_bits(long_one), bits(value), long_one);
  };
  for (int i = 0; i < 50'000; ++i) {
    const auto value = std::bit_cast<double>(random.bits());
    if (std::isfinite(value)) compare(value);
    // Of the magnitudes that people use.
    const double mantissa = 1.0 + static_cast<double>(random.bits() >> 12) * 0x1p-52;
    compare(std::ldexp(mantissa, static_cast<int>(random.below(140)) - 70));
  }
  for (int i = 0; i < 5'000; ++i)
    compare(std::bit_cast<double>(random.bits() >> (12 + random.below(52))));  // denormals
  CHECK(found.first() == "");
  CHECK(found.compared() > 200'000);
}

TEST_CASE("random digits with random points and exponents become the double that strtod makes of them") {
  tests::random random(2);
  mismatches found;
  for (int i = 0; i < 150'000; ++i) {
    std::string text = random.below(2) == 0 ? "-" : "";
    const std::size_t size = 1 + random.below(i % 4 == 0 ? 40 : 19);
    std::string digits = random.text(size, i % 8 == 1 ? "0009" : "0123456789");
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    text += digits;
    if (random.below(2) == 0) text += "." + random.text(1 + random.below(i % 4 == 0 ? 40 : 6), "0123456789");
    const std::size_t largest = i % 3 == 0 ? 360 : 25;
    if (random.below(3) != 0)
      text += "e" + std::to_string(static_cast<int>(random.below(2 * largest)) - static_cast<int>(largest));
    found.compare(real_bits(text), bits(std::strtod(text.c_str(), nullptr)), text);
  }
  CHECK(found.first() == "");
  CHECK(found.compared() == 150'000);
}

TEST_CASE("a number halfway between two doubles goes to the even one, and the least bit more to the next") {
  CHECK(real_bits("9007199254740993") == bits(9007199254740992.0));
  CHECK(real_bits("9007199254740993.0") == bits(9007199254740992.0));
  CHECK(real_bits("9007199254740993." + zeros(50) + "1") == bits(9007199254740994.0));
  CHECK(real_bits("9007199254740992." + std::string(50, '9')) == bits(9007199254740992.0));
  CHECK(real_bits("9007199254740995") == bits(9007199254740996.0));
  CHECK(real_bits("-9007199254740993") == bits(-9007199254740992.0));
  CHECK(real_bits("9007199254740993e22") == bits(9007199254740993e22));
}

TEST_CASE("what is beyond all doubles becomes an infinity of its sign") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const std::string& text :
       {std::string("1e309"), std::string("1.7976931348623159e308"), std::string("1E400"), std::string("123456e9999"),
        "1e" + std::string(100, '9'), "1" + zeros(400), "1" + zeros(500) + ".5e-100", "0." + zeros(100) + "1e500"}) {
    INFO(text);
    CHECK(real_bits(text) == bits(infinity));
    CHECK(real_bits("-" + text) == bits(-infinity));
  }
  CHECK(real_bits("1.7976931348623157e308") == bits(std::numeric_limits<double>::max()));
  CHECK(real_bits("1.7976931348623158e308") == bits(std::numeric_limits<double>::max()));
  CHECK(real_bits("-1.7976931348623157e308") == bits(std::numeric_limits<double>::lowest()));
}

TEST_CASE("what is closer to 0 than to any other double becomes a 0 of its sign") {
  for (const std::string& text : {std::string("2e-324"), std::string("2.4703282292062327e-324"), std::string("1e-400"),
                                  std::string("123456e-9999"), "1e-" + std::string(100, '9'), "0." + zeros(400) + "1",
                                  "1" + zeros(100) + "e-500"}) {
    INFO(text);
    CHECK(real_bits(text) == bits(0.0));
    CHECK(real_bits("-" + text) == bits(-0.0));
  }
  constexpr double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(real_bits("2.4703282292062328e-324") == bits(smallest));
  CHECK(real_bits("3e-324") == bits(smallest));
  CHECK(real_bits("-5e-324") == bits(-smallest));
  CHECK(real_bits("2.2250738585072011e-308") == bits(2.2250738585072011e-308));
}

TEST_CASE("0 is 0 with any exponent, and keeps its sign") {
  for (const std::string& text :
       {std::string("0"), std::string("0.0"), std::string("0e5"), std::string("0e999"), std::string("0e-999"),
        "0e" + std::string(100, '9'), "0e-" + std::string(100, '9'), "0." + zeros(500), "0." + zeros(500) + "e999"}) {
    INFO(text);
    CHECK(real_bits(text) == bits(0.0));
    CHECK(real_bits("-" + text) == bits(-0.0));
  }
}

TEST_CASE("long zeros and an exponent that makes up for them cancel out") {
  CHECK(real_bits("1" + zeros(400) + "e-400") == bits(1.0));
  CHECK(real_bits("0." + zeros(399) + "1e400") == bits(1.0));
  CHECK(real_bits("-125" + zeros(1000) + "e-1002") == bits(-1.25));
  CHECK(real_bits("0.1" + zeros(1000)) == bits(0.1));
}

TEST_CASE("each escape of JSON stands for its character") {
  CHECK(unescaped_or_null("") == "");
  CHECK(unescaped_or_null("plain") == "plain");
  CHECK(unescaped_or_null(R"(\")") == "\"");
  CHECK(unescaped_or_null(R"(\\)") == "\\");
  CHECK(unescaped_or_null(R"(\/)") == "/");
  CHECK(unescaped_or_null(R"(\b)") == "\b");
  CHECK(unescaped_or_null(R"(\f)") == "\f");
  CHECK(unescaped_or_null(R"(\n)") == "\n");
  CHECK(unescaped_or_null(R"(\r)") == "\r");
  CHECK(unescaped_or_null(R"(\t)") == "\t");
  CHECK(unescaped_or_null(R"(a\nb\\nc\\\nd)") == "a\nb\\nc\\\nd");
  CHECK(unescaped_or_null(R"(\u0041\u00e9\u20AC\ud83d\uDE00)") == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(unescaped_or_null(R"(\u0000)") == std::string(1, '\0'));
  CHECK(unescaped_or_null(R"(\u00410)") == "A0");
}

TEST_CASE("every code point, escaped, becomes its UTF-8") {
  mismatches found;
  for (std::uint32_t point = 0; point < 0x10000; ++point)
    if (point < 0xD800 || point > 0xDFFF)
      found.compare(unescaped_or_null(escape_of(point, point % 2 == 0)), reference::utf8(point), point);
  const auto compare_pair = [&found](std::uint32_t point) {
    const std::string text = escape_of(0xD800 + ((point - 0x10000) >> 10), point % 2 == 0) +
                             escape_of(0xDC00 + (point & 0x3FF), point % 3 == 0);
    found.compare(unescaped_or_null(text), reference::utf8(point), point);
  };
  for (std::uint32_t point = 0x10000; point < 0x10FFFF; point += 61) compare_pair(point);
  for (std::uint32_t plane = 0x10000; plane <= 0x100000; plane += 0x10000) {
    compare_pair(plane);
    compare_pair(plane + 0xFFFF);
  }
  CHECK(found.first() == "");
}

TEST_CASE("a surrogate without its partner becomes U+FFFD, and what stands behind it stays") {
  const std::string replaced = "\xEF\xBF\xBD";
  CHECK(unescaped_or_null(R"(\ud800)") == replaced);
  CHECK(unescaped_or_null(R"(\udbff)") == replaced);
  CHECK(unescaped_or_null(R"(\udc00)") == replaced);
  CHECK(unescaped_or_null(R"(\udfff)") == replaced);
  CHECK(unescaped_or_null(R"(a\ud800b)") == "a" + replaced + "b");
  CHECK(unescaped_or_null(R"(\ud800\n)") == replaced + "\n");
  CHECK(unescaped_or_null(R"(\ud800\\udc00)") == replaced + "\\udc00");
  CHECK(unescaped_or_null(R"(\ud800udc00)") == replaced + "udc00");
  CHECK(unescaped_or_null(R"(\ud800\u0041)") == replaced + "A");
  CHECK(unescaped_or_null(R"(\ud800\ue000)") == replaced + "\xEE\x80\x80");
  CHECK(unescaped_or_null(R"(\udc00\ud800)") == replaced + replaced);
  CHECK(unescaped_or_null(R"(\ud800\ud800)") == replaced + replaced);
  CHECK(unescaped_or_null(R"(\ud83d\ud83d\ude00)") == replaced + "\xF0\x9F\x98\x80");
  CHECK(unescaped_or_null(R"(\ud83d\ude00\ude00)") == "\xF0\x9F\x98\x80" + replaced);
  CHECK(unescaped_or_null(R"(\uD7FF\uE000)") == "\xED\x9F\xBF\xEE\x80\x80");
}

TEST_CASE("random texts with escapes of every kind become what nlohmann::json reads") {
  constexpr std::string_view short_ones = "\"\\/bfnrt";
  constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
  const std::vector<std::string> plain = {
      "a", " ", "/", "u", "0000", "\x7F", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "a longer one without any"};
  tests::random random(3);
  mismatches found;
  std::size_t with_lone_ones = 0;
  for (int i = 0; i < 8'000; ++i) {
    std::string text, expected;
    std::uint32_t high = 0;  // a high surrogate that stands right before
    bool has_lone_one = false;
    const auto let_go_of_high = [&] {
      if (high == 0) return;
      expected += "\xEF\xBF\xBD";
      has_lone_one = true;
      high = 0;
    };
    for (std::size_t left = random.below(12); left != 0; --left) {
      const std::size_t what = random.below(10);
      if (what < 3) {
        let_go_of_high();
        const std::string& one = plain[random.below(plain.size())];
        text += one;
        expected += one;
      } else if (what < 5) {
        let_go_of_high();
        const std::size_t which = random.below(short_ones.size());
        (text += '\\') += short_ones[which];
        expected += meant[which];
      } else if (what < 9) {
        let_go_of_high();
        auto point = static_cast<std::uint32_t>(random.bits() >> (64 - 1 - random.below(20)));
        if (point >= 0xD800 && point < 0xE000) point -= 0x800;
        const bool is_upper = random.below(2) == 0;
        if (point < 0x10000)
          text += escape_of(point, is_upper);
        else
          text +=
              escape_of(0xD7C0 + (point >> 10), is_upper) + escape_of(0xDC00 + (point & 0x3FF), random.below(2) == 0);
        expected += reference::utf8(point);
      } else if (i % 2 == 0) {
        const std::uint32_t unit = 0xD800 + static_cast<std::uint32_t>(random.below(0x800));
        text += escape_of(unit, random.below(2) == 0);
        if (unit < 0xDC00) {
          let_go_of_high();
          high = unit;
        } else if (high != 0) {
          expected += reference::utf8(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
          high = 0;
        } else {
          expected += "\xEF\xBF\xBD";
          has_lone_one = true;
        }
      }
    }
    let_go_of_high();
    found.compare(unescaped_or_null(text), expected, text);
    // It refuses surrogates without their partners.
    if (has_lone_one)
      ++with_lone_ones;
    else
      found.compare(tests::parse_json("\"" + text + "\"").get<std::string>(), expected, text);
  }
  CHECK(found.first() == "");
  CHECK(with_lone_ones > 500);
}

TEST_CASE("an escape that JSON does not have gives null") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto character = static_cast<char>(byte);
    const bool is_known = std::string_view("\"\\/bfnrt").find(character) != std::string_view::npos;
    INFO(byte);
    CHECK(unescaped(std::string("ab\\") + character).has_value() == is_known);
    CHECK(unescaped(std::string("\\") + character + "zzzz").has_value() == is_known);
    const bool is_hex = std::string_view("0123456789abcdefABCDEF").find(character) != std::string_view::npos;
    for (std::size_t at = 2; at < 6; ++at) {
      std::string text = "\\u1a2F";
      text[at] = character;
      CHECK(unescaped(text).has_value() == is_hex);
    }
  }
  for (const std::string_view text :
       {R"(\)", R"(a\)", R"(\\\)", R"(\u)", R"(\u1)", R"(\u12)", R"(\u123)", R"(\u 123)", R"(\u+123)", R"(\U0041)",
        R"(\x41)", R"(\')", R"(\0)", R"(\ud800\)", R"(\ud800\u)", R"(\ud800\udc0)", R"(\ud800\udcxx)", R"(\ud800\x)"}) {
    INFO(text);
    CHECK(unescaped(text) == std::nullopt);
  }
}

TEST_CASE("random texts of what escapes are made of give null exactly where the grammar says so") {
  tests::random random(4);
  mismatches found;
  std::size_t right = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string text = random.text(random.below(18), i % 2 == 0 ? "\\\\ud8c0n\"x" : "\\u0dD8cF");
    const bool expected = has_right_escapes(text);
    if (expected) ++right;
    found.compare(unescaped(text).has_value(), expected, text);
  }
  CHECK(found.first() == "");
  CHECK(right > 2'000);
  CHECK(right < 20'000);
}

TEST_CASE("each form of time is read, and knows what it is") {
  CHECK(read("2024-02-29") == timestamp{leap_day_2024, 0, 0, form::date});
  CHECK(read("23:59:58") == timestamp{86398, 0, 0, form::time});
  CHECK(read("23:59:58.5") == timestamp{86398, 500'000'000, 1, form::time});
  CHECK(read("2024-02-29T23:59:58") == timestamp{leap_day_2024 + 86398, 0, 0, form::date_time});
  CHECK(read("2024-02-29T23:59:58.5") == timestamp{leap_day_2024 + 86398, 500'000'000, 1, form::date_time});
  CHECK(read("2024-02-29T23:59:58Z") == timestamp{leap_day_2024 + 86398, 0, 0, form::date_time_utc});
  CHECK(read("2024-02-29T23:59:58.50Z") == timestamp{leap_day_2024 + 86398, 500'000'000, 2, form::date_time_utc});
  CHECK(read("1970-01-01T00:00:00Z") == timestamp{});
  CHECK(read("1969-12-31T23:59:59.25Z") == timestamp{-1, 250'000'000, 2, form::date_time_utc});
  CHECK(read("0000-01-01") == timestamp{-719528 * day, 0, 0, form::date});
  CHECK(read("-000001-12-31") == timestamp{-719529 * day, 0, 0, form::date});
  CHECK(read("+010000-01-01") == timestamp{2932897 * day, 0, 0, form::date});
  CHECK(read("+002024-02-29") == timestamp{leap_day_2024, 0, 0, form::date});
  CHECK(read("-271821-04-20T00:00:00Z") == timestamp{-8640000000000, 0, 0, form::date_time_utc});
}

TEST_CASE("a T and a Z may be small, and a T may be a blank") {
  const timestamp expected{leap_day_2024 + 3723, 0, 0, form::date_time_utc};
  for (const std::string_view text : {"2024-02-29T01:02:03Z", "2024-02-29t01:02:03z", "2024-02-29 01:02:03Z",
                                      "2024-02-29 01:02:03z", "2024-02-29 01:02:03+00", "2024-02-29 01:02:03-00:00"}) {
    INFO(text);
    CHECK(in_words(read(text)) == in_words(expected));
  }
  CHECK(read("2024-02-29 01:02:03.25") == timestamp{leap_day_2024 + 3723, 250'000'000, 2, form::date_time});
}

TEST_CASE("a time without seconds is one at second 0") {
  CHECK(read("23:59") == timestamp{86340, 0, 0, form::time});
  CHECK(read("2024-02-29T23:59") == timestamp{leap_day_2024 + 86340, 0, 0, form::date_time});
  CHECK(read("2024-02-29T23:59Z") == timestamp{leap_day_2024 + 86340, 0, 0, form::date_time_utc});
  CHECK(read("2024-02-29T23:59+01:00") == timestamp{leap_day_2024 + 82740, 0, 0, form::date_time_utc});
}

TEST_CASE("digits of a fraction beyond nine are left out") {
  CHECK(read("00:00:00.123456789") == timestamp{0, 123'456'789, 9, form::time});
  CHECK(read("00:00:00.1234567899") == timestamp{0, 123'456'789, 9, form::time});
  CHECK(read("00:00:00." + std::string(1000, '9')) == timestamp{0, 999'999'999, 9, form::time});
  CHECK(read("00:00:00.000") == timestamp{0, 0, 3, form::time});
  CHECK(read("00:00:00.000000001") == timestamp{0, 1, 9, form::time});
  CHECK(read("00:00:00.0000000019") == timestamp{0, 1, 9, form::time});
}

TEST_CASE("a leap second is the first of the next minute") {
  CHECK(read("2016-12-31T23:59:60Z") == read("2017-01-01T00:00:00Z"));
  CHECK(read("2016-12-31T23:59:60.5Z") == read("2017-01-01T00:00:00.5Z"));
  CHECK(read("1990-12-31T15:59:60-08:00") == read("1991-01-01T00:00:00Z"));
  CHECK(read("12:30:60") == read("12:31:00"));
  CHECK(read("2016-12-31T23:59:61Z") == std::nullopt);
}

TEST_CASE("every offset is turned into UTC, however it is spelled") {
  mismatches found;
  for (int hour = 0; hour < 24; ++hour) {
    for (int minute = 0; minute < 60; ++minute) {
      const std::int64_t offset = hour * 3600 + minute * 60;
      for (const bool is_ahead : {false, true}) {
        const std::string expected = in_words(
            timestamp{leap_day_2024 + 3600 + (is_ahead ? -offset : offset), 500'000'000, 1, form::date_time_utc});
        const std::string start = std::string("2024-02-29T01:00:00.5") + (is_ahead ? '+' : '-') + padded(hour, 2);
        for (const std::string_view joint : {":", ""}) {
          const std::string text = start + std::string(joint) + padded(minute, 2);
          found.compare(read_in_words(text), expected, text);
        }
        if (minute == 0) found.compare(read_in_words(start), expected, start);
      }
    }
  }
  CHECK(found.first() == "");
  CHECK(read("1985-04-12T23:20:50.52Z") == read("1985-04-12T15:20:50.52-08:00"));
  CHECK(read("1970-01-01T00:00:00+00:01") == timestamp{-60, 0, 0, form::date_time_utc});
}

TEST_CASE("a timestamp of any form and any number of digits reads back as it was written") {
  tests::random random(5);
  mismatches found;
  std::size_t before = 0, beyond = 0, negative_years = 0;
  for (int i = 0; i < 60'000; ++i) {
    timestamp value;
    value.what = static_cast<form>(i % 4);
    // Of all magnitudes: the last 300 years, all years of four digits, and those beyond.
    value.seconds = static_cast<std::int64_t>(random.bits()) >> (12 + random.below(24));
    if (value.what == form::time) value.seconds = static_cast<std::int64_t>(random.below(day));
    if (value.what == form::date) value.seconds -= (value.seconds % day + day) % day;
    if (value.what != form::date) {
      value.digits = static_cast<std::uint8_t>(random.below(10));
      std::uint32_t last_place = 1'000'000'000;
      for (int digit = 0; digit < value.digits; ++digit) last_place /= 10;
      value.nanoseconds = static_cast<std::uint32_t>(random.below(1'000'000'000)) / last_place * last_place;
    }
    const std::string text = written(value);
    found.compare(read_in_words(text), in_words(value), text);
    if (value.seconds < 0) ++before;
    if (text[0] == '+') ++beyond;
    if (text[0] == '-') ++negative_years;
  }
  CHECK(found.first() == "");
  CHECK(before > 5'000);
  CHECK(beyond > 5'000);
  CHECK(negative_years > 5'000);
}

TEST_CASE("the first and the last timestamp that 64 bits can hold read back as they were written") {
  for (const std::int64_t seconds :
       {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    const timestamp value{seconds, 999'999'999, 9, form::date_time_utc};
    CHECK(read_in_words(written(value)) == in_words(value));
  }
}

TEST_CASE("a time that no timestamp can hold is none") {
  for (const std::string_view text :
       {"+999999999999-12-31", "-999999999999-01-01", "+292277026597-01-01", "-292277022658-12-31",
        "+292277026596-12-05", "+292277026596-12-04T15:30:08Z", "+292277026596-12-04T15:30:07-00:01",
        "-292277022657-01-27T08:29:51Z", "-292277022657-01-27T08:29:52+00:01"}) {
    INFO(text);
    CHECK(read_in_words(text) == "no time");
  }
}

TEST_CASE("every second of a day is read as its hour, minute and second") {
  mismatches found;
  std::int64_t seconds = 0;
  for (int hour = 0; hour < 24; ++hour)
    for (int minute = 0; minute < 60; ++minute)
      for (int second = 0; second < 60; ++second, ++seconds) {
        const std::string text = padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2);
        timestamp made;
        found.compare(time_reader(text).read(made) && made == timestamp{seconds, 0, 0, form::time}, true, text);
      }
  CHECK(found.first() == "");
}

TEST_CASE("a date is one exactly where the calendar of std::chrono has it, and is that day") {
  mismatches found;
  std::vector<int> years = {0, 1, 3, 4, 99, 100, 399, 400, 1582, 1600, 2300, 2400, 9996, 9999};
  for (int year = 1890; year <= 2110; ++year) years.push_back(year);
  for (const int year : years) {
    for (unsigned month = 0; month <= 13; ++month) {
      for (unsigned of_month = 0; of_month <= 32; ++of_month) {
        const std::chrono::year_month_day civil{std::chrono::year(year), std::chrono::month(month),
                                                std::chrono::day(of_month)};
        const std::string text = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(of_month, 2);
        timestamp made;
        const bool is_read = time_reader(text).read(made);
        found.compare(is_read, civil.ok(), text);
        found.compare(read(text + " 23:59:58").has_value(), civil.ok(), text);
        if (!is_read || !civil.ok()) continue;
        const std::int64_t days = std::chrono::sys_days(civil).time_since_epoch().count();
        found.compare(in_words(made), in_words(timestamp{days * day, 0, 0, form::date}), text);
        found.compare(read_in_words(text + " 23:59:58"),
                      in_words(timestamp{(days + 1) * day - 2, 0, 0, form::date_time}), text);
        found.compare(read_in_words(text + "T01:02:03.5Z"),
                      in_words(timestamp{days * day + 3723, 500'000'000, 1, form::date_time_utc}), text);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("leap days of years with a sign are days too") {
  CHECK(read("-000004-02-29").has_value());
  CHECK(read("-000003-02-29") == std::nullopt);
  CHECK(read("-000100-02-29") == std::nullopt);
  CHECK(read("-000400-02-29").has_value());
  CHECK(read("+012000-02-29").has_value());
  CHECK(read("+012100-02-29") == std::nullopt);
}

TEST_CASE("a text that is cut is a time only where a part of it ends") {
  const std::string_view text = "2024-02-29T23:59:59.25+01:30";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    constexpr std::array<std::size_t, 7> ends = {10, 16, 19, 21, 22, 25, 28};
    INFO(text.substr(0, size));
    CHECK(read(text.substr(0, size)).has_value() == (std::find(ends.begin(), ends.end(), size) != ends.end()));
  }
}

TEST_CASE("a text with a wrong character anywhere is no time") {
  for (const std::string_view right :
       {"2024-02-29", "12:34:56.5", "2024-02-29T12:34:56.5Z", "2024-02-29T12:34:56+01:00", "+012345-12-31"}) {
    CHECK(read(right).has_value());
    for (std::size_t at = 0; at < right.size(); ++at) {
      for (const char wrong : std::string("x/\0\xFF?*", 6)) {
        std::string text(right);
        text[at] = wrong;
        INFO(tests::visible(text));
        CHECK(!read(text).has_value());
      }
    }
  }
}

TEST_CASE("what is spelled otherwise is no time") {
  for (const std::string_view text : {"",
                                      " ",
                                      "now",
                                      "2024",
                                      "2024-02",
                                      "2024-2-9",
                                      "24-02-29",
                                      "20240229",
                                      "2024-060",
                                      "2024-W09-4",
                                      "2024/02/29",
                                      "29.02.2024",
                                      "02024-02-29",
                                      "+2024-02-29",
                                      "-2024-02-29",
                                      "+02024-02-29",
                                      "+-02024-02-29",
                                      "+1000000000000-01-01",
                                      "+-12-31",
                                      "2024-00-01",
                                      "2024-13-01",
                                      "2024-01-00",
                                      "2024-01-32",
                                      "2024-04-31",
                                      "2023-02-29",
                                      "1900-02-29",
                                      "2024-02-30",
                                      "2024-02--1",
                                      "2024-+2-01",
                                      " 2024-02-29",
                                      "2024-02-29 ",
                                      "2024-02-29Z",
                                      "2024-02-29+01:00",
                                      "2024-02-29T",
                                      "2024-02-29TZ",
                                      "2024-02-29T23",
                                      "2024-02-29T23Z",
                                      "2024-02-29T2:03:04",
                                      "2024-02-29T235959",
                                      "2024-02-29  23:59:59",
                                      "2024-02-29_23:59:59",
                                      "2024-02-29T24:00:01",
                                      "2024-02-29T25:00:00",
                                      "2024-02-29T23:60:00",
                                      "2024-02-29T23:59:",
                                      "2024-02-29T23:59:5",
                                      "2024-02-29T23:59:61",
                                      "2024-02-29T23:59:59.",
                                      "2024-02-29T23:59:59.Z",
                                      "2024-02-29T23:59.5Z",
                                      "2024-02-29T23:59:59.5.5",
                                      "2024-02-29T23:59:59 Z",
                                      "2024-02-29T23:59:59ZZ",
                                      "2024-02-29T23:59:59Z ",
                                      "2024-02-29T23:59:59 UTC",
                                      "2024-02-29T23:59:59+",
                                      "2024-02-29T23:59:59+1",
                                      "2024-02-29T23:59:59+01:",
                                      "2024-02-29T23:59:59-01:",
                                      "2024-02-29T23:59:59+01:3",
                                      "2024-02-29T23:59:59+013",
                                      "2024-02-29T23:59:59+01:300",
                                      "2024-02-29T23:59:59+01:30:00",
                                      "2024-02-29T23:59:59+01:60",
                                      "2024-02-29T23:59:59+24:00",
                                      "2024-02-29T23:59:59+-1:00",
                                      "2024-02-29T23:59:59+01:30Z",
                                      "2024-02-29T23:59:59Z+01:30",
                                      "2024-02-29T23:59:59[Europe/Berlin]",
                                      "T23:59:59",
                                      "23",
                                      "23:",
                                      "23:5",
                                      "23:59:",
                                      "23:59:5",
                                      "3:59:59",
                                      "23:59:59.",
                                      "23:59:59Z",
                                      "23:59:59+01:00",
                                      "-1:00:00",
                                      "24:00:01",
                                      "23:60",
                                      "23:59:61",
                                      "23:59:59 ",
                                      " 23:59:59",
                                      "11:59:59 PM"}) {
    INFO('"' << text << '"');
    CHECK(read_in_words(text) == "no time");
  }
}

TEST_CASE("the short ways to read a number give what the long ones give, or nothing") {
  const auto check = [](const std::string& number, const std::string& behind) {
    INFO(number << " before " << behind);
    // Exactly as much memory as may be read.
    const std::string all = number + behind;
    const std::unique_ptr<char[]> memory(new char[all.size()]);
    std::copy(all.begin(), all.end(), memory.get());
    const std::string_view text(memory.get(), number.size());
    const char* const end = memory.get() + all.size();

    scanned_number parts;
    const bool is_right = scan_number(number, parts);
    const std::size_t digits = number.size() - (number.starts_with('-') ? 1 : 0);

    std::int64_t integer = 0;
    const bool is_short_integer = tidemark::json::read_short_integer(text, end, integer);
    const bool is_spelled_whole = number.find_first_not_of("-0123456789") == std::string::npos;
    REQUIRE(is_short_integer == (is_right && is_spelled_whole && digits <= 16));
    if (is_short_integer) REQUIRE(integer == std::stoll(number));

    double real = 0;
    const bool is_short_real = tidemark::json::read_short_real(text, end, real);
    REQUIRE(is_short_real == (is_right && number.find_first_of("eE") == std::string::npos && digits <= 8));
    if (is_short_real) {
      const double exact = to_real(parts, number);
      REQUIRE(std::bit_cast<std::uint64_t>(real) == std::bit_cast<std::uint64_t>(exact));
    }
  };
  for (const std::string number : {"0",
                                   "-0",
                                   "7",
                                   "-7",
                                   "10",
                                   "1234567890",
                                   "-9999999999999999",
                                   "12345678901234567",
                                   "9007199254740993",
                                   "01",
                                   "-",
                                   "",
                                   "1.5",
                                   "-1.25",
                                   "0.1",
                                   "00.1",
                                   "1.",
                                   ".5",
                                   "-.5",
                                   "1e3",
                                   "3804.85",
                                   "0.000001",
                                   "1.0",
                                   "-0.0",
                                   "999999.9",
                                   "1234567.8",
                                   "+1",
                                   "1-2",
                                   "1.2.3",
                                   "0x1",
                                   "12/4",
                                   "12:4",
                                   "1 ",
                                   "\xB0",
                                   "99999999",
                                   "123456.78"})
    for (const std::string behind : {"", ",", "}", ".5", "00000000", ",\"a\":12"}) check(number, behind);

  tests::random random(20);
  constexpr std::string_view likely = "0123456789012345678901234567890123456789.-";
  for (int i = 0; i < 200'000; ++i) {
    std::string number;
    for (std::size_t left = random.below(20); left != 0; --left)
      number += random.below(40) == 0 ? static_cast<char>(random.below(256)) : likely[random.below(likely.size())];
    check(number, std::string(random.below(12), likely[random.below(likely.size())]));
  }
}

}  // namespace json_parse_tests
