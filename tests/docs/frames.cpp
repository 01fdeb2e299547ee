#include "catch.hpp"

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/adapt/from_frames.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/frame_reader.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/string.hpp>
#include <tidemark/write_to.hpp>

namespace docs_frames_tests {

// What docs/frames.md shows.

namespace {

tidemark::sqlite::connection monitor() {
  tidemark::sqlite::connection db(":memory:");
  db.execute(
      "create table up (time datetime, job text, value real);"
      "insert into up values ('2023-11-14 22:13:20', 'api', 1.5), ('2023-11-14 22:13:21', 'db', null);"
      "create table load (time integer, value real); insert into load values (1700000000000, 9e999);");
  return db;
}

}  // namespace

TEST_CASE("docs/frames.md: rows as frames") {
  auto db = monitor();
  std::string out;
  // [WRITE]
  tidemark::frame_stream up{tidemark::sqlite::query{db, "select * from up"}, {.ref_id = "A", .name = "up"}};
  tidemark::write_to(tidemark::sinks::string(out), up);
  // [/WRITE]
  CHECK(out == R"({"refId":"A","frameId":"f0","frame":{"schema":{"name":"up","refId":"A","fields":[)"
               R"({"name":"time","type":"time","typeInfo":{"frame":"time.Time","nullable":true}},)"
               R"({"name":"job","type":"string","typeInfo":{"frame":"string","nullable":true}},)"
               R"({"name":"value","type":"number","typeInfo":{"frame":"float64","nullable":true}}]},)"
               R"("data":{"values":[[1700000000000,1700000001000],["api","db"],[1.5,null]]}}})"
               "\n");
}

TEST_CASE("docs/frames.md: fields") {
  auto db = monitor();
  // [FIELDS]
  tidemark::frame_options options;
  options.ref_id = "B";
  options.rows_per_chunk = 5000;
  options.fields = {{"time", tidemark::column_type::time, false},  // integers are milliseconds; no nulls
                    {"value", tidemark::column_type::unknown, true, {{"host", "a"}}, R"({"unit":"percent"})"}};
  tidemark::frame_stream load{tidemark::sqlite::query{db, "select * from load"}, options};
  // [/FIELDS]
  std::string out;
  tidemark::write_to(tidemark::sinks::string(out), load);
  CHECK(out.find(R"([{"name":"time","type":"time","typeInfo":{"frame":"time.Time"}},)") != std::string::npos);
  CHECK(out.find(R"("labels":{"host":"a"},"config":{"unit":"percent"}}]},)") != std::string::npos);
  CHECK(out.ends_with(R"("data":{"values":[[1700000000000],[null]],"entities":[null,{"Inf":[0]}]}}})"
                      "\n"));
}

TEST_CASE("docs/frames.md: several queries, and how they are read") {
  auto db = monitor();
  std::string out;
  // [QUERIES]
  tidemark::multiplex answers{
      tidemark::frame_stream{tidemark::sqlite::query{db, "select * from up"}, {.ref_id = "A"}},
      tidemark::frame_stream{tidemark::sqlite::query{db, "select abs(-9223372036854775808)"}, {.ref_id = "B"}}};
  answers.contain_failures();  // each query tells its own
  tidemark::write_to(tidemark::sinks::string(out), answers);
  // [/QUERIES]
  CHECK(out.find(R"({"refId":"B","error":"integer overflow)") != std::string::npos);

  std::vector<std::string> said;
  std::vector<std::string_view> fragments;
  for (std::string_view rest = out; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(7, rest.size())))
    fragments.push_back(rest.substr(0, 7));
  // [READ]
  tidemark::frame_reader reader;
  for (const std::string_view fragment : fragments) reader.read(fragment);
  reader.finish();
  for (const tidemark::frame_answer& answer : reader.answers()) {
    for (const tidemark::frame& frame : answer.frames)
      said.push_back(answer.ref_id + ": " + std::to_string(frame.row_count()) + " rows");
    if (answer.failure) said.push_back(answer.ref_id + " failed: " + answer.failure->message);
  }
  // [/READ]
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "A: 2 rows");
  CHECK(said[1].starts_with("B failed: integer overflow"));

  // [VALUES]
  const tidemark::frame& up = *reader.find("A", "f0");
  const auto& values = up.columns[2].values<std::vector<double>>();
  tidemark::raw_stream rows{up.rows(), tidemark::format::ndjson{}};  // {"time":"2023-11-14T22:13:20Z","job":"api",...
  // [/VALUES]
  CHECK(values[0] == 1.5);
  CHECK(rows.pull()->starts_with(R"({"time":"2023-11-14T22:13:20Z","job":"api")"));

  std::istringstream upstream(out);
  // [AS_THEY_COME]
  tidemark::ndjson::rows lines{tidemark::ndjson::stream(upstream)};
  auto rows_of_a = tidemark::from_frames(std::move(lines), {"A", "f0"});  // a producer like any other
  // [/AS_THEY_COME]
  CHECK(rows_of_a.next() == tidemark::progress::row);
  CHECK(rows_of_a.field(1).as_view() == "api");

  std::istringstream again(out);
  // [RELAY]
  tidemark::raw_stream relayed{tidemark::ndjson::rows{tidemark::ndjson::stream(again)}, tidemark::format::ndjson{}};
  // [/RELAY]
  std::string same;
  tidemark::write_to(tidemark::sinks::string(same), relayed);
  CHECK(same == out);
}

TEST_CASE("docs/frames.md: whole answers") {
  auto db = monitor();
  // [WHOLE]
  const std::string whole = collect(tidemark::frame_stream{tidemark::sqlite::query{db, "select * from up"}});
  // [/WHOLE]
  CHECK(whole.starts_with(R"({"results":{"A":{"status":200,"frames":[{"schema":)"));
}

}  // namespace docs_frames_tests
