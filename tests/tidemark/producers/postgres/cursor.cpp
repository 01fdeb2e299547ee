#include <tidemark/producers/postgres/cursor.hpp>

#include "catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>

#include "cut_proxy.hpp"
#include "drain.hpp"
#include "music_walk.hpp"
#include "nlohmann_json.hpp"
#include "postgres_server.hpp"
#include "postgres_tools.hpp"

namespace producers_postgres_cursor_tests {

using tests::connected;
using tests::drain_waiting;
using tests::next_of;
using tests::value_of;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::row_mark;
using tidemark::postgres::connection;
using tidemark::postgres::cursor;
using tidemark::postgres::query;

namespace {

static_assert(tidemark::field_producer<cursor>);
static_assert(tidemark::has_waits_for<cursor>);
static_assert(tidemark::can_block<cursor>);
static_assert(tidemark::bindable_producer<cursor>);
static_assert(tidemark::cancellable<cursor>);

/// A connection in a transaction.
connection begun(const std::string& kind = "begin") {
  connection db = connected();
  db.execute(kind);
  return db;
}

/// What a cursor fails with; what came before must not look complete.
template <class Rows>
error failure_of(Rows rows) {
  raw_stream stream{std::move(rows)};
  const drained all = drain_waiting(stream);
  CHECK_FALSE(tests::is_json(all.bytes));
  CHECK(stream.failed());
  if (!all.failure) throw std::logic_error("it did not fail: " + all.bytes);
  return *all.failure;
}

std::string open_cursors(connection& db) {
  return value_of(db, "select count(*)::text from pg_cursors where name <> ''");
}

/// How many rows of a query that counts them (nextval('seen')) the server has made.
int rows_made(connection& db) {
  return std::stoi(value_of(db, "select case when is_called then last_value else 0 end::text from seen"));
}

/// How far ahead of what is read the server has been asked for, before each of the first `count` rows is read.
std::vector<int> fetches(connection& db, cursor rows, int count) {
  std::vector<int> made;
  for (int i = 0; i != count; ++i) {
    REQUIRE(next_of(rows) == progress::row);
    const int now = rows_made(db);
    if (made.empty() || made.back() != now) made.push_back(now);
  }
  return made;
}

}  // namespace

TEST_CASE("postgres cursor: nested artists, albums and tracks over one connection are those of SQLite, byte by byte") {
  NEEDS_POSTGRES();
  const std::string expected = tests::music_of_sqlite();
  REQUIRE(expected.size() > 500'000);
  connection db = connected();
  tests::load_temporary_music(db);
  db.execute("begin isolation level repeatable read read only");
  const auto music = [&](auto option) {
    const auto rows = [&](const std::string& sql) { return cursor{db, sql}.fetch_size(option); };
    return tests::music_walk(rows(tests::artists), rows(tests::albums), rows(tests::tracks));
  };
  for (const std::size_t mark : {1U, 1000U, 65536U}) {
    raw_stream cut{music(byte_mark{}), tidemark::format::array{}, byte_mark{mark}};
    const drained all = drain_waiting(cut);
    CHECK((all.bytes == expected));  // in brackets: too long to be printed
    CHECK_FALSE(all.failure);
    CHECK(std::ranges::max(all.chunk_sizes) <= mark);
    CHECK(open_cursors(db) == "0");
  }
  for (const std::size_t rows : {1U, 2U, 7U, 100'000U}) CHECK((collect(raw_stream{music(row_mark{rows})}) == expected));
}

TEST_CASE("postgres cursor: values are those of a query, in short rows and in long ones") {
  NEEDS_POSTGRES();
  connection db = begun();
  for (const char* const padding : {"1", "4000", "5000", "300000"}) {
    const std::string sql =
        std::string(
            "select i, null::text as n, 2.50::numeric as d, 0.1::float8 as f, '' as e, 'a\"b' as t, true as b, "
            "'\\x00ff'::bytea as o, '{1,NULL}'::int[] as a, '{\"k\": 1}'::jsonb as j, '[1, 2]' as p, "
            "timestamptz '2024-02-29 23:59:59+00' as z, repeat('x', (i % 3) * ") +
        padding + ") as x, null::int as y from generate_series(1, 40) i";
    const std::string expected = collect(raw_stream{query{db, sql}.json("p")});
    CHECK((collect(raw_stream{cursor{db, sql}.json("p")}) == expected));
    CHECK((collect(raw_stream{cursor{db, sql}.json("p").fetch_size(byte_mark{10'000'000})}) == expected));
  }
  CHECK(collect(raw_stream{cursor{db, "select 1 as a where false"}}) == "[]");
}

TEST_CASE("postgres cursor: parameters are the values that were given") {
  NEEDS_POSTGRES();
  connection db = begun();
  const std::string octets("\0\xff", 2);
  CHECK(collect(raw_stream{cursor{db,
                                  "select i, $1::int8 as a, $2::text as b, $3::bytea as c, $4::int as d from "
                                  "generate_series(1, $5::int) i",
                                  std::numeric_limits<std::int64_t>::min(), "it's; x --",
                                  std::as_bytes(std::span(octets)), nullptr, 2}}) ==
        R"([{"i":1,"a":-9223372036854775808,"b":"it's; x --","c":"AP8=","d":null},)"
        R"({"i":2,"a":-9223372036854775808,"b":"it's; x --","c":"AP8=","d":null}])");
}

TEST_CASE("postgres cursor: outside of a transaction it is an error of usage that says so") {
  NEEDS_POSTGRES();
  connection db = connected();
  const error failed = failure_of(cursor{db, "select 1"});
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "a cursor needs a transaction: begin one on its connection first");
  db.execute("begin");
  CHECK(collect(raw_stream{cursor{db, "select 1 as a"}}) == R"([{"a":1}])");
}

TEST_CASE("postgres cursor: nothing is sent before somebody pulls") {
  NEEDS_POSTGRES();
  connection db = begun();
  const raw_stream unread{cursor{db, "select no_such_function()"}};
  CHECK(value_of(db, "select 'free'") == "free");
}

TEST_CASE("postgres cursor: it may own its connection") {
  NEEDS_POSTGRES();
  CHECK(collect(raw_stream{cursor{begun(), "select i from generate_series(1, 3) i"}}) ==
        R"([{"i":1},{"i":2},{"i":3}])");
  raw_stream unread{cursor{begun(), "select i from generate_series(1, 30) i"}};
  CHECK(unread.pull());
}

TEST_CASE("postgres cursor: a fetch is as large as its rows are short, and holds few long ones") {
  NEEDS_POSTGRES();
  connection db = begun("create temp sequence seen; begin");
  const auto counted = [&](const std::string& value, int count) {
    db.execute("alter sequence seen restart");
    return "select nextval('seen') as n, " + value + " as x from generate_series(1, " + std::to_string(count) + ") i";
  };
  CHECK(fetches(db, cursor{db, counted("i", 1000)}, 1000) == std::vector{1, 5, 21, 85, 341, 597, 853, 1000});
  std::vector<int> one_by_one;
  for (int i = 1; i <= 20; ++i) one_by_one.push_back(i);
  const std::string megabyte = "repeat('x', 1000000)";
  CHECK(fetches(db, cursor{db, counted(megabyte, 20)}, 20) == one_by_one);
  // The largest that is allowed.
  CHECK(fetches(db, cursor{db, counted("i", 10)}.fetch_size(row_mark{3}), 10) == std::vector{1, 4, 7, 10});
  CHECK(fetches(db, cursor{db, counted("i", 2000)}.fetch_size(row_mark{1000}), 2000) ==
        std::vector{1, 5, 21, 85, 341, 1341, 2000});
  CHECK(fetches(db, cursor{db, counted("repeat('x', 450)", 30)}.fetch_size(byte_mark{5000}), 30) ==
        std::vector{1, 5, 15, 25, 30});
  // Of rows that get longer all at once, only those that were asked for are held.
  std::vector<int> longer{1, 5, 21, 41, 61, 81, 101};
  for (int i = 102; i <= 130; ++i) longer.push_back(i);
  CHECK(fetches(db, cursor{db, counted("case when i > 100 then " + megabyte + " end", 350)}.fetch_size(row_mark{20}),
                130) == longer);
}

TEST_CASE("postgres cursor: rows that take long are not held back for those behind them") {
  NEEDS_POSTGRES();
  connection db = begun("create temp sequence seen; begin");
  const std::string slow = "select nextval('seen') as n, pg_sleep(0.04)::text from generate_series(1, 20)";
  const std::vector<int> made = fetches(db, cursor{db, slow}, 20);
  int before = 0;
  for (const int now : made) {
    CHECK(now - before <= 4);
    before = now;
  }
}

TEST_CASE(
    "postgres cursor: an error at any row keeps the fetches before it, never looks complete and has its SQLSTATE") {
  NEEDS_POSTGRES();
  connection db = connected();
  const auto check = [&](int row, std::size_t most, int whole) {
    INFO("row " << row << ", by " << most);
    const std::string sql = "select i, 1 / (" + std::to_string(row) + " - i) as x from generate_series(1, 30000) i";
    db.execute("begin");
    raw_stream stream{cursor{db, sql}.fetch_size(row_mark{most}), tidemark::format::ndjson{}};
    const drained all = drain_waiting(stream);
    REQUIRE(all.failure);
    CHECK(all.failure->kind() == failure::producer);
    CHECK(all.failure->code() == "22012");
    CHECK(all.failure->message() == "division by zero");
    CHECK(all.failure->row() == static_cast<std::uint64_t>(whole + 1));
    CHECK(std::ranges::count(all.bytes, '\n') == whole + 1);  // the last line is the error record
    // The transaction is aborted, as the server has it.
    CHECK(failure_of(cursor{db, "select 1"}).code() == "25P02");
    db.execute("rollback; begin");
    CHECK(failure_of(cursor{db, sql}).code() == "22012");
    db.execute("rollback");
  };
  for (const int row : {1, 2, 3, 100, 1234}) check(row, 1, row - 1);
  check(5, 256, 1);
  check(6, 256, 5);
  check(7, 256, 5);
  check(85, 256, 21);
  check(86, 256, 85);
  check(20'000, 256, 19'797);
}

TEST_CASE("postgres cursor: what is no query is refused in words that say why") {
  NEEDS_POSTGRES();
  connection db = connected();
  const auto refused = [&](const std::string& sql) {
    db.execute("begin");
    const error failed = failure_of(cursor{db, sql});
    db.execute("rollback");
    return failed;
  };
  CHECK(refused("select * from no_such_table").code() == "42P01");
  CHECK(refused("").message() == "syntax error at end of input");
  CHECK(refused("create temp table made (i int)").message() == "syntax error at or near \"create\"");
  CHECK(refused("select 1; select 2").code() == "42601");
  CHECK(refused("select $1::int").code() == "08P01");
  db.execute("begin");
  for (const char* const sql : {"select", "select where false", "select from generate_series(1, 3)"}) {
    const error failed = failure_of(cursor{db, sql});
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message() == "the SQL gives no columns: it is not a query");
  }
  const error failed = failure_of(cursor{db, "select generate_series(1, 3) as a"}.json("b"));
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "the query has no column \"b\"");
  // These are found out here, so the transaction goes on.
  CHECK(collect(raw_stream{cursor{db, "select 1 as a; "}}) == R"([{"a":1}])");
  CHECK(open_cursors(db) == "0");
}

TEST_CASE("postgres cursor: pg_cancel_backend, a timeout and pg_terminate_backend are errors with their SQLSTATE") {
  NEEDS_POSTGRES();
  connection db = connected(), other = connected();
  const std::string backend = value_of(db, "select pg_backend_pid()::text");
  const std::string stuck =
      "select i, case when i = 30 then pg_sleep(600) end::text as t from generate_series(1, 40) i";
  const auto failing_through = [&](const std::string& sql) {
    db.execute("begin");
    raw_stream stream{cursor{db, stuck}, tidemark::format::ndjson{}};
    std::string bytes;
    for (auto chunk = stream.try_pull(); std::ranges::count(bytes, '\n') < 21; chunk = stream.try_pull()) {
      if (chunk.is_pending()) tidemark::block_until(stream.waits_for());
      if (chunk.is_item()) bytes += *chunk;
    }
    while (value_of(other, "select coalesce(wait_event, '') from pg_stat_activity where pid = " + backend) != "PgSleep")
      static_cast<void>(stream.try_pull());
    CHECK(value_of(other, sql + "(" + backend + ")::text") == "true");
    const drained all = drain_waiting(stream);
    REQUIRE(all.failure);
    CHECK(stream.failed());
    CHECK(all.failure->kind() == failure::producer);
    CHECK(all.failure->row() == 22U);  // the first of its fetch
    CHECK(std::ranges::count(bytes + all.bytes, '\n') == 22);
    return *all.failure;
  };
  CHECK(failing_through("select pg_cancel_backend").code() == "57014");
  db.execute("rollback");

  db.execute("begin; set local statement_timeout = 500");
  raw_stream late{cursor{db, stuck}, tidemark::format::ndjson{}};
  const drained all = drain_waiting(late);
  REQUIRE(all.failure);
  CHECK(all.failure->code() == "57014");
  CHECK(all.failure->message() == "canceling statement due to statement timeout");
  CHECK(std::ranges::count(all.bytes, '\n') == 22);
  db.execute("rollback");

  CHECK(failing_through("select pg_terminate_backend").code() == "57P01");
  CHECK_FALSE(db.is_usable());
  const error behind = failure_of(cursor{db, "select 1"});
  CHECK(behind.kind() == failure::producer);
  CHECK(behind.message() != "");
}

TEST_CASE("postgres cursor: a connection that is lost at any byte is an error, never the end") {
  NEEDS_POSTGRES();
  const std::string sql = "select i, repeat('x', i % 50) as t from generate_series(1, 400) i";
  const std::string whole = collect(raw_stream{cursor{begun(), sql}});
  const std::string where = tests::postgres_server();
  const std::size_t start = where.find("host=") + 5;
  tests::cut_proxy proxy(where.substr(start, where.find(' ', start) - start) + "/.s.PGSQL.5432");
  const std::string there = "host=" + proxy.folder().string() + " user=tidemark dbname=postgres";
  std::size_t lost = 0;
  for (std::size_t place = 0; place != 200; ++place) {
    const std::size_t cut = place * place;  // close together at first; the answer has about 20,000 bytes
    proxy.cut_behind(tests::cut_proxy::never);
    connection db{there};
    db.execute("begin");
    raw_stream stream{cursor{db, sql}};
    proxy.cut_behind(cut);
    const drained all = drain_waiting(stream);
    if (!all.failure) {
      CHECK(all.bytes == whole);
      continue;
    }
    ++lost;
    CHECK(stream.failed());
    CHECK(all.failure->kind() == failure::producer);
    CHECK(all.failure->message() != "");
    CHECK(whole.starts_with(all.bytes));
    CHECK_FALSE(tests::is_json(all.bytes));
    CHECK_FALSE(db.is_usable());
  }
  CHECK(lost > 100);
  CHECK(lost < 200);
}

TEST_CASE("postgres cursor: destroyed early, it is closed at the server and its connection goes on") {
  NEEDS_POSTGRES();
  connection db = begun();
  const auto numbers = [&] { return cursor{db, "select generate_series(1, 1000000000000) as i"}; };
  for (const int count : {0, 1, 2, 100}) {
    {
      cursor rows = numbers();
      for (int i = 0; i != count; ++i) REQUIRE(next_of(rows) == progress::row);
      CHECK(open_cursors(db) == (count == 0 ? "0" : "1"));
    }
    CHECK(open_cursors(db) == "0");
  }
  {
    const auto on_i = tidemark::on("i");
    auto rows = nest(numbers(), many("a", numbers(), on_i, many("b", numbers(), tidemark::on("i", "i"))));
    for (int i = 0; i != 100; ++i) next_of(rows);
    CHECK(open_cursors(db) == "3");
  }
  CHECK(open_cursors(db) == "0");
  // A stream hands out what is ready, and may leave a fetch under way.
  for (const int pulls : {0, 1, 2, 17}) {
    {
      raw_stream stream{numbers(), tidemark::format::array{}, byte_mark{1000}};
      for (int i = 0; i != pulls; ++i) REQUIRE(stream.pull());
    }
    if (PQtransactionStatus(db.handle()) == PQTRANS_INERROR) db.execute("rollback; begin");
    CHECK(open_cursors(db) == "0");
  }
  db.execute("commit");
}

TEST_CASE("postgres cursor: destroyed while it waits, it is cancelled, and the connection is usable") {
  NEEDS_POSTGRES();
  connection db = begun(), other = connected();
  const std::string state = "select coalesce(wait_event, '') from pg_stat_activity where pid = " +
                            value_of(db, "select pg_backend_pid()::text");
  {
    raw_stream slow{cursor{db, "select pg_sleep(600)"}};
    // Behind DECLARE, to where it is the fetch that is waited for.
    while (value_of(other, state) != "PgSleep") CHECK(slow.try_pull().is_pending());
  }
  CHECK(db.is_usable());
  db.execute("rollback");
  CHECK(value_of(db, "select 'next'") == "next");
}

TEST_CASE("postgres cursor: where its transaction is over, so is the cursor, and a later one is left alone") {
  NEEDS_POSTGRES();
  connection db = begun();
  const std::string sql = "select generate_series(1, 1000) as i";
  {
    cursor rows{db, sql};
    REQUIRE(next_of(rows) == progress::row);
    db.execute("commit; begin");
    CHECK(thrown_by([&] { next_of(rows); }).code() == "34000");
    db.execute("rollback");
  }
  db.execute("begin");
  {
    cursor rows{db, sql};
    REQUIRE(next_of(rows) == progress::row);
    db.execute("commit; begin");
  }
  CHECK(value_of(db, "select 'not aborted'") == "not aborted");
}

TEST_CASE("postgres cursor: while a fetch is under way, another one is an error of usage, and no row is lost") {
  NEEDS_POSTGRES();
  connection db = begun();
  raw_stream first{cursor{db, "select i, pg_sleep(0.1)::text as t from generate_series(1, 3) i"}};
  CHECK(first.try_pull().is_pending());
  const error failed = failure_of(cursor{db, "select 1"});
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "another query or fetch is under way on this connection: go on with that first");
  CHECK(drain_waiting(first).bytes == R"([{"i":1,"t":""},{"i":2,"t":""},{"i":3,"t":""}])");
}

TEST_CASE("postgres cursor: any number of them advance by turns on one connection") {
  NEEDS_POSTGRES();
  connection db = begun();
  std::vector<cursor> all;
  for (int i = 0; i != 20; ++i) all.emplace_back(db, "select $1 + generate_series(1, 200) as i", i * 1000);
  for (int row = 1; row <= 200; ++row)
    for (std::size_t i = 0; i != all.size(); ++i) {
      REQUIRE(next_of(all[i]) == progress::row);
      REQUIRE(all[i].field(0).as_integer() == static_cast<int>(i) * 1000 + row);
    }
  for (cursor& each : all) CHECK(next_of(each) == progress::end);
  CHECK(open_cursors(db) == "0");
}

TEST_CASE("postgres cursor: children are looked up over the connection of their parents") {
  NEEDS_POSTGRES();
  connection db = begun();
  const std::string children =
      "select $1::text as t, n from (values (1, 1), (1, 2), (3, 3)) v(\"of\", n) where \"of\" = $2";
  CHECK(collect(raw_stream{lookup(cursor{db, "select generate_series(1, 3) as id"},
                                  many("c", cursor{db, children, "kept"}, tidemark::on("id")))}) ==
        R"([{"id":1,"c":[{"t":"kept","n":1},{"t":"kept","n":2}]},{"id":2,"c":[]},{"id":3,"c":[{"t":"kept","n":3}]}])");
  CHECK(open_cursors(db) == "0");
}

TEST_CASE("postgres cursor: bound to another key at any moment, it gives the rows of that alone") {
  NEEDS_POSTGRES();
  connection db = begun();
  for (int rows = 0; rows != 30; ++rows) {
    for (int answers = 0; answers != 12; ++answers) {
      cursor numbers{db, "select $1::int * 100 + generate_series(1, 25) as i"};
      for (const int key : {1, 2}) {
        const tidemark::field bound = tidemark::field::integer(key);
        numbers.bind({&bound, 1});
        if (key == 2) break;
        for (int i = 0; i != rows && next_of(numbers) == progress::row; ++i)
          REQUIRE(numbers.field(0).as_integer() == 101 + i);
        if (rows > 25) continue;  // it is over
        for (int i = 0; i != answers; ++i)
          if (numbers.next() != progress::pending) break;
      }
      for (int i = 1; i <= 25; ++i) {
        REQUIRE(next_of(numbers) == progress::row);
        REQUIRE(numbers.field(0).as_integer() == 200 + i);
      }
      REQUIRE(next_of(numbers) == progress::end);
    }
  }
  CHECK(open_cursors(db) == "0");
}

TEST_CASE("postgres cursor: a canceller stops it from another thread, while it waits and between fetches") {
  NEEDS_POSTGRES();
  connection db = connected();
  db.execute("begin");
  raw_stream stream{nest(cursor{db, "select 1 as i"},
                         many("c", cursor{db, "select 1 as i, pg_sleep(600)::text as t"}, tidemark::on("i")))};
  const tidemark::canceller stop = stream.canceller();
  std::thread canceling([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.cancel();
  });
  const error failed = thrown_by([&] { collect(stream); });
  canceling.join();
  CHECK(failed.kind() == failure::canceled);
  db.execute("rollback");
  CHECK(value_of(db, "select 'usable'") == "usable");

  // Between two fetches nothing is under way at the server, so the transaction goes on.
  db.execute("begin");
  {
    cursor rows{db, "select generate_series(1, 1000) as i"};
    for (int i = 0; i != 3; ++i) REQUIRE(next_of(rows) == progress::row);
    rows.canceller().cancel();
    CHECK(thrown_by([&] { next_of(rows); }).kind() == failure::canceled);
  }
  CHECK(open_cursors(db) == "0");
  cursor unsent{db, "select 1"};
  unsent.canceller().cancel();
  CHECK(thrown_by([&] { next_of(unsent); }).kind() == failure::canceled);
}

TEST_CASE("postgres cursor: what is committed meanwhile is not seen in a repeatable read transaction") {
  NEEDS_POSTGRES();
  const tests::own_schema schema;
  connection writer = schema.connected();
  writer.execute(
      "create table p as select i as id, repeat('x', 3000) as t from generate_series(1, 1000) i; create table c as "
      "select id, 1 as n from p");
  const auto nested = [&](connection& db) {
    return nest(cursor{db, "select id, t from p order by id"},
                many("c", cursor{db, "select id, n from c order by id, n"}, tidemark::on("id")));
  };
  const auto read_beside_writer = [&](const std::string& begin) {
    connection db = schema.connected();
    db.execute(begin);
    raw_stream stream{nested(db), tidemark::format::array{}, byte_mark{10}};
    const auto first = stream.pull();  // of the children, nothing has been asked yet
    REQUIRE(first);
    const std::string begun(*first);
    writer.execute(
        "insert into p values (0, ''), (1001, ''); insert into c values (0, 1), (1001, 1), (500, 2), (5000, 1)");
    drained all = drain_waiting(stream);
    all.bytes.insert(0, begun);
    writer.execute("delete from p where id in (0, 1001); delete from c where id in (0, 1001, 5000) or n = 2");
    return all;
  };
  connection db = schema.connected();
  db.execute("begin");
  const std::string before = collect(raw_stream{nested(db)});
  db.execute("commit");
  const drained seen = read_beside_writer("begin isolation level repeatable read read only");
  CHECK_FALSE(seen.failure);
  CHECK((seen.bytes == before));
  // Each cursor of a read committed one sees what is there when it is opened.
  CHECK(read_beside_writer("begin").failure);
}

}  // namespace producers_postgres_cursor_tests
