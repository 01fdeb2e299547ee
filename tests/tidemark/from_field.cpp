#include <tidemark/from_field.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/timestamp.hpp>
#include <tidemark/to_field.hpp>
#include <tidemark/value_reader.hpp>

#include "catch.hpp"

namespace from_field_tests {

using tidemark::decimal_text;
using tidemark::error;
using tidemark::failure;
using tidemark::field;
using tidemark::from_field;
using tidemark::readable_value;
using tidemark::timestamp;
using kind = tidemark::field::kind;
using form = tidemark::timestamp::form;

using octets = std::span<const std::byte>;
template <class Duration>
using instant = std::chrono::sys_time<Duration>;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::year_month_day;

namespace {

enum class color { red };

// What a field can be read as.
static_assert(readable_value<bool>);
static_assert(readable_value<signed char> && readable_value<unsigned char>);
static_assert(readable_value<short> && readable_value<unsigned short>);
static_assert(readable_value<int> && readable_value<unsigned>);
static_assert(readable_value<long> && readable_value<unsigned long>);
static_assert(readable_value<long long> && readable_value<unsigned long long>);
static_assert(readable_value<float> && readable_value<double> && readable_value<long double>);
static_assert(readable_value<std::string> && readable_value<std::string_view>);
static_assert(readable_value<decimal_text>);
static_assert(readable_value<octets>);
static_assert(readable_value<timestamp>);
static_assert(readable_value<instant<days>> && readable_value<instant<std::chrono::hours>>);
static_assert(readable_value<instant<seconds>> && readable_value<instant<milliseconds>>);
static_assert(readable_value<instant<nanoseconds>>);
static_assert(readable_value<std::chrono::system_clock::time_point>);
static_assert(readable_value<year_month_day>);

// And what not.
static_assert(!readable_value<const int> && !readable_value<int&> && !readable_value<const int&>);
static_assert(!readable_value<const char*> && !readable_value<char*> && !readable_value<void*>);
static_assert(!readable_value<std::nullptr_t>);
static_assert(!readable_value<color> && !readable_value<std::byte>);
static_assert(!readable_value<std::optional<int>>, "a field does not say what a null is to be");
static_assert(!readable_value<field> && !readable_value<tidemark::json_text>);
static_assert(!readable_value<std::wstring> && !readable_value<std::u8string> && !readable_value<std::u8string_view>);
static_assert(!readable_value<std::span<std::byte>>, "a producer's memory is not for writing");
static_assert(!readable_value<std::span<const char>> && !readable_value<std::span<const std::byte, 4>>);
static_assert(!readable_value<std::vector<std::byte>> && !readable_value<std::vector<int>>);
static_assert(!readable_value<std::chrono::seconds> && !readable_value<std::chrono::year>);
static_assert(!readable_value<std::chrono::steady_clock::time_point>);
static_assert(!readable_value<std::chrono::local_seconds>);

static_assert(std::is_same_v<decltype(from_field<short>(field::null())), short>);
static_assert(std::is_same_v<decltype(from_field<std::string_view>(field::null())), std::string_view>);

class no_value final : public tidemark::value_reader {
 public:
  std::size_t read(std::span<char>) override { return 0; }
};

/// The words that reading a field as a T is refused with.
template <class T>
std::string refusal(const field& value) {
  try {
    static_cast<void>(from_field<T>(value));
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::value);
    CHECK(failed.code().empty());
    CHECK(failed.column().empty());
    CHECK(failed.row() == std::nullopt);
    return failed.message();
  }
  return "nothing was thrown";
}

/// That reading as a T is refused for all kinds but some, and with which words.
template <class T>
void check_refused_but(std::initializer_list<kind> readable, const std::string& wanted) {
  no_value pieces;
  const struct {
    field value;
    std::string words;
  } all[] = {
      {field::null(), "null"},
      {field::boolean(true), "a boolean"},
      {field::integer(1), "a whole number"},
      {field::unsigned_integer(1), "a whole number"},
      {field::real(1), "a number"},
      {field::decimal("1"), "a number"},
      {field::text("1"), "text"},
      {field::json("1"), "an object or an array"},
      {field::time({}), "a time"},
      {field::bytes({}), "a blob"},
      {field::long_text(pieces), "text in pieces"},
      {field::long_bytes(pieces), "a blob in pieces"},
  };
  std::size_t readable_ones = 0;
  for (const auto& [value, words] : all) {
    bool is_readable = false;
    for (const kind one : readable) is_readable = is_readable || one == value.type();
    INFO(words << " as " << wanted);
    if (is_readable) {
      ++readable_ones;
      CHECK_NOTHROW(from_field<T>(value));
    } else if (words != wanted) {  // those are a test of their own
      CHECK(refusal<T>(value) == "the value is " + words + ", not " + wanted);
    }
  }
  CHECK(readable_ones == readable.size());
}

/// Calls `visit` with the whole number that `digits` spells as a field of each kind that can hold it.
template <class Visit>
void for_each_field(const std::string& digits, Visit visit) {
  const char* const end = digits.data() + digits.size();
  std::int64_t with_sign = 0;
  if (std::from_chars(digits.data(), end, with_sign).ec == std::errc()) visit(field::integer(with_sign));
  std::uint64_t without = 0;
  if (digits[0] != '-' && std::from_chars(digits.data(), end, without).ec == std::errc())
    visit(field::unsigned_integer(without));
  visit(field::decimal(digits));
}

/// That an integer type takes what lies between two numbers, and nothing beyond.
template <class Integer>
void check_range(const std::string& below, const std::string& lowest, const std::string& largest,
                 const std::string& beyond, const std::string& wanted) {
  INFO(wanted);
  using limits = std::numeric_limits<Integer>;
  CHECK(std::to_string(limits::min()) == lowest);
  CHECK(std::to_string(limits::max()) == largest);
  for_each_field(lowest, [](const field& value) { CHECK(from_field<Integer>(value) == limits::min()); });
  for_each_field(largest, [](const field& value) { CHECK(from_field<Integer>(value) == limits::max()); });
  for_each_field("0", [](const field& value) { CHECK(from_field<Integer>(value) == 0); });
  for_each_field("100", [](const field& value) { CHECK(from_field<Integer>(value) == 100); });
  const std::string huge = "1" + std::string(30, '0');
  for (const std::string& outside : {below, beyond, huge, "-" + huge, huge + "1"}) {
    for_each_field(outside, [&](const field& value) {
      CHECK(refusal<Integer>(value) == outside + " does not fit into " + wanted);
    });
  }
}

template <class Duration>
Duration since_1970(const field& value) {
  return from_field<instant<Duration>>(value).time_since_epoch();
}

constexpr std::int64_t day = 86400;
constexpr std::int64_t leap_day_2024 = 19782 * day;

}  // namespace

