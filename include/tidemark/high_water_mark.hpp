#pragma once

#include <cstddef>
#include <limits>

#include <tidemark/error.hpp>

namespace tidemark {

/// What a mark counts, and how much of it where the caller does not say.
namespace unit {
struct bytes {
  static constexpr std::size_t default_count = 64 * 1024;
  static constexpr const char* name = "bytes";
};
struct rows {
  static constexpr std::size_t default_count = 16;
  static constexpr const char* name = "rows";
};
}  // namespace unit

/// The line that a stream's content may rise to and no further. A limit, not a hint.
///
/// The unit is part of the type: a mark in rows cannot be given where bytes are meant, nor a bare number.
template <class Unit>
class high_water_mark {
 public:
  /// The default: 64 KiB, or 16 rows.
  constexpr high_water_mark() noexcept = default;

  /// `count`: in bytes or rows, at least 1. Throws error (usage) for 0 and for more than half the address space.
  constexpr explicit high_water_mark(std::size_t count) : count_(count) {
    if (count == 0) throw error(failure::usage, "a high-water mark must be at least 1");
    if (count > std::numeric_limits<std::size_t>::max() / 2)
      throw error(failure::usage, "a high-water mark cannot be more than half the address space");
  }

  constexpr std::size_t count() const noexcept { return count_; }

  friend constexpr bool operator==(high_water_mark, high_water_mark) noexcept = default;

 private:
  std::size_t count_ = Unit::default_count;
};

using byte_mark = high_water_mark<unit::bytes>;  ///< for streams of chunks
using row_mark = high_water_mark<unit::rows>;    ///< for streams of objects

}  // namespace tidemark
