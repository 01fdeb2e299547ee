#ifdef TIDEMARK_SERVE_PROGRAM

#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <tidemark/collect.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/sse.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/string.hpp>
#include <tidemark/write_to.hpp>

#include "chunked_answer.hpp"
#include "comes_true.hpp"
#include "cut_proxy.hpp"
#include "http_client.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"
#include "postgres_server.hpp"

namespace examples_serve_tests {

// Runs examples/serve.cpp, the real program, with real clients.

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using tests::get;
using tests::http_answer;
using tests::http_client;

/// The program, serving.
class serving {
 public:
  explicit serving(const std::string& database, std::vector<std::string> more = {})
      : program_(TIDEMARK_SERVE_PROGRAM, arguments(database, std::move(more))) {
    while (program_.output().find('\n') == std::string::npos) program_.read_output(program_.output().size() + 1);
    const std::string_view expected = "listening on http://127.0.0.1:";
    REQUIRE(program_.output().starts_with(expected));
    port_ = std::stoi(program_.output().substr(expected.size()));
  }

  int port() const noexcept { return port_; }
  running_program& program() noexcept { return program_; }

  json stats() const { return tests::parse_json(get(port_, "/stats").body); }

  /// Whether a figure of /stats becomes that within half a minute.
  bool comes_to(const char* figure, std::uint64_t value) const {
    return tests::comes_true([&] { return stats().at(figure) == value; });
  }

  std::size_t descriptors() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(program_.id()) + "/fd");
    return static_cast<std::size_t>(std::distance(all, {}));
  }
  bool descriptors_come_to(std::size_t count) const {
    return tests::comes_true([&] { return descriptors() == count; });
  }

 private:
  static std::vector<std::string> arguments(const std::string& database, std::vector<std::string> more) {
    std::vector<std::string> all = {"--db", database, "--port", "0"};
    all.insert(all.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    return all;
  }

  running_program program_;
  int port_ = 0;
};

/// A file of SQLite with odd tables, a long one, and one that fails in the middle.
class sample {
 public:
  sample() {
    tidemark::sqlite::connection db(path());
    db.execute(R"(
      create table "it's ""odd""; drop table x" (a);
      insert into "it's ""odd""; drop table x" values (1);
      create table "größe/100%" (a);
      create table long (id integer primary key, text);
      insert into long with recursive n(i) as (select 1 union all select i + 1 from n limit 20000)
        select i, printf('%.500c', 'x') from n;
      create view some as select * from long limit 3000;
      create view failing as select id, case when id = 1500 then abs(-9223372036854775807 - 1) else id end as v from long;
      create view failing_at_once as select abs(-9223372036854775807 - 1) as v;
    )");
  }
  std::string path() const { return folder_.file("sample.db"); }
  std::string long_table() const { return rows_of("long"); }
  std::string rows_of(const std::string& table) const {
    return collect(tidemark::raw_stream{
        tidemark::sqlite::query{tidemark::sqlite::connection::open_read_only(path()), "select * from " + table}});
  }

 private:
  temporary_folder folder_;
};

/// A database of its own on the server of these tests, with a long table and what waits.
class postgres_sample {
 public:
  postgres_sample() : name_("serve_" + std::to_string(::getpid())), admin_(tests::postgres_server()) {
    admin_.execute("drop database if exists " + name_);
    admin_.execute("create database " + name_);
    tidemark::postgres::connection db(where());
    db.execute(
        "create table long as select i::int8 as id, repeat('x', 500) as text from generate_series(1, 20000) as s(i);"
        "create view waiting as select 1 as id, pg_sleep(600)::text as slept;"
        "create view failing as select 10 / (1500 - id) as v from long;"
        "create table \"it's \"\"odd\"\"; drop table x\" as select 1 as a");
  }
  postgres_sample(const postgres_sample&) = delete;
  postgres_sample& operator=(const postgres_sample&) = delete;
  ~postgres_sample() {
    try {
      admin_.execute("drop database " + name_ + " with (force)");
    } catch (const std::exception&) {  // the server goes, too
    }
  }