TEST_CASE("what a value is has words for every kind of field") {
  CHECK(to_string(kind::null) == "null");
  CHECK(to_string(kind::boolean) == "a boolean");
  CHECK(to_string(kind::integer) == "a whole number");
  CHECK(to_string(kind::unsigned_integer) == "a whole number");
  CHECK(to_string(kind::real) == "a number");
  CHECK(to_string(kind::decimal) == "a number");
  CHECK(to_string(kind::text) == "text");
  CHECK(to_string(kind::json) == "an object or an array");
  CHECK(to_string(kind::time) == "a time");
  CHECK(to_string(kind::bytes) == "a blob");
  CHECK(to_string(kind::long_text) == "text in pieces");
  CHECK(to_string(kind::long_bytes) == "a blob in pieces");
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): that is what is tried
  CHECK(to_string(static_cast<kind>(200)) == "unknown");
  static_assert(tidemark::to_string(kind::text) == "text");
}

TEST_CASE("a type of characters is nothing that a number is read as, just as it is nothing that stands in a row") {
  CHECK(!tidemark::row_value<char>);
  CHECK(!readable_value<char>);
  CHECK(!readable_value<wchar_t>);
  CHECK(!readable_value<char8_t>);
  CHECK(!readable_value<char16_t>);
  CHECK(!readable_value<char32_t>);
}

