#pragma once

// Lines of JSON (NDJSON, JSON Lines) as a producer: from a file, a descriptor, a std::istream, or any source of bytes.

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark::ndjson {

/// Where bytes come from: read(into) takes up to into.size() of them, at least 1, and says how many; 0 at the end.
/// Where it may have to wait it returns an optional, none for now, and has waits_for() as a producer has.
template <class S>
concept source = std::move_constructible<S> && requires(S& from, std::span<char> into) {
  { from.read(into) } -> std::convertible_to<std::optional<std::size_t>>;
};

/// Reads from a descriptor; none where it is non-blocking and has nothing now. Throws error (producer).
inline std::optional<std::size_t> read_some(int descriptor, std::span<char> into) {
  for (;;) {
    const ssize_t count = ::read(descriptor, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    if (errno != EINTR)
      throw error(failure::producer, "cannot read the lines: " + std::generic_category().message(errno));
  }
}

/// A file, opened now and closed when this is destroyed.
class file {
 public:
  /// Throws error (producer) with the path and the system's words.
  explicit file(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0)
      throw error(failure::producer, "cannot open \"" + path + "\": " + std::generic_category().message(errno));
  }
  file(file&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  file& operator=(file&&) = delete;
  ~file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  std::size_t read(std::span<char> into) {
    for (;;) {
      if (const auto count = read_some(descriptor_, into)) return *count;
      block_until(std::array{wait_condition{descriptor_, POLLIN, -1}});  // a pipe that is opened by its name
    }
  }

 private:
  int descriptor_;
};

/// A descriptor that the caller keeps open: a pipe, a socket, a file, blocking or not. While there is nothing to be
/// read from one that does not block, the rows are pending.
class descriptor {
 public:
  explicit descriptor(int borrowed) noexcept : condition_{borrowed, POLLIN, -1} {}

  std::optional<std::size_t> read(std::span<char> into) { return read_some(condition_.descriptor, into); }
  std::span<const wait_condition> waits_for() const noexcept { return {&condition_, 1}; }

 private:
  wait_condition condition_;
};

/// A std::istream that the caller keeps.
class stream {
 public:
  explicit stream(std::istream& borrowed) noexcept : in_(&borrowed) {}

  /// Throws error (producer) where the stream is bad().
  std::size_t read(std::span<char> into) {
    in_->read(into.data(), static_cast<std::streamsize>(into.size()));
    if (in_->bad()) throw error(failure::producer, "cannot read the lines: the std::istream is bad");
    return static_cast<std::size_t>(in_->gcount());
  }

 private:
  std::istream* in_;
};

/// The lines of a source as rows of text:
///
///     tidemark::ndjson::rows{tidemark::ndjson::file("orders.ndjson")}
///
/// A line ends with a line feed, with or without a carriage return before it; the last one may have none. Lines of
/// nothing but blanks, and a byte order mark before the first, are passed over. Holds as many bytes as the mark says,
/// or up to twice the longest line while it is the row. The lines are not looked into.
template <source Source>
class rows {
 public:
  /// `mark`: how many bytes are read ahead at the most.
  explicit rows(Source from, byte_mark mark = {}) : from_(std::move(from)), mark_(mark.count()) {}

  /// Throws what the source throws.
  progress next() {
    while (!next_in_place()) {
      if (!is_over_) {
        if (!fill()) return progress::pending;
      } else if (at_ == size_) {
        return progress::end;
      } else if (take(size_, size_)) {
        return progress::row;
      }
    }
    return progress::row;
  }

  /// See in_place_producer.
  bool next_in_place() noexcept {
    while (searched_ != size_) {
      const void* const found = std::memchr(memory_.get() + searched_, '\n', size_ - searched_);
      if (found == nullptr) {
        searched_ = size_;
        break;
      }
      const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - memory_.get());
      if (take(end, end + 1)) return true;
    }
    return false;
  }

  std::string_view text() const noexcept { return row_; }

  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Source>)
  {
    return from_.waits_for();
  }

 private:
  /// Makes the line up to `end` the row, and goes on at `next`; false where there is nothing on the line.
  bool take(std::size_t end, std::size_t next) noexcept {
    row_ = {memory_.get() + at_, end - at_};
    searched_ = at_ = next;
    if (is_first_) [[unlikely]] {
      is_first_ = false;
      if (row_.starts_with(byte_order_mark)) row_.remove_prefix(byte_order_mark.size());
    }
    if (row_.ends_with('\r')) row_.remove_suffix(1);
    return !row_.empty() && (row_.front() > ' ' || row_.find_first_not_of(" \t\r") != std::string_view::npos);
  }

  /// Reads on, behind what is left; false where there is nothing now.
  bool fill() {
    const std::size_t left = size_ - at_;
    // A line longer than what there is room for doubles it; behind that line it is the mark again.
    std::size_t room = left < mark_ ? mark_ : capacity_;
    if (left == room) room *= 2;
    if (room != capacity_) {
      std::unique_ptr<char[]> larger(new char[room]);
      if (left != 0) std::memcpy(larger.get(), memory_.get() + at_, left);
      memory_ = std::move(larger);
      capacity_ = room;
    } else if (at_ != 0 && left != 0) {
      std::memmove(memory_.get(), memory_.get() + at_, left);
    }
    at_ = 0;
    searched_ = size_ = left;
    const std::optional<std::size_t> count = from_.read({memory_.get() + size_, capacity_ - size_});
    if (!count) return false;
    is_over_ = *count == 0;
    size_ += *count;
    return true;
  }

  static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

  Source from_;
  std::size_t mark_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;      // bytes that are there
  std::size_t at_ = 0;        // where the next line begins
  std::size_t searched_ = 0;  // no line ends before this
  bool is_first_ = true;
  bool is_over_ = false;
  std::string_view row_;
};

}  // namespace tidemark::ndjson