  /// As libpq has it: "host=FOLDER user=NAME dbname=..." becomes a URL.
  std::string where() const { return where(folder()); }
  std::string where(const std::string& folder) const {
    return "postgresql://" + value("user") + "@/" + name_ + "?host=" + folder;
  }

  /// Of the server's socket.
  static std::string folder() { return value("host"); }

  /// How many connections the server program has.
  std::size_t connections() {
    tidemark::postgres::query count{admin_, "select count(*)::text from pg_stat_activity where datname = $1", name_};
    const std::string all = collect(tidemark::raw_stream{std::move(count)});
    return static_cast<std::size_t>(std::stoi(tests::parse_json(all)[0]["count"].get<std::string>()));
  }
  bool connections_come_to(std::size_t count) {
    return tests::comes_true([&] { return connections() == count; });
  }

 private:
  static std::string value(const std::string& key) {
    const std::string server = tests::postgres_server();
    const std::size_t at = server.find(key + "=") + key.size() + 1;
    return server.substr(at, server.find(' ', at) - at);
  }

  std::string name_;
  tidemark::postgres::connection admin_;
};

std::string error_message(const http_answer& answer) { return tests::parse_json(answer.body)["error"]["message"]; }

const std::string encoded_odd = "/tables/it's%20%22odd%22%3B%20drop%20table%20x";

}  // namespace

TEST_CASE("serve: each table of the music shop is answered in each format, as a stream writes it") {
  const serving server(tests::music_shop());
  const auto tables = tests::parse_json(get(server.port(), "/tables").body).get<std::vector<std::string>>();
  CHECK(tables.size() == 11);
  for (const std::string& table : tables) {
    namespace format = tidemark::format;
    const auto expected = [&](const auto& how) {
      return collect(tidemark::raw_stream{
          tidemark::sqlite::query{tidemark::sqlite::connection::open_read_only(tests::music_shop()),
                                  "select * from \"" + table + "\""},
          how});
    };
    const auto check = [&](const std::string& query, const std::string& accept, const char* type,
                           const std::string& body) {
      const http_answer answer = get(server.port(), "/tables/" + table + query, accept);
      CHECK(answer.status == 200);
      CHECK(answer.is_whole);
      CHECK(answer.has("Content-Type: " + std::string(type) + "\r\n"));
      CHECK((answer.body == body));
    };
    check("", "", "application/json", expected(format::array{}));
    check("?format=array", "Accept: text/event-stream\r\n", "application/json", expected(format::array{}));
    check("?format=ndjson", "", "application/x-ndjson", expected(format::ndjson{}));
    check("", "Accept: application/x-ndjson\r\n", "application/x-ndjson", expected(format::ndjson{}));
    check("", "Accept: application/json;q=0.5\r\nAccept: application/json-seq\r\n", "application/json-seq",
          expected(format::json_seq{}));
    check("?format=odata", "", "application/json;odata.metadata=none", expected(format::odata{}));
    check("?format=sse", "", "text/event-stream", expected(format::sse{}));
    check("", "Accept: text/event-stream\r\n", "text/event-stream", expected(format::sse{}));
  }
  const json stats = server.stats();
  CHECK(stats["streams_completed"] == 8 * tables.size());
  CHECK(stats["active_streams"] == 0);
  CHECK(stats["streams_failed"] == 0);
  CHECK(stats["buffered_bytes"] == 0);
}

TEST_CASE("serve: what is not there, or cannot be given, is answered with a status and JSON that says why") {
  const sample data;
  const serving server(data.path());
  const auto check = [&](const char* target, const char* headers, int status, const char* why) {
    const http_answer answer = get(server.port(), target, headers);
    CHECK(answer.status == status);
    CHECK(answer.is_whole);
    CHECK(answer.has("Content-Type: application/json"));
    CHECK(error_message(answer).find(why) != std::string::npos);
  };
  check("/tables/none", "", 404, "there is no table \"none\"");
  check("/tables/", "", 404, "there is no table \"\"");
  check("/tables/long%22%20--", "", 404, "there is no table");
  check("/tables/sqlite_schema", "", 404, "there is no table");
  check("/tables/long?format=xml", "", 400, "there is no format \"xml\"");
  check("/tables/long?format=", "", 400, "there is no format \"\"");
  check("/tables/long%2", "", 400, "not spelled as a URL");
  check("/tables/long%zz", "", 400, "not spelled as a URL");
  check("/tables/%00", "", 400, "not spelled as a URL");
  check("/tables/%ff", "", 400, "not spelled as a URL");
  check("/nothing", "", 404, "there is nothing here");
  check("/tables/long", "Accept: text/html\r\n", 406, "application/x-ndjson");
  check("/tables/failing_at_once", "", 500, "integer overflow");

  CHECK(get(server.port(), encoded_odd).body == "[{\"a\":1}]");
  CHECK(get(server.port(), "/tables/gr%C3%B6%C3%9Fe%2F100%25").body == "[]");
  CHECK(get(server.port(), "/tables/long").status == 200);  // nothing was dropped
}

