#include <tidemark/adapt/limit_bytes.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace adapt_limit_bytes_tests {

using tidemark::json_options;
using tidemark::limit_bytes;
using tidemark::raw_stream;
using tidemark::format::ndjson;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::without_wait;

static_assert(tidemark::text_producer<tidemark::limited<scripted_text>>);
static_assert(tidemark::text_producer<tidemark::limited<scripted_fields>>);
static_assert(!tidemark::field_producer<tidemark::limited<scripted_fields>>);

namespace {

using list = std::vector<std::string>;

scripted_text texts(const list& rows) {
  script what;
  for (const std::string& row : rows) what.text(row);
  return scripted_text(what);
}

scripted_fields cells() {
  return {{"id", "name", "price"},
          script()
              .row({1, "Ebb", cell::decimal("0.990")})
              .row({2, "\"High\" water\n", nullptr})
              .row({std::numeric_limits<std::int64_t>::min(), "", 1e300})
              .row({4, std::string(60, 'x'), true})};
}

std::string lines_of(auto rows) {
  const drained all = drain(raw_stream{std::move(rows), ndjson{}});
  if (all.failure) throw *all.failure;
  return all.bytes;
}

list split(const std::string& lines) {
  list made;
  for (std::size_t from = 0, to = 0; (to = lines.find('\n', from)) != std::string::npos; from = to + 1)
    made.push_back(lines.substr(from, to - from));
  return made;
}

/// The longest run of first rows that, each with a byte behind it, has no more bytes than the limit.
std::string prefix(const list& rows, std::size_t limit) {
  std::string made;
  for (const std::string& row : rows) {
    if (made.size() + row.size() + 1 > limit) break;
    made += row + '\n';
  }
  return made;
}

}  // namespace

TEST_CASE("limit_bytes: every limit gives the longest run of whole rows that fits it, of text and of fields") {
  const list written = split(lines_of(cells()));
  REQUIRE(written.size() == 4);
  const list spelled = {"{}", " { \"a\" : 1.50 } ", R"({"a":"\u0041","b":[1, 2]})", "[]", "no JSON", "7"};
  const std::size_t most = prefix(written, 10'000).size() + prefix(spelled, 10'000).size();
  for (std::size_t limit = 0; limit <= most + 2; ++limit) {
    INFO(limit);
    REQUIRE(lines_of(limit_bytes(texts(spelled), limit)) == prefix(spelled, limit));
    REQUIRE(lines_of(limit_bytes(cells(), limit)) == prefix(written, limit));
  }
  const std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();
  CHECK(lines_of(limit_bytes(texts(spelled), endless)) == prefix(spelled, 10'000));
}

TEST_CASE("limit_bytes: a short row behind one that does not fit is left out, too, and not asked for") {
  scripted_text rows = texts({"[1]", "[22222222]", "3", "4"});
  const auto seen = rows.watch();
  const std::string first = lines_of(limit_bytes(std::move(rows), 8));
  CHECK(first == "[1]\n");
  CHECK(seen->nexts == 2);
}

TEST_CASE("limit_bytes: rows of fields are written as the options say, and counted as they are written") {
  const auto rows = [] { return scripted_fields({"id"}, script().row({std::int64_t{9007199254740993}}).row({1})); };
  json_options options;
  options.integer = json_options::integers::string_if_unsafe;
  const std::string line = R"({"id":"9007199254740993"})";
  CHECK(lines_of(limit_bytes(rows(), 34, options)) == line + "\n");
  CHECK(lines_of(limit_bytes(rows(), 35, options)) == line + "\n{\"id\":1}\n");
  CHECK(lines_of(limit_bytes(rows(), line.size(), options)) == "");
}

TEST_CASE("limit_bytes: a row of many chunks is counted whole") {
  for (const std::size_t size : {std::size_t{65'000}, std::size_t{65'536}, std::size_t{70'000}, std::size_t{300'000}}) {
    const std::string text(size, '"');
    const auto rows = [&] { return scripted_fields({"a"}, script().row({1}).row({text}).row({2})); };
    const std::size_t written = 2 * size + 8;
    INFO(size);
    CHECK(lines_of(limit_bytes(rows(), 8 + written)) == "{\"a\":1}\n");
    const std::string two = lines_of(limit_bytes(rows(), 8 + written + 1));
    CHECK(two.size() == 8 + written + 1);
    CHECK(lines_of(limit_bytes(rows(), 8 + written + 9)) == two + "{\"a\":2}\n");
  }
}

TEST_CASE("limit_bytes: a value that cannot be written is an error that names its row and column") {
  json_options options;
  options.not_finite = json_options::non_finite::error;
  scripted_fields rows({"a", "b"},
                       script().row({1, 2.0}).row({2, std::numeric_limits<double>::infinity()}).row({3, 4.0}));
  const drained all = drain(raw_stream{limit_bytes(std::move(rows), 1'000, options)});
  CHECK(all.bytes == R"([{"a":1,"b":2})");
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == tidemark::failure::value);
  CHECK(all.failure->row() == std::uint64_t{2});
  CHECK(all.failure->column() == "b");
}

TEST_CASE("limit_bytes: pending counts nothing") {
  const script what = script().pending().text("1").pending().pending().text("2").pending().text("3");
  const drained all = drain(raw_stream{limit_bytes(without_wait<scripted_text>(what), 4), ndjson{}});
  CHECK(all.bytes == "1\n2\n");
  CHECK_FALSE(all.failure);
  CHECK(all.pendings > 0);
}

}  // namespace adapt_limit_bytes_tests