TEST_CASE("a bool is read from a boolean, and from nothing else") {
  CHECK(from_field<bool>(field::boolean(true)));
  CHECK(!from_field<bool>(field::boolean(false)));
  check_refused_but<bool>({kind::boolean}, "a boolean");
}

TEST_CASE("integers of every width are read from all whole numbers between their ends, and from none beyond") {
  check_range<std::int8_t>("-129", "-128", "127", "128", "8 bits");
  check_range<std::int16_t>("-32769", "-32768", "32767", "32768", "16 bits");
  check_range<std::int32_t>("-2147483649", "-2147483648", "2147483647", "2147483648", "32 bits");
  check_range<std::int64_t>("-9223372036854775809", "-9223372036854775808", "9223372036854775807",
                            "9223372036854775808", "64 bits");
  check_range<std::uint8_t>("-1", "0", "255", "256", "8 bits without a sign");
  check_range<std::uint16_t>("-1", "0", "65535", "65536", "16 bits without a sign");
  check_range<std::uint32_t>("-1", "0", "4294967295", "4294967296", "32 bits without a sign");
  check_range<std::uint64_t>("-1", "0", "18446744073709551615", "18446744073709551616", "64 bits without a sign");
  check_range<long long>("-9223372036854775809", "-9223372036854775808", "9223372036854775807", "9223372036854775808",
                         "64 bits");
}

TEST_CASE("what does not fit into one integer type may fit into another") {
  CHECK(from_field<std::uint8_t>(field::integer(200)) == 200);
  CHECK(refusal<std::int8_t>(field::integer(200)) == "200 does not fit into 8 bits");
  CHECK(from_field<std::int8_t>(field::integer(-100)) == -100);
  CHECK(refusal<std::uint8_t>(field::integer(-100)) == "-100 does not fit into 8 bits without a sign");
  CHECK(from_field<std::uint64_t>(field::decimal("9223372036854775808")) == std::uint64_t{1} << 63);
  CHECK(refusal<std::int64_t>(field::unsigned_integer(std::numeric_limits<std::uint64_t>::max())) ==
        "18446744073709551615 does not fit into 64 bits");
  CHECK(refusal<std::uint64_t>(field::decimal("-9223372036854775808")) ==
        "-9223372036854775808 does not fit into 64 bits without a sign");
  CHECK(refusal<std::uint64_t>(field::decimal("-18446744073709551615")) ==
        "-18446744073709551615 does not fit into 64 bits without a sign");
}

TEST_CASE("a decimal is a whole number where it is spelled as one") {
  CHECK(from_field<int>(field::decimal("-0")) == 0);
  CHECK(from_field<unsigned>(field::decimal("-0")) == 0);
  CHECK(from_field<int>(field::decimal("-12")) == -12);
  for (const std::string_view other :
       {"1.5", "-1.5", "1.0", "1e2", "1E2", "100e-2", "0.0", "0e0", "1e400", "123456789012345678901234567890.5"}) {
    INFO(other);
    CHECK(refusal<int>(field::decimal(other)) == "the value is a number, not a whole number");
    CHECK(refusal<std::uint64_t>(field::decimal(other)) == "the value is a number, not a whole number");
  }
}

TEST_CASE("an integer is read from whole numbers, and from nothing else, not even from a double that is whole") {
  check_refused_but<int>({kind::integer, kind::unsigned_integer, kind::decimal}, "a whole number");
  check_refused_but<std::uint64_t>({kind::integer, kind::unsigned_integer, kind::decimal}, "a whole number");
}

TEST_CASE("a double is read from every kind of number, and from nothing else") {
  CHECK(from_field<double>(field::real(0.1)) == 0.1);
  CHECK(from_field<double>(field::integer(-3)) == -3.0);
  CHECK(from_field<double>(field::unsigned_integer(3)) == 3.0);
  CHECK(from_field<double>(field::decimal("12.50")) == 12.5);
  CHECK(from_field<double>(field::decimal("-1e-3")) == -0.001);
  CHECK(from_field<double>(field::decimal("123456789012345678901234567890")) == 123456789012345678901234567890.0);
  CHECK(from_field<long double>(field::real(0.1)) == static_cast<long double>(0.1));
  const auto numbers = {kind::real, kind::integer, kind::unsigned_integer, kind::decimal};
  check_refused_but<double>(numbers, "a number");
  check_refused_but<float>(numbers, "a number");
  check_refused_but<long double>(numbers, "a number");
}

