#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace tidemark::json {

/// Where a stream writes: room for the mark and a fixed overhang behind it.
///
/// Whoever finds out() before the mark may write up to `overhang` bytes without another look; what then lies behind
/// the mark opens the next chunk. So space is checked once per value, never per byte, and no chunk is longer than the
/// mark. Blocks of fixed size may be copied past out(): `padding` bytes behind everything are scratch.
class chunk_buffer {
 public:
  static constexpr std::size_t overhang = 1024;
  static constexpr std::size_t padding = 64;

  /// `mark`: the longest chunk, in bytes.
  explicit chunk_buffer(std::size_t mark)
      : mark_(mark), memory_(new char[mark + overhang + padding]), out_(memory_.get()) {}

  /// The next byte to write.
  char* out() const noexcept { return out_; }
  void set_out(char* out) noexcept { out_ = out; }

  /// Writing stops here, as soon as it can.
  const char* mark() const noexcept { return memory_.get() + mark_; }
  bool is_full() const noexcept { return out_ >= mark(); }

  /// Nothing but padding lies behind this.
  const char* limit() const noexcept { return mark() + overhang; }
  std::size_t space() const noexcept { return static_cast<std::size_t>(limit() - out_); }

  /// How many bytes are held.
  std::size_t size() const noexcept { return static_cast<std::size_t>(out_ - memory_.get()); }

  /// All bytes held, beyond the mark too. Valid until drop().
  std::string_view all() const noexcept { return {memory_.get(), size()}; }

  /// The first bytes held, at most the mark, all but the last `held_back`. Valid until drop().
  std::string_view chunk(std::size_t held_back) const noexcept {
    return {memory_.get(), std::min(mark_, size() - held_back)};
  }

  /// Forgets the first `count` bytes; the rest moves to the front. Linear in the rest (at most the overhang after a
  /// full chunk).
  void drop(std::size_t count) noexcept {
    const std::size_t rest = size() - count;
    if (rest != 0 && count != 0) std::memmove(memory_.get(), memory_.get() + count, rest);
    out_ = memory_.get() + rest;
  }

 private:
  std::size_t mark_;
  std::unique_ptr<char[]> memory_;  // not initialized: a large mark costs only what is written
  char* out_;
};

}  // namespace tidemark::json
