#include <tidemark/adapt/prefetch.hpp>

#include "catch.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/cell.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/wait_condition.hpp>

#include "comes_true.hpp"
#include "drain.hpp"
#include "piped_rows.hpp"

namespace adapt_prefetch_tests {

using namespace std::chrono_literals;
using tests::comes_true;
using tests::piped_rows;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::prefetch;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::format::ndjson;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;

using prefetched_fields = tidemark::prefetched<scripted_fields>;
static_assert(tidemark::field_producer<prefetched_fields>);
static_assert(tidemark::text_producer<tidemark::prefetched<scripted_text>>);
static_assert(tidemark::has_waits_for<prefetched_fields>);
static_assert(tidemark::cancellable<prefetched_fields>);
static_assert(!std::is_copy_constructible_v<prefetched_fields>);

namespace {

const std::string endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";

script rows_of_fields(int count) {
  script all;
  for (int i = 0; i != count; ++i)
    all.row({std::int64_t{i}, "t\xC3\xA4xt " + std::string(static_cast<std::size_t>(i % 50), 'x'), 0.5 + i, nullptr,
             cell::json("[1, 2]"), cell::bytes("\x01\x02"), cell::text_in_pieces("in pieces", 2), cell::decimal("1.50"),
             i % 2 == 0});
  return all;
}
const std::vector<std::string> names = {"id", "text", "real", "none", "json", "bytes", "long", "decimal", "yes"};

template <class Stream>
drained drain_waiting(Stream&& stream) {
  return drain(stream, [&] { stream.wait(); });
}

/// Counts how far it was asked, and is slow where it is told so.
struct counted {
  std::shared_ptr<std::atomic<std::size_t>> asked = std::make_shared<std::atomic<std::size_t>>(0);
  std::size_t count = 1'000'000;
  progress next() { return ++*asked > count ? progress::end : progress::row; }
  std::string_view text() const { return "{\"text\":\"0123456789012345678901234567890123456789\"}"; }
};

}  // namespace

TEST_CASE("rows that were fetched ahead are the same rows, whatever the mark") {
  const std::string expected = collect(raw_stream{scripted_fields(names, rows_of_fields(300))});
  for (const std::size_t mark : std::vector<std::size_t>{1, 100, 1000, 5000, 65536})
    CHECK(drain_waiting(raw_stream{prefetch(scripted_fields(names, rows_of_fields(300)), byte_mark{mark})}).bytes ==
          expected);

  script text;
  for (int i = 0; i != 300; ++i) text.text("{\"row\": " + std::to_string(i) + "}");
  text.text("{}");
  const std::string as_text = collect(raw_stream{scripted_text(text), ndjson{}});
  for (const std::size_t mark : std::vector<std::size_t>{1, 100, 65536})
    CHECK(collect(raw_stream{prefetch(scripted_text(text), byte_mark{mark}), ndjson{}}) == as_text);
}

TEST_CASE("a result without rows has its columns") {
  auto none = prefetch(scripted_fields({"a", "b"}, script()));
  progress answer = none.next();
  for (; answer == progress::pending; answer = none.next()) tidemark::block_until(none.waits_for());
  CHECK(answer == progress::end);
  REQUIRE(none.columns().size() == 2);
  CHECK(none.columns()[1].name == "b");
}

TEST_CASE("nothing is fetched before the first next(), and no more than the mark ahead of whoever reads") {
  counted rows;
  const auto asked = rows.asked;
  auto ahead = prefetch(rows, byte_mark{6000});
  std::this_thread::sleep_for(5ms);
  CHECK(*asked == 0);
  while (ahead.next() == progress::pending) tidemark::block_until(ahead.waits_for());
  // 50 bytes and the place of a row: at most 51 rows in each half, and the one that is being read
  std::size_t before = 0;
  REQUIRE(comes_true([&] { return std::exchange(before, asked->load()) == asked->load() && before > 20; }));
  std::this_thread::sleep_for(20ms);
  CHECK(*asked <= 2 * 60 + 2);
}

TEST_CASE("a failure comes behind the rows before it, once") {
  for (int rows = 0; rows != 40; ++rows) {
    script all = rows_of_fields(rows);
    all.fail(error(failure::producer, "lost", "08006"));
    raw_stream stream{prefetch(scripted_fields(names, all), byte_mark{700}), ndjson{}};
    const drained out = drain_waiting(stream);
    REQUIRE(out.failure);
    CHECK(out.failure->code() == "08006");
    CHECK(out.failure->row() == static_cast<std::uint64_t>(rows) + 1);
    CHECK(stream.stats().rows == static_cast<std::uint64_t>(rows));
  }
}

TEST_CASE("the producer is let go of as soon as its rows were read, while they wait to be taken") {
  counted rows{.count = 2};
  const std::weak_ptr<std::atomic<std::size_t>> alive = rows.asked;
  auto ahead = prefetch(std::move(rows));
  while (ahead.next() == progress::pending) tidemark::block_until(ahead.waits_for());
  CHECK(comes_true([&] { return alive.expired(); }));
}

TEST_CASE("rows that come slowly are given one by one") {
  piped_rows piped;
  const auto writer = piped.writer();
  raw_stream stream{prefetch(std::move(piped)), ndjson{}};
  CHECK(stream.try_pull().is_pending());
  for (int i = 0; i != 5; ++i) {
    writer->give(".");
    CHECK(stream.pull() == "{\"row\":1}\n");
  }
  writer->give("!");
  CHECK(stream.pull().value().find("08006") != std::string_view::npos);
  CHECK(thrown_by([&] { stream.pull(); }).code() == "08006");
}

TEST_CASE("a producer that is destroyed early stops its thread: one that is full, one that waits, one that computes") {
  {
    auto full = prefetch(counted{}, byte_mark{100});
    while (full.next() == progress::pending) tidemark::block_until(full.waits_for());
  }
  {
    piped_rows piped;
    auto waiting = prefetch(std::move(piped));
    CHECK(waiting.next() == progress::pending);
  }
  {
    tidemark::sqlite::connection db(":memory:");
    auto computing = prefetch(tidemark::sqlite::query{
        db, "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"});
    CHECK(computing.next() == progress::pending);
    std::this_thread::sleep_for(5ms);
  }
  { auto never_begun = prefetch(counted{}); }
  {
    auto from = prefetch(counted{});
    auto to = std::move(from);
    CHECK(to.next() != progress::end);
  }
  SUCCEED("none of them hangs");
}

TEST_CASE("a canceller stops what is fetched ahead, wherever it is, and is told once") {
  for (const bool is_full : {false, true})
    for (const bool is_early : {false, true}) {
      tidemark::sqlite::connection db(":memory:");
      raw_stream stream{prefetch(tidemark::sqlite::query{
          db, is_full ? endless
                      : "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"})};
      const tidemark::canceller handle = stream.canceller();
      if (is_early) handle.cancel();
      std::thread other;
      if (!is_early && is_full) REQUIRE(stream.pull());
      if (!is_early)
        other = std::thread([&] {
          std::this_thread::sleep_for(3ms);
          handle.cancel();
        });
      const drained out = drain_waiting(stream);
      if (other.joinable()) other.join();
      REQUIRE(out.failure);
      CHECK(out.failure->kind() == failure::canceled);
      handle.cancel();
      CHECK(collect(raw_stream{tidemark::sqlite::query{db, "select 1 as i"}}) == "[{\"i\":1}]");
    }
}

TEST_CASE("a query is stopped by a time limit although it blocks, where it is fetched ahead") {
  tidemark::sqlite::connection db(":memory:");
  raw_stream stream{prefetch(tidemark::sqlite::query{
      db, "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"})};
  stream.limit_time(0.02);
  CHECK(drain_waiting(stream).failure.value().kind() == failure::timed_out);
  CHECK(collect(raw_stream{tidemark::sqlite::query{db, "select 1 as i"}}) == "[{\"i\":1}]");
}

TEST_CASE("many streams are fetched ahead at once, canceled and left at any moment") {
  for (int round = 0; round != 200; ++round) {
    auto ahead = std::make_unique<tidemark::prefetched<counted>>(
        prefetch(counted{.count = static_cast<std::size_t>(round * 7)}, byte_mark{400}));
    const tidemark::canceller handle = ahead->canceller();
    std::thread other([&] {
      if (round % 2 == 0) handle.cancel();
    });
    std::size_t rows = 0;
    bool is_canceled = false;
    try {
      for (auto answer = ahead->next(); answer != progress::end && rows != 500; answer = ahead->next())
        if (answer == progress::row)
          ++rows;
        else
          tidemark::block_until(ahead->waits_for());
    } catch (const error& failed) {
      is_canceled = failed.kind() == failure::canceled;
      CHECK(is_canceled);
    }
    // An end is the end of all rows, also where somebody cancels just then.
    if (!is_canceled) CHECK(rows == std::min<std::size_t>(500, static_cast<std::size_t>(round * 7)));
    if (round % 3 == 0) ahead.reset();
    other.join();
  }
}

}  // namespace adapt_prefetch_tests
