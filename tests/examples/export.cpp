#ifdef TIDEMARK_EXPORT_PROGRAM

#include "run_export.hpp"
#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"
#include "chunked_answer.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace examples_export_tests {

// Runs examples/export.cpp, the real program, on databases that are made here with SQLite alone.

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  char* message = nullptr;
  sqlite3_open(path.c_str(), &db);
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
  const std::string reason = message != nullptr ? message : "";
  sqlite3_free(message);
  sqlite3_close(db);
  if (code != SQLITE_OK) throw std::runtime_error(sql + ": " + reason);
}

/// A folder with a database of some rows of every kind that SQLite has, and what JSON they are.
class sample {
 public:
  sample() {
    run_sql(path(), R"(
      create table product (id integer primary key, name text, price real, stock integer, picture blob, note);
      insert into product values
        (1, 'plain', 0.1, 9223372036854775807, x'00ff', null),
        (2, 'quote " backslash \ slash /', -2.5, -9223372036854775808, x'', 'text'),
        (3, 'line' || char(10) || 'tab' || char(9) || 'nul' || char(0) || 'bell' || char(7), 1e300, 0, null, 7),
        (4, 'größer 日本 😀', 0.0, 42, x'0102030405', 3.25),
        (5, '', null, null, null, x'ff');
      create table empty (id integer);
      create table single (id integer, name text);
      insert into single values (7, 'the only one');
    )");
  }

  std::string path() const { return folder_.file("shop.db"); }
  std::string file(const std::string& name) const { return folder_.file(name); }

  json products() const {
    return json::array(
        {{{"id", 1}, {"name", "plain"}, {"price", 0.1}, {"stock", INT64_MAX}, {"picture", "AP8="}, {"note", nullptr}},
         {{"id", 2},
          {"name", "quote \" backslash \\ slash /"},
          {"price", -2.5},
          {"stock", INT64_MIN},
          {"picture", ""},
          {"note", "text"}},
         {{"id", 3},
          {"name", std::string("line\ntab\tnul\0bell\a", 18)},
          {"price", 1e300},
          {"stock", 0},
          {"picture", nullptr},
          {"note", 7}},
         {{"id", 4},
          {"name", "größer 日本 😀"},
          {"price", 0.0},
          {"stock", 42},
          {"picture", "AQIDBAU="},
          {"note", 3.25}},
         {{"id", 5}, {"name", ""}, {"price", nullptr}, {"stock", nullptr}, {"picture", nullptr}, {"note", "/w=="}}});
  }

 private:
  temporary_folder folder_;
};

/// The rows of `text`, each between `before` and a line feed.
template <class Json = json>
Json rows_of_lines(const std::string& text, const std::string& before) {
  Json rows = Json::array();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos || text.compare(at, before.size(), before) != 0)
      throw std::runtime_error("not a line: " + text.substr(at));
    rows.push_back(Json::parse(text.substr(at + before.size(), end - at - before.size())));
    at = end + 1;
  }
  return rows;
}

std::string numbers(std::uint64_t count) {
  return "with recursive n(i) as (select 1 union all select i + 1 from n where i < " + std::to_string(count) +
         ") select i, 'name of ' || i as name from n";
}
const std::string endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";

}  // namespace

TEST_CASE("export: an array read back is what is in the database") {
  const sample shop;
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "product"})) == shop.products());
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "product", "--format", "array"})) ==
        shop.products());
  CHECK(
      tests::parse_json(exported({"--db", shop.path(), "--query", "select * from product order by id desc limit 1"})) ==
      json::array({shop.products()[4]}));
  CHECK(exported({"--db", shop.path(), "--table", "empty"}) == "[]");
}

TEST_CASE("export: lines of JSON read back are what is in the database") {
  const sample shop;
  CHECK(rows_of_lines(exported({"--db", shop.path(), "--table", "product", "--format", "ndjson"}), "") ==
        shop.products());
  CHECK(exported({"--db", shop.path(), "--table", "empty", "--format", "ndjson"}) == "");
}

TEST_CASE("export: a JSON text sequence read back is what is in the database") {
  const sample shop;
  CHECK(rows_of_lines(exported({"--db", shop.path(), "--table", "product", "--format", "json-seq"}), "\x1e") ==
        shop.products());
  CHECK(exported({"--db", shop.path(), "--table", "empty", "--format", "json-seq"}) == "");
}

TEST_CASE("export: an OData collection read back is what is in the database") {
  const sample shop;
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "product", "--format", "odata"})) ==
        json{{"value", shop.products()}});
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "empty", "--format", "odata"})) ==
        json{{"value", json::array()}});
}

TEST_CASE("export: frames read back are what is in the database, at any rows of a chunk and any mark") {
  const sample db;
  const json rows = db.products();
  const auto frame = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{
        "--db",     db.path(), "--format", "frames",
        "--ref-id", "Q<",      "--query",  "select id, name, price, stock, picture from product"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tests::chunked_answer(exported(arguments)).frames.at({"Q<", "f0"});
  };
  const auto all = frame({});
  CHECK(all.rows_of_messages == std::vector<std::size_t>{5});
  const char* const names[] = {"id", "name", "price", "stock", "picture"};
  const char* const types[] = {"int64", "string", "float64", "int64", "string"};
  for (std::size_t i = 0; i != 5; ++i) {
    CHECK(all.schema.at("fields").at(i).at("name") == names[i]);
    CHECK(all.schema.at("fields").at(i).at("typeInfo").at("frame") == types[i]);
    for (std::size_t row = 0; row != 5; ++row) CHECK(all.columns[i].at(row) == rows.at(row).at(names[i]));
  }
  for (const char* mark : {"1", "100", "65536"})
    for (const char* rows_per_chunk : {"1", "2", "1000"})
      CHECK(frame({"--high-water-mark", mark, "--rows-per-chunk", rows_per_chunk}) == all);
  CHECK(frame({"--rows-per-chunk", "2"}).rows_of_messages == std::vector<std::size_t>{2, 2, 1});
}

