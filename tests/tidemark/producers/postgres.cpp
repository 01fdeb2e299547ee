#include <tidemark/producers/postgres.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/adapt/take.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>

#include "cut_proxy.hpp"
#include "drain.hpp"
#include "examples/run_program.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"
#include "postgres_server.hpp"
#include "postgres_tools.hpp"

namespace producers_postgres_tests {

using tests::connected;
using tests::drain_waiting;
using tests::postgres_server;
using tests::value_of;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::postgres::connection;
using tidemark::postgres::query;

namespace {

static_assert(tidemark::field_producer<query>);
static_assert(tidemark::has_waits_for<query>);
static_assert(tidemark::can_block<query>);
static_assert(tidemark::bindable_producer<query>);
static_assert(tidemark::cancellable<query>);
static_assert(std::is_nothrow_move_constructible_v<query> && !std::is_move_assignable_v<query>);

std::string rows_of(const std::string& sql) { return collect(raw_stream{query{connected(), sql}}); }

/// What a query fails with. The connection must be of use behind it, unless that is broken.
error failure_of(connection& db, const std::string& sql) {
  raw_stream stream{query{db, sql}};
  const drained all = drain_waiting(stream);
  CHECK_FALSE(tests::is_json(all.bytes));
  CHECK(stream.failed());
  if (!all.failure) throw std::logic_error("it did not fail: " + all.bytes);
  return *all.failure;
}

std::string folder_of_server() {
  const std::string where = postgres_server();
  const std::size_t start = where.find("host=") + 5;
  return where.substr(start, where.find(' ', start) - start);
}

/// Where two long texts first differ, in the words of both; empty where they do not.
std::string difference(const std::string& a, const std::string& b) {
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  if (at == a.size() && at == b.size()) return "";
  const std::size_t start = at < 40 ? 0 : at - 40;
  return a.substr(start, 80) + "\n" + b.substr(start, 80);
}

// Not "from generate_series", which the server would store whole before its first row.
const char* const endless = "select generate_series(1, 1000000000000) as i";

}  // namespace

TEST_CASE("postgres: values of each type are JSON of that type") {
  NEEDS_POSTGRES();
  CHECK(
      rows_of(
          "select 1::int2 as a, (-2147483648)::int4 as b, 9223372036854775807 as c, (-9223372036854775808)::int8 as d, "
          "4294967295::oid as e, null::int as f") ==
      R"([{"a":1,"b":-2147483648,"c":9223372036854775807,"d":-9223372036854775808,"e":4294967295,"f":null}])");
  CHECK(rows_of("select 0.1::float4 as a, 0.1::float8 as b, 5::float8 as c, 1e300::float8 as d, 1e20::float8 as e, "
                "1.5e-7::float8 as f, '-0'::float8 as g, 'NaN'::float8 as h, '-Infinity'::float4 as i, "
                "5e-324::float8 as j") ==
        R"([{"a":0.1,"b":0.1,"c":5,"d":1e+300,"e":100000000000000000000,"f":1.5e-7,"g":-0,"h":null,"i":null,)"
        R"("j":5e-324}])");
  CHECK(rows_of("select 2.50::numeric as a, 123456789012345678901234567890.123456789::numeric as b, "
                "'NaN'::numeric as c, 0::numeric as d, 'Infinity'::numeric as e") ==
        R"([{"a":2.50,"b":123456789012345678901234567890.123456789,"c":null,"d":0,"e":null}])");
  CHECK(rows_of("select true as a, false as b, null::bool as c") == R"([{"a":true,"b":false,"c":null}])");
  CHECK(rows_of("select '' as a, 'a\"b' as b, 'ä東🎵' as c, 'x'::\"char\" as d, 'ab'::char(4) as e, 'n'::name as f") ==
        R"([{"a":"","b":"a\"b","c":"ä東🎵","d":"x","e":"ab  ","f":"n"}])");
  CHECK(rows_of("select '{\"b\" : [1, 2.50]}'::json as a, '{\"b\" : [1, 2.50]}'::jsonb as b, 'null'::json as c") ==
        R"([{"a":{"b" : [1, 2.50]},"b":{"b": [1, 2.50]},"c":null}])");
  CHECK(rows_of("select '\\x00ff10'::bytea as a, ''::bytea as b") == R"([{"a":"AP8Q","b":""}])");
  CHECK(rows_of("select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as a, row(1, 'x y') as b, '1 day'::interval as c, "
                "'10.0.0.0/8'::cidr as d, int4range(1, 5) as e, point(1, 2) as f") ==
        R"~([{"a":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","b":"(1,\"x y\")","c":"1 day","d":"10.0.0.0/8",)~"
        R"~("e":"[1,5)","f":"(1,2)"}])~");
}

