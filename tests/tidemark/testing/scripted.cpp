#include <tidemark/testing/scripted.hpp>

#include "catch.hpp"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>

namespace testing_scripted_tests {

using tidemark::progress;
using tidemark::relation;
using tidemark::testing::observed;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::scripted_walk;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

static_assert(tidemark::text_producer<scripted_text> && !tidemark::field_producer<scripted_text>);
static_assert(tidemark::field_producer<scripted_fields> && !tidemark::text_producer<scripted_fields>);
static_assert(tidemark::walk<scripted_walk> && !tidemark::flat_producer<scripted_walk>);
static_assert(tidemark::walk<with_wait<scripted_walk>> && tidemark::walk<without_wait<scripted_walk>>);
static_assert(tidemark::flat_producer<with_wait<scripted_text>> &&
              tidemark::flat_producer<without_wait<scripted_text>>);

TEST_CASE("a scripted producer plays its script call by call, and then the end") {
  scripted_text rows(script().text("1").pending().text("{}"));
  CHECK(rows.next() == progress::row);
  CHECK(rows.text() == "1");
  CHECK(rows.text() == "1");
  CHECK(rows.next() == progress::pending);
  CHECK(rows.next() == progress::row);
  CHECK(rows.text() == "{}");
  CHECK(rows.next() == progress::end);
}

TEST_CASE("a script without entries is the end at once") {
  scripted_text rows{script()};
  CHECK(rows.next() == progress::end);
  CHECK_THROWS_AS(rows.next(), std::logic_error);
}

TEST_CASE("to ask a scripted producer for more after its end is a mistake that it reports") {
  scripted_text played_out(script().text("1"));
  played_out.next();
  REQUIRE(played_out.next() == progress::end);
  CHECK_THROWS_AS(played_out.next(), std::logic_error);
  CHECK_THROWS_AS(played_out.next(), std::logic_error);

  scripted_text ended(script().end().text("never"));
  REQUIRE(ended.next() == progress::end);
  CHECK_THROWS_AS(ended.next(), std::logic_error);
}

TEST_CASE("to ask a scripted producer for more after its failure is a mistake that it reports") {
  scripted_text rows(script().text("1").fail(tidemark::error(tidemark::failure::producer, "torn")).text("never"));
  CHECK(rows.next() == progress::row);
  CHECK_THROWS_AS(rows.next(), tidemark::error);
  CHECK_THROWS_AS(rows.next(), std::logic_error);
}

TEST_CASE("a script fails with the very exception that it was given") {
  scripted_text rows(script().fail(std::out_of_range("beyond")));
  try {
    rows.next();
    FAIL_CHECK("no exception");
  } catch (const std::out_of_range& failed) {
    CHECK(std::string(failed.what()) == "beyond");
  }
}

TEST_CASE("scripted fields have their names and the cells of the row") {
  scripted_fields rows({"id", "name"}, script().row({1, "eins"}).row({2, nullptr}));
  REQUIRE(rows.columns().size() == 2);
  CHECK(rows.columns()[0].name == "id");
  CHECK(rows.columns()[1].name == "name");
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.field(0).as_integer() == 1);
  CHECK(rows.field(1).as_view() == "eins");
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.field(0).as_integer() == 2);
  CHECK(rows.field(1).is_null());
  CHECK_THROWS_AS(rows.field(2), std::out_of_range);
}

TEST_CASE("the row of a scripted producer can be read on when the producer was moved") {
  scripted_fields rows({"id"}, script().row({"first"}).row({"second"}));
  REQUIRE(rows.next() == progress::row);
  scripted_fields moved(std::move(rows));
  CHECK(moved.field(0).as_view() == "first");
  REQUIRE(moved.next() == progress::row);
  CHECK(moved.field(0).as_view() == "second");
}

TEST_CASE("a scripted producer can be watched from outside, where it is destroyed, too") {
  std::shared_ptr<const observed> seen;
  {
    with_wait<scripted_text> rows(script().text("1").pending());
    seen = rows.watch();
    CHECK(seen->is_alive);
    CHECK(seen->nexts == 0);
    rows.next();
    rows.next();
    rows.wait();
    rows.next();
    with_wait<scripted_text> moved(std::move(rows));
    CHECK(seen->is_alive);
    CHECK_THROWS_AS(moved.next(), std::logic_error);
  }
  CHECK(!seen->is_alive);
  CHECK(seen->nexts == 4);
  CHECK(seen->waits == 1);
}