TEST_CASE(
    "export: a value that does not fit its column of a frame is named with row and column, and told in the output") {
  const sample db;
  const program_result done = run_export({"--db", db.path(), "--table", "product", "--format", "frames"});
  check_export_fails(done, {db.path(), "table \"product\"", "row 3, column \"note\""});
  const tests::chunked_answer answer(done.out);
  CHECK(answer.frames.at({"A", "f0"}).rows() == 2);
  CHECK(answer.failures.at("A").at("error").get<std::string>().find("column \"note\"") != std::string::npos);
}

TEST_CASE("export: --one writes the one row there is, or null") {
  const sample shop;
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "single", "--one"})) ==
        json{{"id", 7}, {"name", "the only one"}});
  CHECK(exported({"--db", shop.path(), "--table", "empty", "--one"}) == "null");
}

TEST_CASE("export: --one fails where there are two rows, and writes nothing that looks complete") {
  const sample shop;
  const program_result done = run_export({"--db", shop.path(), "--query", "select id from product limit 2", "--one"});
  check_export_fails(done, {shop.path(), "more than one row", "row 2"});
  CHECK(!tests::is_json(done.out));
}

TEST_CASE("export: --output writes a file, and - standard output") {
  const sample shop;
  const std::string file = shop.file("out.json");
  CHECK(exported({"--db", shop.path(), "--table", "product", "--output", file}) == "");
  CHECK(tests::parse_json(text_of_file(file)) == shop.products());
  CHECK(exported({"--db", shop.path(), "--table", "single", "--output", file}) == "");
  CHECK(tests::parse_json(text_of_file(file)).size() == 1);  // nothing is left of what was there before
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "product", "--output", "-"})) == shop.products());
}

TEST_CASE("export: an output that cannot be opened or written is named, in the system's words") {
  const sample shop;
  const std::string missing = shop.file("no such folder/out.json");
  check_export_fails(run_export({"--db", shop.path(), "--table", "product", "--output", missing}),
                     {shop.path(), missing, "No such file or directory"});
  if (std::filesystem::exists("/dev/full"))
    check_export_fails(run_export({"--db", shop.path(), "--table", "product", "--output", "/dev/full"}),
                       {shop.path(), "No space left on device"});
}

TEST_CASE("export: a query that is not sound leaves the output file as it was") {
  const sample shop;
  const std::string file = shop.file("out.json");
  exported({"--db", shop.path(), "--table", "product", "--output", file});
  const std::string before = text_of_file(file);
  check_export_fails(run_export({"--db", shop.path(), "--table", "none", "--output", file}), {"no such table"});
  CHECK(text_of_file(file) == before);
}

TEST_CASE("export: a mark of one byte gives the same bytes") {
  const sample shop;
  for (const char* const format : {"array", "ndjson", "json-seq", "odata"}) {
    INFO(format);
    const std::vector<std::string> arguments = {"--db", shop.path(), "--table", "product", "--format", format};
    std::vector<std::string> in_bytes = arguments;
    in_bytes.insert(in_bytes.end(), {"--high-water-mark", "1"});
    CHECK(exported(in_bytes) == exported(arguments));
  }
  const json stats =
      stats_of(run_export({"--db", shop.path(), "--table", "product", "--high-water-mark", "1", "--stats"}));
  CHECK(stats["largest_chunk"] == 1);
  CHECK(stats["chunks"] == stats["bytes"]);
}

