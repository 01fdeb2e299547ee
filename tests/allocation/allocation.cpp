// No memory, at any one allocation: of the C++ library's, and of SQLite's.

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"

#include <tidemark/adapt/transform.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "counted.hpp"
#include "fail_everywhere.hpp"

namespace allocation_allocation_tests {

namespace {

std::size_t sqlite_left = never;

sqlite3_mem_methods system_memory;

/// Makes SQLite allocate through the counter; before its first use in the process.
void count_sqlite_allocations() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
    sqlite3_mem_methods counted = system_memory;
    counted.xMalloc = [](int size) -> void* { return may_go_on(sqlite_left) ? system_memory.xMalloc(size) : nullptr; };
    counted.xRealloc = [](void* old, int size) -> void* {
      return may_go_on(sqlite_left) ? system_memory.xRealloc(old, size) : nullptr;
    };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &counted);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);  // so that small ones count, too
    return sqlite3_initialize() == SQLITE_OK;
  }();
  REQUIRE(done);
}

using namespace tidemark;
using testing::cell;

testing::scripted_fields wide_rows(std::optional<error> failure = {}) {
  testing::script rows;
  for (int i = 0; i < 3; ++i)
    rows.row({i, std::string(500, '"'), cell::decimal("1.5"), cell::text_in_pieces(std::string(300, 'x'), 9)});
  if (failure) rows.fail(*failure);
  return {{"id", "id", std::string(600, 'n'), "pieces"}, std::move(rows)};
}

constexpr const char* rows_sql =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40) "
    "select i, 'text ' || i as t, i / 7.0 as r, hex(zeroblob(i * 20)) as long, zeroblob(i) as b from n order by i % 7, "
    "i";

/// The same rows again and again, of text and of fields, which take no memory of their own.
class text_rows {
 public:
  explicit text_rows(std::size_t count) : left_(count) {}
  progress next() noexcept { return left_-- == 0 ? progress::end : progress::row; }
  std::string_view text() const noexcept {
    return R"({"id":1,"name":"say \"hi\"","price":12.50,"tags":["a",{"b":1}],"note":null})";
  }

 private:
  std::size_t left_;
};

class field_rows {
 public:
  explicit field_rows(std::size_t count) : left_(count) {}
  progress next() noexcept { return left_-- == 0 ? progress::end : progress::row; }
  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept {
    if (i == 0) return tidemark::field::integer(1);
    return i == 1 ? tidemark::field::text("say \"hi\"") : tidemark::field::real(12.5);
  }

 private:
  std::vector<column> columns_ = {{"id"}, {"name"}, {"price"}};
  std::size_t left_;
};

/// Streams many rows that a function changes: those behind the first ones must take no memory.
template <class Rows, class Function>
void check_takes_none(Function change) {
  constexpr std::ptrdiff_t few = 20, many = 2'000;
  raw_stream stream{transform(Rows(many), change), format::ndjson{}, byte_mark{100}};
  const auto rows_of = [](std::string_view chunk) { return std::ranges::count(chunk, '\n'); };
  std::ptrdiff_t rows = 0;
  while (rows < few) rows += rows_of(*stream.pull());
  bool has_found_none = false;
  try {
    const fuse lit(new_left, 0);
    while (const auto chunk = stream.pull()) rows += rows_of(*chunk);
  } catch (const std::bad_alloc&) {
    has_found_none = true;
  }
  CHECK_FALSE(has_found_none);
  CHECK(rows == many);
}

}  // namespace

TEST_CASE("a stream that finds no memory never looks complete, at whichever allocation") {
  const auto array = [] { return raw_stream{wide_rows(), format::array{}, byte_mark{100}}; };
  fail_everywhere(new_left, array, is_json);
  const auto collection = [] { return raw_stream{wide_rows(), format::odata{"context", 3}, byte_mark{100}}; };
  fail_everywhere(new_left, collection, is_json);
}

TEST_CASE("a failure that finds no memory to be described is still thrown, once") {
  const error failed{failure::producer, std::string(100, 'm'), "CODE"};
  for (std::size_t count = 0; count < 60; ++count) {
    std::size_t thrown = 0;
    auto stream = raw_stream{wide_rows(failed), format::ndjson{}, byte_mark{100}};
    for (bool is_over = false; !is_over;) {
      try {
        const fuse lit(new_left, count);
        is_over = !stream.pull();
      } catch (const std::exception&) {
        ++thrown;
      }
    }
    INFO("allocation " << count + 1 << " of a pull");
    REQUIRE(thrown == 1);
    REQUIRE(stream.failed());
  }
}

TEST_CASE("SQLite without memory is an error, never an end") {
  count_sqlite_allocations();
  sqlite::connection db{":memory:"};
  const auto rows = [&] { return raw_stream{sqlite::query{db, rows_sql}, format::array{}, byte_mark{1000}}; };
  fail_everywhere(sqlite_left, rows, is_json);
  fail_everywhere(new_left, rows, is_json);
  db.execute("create table t(v blob); insert into t values (randomblob(30000)), ('text'), (1)");
  const auto drawn = [&] {
    return raw_stream{sqlite::query{db, "select rowid as v from t"}.draw("v", {"t", "v"}), format::array{},
                      byte_mark{1000}};
  };
  fail_everywhere(sqlite_left, drawn, is_json);
  fail_everywhere(new_left, drawn, is_json);
}

TEST_CASE("a UTF-16 database without memory to convert a text is an error") {
  count_sqlite_allocations();
  sqlite::connection db{":memory:"};
  db.execute("pragma encoding = 'UTF-16le'; create table t(a); insert into t values (hex(zeroblob(500))), ('x')");
  const auto rows = [&] { return raw_stream{sqlite::query{db, "select a from t"}}; };
  fail_everywhere(sqlite_left, rows, is_json);
  const auto texts = [&] { return raw_stream{sqlite::text_query{db, "select json_quote(a) from t"}}; };
  fail_everywhere(sqlite_left, texts, is_json);
}

TEST_CASE("rows that a transform leaves alone or gives a number take no memory, behind the first ones") {
  const auto check = [](auto change) {
    check_takes_none<text_rows>(change);
    check_takes_none<field_rows>(change);
  };
  check([](auto&) {});
  check([](auto& row) { (void)row.template get<double>("price"); });
  check([](auto& row) { row.set("price", row.template get<double>("price") * 0.9); });
  check([](auto& row) {
    row.set("id", 7);
    row.remove("name");
    row.rename("price", "cost");
    row.add("note", row.template get<std::string_view>("name"));
    if (row.contains("none")) row.drop();
    row.remove("note");
  });
}

TEST_CASE("a transform that finds no memory never looks complete, at whichever allocation") {
  const auto change = [](auto& row) {
    row.set("price", row.template get<double>("price") * 2);
    row.set("text", std::string_view("a text that is to be escaped: \"\""));
    row.rename("id", "number");
  };
  const auto of_text = [&] { return raw_stream{transform(text_rows(3), change), format::array{}, byte_mark{100}}; };
  fail_everywhere(new_left, of_text, is_json);
  const auto of_fields = [&] { return raw_stream{transform(field_rows(3), change), format::array{}, byte_mark{100}}; };
  fail_everywhere(new_left, of_fields, is_json);
}

}  // namespace allocation_allocation_tests
