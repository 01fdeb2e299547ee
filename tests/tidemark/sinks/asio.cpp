#include <tidemark/sinks/asio.hpp>

#include "catch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <tidemark/any_stream.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/wait_condition.hpp>

#include "connected_sockets.hpp"
#include "drain.hpp"
#include "piped_rows.hpp"
#include "postgres_server.hpp"

namespace sinks_asio_tests {

namespace net = boost::asio;
using namespace std::chrono_literals;
using net::local::stream_protocol;
using connected_sockets = tests::connected_sockets<stream_protocol>;
using tests::outcome;
using tests::piped_rows;
using tidemark::any_stream;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::wait_condition;
using tidemark::write_limits;
using tidemark::format::ndjson;
using tidemark::testing::script;
using tidemark::testing::scripted_text;
using tidemark::testing::without_wait;

namespace {

std::string long_row() { return "{\"long\":\"" + std::string(100'000, 'x') + "\"}"; }

/// Rows without end, which are never pending.
struct endless {
  progress next() { return progress::row; }
  std::string_view text() const { return "{\"row\":1}"; }
};

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

}  // namespace

TEST_CASE("a stream is written to a socket as it is, whatever the mark") {
  for (const std::size_t mark : std::vector<std::size_t>{1, 7, 1000, 65536}) {
    const auto rows = [] { return script().text("{\"a\":1}").text(long_row()).text("{\"a\":3}"); };
    connected_sockets both;
    any_stream stream = raw_stream{scripted_text(rows()), ndjson{}, byte_mark{mark}};
    outcome how;
    std::string all;
    std::thread reader([&] { all = both.read_all().first; });
    async_write(both.ours, stream, how.taker());
    both.loop.run();
    both.ours.close();
    reader.join();
    CHECK_FALSE(how.failed);
    CHECK(how.done->rows == 3);
    CHECK(all == drain(raw_stream{scripted_text(rows()), ndjson{}}).bytes);
  }
}

TEST_CASE("a stream that waits is written when its rows come, and holds up nobody meanwhile") {
  connected_sockets both;
  piped_rows rows;
  const auto writer = rows.writer();
  any_stream stream = raw_stream{std::move(rows), ndjson{}};
  outcome how;
  async_write(both.ours, stream, how.taker());
  for (int i = 0; i != 20; ++i) {
    both.loop.run_for(2ms);
    CHECK_FALSE(how.done);
    writer->give(".");
    both.run_until_readable();
    std::array<char, 100> some{};
    CHECK(both.theirs.read_some(net::buffer(some)) == 10);
  }
  writer->close();
  both.loop.run();
  CHECK_FALSE(how.failed);
  CHECK(how.done->rows == 20);
}

TEST_CASE("a stream that fails is written up to there, with its error record, and the failure arrives once") {
  connected_sockets both;
  piped_rows rows;
  const auto writer = rows.writer();
  const auto alive = rows.watch();
  any_stream stream = raw_stream{std::move(rows), ndjson{}};
  outcome how;
  async_write(both.ours, stream, how.taker());
  writer->give(".");
  both.loop.run_for(5ms);
  writer->give("!");
  both.loop.run();
  CHECK(how.failure_thrown().code() == "08006");
  CHECK(alive.expired());
  both.ours.close();
  CHECK(both.read_all().first ==
        "{\"row\":1}\n{\"error\":{\"kind\":\"producer\",\"code\":\"08006\",\"message\":\"the source is "
        "lost\",\"row\":2,\"byte\":10}}\n");
}

TEST_CASE("a reader that goes away while the stream waits ends it at once") {
  for (const bool has_sent_more : {false, true}) {
    connected_sockets both;
    if (has_sent_more) both.theirs.write_some(net::buffer("next", 4));
    piped_rows rows;
    const auto alive = rows.watch();
    any_stream stream = raw_stream{std::move(rows)};
    outcome how;
    async_write(both.ours, stream, how.taker());
    both.loop.run_for(20ms);
    CHECK_FALSE(alive.expired());
    both.theirs.close();
    const auto left_at = std::chrono::steady_clock::now();
    both.loop.run();
    CHECK(std::chrono::steady_clock::now() - left_at < 5s);  // and not for ever
    CHECK(how.failure_thrown().kind() == failure::reader_gone);
    CHECK(alive.expired());
  }
}

TEST_CASE("a reader that goes away while it is being written to ends the stream") {
  connected_sockets both;
  any_stream stream = raw_stream{endless{}};
  outcome how;
  async_write(both.ours, stream, how.taker());
  both.loop.run_for(10ms);
  CHECK_FALSE(how.done);
  both.theirs.close();
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::reader_gone);
  CHECK(stream.try_pull().is_end());
}

TEST_CASE("of a reader that takes nothing, nothing more is pulled, until its time is over") {
  connected_sockets both;
  any_stream stream = raw_stream{endless{}, ndjson{}, byte_mark{4096}};
  outcome how;
  async_write(both.ours, stream, write_limits{.stall = 1000ms}, how.taker());
  // Until the system takes no more.
  std::uint64_t pulled = 0;
  do {
    pulled = stream.stats().bytes;
    both.loop.run_for(50ms);
  } while (stream.stats().bytes != pulled);
  both.loop.run_for(50ms);
  CHECK(stream.stats().bytes == pulled);
  CHECK_FALSE(how.done);
  both.loop.run();
  const error failed = how.failure_thrown();
  CHECK(failed.kind() == failure::timed_out);
  CHECK(failed.message() == "the reader of the output took nothing for 1000 milliseconds");
  CHECK(stream.try_pull().is_end());
}

TEST_CASE("a reader that takes a little in time is not stalled") {
  connected_sockets both;
  any_stream stream = raw_stream{endless{}, ndjson{}, byte_mark{4096}};
  outcome how;
  async_write(both.ours, stream, write_limits{.stall = 60'000ms}, how.taker());
  for (int i = 0; i != 10; ++i) {
    both.run_until_readable();
    std::array<char, 100'000> some;
    CHECK(both.theirs.read_some(net::buffer(some)) > 0);
  }
  CHECK_FALSE(how.done);
  both.theirs.close();
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::reader_gone);
}

TEST_CASE("a stream's own time limit ends it while it waits, and while its reader takes nothing") {
  {
    connected_sockets both;
    piped_rows rows;
    const auto alive = rows.watch();
    any_stream stream = raw_stream{std::move(rows), ndjson{}};
    stream.limit_time(0.03);
    outcome how;
    async_write(both.ours, stream, how.taker());
    both.loop.run();
    CHECK(how.failure_thrown().kind() == failure::timed_out);
    CHECK(alive.expired());
  }
  {
    connected_sockets both;
    any_stream stream = raw_stream{endless{}, ndjson{}};
    stream.limit_time(0.03);
    outcome how;
    async_write(both.ours, stream, write_limits{.stall = 60'000ms}, how.taker());
    both.loop.run();
    const std::string told = how.failure_thrown().message();  // by whoever sees it first
    CHECK((told == "the stream's time limit is over" || told == "the time limit of 0.03 seconds is over"));
  }
}

TEST_CASE("an error of Asio that the producer throws is the producer's, and not the reader's") {
  struct broken {
    progress next() { throw boost::system::system_error(net::error::connection_reset); }
    std::string_view text() const { return "{}"; }
  };
  connected_sockets both;
  any_stream stream = raw_stream{broken(), ndjson{}};
  outcome how;
  async_write(both.ours, stream, how.taker());
  both.loop.run();
  REQUIRE(how.failed);
  CHECK_THROWS_AS(std::rethrow_exception(how.failed), boost::system::system_error);
}

TEST_CASE("a writing is cancelled while it waits for rows, and while it waits for its reader") {
  for (const bool is_endless : {false, true}) {
    connected_sockets both;
    piped_rows rows;
    any_stream stream = is_endless ? any_stream(raw_stream{endless{}}) : any_stream(raw_stream{std::move(rows)});
    net::cancellation_signal stop;
    outcome how;
    async_write(both.ours, stream, net::bind_cancellation_slot(stop.slot(), how.taker()));
    both.loop.run_for(10ms);
    CHECK_FALSE(how.done);
    net::post(both.loop, [&] { stop.emit(net::cancellation_type::terminal); });
    both.loop.run();
    CHECK(how.failure_thrown().kind() == failure::canceled);
    CHECK(stream.try_pull().is_end());
  }
}

TEST_CASE("a socket that its owner closes ends a writing that waits for rows") {
  connected_sockets both;
  piped_rows rows;
  any_stream stream = raw_stream{std::move(rows)};
  outcome how;
  async_write(both.ours, stream, how.taker());
  both.loop.run_for(5ms);
  both.ours.close();
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::canceled);
}

TEST_CASE("a stream that cannot say what it waits for is refused when it waits") {
  connected_sockets both;
  raw_stream stream{without_wait<scripted_text>(script().pending())};
  outcome how;
  async_write(both.ours, stream, how.taker());
  both.loop.run();
  CHECK(how.failure_thrown().kind() == failure::usage);
}

TEST_CASE("a coroutine pulls chunks and objects, and others have their turn") {
  net::io_context loop;
  std::string order;
  std::string bytes;
  net::co_spawn(
      loop,
      [&]() -> net::awaitable<void> {
        raw_stream chunks{scripted_text(script().text("{\"a\":1}").text("{\"a\":2}")), ndjson{}, byte_mark{4}};
        while (const auto chunk = co_await tidemark::async_pull(chunks)) {
          bytes += *chunk;
          order += 'a';
        }
        tidemark::object_stream objects{scripted_text(script().text("{\"a\":1}").text("{\"a\":2}"))};
        int sum = 0;
        while (const auto row = co_await tidemark::async_pull(objects)) sum += row->get<int>("a");
        CHECK(sum == 3);
      },
      [](const std::exception_ptr& failed) { CHECK_FALSE(failed); });
  net::co_spawn(
      loop,
      [&]() -> net::awaitable<void> {
        for (int i = 0; i != 4; ++i) {
          order += 'b';
          co_await net::post(net::use_awaitable);
        }
      },
      net::detached);
  loop.run();
  CHECK(bytes == "{\"a\":1}\n{\"a\":2}\n");
  CHECK(order == "babababa");
}

TEST_CASE("a coroutine that pulls waits for rows that come later") {
  net::io_context loop;
  piped_rows rows;
  const auto writer = rows.writer();
  any_stream stream = raw_stream{std::move(rows), ndjson{}};
  std::string all;
  net::co_spawn(
      loop,
      [&]() -> net::awaitable<void> {
        while (const auto chunk = co_await tidemark::async_pull(stream)) all += *chunk;
      },
      [](const std::exception_ptr& failed) { CHECK_FALSE(failed); });
  loop.run_for(5ms);
  writer->give(".");
  while (all.empty()) loop.run_for(1ms);
  CHECK(all == "{\"row\":1}\n");
  writer->close();
  loop.run();
}

TEST_CASE("the first chunk is waited for without being taken, and a failure before it can still be answered") {
  {
    connected_sockets both;
    any_stream stream = raw_stream{scripted_text(script().text("{}"))};
    std::exception_ptr failed = std::make_exception_ptr(0);
    async_first_chunk(both.ours, stream, [&](std::exception_ptr why) { failed = std::move(why); });
    both.loop.run();
    CHECK_FALSE(failed);
    CHECK(drain(stream).bytes == "[{}]");
  }
  {
    connected_sockets both;
    any_stream stream = raw_stream{scripted_text(script().fail(error(failure::producer, "no such table")))};
    std::exception_ptr failed;
    async_first_chunk(both.ours, stream, [&](std::exception_ptr why) { failed = std::move(why); });
    both.loop.run();
    CHECK(thrown_by([&] { std::rethrow_exception(failed); }).message() == "no such table");
  }
}

TEST_CASE("a loop that is given up with a writing under way leaves nothing behind") {
  const std::size_t before = open_descriptors();
  {
    piped_rows rows;
    any_stream stream = raw_stream{std::move(rows)};
    any_stream other = raw_stream{endless{}};
    connected_sockets both, more;
    outcome how;
    async_write(both.ours, stream, write_limits{.stall = 1000ms}, how.taker());
    both.loop.run_for(5ms);
    async_write(more.ours, other, write_limits{.stall = 1000ms}, how.taker());
    more.loop.run_for(5ms);
    CHECK_FALSE(how.done);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("a descriptor that is closed and comes again as another file is not taken for the one before") {
  net::io_context loop;
  int wakes = 0;
  net::co_spawn(
      loop,
      [&]() -> net::awaitable<void> {
        tidemark::event_loop::readiness ready(co_await net::this_coro::executor);
        for (int i = 0; i != 3; ++i) {
          std::array<int, 2> ends{};
          CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0);
          CHECK(::write(ends[1], ".", 1) == 1);
          const std::array<wait_condition, 1> any = {{{ends[0], POLLIN}}};
          co_await ready.wait(any, 10s);
          ++wakes;
          ::close(ends[0]);
          ::close(ends[1]);
        }
      },
      net::detached);
  const auto start = std::chrono::steady_clock::now();
  loop.run();
  CHECK(wakes == 3);
  CHECK(std::chrono::steady_clock::now() - start < 9s);
}

TEST_CASE("a query of PostgreSQL is written on an event loop, and stopped when its reader leaves") {
  NEEDS_POSTGRES();
  tidemark::postgres::connection db(tests::postgres_server());
  const std::string sql = "select generate_series(1, 100000) as i";
  {
    connected_sockets both;
    any_stream stream = raw_stream{tidemark::postgres::query{db, sql}};
    outcome how;
    std::string all;
    std::thread reader([&] { all = both.read_all().first; });
    async_write(both.ours, stream, how.taker());
    both.loop.run();
    both.ours.close();
    reader.join();
    CHECK_FALSE(how.failed);
    CHECK(all == drain(raw_stream{tidemark::postgres::query{db, sql}}).bytes);
  }
  {
    connected_sockets both;
    any_stream stream = raw_stream{tidemark::postgres::query{db, "select pg_sleep(600)"}};
    outcome how;
    async_write(both.ours, stream, how.taker());
    both.loop.run_for(20ms);
    both.theirs.close();
    both.loop.run();
    CHECK(how.failure_thrown().kind() == failure::reader_gone);
    CHECK(collect(raw_stream{tidemark::postgres::query{db, "select 1 as i"}}) == "[{\"i\":1}]");
  }
}

}  // namespace sinks_asio_tests