TEST_CASE("postgres: whole numbers of every length, and reals of every magnitude, are written as SQLite's are") {
  NEEDS_POSTGRES();
  connection db = connected();
  std::vector<std::string> integers = {"0"};
  for (const char* const sign : {"", "-"})
    for (std::size_t length = 1; length <= 19; ++length)
      integers.push_back(sign + std::string("1234567890123456789").substr(0, length));
  std::vector<std::string> reals;
  for (int exponent = -323; exponent <= 308; ++exponent) {
    for (const double digits : {1.0, -1.0, 1.5, -1.2345678901234567}) {
      std::array<char, tidemark::json::longest_number> spelled;
      char* const end = tidemark::json::write_real(spelled.data(), digits * std::pow(10.0, exponent));
      reals.emplace_back(spelled.data(), end);
    }
  }
  const auto difference_of = [&](const std::vector<std::string>& numbers, const std::string& type) {
    std::string values, objects;
    for (const std::string& one : numbers) {
      values.append(values.empty() ? "" : ",").append(one);
      objects.append(objects.empty() ? "" : ",").append("{\"a\":").append(one).append("}");
    }
    const std::string sql = "select unnest('{" + values + "}'::" + type + "[]) as a";
    return difference(collect(raw_stream{query{db, sql}}), "[" + objects + "]");
  };
  CHECK(difference_of(integers, "int8") == "");
  CHECK(difference_of(reals, "float8") == "");
}

TEST_CASE("postgres: dates and times are those of ISO 8601, whatever the session's time zone and style") {
  NEEDS_POSTGRES();
  const std::string sql =
      "select date '2024-02-29' as a, time '23:59:59.25' as b, timestamp '2024-02-29 23:59:59.123456' as c, "
      "timestamptz '2024-02-29 23:59:59+00' as d, timestamptz '2024-07-01 00:30:00+05:30' as e";
  const std::string expected =
      R"([{"a":"2024-02-29","b":"23:59:59.25","c":"2024-02-29T23:59:59.123456","d":"2024-02-29T23:59:59Z",)"
      R"("e":"2024-06-30T19:00:00Z"}])";
  for (const char* const zone : {"UTC", "Asia/Kolkata", "America/St_Johns"}) {
    connection db = connected();
    db.execute(std::string("set time zone '") + zone + "'");
    CHECK(collect(raw_stream{query{db, sql}}) == expected);
  }
  // What ISO 8601 has no spelling for, or other styles give, is text as the server has it.
  CHECK(rows_of("select 'infinity'::timestamptz as a, date '0044-03-15 BC' as b, timetz '12:00:00+01' as c") ==
        R"([{"a":"infinity","b":"0044-03-15 BC","c":"12:00:00+01"}])");
  connection db = connected();
  db.execute("set DateStyle to German");
  CHECK(collect(raw_stream{query{db, "select date '2024-02-01' as a"}}) == R"([{"a":"01.02.2024"}])");
}

