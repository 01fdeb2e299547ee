#pragma once

// Streams on an event loop of Boost.Asio: written to a socket, or pulled by a coroutine, without a thread of their own.
// Needs Boost 1.81; link tidemark::asio.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/any_stream.hpp>
#include <tidemark/event_loop/peer.hpp>
#include <tidemark/event_loop/readiness.hpp>
#include <tidemark/read.hpp>
#include <tidemark/stats.hpp>

namespace tidemark {

/// The next item of a stream, borrowed until the next pull, or none at the end: pull() for a coroutine, which others
/// have their turn beside. Of chunks, objects, whatever the stream gives.
///
///     while (const auto chunk = co_await tidemark::async_pull(rows)) ...
///
/// Throws what the pull throws, and error (usage) where nobody can say what the stream waits for.
template <class Stream>
boost::asio::awaitable<std::optional<std::remove_cvref_t<decltype(*std::declval<Stream&>().try_pull())>>> async_pull(
    Stream& stream) {
  event_loop::readiness ready(co_await boost::asio::this_coro::executor);
  co_await ready.yield();
  for (;;) {
    const auto next = stream.try_pull();
    if (next.is_item()) co_return *next;
    if (next.is_end()) co_return std::nullopt;
    co_await ready.wait(waits_of(stream));
  }
}

namespace event_loop {

template <class Socket, class Stream>
boost::asio::awaitable<stats> write_stream(Socket& socket, Stream& stream, write_limits limits) {
  bool is_pulling = false;
  try {
    peer<Socket> reader(socket, co_await boost::asio::this_coro::executor, limits);
    for (;;) {
      is_pulling = true;
      const auto next = stream.try_pull();
      is_pulling = false;
      if (next.is_end()) co_return stream.stats();
      if (next.is_pending()) {
        co_await reader.wait_for(stream);
        continue;
      }
      for (std::string_view rest = *next; !rest.empty();) {
        const std::size_t taken = co_await reader.write_some(boost::asio::buffer(rest), stream.seconds_left());
        rest.remove_prefix(taken);
      }
    }
  } catch (const boost::system::system_error& failed) {
    stream.close();
    if (is_pulling) throw;  // the producer's own
    throw write_error(failed.code());
  } catch (...) {
    stream.close();
    throw;
  }
}

template <class Socket, class Stream>
boost::asio::awaitable<void> await_first_chunk(Socket& socket, Stream& stream) {
  bool is_pulling = false;
  try {
    peer<Socket> reader(socket, co_await boost::asio::this_coro::executor, {});
    for (;;) {
      is_pulling = true;
      const auto next = stream.try_pull();
      is_pulling = false;
      if (next.is_item()) stream.put_back(next->size());
      if (!next.is_pending()) co_return;
      co_await reader.wait_for(stream);
    }
  } catch (const boost::system::system_error& failed) {
    stream.close();
    if (is_pulling) throw;  // the producer's own
    throw write_error(failed.code());
  } catch (...) {
    stream.close();
    throw;
  }
}

}  // namespace event_loop

/// Writes a stream to a socket, chunk by chunk, and completes with the stream's statistics: write_to() for an event
/// loop. Nothing is pulled while the peer does not read, so a slow reader costs the chunk that it is being given and no
/// more.
///
/// - `socket`: a stream socket of Asio, or an ssl::stream over one. Both it and `stream` must outlive the operation.
/// - `stream`: of chunks. A producer that blocks does so on the loop's thread, once for each chunk; prefetch() puts it
///   on one of its own.
/// - `limits`: how long the reader may take nothing. The stream's own time limit counts here, too.
/// - `token`: any completion token, with the signature void(std::exception_ptr, stats): use_awaitable, a callback,
///   use_future.
///
/// Fails with what the stream throws, error (reader_gone) where the peer has gone, also while the stream waits for its
/// database (a peer that closes its sending side counts as gone then), error (timed_out), error (canceled) where the
/// operation is cancelled (cancellation_type::terminal), error (sink) for all else that writing fails with, and
/// std::system_error where there is no descriptor left to wait with. The stream is closed at once then, its query
/// canceled; the socket is the caller's to close. What the socket's executor runs must run one at a time, as for all of
/// Asio's composed operations: one thread, or a strand.
template <class Socket, chunk_stream Stream, class Token>
  requires(!std::same_as<std::remove_cvref_t<Token>, write_limits>)
auto async_write(Socket& socket, Stream& stream, write_limits limits, Token&& token) {
  return boost::asio::co_spawn(socket.get_executor(), event_loop::write_stream(socket, stream, limits),
                               std::forward<Token>(token));
}
template <class Socket, chunk_stream Stream, class Token>
  requires(!std::same_as<std::remove_cvref_t<Token>, write_limits>)
auto async_write(Socket& socket, Stream& stream, Token&& token) {
  return async_write(socket, stream, write_limits{}, std::forward<Token>(token));
}

/// Waits until the first chunk of a stream is there, or its end, without taking it: so that a query that fails at once
/// can still be answered with an error. In a format that has an error record, that record is the first chunk. Completes
/// with std::exception_ptr, as async_write() does.
template <class Socket, chunk_stream Stream, class Token>
auto async_first_chunk(Socket& socket, Stream& stream, Token&& token) {
  return boost::asio::co_spawn(socket.get_executor(), event_loop::await_first_chunk(socket, stream),
                               std::forward<Token>(token));
}

}  // namespace tidemark