TEST_CASE("a whole number with more digits than a double has becomes the double nearest to it") {
  CHECK(from_field<double>(field::integer((std::int64_t{1} << 53) + 1)) == 9007199254740992.0);
  CHECK(from_field<double>(field::integer(std::numeric_limits<std::int64_t>::min())) == -0x1p63);
  CHECK(from_field<double>(field::unsigned_integer(std::numeric_limits<std::uint64_t>::max())) == 0x1p64);
  CHECK(from_field<double>(field::decimal("18446744073709551615")) == 0x1p64);
}

TEST_CASE("the extremes of doubles are read, and their zeros keep their sign") {
  using limits = std::numeric_limits<double>;
  for (const double value : {limits::max(), limits::lowest(), limits::min(), limits::denorm_min()})
    CHECK(from_field<double>(field::real(value)) == value);
  CHECK(from_field<double>(field::decimal("1.7976931348623157e308")) == limits::max());
  CHECK(from_field<double>(field::decimal("-1.7976931348623157e308")) == limits::lowest());
  CHECK(std::signbit(from_field<double>(field::real(-0.0))));
  CHECK(std::signbit(from_field<double>(field::decimal("-0"))));
  CHECK(std::signbit(from_field<float>(field::decimal("-0.0"))));
  CHECK(from_field<double>(field::decimal("1e-400")) == 0);
}

TEST_CASE("infinities and NaN that a producer has are read as they are") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(from_field<double>(field::real(infinity)) == infinity);
  CHECK(from_field<double>(field::real(-infinity)) == -infinity);
  CHECK(std::isnan(from_field<double>(field::real(std::numeric_limits<double>::quiet_NaN()))));
  CHECK(from_field<float>(field::real(infinity)) == std::numeric_limits<float>::infinity());
  CHECK(from_field<float>(field::real(-infinity)) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(from_field<float>(field::real(std::numeric_limits<double>::quiet_NaN()))));
}

TEST_CASE("a decimal beyond all doubles is refused, and is not made an infinity") {
  CHECK(refusal<double>(field::decimal("1e309")) == "1e309 does not fit into a double");
  CHECK(refusal<double>(field::decimal("-1e309")) == "-1e309 does not fit into a double");
  CHECK(refusal<double>(field::decimal("1.7976931348623159e308")) ==
        "1.7976931348623159e308 does not fit into a double");
  CHECK(refusal<double>(field::decimal(std::string(400, '9'))) ==
        std::string(40, '9') + "... does not fit into a double");
  CHECK(refusal<float>(field::decimal("1e309")) == "1e309 does not fit into a double");
}

TEST_CASE("a float is read from every number that its range has, rounded to the nearest") {
  using limits = std::numeric_limits<float>;
  CHECK(from_field<float>(field::real(0.1)) == 0.1F);
  CHECK(from_field<float>(field::decimal("0.1")) == 0.1F);
  CHECK(from_field<float>(field::integer(16777217)) == 16777216.0F);
  CHECK(from_field<float>(field::unsigned_integer(std::numeric_limits<std::uint64_t>::max())) == 0x1p64F);
  const auto largest = static_cast<double>(limits::max());
  CHECK(from_field<float>(field::real(largest)) == limits::max());
  CHECK(from_field<float>(field::real(-largest)) == limits::lowest());
  CHECK(from_field<float>(field::real(std::nextafter(largest, 1e300))) == limits::max());
  CHECK(from_field<float>(field::real(1e-300)) == 0);
  CHECK(from_field<float>(field::real(static_cast<double>(limits::denorm_min()))) == limits::denorm_min());
  // Halfway to what would be the next.
  for (const double beyond : {0x1.ffffffp127, 0x1p128, 1e39, 1e300, std::numeric_limits<double>::max()}) {
    INFO(beyond);
    CHECK(refusal<float>(field::real(beyond)).ends_with(" does not fit into a float"));
    CHECK(refusal<float>(field::real(-beyond)).starts_with("-"));
  }
  CHECK(refusal<float>(field::decimal("1e39")).ends_with(" does not fit into a float"));
}

