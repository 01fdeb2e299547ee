#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/string.hpp>

#include "drain.hpp"

// What docs/producers.md shows of SQLite and ranges.

// [MEMBERS]
struct gauge {
  std::int64_t id;
  std::string port;
  std::optional<double> height;
};

template <>
inline constexpr auto tidemark::members_of<gauge> =
    tidemark::members("id", &gauge::id, "port", &gauge::port, "height", &gauge::height);
// [/MEMBERS]

namespace docs_producers_tests {

namespace {

tidemark::sqlite::connection harbour() {
  tidemark::sqlite::connection db{":memory:"};
  db.execute(
      "create table orders (id integer primary key, day text, payload text, paid integer, price text);"
      "insert into orders values (1, '2024-02-28', '{\"a\": 1}', 0, '12.50'), (2, '2024-03-01', '[]', 1, '0.10');"
      "create table documents (name text, scan blob);"
      "insert into documents values ('tide table', x'010203'), ('none', null)");
  return db;
}

}  // namespace

TEST_CASE("docs/producers.md: a query with parameters and named columns") {
  const auto db = harbour();
  // [QUERY]
  auto query = tidemark::sqlite::query{db, "select id, payload, paid, price from orders where day > ?", "2024-02-29"}
                   .json("payload")
                   .boolean("paid")
                   .decimal("price");
  tidemark::raw_stream rows{std::move(query)};
  // [/QUERY]
  CHECK(drain(rows).bytes == R"([{"id":2,"payload":[],"paid":true,"price":0.10}])");
}

TEST_CASE("docs/producers.md: parameters by name") {
  const auto db = harbour();
  // [NAMED]
  tidemark::sqlite::query query{db, "select id from orders where day between :from and :to",
                                tidemark::sqlite::named(":from", "2024-01-01"),
                                tidemark::sqlite::named(":to", "2024-12-31")};
  // [/NAMED]
  const auto selected = drain(tidemark::raw_stream{std::move(query)});
  CHECK(selected.bytes == R"([{"id":1},{"id":2}])");
  CHECK_THROWS_AS((tidemark::sqlite::query{db, "select ?, ?", 1}).next(), tidemark::error);
  CHECK_THROWS_AS((tidemark::sqlite::query{db, "select ?", 1, 2}), tidemark::error);
  CHECK_THROWS_AS((tidemark::sqlite::query{db, "select 1; select 2"}), tidemark::error);
  CHECK(drain(tidemark::raw_stream{tidemark::sqlite::query{db, "select 1 as a"}.json("b")}).failure->kind() ==
        tidemark::failure::usage);
}

TEST_CASE("docs/producers.md: a value that is drawn in pieces") {
  const auto db = harbour();
  // [DRAW]
  auto scans =
      tidemark::sqlite::query{db, "select name, rowid as scan from documents"}.draw("scan", {"documents", "scan"});
  // [/DRAW]
  const auto drawn = drain(tidemark::raw_stream{std::move(scans)});
  CHECK(drawn.bytes == R"([{"name":"tide table","scan":"AQID"},{"name":"none","scan":null}])");
}

TEST_CASE("docs/producers.md: a query that owns its connection") {
  // [OWNED]
  const auto orders = [](tidemark::sqlite::connection db) {
    return tidemark::raw_stream{tidemark::sqlite::query{std::move(db), "select id from orders"}};
  };
  // [/OWNED]
  CHECK(drain(orders(harbour())).bytes == R"([{"id":1},{"id":2}])");
}

TEST_CASE("docs/producers.md: rows that are JSON text") {
  const auto db = harbour();
  // [TEXT]
  tidemark::raw_stream payloads{tidemark::sqlite::text_query{db, "select payload from orders"}};
  // [/TEXT]
  CHECK(drain(payloads).bytes == R"([{"a": 1},[]])");
}

TEST_CASE("docs/producers.md: a query that another thread cancels") {
  const auto db = harbour();
  // [CANCEL]
  tidemark::raw_stream endless{tidemark::sqlite::query{
      db, "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"}};
  std::thread other([stop = endless.canceller()] { stop.cancel(); });
  std::string out;
  bool is_canceled = false;
  try {
    tidemark::write_to(out, endless);
  } catch (const tidemark::error& stopped) {
    is_canceled = stopped.kind() == tidemark::failure::canceled;
  }
  other.join();
  // [/CANCEL]
  CHECK(is_canceled);
  CHECK(out.empty());
  CHECK(drain(tidemark::raw_stream{tidemark::sqlite::query{db, "select 1 as a"}}).bytes == R"([{"a":1}])");
}

TEST_CASE("docs/producers.md: ranges") {
  // [RANGES]
  const std::vector<gauge> gauges = {{1, "Brest", 7.9}, {2, "Saint-Malo", std::nullopt}};
  tidemark::raw_stream structs{tidemark::range(gauges)};

  const std::vector<std::tuple<int, std::string>> pairs = {{1, "Brest"}, {2, "Saint-Malo"}};
  tidemark::raw_stream tuples{tidemark::range(pairs, {"id", "port"})};

  const std::vector<std::string> documents = {R"({"id": 1})", R"({"id": 2})"};
  tidemark::raw_stream texts{tidemark::range(documents), tidemark::format::ndjson{}};
  // [/RANGES]
  CHECK(drain(structs).bytes == R"([{"id":1,"port":"Brest","height":7.9},{"id":2,"port":"Saint-Malo","height":null}])");
  CHECK(drain(tuples).bytes == R"([{"id":1,"port":"Brest"},{"id":2,"port":"Saint-Malo"}])");
  CHECK(drain(texts).bytes == "{\"id\": 1}\n{\"id\": 2}\n");
  CHECK_THROWS_AS(tidemark::range(pairs, {"id"}), tidemark::error);
}

}  // namespace docs_producers_tests