TEST_CASE("serve: a response whose rows fail is cut, and says so where its format can") {
  const sample data;
  const serving server(data.path());
  const http_answer lines = get(server.port(), "/tables/failing?format=ndjson");
  CHECK(lines.status == 200);
  CHECK_FALSE(lines.is_whole);
  CHECK(std::ranges::count(lines.body, '\n') == 1500);
  const std::size_t last = lines.body.rfind('\n', lines.body.size() - 2) + 1;
  CHECK(tests::parse_json(lines.body.substr(last))["error"]["row"] == 1500);

  const http_answer array = get(server.port(), "/tables/failing");
  CHECK_FALSE(array.is_whole);
  CHECK_FALSE(tests::is_json(array.body));
  CHECK(server.stats()["streams_failed"] == 2);
}

TEST_CASE("serve: curl gets a table, and knows of one that was cut") {
  const sample data;
  serving server(data.path());
  const std::string where = "http://127.0.0.1:" + std::to_string(server.port()) + "/tables/";
  running_program whole("/usr/bin/curl", {"-sS", "--compressed", where + "long"});
  const program_result got = whole.finish();
  CHECK(got.exit_code == 0);
  CHECK((got.out == data.long_table()));
  running_program cut("/usr/bin/curl", {"-sS", where + "failing"});
  CHECK(cut.finish().exit_code == 18);  // "partial file"
  running_program old("/usr/bin/curl", {"-sS", "--http1.0", where + "failing"});
  CHECK(old.finish().exit_code == 56);  // "failure in receiving": the connection was reset
  running_program several("/usr/bin/curl", {"-sS", where + "long", where + "none", where + "long"});
  CHECK(several.finish().out.size() > 2 * data.long_table().size());
}

