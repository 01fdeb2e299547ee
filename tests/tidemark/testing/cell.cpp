#include <tidemark/testing/cell.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/field.hpp>
#include <tidemark/timestamp.hpp>

namespace testing_cell_tests {

using tidemark::field;
using tidemark::testing::cell;

namespace {

/// All of a long value, drawn with a buffer of `size` bytes.
std::string draw(const field& value, std::size_t size) {
  std::string all;
  std::string buffer(size, '?');
  while (const std::size_t count = value.as_reader().read(buffer)) all.append(buffer, 0, count);
  return all;
}

}  // namespace

TEST_CASE("a cell has the kind and the value of what it was made of") {
  CHECK(cell().view().is_null());
  CHECK(cell(nullptr).view().is_null());
  CHECK(cell(true).view().type() == field::kind::boolean);
  CHECK(cell(true).view().as_boolean());
  CHECK(cell(-3).view().type() == field::kind::integer);
  CHECK(cell(-3).view().as_integer() == -3);
  CHECK(cell(std::numeric_limits<std::int64_t>::min()).view().as_integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(cell(std::uint64_t{UINT64_MAX}).view().type() == field::kind::unsigned_integer);
  CHECK(cell(std::uint64_t{UINT64_MAX}).view().as_unsigned_integer() == UINT64_MAX);
  CHECK(cell(0.5).view().type() == field::kind::real);
  CHECK(!(cell(0.5).view().as_real() < 0.5));
  CHECK(cell(tidemark::timestamp{5}).view().type() == field::kind::time);
  CHECK(cell(tidemark::timestamp{5}).view().as_time() == tidemark::timestamp{5});
}

TEST_CASE("a cell of text is text, also where it came as a literal") {
  const auto check = [](const cell& made, field::kind kind, std::string_view characters) {
    CHECK(made.view().type() == kind);
    CHECK(made.view().as_view() == characters);
  };
  check("abc", field::kind::text, "abc");
  check("", field::kind::text, "");
  check(std::string("a\0b", 3), field::kind::text, std::string_view("a\0b", 3));
  check(cell::json("[1]"), field::kind::json, "[1]");
  check(cell::decimal("12.50"), field::kind::decimal, "12.50");
  check(cell::bytes("\xff"), field::kind::bytes, "\xff");
}

TEST_CASE("a copy of a cell has memory of its own") {
  cell first(std::string("short"));
  const cell copy = first;
  const char* const memory = first.view().as_view().data();
  first = cell("another");
  CHECK(copy.view().as_view() == "short");
  CHECK(copy.view().as_view().data() != memory);
  const cell moved = std::move(first);
  CHECK(moved.view().as_view() == "another");
}

TEST_CASE("a cell in pieces is drawn at most a step at a time, whatever the buffer") {
  const std::string all = "0123456789";
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{10}, std::size_t{100}})
    for (const std::size_t size : {std::size_t{1}, std::size_t{4}, std::size_t{100}}) {
      INFO("step " << step << ", buffer of " << size);
      const cell made = cell::text_in_pieces(all, step);
      CHECK(made.view().type() == field::kind::long_text);
      CHECK(draw(made.view(), size) == all);
      std::string buffer(size, '?');
      CHECK(made.view().as_reader().read(buffer) == std::min({step, size, all.size()}));
    }
  CHECK(cell::bytes_in_pieces(all, 3).view().type() == field::kind::long_bytes);
  CHECK(draw(cell::bytes_in_pieces(all, 3).view(), 2) == all);
  CHECK(draw(cell::text_in_pieces("", 1).view(), 5).empty());
}

TEST_CASE("a cell in pieces is drawn anew from each view") {
  const cell made = cell::bytes_in_pieces("abcdef", 2);
  std::string buffer(4, '?');
  CHECK(made.view().as_reader().read(buffer) == 2);
  CHECK(draw(made.view(), 4) == "abcdef");
  CHECK(draw(made.view(), 4) == "abcdef");
}

TEST_CASE("a cell in pieces that fails gives all of its bytes before") {
  const cell made = cell::text_in_pieces("abc", 2, std::make_exception_ptr(std::runtime_error("torn")));
  const field value = made.view();
  std::string buffer(8, '?');
  CHECK(value.as_reader().read(buffer) == 2);
  CHECK(value.as_reader().read(buffer) == 1);
  CHECK_THROWS_AS(value.as_reader().read(buffer), std::runtime_error);
}

}  // namespace testing_cell_tests
