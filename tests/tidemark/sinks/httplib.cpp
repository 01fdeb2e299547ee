#include <tidemark/sinks/httplib.hpp>

#include "catch.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "comes_true.hpp"
#include "drain.hpp"
#include "http_client.hpp"
#include "piped_rows.hpp"

namespace sinks_httplib_tests {

using namespace std::chrono_literals;
using tests::comes_true;
using tests::piped_rows;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::set_stream;
using tidemark::format::ndjson;
using tidemark::testing::script;
using tidemark::testing::scripted_text;

namespace {

/// A server of one page.
class serving {
 public:
  explicit serving(httplib::Server::Handler page) {
    server_.Get("/", std::move(page));
    server_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, const std::exception_ptr& failed) {
          try {
            std::rethrow_exception(failed);
          } catch (const std::exception& why) {
            response.status = 500;
            response.set_content(why.what(), "text/plain");
          }
        });
    server_.set_write_timeout(0, 200'000);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(1ms);
  }
  serving(const serving&) = delete;
  serving& operator=(const serving&) = delete;
  ~serving() {
    server_.stop();
    thread_.join();
  }

  int port() const noexcept { return port_; }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

script rows() { return script().text("{\"a\":1}").text("{\"a\":\"" + std::string(300'000, 'x') + "\"}").text("{}"); }

}  // namespace

TEST_CASE("a response of cpp-httplib has the stream's bytes as its content") {
  const serving server([](const httplib::Request&, httplib::Response& response) {
    set_stream(response, "application/x-ndjson", raw_stream{scripted_text(rows()), ndjson{}, byte_mark{1000}});
  });
  httplib::Client client("127.0.0.1", server.port());
  for (int i = 0; i != 2; ++i) {
    const auto answer = client.Get("/");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->get_header_value("Content-Type") == "application/x-ndjson");
    CHECK(answer->get_header_value("Transfer-Encoding") == "chunked");
    CHECK(answer->body == drain(raw_stream{scripted_text(rows()), ndjson{}}).bytes);
  }
}

TEST_CASE("what fails before the first chunk is answered with an error") {
  const serving server([](const httplib::Request&, httplib::Response& response) {
    tidemark::sqlite::connection db(":memory:");
    set_stream(response, "application/json", raw_stream{tidemark::sqlite::query{std::move(db), "select * from none"}});
  });
  const auto answer = httplib::Client("127.0.0.1", server.port()).Get("/");
  REQUIRE(answer);
  CHECK(answer->status == 500);
  CHECK(answer->body.find("no such table: none") != std::string::npos);
}

TEST_CASE("a stream that fails later cuts the response, which lacks its last chunk, and its failure is told") {
  std::promise<std::exception_ptr> told;
  const serving server([&](const httplib::Request&, httplib::Response& response) {
    script some = rows();
    some.fail(error(failure::producer, "lost", "08006"));
    set_stream(response, "application/x-ndjson", raw_stream{scripted_text(some), ndjson{}},
               [&](std::exception_ptr why) { told.set_value(std::move(why)); });
  });
  tests::http_client client(server.port(), "/");
  const std::string all = client.read_all();
  CHECK(all.starts_with("HTTP/1.1 200"));
  CHECK(all.find("\"code\":\"08006\"") != std::string::npos);
  CHECK_FALSE(all.ends_with("0\r\n\r\n"));
  CHECK(thrown_by([&] { std::rethrow_exception(told.get_future().get()); }).code() == "08006");
}

TEST_CASE("a client that leaves while the stream waits ends it, and so does one that does not read") {
  {
    piped_rows piped;
    const auto alive = piped.watch();
    const auto writer = piped.writer();
    auto stream = std::make_shared<raw_stream<piped_rows, ndjson>>(std::move(piped));
    const serving server([&](const httplib::Request&, httplib::Response& response) {
      set_stream(response, "application/x-ndjson", std::move(*std::exchange(stream, nullptr)));
    });
    writer->give(".");
    tests::http_client client(server.port(), "/");
    CHECK(comes_true([&] { return stream == nullptr; }));
    std::this_thread::sleep_for(150ms);
    CHECK_FALSE(alive.expired());
    client.leave();
    CHECK(comes_true([&] { return alive.expired(); }));
  }
  {
    std::atomic<int> closed = 0;
    const serving server([&](const httplib::Request&, httplib::Response& response) {
      script many;
      for (int i = 0; i != 300; ++i) many.text("\"" + std::string(100'000, 'x') + "\"");
      set_stream(response, "application/json", raw_stream{scripted_text(std::move(many))},
                 [&](const std::exception_ptr&) { ++closed; });
    });
    tests::http_client client(server.port(), "/");
    std::this_thread::sleep_for(600ms);
    const std::string all = client.read_all();
    CHECK_FALSE(all.ends_with("0\r\n\r\n"));
    CHECK(closed == 0);  // the stream itself has not failed
  }
}

}  // namespace sinks_httplib_tests