TEST_CASE("serve: HEAD is answered with the header alone, and only requests to this machine by its own name") {
  const sample data;
  serving server(data.path());
  const std::string where = "http://127.0.0.1:" + std::to_string(server.port());
  const auto curl = [](const std::vector<std::string>& arguments) {
    return running_program("/usr/bin/curl", arguments).finish().out;
  };
  // Two on one connection: a body behind the first header would be taken for the second answer.
  const std::string heads = curl({"-sSI", where + "/tables/long", where + "/stats"});
  CHECK(heads.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(heads.find("HTTP/1.1 200 OK\r\n", 1) != std::string::npos);
  CHECK(curl({"-sSI", where + "/tables/none"}).starts_with("HTTP/1.1 404"));
  CHECK(curl({"-sS", "-X", "DELETE", where + "/tables/long"}).find("only GET and HEAD") != std::string::npos);
  const std::string format = "%{http_code}";
  CHECK(curl({"-sS", "-o", "/dev/null", "-w", format, "-H", "Host: evil.example", where + "/tables"}) == "421");
  CHECK(curl({"-sS", "-o", "/dev/null", "-w", format, "-H", "Host: localhost", where + "/tables"}) == "200");
}

namespace {

/// What curl gets for a body that it posts to /query.
program_result post(const serving& server, const std::string& body, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"-sS", "-d", body,
                                        "http://127.0.0.1:" + std::to_string(server.port()) + "/query"};
  arguments.insert(arguments.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  return running_program("/usr/bin/curl", arguments).finish();
}

}  // namespace

TEST_CASE("serve: a table is answered as frames, and several in one request, in chunks or whole") {
  const sample data;
  serving server(data.path());
  const auto frames_of = [&](const std::string& table, const std::string& ref_id) {
    tidemark::frame_options options;
    options.ref_id = ref_id;
    options.name = table;
    return tidemark::frame_stream{
        tidemark::sqlite::query{tidemark::sqlite::connection::open_read_only(data.path()), "select * from " + table},
        options};
  };
  std::string long_frames;
  write_to(tidemark::sinks::string(long_frames), frames_of("long", "A"));
  const http_answer alone = get(server.port(), "/tables/long", "Accept: text/jsonl\r\n");
  CHECK(alone.has("Content-Type: text/jsonl"));
  CHECK(alone.is_whole);
  CHECK((alone.body == long_frames));
  CHECK((get(server.port(), "/tables/long?format=frames").body == long_frames));

  const std::string queries =
      R"({"from":"now-1h","queries":[{"refId":"A","table":"long","hide":false},{"refId":"B \"<","table":"none"},)"
      R"({"refId":"C","table":"failing"},{"refId":"D","table":"some"}]})";
  const program_result chunked = post(server, queries, {"-H", "Accept: text/jsonl"});
  CHECK(chunked.exit_code == 0);  // a query that fails is told of, and cuts nothing
  const tests::chunked_answer answer(chunked.out);
  CHECK(answer.frames.size() == 3);
  CHECK(answer.frames.at({"A", "f0"}).rows() == 20'000);
  CHECK(answer.frames.at({"D", "f0"}).rows() == 3000);
  CHECK(answer.frames.at({"C", "f0"}).rows() == 1499);
  CHECK(answer.failures.at("B \"<").at("status") == 404);
  CHECK(answer.failures.at("B \"<").at("error") == "there is no table \"none\"");
  CHECK(answer.failures.at("C").at("status") == 500);
  CHECK(answer.failures.at("C").at("error").get<std::string>().find("integer overflow") != std::string::npos);

  const program_result whole = post(server, queries);
  CHECK(whole.exit_code == 0);
  const json results = tests::parse_json(whole.out).at("results");
  CHECK(results.size() == 4);
  CHECK(tests::frame_of_whole_answer(whole.out, "A") == answer.frames.at({"A", "f0"}));
  CHECK(tests::frame_of_whole_answer(whole.out, "D") == answer.frames.at({"D", "f0"}));
  CHECK(results.at("B \"<").at("status") == 404);
  CHECK(results.at("C").at("frames").at(0).at("data").at("values").at(0).size() == 1499);
  CHECK(server.comes_to("active_streams", 0));
  CHECK(server.stats()["streams_failed"] == 0);
}

TEST_CASE("serve: a whole answer that is long is refused, and holds nothing") {
  const sample data;
  tidemark::sqlite::connection(data.path())
      .execute("create view longer as select printf('%.5000c', 'x') as t from long, (select 1 union select 2)");
  serving server(data.path());
  const program_result done = post(server, R"({"queries":[{"refId":"A","table":"longer"}]})", {"-w", "%{http_code}"});
  CHECK(done.out.ends_with("413"));
  CHECK(done.out.find("ask for text/jsonl") != std::string::npos);
  CHECK(server.comes_to("streams_cancelled", 1));
  CHECK(server.comes_to("buffered_bytes", 0));
  const program_result chunked =
      post(server, R"({"queries":[{"refId":"A","table":"longer"}]})", {"-H", "Accept: text/jsonl"});
  CHECK(chunked.out.size() > 200'000'000);
}