TEST_CASE("a decimal field that is no number is refused as bad JSON by all that look at its digits") {
  for (const std::string& bad : {std::string("NaN"), std::string("01"), std::string("1."), std::string("+1"),
                                 std::string("1 "), std::string(), std::string("12a"), std::string("Infinity")}) {
    const field value = field::decimal(bad);
    const std::string words = "bad JSON: not a value: " + bad;
    CHECK(refusal<int>(value) == words);
    CHECK(refusal<std::uint64_t>(value) == words);
    CHECK(refusal<double>(value) == words);
    CHECK(refusal<float>(value) == words);
    CHECK(refusal<decimal_text>(value) == words);
  }
  CHECK(refusal<int>(field::decimal(std::string(100, 'x'))) ==
        "bad JSON: not a value: " + std::string(40, 'x') + "...");
}

TEST_CASE("a refusal quotes no more than the start of a long value") {
  const std::string digits(1000, '9');
  const std::string letters(1000, 'x');
  CHECK(refusal<double>(field::decimal(digits)).size() < 100);
  CHECK(refusal<double>(field::decimal(letters)).size() < 100);
  CHECK(refusal<timestamp>(field::text(letters)).size() < 120);
  CHECK(refusal<int>(field::decimal(digits)).size() < 100);
  CHECK(refusal<int>(field::decimal("-" + digits)).size() < 100);
  CHECK(refusal<float>(field::real(1e300)).size() < 100);
}

TEST_CASE("text is read as a view of the field's own memory, and as a string of its own") {
  const std::string characters("a\0\xC3\xA9\xFF z", 7);
  const auto view = from_field<std::string_view>(field::text(characters));
  CHECK(view == characters);
  CHECK(view.data() == characters.data());
  const auto copy = from_field<std::string>(field::text(characters));
  CHECK(copy == characters);
  CHECK(copy.data() != characters.data());
  CHECK(from_field<std::string_view>(field::text("")).empty());
  CHECK(from_field<std::string_view>(field::text({})).empty());
  CHECK(from_field<std::string>(field::text({})).empty());
}

TEST_CASE("text is read from text, and from nothing else") {
  check_refused_but<std::string_view>({kind::text}, "text");
  check_refused_but<std::string>({kind::text}, "text");
}

TEST_CASE("a value that is drawn in pieces is refused in words that do not contradict themselves") {
  no_value pieces;
  const std::string text = refusal<std::string>(field::long_text(pieces));
  CHECK(text != "nothing was thrown");
  CHECK(text != "the value is text, not text");
  const std::string bytes = refusal<octets>(field::long_bytes(pieces));
  CHECK(bytes != "nothing was thrown");
  CHECK(bytes != "the value is a blob, not a blob");
}

TEST_CASE("a decimal is read as its own digits, from a decimal and from text that is a number") {
  for (const std::string digits : {"12.50", "-0", "1e400", "123456789012345678901234567890.1234567890"}) {
    INFO(digits);
    for (const field& value : {field::decimal(digits), field::text(digits)}) {
      CHECK(from_field<decimal_text>(value).value == digits);
      CHECK(from_field<decimal_text>(value).value.data() == digits.data());
    }
  }
  for (const std::string_view other : {"", " 1", "1 ", "01", "+1", "1,5", "NaN", "abc"}) {
    INFO(other);
    CHECK(refusal<decimal_text>(field::text(other)) == "the value is text, not a decimal");
  }
  check_refused_but<decimal_text>({kind::decimal, kind::text}, "a decimal");
}