TEST_CASE("postgres: a value is the same, be it copied as the server spells it or taken apart and written") {
  NEEDS_POSTGRES();
  static_assert(tidemark::row_of_spelled_fields<query>);
  static_assert(!tidemark::row_of_spelled_fields<decltype(tidemark::take(std::declval<query>(), 1))>);
  const std::string sql =
      "select 0 as a, -7::int2 as b, 9223372036854775807 as c, 4294967295::oid as d, null::int as e, t, "
      "t::timestamptz, "
      "t::date, t::time, n::float8, n, n > 0 from (values (timestamp '2024-02-29 23:59:59', 12.50), "
      "('1969-12-31 00:00:00', -0.001), ('0001-01-01 00:00:00', 0), ('9999-12-31 23:59:59.5', 1e30), "
      "('294276-12-31 23:59:59', 1e-30), ('0044-03-15 12:00:00 BC', 'NaN'), ('infinity', 1), (null, null)) v (t, n)";
  for (const char* const style : {"ISO", "SQL", "Postgres", "German"}) {
    connection db = connected();
    db.execute(std::string("set DateStyle to ") + style);
    CHECK(collect(raw_stream{query{db, sql}}) == collect(raw_stream{tidemark::take(query{db, sql}, 100)}));
  }
  // As strings, integers and decimals are told apart.
  connection db = connected();
  tidemark::json_options options;
  options.integer = tidemark::json_options::integers::string_if_unsafe;
  CHECK(collect(raw_stream{query{db, "select 1 as a, 9223372036854775807 as b, 2.50 as c"}, {}, {}, options}) ==
        R"([{"a":1,"b":"9223372036854775807","c":2.50}])");
  options = {};
  options.decimal = tidemark::json_options::decimals::string;
  CHECK(collect(
            raw_stream{query{db, "select 1 as a, 2.50 as b, timestamp '2024-02-29 23:59:59' as c"}, {}, {}, options}) ==
        R"([{"a":1,"b":"2.50","c":"2024-02-29T23:59:59"}])");
}

TEST_CASE("postgres: arrays are JSON arrays of their elements") {
  NEEDS_POSTGRES();
  CHECK(rows_of("select '{1,NULL,-3}'::int[] as a, '{}'::int[] as b, '{{1,2},{3,4}}'::int8[] as c, "
                "'[0:1]={5,6}'::int2[] as d, '[1:1][-2:-1]={{5,6}}'::int4[] as e") ==
        R"([{"a":[1,null,-3],"b":[],"c":[[1,2],[3,4]],"d":[5,6],"e":[[5,6]]}])");
  CHECK(rows_of("select array['plain', 'a b', 'c\"d\\e', 'NULL', null, '', '{x,y}'] as a") ==
        R"([{"a":["plain","a b","c\"d\\e","NULL",null,"","{x,y}"]}])");
  CHECK(rows_of("select array[true, false, null] as a, array[1.5, 'NaN', 2]::float8[] as b, array[1.50, 2]::numeric[] "
                "as c, array['{\"k\": \"v,\\\"\"}'::json, 'null'] as d, array['\\x00ff'::bytea, ''] as e, "
                "array[timestamptz '2024-01-01 00:00Z', 'infinity'] as f, array[date '2024-02-29'] as g") ==
        R"([{"a":[true,false,null],"b":[1.5,null,2],"c":[1.50,2],"d":[{"k": "v,\""},null],"e":["AP8=",""],)"
        R"("f":["2024-01-01T00:00:00Z","infinity"],"g":["2024-02-29"]}])");
}

TEST_CASE("postgres: octets are read in both of the server's spellings") {
  NEEDS_POSTGRES();
  connection db = connected();
  for (const char* const spelling : {"hex", "escape"}) {
    db.execute(std::string("set bytea_output to ") + spelling);
    query rows{db, "select string_agg(set_byte('\\x00', 0, i), '' order by i) from generate_series(0, 255) i"};
    while (rows.next() == tidemark::progress::pending) tidemark::block_until(rows.waits_for());
    const std::string_view octets = rows.field(0).as_view();
    REQUIRE(octets.size() == 256);
    for (std::size_t i = 0; i != 256; ++i) CHECK(static_cast<unsigned char>(octets[i]) == i);
  }
}

