#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <tidemark/error.hpp>
#include <tidemark/stopwatch.hpp>

namespace tidemark::sinks {

/// A file descriptor: a file, a pipe, a socket. Borrowed, not closed.
///
/// Writes on after a signal (EINTR) and after a partial write, and waits where a non-blocking descriptor is not ready.
/// A reader that went away (EPIPE, ECONNRESET) is error (reader_gone), without the signal SIGPIPE, whatever the program
/// does with it; everything else is error (sink) with the system's words, e.g. "No space left on device (errno 28)".
class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number), what_(kind_of(number)) {}

  /// A reader of a pipe or a socket that takes nothing for `patience` seconds is error (timed_out).
  descriptor(int number, double patience) noexcept
      : number_(number), what_(kind_of(number)), patience_(static_cast<int>(std::clamp(patience, 0.0, 1e6) * 1000)) {}

  void write(std::string_view chunk) {
    if (what_ != kind::pipe) return write_all(chunk);
    const sigpipe_withheld quiet;
    write_all(chunk);
  }

 private:
  // A write to a file raises no SIGPIPE, and a socket can be told not to; for a pipe the signal is withheld, which
  // costs four calls of the system.
  enum class kind { file, socket, pipe };

  static kind kind_of(int number) noexcept {
    struct stat about{};
    if (::fstat(number, &about) != 0) return kind::file;  // the first write will say what is wrong
    if (S_ISSOCK(about.st_mode)) return kind::socket;
    return S_ISFIFO(about.st_mode) ? kind::pipe : kind::file;
  }

  void write_all(std::string_view chunk) {
    while (!chunk.empty()) {
      const ssize_t count = what_ == kind::socket ? ::send(number_, chunk.data(), chunk.size(), send_flags())
                                                  : ::write(number_, chunk.data(), size_to_write(chunk.size()));
      if (count >= 0)
        chunk.remove_prefix(static_cast<std::size_t>(count));
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        wait_until_writable();
      else if (errno != EINTR)
        fail(errno);
    }
  }

  bool is_patient() const noexcept { return patience_ < 0; }

  int send_flags() const noexcept { return is_patient() ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT; }

  /// A pipe takes this much without blocking once it is writable (POSIX, write()).
  std::size_t size_to_write(std::size_t all) const {
    if (is_patient() || what_ != kind::pipe) return all;
    wait_until_writable();
    return std::min<std::size_t>(all, PIPE_BUF);
  }

  /// Keeps SIGPIPE from this thread, and takes away the one that a write raised.
  class sigpipe_withheld {
   public:
    sigpipe_withheld() noexcept {
      sigemptyset(&only_pipe_);
      sigaddset(&only_pipe_, SIGPIPE);
      sigset_t pending;
      sigpending(&pending);
      was_pending_ = sigismember(&pending, SIGPIPE) == 1;
      if (!was_pending_) pthread_sigmask(SIG_BLOCK, &only_pipe_, &before_);
    }
    ~sigpipe_withheld() {
      if (was_pending_) return;
      sigset_t pending;
      sigpending(&pending);
      if (sigismember(&pending, SIGPIPE) == 1) {
        int taken = 0;
        sigwait(&only_pipe_, &taken);
      }
      pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    sigpipe_withheld(const sigpipe_withheld&) = delete;
    sigpipe_withheld& operator=(const sigpipe_withheld&) = delete;

   private:
    sigset_t only_pipe_;
    sigset_t before_;
    bool was_pending_;  // then it is blocked already, and not ours
  };

  void wait_until_writable() const {
    pollfd ready{number_, POLLOUT, 0};
    stopwatch waited;
    waited.start();
    int count = 0, left = patience_;
    while ((count = ::poll(&ready, 1, left)) < 0) {  // a signal ends nothing
      if (errno != EINTR) fail(errno);
      if (!is_patient()) left = std::max(patience_ - static_cast<int>(waited.seconds() * 1000), 0);
    }
    if (count == 0)
      throw error(failure::timed_out,
                  "the reader of the output took nothing for " + std::to_string(patience_) + " milliseconds");
  }

  [[noreturn]] static void fail(int code) {
    if (code == EPIPE || code == ECONNRESET)
      throw error(failure::reader_gone, "the reader of the output is gone", code == EPIPE ? "EPIPE" : "ECONNRESET");
    throw error(failure::sink, "cannot write the output: " + std::generic_category().message(code),
                "errno " + std::to_string(code));
  }

  int number_;
  kind what_;
  int patience_ = -1;  // milliseconds; less than 0: for ever
};

}  // namespace tidemark::sinks
