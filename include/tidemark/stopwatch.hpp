#pragma once

#include <time.h>

namespace tidemark {

/// Seconds since it was started, on the steady clock of POSIX: <chrono> would be a tenth of what a stream costs to
/// compile.
class stopwatch {
 public:
  /// Starts, if it has not been started yet.
  void start() noexcept {
    if (start_ < 0) start_ = now();
  }

  /// Stands still from now on.
  void stop() noexcept {
    if (is_running()) end_ = now();
  }

  /// Until now, or until it was stopped; 0 where it was never started.
  double seconds() const noexcept { return start_ < 0 ? 0 : (is_running() ? now() : end_) - start_; }

 private:
  bool is_running() const noexcept { return start_ >= 0 && end_ < 0; }

  static double now() noexcept {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  double start_ = -1;  // less than 0: not yet
  double end_ = -1;
};

}  // namespace tidemark
