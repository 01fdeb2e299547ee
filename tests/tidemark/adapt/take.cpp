#include <tidemark/adapt/take.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace adapt_take_tests {

using tidemark::progress;
using tidemark::raw_stream;
using tidemark::take;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::without_wait;

static_assert(tidemark::text_producer<tidemark::taken<scripted_text>>);
static_assert(!tidemark::field_producer<tidemark::taken<scripted_text>>);
static_assert(tidemark::field_producer<tidemark::taken<scripted_fields>>);
static_assert(!tidemark::text_producer<tidemark::taken<scripted_fields>>);

namespace {

script texts(std::size_t count) {
  script rows;
  for (std::size_t i = 0; i < count; ++i) rows.text("{ \"i\" : " + std::to_string(i) + ".0 }");
  return rows;
}

script cells(std::size_t count) {
  script rows;
  for (std::size_t i = 0; i < count; ++i) rows.row({std::uint64_t{i}, cell::decimal("1.50")});
  return rows;
}

/// What the stream of a producer gives, which must not fail.
template <class Producer>
std::string bytes_of(Producer rows) {
  const drained all = drain(raw_stream{std::move(rows)});
  if (all.failure) throw *all.failure;
  return all.bytes;
}

/// Takes `count` rows of a producer that has `total`, and looks at how many it was asked for.
template <class Producer>
void check_taken(Producer rows, const std::string& expected, std::size_t total, std::size_t count) {
  INFO(count << " of " << total);
  const auto seen = rows.watch();
  const std::string taken = bytes_of(take(std::move(rows), count));
  CHECK(taken == expected);
  const std::size_t until_the_end = total + 1;
  CHECK(seen->nexts == (count == 0 ? 1 : count <= total ? count : until_the_end));
}

}  // namespace

TEST_CASE("take: the first rows come as they are, and the producer is not asked for more") {
  for (std::size_t total = 0; total <= 5; ++total) {
    for (std::size_t count = 0; count <= 7; ++count) {
      const std::size_t taken = count < total ? count : total;
      check_taken(scripted_text(texts(total)), bytes_of(scripted_text(texts(taken))), total, count);
      check_taken(scripted_fields({"i", "n"}, cells(total)), bytes_of(scripted_fields({"i", "n"}, cells(taken))), total,
                  count);
    }
  }
}

TEST_CASE("take: more rows than there can be are all of them") {
  CHECK(bytes_of(take(scripted_text(texts(4)), std::numeric_limits<std::uint64_t>::max())) ==
        bytes_of(scripted_text(texts(4))));
}

TEST_CASE("take: where no row is taken, the end comes at once, and the columns are known then") {
  auto rows = take(scripted_fields({"i", "n"}, cells(3)), 0);
  CHECK(rows.next() == progress::end);
  REQUIRE(rows.columns().size() == 2);
  CHECK(rows.columns()[1].name == "n");

  const tidemark::sqlite::connection db{":memory:"};
  auto query = take(tidemark::sqlite::query{db, "select 1 as one, 2 as two"}, 0);
  CHECK(query.next() == progress::end);
  REQUIRE(query.columns().size() == 2);
  CHECK(query.columns()[1].name == "two");
}

TEST_CASE("take: rows of fields stay fields, with their values of every kind") {
  auto rows = take(scripted_fields({"text", "number"}, script().row({"a \"b\"", 0.5}).row({nullptr, true})), 2);
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.field(0).as_view() == "a \"b\"");
  CHECK(rows.field(1).as_real() == 0.5);
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.field(0).is_null());
  CHECK(rows.field(1).as_boolean());
  CHECK(rows.next() == progress::end);
}

TEST_CASE("take: a failure behind the last row is not met, and one before it is") {
  const auto failing = [] { return scripted_text(texts(2).fail(tidemark::error(tidemark::failure::producer, "bad"))); };
  CHECK(bytes_of(take(failing(), 2)) == "[{ \"i\" : 0.0 },{ \"i\" : 1.0 }]");
  const drained all = drain(raw_stream{take(failing(), 3)});
  CHECK(all.bytes == "[{ \"i\" : 0.0 },{ \"i\" : 1.0 }");
  REQUIRE(all.failure);
  CHECK(all.failure->row() == std::uint64_t{3});
}

TEST_CASE("take: a producer that is pending before the first row is asked again, also where no row is taken") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}}) {
    auto rows = take(without_wait<scripted_text>(script().pending().text("{}").pending().text("{}")), count);
    CHECK(rows.next() == progress::pending);
    if (count == 1) CHECK(rows.next() == progress::row);
    CHECK(rows.next() == progress::end);
  }
}

}  // namespace adapt_take_tests