TEST_CASE("a blob is read as a view of the field's own memory, and from nothing else") {
  const std::vector<std::byte> memory = {std::byte{0}, std::byte{255}, std::byte{34}};
  const auto view = from_field<octets>(field::bytes(memory));
  CHECK(view.data() == memory.data());
  CHECK(view.size() == memory.size());
  CHECK(from_field<octets>(field::bytes({})).empty());
  check_refused_but<octets>({kind::bytes}, "a blob");
}

TEST_CASE("a timestamp is read from a time as it is, whatever its form") {
  for (const form what : {form::date, form::time, form::date_time, form::date_time_utc}) {
    const timestamp value{-62135596800, 999'999'999, 3, what};
    CHECK(from_field<timestamp>(field::time(value)) == value);
  }
}

TEST_CASE("a timestamp is read from text that ISO 8601 spells, in each of its forms") {
  const auto read = [](std::string_view text) { return from_field<timestamp>(field::text(text)); };
  CHECK(read("2024-02-29") == timestamp{leap_day_2024, 0, 0, form::date});
  CHECK(read("23:59:59.5") == timestamp{86399, 500'000'000, 1, form::time});
  CHECK(read("2024-02-29T00:00:01") == timestamp{leap_day_2024 + 1, 0, 0, form::date_time});
  CHECK(read("2024-02-29 00:00:01.25Z") == timestamp{leap_day_2024 + 1, 250'000'000, 2, form::date_time_utc});
  CHECK(read("2024-02-29T02:00:00+02:00") == timestamp{leap_day_2024, 0, 0, form::date_time_utc});
}

TEST_CASE("text that is no time is quoted where it is refused") {
  const std::string behind = " is no date or time as ISO 8601 spells them";
  for (const std::string text : {"", "abc", "2024-02-30", "2024-02-29T", "20240229"}) {
    const field value = field::text(text);
    CHECK(refusal<timestamp>(value) == "\"" + text + "\"" + behind);
    CHECK(refusal<instant<seconds>>(value) == "\"" + text + "\"" + behind);
    CHECK(refusal<instant<nanoseconds>>(value) == "\"" + text + "\"" + behind);
    CHECK(refusal<year_month_day>(value) == "\"" + text + "\"" + behind);
  }
  CHECK(refusal<timestamp>(field::text(std::string(41, 'x'))) == "\"" + std::string(40, 'x') + "...\"" + behind);
}

namespace {

/// That a type of time is read from times and text, and from nothing else.
template <class T>
void check_time() {
  no_value pieces;
  const struct {
    field value;
    std::string words;
  } all[] = {
      {field::null(), "null"},
      {field::boolean(true), "a boolean"},
      {field::integer(1), "a whole number"},
      {field::unsigned_integer(1), "a whole number"},
      {field::real(1), "a number"},
      {field::decimal("1"), "a number"},
      {field::json("\"2024-02-29\""), "an object or an array"},
      {field::bytes({}), "a blob"},
      {field::long_text(pieces), "text in pieces"},
      {field::long_bytes(pieces), "a blob in pieces"},
  };
  for (const auto& [value, words] : all) CHECK(refusal<T>(value) == "the value is " + words + ", not a time");
}

}  // namespace

TEST_CASE("times are read from times and from text, and from nothing else") {
  check_time<timestamp>();
  check_time<instant<days>>();
  check_time<instant<seconds>>();
  check_time<instant<milliseconds>>();
  check_time<instant<nanoseconds>>();
  check_time<year_month_day>();
}

