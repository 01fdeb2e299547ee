#include "catch.hpp"

#include <string>
#include <string_view>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>
#include <tidemark/walk/on.hpp>

#include "postgres_server.hpp"
#include "postgres_tools.hpp"

namespace docs_postgres_tests {

// What docs/producers.md shows of PostgreSQL.

namespace {

void set_up(tidemark::postgres::connection& db) {
  db.execute(
      "create temp table orders (id int, day date, payload jsonb, price numeric);"
      "insert into orders values (1, '2024-02-28', '{\"a\": 1}', 12.50), (2, '2024-03-01', '[]', 0.10)");
}

const char* const nested =
    R"([{"id":1,"name":"Ebb","albums":[{"artist":1,"title":"Neaps"},{"artist":1,"title":"Springs"}]},)"
    R"({"id":2,"name":"Flow","albums":[]}])";

void set_up_music(tidemark::postgres::connection& db, const std::string& kind) {
  db.execute("create " + kind + " table artist as select * from (values (1, 'Ebb'), (2, 'Flow')) v (id, name);" +
             "create " + kind +
             " table album as select * from (values (1, 2, 'Springs'), (1, 1, 'Neaps')) v (artist, id, title)");
}

}  // namespace

TEST_CASE("docs/producers.md: a query of PostgreSQL") {
  NEEDS_POSTGRES();
  const std::string where = tests::postgres_server();
  // [QUERY]
  tidemark::postgres::connection db{where};  // "postgresql://user@host/database"
  // [/QUERY]
  set_up(db);
  // [ROWS]
  tidemark::raw_stream rows{
      tidemark::postgres::query{db, "select id, payload, price from orders where day > $1", "2024-02-29"}};
  // [/ROWS]
  CHECK(collect(rows) == R"([{"id":2,"payload":[],"price":0.10}])");
}

TEST_CASE("docs/producers.md: a loop that does not block while PostgreSQL has nothing to give") {
  NEEDS_POSTGRES();
  tidemark::postgres::connection db{tests::postgres_server()};
  tidemark::raw_stream rows{tidemark::postgres::query{db, "select pg_sleep(0.05)::text as slept"}};
  std::string sent;
  int waits = 0;
  const auto send = [&](std::string_view chunk) { sent += chunk; };
  const auto watch = [&](auto conditions) {
    ++waits;
    tidemark::block_until(conditions);
  };
  // [PENDING]
  for (auto chunk = rows.try_pull(); !chunk.is_end(); chunk = rows.try_pull()) {
    if (chunk.is_pending())
      watch(rows.waits_for());  // the descriptors to give to poll(2) or an event loop
    else
      send(*chunk);
  }
  // [/PENDING]
  CHECK(sent == R"([{"slept":""}])");
  CHECK(waits > 0);
}

TEST_CASE("docs/producers.md: cursors that share one connection") {
  NEEDS_POSTGRES();
  using tidemark::equal, tidemark::many, tidemark::nest, tidemark::on, tidemark::raw_stream;
  tidemark::postgres::connection db{tests::postgres_server()};
  set_up_music(db, "temp");
  // [CURSOR]
  using tidemark::postgres::cursor;
  db.execute("begin isolation level repeatable read read only");
  raw_stream rows{nest(
      cursor{db, "select id, name from artist order by id"},
      many("albums", cursor{db, "select artist, title from album order by artist, id"}, on(equal("id", "artist"))))};
  // [/CURSOR]
  CHECK(collect(rows) == nested);
}

TEST_CASE("docs/producers.md: queries on several connections that see one snapshot") {
  NEEDS_POSTGRES();
  using tidemark::equal, tidemark::many, tidemark::nest, tidemark::on, tidemark::raw_stream;
  const tests::own_schema schema;
  tidemark::postgres::connection first = schema.connected(), second = schema.connected();
  set_up_music(first, "");
  // [SNAPSHOT]
  using tidemark::postgres::query;
  const tidemark::postgres::snapshot seen{first};  // begins a transaction
  seen.share_with(second);                         // begins one that sees the same
  raw_stream rows{nest(
      query{first, "select id, name from artist order by id"},
      many("albums", query{second, "select artist, title from album order by artist, id"}, on(equal("id", "artist"))))};
  // [/SNAPSHOT]
  CHECK(collect(rows) == nested);
}

}  // namespace docs_postgres_tests