TEST_CASE("serve: queries that are none are answered with 400 and what they should be") {
  const sample data;
  serving server(data.path());
  const auto check = [&](const std::string& body, const std::string& why, const std::string& code = "400") {
    const program_result done = post(server, body, {"-w", "%{http_code}"});
    INFO(body << done.out);
    CHECK(done.out.ends_with("\n" + code));
    CHECK(tests::parse_json(done.out.substr(0, done.out.size() - 3))
              .at("error")
              .at("message")
              .get<std::string>()
              .find(why) != std::string::npos);
  };
  check("{", "the text is not JSON");
  check("[]", "not an object");
  check("{}", "there is no such field: \"queries\"");
  check(R"({"queries":{}})", "not an array");
  check(R"({"queries":[{"refId":"A","table":"some"}] x})", "the text is not JSON: a comma or } is missing at byte 42");
  check(R"({"queries":[]})", "there are no queries");
  check(R"({"queries":[7]})", "not an object");
  check(R"({"queries":[{"refId":"A"}]})", "there is no such field: \"table\"");
  check(R"({"queries":[{"refId":1,"table":"long"}]})", "not text");
  check(R"({"queries":[{"refId":"A","table":"long"},{"refId":"A","table":"some"}]})",
        "two queries have the refId \"A\"");
  std::string many = R"({"queries":[)";
  for (int i = 0; i != 33; ++i)
    many += (i == 0 ? "" : ",") + (R"({"refId":"q)" + std::to_string(i) + R"(","table":"some"})");
  check(many + "]}", "more than 32 queries");
  const http_answer got = get(server.port(), "/query");
  CHECK(got.status == 405);
  CHECK(got.has("Allow: POST"));
  CHECK(post(server, R"({"queries":[]})", {"-H", "Accept: text/html", "-w", "%{http_code}"}).out.ends_with("406"));
}

TEST_CASE("serve: a client that does not read holds up nothing but itself, and no more than the mark is held for it") {
  const sample data;
  serving server(data.path(), {"--high-water-mark", "10000"});
  const std::string expected = data.long_table();
  std::vector<http_client> stalled;
  for (int i = 0; i != 64; ++i) stalled.emplace_back(server.port(), "/tables/long", "", 4096);
  CHECK(server.comes_to("active_streams", 64));
  for (int i = 0; i != 3; ++i) CHECK((get(server.port(), "/tables/long").body == expected));
  // Until the system takes no more for any of them.
  json before;
  do {
    before = server.stats();
    std::this_thread::sleep_for(100ms);
  } while (server.stats()["bytes"] != before["bytes"]);
  CHECK(before["buffered_bytes"] <= 64 * (10000 + 2048));
  CHECK(before["buffered_bytes"] > 0);
  CHECK(before["bytes"] < 64 * expected.size());
  std::this_thread::sleep_for(100ms);
  CHECK(server.stats()["bytes"] == before["bytes"]);  // the rows wait

  const std::string all = stalled.front().read_all();
  CHECK((tests::answer_in(all).body == expected));
  stalled.clear();
  CHECK(server.comes_to("active_streams", 0));
  CHECK(server.stats()["streams_cancelled"] == 63);
}

TEST_CASE("serve: a thousand stalled clients are held by one thread while others are served") {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < 4000) SKIP_TEST("this system lets a program have fewer than 4000 descriptors");
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const sample data;
  serving server(data.path(), {"--high-water-mark", "4096"});
  const std::size_t before = server.descriptors();
  std::vector<http_client> stalled;
  for (int i = 0; i != 1000; ++i) stalled.emplace_back(server.port(), "/tables/long", "", 4096);
  CHECK(server.comes_to("active_streams", 1000));
  CHECK((get(server.port(), "/tables/long").body == data.long_table()));
  const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(server.program().id()) + "/task");
  CHECK(std::distance(tasks, {}) == 1);
  stalled.clear();
  CHECK(server.comes_to("active_streams", 0));
  CHECK(server.descriptors_come_to(before));
}

TEST_CASE("serve: clients that leave at any byte leave nothing behind") {
  const sample data;
  serving server(data.path(), {"--high-water-mark", "3000"});
  const std::size_t before = server.descriptors();
  std::mt19937 random(20240229);
  for (int i = 0; i != 200; ++i) {
    const http_client client(server.port(), "/tables/long");
    const std::size_t count = random() % (i % 2 == 0 ? 5000 : 3'000'000);
    CHECK(client.read(count).size() == count);
  }
  CHECK(server.comes_to("active_streams", 0));
  CHECK(server.descriptors_come_to(before));
  const json stats = server.stats();
  CHECK(stats["streams_failed"] == 0);
  CHECK(stats["streams_cancelled"].get<int>() + stats["streams_completed"].get<int>() <= 200);
  CHECK(stats["streams_cancelled"] > 100);
}

