#pragma once

#include <cstdint>

#include <tidemark/timestamp.hpp>

namespace tidemark::frames {

/// A point in time as the format has it: whole milliseconds of the epoch, and what is above them.
struct epoch_time {
  std::int64_t milliseconds = 0;
  std::uint32_t nanoseconds = 0;  ///< 0 to 999,999, forward in time also before 1970
};

/// False for what is beyond the milliseconds that 64 bits count.
inline bool to_epoch(const timestamp& time, epoch_time& into) noexcept {
  // Seconds before 1970 are counted to their end: their start may be beyond.
  const bool is_before = time.seconds < 0;
  const auto of_second = static_cast<std::int64_t>(time.nanoseconds / 1'000'000);
  into.nanoseconds = time.nanoseconds % 1'000'000;
  return !__builtin_mul_overflow(time.seconds + (is_before ? 1 : 0), std::int64_t{1000}, &into.milliseconds) &&
         !__builtin_add_overflow(into.milliseconds, of_second - (is_before ? 1000 : 0), &into.milliseconds);
}

inline timestamp from_epoch(const epoch_time& time) noexcept {
  const std::int64_t rest = time.milliseconds % 1000;
  const bool is_before = rest < 0;
  const auto nanoseconds = static_cast<std::uint32_t>(rest + (is_before ? 1000 : 0)) * 1'000'000 + time.nanoseconds;
  const std::uint8_t digits = nanoseconds == 0 ? 0 : nanoseconds % 1'000'000 == 0 ? 3 : nanoseconds % 1000 == 0 ? 6 : 9;
  return {time.milliseconds / 1000 - (is_before ? 1 : 0), nanoseconds, digits, timestamp::form::date_time_utc};
}

}  // namespace tidemark::frames
