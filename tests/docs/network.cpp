#include <httplib.h>

#include "catch.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <tidemark/adapt/prefetch.hpp>
#include <tidemark/any_stream.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/sse.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/http/accept.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/asio.hpp>
#include <tidemark/sinks/beast.hpp>
#include <tidemark/sinks/httplib.hpp>

#include "drain.hpp"
#include "http_client.hpp"

namespace docs_network_tests {

// What docs/network.md shows.

using namespace std::chrono_literals;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

namespace {

tidemark::sqlite::connection shop() {
  tidemark::sqlite::connection db(":memory:");
  db.execute(
      "create table orders (id integer primary key, price real); insert into orders values (1, 0.5), (2, 1.5);"
      "create table line (id integer primary key); insert into line values (7)");
  return db;
}

// [WRITE]
boost::asio::awaitable<void> send_orders(tcp::socket& socket, tidemark::sqlite::connection& db) {
  tidemark::raw_stream rows{tidemark::sqlite::query{db, "select * from orders"}, tidemark::format::ndjson{}};
  rows.limit_time(30);                                // seconds, for all of it
  const tidemark::write_limits limits{.stall = 10s};  // for a reader that takes nothing
  co_await async_write(socket, rows, limits, use_awaitable);
}
// [/WRITE]

// [PULL]
boost::asio::awaitable<std::size_t> count_bytes(tidemark::any_stream& rows) {
  std::size_t bytes = 0;
  while (const auto chunk = co_await tidemark::async_pull(rows)) bytes += chunk->size();
  co_return bytes;
}
// [/PULL]

// [RESPOND]
namespace http = boost::beast::http;

boost::asio::awaitable<void> respond(tcp::socket& socket, http::request<http::empty_body>& request,
                                     tidemark::any_stream rows) {
  co_await async_first_chunk(socket, rows, use_awaitable);  // what fails here can still be answered with a 500

  http::response<tidemark::stream_body<tidemark::any_stream>> response{http::status::ok, request.version()};
  response.set(http::field::content_type, "application/json");
  response.chunked(request.version() >= 11);
  response.body().stream.emplace(std::move(rows));
  co_await async_write(socket, response, use_awaitable);
}
// [/RESPOND]

// [ACCEPT]
std::optional<tidemark::any_stream> rows_for(std::string_view accept, tidemark::sqlite::query rows) {
  using tidemark::http::response_format;
  const auto wanted = tidemark::http::negotiate(accept);
  if (!wanted) return std::nullopt;  // 406 Not Acceptable
  switch (wanted->format) {          // and wanted->media_type is the Content-Type
    case response_format::ndjson: return tidemark::raw_stream{std::move(rows), tidemark::format::ndjson{}};
    case response_format::json_seq: return tidemark::raw_stream{std::move(rows), tidemark::format::json_seq{}};
    case response_format::sse: return tidemark::raw_stream{std::move(rows), tidemark::format::sse{}};
    case response_format::frames: return tidemark::frame_stream{std::move(rows)};
    case response_format::array: break;
  }
  return tidemark::raw_stream{std::move(rows)};
}
// [/ACCEPT]

/// Runs a coroutine that gets a socket, and gives what its peer has received.
template <class Coroutine>
std::string received(Coroutine coroutine) {
  boost::asio::io_context loop;
  tcp::acceptor accepting(loop, {boost::asio::ip::address_v4::loopback(), 0});
  tests::http_client client(accepting.local_endpoint().port(), "/");
  std::string all;
  boost::asio::co_spawn(
      loop,
      [&]() -> boost::asio::awaitable<void> {
        tcp::socket socket = co_await accepting.async_accept(use_awaitable);
        std::string request(4096, ' ');
        co_await socket.async_read_some(boost::asio::buffer(request), use_awaitable);
        co_await coroutine(socket);
      },
      [](const std::exception_ptr& failed) {
        if (failed) std::rethrow_exception(failed);
      });
  std::thread reader([&] { all = client.read_all(); });
  loop.run();
  reader.join();
  return all;
}

}  // namespace

TEST_CASE("docs/network.md: a stream on an event loop") {
  auto db = shop();
  CHECK(received([&](tcp::socket& socket) { return send_orders(socket, db); }) ==
        "{\"id\":1,\"price\":0.5}\n{\"id\":2,\"price\":1.5}\n");

  boost::asio::io_context loop;
  tidemark::any_stream rows = tidemark::raw_stream{tidemark::sqlite::query{db, "select * from orders"}};
  std::size_t bytes = 0;
  boost::asio::co_spawn(loop, count_bytes(rows), [&](const std::exception_ptr&, std::size_t count) { bytes = count; });
  loop.run();
  CHECK(bytes == 43);
}

TEST_CASE("docs/network.md: a response of Beast") {
  auto db = shop();
  http::request<http::empty_body> request{http::verb::get, "/", 11};
  const auto answer = tests::answer_in(received([&](tcp::socket& socket) {
    return respond(socket, request, tidemark::raw_stream{tidemark::sqlite::query{db, "select * from orders"}});
  }));
  CHECK(answer.is_whole);
  CHECK(answer.body == R"([{"id":1,"price":0.5},{"id":2,"price":1.5}])");
}

TEST_CASE("docs/network.md: a response of cpp-httplib") {
  httplib::Server server;
  // [HTTPLIB]
  server.Get("/orders", [](const httplib::Request&, httplib::Response& response) {
    tidemark::set_stream(response, "application/json",
                         tidemark::raw_stream{tidemark::sqlite::query{shop(), "select * from orders"}});
  });
  // [/HTTPLIB]
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  CHECK(tests::get(port, "/orders").body == R"([{"id":1,"price":0.5},{"id":2,"price":1.5}])");
  server.stop();
  thread.join();
}

TEST_CASE("docs/network.md: the format that a client accepts") {
  auto db = shop();
  const auto answer = [&](std::string_view accept) {
    return rows_for(accept, tidemark::sqlite::query{db, "select id from orders"});
  };
  CHECK(collect(*answer("")) == R"([{"id":1},{"id":2}])");
  CHECK(collect(*answer("application/x-ndjson")) == "{\"id\":1}\n{\"id\":2}\n");
  CHECK(collect(*answer("application/json-seq")) == "\x1e{\"id\":1}\n\x1e{\"id\":2}\n");
  CHECK(collect(*answer("text/event-stream")).starts_with("data: {\"id\":1}\n\n"));
  CHECK_FALSE(answer("image/png"));
}

TEST_CASE("docs/network.md: rows that are fetched ahead, and several streams at once") {
  auto db = shop();
  // [PREFETCH]
  tidemark::raw_stream rows{tidemark::prefetch(tidemark::sqlite::query{db, "select * from orders"})};
  // [/PREFETCH]
  CHECK(collect(rows) == R"([{"id":1,"price":0.5},{"id":2,"price":1.5}])");

  // [MULTIPLEX]
  using tidemark::format::ndjson;
  tidemark::multiplex both{tidemark::raw_stream{tidemark::sqlite::query{db, "select id as o from orders"}, ndjson{}},
                           tidemark::raw_stream{tidemark::sqlite::query{db, "select id as line from line"}, ndjson{}}};
  // [/MULTIPLEX]
  CHECK(collect(both) == "{\"o\":1}\n{\"o\":2}\n{\"line\":7}\n");
}

}  // namespace docs_network_tests
