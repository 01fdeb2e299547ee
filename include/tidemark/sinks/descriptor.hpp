#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <tidemark/error.hpp>

namespace tidemark::sinks {

/// A file descriptor: a file, a pipe, a socket. Borrowed, not closed.
///
/// Writes on after a signal (EINTR) and after a partial write, and waits where a non-blocking descriptor is not ready.
/// A reader that went away (EPIPE, ECONNRESET) is error (reader_gone), without the signal SIGPIPE, whatever the program
/// does with it; everything else is error (sink) with the system's words, e.g. "No space left on device (errno 28)".
class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number) {}

  void write(std::string_view chunk) {
    const sigpipe_withheld quiet;
    while (!chunk.empty()) {
      const ssize_t count = ::write(number_, chunk.data(), chunk.size());
      if (count >= 0)
        chunk.remove_prefix(static_cast<std::size_t>(count));
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        wait_until_writable();
      else if (errno != EINTR)
        fail(errno);
    }
  }

 private:
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
    if (::poll(&ready, 1, -1) < 0 && errno != EINTR) fail(errno);
  }

  [[noreturn]] static void fail(int code) {
    if (code == EPIPE || code == ECONNRESET)
      throw error(failure::reader_gone, "the reader of the output is gone", code == EPIPE ? "EPIPE" : "ECONNRESET");
    throw error(failure::sink, "cannot write the output: " + std::generic_category().message(code),
                "errno " + std::to_string(code));
  }

  int number_;
};

}  // namespace tidemark::sinks