TEST_CASE("serve: a client that stalls longer than it may is cut, and a response that takes longer") {
  const sample data;
  serving server(data.path(), {"--stall-limit", "0.1"});
  const http_client stalled(server.port(), "/tables/long", "", 4096);
  CHECK(server.comes_to("streams_failed", 1));
  CHECK(server.stats()["active_streams"] == 0);
  CHECK_FALSE(tests::answer_in(stalled.read_all()).is_whole);

  serving limited(data.path(), {"--time-limit", "0.1"});
  const http_client slow(limited.port(), "/tables/long", "", 4096);
  CHECK(limited.comes_to("streams_failed", 1));
  CHECK_FALSE(tests::answer_in(slow.read_all()).is_whole);
}

TEST_CASE("serve: SIGTERM lets responses end that are read, and cuts those that are not") {
  const sample data;
  {
    serving idle(data.path());
    const http_client waiting(idle.port(), "/stats", "Connection: keep-alive\r\n");
    waiting.read_some();
    idle.program().send(SIGTERM);
    CHECK(idle.program().finish().exit_code == 0);
  }
  serving server(data.path(), {"--high-water-mark", "3000"});
  const http_client reading(server.port(), "/tables/some", "", 4096);
  const http_client stalled(server.port(), "/tables/long", "", 4096);
  CHECK(server.comes_to("active_streams", 2));
  const auto start = std::chrono::steady_clock::now();
  server.program().send(SIGTERM);
  const http_answer whole = tests::answer_in(reading.read_all());
  CHECK(whole.is_whole);
  CHECK((whole.body == data.rows_of("some")));
  CHECK(server.program().finish().exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - start < 30s);
  CHECK_FALSE(tests::answer_in(stalled.read_all()).is_whole);
}

TEST_CASE("serve: wrong arguments, a database that is not there, a port that is taken") {
  const auto run = [](const std::vector<std::string>& arguments) {
    return running_program(TIDEMARK_SERVE_PROGRAM, arguments).finish();
  };
  const sample data;
  CHECK(run({}).exit_code == 2);
  CHECK(run({"--db", data.path(), "--port", "70000"}).exit_code == 2);
  CHECK(run({"--db", data.path(), "--high-water-mark", "0"}).exit_code == 2);
  CHECK(run({"--help"}).exit_code == 0);
  const program_result missing = run({"--db", "/none/such.db", "--port", "0"});
  CHECK(missing.exit_code == 1);
  CHECK(missing.err.find("unable to open database file") != std::string::npos);
  const program_result unreachable = run({"--db", "postgresql://user:secret@/x?host=/nowhere", "--port", "0"});
  CHECK(unreachable.exit_code == 1);
  CHECK(unreachable.err.find("cannot connect") != std::string::npos);
  CHECK(unreachable.err.find("secret") == std::string::npos);
  const serving server(data.path());
  const program_result taken = run({"--db", data.path(), "--port", std::to_string(server.port())});
  CHECK(taken.exit_code == 1);
  CHECK(taken.err.find("Address already in use") != std::string::npos);
}