TEST_CASE("postgres: a text column that holds JSON passes through where that is said") {
  NEEDS_POSTGRES();
  CHECK(collect(raw_stream{query{connected(), "select '[1, 2]' as a, '[1, 2]' as b"}.json("a")}) ==
        R"([{"a":[1, 2],"b":"[1, 2]"}])");
  connection db = connected();
  raw_stream wrong{query{db, "select 1 as a"}.json("b")};
  const error failed = thrown_by([&] { collect(wrong); });
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "the query has no column \"b\"");
  CHECK(collect(raw_stream{query{db, "select 1 as a"}}) == R"([{"a":1}])");
}

TEST_CASE("postgres: parameters are the values that were given, of whatever kind") {
  NEEDS_POSTGRES();
  connection db = connected();
  const std::string octets("\0\xff", 2);
  CHECK(collect(raw_stream{query{db,
                                 "select $1::int8 as a, $2::text as b, $3::bool as c, $4::float8 as d, $5::bytea as e, "
                                 "$6::int as f, $7::text as g, $8::float8 as h",
                                 std::numeric_limits<std::int64_t>::min(), "it's; drop table x --", true, 0.1,
                                 std::as_bytes(std::span(octets)), nullptr, std::optional<std::string>("x"),
                                 std::numeric_limits<double>::infinity()}}) ==
        R"([{"a":-9223372036854775808,"b":"it's; drop table x --","c":true,"d":0.1,"e":"AP8=","f":null,"g":"x",)"
        R"("h":null}])");
  CHECK(thrown_by([&] { query(db, "select $1", std::string_view("a\0b", 3)); }).message() ==
        "the text of parameter 1 holds NUL, which PostgreSQL cannot hold");
  CHECK(failure_of(db, "select $1::int").code() == "08P01");  // one too few
}

TEST_CASE("postgres: nothing is sent before somebody pulls") {
  NEEDS_POSTGRES();
  connection db = connected();
  const raw_stream unread{query{db, "select no_such_function()"}};
  CHECK(value_of(db, "select 'free'") == "free");
}

