#include <tidemark/producers/postgres/query.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>

#include "drain.hpp"
#include "nlohmann_json.hpp"
#include "postgres_server.hpp"
#include "postgres_tools.hpp"

namespace producers_postgres_query_tests {

using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::format::ndjson;
using tidemark::postgres::connection;
using tidemark::postgres::query;

namespace {

constexpr int points = 200;

using lines = raw_stream<query, ndjson>;

lines stream_of(connection& db, const std::string& sql) { return lines{query{db, sql}, ndjson{}, byte_mark{1000}}; }

std::string process_of(connection& db) { return std::to_string(PQbackendPID(db.handle())); }

/// Four megabytes: more than lies on the way between a server and its client.
const std::string many_rows = "select i, repeat('x', 200) as text from generate_series(1, 20000) as s(i)";

/// Looks for line feeds a piece at a time, which std::count() does not where it is not optimized.
std::uint64_t lines_in(std::string_view bytes) {
  std::uint64_t count = 0;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) ++count;
  return count;
}

/// How a stream ended, pulled to its end from where it is. That it ended with a failure, and with an error record
/// behind whole rows or a row that was cut, is checked.
error failure_at_end(lines& stream, std::string bytes) {
  const drained rest = drain(stream, [&] { stream.wait(); });
  bytes += rest.bytes;
  REQUIRE(rest.failure);
  CHECK(stream.failed());
  const std::size_t last = bytes.rfind('\n', bytes.size() - 2);
  const auto record = tests::parse_json(bytes.substr(last == std::string::npos ? 0 : last + 1));
  CHECK(record.at("error").at("kind") == to_string(rest.failure->kind()));
  CHECK(lines_in(bytes) >= stream.stats().rows + 1);
  return *rest.failure;
}

/// Again, where the timeout hits this statement as well.
void end_timeout(connection& db) {
  for (;;) {
    try {
      return db.execute("set statement_timeout = 0");
    } catch (const error& failed) {
      if (failed.code() != "57014") throw;
    }
  }
}

}  // namespace

TEST_CASE("postgres: a server process that is killed at any row is an error, and never the end") {
  NEEDS_POSTGRES();
  connection admin(tests::postgres_server());
  std::mt19937 random(1);
  for (int point = 0; point != points; ++point) {
    connection db(tests::postgres_server());
    lines stream = stream_of(db, many_rows);
    std::string bytes;
    const std::size_t rows = random() % 15'000;
    while (stream.stats().rows < rows) bytes += stream.pull().value();
    admin.execute("select pg_terminate_backend(" + process_of(db) + ")");
    const error failed = failure_at_end(stream, std::move(bytes));
    CHECK(failed.kind() == failure::producer);
    CHECK((failed.code() == "57P01" || failed.code().empty()));  // a process that is sending cannot say why
    CHECK_FALSE(db.is_usable());
  }
}

TEST_CASE("postgres: pg_cancel_backend at any row is an error with its SQLSTATE, and the connection can be used on") {
  NEEDS_POSTGRES();
  connection admin(tests::postgres_server());
  connection db(tests::postgres_server());
  std::mt19937 random(2);
  for (int point = 0; point != points; ++point) {
    lines stream = stream_of(db, many_rows);
    std::string bytes;
    const std::size_t rows = random() % 15'000;
    while (stream.stats().rows < rows) bytes += stream.pull().value();
    if (stream.stats().rows == 0) bytes += stream.pull().value();  // there is something to be canceled
    admin.execute("select pg_cancel_backend(" + process_of(db) + ")");
    const error failed = failure_at_end(stream, std::move(bytes));
    CHECK(failed.code() == "57014");
    CHECK(collect(raw_stream{query{db, "select 1 as i"}}) == "[{\"i\":1}]");
  }
}

TEST_CASE(
    "postgres: a statement_timeout at any moment is an error with its SQLSTATE, and the connection can be used on") {
  NEEDS_POSTGRES();
  connection db(tests::postgres_server());
  std::mt19937 random(3);
  for (int point = 0; point != points; ++point) {
    db.execute("set statement_timeout = " + std::to_string(1 + random() % 15));
    lines stream = stream_of(db, "select i, pg_sleep(0.0005)::text from generate_series(1, 100000) as s(i)");
    const error failed = failure_at_end(stream, {});
    CHECK(failed.code() == "57014");
    CHECK(failed.message().find("statement timeout") != std::string::npos);
    end_timeout(db);
    CHECK(collect(raw_stream{query{db, "select 1 as i"}}) == "[{\"i\":1}]");
  }
}

TEST_CASE("postgres: an error at any row comes behind all rows before it") {
  NEEDS_POSTGRES();
  connection db(tests::postgres_server());
  std::mt19937 random(4);
  for (int point = 0; point != points; ++point) {
    const std::size_t row = 1 + random() % (point % 2 == 0 ? 20 : 5000);
    lines stream =
        stream_of(db, "select 1 / (" + std::to_string(row) + " - i) as v, i from generate_series(1, 6000) as s(i)");
    const error failed = failure_at_end(stream, {});
    CHECK(failed.code() == "22012");
    CHECK(failed.row() == row);
    CHECK(stream.stats().rows == row - 1);
    CHECK(collect(raw_stream{query{db, "select 1 as i"}}) == "[{\"i\":1}]");
  }
}

TEST_CASE("postgres: rows that come in chunks are the same rows, and an error among them is an error") {
  NEEDS_POSTGRES();
  connection db = tests::connected();
  const std::string sql = "select i, i || 'x' as t from generate_series(1, 1000) as i";
  const std::string expected = collect(raw_stream{query{db, sql}});
  for (const std::size_t most : std::vector<std::size_t>{1, 2, 7, 999, 1000, 1001, 5000})
    CHECK(collect(raw_stream{query{db, sql}.chunked_rows(tidemark::row_mark{most})}) == expected);
  CHECK(collect(raw_stream{query{db, "select 1 as a where false"}.chunked_rows(tidemark::row_mark{10})}) == "[]");

  raw_stream failing{
      query{db, "select 1 / (500 - i) as v from generate_series(1, 1000) as i"}.chunked_rows(tidemark::row_mark{64})};
  const drained all = tests::drain_waiting(failing);
  REQUIRE(all.failure);
  CHECK(all.failure->code() == "22012");
  CHECK_FALSE(tests::is_json(all.bytes));

  query stopped = query{db, "select generate_series(1, 1000000000000) as i"}.chunked_rows(tidemark::row_mark{100});
  const tidemark::canceller stop = stopped.canceller();
  while (stopped.next() == tidemark::progress::pending) tidemark::block_until(stopped.waits_for());
  stop.cancel();
  CHECK(thrown_by([&] { stopped.next(); }).kind() == failure::canceled);
  CHECK(tests::value_of(db, "select 'usable'") == "usable");
}

}  // namespace producers_postgres_query_tests
