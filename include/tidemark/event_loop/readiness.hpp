#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark::event_loop {

namespace net = boost::asio;

/// Waits on an event loop for what streams wait for: block_until() for coroutines.
///
/// A descriptor is registered with the loop once, not at each wait, and as a duplicate: its owner may have registered
/// it, too, and may close it at any time. That the number still stands for the same file is checked at each wait.
class readiness {
 public:
  explicit readiness(const net::any_io_executor& loop) : state_(std::make_shared<state>(loop)) {}
  readiness(const readiness&) = delete;
  readiness& operator=(const readiness&) = delete;
  ~readiness() {
    for (const std::shared_ptr<watched_file>& file : state_->watched) file->close();
  }

  /// Until one of `any` is ready, its time or `at_most` is over, or waker() is called; may come back for no reason.
  /// Throws error (usage) where there is nothing to wait for, std::system_error where a descriptor cannot be watched,
  /// and boost::system::system_error (operation_aborted) where the coroutine is cancelled.
  net::awaitable<void> wait(std::span<const wait_condition> any,
                            std::chrono::milliseconds at_most = std::chrono::milliseconds::max()) {
    std::chrono::milliseconds limit = at_most;
    for (const wait_condition& one : any) {
      if (one.descriptor >= 0) watch(one);
      if (one.milliseconds >= 0) limit = std::min(limit, std::chrono::milliseconds(one.milliseconds));
    }
    if (any.empty())
      throw error(failure::usage, "the stream is pending, but nobody can say for what: see has_waits_for");
    net::steady_timer& alarm = state_->alarm;
    if (limit == std::chrono::milliseconds::max())
      alarm.expires_at(net::steady_timer::time_point::max());
    else
      alarm.expires_after(limit);
    co_await alarm.async_wait(net::as_tuple(net::use_awaitable));
  }

  /// Lets other work of the loop have its turn.
  net::awaitable<void> yield() { co_await net::post(net::use_awaitable); }

  /// What ends a wait that is under way. May outlive this object.
  auto waker() const {
    return [kept = state_] { kept->alarm.cancel(); };
  }

 private:
  struct watched_file {
    watched_file(const net::any_io_executor& loop, int given, const struct stat& about)
        : number(given), device(about.st_dev), inode(about.st_ino), copy(loop) {
      const int duplicate = ::fcntl(given, F_DUPFD_CLOEXEC, 0);
      if (duplicate < 0) throw std::system_error(errno, std::generic_category(), "cannot watch a descriptor");
      boost::system::error_code failed;
      // NOLINTNEXTLINE(bugprone-unused-return-value): `failed` has it
      copy.assign(duplicate, failed);
      if (!failed) return;
      ::close(duplicate);
      throw std::system_error(failed.value(), std::generic_category(), "cannot watch a descriptor");
    }

    /// A wait under way ends, and with it what its handler keeps alive.
    void close() noexcept {
      boost::system::error_code ignored;
      // NOLINTNEXTLINE(bugprone-unused-return-value): it is closed in any case
      copy.close(ignored);
    }

    bool is(const struct stat& about) const noexcept { return device == about.st_dev && inode == about.st_ino; }

    int number;
    dev_t device;
    ino_t inode;
    net::posix::stream_descriptor copy;
    bool is_asked_to_read = false;
    bool is_asked_to_write = false;
  };

  struct state {
    explicit state(const net::any_io_executor& loop) : alarm(loop) {}
    net::steady_timer alarm;
    std::vector<std::shared_ptr<watched_file>> watched;
  };

  void watch(const wait_condition& one) {
    const std::shared_ptr<watched_file>& file = find(one.descriptor);
    if ((one.events & POLLIN) != 0) ask(file, &watched_file::is_asked_to_read, net::posix::descriptor_base::wait_read);
    if ((one.events & POLLOUT) != 0)
      ask(file, &watched_file::is_asked_to_write, net::posix::descriptor_base::wait_write);
  }

  const std::shared_ptr<watched_file>& find(int number) {
    struct stat about{};
    if (::fstat(number, &about) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot watch a descriptor");
    for (std::shared_ptr<watched_file>& file : state_->watched) {
      if (file->number != number) continue;
      if (file->is(about)) return file;
      file->close();
      return file = std::make_shared<watched_file>(state_->alarm.get_executor(), number, about);
    }
    return state_->watched.emplace_back(std::make_shared<watched_file>(state_->alarm.get_executor(), number, about));
  }

  /// Unless that is under way, since a wait that was over before left it so.
  void ask(const std::shared_ptr<watched_file>& file, bool watched_file::* is_asked,
           net::posix::descriptor_base::wait_type how) {
    if (std::exchange((*file).*is_asked, true)) return;
    file->copy.async_wait(how, [kept = state_, file, is_asked](const boost::system::error_code& failed) {
      (*file).*is_asked = false;
      if (failed != net::error::operation_aborted) kept->alarm.cancel();
    });
  }

  std::shared_ptr<state> state_;
};

}  // namespace tidemark::event_loop
