#include <tidemark/adapt/skip.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include <tidemark/adapt/take.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace adapt_skip_tests {

using tidemark::progress;
using tidemark::raw_stream;
using tidemark::skip;
using tidemark::take;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::without_wait;

static_assert(tidemark::text_producer<tidemark::skipped<scripted_text>>);
static_assert(!tidemark::field_producer<tidemark::skipped<scripted_text>>);
static_assert(tidemark::field_producer<tidemark::skipped<scripted_fields>>);
static_assert(!tidemark::text_producer<tidemark::skipped<scripted_fields>>);

namespace {

/// Rows `from` to `to`, without the last.
scripted_text texts(std::size_t from, std::size_t to) {
  script rows;
  for (std::size_t i = from; i < to; ++i) rows.text("{ \"i\" : " + std::to_string(i) + ".0 }");
  return scripted_text(rows);
}

scripted_fields cells(std::size_t from, std::size_t to) {
  script rows;
  for (std::size_t i = from; i < to; ++i) rows.row({std::uint64_t{i}, cell::decimal("1.50")});
  return {{"i", "n"}, rows};
}

/// What the stream of a producer gives, which must not fail.
template <class Producer>
std::string bytes_of(Producer rows) {
  const drained all = drain(raw_stream{std::move(rows)});
  if (all.failure) throw *all.failure;
  return all.bytes;
}

}  // namespace

TEST_CASE("skip: the rows behind the first ones come as they are, and none where there are no more") {
  for (std::size_t total = 0; total <= 5; ++total) {
    for (std::size_t count = 0; count <= 7; ++count) {
      INFO(count << " of " << total);
      CHECK(bytes_of(skip(texts(0, total), count)) == bytes_of(texts(count, total)));
      CHECK(bytes_of(skip(cells(0, total), count)) == bytes_of(cells(count, total)));
    }
  }
  CHECK(bytes_of(skip(texts(0, 3), std::numeric_limits<std::uint64_t>::max())) == "[]");
}

TEST_CASE("skip: rows of fields stay fields") {
  auto rows = skip(cells(0, 3), 2);
  REQUIRE(rows.next() == progress::row);
  REQUIRE(rows.columns().size() == 2);
  CHECK(rows.columns()[0].name == "i");
  CHECK(rows.field(0).as_unsigned_integer() == 2);
  CHECK(rows.field(1).as_view() == "1.50");
  CHECK(rows.next() == progress::end);
}

TEST_CASE("skip: with take, in either order, it is a page of the rows") {
  CHECK(bytes_of(take(skip(texts(0, 9), 3), 2)) == bytes_of(texts(3, 5)));
  CHECK(bytes_of(skip(take(texts(0, 9), 5), 3)) == bytes_of(texts(3, 5)));
  CHECK(bytes_of(skip(skip(cells(0, 9), 3), 4)) == bytes_of(cells(7, 9)));
}

TEST_CASE("skip: a producer that is pending among the rows passed over loses none, and passes none too many") {
  for (std::size_t place = 0; place <= 4; ++place) {
    script what;
    for (std::size_t i = 0; i < 4; ++i) {
      if (i == place) what.pending().pending();
      what.text(std::to_string(i));
    }
    if (place == 4) what.pending().pending();
    const drained all = drain(raw_stream{skip(without_wait<scripted_text>(what), 2)});
    CHECK(all.bytes == "[2,3]");
    CHECK_FALSE(all.failure);
    CHECK(all.pendings > 0);
  }
}

TEST_CASE("skip: a failure among the rows passed over is one, and nothing looks complete") {
  for (std::size_t rows = 0; rows < 3; ++rows) {
    script what;
    for (std::size_t i = 0; i < rows; ++i) what.text("{}");
    what.fail(tidemark::error(tidemark::failure::producer, "the disk is gone"));
    raw_stream stream{skip(scripted_text(what), 5)};
    const drained all = drain(stream);
    CHECK(all.bytes == "");
    REQUIRE(all.failure);
    CHECK(all.failure->message() == "the disk is gone");
    CHECK(stream.failed());
  }
}

}  // namespace adapt_skip_tests
