#include <tidemark/json/whole_row.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/json/object_writer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/testing/cell.hpp>
#include <tidemark/testing/scripted.hpp>

#include "catch.hpp"
#include "drain.hpp"
#include "mismatches.hpp"

namespace json_whole_row_tests {

using tests::mismatches;
using tidemark::json_options;
using tidemark::progress;
using tidemark::json::chunk_buffer;
using tidemark::json::object_writer;
using tidemark::json::whole_row;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;

namespace {

using list = std::vector<std::string>;
using rows = std::vector<std::vector<cell>>;

scripted_fields producer_of(const list& names, const rows& all) {
  script what;
  for (const auto& one : all) what.row(one);
  return {names, what};
}

/// The rows as they come out of chunks of few bytes.
list in_chunks(const list& names, const rows& all) {
  list made;
  scripted_fields producer = producer_of(names, all);
  while (producer.next() == progress::row) {
    object_writer writer(producer.columns(), {}, false);
    made.push_back(tests::drain(100, [&](chunk_buffer& buffer) { return writer.write(buffer, producer); }));
  }
  return made;
}

/// The rows written whole, one behind the other into the same memory, must be those that come out of chunks.
void compare(const list& names, const rows& all, mismatches& found) {
  const list expected = in_chunks(names, all);
  scripted_fields producer = producer_of(names, all);
  whole_row row;
  std::size_t at = 0;
  REQUIRE(producer.next() == progress::row);
  object_writer writer(producer.columns(), {}, false);
  do {
    const std::string_view text = row.write(writer, producer);
    found.compare(text == expected[at], true, at, text.size());
    ++at;
  } while (producer.next() == progress::row);
  found.compare(at, expected.size());
}

}  // namespace

TEST_CASE("whole_row: rows of every size are whole, those around the memory for one too") {
  mismatches found;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1'000}, std::size_t{65'000}}) {
    for (std::size_t more = 0; more < 40; ++more)
      compare({"a", "text", "z"}, {{1, std::string(size + more, 'x'), nullptr}}, found);
  }
  for (std::size_t size = 65'536 - 100; size < 65'536 + 1'200; size += 7)
    compare({"a", "text", "z"}, {{1, std::string(size, 'x'), 0.25}}, found);
  CHECK(found.first() == "");
}

TEST_CASE("whole_row: long rows and short ones follow each other, and none has anything of another") {
  mismatches found;
  const auto row = [](std::size_t size) {
    return std::vector<cell>{static_cast<int>(size), std::string(size, '"'),
                             cell::json("[" + std::string(size, '1') + "]")};
  };
  compare({"n", "text", "json"}, {row(1), row(200'000), row(2), row(70'000), row(300'000), row(0), row(65'536), row(3)},
          found);
  CHECK(found.first() == "");
}

TEST_CASE("whole_row: many columns, long names, and values that are drawn in pieces are whole") {
  list names;
  std::vector<cell> cells;
  for (std::size_t i = 0; i < 300; ++i) {
    names.push_back(std::to_string(i) + std::string(i * 5, 'n'));
    switch (i % 4) {
      case 0: cells.emplace_back(cell::text_in_pieces(std::string(i * 7, '\n'), 11)); break;
      case 1: cells.emplace_back(cell::bytes_in_pieces(std::string(i * 3, '\xFF'), 5)); break;
      case 2: cells.emplace_back(cell::decimal("1.50")); break;
      default: cells.emplace_back(nullptr);
    }
  }
  mismatches found;
  compare(names, {cells, cells}, found);
  compare({}, {{}, {}}, found);
  CHECK(found.first() == "");
}

TEST_CASE("whole_row: what it has written is valid until the next row, whatever is done with its producer") {
  scripted_fields producer = producer_of({"a"}, {{"first"}, {std::string(100'000, 'x')}});
  REQUIRE(producer.next() == progress::row);
  object_writer writer(producer.columns(), {}, false);
  whole_row row, other;
  const std::string_view text = row.write(writer, producer);
  REQUIRE(producer.next() == progress::row);
  CHECK(other.write(writer, producer).size() == 100'000 + 8);
  CHECK(text == R"({"a":"first"})");
}

TEST_CASE("whole_row: a value that cannot be written is an error that names its column, in long rows too") {
  json_options options;
  options.not_finite = json_options::non_finite::error;
  for (const std::size_t size : {std::size_t{1}, std::size_t{100'000}}) {
    scripted_fields producer =
        producer_of({"a", "b"}, {{std::string(size, 'x'), std::numeric_limits<double>::infinity()}});
    REQUIRE(producer.next() == progress::row);
    object_writer writer(producer.columns(), options, false);
    whole_row row;
    try {
      (void)row.write(writer, producer);
      FAIL("nothing was thrown");
    } catch (const tidemark::error& failed) {
      CHECK(failed.kind() == tidemark::failure::value);
      CHECK(failed.column() == "b");
    }
  }
}

}  // namespace json_whole_row_tests
