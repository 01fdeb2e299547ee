#include <tidemark/rows_as.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/testing/scripted.hpp>

namespace rows_as_tests {

using tidemark::error;
using tidemark::row_mark;
using tidemark::rows_as;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::without_wait;

namespace {

struct track {
  std::int64_t id = 0;
  std::string name;
  std::optional<double> price;
};

struct view_of_track {
  std::string_view name;
};

}  // namespace

}  // namespace rows_as_tests

template <>
inline constexpr auto tidemark::members_of<rows_as_tests::track> = tidemark::members(
    "id", &rows_as_tests::track::id, "name", &rows_as_tests::track::name, "price", &rows_as_tests::track::price);

template <>
inline constexpr auto tidemark::members_of<rows_as_tests::view_of_track> =
    tidemark::members("name", &rows_as_tests::view_of_track::name);

namespace rows_as_tests {

namespace {

scripted_text text_rows(std::initializer_list<const char*> rows) {
  script what;
  for (const char* row : rows) what.text(row);
  return scripted_text(what);
}

using stream = decltype(rows_as<track>(text_rows({})));
static_assert(std::ranges::input_range<stream>);

}  // namespace

TEST_CASE("rows come as structs, whether they are text or fields, in whatever order their fields are") {
  const auto check = [](auto rows) {
    std::vector<track> all;
    for (const track& one : rows) all.push_back(one);
    REQUIRE(all.size() == 2);
    CHECK(all[0].id == 1);
    CHECK(all[0].name == "Ebb");
    CHECK(all[0].price == 0.99);
    CHECK(all[1].id == 2);
    CHECK(all[1].name == "High\n");
    CHECK(all[1].price == std::nullopt);
    CHECK(rows.stats().rows == 2);
  };
  check(rows_as<track>(scripted_fields({"price", "extra", "id", "name"},
                                       script().row({0.99, 7, 1, "Ebb"}).row({nullptr, 7, 2, "High\n"}))));
  check(rows_as<track>(
      text_rows({R"({"name":"Ebb","price":0.99,"extra":[{}],"id":1})", R"({"id":2,"price":null,"name":"High\n"})"}),
      row_mark(1)));
}

TEST_CASE("a member without its field is an error that names it, unless it is optional, and the rows go on") {
  auto rows = rows_as<track>(text_rows({R"({"id":1,"name":"Ebb"})", R"({"id":2})", "[]", R"({"id":4,"name":""})"}));
  CHECK(rows.pull()->price == std::nullopt);
  try {
    (void)rows.pull();
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.can_go_on());
    CHECK(failed.row() == std::uint64_t{2});
    CHECK(failed.column() == "name");
  }
  CHECK_THROWS_AS(rows.pull(), error);
  CHECK(rows.pull()->id == 4);
  CHECK(!rows.pull());
  CHECK_FALSE(rows.failed());
}

TEST_CASE("a struct may hold views of its row") {
  auto rows = rows_as<view_of_track>(text_rows({R"({"name":"Ebb \u0041"})"}));
  CHECK(rows.pull()->name == "Ebb A");
}

TEST_CASE("rows that are pending come as structs later, and close lets go of them") {
  without_wait<scripted_text> producer(script().pending().text(R"({"name":"a"})").text(R"({"name":"b"})"));
  const auto seen = producer.watch();
  auto rows = rows_as<view_of_track>(std::move(producer));
  CHECK(rows.try_pull().is_pending());
  CHECK(rows.try_pull()->name == "a");
  rows.close();
  CHECK_FALSE(seen->is_alive);
  CHECK(rows.try_pull().is_end());
}

}  // namespace rows_as_tests
