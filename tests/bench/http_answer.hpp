// One request answered, the way every server of the benchmarks does it: by a coroutine, with Beast.

#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>

#include <utility>

namespace bench {

namespace http = boost::beast::http;
using boost::asio::awaitable;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

inline awaitable<void> read_request(tcp::socket& socket) {
  auto buffer = boost::beast::flat_buffer{};
  auto request = http::request_parser<http::empty_body>{};
  co_await http::async_read(socket, buffer, request, use_awaitable);
}

// What an answer in chunks says before its body, which the caller fills.
template <class Body>
http::response<Body> answer_with() {
  auto response = http::response<Body>{http::status::ok, 11};
  response.set(http::field::content_type, "application/json");
  response.chunked(true);
  response.keep_alive(false);
  return response;
}

}  // namespace bench
