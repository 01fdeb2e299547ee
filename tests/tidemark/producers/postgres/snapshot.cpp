#include <tidemark/producers/postgres/snapshot.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

#include "drain.hpp"
#include "music_walk.hpp"
#include "postgres_server.hpp"
#include "postgres_tools.hpp"

namespace producers_postgres_snapshot_tests {

using tests::connected;
using tests::drain_waiting;
using tests::own_schema;
using tests::value_of;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::postgres::connection;
using tidemark::postgres::query;
using tidemark::postgres::snapshot;

TEST_CASE("postgres snapshot: artists, albums and tracks nested over three connections are those of SQLite") {
  NEEDS_POSTGRES();
  const std::string expected = tests::music_of_sqlite();
  const own_schema schema;
  connection first = schema.connected(), second = schema.connected(), third = schema.connected();
  tests::load_music(first);
  const snapshot seen{first};
  seen.share_with(second);
  seen.share_with(third);
  connection writer = schema.connected();
  for (const std::size_t mark : {1U, 1000U, 65536U}) {
    raw_stream cut{
        tests::music_walk(query{first, tests::artists}, query{second, tests::albums}, query{third, tests::tracks}),
        tidemark::format::array{}, byte_mark{mark}};
    std::string bytes(*cut.pull());
    writer.execute(R"(delete from "Album" where "AlbumId" < 300; update "Track" set "Name" = 'changed')");
    bytes += drain_waiting(cut).bytes;
    CHECK((bytes == expected));  // in brackets: too long to be printed
  }
}

TEST_CASE("postgres snapshot: what is committed meanwhile is seen on no connection that shares it") {
  NEEDS_POSTGRES();
  const own_schema schema;
  connection first = schema.connected(), second = schema.connected(), apart = schema.connected();
  connection writer = schema.connected();
  writer.execute("create table t as select 1 as i");
  {
    const snapshot seen{first};
    writer.execute("insert into t values (2)");
    seen.share_with(second);
    apart.execute("begin isolation level repeatable read read only");
  }  // the snapshot is that of the transactions, not of the object
  writer.execute("insert into t values (3)");
  const std::string count = "select count(*)::text from t";
  CHECK(value_of(first, count) == "1");
  CHECK(value_of(second, count) == "1");
  CHECK(value_of(apart, count) == "3");
  first.execute("commit");
  CHECK(value_of(first, count) == "3");
  CHECK(value_of(second, count) == "1");  // as long as its own transaction lasts
}

TEST_CASE("postgres snapshot: its transactions write nothing") {
  NEEDS_POSTGRES();
  const own_schema schema;
  connection first = schema.connected(), second = schema.connected();
  first.execute("create table t (i int)");
  const snapshot seen{first};
  seen.share_with(second);
  for (connection* const db : {&first, &second})
    CHECK(thrown_by([&] { db->execute("insert into t values (1)"); }).code() == "25006");
}

TEST_CASE("postgres snapshot: another program can use it by its name") {
  NEEDS_POSTGRES();
  connection first = connected(), other = connected();
  const snapshot seen{first};
  other.execute("begin isolation level repeatable read; set transaction snapshot '" + seen.id() + "'");
  CHECK(value_of(other, "select pg_current_snapshot()::text") == value_of(first, "select pg_current_snapshot()::text"));
}

TEST_CASE("postgres snapshot: a connection that is in a transaction, or lost, is refused") {
  NEEDS_POSTGRES();
  connection first = connected(), second = connected();
  second.execute("begin");
  const snapshot seen{first};
  for (const error& failed : {thrown_by([&] { snapshot{second}; }), thrown_by([&] { seen.share_with(second); }),
                              thrown_by([&] { seen.share_with(first); })}) {
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message() == "the connection is in a transaction already, which has a snapshot of its own");
  }
  const std::string backend = value_of(second, "select pg_backend_pid()::text");
  second.execute("commit");
  CHECK(value_of(first, "select pg_terminate_backend(" + backend + ")::text") == "true");
  CHECK(thrown_by([&] { seen.share_with(second); }).kind() == failure::producer);
  CHECK_FALSE(second.is_usable());
  CHECK(thrown_by([&] { snapshot{second}; }).kind() == failure::producer);
}

TEST_CASE("postgres snapshot: where its first transaction is over it cannot be shared, and no transaction is left") {
  NEEDS_POSTGRES();
  connection first = connected(), second = connected();
  const snapshot seen{first};
  first.execute("commit");
  const error failed = thrown_by([&] { seen.share_with(second); });
  CHECK(failed.kind() == failure::producer);
  CHECK(failed.code() != "");
  CHECK(PQtransactionStatus(second.handle()) == PQTRANS_IDLE);
  CHECK(value_of(second, "select 'usable'") == "usable");
}

}  // namespace producers_postgres_snapshot_tests