TEST_CASE("serve: tables of PostgreSQL are those of SQLite with the same rows") {
  NEEDS_POSTGRES();
  const postgres_sample data;
  const sample same;
  serving server(data.where());
  CHECK(get(server.port(), "/tables").body == R"(["failing","it's \"odd\"; drop table x","long","waiting"])");
  CHECK((get(server.port(), "/tables/long").body == same.long_table()));
  CHECK(get(server.port(), encoded_odd).body == "[{\"a\":1}]");
  CHECK(get(server.port(), "/tables/none").status == 404);
  CHECK(get(server.port(), "/tables/pg_class").status == 404);  // no table of the system's
  const http_answer failing = get(server.port(), "/tables/failing?format=sse");
  CHECK_FALSE(failing.is_whole);
  CHECK(failing.body.find("\"code\":\"22012\"") != std::string::npos);
}

TEST_CASE("serve: a query of PostgreSQL that waits holds up none of those beside it") {
  postgres_sample data;
  serving server(data.where());
  {
    running_program client("/usr/bin/curl",
                           {"-sSN", "-H", "Accept: text/jsonl", "-d",
                            R"({"queries":[{"refId":"A","table":"waiting"},{"refId":"B","table":"long"},)"
                            R"({"refId":"C","table":"failing"},{"refId":"D","table":"none"}]})",
                            "http://127.0.0.1:" + std::to_string(server.port()) + "/query"});
    tests::chunked_answer answer("");
    const auto is_answered = [&answer] {
      const auto b = answer.frames.find({"B", "f0"});
      return b != answer.frames.end() && b->second.rows() == 20'000 && answer.failures.contains("C") &&
             answer.failures.contains("D");
    };
    for (std::size_t read = 0; !is_answered();) {
      client.read_output(client.output().size() + 1);
      const std::size_t whole_lines = client.output().rfind('\n') + 1;
      answer.add_lines(std::string_view(client.output()).substr(read, whole_lines - read));
      read = whole_lines;
    }
    CHECK(answer.failures.at("C").at("error").get<std::string>().find("division by zero (22012)") != std::string::npos);
    CHECK(answer.frames.at({"C", "f0"}).rows() == 1499);
    CHECK_FALSE(answer.frames.contains({"A", "f0"}));
  }
  CHECK(data.connections_come_to(0));  // the client is gone
  CHECK(server.comes_to("streams_cancelled", 1));
}

TEST_CASE("serve: 64 clients of PostgreSQL are stalled while a 65th is served, and their connections come back") {
  NEEDS_POSTGRES();
  postgres_sample data;
  const sample same;
  serving server(data.where());
  const std::size_t before = server.descriptors();
  std::vector<http_client> stalled;
  for (int i = 0; i != 64; ++i) stalled.emplace_back(server.port(), "/tables/long", "", 4096);
  CHECK(server.comes_to("active_streams", 64));
  CHECK((get(server.port(), "/tables/long").body == same.long_table()));
  CHECK(data.connections_come_to(64));
  stalled.clear();
  CHECK(server.comes_to("active_streams", 0));
  CHECK(data.connections_come_to(0));
  CHECK(server.descriptors_come_to(before));
}

TEST_CASE("serve: a client that leaves while PostgreSQL still thinks frees the connection") {
  NEEDS_POSTGRES();
  postgres_sample data;
  serving server(data.where());
  std::vector<http_client> waiting;
  for (int i = 0; i != 20; ++i) waiting.emplace_back(server.port(), "/tables/waiting");
  CHECK(server.comes_to("active_streams", 20));
  CHECK(data.connections_come_to(20));
  waiting.clear();
  CHECK(server.comes_to("streams_cancelled", 20));
  CHECK(data.connections_come_to(0));
}

TEST_CASE("serve: a database that does not answer holds no request for ever, nor the end of the program") {
  NEEDS_POSTGRES();
  const postgres_sample data;
  tests::cut_proxy proxy(data.folder() + "/.s.PGSQL.5432");
  serving server(data.where(proxy.folder()));
  // The proxy serves one connection at a time: others are accepted by the system, and never heard.
  std::optional<tidemark::postgres::connection> in_the_way(data.where(proxy.folder()));
  const http_answer answer = get(server.port(), "/tables/long");
  CHECK(answer.status == 504);
  CHECK(error_message(answer) == "the database does not answer");

  const http_client waiting(server.port(), "/tables/long");
  CHECK(server.stats()["active_streams"] == 0);  // and so the request before it has arrived, too
  const auto start = std::chrono::steady_clock::now();
  server.program().send(SIGTERM);
  CHECK(server.program().finish().exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - start < 9s);
}

TEST_CASE("serve: clients of PostgreSQL that leave at any byte leave nothing behind") {
  NEEDS_POSTGRES();
  postgres_sample data;
  serving server(data.where());
  const std::size_t before = server.descriptors();
  std::mt19937 random(20240229);
  for (int i = 0; i != 200; ++i) {
    const http_client client(server.port(), "/tables/long");
    const std::size_t count = random() % (i % 2 == 0 ? 5000 : 3'000'000);
    CHECK(client.read(count).size() == count);
  }
  CHECK(server.comes_to("active_streams", 0));
  CHECK(data.connections_come_to(0));
  CHECK(server.descriptors_come_to(before));
  CHECK(server.stats()["streams_failed"] == 0);
}

}  // namespace examples_serve_tests

#endif
