// Writing all of some bytes to standard output, past every buffer of the standard library.

#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace bench {

inline void write_all(const char* bytes, std::size_t size) {
  while (size > 0) {
    auto written = ::write(STDOUT_FILENO, bytes, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      throw std::system_error{errno, std::generic_category(), "write"};
    }
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

// The 64 KiB that every peer gets who has no buffer of its own.
class buffered_output {
 public:
  static constexpr std::size_t capacity = 65536;

  buffered_output() { bytes_.reserve(2 * capacity); }

  // Peers that append to a string write here and call `row_done` after each row.
  std::string& bytes() { return bytes_; }

  void append(std::string_view text) { bytes_ += text; }

  void row_done() {
    if (bytes_.size() >= capacity) flush();
  }

  void flush() {
    write_all(bytes_.data(), bytes_.size());
    bytes_.clear();
  }

 private:
  std::string bytes_;
};

}  // namespace bench
