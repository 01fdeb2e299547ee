#include <tidemark/adapt/filter.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/rows_as.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace adapt_filter_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::filter;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;

namespace {

using list = std::vector<std::string>;

template <class Producer>
bool is_kept(const tidemark::lazy_row<Producer>& row);

template <class Producer>
using filtered = decltype(filter(std::declval<Producer>(), is_kept<Producer>));
static_assert(tidemark::text_producer<filtered<scripted_text>> && !tidemark::field_producer<filtered<scripted_text>>);
static_assert(tidemark::field_producer<filtered<scripted_fields>> &&
              !tidemark::text_producer<filtered<scripted_fields>>);

scripted_text texts(const list& rows) {
  script what;
  for (const std::string& row : rows) what.text(row);
  return scripted_text(what);
}

/// Rows whose member `i` counts from 0.
scripted_fields counted_cells(std::size_t count) {
  script rows;
  for (std::size_t i = 0; i < count; ++i)
    rows.row({cell::decimal("1.50"), std::uint64_t{i}, "say \"" + std::to_string(i) + "\"", cell::json("[1, {}]")});
  return {{"price", "i", "name", "tags"}, rows};
}

list counted_rows(std::size_t count) {
  list rows;
  for (std::size_t i = 0; i < count; ++i)
    rows.push_back(" { \"price\":1.50,\t\"i\" : " + std::to_string(i) + R"(,"name":"say \u0022)" + std::to_string(i) +
                   "\\\"\", \"tags\":[1, {}] } ");
  return rows;
}

std::string array_of(const list& rows) {
  std::string made;
  for (const std::string& row : rows) made += (made.empty() ? "[" : ",") + row;
  return made.empty() ? "[]" : made + "]";
}

std::string bytes_of(auto rows) {
  const drained all = drain(raw_stream{std::move(rows)});
  if (all.failure) throw *all.failure;
  return all.bytes;
}

/// The rows of both kinds that a function of their number keeps, which must be those and no others, byte for byte.
template <class Keep>
void check_kept(std::size_t count, Keep keep) {
  const auto predicate = [&](const auto& row) { return keep(row.template get<std::size_t>("i")); };
  list all = counted_rows(count), kept;
  for (std::size_t i = 0; i < count; ++i)
    if (keep(i)) kept.push_back(all[i]);
  CHECK(bytes_of(filter(texts(all), predicate)) == array_of(kept));

  std::string fields;
  tidemark::object_stream rows{counted_cells(count)};
  while (const auto row = rows.pull()) {
    if (!keep(row->get<std::size_t>("i"))) continue;
    fields += fields.empty() ? "[{" : ",{";
    bool is_first = true;
    for (const auto& [name, value] : *row)
      ((fields += std::exchange(is_first, false) ? "\"" : ",\"") += std::string(name) + "\":") += value.raw();
    fields += "}";
  }
  CHECK(bytes_of(filter(counted_cells(count), predicate)) == (fields.empty() ? "[]" : fields + "]"));
}

/// What a stream of rows fails with.
template <class Producer>
error failure_of(Producer rows, const std::string& bytes_before) {
  raw_stream stream{std::move(rows)};
  const drained all = drain(stream);
  CHECK(all.bytes == bytes_before);
  CHECK(stream.failed());
  REQUIRE(all.failure);
  CHECK_FALSE(all.failure->can_go_on());
  return *all.failure;
}

struct named {
  std::string name;
};

}  // namespace

}  // namespace adapt_filter_tests

template <>
inline constexpr auto tidemark::members_of<adapt_filter_tests::named> =
    tidemark::members("name", &adapt_filter_tests::named::name);

namespace adapt_filter_tests {

TEST_CASE("filter: the rows that are kept come as they are, byte for byte, and the others do not") {
  for (std::size_t count = 0; count <= 5; ++count)
    for (std::size_t bits = 0; bits < std::size_t{1} << count; ++bits)
      check_kept(count, [&](std::size_t i) { return (bits >> i & 1) == 1; });
}

TEST_CASE("filter: rows of fields stay fields, and the same function judges both kinds") {
  const auto is_second = [](const auto& row) {
    return row.template get<std::string_view>("name") == "say \"1\"" && row["tags"].is_array() &&
           row.contains("price") && !row.contains("prise") &&
           row.template get<std::optional<int>>("prise") == std::nullopt;
  };
  auto rows = filter(counted_cells(3), is_second);
  REQUIRE(rows.next() == progress::row);
  REQUIRE(rows.columns().size() == 4);
  CHECK(rows.columns()[1].name == "i");
  CHECK(rows.field(0).as_view() == "1.50");
  CHECK(rows.field(1).as_unsigned_integer() == 1);
  CHECK(rows.next() == progress::end);

  auto lines = filter(texts(counted_rows(3)), is_second);
  REQUIRE(lines.next() == progress::row);
  CHECK(lines.text() == counted_rows(3)[1]);
  CHECK(lines.next() == progress::end);
}

TEST_CASE("filter: a row may be read in any order, any number of times, and walked over") {
  const auto reads_all = [](const auto& row) {
    std::string names;
    for (int round = 0; round < 2; ++round) {
      if (row.template get<std::string>("name") != "say \"0\"" || row.template get<int>("i") != 0) return false;
      for (const auto& [name, value] : row) {
        names += name;
        if (value.raw() != row[name].raw()) return false;
      }
      if (row["tags"].array().begin() == row["tags"].array().end()) return false;
    }
    return names == "priceinametagspriceinametags";
  };
  CHECK(bytes_of(filter(texts(counted_rows(3)), reads_all)) == array_of({counted_rows(3)[0]}));
  auto rows = filter(counted_cells(3), reads_all);
  CHECK(rows.next() == progress::row);
  CHECK(rows.next() == progress::end);
}

TEST_CASE("filter: the function is called once for each row, and may keep what it likes to itself") {
  struct only_moved {
    only_moved() = default;
    only_moved(only_moved&&) noexcept = default;
    int calls = 0;
  };
  const auto calls = std::make_shared<int>(0);
  const std::string kept = bytes_of(filter(texts(counted_rows(7)), [calls, own = only_moved()](const auto&) mutable {
    ++*calls;
    return ++own.calls > 5;
  }));
  CHECK(kept == array_of({counted_rows(7)[5], counted_rows(7)[6]}));
  CHECK(*calls == 7);
}

TEST_CASE("filter: what the function does not ask for is not looked at") {
  const list rows = {R"({"i":1,"b":no JSON})", R"({"i":2,"b":"no JSON})", R"({"i":3})"};
  const auto is_odd = [](const auto& row) { return row.template get<int>("i") % 2 == 1; };
  CHECK(bytes_of(filter(texts(rows), is_odd)) == "[{\"i\":1,\"b\":no JSON},{\"i\":3}]");
}