TEST_CASE("a scripted walk gives the fields of every open row, from the root to the one just reached") {
  scripted_walk rows({{}, {"albums", 0, false}, {"tracks", 1, false}}, {{"artist"}, {"album", "year"}, {"track"}},
                     script()
                         .row({"A"}, 0)
                         .row({"A1", 1971}, 1)
                         .row({"A1x"}, 2)
                         .row({"A1y"}, 2)
                         .leave()
                         .row({"A2", 1972}, 1)
                         .leave()
                         .leave()
                         .row({"B"}, 0)
                         .leave());
  REQUIRE(rows.relations().size() == 3);
  CHECK(rows.relations()[2].name == "tracks");
  CHECK(rows.relations()[2].parent == 1);
  CHECK(rows.relations()[0].parent == relation::none);
  const auto field = [&](std::size_t r, std::size_t i) {
    return rows.visit(r, [i](const auto& row) { return row.field(i); });
  };
  const auto text = [&](std::size_t r, std::size_t i) { return field(r, i).as_view(); };

  REQUIRE(rows.next() == progress::row);
  CHECK(rows.relation() == 0);
  CHECK(text(0, 0) == "A");
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.relation() == 1);
  CHECK(text(0, 0) == "A");
  CHECK(text(1, 0) == "A1");
  CHECK(field(1, 1).as_integer() == 1971);
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.relation() == 2);
  CHECK(text(2, 0) == "A1x");
  REQUIRE(rows.next() == progress::row);
  CHECK(text(0, 0) == "A");
  CHECK(text(1, 0) == "A1");
  CHECK(text(2, 0) == "A1y");

  REQUIRE(rows.next() == progress::leave);
  CHECK(text(1, 0) == "A1");  // still readable
  CHECK(text(0, 0) == "A");
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.relation() == 1);
  CHECK(text(1, 0) == "A2");
  CHECK(text(0, 0) == "A");
  REQUIRE(rows.next() == progress::leave);
  REQUIRE(rows.next() == progress::leave);
  CHECK(text(0, 0) == "A");
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.relation() == 0);
  CHECK(text(0, 0) == "B");
  REQUIRE(rows.next() == progress::leave);
  CHECK(rows.next() == progress::end);
}

TEST_CASE("a scripted walk has the columns of each relation, and hands through what a visit gives") {
  scripted_walk rows({{}, {"albums", 0, false}}, {{"artist"}, {"album", "year"}},
                     script().row({"A"}, 0).row({"A1", 1971}, 1).leave());
  rows.next();
  rows.next();
  rows.visit(0, [](const auto& row) {
    REQUIRE(row.columns().size() == 1);
    CHECK(row.columns()[0].name == "artist");
  });
  rows.visit(1, [](const auto& row) {
    REQUIRE(row.columns().size() == 2);
    CHECK(row.columns()[1].name == "year");
  });
  std::string made = "x";
  CHECK(&rows.visit(0, [&](const auto&) -> std::string& { return made; }) == &made);
}

TEST_CASE("the open rows of a scripted walk can be visited on when the walk was moved") {
  scripted_walk rows({{}, {"albums", 0, false}}, {{"artist"}, {"album"}}, script().row({"A"}, 0).row({"A1"}, 1));
  rows.next();
  rows.next();
  scripted_walk moved(std::move(rows));
  for (const std::size_t r : {std::size_t{0}, std::size_t{1}})
    moved.visit(r, [&](const auto& row) { CHECK(row.field(0).as_view() == (r == 0 ? "A" : "A1")); });
}

TEST_CASE("a scripted walk refuses rows and columns that its relations do not have") {
  scripted_walk rows({{}}, {{"id"}}, script().row({1}, 0).row({1}, 1));
  const auto read = [&](std::size_t r, std::size_t i) { rows.visit(r, [i](const auto& row) { row.field(i); }); };
  REQUIRE(rows.next() == progress::row);
  CHECK_NOTHROW(read(0, 0));
  CHECK_THROWS_AS(read(0, 1), std::out_of_range);
  CHECK_THROWS_AS(read(1, 0), std::out_of_range);
  CHECK_THROWS_AS(rows.next(), std::out_of_range);
}

}  // namespace testing_scripted_tests
