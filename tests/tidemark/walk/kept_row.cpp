#include <tidemark/walk/kept_row.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/testing/cell.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/timestamp.hpp>

namespace walk_kept_row_tests {

using tidemark::field;
using tidemark::kept_row;
using tidemark::testing::cell;

TEST_CASE("kept_row: fields of every kind outlive what they are copied from") {
  kept_row kept;
  {
    const std::vector<cell> cells = {nullptr,
                                     true,
                                     -7,
                                     std::uint64_t{18446744073709551615U},
                                     1.5,
                                     cell::decimal("12.50"),
                                     std::string("a\0b", 3),
                                     cell::json("{ }"),
                                     tidemark::timestamp{1709164800, 5, 9, tidemark::timestamp::form::time},
                                     cell::bytes(std::string("\x00\xFF", 2))};
    for (const cell& one : cells) kept.add(one.view());
  }
  REQUIRE(kept.size() == 10);
  CHECK(kept[0].is_null());
  CHECK(kept[1].as_boolean());
  CHECK(kept[2].as_integer() == -7);
  CHECK(kept[3].as_unsigned_integer() == 18446744073709551615U);
  CHECK(kept[4].as_real() == 1.5);
  CHECK(kept[5].type() == field::kind::decimal);
  CHECK(kept[5].as_view() == "12.50");
  CHECK(kept[6].type() == field::kind::text);
  CHECK(kept[6].as_view() == std::string("a\0b", 3));
  CHECK(kept[7].type() == field::kind::json);
  CHECK(kept[7].as_view() == "{ }");
  CHECK(kept[8].type() == field::kind::time);
  const bool is_same_time = kept[8].as_time() == tidemark::timestamp{1709164800, 5, 9, tidemark::timestamp::form::time};
  CHECK(is_same_time);
  CHECK(kept[9].type() == field::kind::bytes);
  CHECK(kept[9].as_view() == std::string("\x00\xFF", 2));
}

TEST_CASE("kept_row: what comes in pieces is put together, whatever their size") {
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 65535, 65536, 65537, 200'000}) {
    for (const std::size_t step : std::initializer_list<std::size_t>{7, 65536, 1'000'000}) {
      std::string text(size, ' ');
      for (std::size_t i = 0; i != size; ++i) text[i] = static_cast<char>('a' + i % 23);
      kept_row kept;
      kept.add(cell("before").view());
      kept.add(cell::text_in_pieces(text, step).view());
      kept.add(cell::bytes_in_pieces(text, step).view());
      kept.add(cell("behind").view());
      CHECK(kept[0].as_view() == "before");
      CHECK(kept[1].type() == field::kind::text);
      CHECK(kept[2].type() == field::kind::bytes);
      const bool is_whole = kept[1].as_view() == text && kept[2].as_view() == text;
      CHECK(is_whole);
      CHECK(kept[3].as_view() == "behind");
    }
  }
}

TEST_CASE("kept_row: a value that fails while it is drawn fails the copy, which can be used again") {
  kept_row kept;
  const auto failure = std::make_exception_ptr(std::runtime_error("gone"));
  CHECK_THROWS_AS(kept.add(cell::text_in_pieces("abc", 1, failure).view()), std::runtime_error);
  kept.clear();
  kept.add(cell("x").view());
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].as_view() == "x");
}

TEST_CASE("kept_row: a whole row is copied, in place of the one before") {
  tidemark::testing::script rows;
  rows.row({"a long text that has memory of its own", 1, nullptr}).row({"b", cell::text_in_pieces("cd", 1), 2.5});
  tidemark::testing::scripted_fields from({"x", "y", "z"}, rows);
  kept_row kept;
  CHECK(kept.size() == 0);
  from.next();
  kept.keep(from);
  REQUIRE(kept.size() == 3);
  CHECK(kept[0].as_view() == "a long text that has memory of its own");
  CHECK(kept[1].as_integer() == 1);
  CHECK(kept[2].is_null());
  from.next();
  kept.keep(from);
  REQUIRE(kept.size() == 3);
  CHECK(kept[0].as_view() == "b");
  CHECK(kept[1].as_view() == "cd");
  CHECK(kept[2].as_real() == 2.5);
  kept.clear();
  CHECK(kept.size() == 0);
}

TEST_CASE("kept_row: fields added one by one stay what they were, however many there are") {
  std::mt19937 random(1);
  kept_row kept;
  for (int round = 0; round != 20; ++round) {
    std::vector<std::string> texts;
    for (int i = 0; i != 200; ++i) {
      texts.emplace_back(random() % 50, static_cast<char>('a' + random() % 26));
      kept.add(field::text(texts.back()));
    }
    REQUIRE(kept.size() == texts.size());
    for (std::size_t i = 0; i != texts.size(); ++i) REQUIRE(kept[i].as_view() == texts[i]);
    kept.clear();
  }
}

}  // namespace walk_kept_row_tests
