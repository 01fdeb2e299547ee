#include "catch.hpp"

#include <string>
#include <string_view>

#include <tidemark/collect.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>

#include "postgres_server.hpp"

// What docs/producers.md shows of PostgreSQL.

namespace {

void set_up(tidemark::postgres::connection& db) {
  db.execute(
      "create temp table orders (id int, day date, payload jsonb, price numeric);"
      "insert into orders values (1, '2024-02-28', '{\"a\": 1}', 12.50), (2, '2024-03-01', '[]', 0.10)");
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
