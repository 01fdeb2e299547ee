#pragma once

// Streams as the bodies of HTTP responses of Boost.Beast. Needs Boost 1.81; link tidemark::asio.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/optional/optional.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/event_loop/peer.hpp>
#include <tidemark/read.hpp>
#include <tidemark/stats.hpp>

namespace tidemark {

/// A Body of Beast whose bytes are those of a stream, which the message owns: each chunk of the stream is one of the
/// response, where that is chunked (message.chunked(true)).
///
///     http::response<tidemark::stream_body<tidemark::any_stream>> response{http::status::ok, request.version()};
///     response.body().stream.emplace(std::move(rows));
///     response.chunked(request.version() >= 11);
///     co_await tidemark::async_write(socket, response, boost::asio::use_awaitable);
///
/// Beast's own http::write() takes it, too, where the stream never waits: pending is http::error::need_buffer.
template <chunk_stream Stream>
struct stream_body {
  struct value_type {
    std::optional<Stream> stream;  ///< none: an empty body
    std::exception_ptr failure;    ///< what the stream has thrown while it was written; the write then fails, too
  };

  class writer {
   public:
    using const_buffers_type = boost::asio::const_buffer;

    template <bool isRequest, class Fields>
    writer(boost::beast::http::header<isRequest, Fields>&, value_type& body) noexcept : body_(&body) {}

    void init(boost::beast::error_code& failed) noexcept { failed = {}; }

    boost::optional<std::pair<const_buffers_type, bool>> get(boost::beast::error_code& failed) {
      failed = {};
      if (!body_->stream) return boost::none;
      try {
        const auto next = body_->stream->try_pull();
        if (next.is_item()) return std::pair{const_buffers_type(next->data(), next->size()), true};
        if (next.is_pending()) failed = boost::beast::http::error::need_buffer;
      } catch (...) {
        body_->failure = std::current_exception();
        failed = boost::beast::http::error::partial_message;
      }
      return boost::none;
    }

   private:
    value_type* body_;
  };
};

namespace event_loop {

/// Lets go of the rows, and lets nobody take what was written for the whole.
template <class Socket, class Response>
void give_up(Socket& socket, Response& response) noexcept {
  if (response.body().stream) response.body().stream->close();
  boost::system::error_code ignored;
  auto& lowest = socket.lowest_layer();
  if (!response.chunked()) lowest.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  lowest.close(ignored);
}

template <class Socket, class Stream, class Fields>
boost::asio::awaitable<stats> write_response(Socket& socket,
                                             boost::beast::http::response<stream_body<Stream>, Fields>& response,
                                             write_limits limits) {
  namespace http = boost::beast::http;
  auto& [stream, failure] = response.body();
  try {
    if (!stream) throw error(failure::usage, "the response has no stream");
    peer<Socket> reader(socket, co_await boost::asio::this_coro::executor, limits);
    http::response_serializer<stream_body<Stream>, Fields> serializer(response);
    std::vector<boost::asio::const_buffer> buffers;
    while (!serializer.is_done()) {
      boost::beast::error_code failed;
      buffers.clear();
      serializer.next(failed, [&](boost::beast::error_code&, const auto& parts) {
        for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(parts))
          if (part.size() != 0) buffers.push_back(part);
      });
      if (failed == http::error::need_buffer) {
        co_await reader.wait_for(*stream);
        continue;
      }
      if (failure) std::rethrow_exception(failure);
      if (failed) throw boost::system::system_error(failed);
      if (buffers.empty()) continue;
      const std::size_t taken = co_await reader.write_some(buffers, stream->seconds_left());
      serializer.consume(taken);
    }
    co_return stream->stats();
  } catch (const boost::system::system_error& failed) {
    give_up(socket, response);
    if (failure) throw;  // the producer's own
    throw write_error(failed.code());
  } catch (...) {
    give_up(socket, response);
    throw;
  }
}

}  // namespace event_loop

/// Writes a response whose body is a stream, and completes with the stream's statistics; the header goes out with the
/// first chunk. `socket`, `limits`, `token` and what it fails with are those of async_write() for a stream. Both
/// `socket` and `response` must outlive the operation.
///
/// Where it fails, the stream is closed and so is the socket, so that nobody takes what was written for the whole: a
/// chunked response lacks its last chunk, and one that ends with its connection ends with a reset. HTTP has no place
/// for what went wrong but behind that last chunk, in a trailer; so only the formats that have an error record say it.
template <class Socket, chunk_stream Stream, class Fields, class Token>
  requires(!std::same_as<std::remove_cvref_t<Token>, write_limits>)
auto async_write(Socket& socket, boost::beast::http::response<stream_body<Stream>, Fields>& response,
                 write_limits limits, Token&& token) {
  return boost::asio::co_spawn(socket.get_executor(), event_loop::write_response(socket, response, limits),
                               std::forward<Token>(token));
}
template <class Socket, chunk_stream Stream, class Fields, class Token>
  requires(!std::same_as<std::remove_cvref_t<Token>, write_limits>)
auto async_write(Socket& socket, boost::beast::http::response<stream_body<Stream>, Fields>& response, Token&& token) {
  return async_write(socket, response, write_limits{}, std::forward<Token>(token));
}

}  // namespace tidemark