TEST_CASE("a point in time is read at its clock's resolution, counted down where it has a finer fraction") {
  const field value = field::time({leap_day_2024 + 3661, 123'456'789, 9, form::date_time_utc});
  CHECK(since_1970<nanoseconds>(value) == seconds(leap_day_2024 + 3661) + nanoseconds(123'456'789));
  CHECK(since_1970<std::chrono::microseconds>(value) ==
        seconds(leap_day_2024 + 3661) + std::chrono::microseconds(123'456));
  CHECK(since_1970<milliseconds>(value) == seconds(leap_day_2024 + 3661) + milliseconds(123));
  CHECK(since_1970<seconds>(value) == seconds(leap_day_2024 + 3661));
  CHECK(since_1970<std::chrono::minutes>(value) == seconds(leap_day_2024 + 3660));
  CHECK(since_1970<std::chrono::hours>(value) == seconds(leap_day_2024 + 3600));
  CHECK(since_1970<days>(value) == days(19782));
  using thirds = std::chrono::duration<std::int64_t, std::ratio<1, 3>>;
  CHECK(since_1970<thirds>(field::time({1, 700'000'000, 1, form::date_time_utc})) == thirds(5));
}

TEST_CASE("a point in time before 1970 counts down too") {
  const field value = field::time({-1, 999'999'999, 9, form::date_time_utc});
  CHECK(since_1970<nanoseconds>(value) == nanoseconds(-1));
  CHECK(since_1970<milliseconds>(value) == milliseconds(-1));
  CHECK(since_1970<seconds>(value) == seconds(-1));
  CHECK(since_1970<std::chrono::minutes>(value) == std::chrono::minutes(-1));
  CHECK(since_1970<days>(value) == days(-1));
  CHECK(since_1970<milliseconds>(field::text("1969-12-31T23:59:58.0005Z")) == milliseconds(-2000));
  CHECK(since_1970<seconds>(field::text("0000-01-01")) == seconds(-719528 * day));
  CHECK(since_1970<days>(field::text("-000001-12-31")) == days(-719529));
}

TEST_CASE("a time without a zone counts as UTC, a date as its first moment, and an offset is turned into UTC") {
  const seconds expected(leap_day_2024 + 3600);
  CHECK(since_1970<seconds>(field::text("2024-02-29T01:00:00Z")) == expected);
  CHECK(since_1970<seconds>(field::text("2024-02-29T01:00:00")) == expected);
  CHECK(since_1970<seconds>(field::text("2024-02-29T02:30:00+01:30")) == expected);
  CHECK(since_1970<nanoseconds>(field::text("2024-02-28T20:00:00-05:00")) == expected);
  CHECK(since_1970<seconds>(field::time({leap_day_2024 + 3600, 0, 0, form::date_time})) == expected);
  CHECK(since_1970<seconds>(field::text("2024-02-29")) == seconds(leap_day_2024));
  CHECK(since_1970<nanoseconds>(field::time({leap_day_2024, 0, 0, form::date})) == seconds(leap_day_2024));
}

TEST_CASE("a time of day is no point in time") {
  for (const field& value : {field::time({3600, 0, 0, form::time}), field::text("01:00:00")}) {
    const std::string words =
        value.type() == kind::time ? "the value is a time, not a date" : "the value is text, not a date";
    CHECK(refusal<instant<seconds>>(value) == words);
    CHECK(refusal<instant<nanoseconds>>(value) == words);
    CHECK(refusal<instant<days>>(value) == words);
  }
}

TEST_CASE("a point in time that a clock's resolution cannot hold is refused") {
  const std::string words = "the time does not fit into the clock that was asked for";
  for (const std::string_view text :
       {"2262-04-11T23:47:17Z", "2263-01-01", "9999-12-31T23:59:59.999Z", "1677-09-21T00:12:42Z", "1677-01-01",
        "0001-01-01", "-000001-01-01", "+275760-09-13T00:00:00Z"}) {
    INFO(text);
    CHECK(refusal<instant<nanoseconds>>(field::text(text)) == words);
    // Coarser ones hold all of these.
    CHECK_NOTHROW(from_field<instant<milliseconds>>(field::text(text)));
    CHECK_NOTHROW(from_field<instant<seconds>>(field::text(text)));
    CHECK_NOTHROW(from_field<instant<days>>(field::text(text)));
  }
  for (const std::int64_t end : {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    const field value = field::time({end, 999'999'999, 9, form::date_time_utc});
    CHECK(refusal<instant<nanoseconds>>(value) == words);
    CHECK(refusal<instant<milliseconds>>(value) == words);
    CHECK(since_1970<seconds>(value) == seconds(end));
  }
  CHECK(since_1970<nanoseconds>(field::text("2262-04-11T23:47:15.999999999Z")) == nanoseconds(9223372035'999'999'999));
  CHECK(since_1970<nanoseconds>(field::text("1677-09-21T00:12:45Z")) == nanoseconds(-9223372035'000'000'000));
}

TEST_CASE("the very first and last points in time of a resolution are read, and the ones next to them refused") {
  const auto check = [](timestamp value, auto expected) {
    INFO(expected.count());
    try {
      CHECK((since_1970<decltype(expected)>(field::time(value)) == expected));
    } catch (const error& failed) {
      FAIL_CHECK(failed.what());
    }
  };
  check({-9'223'372'037, 145'224'192, 9, form::date_time_utc}, nanoseconds::min());
  check({9'223'372'036, 854'775'807, 9, form::date_time_utc}, nanoseconds::max());
  check({-9'223'372'036'854'776, 192'000'000, 3, form::date_time_utc}, milliseconds::min());
  check({9'223'372'036'854'775, 807'000'000, 3, form::date_time_utc}, milliseconds::max());
  const std::string words = "the time does not fit into the clock that was asked for";
  CHECK(refusal<instant<nanoseconds>>(field::text("2262-04-11T23:47:16.854775808Z")) == words);
  CHECK(refusal<instant<nanoseconds>>(field::text("1677-09-21T00:12:43.145224191Z")) == words);
}

TEST_CASE("a point in time that was put into a field is read back") {
  const auto check = [](auto value) {
    CHECK((from_field<decltype(value)>(tidemark::conversions::to_field(value)) == value));
  };
  using std::chrono::sys_days;
  for (const std::int64_t count : {0, 1, -1, 19782, -719528, 2932896}) {
    check(instant<days>(days(count)));
    check(instant<seconds>(days(count) + seconds(1)));
    check(instant<milliseconds>(days(count) - milliseconds(1)));
  }
  check(instant<nanoseconds>(nanoseconds(-1)));
  check(instant<nanoseconds>(nanoseconds(1'700'000'000'123'456'789)));
  check(year_month_day(sys_days(days(19782))));
  check(year_month_day(sys_days(days(-719529))));
}

TEST_CASE("a calendar's day is read from a date alone") {
  using std::chrono::February;
  using std::chrono::year;
  const year_month_day leap_day = year(2024) / February / 29;
  CHECK((from_field<year_month_day>(field::text("2024-02-29")) == leap_day));
  CHECK((from_field<year_month_day>(field::time({leap_day_2024, 0, 0, form::date})) == leap_day));
  CHECK((from_field<year_month_day>(field::time({leap_day_2024 + day - 1, 0, 0, form::date})) == leap_day));
  CHECK((from_field<year_month_day>(field::text("0000-01-01")) == year(0) / 1 / 1));
  CHECK((from_field<year_month_day>(field::text("-000001-12-31")) == year(-1) / 12 / 31));
  CHECK((from_field<year_month_day>(field::text("1969-12-31")) == year(1969) / 12 / 31));

  for (const form other : {form::time, form::date_time, form::date_time_utc})
    CHECK(refusal<year_month_day>(field::time({0, 0, 0, other})) == "the value is a time, not a date alone");
  for (const std::string_view text : {"00:00:00", "2024-02-29T00:00:00", "2024-02-29T00:00:00Z"})
    CHECK(refusal<year_month_day>(field::text(text)) == "the value is text, not a date alone");
}

TEST_CASE("a date of a year that std::chrono does not have is refused, and does not become another") {
  using std::chrono::year;
  CHECK((from_field<year_month_day>(field::text("+032767-12-31")) == year(32767) / 12 / 31));
  CHECK((from_field<year_month_day>(field::text("-032767-01-01")) == year(-32767) / 1 / 1));
  for (const std::string_view text : {"+032768-01-01", "-032768-12-31", "+100000-01-01", "-100000-01-01"}) {
    INFO(text);
    CHECK(refusal<year_month_day>(field::text(text)) != "nothing was thrown");
  }
}

}  // namespace from_field_tests
