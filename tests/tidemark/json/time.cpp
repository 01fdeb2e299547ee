#include <tidemark/json/time.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <tidemark/timestamp.hpp>

#include "catch.hpp"
#include "mismatches.hpp"
#include "random.hpp"

namespace json_time_tests {

using tests::mismatches;
using tidemark::timestamp;
using tidemark::json::longest_time;
using tidemark::json::write_time;
using form = tidemark::timestamp::form;

namespace {

constexpr std::int64_t day = 86400;

std::string write(const timestamp& value) {
  std::array<char, longest_time + 16> memory;
  memory.fill('\xA5');
  const char* const end = write_time(memory.data(), value);
  for (std::size_t i = longest_time; i < memory.size(); ++i)
    if (memory[i] != '\xA5') FAIL("wrote behind the room");
  return {memory.data(), static_cast<std::size_t>(end - memory.data())};
}

std::string date(std::int64_t days) { return write({days * day, 0, 0, form::date}); }

std::string utc(std::int64_t seconds) { return write({seconds, 0, 0, form::date_time_utc}); }

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// 0 to 9999 only.
std::string plain_date(int year, int month, int of_month) {
  return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(of_month, 2);
}

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_of_month(int year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

}  // namespace

TEST_CASE("known days are written as their dates") {
  CHECK(date(0) == "1970-01-01");
  CHECK(date(-1) == "1969-12-31");
  CHECK(date(11016) == "2000-02-29");
  CHECK(date(11017) == "2000-03-01");
  CHECK(date(19782) == "2024-02-29");
  CHECK(date(-25509) == "1900-02-28");  // 1900 had no leap day
  CHECK(date(-25508) == "1900-03-01");
  CHECK(date(-719162) == "0001-01-01");
  CHECK(date(-719163) == "0000-12-31");
  CHECK(date(-719528) == "0000-01-01");
  CHECK(date(2932896) == "9999-12-31");
}

TEST_CASE("years outside 0 to 9999 have a sign and at least six digits") {
  CHECK(date(2932897) == "+010000-01-01");
  CHECK(date(-719529) == "-000001-12-31");
  CHECK(date(-719528 - 365 - 365) == "-000002-01-01");
  CHECK(utc(253402300800) == "+010000-01-01T00:00:00Z");
  CHECK(utc(3093527980800) == "+100000-01-01T00:00:00Z");
  CHECK(utc(3093527980799) == "+099999-12-31T23:59:59Z");
  CHECK(utc(31494784780800) == "+1000000-01-01T00:00:00Z");
  // The ends of ECMAScript's time range: 100,000,000 days around 1970.
  CHECK(utc(8640000000000) == "+275760-09-13T00:00:00Z");
  CHECK(utc(-8640000000000) == "-271821-04-20T00:00:00Z");
}

TEST_CASE("each form has what it is made of") {
  const std::int64_t seconds = 19782 * day + 23 * 3600 + 59 * 60 + 58;
  CHECK(write({seconds, 0, 0, form::date}) == "2024-02-29");
  CHECK(write({seconds, 0, 0, form::date_time}) == "2024-02-29T23:59:58");
  CHECK(write({seconds, 0, 0, form::date_time_utc}) == "2024-02-29T23:59:58Z");
  CHECK(write({23 * 3600 + 59 * 60 + 58, 0, 0, form::time}) == "23:59:58");
  CHECK(write({seconds, 500'000'000, 1, form::date}) == "2024-02-29");
  CHECK(write({seconds, 500'000'000, 1, form::date_time}) == "2024-02-29T23:59:58.5");
  CHECK(write({seconds, 500'000'000, 1, form::date_time_utc}) == "2024-02-29T23:59:58.5Z");
  CHECK(write({5, 500'000'000, 1, form::time}) == "00:00:05.5");
  CHECK(write({253402300799, 999'999'999, 9, form::date_time_utc}) == "9999-12-31T23:59:59.999999999Z");
  CHECK(write({}) == "1970-01-01T00:00:00Z");
}

TEST_CASE("a fraction has as many digits as are meant, cut and not rounded") {
  const std::string all = "012345678";
  for (std::uint8_t digits = 0; digits <= 9; ++digits) {
    const std::string fraction = digits == 0 ? "" : "." + all.substr(0, digits);
    CHECK(write({0, 12'345'678, digits, form::date_time_utc}) == "1970-01-01T00:00:00" + fraction + "Z");
    CHECK(write({0, 12'345'678, digits, form::date_time}) == "1970-01-01T00:00:00" + fraction);
    CHECK(write({0, 12'345'678, digits, form::time}) == "00:00:00" + fraction);
  }
  CHECK(write({0, 999'999'999, 3, form::date_time_utc}) == "1970-01-01T00:00:00.999Z");
  CHECK(write({0, 0, 6, form::date_time_utc}) == "1970-01-01T00:00:00.000000Z");
  CHECK(write({0, 1, 9, form::date_time_utc}) == "1970-01-01T00:00:00.000000001Z");
}

TEST_CASE("before 1970, fractions count forward in time") {
  CHECK(utc(-1) == "1969-12-31T23:59:59Z");
  CHECK(write({-1, 250'000'000, 2, form::date_time_utc}) == "1969-12-31T23:59:59.25Z");
  CHECK(write({-86400, 1, 9, form::date_time_utc}) == "1969-12-31T00:00:00.000000001Z");
  CHECK(utc(-86401) == "1969-12-30T23:59:59Z");
  CHECK(utc(-62135596800) == "0001-01-01T00:00:00Z");
  CHECK(utc(-62135596801) == "0000-12-31T23:59:59Z");
}

TEST_CASE("every second of a day is written as its hour, minute and second") {
  mismatches found;
  std::int64_t seconds = 0;
  for (int hour = 0; hour < 24; ++hour) {
    for (int minute = 0; minute < 60; ++minute) {
      for (int second = 0; second < 60; ++second, ++seconds) {
        found.compare(write({seconds, 0, 0, form::time}),
                      padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2), seconds);
      }
    }
  }
  CHECK(found.first() == "");
  CHECK(seconds == day);
}

TEST_CASE("all days from 1890 to 2110 follow each other as in a calendar") {
  mismatches found;
  std::int64_t days = -29219;  // 80 years before 1970, 19 of them with a leap day
  for (int year = 1890; year <= 2110; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int of_month = 1; of_month <= days_of_month(year, month); ++of_month, ++days) {
        const std::string expected = plain_date(year, month, of_month);
        found.compare(date(days), expected, days);
        // The last second belongs to the same day.
        found.compare(write({days * day + day - 1, 0, 0, form::date}), expected, days);
        if (days == 0) CHECK(expected == "1970-01-01");
      }
    }
  }
  CHECK(found.first() == "");
  CHECK(days == 51499);  // 2111-01-01: 141 years behind 1970, 34 of them with a leap day
}

