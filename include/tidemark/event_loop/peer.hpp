#pragma once

#include <poll.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tidemark/any_stream.hpp>
#include <tidemark/error.hpp>
#include <tidemark/event_loop/readiness.hpp>

namespace tidemark {

/// What ends a writing whose reader takes too long.
struct write_limits {
  /// How long the reader may take nothing at all while there is something for it; no limit where this is the longest
  /// time that there is.
  std::chrono::milliseconds stall = std::chrono::milliseconds::max();
};

namespace event_loop {

/// What a failed write is for whoever pulls.
inline error write_error(const boost::system::error_code& why) {
  if (why == net::error::operation_aborted) return error(failure::canceled, "the writing was canceled");
  if (why == net::error::broken_pipe || why == net::error::connection_reset)
    return error(failure::reader_gone, "the reader of the output is gone",
                 why == net::error::broken_pipe ? "EPIPE" : "ECONNRESET");
  return error(failure::sink, "cannot write the output: " + why.message(), "errno " + std::to_string(why.value()));
}

/// Whoever reads at the other end of a socket: takes what is written, may take nothing for a while, may go away.
template <class Socket>
class peer {
 public:
  peer(Socket& socket, const net::any_io_executor& loop, write_limits limits)
      : socket_(&socket), limits_(limits), ready_(loop), state_(std::make_shared<state>(loop)) {}
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;
  ~peer() {
    state_->socket = nullptr;
    try {
      state_->alarm.cancel();
      state_->end_of_watch.emit(net::cancellation_type::terminal);
    } catch (...) {
      // What is left under way finds no socket.
    }
  }

  /// Waits for what a pending stream waits for. Throws error (reader_gone) as soon as the peer is gone.
  template <class Stream>
  net::awaitable<void> wait_for(Stream& stream) {
    // A next request that lies unread would wake the wait at once, so the peer is looked at in intervals then.
    if (has_sent_more()) {
      co_await ready_.wait(waits_of(stream), std::chrono::milliseconds(100));
    } else {
      watch();
      co_await ready_.wait(waits_of(stream));
    }
    has_sent_more();
  }

  /// Writes some of `buffers`, at least a byte, and gives how many. `left`: what is left of the stream's own time, in
  /// seconds. Throws error (reader_gone, timed_out, sink, canceled).
  template <class Buffers>
  net::awaitable<std::size_t> write_some(const Buffers& buffers, std::optional<double> left) {
    set_alarm(left);
    const auto [failed, count] = co_await socket_->async_write_some(buffers, net::as_tuple(net::use_awaitable));
    ++state_->writes;
    if (!failed) co_return count;
    if (failed != net::error::operation_aborted || !state_->is_late) throw write_error(failed);
    if (left && is_shorter(*left)) throw error(failure::timed_out, "the stream's time limit is over");
    throw error(failure::timed_out,
                "the reader of the output took nothing for " + std::to_string(limits_.stall.count()) + " milliseconds");
  }

 private:
  // What outlives this object where it must: handlers run later.
  struct state {
    explicit state(const net::any_io_executor& loop) : alarm(loop) {}

    Socket* socket = nullptr;  // none: nothing is to be done any more
    net::steady_timer alarm;
    std::size_t writes = 0;  // that are over
    bool is_late = false;
    bool is_watched = false;
    net::cancellation_signal end_of_watch;
  };

  bool is_shorter(double seconds) const noexcept {
    return std::chrono::duration<double>(seconds) < std::chrono::duration<double>(limits_.stall);
  }

  /// Ends the write that comes next when its time is over.
  void set_alarm(std::optional<double> left) {
    const bool is_limited = limits_.stall != std::chrono::milliseconds::max();
    if (!is_limited && !left) return;
    state_->socket = socket_;
    state_->alarm.expires_after(left && is_shorter(*left) ? std::chrono::ceil<std::chrono::milliseconds>(
                                                                std::chrono::duration<double>(std::min(*left, 1e9)))
                                                          : limits_.stall);
    state_->alarm.async_wait([kept = state_, write = state_->writes](const boost::system::error_code& failed) {
      if (failed || kept->socket == nullptr || kept->writes != write) return;
      kept->is_late = true;
      boost::system::error_code ignored;
      kept->socket->lowest_layer().cancel(ignored);
    });
  }

  /// Wakes a wait when the peer goes away.
  void watch() {
    if (std::exchange(state_->is_watched, true)) return;
    socket_->lowest_layer().async_wait(
        net::socket_base::wait_read,
        net::bind_cancellation_slot(state_->end_of_watch.slot(),
                                    [kept = state_, wake = ready_.waker()](const boost::system::error_code&) {
                                      kept->is_watched = false;
                                      wake();
                                    }));
  }

  /// Whether something of the peer's lies unread. Throws error (reader_gone) where it has closed its side.
  bool has_sent_more() const {
    auto& socket = socket_->lowest_layer();
    if (!socket.is_open()) throw error(failure::canceled, "the socket was closed");
    pollfd about{socket.native_handle(), POLLIN | POLLRDHUP, 0};
    if (::poll(&about, 1, 0) <= 0) return false;
    if ((about.revents & ~POLLIN) != 0) throw error(failure::reader_gone, "the reader of the output is gone");
    return true;
  }

  Socket* socket_;
  write_limits limits_;
  readiness ready_;
  std::shared_ptr<state> state_;
};

}  // namespace event_loop
}  // namespace tidemark
