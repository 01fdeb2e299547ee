#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace tidemark {

/// A descriptor that becomes readable when it is set from elsewhere, and stays so until it is cleared: what wakes
/// whoever waits for other descriptors, too.
class wakeup {
 public:
  /// Throws std::system_error where there are no descriptors left.
  wakeup() {
    if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  wakeup(const wakeup&) = delete;
  wakeup& operator=(const wakeup&) = delete;
  ~wakeup() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  int descriptor() const noexcept { return ends_[0]; }

  /// May be called at any time, by any thread or signal handler, any number of times.
  void set() const noexcept {
    const int before = errno;  // a signal handler leaves it as it was
    [[maybe_unused]] const auto written = ::write(ends_[1], "", 1);
    errno = before;
  }

  void clear() const noexcept {
    std::array<char, 64> taken;
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): it does not block
    while (::read(ends_[0], taken.data(), taken.size()) == static_cast<ssize_t>(taken.size())) {}
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace tidemark
