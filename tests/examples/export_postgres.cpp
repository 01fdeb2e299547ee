#ifdef TIDEMARK_EXPORT_PROGRAM

#include "run_export.hpp"
#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>

#include "music_shop.hpp"
#include "music_walk.hpp"
#include "nlohmann_json.hpp"
#include "postgres_server.hpp"
#include "postgres_tools.hpp"

namespace examples_export_postgres_tests {

// Runs examples/export.cpp, the real program, on the PostgreSQL server of this run.

namespace {

using nlohmann::json;
using tests::own_schema;
using tidemark::postgres::connection;

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The server's address, in the schema of this test; `user`: with or without a password, which is not asked for.
std::string address(const std::string& user = "tidemark") {
  const std::string where = tests::postgres_server();
  const std::size_t start = where.find("host=") + 5;
  std::string folder;
  for (const char c : where.substr(start, where.find(' ', start) - start))
    folder += c == '/' ? "%2F" : std::string(1, c);
  return "postgresql://" + user + "@" + folder + "/postgres?options=-c%20search_path%3D" + own_schema::name();
}

const std::string endless = "select generate_series(1, 1000000000000) as i";

}  // namespace

TEST_CASE("export: tables of PostgreSQL are exported as those of SQLite are, in each format") {
  NEEDS_POSTGRES();
  const own_schema schema;
  connection db = schema.connected();
  tests::load_music(db);
  const auto both = [&](const std::vector<std::string>& arguments) {
    const std::string ours = exported(with({"--db", address()}, arguments));
    INFO(arguments[1]);
    CHECK((ours == exported(with({"--db", tests::music_shop()}, arguments))));  // in brackets: too long to be printed
    return ours;
  };
  for (const char* const table :
       {"Artist", "Customer", "Genre"})  // in the order in which they were made: a page or two
    CHECK(tests::parse_json(both({"--table", table})).size() > 20);
  for (const char* const format : {"array", "ndjson", "json-seq", "odata"})
    for (const char* const mark : {"1", "1000"})
      both({"--table", "Genre", "--format", format, "--high-water-mark", mark});
  both({"--query", R"(select * from "Genre" where "GenreId" = 7)", "--one"});
  both({"--query", R"(select * from "Genre" where 1 = 0)"});
  both({"--query", R"(select * from "Track" order by "TrackId")"});
  for (const char* const mark : {"1", "65536"})
    CHECK(both({"--query", tests::artists, "--high-water-mark", mark, "--child",
                "albums:ArtistId=ArtistId:" + tests::albums, "--child",
                "albums.tracks:ArtistId=ArtistId,AlbumId=AlbumId:" + tests::tracks})
              .size() > 500'000);
}

TEST_CASE("export: a table of PostgreSQL may be called anything") {
  NEEDS_POSTGRES();
  const own_schema schema;
  connection db = schema.connected();
  db.execute("create table \"the \"\"ä\"\".b; drop table x --\" as select 1 as a");
  CHECK(exported({"--db", address(), "--table", "the \"ä\".b; drop table x --"}) == R"([{"a":1}])");
  // Both spellings of an address, and a table by its schema in a query.
  CHECK(exported({"--db", "postgres" + address().substr(10), "--query",
                  "select * from " + schema.name() + ".\"the \"\"ä\"\".b; drop table x --\""}) == R"([{"a":1}])");
}

TEST_CASE("export: what is wrong with a table or query of PostgreSQL is said, and leaves the output file as it was") {
  NEEDS_POSTGRES();
  const own_schema schema;
  const temporary_folder folder;
  const std::string file = folder.file("out.json");
  std::ofstream(file) << "before";
  const auto failed = [&](const std::vector<std::string>& arguments) {
    return run_export(with({"--db", address(), "--output", file}, arguments));
  };
  check_export_fails(failed({"--table", "nope"}),
                     {"postgresql://tidemark@", "table \"nope\"", "relation \"nope\" does not exist", "42P01"});
  check_export_fails(failed({"--query", "selekt 1"}), {"query", "syntax error at or near \"selekt\"", "42601"});
  check_export_fails(failed({"--query", "select 1 as id", "--child", "c:id=id:select * from nope"}),
                     {"query: the query of \"c\": relation \"nope\" does not exist", "42P01"});
  connection db = schema.connected();
  db.execute("create table t as select 1 as a");
  CHECK(text_of_file(file) == "before");
  // Only when it runs does the server say that it may not.
  check_export_fails(failed({"--query", "delete from t returning a"}), {"read-only transaction", "25006"});
  CHECK(exported({"--db", address(), "--table", "t", "--output", file}) == "");
  CHECK(text_of_file(file) == R"([{"a":1}])");
}

TEST_CASE("export: a server that cannot be reached is named, and no password is ever shown") {
  const auto failed = [](const std::string& address) {
    const program_result done = run_export({"--db", address, "--table", "t"});
    check_export_fails(done, {"export: postgresql://", "table \"t\""});
    CHECK(done.out == "");
    INFO(done.err);
    CHECK(done.err.find("secret") == std::string::npos);
    return done.err;
  };
  const std::string refused = failed("postgresql://who:secret@127.0.0.1:1/shop?application_name=secret");
  CHECK(refused.find("postgresql://who@127.0.0.1:1/shop: table \"t\": cannot connect: ") != std::string::npos);
  CHECK(refused.find("Connection refused") != std::string::npos);
  failed("postgres://%2Fnowhere/shop?password=secret");
  // Those in which libpq takes the password, or a part of it, for something else, and quotes it.
  for (const char* const address :
       {"postgresql://who:p%zzsecret@127.0.0.1:1/shop", "postgresql://who:p@secret@127.0.0.1:1/shop",
        "postgresql://who:p/secret@127.0.0.1:1/shop", "postgresql://who:secret/p@127.0.0.1:1/shop",
        "postgresql://who:secret@[::1/shop", "postgresql://127.0.0.1:1/shop?password=secret=secret",
        "postgresql://127.0.0.1:1/shop?password=secret&sslmode"})
    CHECK(failed(address).find("postgresql://USER:PASSWORD@HOST:PORT/DATABASE") != std::string::npos);
}

TEST_CASE("export: an error of PostgreSQL in the middle leaves the rows before it, in an array that is open") {
  NEEDS_POSTGRES();
  const program_result done = run_export(
      {"--db", address("tidemark:secret"), "--query", "select 1 / (5 - i) as v from generate_series(1, 9) i"});
  check_export_fails(done, {"postgresql://tidemark@", "query", "division by zero", "22012", "row 5"});
  CHECK(done.out == R"([{"v":0},{"v":0},{"v":0},{"v":1})");
  CHECK(done.err.find("secret") == std::string::npos);
}

TEST_CASE("export: an interrupt stops a query of PostgreSQL, and one of its children") {
  NEEDS_POSTGRES();
  for (const std::vector<std::string>& what :
       {std::vector<std::string>{"--query", endless},
        std::vector<std::string>{"--query", "select 1 as k", "--child",
                                 "c:k=k:select 1 as k, generate_series(1, 1000000000000) as i"}}) {
    running_program run(TIDEMARK_EXPORT_PROGRAM, with({"--db", address()}, what));
    run.read_output(1);
    run.send(SIGINT);
    const program_result done = run.finish();
    CHECK(done.signal == 0);
    check_export_fails(done, {"postgresql://tidemark@", "canceled"});
    CHECK_FALSE(tests::is_json(done.out));
  }
}

TEST_CASE("export: what is committed at a PostgreSQL server meanwhile is not seen") {
  NEEDS_POSTGRES();
  const own_schema schema;
  connection writer = schema.connected();
  writer.execute(
      "create table p as select generate_series(1, 20000) as id; create table c as select id, 1 as i from p");
  running_program run(TIDEMARK_EXPORT_PROGRAM, {"--db", address(), "--query", "select * from p order by id", "--child",
                                                "c:id=id:select * from c order by id, i"});
  run.read_output(1);  // a pipe holds less than the whole, so it waits here
  writer.execute("insert into p values (20001); insert into c values (20000, 2), (20001, 1), (30000, 1)");
  const program_result done = run.finish();
  CHECK(done.err == "");
  CHECK(done.exit_code == 0);
  const json rows = tests::parse_json(done.out);
  REQUIRE(rows.size() == 20'000);
  CHECK(rows.back() == json{{"id", 20'000}, {"c", {{{"id", 20'000}, {"i", 1}}}}});
}