TEST_CASE("postgres: each table of the music shop is what SQLite gives for it, byte by byte") {
  NEEDS_POSTGRES();
  const auto shop = tidemark::sqlite::connection::open_read_only(tests::music_shop());
  connection db = connected();
  tests::load_temporary_music(db);
  int tables = 0;
  for (const std::string name : {"Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine",
                                 "MediaType", "Playlist", "PlaylistTrack", "Track"}) {
    const std::string expected =
        collect(raw_stream{tidemark::sqlite::query{shop, "select * from " + name + " order by 1, 2"}});
    const std::string sql = "select * from \"" + name + "\" order by 1, 2";
    CHECK(difference(collect(raw_stream{query{db, sql}}), expected) == "");
    CHECK(difference(collect(raw_stream{query{db, sql}.binary()}), expected) == "");
    for (const std::size_t mark : {1000U, 4096U, 100'000U}) {
      raw_stream cut{query{db, sql}, tidemark::format::array{}, byte_mark{mark}};
      const drained all = drain_waiting(cut);
      CHECK(difference(all.bytes, expected) == "");
      CHECK(std::ranges::max(all.chunk_sizes) <= mark);
    }
    ++tables;
  }
  CHECK(tables == 11);
}

TEST_CASE("postgres: an error at any row keeps the rows before it, never looks complete and has its SQLSTATE") {
  NEEDS_POSTGRES();
  connection db = connected();
  for (const int row : {1, 2, 3, 100, 1234, 20'000}) {
    const std::string sql = "select i, 1 / (" + std::to_string(row) + " - i) as x from generate_series(1, 30000) i";
    raw_stream stream{query{db, sql}, tidemark::format::ndjson{}};
    const drained all = drain_waiting(stream);
    REQUIRE(all.failure);
    CHECK(all.failure->kind() == failure::producer);
    CHECK(all.failure->code() == "22012");
    CHECK(all.failure->message() == "division by zero");
    CHECK(all.failure->row() == static_cast<std::uint64_t>(row));
    CHECK(std::ranges::count(all.bytes, '\n') == row);  // the last line is the error record
    CHECK(failure_of(db, sql).row() == static_cast<std::uint64_t>(row));
  }
  CHECK(value_of(db, "select 'usable'") == "usable");
}

TEST_CASE("postgres: what is no query is refused in words that say why") {
  NEEDS_POSTGRES();
  connection db = connected();
  CHECK(failure_of(db, "select * from no_such_table").code() == "42P01");
  CHECK(failure_of(db, "").message() == "the SQL holds no statement");
  CHECK(failure_of(db, "create temp table made (i int)").message() == "the SQL gives no columns: it is not a query");
  CHECK(failure_of(db, "select 1; select 2").code() == "42601");
  CHECK(value_of(db, "select 'usable'") == "usable");
  CHECK(failure_of(db, "copy (select 1) to stdout").message() == "COPY gives no rows: select them");
  const error refused = thrown_by([] { connection("host=/nowhere port=1"); });
  CHECK(refused.kind() == failure::producer);
  CHECK(refused.message().starts_with("cannot connect: "));
}

TEST_CASE("postgres: a second query on a connection that has one under way is an error of usage") {
  NEEDS_POSTGRES();
  connection db = connected();
  raw_stream first{query{db, endless}};
  REQUIRE(first.pull());
  const error failed = failure_of(db, "select 1");
  CHECK(failed.kind() == failure::usage);
  CHECK(first.pull());  // it goes on
}

TEST_CASE("postgres: a stream that is closed early cancels its query and leaves the connection usable") {
  NEEDS_POSTGRES();
  connection db = connected(), other = connected();
  const std::string backend = value_of(db, "select pg_backend_pid()::text");
  for (const int pulls : {0, 1, 2, 17}) {
    {
      raw_stream stream{query{db, endless}, tidemark::format::array{}, byte_mark{1000}};
      for (int i = 0; i != pulls; ++i) REQUIRE(stream.pull());
    }
    CHECK(db.is_usable());
    CHECK(value_of(other, "select state from pg_stat_activity where pid = " + backend) == "idle");
    CHECK(value_of(db, "select 'next'") == "next");
  }
  // A query that gives nothing for a long time is not waited for.
  raw_stream slow{query{db, "select pg_sleep(600)"}};
  CHECK(slow.try_pull().is_pending());
  slow.close();
  CHECK(value_of(db, "select 'next'") == "next");
}

TEST_CASE("postgres: a stream that owns its connection leaves none behind, wherever it is closed") {
  NEEDS_POSTGRES();
  connection other = connected();
  const std::string mine = "select count(*)::text from pg_stat_activity where application_name = 'mine' and state = ";
  for (const int pulls : {0, 1, 5}) {
    raw_stream stream{query{connection(postgres_server() + std::string(" application_name=mine")), endless}};
    for (int i = 0; i != pulls; ++i) REQUIRE(stream.pull());
    CHECK(value_of(other, mine + (pulls == 0 ? "'idle'" : "'active'")) == "1");
  }
  // The server needs a moment to see that a client is gone.
  std::string left;
  for (int i = 0; i != 200 && left != "0"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    left = value_of(other, "select count(*)::text from pg_stat_activity where application_name = 'mine'");
  }
  CHECK(left == "0");
}

TEST_CASE("postgres: pg_cancel_backend, a timeout and pg_terminate_backend are errors with their SQLSTATE") {
  NEEDS_POSTGRES();
  connection db = connected(), other = connected();
  const std::string backend = value_of(db, "select pg_backend_pid()::text");
  const auto failing_through = [&](const std::string& sql) {
    raw_stream stream{query{db, endless}};
    REQUIRE(stream.pull());
    CHECK(value_of(other, sql + "(" + backend + ")::text") == "true");
    const drained all = drain_waiting(stream);
    REQUIRE(all.failure);
    CHECK(stream.failed());
    CHECK(all.failure->kind() == failure::producer);
    return *all.failure;
  };
  const error canceled = failing_through("select pg_cancel_backend");
  CHECK(canceled.code() == "57014");
  CHECK(canceled.row().value_or(0) > 1);
  CHECK(value_of(db, "select 'usable'") == "usable");

  db.execute("begin; set local statement_timeout = 50");
  const error late = failure_of(db, "select pg_sleep(600)");
  CHECK(late.code() == "57014");
  CHECK(late.message() == "canceling statement due to statement timeout");
  db.execute("rollback");

  // Its last words reach us where it is not waiting for us to read.
  raw_stream waiting{query{db, "select pg_sleep(600)"}};
  CHECK(waiting.try_pull().is_pending());
  CHECK(value_of(other, "select pg_terminate_backend(" + backend + ")::text") == "true");
  const drained ended = drain_waiting(waiting);
  REQUIRE(ended.failure);
  CHECK(ended.failure->code() == "57P01");
  CHECK_FALSE(db.is_usable());
  const error behind = failure_of(db, "select 1");
  CHECK(behind.kind() == failure::producer);
  CHECK(behind.message() != "");
}

TEST_CASE("postgres: a connection that is lost at any byte is an error, never the end") {
  NEEDS_POSTGRES();
  const std::string sql = "select i, repeat('x', i % 50) as t from generate_series(1, 400) i";
  const std::string whole = rows_of(sql);
  tests::cut_proxy proxy(folder_of_server() + "/.s.PGSQL.5432");
  const std::string there = "host=" + proxy.folder().string() + " user=tidemark dbname=postgres";
  std::size_t lost = 0;
  for (std::size_t place = 0; place != 200; ++place) {
    const std::size_t cut = place * place;  // close together at first; the answer has about 20,000 bytes
    proxy.cut_behind(tests::cut_proxy::never);
    connection db{there};
    raw_stream stream{query{db, sql}};
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
    CHECK(all.bytes.size() < whole.size());
    CHECK(whole.starts_with(all.bytes));
    CHECK_FALSE(tests::is_json(all.bytes));
    CHECK_FALSE(db.is_usable());
  }
  CHECK(lost > 100);
  CHECK(lost < 200);
}

TEST_CASE("postgres: a server process that is killed is an error, never the end") {
  NEEDS_POSTGRES();
  // A server of its own, since all of its processes end with the one that is killed.
  running_program server(TIDEMARK_WITH_POSTGRES, {"sh", "-c", "echo \"$TIDEMARK_POSTGRES\"; exec sleep 60"});
  server.read_output(sizeof "host=/tmp/tidemark-postgres-XXXXXX user=tidemark dbname=postgres");
  connection db{server.output()};
  const std::string backend = value_of(db, "select pg_backend_pid()::text");
  raw_stream stream{query{db, endless}};
  REQUIRE(stream.pull());
  REQUIRE(::kill(static_cast<pid_t>(std::stol(backend)), SIGKILL) == 0);
  const drained all = drain_waiting(stream);
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == failure::producer);
  CHECK(all.failure->code() == "");
  CHECK(all.failure->message() != "");
  CHECK_FALSE(tests::is_json(all.bytes));
  CHECK_FALSE(db.is_usable());
  server.send(SIGTERM);
  const program_result ended = server.finish();
  CHECK(ended.exit_code == 143);
}

TEST_CASE("postgres: a canceller stops its query from another thread, and no other one") {
  NEEDS_POSTGRES();
  connection db = connected();
  for (int round = 0; round != 200; ++round) {
    raw_stream stream{query{db, endless}};
    REQUIRE(stream.pull());
    const tidemark::canceller stop = stream.canceller();
    std::thread canceling([&] { stop.cancel(); });
    const drained all = drain_waiting(stream);
    canceling.join();
    REQUIRE(all.failure);
    CHECK(all.failure->kind() == failure::canceled);
    stop.cancel();  // too late: it is over
    CHECK(value_of(db, "select 'not hit'") == "not hit");
    stop.cancel();
  }
}

TEST_CASE("postgres: a canceller that fires while its query ends never hits the next one") {
  NEEDS_POSTGRES();
  connection db = connected();
  std::size_t canceled = 0;
  for (int round = 0; round != 1000; ++round) {
    raw_stream stream{query{db, "select i from generate_series(1, 100) i"}};
    const tidemark::canceller stop = stream.canceller();
    std::atomic<bool> is_begun = false;
    std::thread canceling([&] {
      while (!is_begun) {}
      stop.cancel();
    });
    is_begun = true;
    const drained all = drain_waiting(stream);
    CHECK(value_of(db, "select 'not hit'") == "not hit");
    canceling.join();
    CHECK(value_of(db, "select 'not hit'") == "not hit");
    if (all.failure) {
      CHECK(all.failure->kind() == failure::canceled);
      ++canceled;
    }
  }
  INFO(canceled << " of 1000 were canceled");
  CHECK(canceled > 0);
}

TEST_CASE("postgres: a canceller wakes who waits for a server that gives nothing") {
  NEEDS_POSTGRES();
  connection db = connected();
  raw_stream stream{query{db, "select pg_sleep(600)"}};
  const tidemark::canceller stop = stream.canceller();
  std::thread canceling([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.cancel();
  });
  const error failed = thrown_by([&] { collect(stream); });
  canceling.join();
  CHECK(failed.kind() == failure::canceled);
  CHECK(value_of(db, "select 'usable'") == "usable");
  // Where it fires before anything was sent, nothing is.
  raw_stream unsent{query{db, "select 1"}};
  unsent.canceller().cancel();
  CHECK(thrown_by([&] { collect(unsent); }).kind() == failure::canceled);
}

TEST_CASE("postgres: parents and children are nested over two connections, and looked up over one more") {
  NEEDS_POSTGRES();
  const std::string expected =
      R"([{"id":1,"c":[{"of":1,"n":1},{"of":1,"n":2}]},{"id":2,"c":[]},{"id":3,"c":[{"of":3,"n":3}]}])";
  const auto parents = [] { return query{connected(), "select id from generate_series(1, 3) id"}; };
  const std::string children = "select * from (values (1, 1), (1, 2), (3, 3)) v(\"of\", n)";
  CHECK(collect(raw_stream{nest(parents(), many("c", query{connected(), children + " order by 1"},
                                                tidemark::on(tidemark::equal("id", "of"))))}) == expected);
  CHECK(collect(raw_stream{lookup(parents(), many("c", query{connected(), children + " where \"of\" = $1 order by n"},
                                                  tidemark::on("id")))}) == expected);
}

TEST_CASE(
    "postgres: bound to another key in the middle, a query gives the rows of that, also on a connection of its own") {
  NEEDS_POSTGRES();
  connection db = connected();
  const std::string sql = "select generate_series(1, 1000000) + $1::int as i";
  query lent{db, sql}, owned{connected(), sql};
  for (query* const rows : {&lent, &owned})
    for (const int key : {0, 1000, 2000}) {
      const tidemark::field bound = tidemark::field::integer(key);
      rows->bind({&bound, 1});
      for (int i = 1; i <= 3; ++i) {
        REQUIRE(tests::next_of(*rows) == tidemark::progress::row);
        CHECK(rows->field(0).as_integer() == key + i);
      }
    }
}

}  // namespace producers_postgres_tests