TEST_CASE("filter: a row that cannot be read is an error that names it among all rows, and no more come") {
  const auto is_small = [](const auto& row) { return row.template get<int>("i") < 2; };
  const std::string before = R"([{"i":1})";
  for (const std::string wrong : {"", " ", "[1]", "7", "nul", "\"{}\"", R"({"i":1)", R"({"i":"x)", "{\"i\":\"a\nb\"}",
                                  "{\"i\":\"\xFF\"}", R"({"i":})", R"({"i" 1})", "{\"i\":1}{\"i\":2} ]"}) {
    INFO(wrong);
    const error failed = failure_of(filter(texts({R"({"i":9})", R"({"i":1})", wrong, R"({"i":1})"}), is_small), before);
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == std::uint64_t{3});
  }
  const error missing = failure_of(filter(texts({R"({"i":9})", R"({"i":1})", R"({"j":1})"}), is_small), before);
  CHECK(missing.row() == std::uint64_t{3});
  CHECK(missing.column() == "i");
  CHECK(missing.message() == "there is no such field");
  const error text =
      failure_of(filter(scripted_fields({"i"}, script().row({9}).row({1}).row({"x"}).row({1})), is_small), before);
  CHECK(text.row() == std::uint64_t{3});
  CHECK(text.column() == "i");
}

TEST_CASE("filter: what the function throws passes through, once, behind the rows before it") {
  const auto throws = [](const auto& row) -> bool {
    if (row.template get<int>("i") == 3) throw std::runtime_error("mine");
    return row.template get<int>("i") != 0;
  };
  const auto check = [&](auto rows) {
    raw_stream stream{filter(std::move(rows), throws)};
    const drained all = drain(stream);
    CHECK(all.bytes == R"([{"i":1},{"i":2})");
    CHECK_FALSE(all.failure);
    CHECK(stream.failed());
    REQUIRE(all.foreign);
    CHECK_THROWS_AS(std::rethrow_exception(all.foreign), std::runtime_error);
  };
  check(texts({R"({"i":0})", R"({"i":1})", R"({"i":2})", R"({"i":3})", R"({"i":4})"}));
  check(scripted_fields({"i"}, script().row({0}).row({1}).row({2}).row({3}).row({4})));

  const error own = failure_of(filter(texts({"{}", "{}"}),
                                      [calls = 0](const auto&) mutable -> bool {
                                        if (++calls == 2) throw error(failure::usage, "not like this");
                                        return false;
                                      }),
                               "");
  CHECK(own.kind() == failure::usage);
  CHECK(own.row() == std::uint64_t{2});
}

TEST_CASE("filter: its rows are read by every stream, and filtered again") {
  const auto is_even = [](const auto& row) { return row.template get<int>("i") % 2 == 0; };
  const auto is_large = [](const auto& row) { return row.template get<int>("i") > 3; };
  CHECK(bytes_of(filter(filter(texts(counted_rows(8)), is_even), is_large)) ==
        array_of({counted_rows(8)[4], counted_rows(8)[6]}));
  for (std::size_t mark = 1; mark <= 5; ++mark) {
    tidemark::object_stream objects{filter(texts(counted_rows(8)), is_large), tidemark::row_mark(mark)};
    for (int i = 4; i < 8; ++i) CHECK(objects.pull()->get<int>("i") == i);
    CHECK(!objects.pull());
    auto structs = tidemark::rows_as<named>(filter(counted_cells(8), is_even), tidemark::row_mark(mark));
    for (int i = 0; i < 8; i += 2) CHECK(structs.pull()->name == "say \"" + std::to_string(i) + "\"");
    CHECK(!structs.pull());
  }
}

}  // namespace adapt_filter_tests