TEST_CASE("export: --stats says on one line what was done, and no chunk was above the mark") {
  const sample shop;
  for (const std::uint64_t mark : {std::uint64_t{100}, std::uint64_t{4096}, std::uint64_t{65536}}) {
    const program_result done = run_export(
        {"--db", shop.path(), "--query", numbers(5000), "--stats", "--high-water-mark", std::to_string(mark)});
    const json stats = stats_of(done);
    const std::vector<std::string> members = {
        "rows", "bytes", "chunks", "largest_chunk", "peak_buffered", "first_chunk_seconds", "seconds", "peak_memory"};
    CHECK(stats.size() == members.size());
    for (const std::string& name : members) {
      INFO(name);
      CHECK(stats.contains(name));
    }
    CHECK(stats["rows"] == 5000);
    CHECK(stats["bytes"] == done.out.size());
    CHECK(stats["largest_chunk"] <= mark);
    CHECK(stats["chunks"] >= (done.out.size() + mark - 1) / mark);
    CHECK(stats["peak_buffered"] >= stats["largest_chunk"]);
    CHECK(stats["peak_buffered"] <= mark + 2048);
    CHECK(stats["first_chunk_seconds"] <= stats["seconds"]);
    CHECK(stats["peak_memory"] > 500'000);
    CHECK(tests::parse_json(done.out).size() == 5000);
  }
}

TEST_CASE("export: a database that is missing, or is none, is named in SQLite's words") {
  const sample shop;
  const std::string missing = shop.file("missing.db");
  check_export_fails(run_export({"--db", missing, "--table", "product"}),
                     {missing, "table \"product\"", "unable to open database file", "SQLITE_CANTOPEN"});
  CHECK(!std::filesystem::exists(missing));

  const std::string text = shop.file("text.db");
  std::ofstream(text) << std::string(5000, 'x');
  check_export_fails(run_export({"--db", text, "--query", "select * from t"}),
                     {text, "query", "file is not a database", "SQLITE_NOTADB"});
}

TEST_CASE("export: an unknown table and wrong SQL are named in SQLite's words") {
  const sample shop;
  check_export_fails(run_export({"--db", shop.path(), "--table", "prodduct"}),
                     {shop.path(), "table \"prodduct\"", "no such table: prodduct", "SQLITE_ERROR"});
  check_export_fails(run_export({"--db", shop.path(), "--query", "selekt 1"}),
                     {shop.path(), "query", "near \"selekt\": syntax error", "SQLITE_ERROR"});
  check_export_fails(run_export({"--db", shop.path(), "--query", "select missing from product"}),
                     {"no such column: missing"});
  check_export_fails(run_export({"--db", shop.path(), "--query", "select 1; select 2"}), {"more than one statement"});
  check_export_fails(run_export({"--db", shop.path(), "--query", "select ?"}), {"no value was given for parameter 1"});
}

TEST_CASE("export: wrong usage exits with 2, says what is wrong, and writes nothing") {
  const sample shop;
  const std::string db = shop.path();
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"--db", db},
      {"--table", "product"},
      {"--db", db, "--query", "select 1", "--table", "product"},
      {"--db", db, "--table", "product", "--format", "xml"},
      {"--db", db, "--table", "product", "--high-water-mark", "0"},
      {"--db", db, "--table", "product", "--high-water-mark", "-1"},
      {"--db", db, "--table", "product", "--high-water-mark", "many"},
      {"--db", db, "--table", "product", "--one", "--format", "ndjson"},
      {"--db", db, "--table", "product", "--ref-id", "B"},
      {"--db", db, "--table", "product", "--format", "ndjson", "--rows-per-chunk", "5"},
      {"--db", db, "--table", "product", "--format", "frames", "--rows-per-chunk", "0"},
      {"--db", db, "--table", "product", "--format", "frames", "--child", "c:id=id:select 1 as id"},
      {"--db", db, "--table", "product", "--unknown"},
      {"--db", db, "--table"},
      {"--db", db, "--table", "product", "surplus"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    std::string line;
    for (const std::string& one : arguments) line += one + " ";
    INFO(line);
    const program_result done = run_export(arguments);
    CHECK(done.exit_code == 2);
    CHECK(done.out == "");
    CHECK(done.err != "");
  }
}

TEST_CASE("export: --help and --version are answered on standard output") {
  const program_result help = run_export({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* const option : {"--db", "--query", "--table", "--child", "--format", "--one", "--output",
                                   "--high-water-mark", "--progress", "--stats", "--ref-id", "--rows-per-chunk"})
    CHECK(help.out.find(option) != std::string::npos);
  const program_result version = run_export({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out.find("tidemark") != std::string::npos);
}

TEST_CASE("export: an error in the middle leaves the rows before it, in an array that is open") {
  const sample shop;
  const std::string query =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) "
      "select abs(case when i = 5 then -9223372036854775808 else i end) as v from n";
  for (const char* const mark : {"1", "7", "65536"}) {
    const program_result done = run_export({"--db", shop.path(), "--query", query, "--high-water-mark", mark});
    check_export_fails(done, {shop.path(), "query", "integer overflow", "SQLITE_ERROR", "row 5"});
    CHECK(done.out == R"([{"v":1},{"v":2},{"v":3},{"v":4})");
    CHECK(!tests::is_json(done.out));
  }
  const program_result lines = run_export({"--db", shop.path(), "--query", query, "--format", "ndjson"});
  check_export_fails(lines, {"row 5"});
  const json rows = rows_of_lines(lines.out, "");
  REQUIRE(rows.size() == 5);
  CHECK(rows[3] == json{{"v", 4}});
  CHECK(rows[4]["error"]["row"] == 5);
}

TEST_CASE("export: a reader that goes away early is no error") {
  const sample shop;
  running_program run(TIDEMARK_EXPORT_PROGRAM, {"--db", shop.path(), "--query", endless});
  run.read_output(100);
  run.close_output();
  const program_result done = run.finish();
  CHECK(done.exit_code == 0);
  CHECK(done.signal == 0);
  CHECK(done.err == "");
  CHECK(done.out.starts_with(R"([{"i":1},{"i":2},)"));
}

TEST_CASE("export: an interrupt stops an endless query, which is said, and the array stays open") {
  const sample shop;
  for (const int signal : {SIGINT, SIGTERM}) {
    running_program run(TIDEMARK_EXPORT_PROGRAM, {"--db", shop.path(), "--query", endless});
    run.read_output(1);  // from here on it listens
    run.send(signal);
    const program_result done = run.finish();
    CHECK(done.signal == 0);
    check_export_fails(done, {shop.path(), "canceled"});
    CHECK(done.out.starts_with(R"([{"i":1},)"));
    CHECK(!tests::is_json(done.out));
  }
}

TEST_CASE("export: the database is opened for reading alone") {
  const sample shop;
  const std::string before = text_of_file(shop.path());
  for (const char* const sql : {"insert into single values (8, 'new') returning id", "delete from product returning id",
                                "update single set id = 1 returning id"}) {
    const program_result done = run_export({"--db", shop.path(), "--query", sql});
    check_export_fails(done, {shop.path(), "readonly database", "SQLITE_READONLY"});
    CHECK(!tests::is_json(done.out));
  }
  for (const char* const sql : {"create table t (i)", "drop table product", "vacuum"})
    check_export_fails(run_export({"--db", shop.path(), "--query", sql}), {shop.path()});
  CHECK(text_of_file(shop.path()) == before);
}

TEST_CASE("export: the output may not be the database, by whatever name") {
  const sample shop;
  const std::string before = text_of_file(shop.path());
  const std::string link = shop.file("link.db"), second_name = shop.file("second name.db");
  std::filesystem::create_symlink(shop.path(), link);
  std::filesystem::create_hard_link(shop.path(), second_name);
  for (const std::string& output : {shop.path(), link, second_name}) {
    INFO(output);
    check_export_fails(run_export({"--db", shop.path(), "--table", "product", "--output", output}),
                       {shop.path(), "the output is the database"});
    CHECK((text_of_file(shop.path()) == before));
  }
}

TEST_CASE("export: the output may not be a database that is named by a URI") {
  const sample shop;
  const std::string before = text_of_file(shop.path());
  const program_result done =
      run_export({"--db", "file:" + shop.path(), "--table", "product", "--output", shop.path()});
  CHECK((text_of_file(shop.path()) == before));
  check_export_fails(done, {"the output is the database"});
}

TEST_CASE("export: --progress draws nothing where standard error is no terminal") {
  const sample shop;
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "product", "--progress"})) == shop.products());
}

