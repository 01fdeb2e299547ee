#pragma once

#include <cstddef>
#include <cstdint>

#include <tidemark/json/number.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark::json {

/// The longest that write_time() can write: a year of twelve digits and its sign, nine digits of a fraction.
inline constexpr std::size_t longest_time = 48;

/// Writes a timestamp as RFC 3339 spells it (without quotes) and returns the end: 2024-02-29T23:59:59.5Z. Years
/// outside 0 to 9999 get a sign and at least six digits, as in ECMA-262, section "Expanded Years".
inline char* write_time(char* out, const timestamp& value) noexcept {
  using form = timestamp::form;
  constexpr std::int64_t day_seconds = 86400;
  std::int64_t days = value.seconds / day_seconds;
  std::int64_t rest = value.seconds % day_seconds;
  if (rest < 0) {
    rest += day_seconds;
    --days;
  }
  if (value.what != form::time) {
    // Days to a civil date over eras of 400 years that begin on March 1 (Howard Hinnant, "chrono-Compatible
    // Low-Level Date Algorithms", civil_from_days).
    const std::int64_t shifted = days + 719468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const auto day_of_era = static_cast<std::uint32_t>(shifted - era * 146097);
    const std::uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint32_t shifted_month = (5 * day_of_year + 2) / 153;
    const std::uint32_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    const std::uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    const std::int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
    if (year >= 0 && year <= 9999) {
      out = digits::four(out, static_cast<std::uint32_t>(year));
    } else {
      *out++ = year < 0 ? '-' : '+';
      const auto magnitude = static_cast<std::uint64_t>(year < 0 ? -year : year);
      if (magnitude < 100'000) *out++ = '0';
      if (magnitude < 10'000) *out++ = '0';
      out =
          magnitude < 10'000 ? digits::four(out, static_cast<std::uint32_t>(magnitude)) : write_integer(out, magnitude);
    }
    *out++ = '-';
    out = digits::two(out, month);
    *out++ = '-';
    out = digits::two(out, day);
    if (value.what == form::date) return out;
    *out++ = 'T';
  }
  const auto second = static_cast<std::uint32_t>(rest);
  out = digits::two(out, second / 3600);
  *out++ = ':';
  out = digits::two(out, second / 60 % 60);
  *out++ = ':';
  out = digits::two(out, second % 60);
  if (value.digits != 0) {
    *out++ = '.';
    std::uint32_t fraction = value.nanoseconds;
    std::uint32_t place = 100'000'000;
    for (int i = 0; i < value.digits && i < 9; ++i, place /= 10) {
      *out++ = static_cast<char>('0' + fraction / place);
      fraction %= place;
    }
  }
  if (value.what == form::date_time_utc) *out++ = 'Z';
  return out;
}

}  // namespace tidemark::json
