// The lines of a file, opened and read the way every peer does it: 64 KiB at a time, into memory that stays the same.

#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

namespace bench {

// Text that may be written to, and `padding` bytes behind it.
struct own_text {
  char* data;
  std::size_t size;
};

inline constexpr auto padding = std::size_t{64};  // so many bytes behind a text simdjson may read

// As many whole lines as there is room for, window by window. A line that is cut waits for the next one.
class windows {
 public:
  static constexpr auto capacity = std::size_t{65536};

  explicit windows(const std::string& file) : descriptor_{open(file.c_str(), O_RDONLY | O_CLOEXEC)} {
    if (descriptor_ < 0) throw std::system_error{errno, std::generic_category(), file};
  }
  ~windows() { close(descriptor_); }
  windows(const windows&) = delete;
  windows& operator=(const windows&) = delete;

  bool next() {
    size_ -= text_.size;
    std::memmove(memory_.get(), memory_.get() + text_.size, size_);
    auto count = read_some();
    auto line_feed = static_cast<char*>(memrchr(memory_.get(), '\n', size_));
    if (line_feed != nullptr)
      text_ = {memory_.get(), static_cast<std::size_t>(line_feed + 1 - memory_.get())};
    else if (count == 0)
      text_ = {memory_.get(), size_};  // the last line needs no line feed
    else
      throw std::runtime_error{"a line is longer than 64 KiB"};
    return text_.size > 0;
  }

  own_text text() const { return text_; }

 private:
  std::size_t read_some() {
    for (;;) {
      auto count = ::read(descriptor_, memory_.get() + size_, capacity - size_);
      if (count >= 0) {
        size_ += static_cast<std::size_t>(count);
        return static_cast<std::size_t>(count);
      }
      if (errno != EINTR) throw std::system_error{errno, std::generic_category(), "read"};
    }
  }

  int descriptor_;
  std::unique_ptr<char[]> memory_ = std::make_unique<char[]>(capacity + padding);
  std::size_t size_ = 0;  // of all that has been read
  own_text text_{memory_.get(), 0};
};

// One line at a time, without its line feed.
class lines {
 public:
  explicit lines(const std::string& file) : windows_{file} {}

  bool next() {
    if (at_ == end_) {
      if (!windows_.next()) return false;
      at_ = windows_.text().data;
      end_ = at_ + windows_.text().size;
    }
    auto line_feed = static_cast<char*>(std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_)));
    auto stop = line_feed != nullptr ? line_feed : end_;
    text_ = {at_, static_cast<std::size_t>(stop - at_)};
    at_ = line_feed != nullptr ? stop + 1 : end_;
    return true;
  }

  own_text text() const { return text_; }

 private:
  windows windows_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  own_text text_{};
};

}  // namespace bench
