#pragma once

#include <cstdint>

namespace tidemark {

/// A date, a time of day, or both, as a producer has it: wide enough for every database's calendar (the proleptic
/// Gregorian one), and knowing how many digits of its fraction are meant.
struct timestamp {
  enum class form : std::uint8_t {
    date,           ///< 2024-02-29
    time,           ///< 23:59:59.5
    date_time,      ///< 2024-02-29T23:59:59.5, of no zone
    date_time_utc,  ///< 2024-02-29T23:59:59.5Z
  };

  std::int64_t seconds = 0;       ///< since 1970-01-01T00:00:00; for form::time, since midnight
  std::uint32_t nanoseconds = 0;  ///< 0 to 999,999,999, forward in time also before 1970
  std::uint8_t digits = 0;        ///< of the fraction that are written, 0 to 9
  form what = form::date_time_utc;

  friend constexpr bool operator==(const timestamp&, const timestamp&) noexcept = default;
};

}  // namespace tidemark