TEST_CASE("days of all years that std::chrono has are written as its calendar has them") {
  tests::random random(1);
  mismatches found;
  constexpr std::int64_t first = -12687428, last = 11248737;  // -32767-01-01 to 32767-12-31
  for (int i = 0; i < 30'000; ++i) {
    const std::int64_t days = first + static_cast<std::int64_t>(random.below(last - first + 1));
    const std::chrono::year_month_day civil{std::chrono::sys_days{std::chrono::days{days}}};
    const int year = static_cast<int>(civil.year());
    const std::string month_and_day =
        "-" + padded(static_cast<unsigned>(civil.month()), 2) + "-" + padded(static_cast<unsigned>(civil.day()), 2);
    const std::string expected = year < 0      ? "-" + padded(-year, 6)
                                 : year > 9999 ? "+" + padded(year, 6)
                                               : padded(year, 4);
    found.compare(date(days), expected + month_and_day, days);
  }
  CHECK(found.first() == "");
}

TEST_CASE("the extremes of 64-bit seconds fit the room that is promised") {
  using limits = std::numeric_limits<std::int64_t>;
  CHECK(utc(limits::max()) == "+292277026596-12-04T15:30:07Z");
  CHECK(utc(limits::min()) == "-292277022657-01-27T08:29:52Z");
  const std::string longest = write({limits::max(), 999'999'999, 9, form::date_time_utc});
  CHECK(longest == "+292277026596-12-04T15:30:07.999999999Z");
  CHECK(longest.size() <= longest_time);
  CHECK(write({limits::min(), 999'999'999, 9, form::date}) == "-292277022657-01-27");
}

}  // namespace json_time_tests