TEST_CASE("export: --progress draws a bar on a terminal, and leaves standard output alone") {
  const sample shop;
  const auto run = [](const std::vector<std::string>& arguments) {
    return running_program(TIDEMARK_EXPORT_PROGRAM, arguments, running_program::errors_to::terminal).finish();
  };
  const program_result table = run({"--db", shop.path(), "--table", "product", "--progress"});
  CHECK(table.exit_code == 0);
  CHECK(tests::parse_json(table.out) == shop.products());
  CHECK(table.err.find("\r[=====") != std::string::npos);
  CHECK(table.err.find(" 5 rows") != std::string::npos);
  CHECK(table.err.ends_with("\n"));

  const program_result query = run({"--db", shop.path(), "--query", numbers(20'000), "--progress"});
  CHECK(query.exit_code == 0);
  CHECK(tests::parse_json(query.out).size() == 20'000);
  CHECK(query.err.find("<=>") != std::string::npos);  // where the end is not known
  CHECK(query.err.find(" 20000 rows") != std::string::npos);

  const program_result quiet = run({"--db", shop.path(), "--table", "product"});
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.err == "");
}

TEST_CASE("export: a bar that is not finished leaves the message on a line of its own") {
  const sample shop;
  const program_result done =
      running_program(TIDEMARK_EXPORT_PROGRAM,
                      {"--db", shop.path(), "--progress", "--high-water-mark", "1", "--query",
                       "select abs(value) as v from (select 1 as value union all select -9223372036854775808)"},
                      running_program::errors_to::terminal)
          .finish();
  CHECK(done.exit_code == 1);
  INFO(done.err);
  CHECK(done.err.find("\nexport: ") != std::string::npos);
}

TEST_CASE("export: memory does not grow with the rows") {
  const sample shop;
  const without_quarantine lasting_for_this_test;
  const auto peak = [&](std::uint64_t rows) {
    const program_result done = run_export({"--db", shop.path(), "--query", numbers(rows), "--stats"});
    const json stats = stats_of(done);
    CHECK(stats["rows"] == rows);
    CHECK(stats["bytes"] == done.out.size());
    return stats["peak_memory"].get<std::int64_t>();
  };
  // Enough rows in both for what fills up once and then stays: SQLite's page cache, and the allocator's own lists.
  const std::int64_t few = peak(30'000), many = peak(300'000);
  INFO(few << " bytes for 30000 rows, " << many << " for 300000");
  CHECK(std::abs(many - few) < 2 * 1024 * 1024);
  if (!is_sanitized) CHECK(many < 12 * 1024 * 1024);
}

TEST_CASE("export: the peak memory is the program's own, not that of whoever started it") {
  const sample shop;
  const auto peak = [&] {
    return stats_of(run_export({"--db", shop.path(), "--query", numbers(10), "--stats"}))["peak_memory"]
        .get<std::int64_t>();
  };
  const std::int64_t alone = peak();
  const std::string ballast(96 * 1024 * 1024, 'x');
  const std::int64_t with_ballast = peak();
  INFO(alone << " bytes, and " << with_ballast << " when started by a program with " << ballast.size() << " more");
  CHECK(with_ballast - alone < 32 * 1024 * 1024);
}

TEST_CASE("export: names of tables and columns may hold quotes, blanks and whatever else") {
  const temporary_folder folder;
  const std::string db = folder.file("names.db");
  for (const std::string name : {"two words", "quo\"te", "apos'trophe", "back`tick", "[bracket]", "select",
                                 "größe 日本", "semi;colon", "a--comment", "per%cent", "product where 1=0"}) {
    INFO(name);
    std::string quoted;
    for (const char one : name) quoted += one == '"' ? std::string("\"\"") : std::string(1, one);
    run_sql(db,
            "create table \"" + quoted + "\" (\"" + quoted + "\" integer); insert into \"" + quoted + "\" values (42)");
    CHECK(tests::parse_json(exported({"--db", db, "--table", name})) == json::array({{{name, 42}}}));
  }
}

TEST_CASE("export: the name of a table is never taken for SQL") {
  const sample shop;
  const std::string before = text_of_file(shop.path());
  for (const std::string name :
       {"product; drop table product", "product where id = 1", "product\"; drop table product; --", "(select 1)",
        "product, single", "product --", "\"product\"", "'product'", "main.product", "product limit 1"}) {
    INFO(name);
    const program_result done = run_export({"--db", shop.path(), "--table", name});
    check_export_fails(done, {"no such table: " + name});
    CHECK(done.out == "");
  }
  CHECK((text_of_file(shop.path()) == before));
}

TEST_CASE("export: a view is exported as a table is") {
  const sample shop;
  run_sql(shop.path(), "create view cheap as select name from product where price < 0");
  CHECK(tests::parse_json(exported({"--db", shop.path(), "--table", "cheap"})) ==
        json::array({{{"name", "quote \" backslash \\ slash /"}}}));
}

namespace {

/// A folder with a database of artists, albums and tracks. Not all of them have children, and the keys of albums alone
/// are in no order.
class music {
 public:
  music() {
    run_sql(path(), R"(
      create table artist (id integer primary key, name text);
      insert into artist values (1, 'Ebb'), (2, '"Nobody" \'), (3, 'größer 日本'), (9, null);
      create table album (artist integer, id integer, title text, year);
      insert into album values (1, 4, 'Springs', 1999), (1, 7, 'Neaps', '2000'), (3, 2, 'Slack', null),
                               (3, 5, 'no tracks', 0.5), (9, 1, '', x'00ff');
      create table track (album integer, id integer primary key, name text);
      insert into track values (4, 11, 'one'), (4, 12, 'two'), (7, 13, ''), (2, 14, 'a:b'), (1, 15, 'last'),
                               (1, 16, 'very last');
      create table award (artist integer, year integer);
      insert into award values (2, 2001), (2, 2002), (9, 2003);
    )");
  }

  std::string path() const { return folder_.file("music.db"); }
  std::string file(const std::string& name) const { return folder_.file(name); }

  static inline const std::string artists = "select * from artist order by id";
  static inline const std::string albums = "select * from album order by artist, id";
  static inline const std::string tracks =
      "select a.artist, t.* from track t join album a on a.id = t.album order by a.artist, t.album, t.id";
  static inline const std::string awards = "select * from award order by artist, year";

  /// The arguments that export all of it.
  std::vector<std::string> all() const { return with_children({"--db", path(), "--query", artists}); }
  static std::vector<std::string> with_children(std::vector<std::string> arguments) {
    for (const std::string& child :
         {"albums:id=artist:" + albums, "albums.tracks:id=artist,id=album:" + tracks, "awards:id=artist:" + awards})
      arguments.insert(arguments.end(), {"--child", child});
    return arguments;
  }

  /// What comes of them, put together here.
  ordered_json expected() const;

 private:
  temporary_folder folder_;
};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The rows of one query, of which the tests above say that they are right.
ordered_json flat(const std::string& db, const std::string& sql) {
  return tests::parse_ordered_json(exported({"--db", db, "--query", sql}));
}

using column_pairs = std::vector<std::pair<std::string, std::string>>;

/// Puts those children into each parent that have the same values in these columns.
void put_into(ordered_json& parents, const std::string& name, const ordered_json& children, const column_pairs& equal) {
  for (ordered_json& parent : parents) {
    ordered_json own = ordered_json::array();
    for (const ordered_json& child : children)
      if (std::ranges::all_of(equal, [&](const auto& pair) { return parent[pair.first] == child[pair.second]; }))
        own.push_back(child);
    parent[name] = std::move(own);
  }
}

ordered_json music::expected() const {
  ordered_json made = flat(path(), artists), of_artists = flat(path(), albums);
  put_into(of_artists, "tracks", flat(path(), tracks), {{"artist", "artist"}, {"id", "album"}});
  put_into(made, "albums", of_artists, {{"id", "artist"}});
  put_into(made, "awards", flat(path(), awards), {{"id", "artist"}});
  return made;
}

/// Parents from 1 to `parents`, each with `children` rows.
std::vector<std::string> numbers_with_children(std::uint64_t parents, std::uint64_t children) {
  const std::string child =
      "with recursive n(p, i) as (select 1, 1 union all select p + (i = " + std::to_string(children) +
      "), case when i = " + std::to_string(children) + " then 1 else i + 1 end from n where p < " +
      std::to_string(parents) + " or i < " + std::to_string(children) + ") select p, i, 'name of ' || i as name from n";
  return {"--query", numbers(parents), "--child", "children:i=p:" + child};
}
/// One parent whose children never end.
const std::vector<std::string> endless_children = {
    "--query", "select 1 as id", "--child",
    "children:id=p:with recursive n(i) as (select 1 union all select i + 1 from n) select 1 as p, i from n"};

}  // namespace

TEST_CASE("export: children stand in their parent, as a join in memory has them, in every format") {
  const music db;
  const ordered_json expected = db.expected();
  REQUIRE(expected.size() == 4);
  REQUIRE(expected[0]["albums"][0]["tracks"].size() == 2);
  CHECK(tests::parse_ordered_json(exported(db.all())) == expected);
  CHECK(rows_of_lines<ordered_json>(exported(with(db.all(), {"--format", "ndjson"})), "") == expected);
  CHECK(rows_of_lines<ordered_json>(exported(with(db.all(), {"--format", "json-seq"})), "\x1e") == expected);
  CHECK(tests::parse_ordered_json(exported(with(db.all(), {"--format", "odata"}))) ==
        ordered_json{{"value", expected}});
}

TEST_CASE("export: children of the rows of a table are the same") {
  const music db;
  CHECK(tests::parse_ordered_json(exported(music::with_children({"--db", db.path(), "--table", "artist"}))) ==
        db.expected());
}

TEST_CASE("export: children go into the one row of --one, which may be null") {
  const music db;
  const auto one = [&](const std::string& id) {
    const auto of = [&](const std::string& sql) { return "select * from (" + sql + ") where artist = " + id; };
    return tests::parse_ordered_json(exported(
        {"--db", db.path(), "--one", "--query", "select * from artist where id = " + id, "--child",
         "albums:id=artist:" + of(music::albums), "--child", "albums.tracks:id=artist,id=album:" + of(music::tracks)}));
  };
  ordered_json expected = db.expected()[0];
  expected.erase("awards");
  CHECK(one("1") == expected);
  CHECK(one("8") == nullptr);
  check_export_fails(run_export(with(db.all(), {"--one"})), {"more than one row", "row 2"});
}

TEST_CASE("export: a mark of one byte gives the same bytes of children, in every format") {
  const music db;
  for (const char* const format : {"array", "ndjson", "json-seq", "odata"}) {
    INFO(format);
    const std::vector<std::string> arguments = with(db.all(), {"--format", format});
    CHECK(exported(with(arguments, {"--high-water-mark", "1"})) == exported(arguments));
  }
  const json stats = stats_of(run_export(with(db.all(), {"--stats", "--high-water-mark", "1"})));
  CHECK(stats["rows"] == 4);
  CHECK(stats["largest_chunk"] == 1);
}

TEST_CASE("export: with children, --output and --progress are what they are without") {
  const music db;
  const std::string file = db.file("out.json");
  CHECK(exported(with(db.all(), {"--output", file})) == "");
  CHECK(tests::parse_ordered_json(text_of_file(file)) == db.expected());
  const program_result done =
      running_program(TIDEMARK_EXPORT_PROGRAM,
                      with(music::with_children({"--db", db.path(), "--table", "artist"}), {"--progress"}),
                      running_program::errors_to::terminal)
          .finish();
  CHECK(done.exit_code == 0);
  CHECK(tests::parse_ordered_json(done.out) == db.expected());
  CHECK(done.err.find("\r[=====") != std::string::npos);
  CHECK(done.err.find(" 4 rows") != std::string::npos);
}

TEST_CASE("export: artists, albums and tracks of the music shop are what a join in memory makes of them") {
  const std::string artists = "select * from Artist order by ArtistId";
  const std::string albums = "select * from Album order by ArtistId, AlbumId";
  const std::string tracks =
      "select a.ArtistId, t.* from Track t join Album a using (AlbumId) order by a.ArtistId, t.AlbumId, t.TrackId";
  ordered_json expected = flat(tests::music_shop(), artists), of_artists = flat(tests::music_shop(), albums);
  put_into(of_artists, "tracks", flat(tests::music_shop(), tracks), {{"AlbumId", "AlbumId"}});
  put_into(expected, "albums", of_artists, {{"ArtistId", "ArtistId"}});
  REQUIRE(expected.size() == 275);
  REQUIRE(expected[0]["albums"][0]["tracks"].size() == 10);
  for (const char* const mark : {"1", "1000", "65536"}) {
    const std::string out = exported({"--db", tests::music_shop(), "--query", artists, "--high-water-mark", mark,
                                      "--child", "albums:ArtistId=ArtistId:" + albums, "--child",
                                      "albums.tracks:ArtistId=ArtistId,AlbumId=AlbumId:" + tracks});
    CHECK((tests::parse_ordered_json(out) == expected));  // in brackets: too long to be printed
  }
}

TEST_CASE("export: names of relations and columns may hold blanks, dots and quotes, and SQL whatever it likes") {
  const temporary_folder folder;
  const std::string db = folder.file("names.db");
  const std::string quoted = "the \"id\" 日本.";
  run_sql(db, R"sql(
    create table p ("the ""id"" 日本." integer);
    insert into p values (1), (2);
    create table c ("its.parent;--" integer, "a:b" text);
    insert into c values (2, 'x:y,z=');
  )sql");
  const std::string child = "the 'children':" + quoted + "=its.parent;--:select *, 'a:b=c,d' as \"::\"\nfrom c -- :";
  CHECK(tests::parse_ordered_json(exported({"--db", db, "--table", "p", "--child", child})) ==
        ordered_json::array({{{quoted, 1}, {"the 'children'", ordered_json::array()}},
                             {{quoted, 2},
                              {"the 'children'",
                               ordered_json::array({{{"its.parent;--", 2}, {"a:b", "x:y,z="}, {"::", "a:b=c,d"}}})}}}));
}

TEST_CASE("export: a relation that is not in the form that is wanted is quoted, and nothing is written") {
  const music db;
  const auto check = [&](const std::vector<std::string>& children, const std::string& why) {
    std::vector<std::string> arguments = {"--db", db.path(), "--query", music::artists};
    for (const std::string& child : children) arguments.insert(arguments.end(), {"--child", child});
    const program_result done = run_export(arguments);
    INFO(children.back() << "\n" << done.err);
    CHECK(done.exit_code == 2);
    CHECK(done.out == "");
    CHECK(done.err.starts_with("--child \"" + children.back() + "\": " + why + "; wanted is NAME:KEYS:SQL, "));
    CHECK(std::ranges::count(done.err, '\n') == 2);  // the second line tells of --help
  };
  check({""}, "there are no KEYS and no SQL");
  check({"albums"}, "there are no KEYS and no SQL");
  check({"albums:id=artist"}, "there is no SQL");
  check({"albums:select 1"}, "there is no SQL");
  check({"::"}, "NAME is empty");
  check({":id=artist:select 1"}, "NAME is empty");
  check({"albums::select 1"}, "KEYS is empty");
  check({"albums:id=artist:"}, "SQL is empty");
  for (const std::string name : {".", ".albums", "albums.", "albums..tracks"})
    check({name + ":id=artist:select 1"}, "one of the names in NAME is empty");
  for (const std::string pair : {"id", "id=", "=artist", "=", "id=artist=id", "id==artist"})
    check({"albums:" + pair + ":select 1"}, "\"" + pair + "\" is not PARENTCOLUMN=CHILDCOLUMN");
  check({"albums:id=artist,:select 1"}, "\"\" is not PARENTCOLUMN=CHILDCOLUMN");

  const std::string albums = "albums:id=artist:" + music::albums, tracks = "albums.tracks:id=artist,id=album:select 1";
  check({"albums:id=artist,id=album:select 1"}, "the number of its KEYS is 2, that of its ancestors 1");
  check({albums, "albums.tracks:id=album:select 1"}, "the number of its KEYS is 1, that of its ancestors 2");
  check({albums, "albums:id=artist:select 1"}, "\"albums\" is declared twice");
  check({albums, tracks, tracks}, "\"albums.tracks\" is declared twice");
  const std::string late = "\" is not declared yet: a parent's --child stands before its children's";
  check({tracks}, "its parent \"albums" + late);
  check({albums, "albums.tracks.lines:a=b,c=d,e=f:select 1"}, "its parent \"albums.tracks" + late);
  check({albums, "tracks.albums:a=b,c=d:select 1"}, "its parent \"tracks" + late);

  const program_result twice = run_export({"--db", db.path(), "--table", "artist", "--child", albums, tracks});
  CHECK(twice.exit_code == 2);
  CHECK(twice.err.find("not expected: " + tracks) != std::string::npos);
  CHECK(run_export({"--db", db.path(), "--child", albums}).exit_code == 2);
  CHECK(run_export({"--db", db.path(), "--table", "artist", "--child"}).exit_code == 2);
}

TEST_CASE("export: children without a parent are an error that names their relation, row and keys") {
  const music db;
  const auto failed = [&](const std::string& artists, const std::string& out) {
    const program_result done = run_export(music::with_children({"--db", db.path(), "--query", artists}));
    CHECK(!tests::is_json(done.out));
    CHECK(done.out.starts_with(out));
    return done;
  };
  check_export_fails(
      failed("select id from artist where id <> 3 order by id", R"([{"id":1,"albums":[{"artist":1,"id":4,)"),
      {db.path(), "query", "no parent has the key of this row, artist 3: the one that is open has id 9",
       "at row 3 of \"albums\""});
  check_export_fails(failed("select id from artist where id < 9 order by id", R"([{"id":1,)"),
                     {"artist 9: there are no more parents", "at row 5 of \"albums\""});
  check_export_fails(failed("select id from artist where 0", ""),
                     {"there are no more parents", "at row 1 of \"albums\""});
  check_export_fails(failed("select id from artist order by id desc", R"([{"id":9)"),
                     {"artist 1", "at row 1 of \"albums\""});
  check_export_fails(
      run_export({"--db", db.path(), "--query", music::artists, "--child", "albums:id=artist:" + music::albums,
                  "--child", "albums.tracks:id=artist,id=album:select 3 as artist, 3 as album"}),
      {"artist 3, album 3", "at row 1 of \"albums.tracks\""});
}

TEST_CASE("export: a column that is not there is named, with the relation") {
  const music db;
  const auto failed = [&](const std::string& keys) {
    return run_export(
        {"--db", db.path(), "--query", music::artists, "--child", "albums:" + keys + ":" + music::albums});
  };
  check_export_fails(failed("id=singer"),
                     {db.path(), "the rows of \"albums\" have no column \"singer\"", "of \"albums\""});
  check_export_fails(failed("number=artist"), {"have no column \"number\""});
}

TEST_CASE("export: wrong SQL of a relation is named with it, in SQLite's words, and leaves the output file as it was") {
  const music db;
  const std::string file = db.file("out.json");
  exported({"--db", db.path(), "--table", "artist", "--output", file});
  const std::string before = text_of_file(file);
  const auto failed = [&](const std::string& sql) {
    return run_export({"--db", db.path(), "--query", music::artists, "--output", file, "--child",
                       "albums:id=artist:" + music::albums, "--child", "albums.tracks:id=artist,id=album:" + sql});
  };
  check_export_fails(
      failed("selekt 1"),
      {db.path(), "query: the query of \"albums.tracks\": near \"selekt\": syntax error", "SQLITE_ERROR"});
  check_export_fails(failed("select * from trakc"), {"\"albums.tracks\"", "no such table: trakc"});
  check_export_fails(failed(" "), {"\"albums.tracks\"", "the SQL holds no statement"});
  check_export_fails(failed("select 1; drop table artist"), {"\"albums.tracks\"", "more than one statement"});
  check_export_fails(failed("delete from track"), {"\"albums.tracks\"", "not a query"});
  CHECK(text_of_file(file) == before);
  // Only when it runs does SQLite say that it may not.
  check_export_fails(failed("delete from track returning *"), {"of \"albums.tracks\"", "readonly database"});
}

TEST_CASE("export: an error in the middle of children leaves what is before it, in an array that is open") {
  const music db;
  const std::string child =
      "children:id=p:with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) "
      "select 1 as p, abs(case when i = 3 then -9223372036854775808 else i end) as v from n";
  const std::vector<std::string> arguments = {"--db", db.path(), "--query", "select 1 as id", "--child", child};
  for (const char* const mark : {"1", "7", "65536"}) {
    const program_result done = run_export(with(arguments, {"--high-water-mark", mark}));
    check_export_fails(done, {db.path(), "integer overflow", "SQLITE_ERROR", "at row 3 of \"children\""});
    CHECK(done.out == R"([{"id":1,"children":[{"p":1,"v":1},{"p":1,"v":2})");
  }
}

TEST_CASE("export: children that are written meanwhile are not seen") {
  const temporary_folder folder;
  const std::string db = folder.file("busy.db");
  run_sql(db,
          "pragma journal_mode = wal; create table p (id integer primary key); create table c (p integer, i integer);"
          "insert into p select i from (" +
              numbers(20'000) +
              ");"
              "insert into c select id, 1 from p");
  sqlite3* open = nullptr;  // keeps the log, which a read-only program cannot make
  sqlite3_open(db.c_str(), &open);
  sqlite3_exec(open, "select count(*) from p", nullptr, nullptr, nullptr);
  running_program run(TIDEMARK_EXPORT_PROGRAM,
                      {"--db", db, "--table", "p", "--child", "c:id=p:select * from c order by p, i"});
  run.read_output(1);  // a pipe holds less than the whole, so it waits here
  run_sql(db, "insert into p values (20001); insert into c values (20000, 2), (20001, 1), (30000, 1)");
  const program_result done = run.finish();
  sqlite3_close(open);
  CHECK(done.err == "");
  CHECK(done.exit_code == 0);
  const json rows = tests::parse_json(done.out);
  REQUIRE(rows.size() == 20'000);
  CHECK(rows.back() == json{{"id", 20'000}, {"c", {{{"p", 20'000}, {"i", 1}}}}});
}

TEST_CASE("export: memory does not grow with the children of a parent, nor with all of them") {
  const music db;
  const without_quarantine lasting_for_this_test;
  const auto peak = [&](std::uint64_t parents, std::uint64_t children) {
    const program_result done =
        run_export(with({"--db", db.path(), "--stats"}, numbers_with_children(parents, children)));
    const json stats = stats_of(done);
    CHECK(stats["rows"] == parents);
    CHECK(stats["bytes"] == done.out.size());
    CHECK(stats["largest_chunk"] <= 65536);
    CHECK(stats["peak_buffered"] <= 65536 + 2048);
    CHECK(std::ranges::count(done.out, '{') == static_cast<std::ptrdiff_t>(parents * (children + 1)));
    return stats["peak_memory"].get<std::int64_t>();
  };
  // Enough rows in all for what fills up once and then stays: SQLite's page cache, and the allocator's own lists.
  const std::int64_t few = peak(1, 20'000), many = peak(1, 200'000);
  const std::int64_t of_few = peak(2'000, 10), of_many = peak(20'000, 10);
  INFO(few << " bytes for 20000 children of one parent, " << many << " for 200000");
  INFO(of_few << " for 20000 children of 2000 parents, " << of_many << " for 200000 of 20000");
  CHECK(std::abs(many - few) < 2 * 1024 * 1024);
  CHECK(std::abs(of_many - of_few) < 2 * 1024 * 1024);
  if (!is_sanitized) CHECK(std::max(many, of_many) < 12 * 1024 * 1024);
}

TEST_CASE("export: a reader that goes away in the middle of children is no error") {
  const music db;
  running_program run(TIDEMARK_EXPORT_PROGRAM, with({"--db", db.path()}, endless_children));
  run.read_output(100);
  run.close_output();
  const program_result done = run.finish();
  CHECK(done.exit_code == 0);
  CHECK(done.signal == 0);
  CHECK(done.err == "");
  CHECK(done.out.starts_with(R"([{"id":1,"children":[{"p":1,"i":1},{"p":1,"i":2},)"));
}

TEST_CASE("export: an interrupt stops endless children, and the array stays open") {
  const music db;
  running_program run(TIDEMARK_EXPORT_PROGRAM, with({"--db", db.path()}, endless_children));
  run.read_output(1);
  run.send(SIGINT);
  const program_result done = run.finish();
  CHECK(done.signal == 0);
  check_export_fails(done, {db.path(), "canceled", "of \"children\""});
  CHECK(done.out.starts_with(R"([{"id":1,"children":[{"p":1,"i":1},)"));
  CHECK(!tests::is_json(done.out));
}

}  // namespace examples_export_tests

#endif
