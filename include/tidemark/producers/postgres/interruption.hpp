#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include <tidemark/canceller.hpp>

namespace tidemark::postgres {

/// A flag that wakes who waits for the server: its descriptor becomes readable when it is set, and stays so.
///
/// The query itself tells the server then, on the thread that reads its rows. So nothing is ever sent on behalf of a
/// query that is over, and no later one on the connection is hit.
class interruption final : public cancel_target {
 public:
  /// Throws std::system_error where there are no descriptors left.
  interruption() {
    if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  ~interruption() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  void cancel() noexcept override {
    flag_.cancel();
    const int before = errno;  // a signal handler leaves it as it was
    [[maybe_unused]] const auto written = ::write(ends_[1], "", 1);
    errno = before;
  }
  bool is_asked_for() const noexcept { return flag_.is_set(); }
  int descriptor() const noexcept { return ends_[0]; }

 private:
  cancel_flag flag_;
  std::array<int, 2> ends_{};
};

}  // namespace tidemark::postgres
