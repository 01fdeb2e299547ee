#include <tidemark/sinks/beast.hpp>

#include "catch.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <tidemark/any_stream.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "connected_sockets.hpp"
#include "drain.hpp"
#include "piped_rows.hpp"

namespace sinks_beast_tests {

namespace net = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;
using connected_sockets = tests::connected_sockets<net::ip::tcp>;
using tests::outcome;
using tests::piped_rows;
using tidemark::any_stream;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::write_limits;
using tidemark::format::ndjson;
using tidemark::testing::script;
using tidemark::testing::scripted_text;

using any_body = tidemark::stream_body<any_stream>;
static_assert(http::is_body<any_body>::value);
static_assert(http::is_body_writer<any_body>::value);

namespace {

http::response<any_body> response_with(any_stream stream, unsigned version = 11) {
  http::response<any_body> made{http::status::ok, version};
  made.body().stream.emplace(std::move(stream));
  made.chunked(version >= 11);
  return made;
}

script rows() { return script().text("{\"a\":1}").text("{\"a\":\"" + std::string(300'000, 'x') + "\"}").text("{}"); }

}  // namespace

TEST_CASE("a response has the stream's bytes as its body, in chunks, whatever the mark") {
  for (const std::size_t mark : std::vector<std::size_t>{3, 1000, 65536}) {
    connected_sockets both;
    http::response<any_body> response = response_with(raw_stream{scripted_text(rows()), ndjson{}, byte_mark{mark}});
    http::response<http::string_body> received;
    std::thread reader([&] {
      boost::beast::flat_buffer buffer;
      http::response_parser<http::string_body> parser;
      parser.body_limit(boost::none);
      http::read(both.theirs, buffer, parser);
      received = parser.release();
    });
    outcome how;
    async_write(both.ours, response, how.taker());
    both.loop.run();
    reader.join();
    CHECK_FALSE(how.failed);
    CHECK(how.done->rows == 3);
    CHECK(received.chunked());
    CHECK(received.body() == drain(raw_stream{scripted_text(rows()), ndjson{}}).bytes);
    CHECK(both.ours.is_open());  // for the next request
  }
}

TEST_CASE("the header goes out with the first chunk") {
  connected_sockets both;
  piped_rows piped;
  const auto writer = piped.writer();
  http::response<any_body> response = response_with(raw_stream{std::move(piped), ndjson{}});
  outcome how;
  async_write(both.ours, response, how.taker());
  both.loop.run_for(10ms);
  CHECK(both.theirs.available() == 0);
  writer->give(".");
  both.run_until_readable();
  std::string some(both.theirs.available(), ' ');
  both.theirs.read_some(net::buffer(some));
  CHECK(some.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(some.ends_with("\r\na\r\n{\"row\":1}\n\r\n"));
  writer->close();
  both.loop.run();
  CHECK(how.done->rows == 1);
}

TEST_CASE("a response whose stream fails is cut: it has the error record, and no last chunk") {
  connected_sockets both;
  http::response<any_body> response = response_with(
      raw_stream{scripted_text(script().text("{\"a\":1}").fail(error(failure::producer, "lost", "08006"))), ndjson{}});
  outcome how;
  async_write(both.ours, response, how.taker());
  both.loop.run();
  CHECK(how.failure_thrown().code() == "08006");
  CHECK_FALSE(both.ours.is_open());
  const auto [all, over] = both.read_all();
  CHECK(all.find("\"code\":\"08006\"") != std::string::npos);
  CHECK_FALSE(all.ends_with("0\r\n\r\n"));

  boost::beast::error_code failed;
  http::response_parser<http::string_body> parser;
  parser.put(net::buffer(all), failed);
  CHECK_FALSE(parser.is_done());
}

TEST_CASE("a response without chunks that fails ends with a reset, and one that is whole does not") {
  for (const bool fails : {false, true}) {
    connected_sockets both;
    script one = script().text("{\"a\":1}");
    if (fails) one.fail(error(failure::producer, "lost"));
    http::response<any_body> response = response_with(raw_stream{scripted_text(one)}, 10);
    outcome how;
    async_write(both.ours, response, how.taker());
    both.loop.run();
    CHECK((how.failed != nullptr) == fails);
    both.ours.close();
    CHECK(both.read_all().second == (fails ? net::error::make_error_code(net::error::connection_reset)
                                           : net::error::make_error_code(net::error::eof)));
  }
}

TEST_CASE("a client that leaves while the response waits ends the stream") {
  connected_sockets both;
  piped_rows piped;
  const auto alive = piped.watch();
  http::response<any_body> response = response_with(raw_stream{std::move(piped)});
  outcome how;
  async_write(both.ours, response, how.taker());
  both.loop.run_for(10ms);
  CHECK_FALSE(alive.expired());
  both.theirs.close();
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::reader_gone);
  CHECK(alive.expired());
}

TEST_CASE("a client that does not read ends the response when its time is over") {
  connected_sockets both;
  script many;
  for (int i = 0; i != 300; ++i) many.text("\"" + std::string(100'000, 'x') + "\"");
  http::response<any_body> response = response_with(raw_stream{scripted_text(std::move(many))});
  outcome how;
  async_write(both.ours, response, write_limits{.stall = 50ms}, how.taker());
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::timed_out);
  CHECK_FALSE(both.ours.is_open());
}

TEST_CASE("a response without a stream is refused") {
  connected_sockets both;
  http::response<any_body> response{http::status::ok, 11};
  outcome how;
  async_write(both.ours, response, how.taker());
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::usage);
}

TEST_CASE("Beast's own writing takes a stream that never waits") {
  connected_sockets both;
  http::response<any_body> response = response_with(raw_stream{scripted_text(script().text("{\"a\":1}"))});
  http::write(both.ours, response);
  both.ours.close();
  CHECK(both.read_all().first.ends_with("\r\n9\r\n[{\"a\":1}]\r\n0\r\n\r\n"));
}

}  // namespace sinks_beast_tests
