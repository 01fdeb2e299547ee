// No memory, at any one allocation: of the C++ library's, and of SQLite's.

#include <cstddef>
#include <cstdlib>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "catch.hpp"

#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "counted.hpp"

namespace {

std::size_t sqlite_left = never;

/// Lets `count` allocations succeed and the next ones fail, as long as it lives.
class fuse {
 public:
  fuse(std::size_t& which, std::size_t count) : which_(which) { which_ = count; }
  ~fuse() { which_ = never; }
  fuse(const fuse&) = delete;
  fuse& operator=(const fuse&) = delete;

 private:
  std::size_t& which_;
};

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

struct outcome {
  std::string bytes;
  bool is_whole = false;
};

/// Pulls into memory that is there already, so that only the stream allocates.
template <class Make>
outcome run(std::size_t& which, std::size_t count, Make make) {
  outcome made;
  made.bytes.reserve(1 << 16);
  try {
    const fuse lit(which, count);
    auto stream = make();
    while (const auto chunk = stream.pull()) made.bytes.append(*chunk);
    made.is_whole = !stream.failed();
  } catch (const std::bad_alloc&) {
  } catch (const tidemark::error&) {}
  return made;
}

/// Fails at the first allocation, at the second, and so on until all of them succeed.
template <class Make, class Check>
void fail_everywhere(std::size_t& which, Make make, Check looks_complete) {
  const outcome whole = run(which, never, make);
  REQUIRE(whole.is_whole);
  REQUIRE(looks_complete(whole.bytes));
  for (std::size_t count = 0;; ++count) {
    const outcome cut = run(which, count, make);
    INFO("allocation " << count + 1);
    if (cut.is_whole) {
      REQUIRE(cut.bytes == whole.bytes);
      REQUIRE(count > 5);
      break;
    }
    REQUIRE_FALSE(looks_complete(cut.bytes));
  }
}

bool is_json(const std::string& bytes) { return nlohmann::json::accept(bytes); }

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
