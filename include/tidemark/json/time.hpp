#pragma once

#include <cstddef>
#include <cstdint>

#include <tidemark/json/number.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark::json {

/// The longest that write_time() can write: a year of twelve digits and its sign, nine digits of a fraction.
inline constexpr std::size_t longest_time = 48;

namespace digits {

/// "2024-02-29", of a day that is counted from -0400-03-01 and lies in the years 0 to 9999. Cassio Neri and Lorenz
/// Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022).
inline char* date(char* out, std::uint32_t days) noexcept {
  const std::uint32_t centuries = 4 * days + 3;
  const std::uint32_t century = centuries / 146097;
  const std::uint32_t day_of_century = centuries % 146097 / 4;
  const std::uint64_t years = std::uint64_t{2939745} * (4 * day_of_century + 3);
  const auto year_of_century = static_cast<std::uint32_t>(years >> 32);
  const std::uint32_t day_of_year = static_cast<std::uint32_t>(years) / 2939745 / 4;
  const std::uint32_t months = 2141 * day_of_year + 197913;
  const bool is_before_march = day_of_year >= 306;
  four(out, 100 * century + year_of_century - 400 + (is_before_march ? 1 : 0));
  out[4] = '-';
  two(out + 5, (months >> 16) - (is_before_march ? 12 : 0));
  out[7] = '-';
  return two(out + 8, (months & 0xFFFF) / 2141 + 1);
}

/// The same of a year outside 0 to 9999, and of days since 1970.
[[gnu::noinline]] inline char* far_date(char* out, std::int64_t days) noexcept {
  // Days to a civil date over eras of 400 years that begin on March 1 (Howard Hinnant, "chrono-Compatible Low-Level
  // Date Algorithms", civil_from_days).
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const auto day_of_era = static_cast<std::uint32_t>(shifted - era * 146097);
  const std::uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint32_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::uint32_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  *out++ = year < 0 ? '-' : '+';
  const auto magnitude = static_cast<std::uint64_t>(year < 0 ? -year : year);
  if (magnitude < 100'000) *out++ = '0';
  if (magnitude < 10'000) *out++ = '0';
  out = magnitude < 10'000 ? four(out, static_cast<std::uint32_t>(magnitude)) : write_integer(out, magnitude);
  *out++ = '-';
  out = two(out, month);
  *out++ = '-';
  return two(out, day);
}

}  // namespace digits

/// Writes a timestamp as RFC 3339 spells it (without quotes) and returns the end: 2024-02-29T23:59:59.5Z. Years
/// outside 0 to 9999 get a sign and at least six digits, as in ECMA-262, section "Expanded Years".
inline char* write_time(char* out, const timestamp& value) noexcept {
  using form = timestamp::form;
  constexpr std::int64_t day_seconds = 86400;
  constexpr std::int64_t first = -62167219200, last = 253402300799;  // of the years 0 to 9999
  std::uint32_t second_of_day = 0;
  if (value.seconds >= first && value.seconds <= last) [[likely]] {
    constexpr std::int64_t to_four_centuries_before = 865565 * day_seconds;  // -0400-03-01, so that nothing is below 0
    const auto since_then = static_cast<std::uint64_t>(value.seconds + to_four_centuries_before);
    second_of_day = static_cast<std::uint32_t>(since_then % day_seconds);
    if (value.what != form::time) out = digits::date(out, static_cast<std::uint32_t>(since_then / day_seconds));
  } else {
    std::int64_t days = value.seconds / day_seconds;
    std::int64_t rest = value.seconds % day_seconds;
    if (rest < 0) {
      rest += day_seconds;
      --days;
    }
    second_of_day = static_cast<std::uint32_t>(rest);
    if (value.what != form::time) out = digits::far_date(out, days);
  }
  if (value.what == form::date) return out;
  *out = 'T';
  out += value.what == form::time ? 0 : 1;
  const std::uint32_t minute_of_day = second_of_day / 60;
  digits::two(out, minute_of_day / 60);
  out[2] = ':';
  digits::two(out + 3, minute_of_day % 60);
  out[5] = ':';
  digits::two(out + 6, second_of_day % 60);
  out += 8;
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
