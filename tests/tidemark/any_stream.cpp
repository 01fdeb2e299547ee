#include <tidemark/any_stream.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/read.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/wait_condition.hpp>

#include "catch.hpp"
#include "drain.hpp"

namespace any_stream_tests {

using tidemark::any_stream;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::format::ndjson;
using tidemark::testing::script;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

static_assert(tidemark::chunk_stream<any_stream>);
static_assert(!std::is_copy_constructible_v<any_stream>);
static_assert(std::is_nothrow_move_constructible_v<any_stream>);
static_assert(std::is_constructible_v<any_stream, raw_stream<scripted_text>>);
static_assert(!std::is_constructible_v<any_stream, raw_stream<without_wait<scripted_text>>>);
static_assert(!std::is_constructible_v<any_stream, std::string>);

namespace {

script rows() {
  return script().text("{\"a\":1}").text("{\"a\":2}").text("{\"a\":\"a long row that needs several chunks\"}");
}

}  // namespace

TEST_CASE("a stream of any type gives what the stream gives, chunk by chunk") {
  const drained alone = drain(raw_stream{scripted_text(rows()), ndjson{}, byte_mark{7}});
  any_stream stream = raw_stream{scripted_text(rows()), ndjson{}, byte_mark{7}};
  const drained all = drain(stream);
  CHECK(all.bytes == alone.bytes);
  CHECK(all.chunk_sizes == alone.chunk_sizes);
  CHECK(stream.stats().rows == 3);
  CHECK(stream.stats().bytes == all.bytes.size());
  CHECK_FALSE(stream.failed());
}

TEST_CASE("what a stream of any type fails with is thrown, and known") {
  any_stream stream = raw_stream{scripted_text(rows().fail(error(failure::producer, "lost", "08006")))};
  const drained all = drain(stream);
  REQUIRE(all.failure);
  CHECK(all.failure->code() == "08006");
  CHECK(stream.failed());
}

TEST_CASE("a stream of any type takes bytes back, waits, and is closed") {
  any_stream stream = raw_stream{scripted_text(rows()), ndjson{}};
  std::array<char, 5> some;
  REQUIRE(tidemark::read(stream, some) == 5);
  CHECK(std::string_view(some.data(), some.size()) == "{\"a\":");
  stream.close();
  CHECK(stream.try_pull().is_end());

  with_wait<scripted_text> waiting(script().pending().text("{}"));
  const auto seen = waiting.watch();
  any_stream patient = raw_stream{std::move(waiting)};
  CHECK(patient.pull() == "[{}]");
  CHECK(seen->waits == 1);
  CHECK(patient.waits_for().empty());
}

TEST_CASE("a stream of any type is canceled where its producer can be, and has a time limit") {
  tidemark::sqlite::connection db(":memory:");
  any_stream query = raw_stream{
      tidemark::sqlite::query{db, "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"}};
  query.canceller().cancel();
  CHECK(drain(query).failure.value().kind() == failure::canceled);

  any_stream text = raw_stream{scripted_text(rows())};
  text.canceller().cancel();  // there is nothing to be stopped
  CHECK_FALSE(drain(text).failure);

  any_stream limited = raw_stream{scripted_text(rows())};
  limited.limit_time(0);
  CHECK(drain(limited).failure.value().kind() == failure::timed_out);
}

}  // namespace any_stream_tests