TEST_CASE("export: --progress knows about how many rows a table of PostgreSQL has") {
  NEEDS_POSTGRES();
  const own_schema schema;
  connection db = schema.connected();
  db.execute(
      "create table t as select generate_series(1, 5000) as i; analyze t; create table unknown as select 1 as i");
  const auto drawn = [](const std::string& table) {
    const program_result done =
        running_program(TIDEMARK_EXPORT_PROGRAM, {"--db", address(), "--table", table, "--progress"},
                        running_program::errors_to::terminal)
            .finish();
    CHECK(done.exit_code == 0);
    return done.err;
  };
  const std::string known = drawn("t");
  CHECK(known.find("\r[=====") != std::string::npos);
  CHECK(known.find("<=>") == std::string::npos);
  CHECK(known.find(" 5000 rows") != std::string::npos);
  CHECK(drawn("unknown").find("<=>") != std::string::npos);
}

TEST_CASE("export: memory does not grow with the rows of PostgreSQL, nor with children") {
  NEEDS_POSTGRES();
  const without_quarantine lasting_for_this_test;
  const auto peak = [&](const std::vector<std::string>& what, std::uint64_t objects) {
    const program_result done = run_export(with({"--db", address(), "--stats"}, what));
    const json stats = stats_of(done);
    CHECK(stats["largest_chunk"] <= 65536);
    CHECK(std::ranges::count(done.out, '{') == static_cast<std::ptrdiff_t>(objects));
    return stats["peak_memory"].get<std::int64_t>();
  };
  const auto rows = [&](std::uint64_t count) {
    return peak({"--query", "select generate_series(1, " + std::to_string(count) + ") as i, 'some text' as t"}, count);
  };
  const auto children = [&](std::uint64_t count) {
    return peak({"--query", "select 1 as k", "--child",
                 "c:k=k:select 1 as k, generate_series(1, " + std::to_string(count) + ") as i"},
                count + 1);
  };
  const std::int64_t few = rows(20'000), many = rows(200'000), of_few = children(20'000), of_many = children(200'000);
  INFO(few << " bytes for 20000 rows, " << many << " for 200000");
  INFO(of_few << " for 20000 children, " << of_many << " for 200000");
  CHECK(std::abs(many - few) < 2 * 1024 * 1024);
  CHECK(std::abs(of_many - of_few) < 2 * 1024 * 1024);
}

}  // namespace examples_export_postgres_tests

#endif
