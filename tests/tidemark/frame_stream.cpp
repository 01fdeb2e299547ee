#include <tidemark/frame_stream.hpp>

#include "catch.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/any_stream.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/read.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/write_to.hpp>

#include "chunked_answer.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"
#include "piped_rows.hpp"

namespace frame_stream_tests {

using namespace tidemark;
using testing::cell;
using testing::script;
using testing::scripted_fields;
using testing::with_wait;
using tests::chunked_answer;

static_assert(chunk_stream<frame_stream<scripted_fields>>);
static_assert(std::is_constructible_v<any_stream, frame_stream<scripted_fields>>);
static_assert(!frame_stream<testing::without_wait<scripted_fields>>::can_pull);

namespace {

const error lost{failure::producer, "connection lost", "08006"};
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

timestamp at(std::int64_t seconds, std::uint32_t nanoseconds = 0) {
  return {seconds, nanoseconds, 9, timestamp::form::date_time_utc};
}

/// Columns of every type.
std::vector<column> all_columns() {
  return {{"i8", column_type::int8},     {"i16", column_type::int16},     {"i32", column_type::int32},
          {"i64", column_type::int64},   {"u8", column_type::uint8},      {"u16", column_type::uint16},
          {"u32", column_type::uint32},  {"u64", column_type::uint64},    {"f32", column_type::float32},
          {"f64", column_type::float64}, {"dec", column_type::decimal},   {"ok", column_type::boolean},
          {"t", column_type::time},      {"s", column_type::text},        {"j", column_type::json},
          {"b", column_type::bytes},     {"e", column_type::enumeration}, {"long", column_type::text}};
}

scripted_fields fields_of(const std::vector<column>& columns, script rows) {
  std::vector<std::string> names;
  std::vector<column_type> types;
  for (const column& one : columns) {
    names.push_back(one.name);
    types.push_back(one.type);
  }
  return {std::move(names), std::move(rows), types};
}

std::vector<cell> row_of_all(int i) {
  const std::string text =
      "<" + std::string(static_cast<std::size_t>(i * 7 % 40), 'x') + "&\"\n\xE2\x80\xA8 caf\u00e9>";
  if (i % 11 == 5) return std::vector<cell>(all_columns().size());
  return {i % 128,
          i,
          -i,
          std::int64_t{9007199254740993} + i,
          i % 256,
          i,
          i,
          std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(i),
          0.5 * i,
          i % 7 == 3   ? not_a_number
          : i % 7 == 4 ? infinity
          : i % 7 == 6 ? -infinity
                       : i + 0.1,
          cell::decimal(std::to_string(i) + ".50"),
          i % 2 == 0,
          at(1700000000 + i, i % 3 == 1   ? 123456789
                             : i % 3 == 2 ? 5'000'000
                                          : 0),
          text,
          cell::json("{\"a\" :\n[" + std::to_string(i) + "]}"),
          cell::bytes(std::string(static_cast<std::size_t>(i % 20), '\x9c')),
          i % 5,
          i % 13 == 7 ? cell::text_in_pieces(text + std::string(900, 'y'), 5) : cell(text + text)};
}

script rows_of_all(int count) {
  script rows;
  for (int i = 0; i != count; ++i) rows.row(row_of_all(i));
  return rows;
}

frame_options options_of(std::size_t mark, std::size_t rows_per_chunk = 1000) {
  frame_options made;
  made.name = "all <of> them";
  made.mark = byte_mark{mark};
  made.rows_per_chunk = rows_per_chunk;
  return made;
}

std::string line_of(const std::vector<column>& columns, script rows, frame_options options = {}) {
  return drain(frame_stream{fields_of(columns, std::move(rows)), std::move(options)}).bytes;
}

/// The data of a frame of one column.
std::string values_of(column_type type, script rows) {
  const std::string line = line_of({{"v", type}}, std::move(rows));
  const std::size_t start = line.find("\"values\":[") + 10;
  return line.substr(start, line.size() - start - 5);  // without ]}}}\n
}

error misfit(column_type type, cell value) {
  script rows;
  rows.row({nullptr}).row({std::move(value)});
  const drained out = drain(frame_stream{fields_of({{"v", type}}, rows)});
  if (!out.failure) throw std::logic_error("it was written: " + out.bytes);
  return *out.failure;
}

}  // namespace

TEST_CASE("frames: two queries at once, one of which fails, are those of a file written by hand, byte for byte") {
  std::ifstream file(TIDEMARK_TWO_CHUNKS, std::ios::binary);
  const std::string expected(std::istreambuf_iterator<char>(file), {});
  REQUIRE_FALSE(expected.empty());

  script tide;
  tide.row({at(1709164800), -0.25, "ebb < flood & \"slack\" \\ / \u2029\n\x02\u00FC", std::int64_t{-9007199254740993}});
  tide.row({at(1709164801, 7'000'089), not_a_number, "\U0001F30A", 5}).pending();
  tide.row({at(1709164802), infinity, "", 0})
      .row({at(1709164803), nullptr, "a", std::numeric_limits<std::int64_t>::max()})
      .row({at(1709164804), 1e21, "one bad byte \xFF", std::numeric_limits<std::int64_t>::min()});
  tide.row({at(1709164805), 2.5e-9, "</script>", 1}).row({at(1709164806), -infinity, "z", 2});
  frame_options about_tide;
  about_tide.name = "tide";
  about_tide.fields = {
      {"time", column_type::time, false},
      {"level <m> & trend", column_type::float64, true, {{"port", "<Brest>"}, {"gauge", "north & south"}}, {}},
      {"note", column_type::text, false},
      {"count", column_type::int64, false}};
  script pump;
  pump.row({false}).row({nullptr}).row({true}).pending();
  pump.fail(error(failure::producer, "the pump <2> runs \"dry\""));
  frame_options about_pump;
  about_pump.ref_id = "B&";
  about_pump.name = "pump";
  about_pump.fields = {{"running", column_type::boolean, true}};
  about_pump.describe = [](const error& failed) { return frame_failure{failed.message(), 0, "downstream"}; };

  multiplex both{frame_stream{with_wait<scripted_fields>{
                                  std::vector<std::string>{"time", "level <m> & trend", "note", "count"}, tide},
                              about_tide},
                 frame_stream{with_wait<scripted_fields>{std::vector<std::string>{"running"}, pump}, about_pump}};
  both.contain_failures();
  const drained out = drain(both, [&] { both.flush(); });
  CHECK(out.bytes == expected);
  CHECK_FALSE(out.failure);
  CHECK(both.failure_of(1) != nullptr);
}

TEST_CASE("frames: every type of the format, with nulls, entities, nanoseconds, labels, config and meta") {
  frame_options options = options_of(100'000);
  options.labels = {{"host", "a\"b"}};
  options.meta = "{\"custom\":{\"x\":\n1}}";
  frame_field e{"e", column_type::enumeration, false, {{"own", "label"}}, R"({"type":{"enum":{"text":["no","yes"]}}})"};
  options.fields = {e};
  script rows;
  rows.row(row_of_all(3)).row(row_of_all(4)).row(row_of_all(1));
  const std::string expected =
      R"({"refId":"A","frameId":"f0","frame":{"schema":{"name":"all <of> them","refId":"A","meta":{"custom":{"x": 1}},"fields":[)"
      R"({"name":"i8","type":"number","typeInfo":{"frame":"int8","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"i16","type":"number","typeInfo":{"frame":"int16","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"i32","type":"number","typeInfo":{"frame":"int32","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"i64","type":"number","typeInfo":{"frame":"int64","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"u8","type":"number","typeInfo":{"frame":"uint8","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"u16","type":"number","typeInfo":{"frame":"uint16","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"u32","type":"number","typeInfo":{"frame":"uint32","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"u64","type":"number","typeInfo":{"frame":"uint64","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"f32","type":"number","typeInfo":{"frame":"float32","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"f64","type":"number","typeInfo":{"frame":"float64","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"dec","type":"number","typeInfo":{"frame":"float64","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"ok","type":"boolean","typeInfo":{"frame":"bool","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"t","type":"time","typeInfo":{"frame":"time.Time","nullable":true}},)"
      R"({"name":"s","type":"string","typeInfo":{"frame":"string","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"j","type":"other","typeInfo":{"frame":"json.RawMessage","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"b","type":"string","typeInfo":{"frame":"string","nullable":true},"labels":{"host":"a\"b"}},)"
      R"({"name":"e","type":"enum","typeInfo":{"frame":"enum"},"labels":{"own":"label"},"config":{"type":{"enum":{"text":["no","yes"]}}}},)"
      R"({"name":"long","type":"string","typeInfo":{"frame":"string","nullable":true},"labels":{"host":"a\"b"}}]},)"
      R"("data":{"values":[[3,4,1],[3,4,1],[-3,-4,-1],[9007199254740996,9007199254740997,9007199254740994],[3,4,1],)"
      R"([3,4,1],[3,4,1],[18446744073709551612,18446744073709551611,18446744073709551614],[1.5,2,0.5],[null,null,1.1],)"
      R"([3.5,4.5,1.5],[false,true,false],[1700000003000,1700000004123,1700000001123],)"
      R"(["\u003cxxxxxxxxxxxxxxxxxxxxx\u0026\"\n\u2028 café\u003e","\u003cxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u0026\"\n\u2028 café\u003e",)"
      R"("\u003cxxxxxxx\u0026\"\n\u2028 café\u003e"],[{"a" : [3]},{"a" : [4]},{"a" : [1]}],["nJyc","nJycnA==","nA=="],[3,4,1],)"
      R"(["\u003cxxxxxxxxxxxxxxxxxxxxx\u0026\"\n\u2028 café\u003e\u003cxxxxxxxxxxxxxxxxxxxxx\u0026\"\n\u2028 café\u003e",)"
      R"("\u003cxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u0026\"\n\u2028 café\u003e\u003cxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u0026\"\n\u2028 café\u003e",)"
      R"("\u003cxxxxxxx\u0026\"\n\u2028 café\u003e\u003cxxxxxxx\u0026\"\n\u2028 café\u003e"]],)"
      R"("entities":[null,null,null,null,null,null,null,null,null,{"NaN":[0],"Inf":[1]},null,null,null,null,null,null,null,null],)"
      R"("nanos":[null,null,null,null,null,null,null,null,null,null,null,null,[0,456789,456789],null,null,null,null,null]}}})"
      "\n";
  CHECK(line_of(all_columns(), rows, options) == expected);
  // The same rows, each a message of its own.
  options.mark = byte_mark{700};
  const std::string cut = line_of(all_columns(), rows, options);
  CHECK(chunked_answer(cut).frames == chunked_answer(expected).frames);
}

TEST_CASE("frames: whatever the mark and the rows of a chunk, the frame is the same, and no chunk is longer") {
  constexpr int count = 40;
  const auto expected = chunked_answer(line_of(all_columns(), rows_of_all(count), options_of(1 << 20))).frames;
  REQUIRE(expected.at({"A", "f0"}).rows() == count);
  std::vector<std::size_t> marks{4096, 8000, 10'000, 16'384, 65'536};
  for (std::size_t mark = 1; mark < 3000; mark += mark < 300 ? 1 : 37) marks.push_back(mark);
  for (const std::size_t mark : marks)
    for (const std::size_t rows : {1U, 7U, 1000U}) {
      frame_stream stream{fields_of(all_columns(), rows_of_all(count)), options_of(mark, rows)};
      const drained out = drain(stream);
      REQUIRE_FALSE(out.failure);
      const chunked_answer answer(out.bytes);
      REQUIRE(answer.frames == expected);
      for (const std::size_t size : answer.frames.at({"A", "f0"}).rows_of_messages) REQUIRE(size <= rows);
      for (const std::size_t size : out.chunk_sizes) REQUIRE(size <= mark);
      const std::size_t schema = out.bytes.find("\"data\"");
      REQUIRE(stream.stats().peak_buffered <= mark + 2048 + schema);
      REQUIRE(stream.stats().rows == count);
      REQUIRE(stream.stats().bytes == out.bytes.size());
    }
}

TEST_CASE("frames: chunked and whole answers hold the same, for any number of rows") {
  for (const int count : {0, 1, 999, 1000, 1001, 100'002}) {
    const auto make = [count](std::size_t rows_per_chunk) {
      struct numbers {
        int left;
        int i = -1;
        std::vector<column> all{{"i", column_type::int64}, {"x", column_type::unknown}, {"t", column_type::unknown}};
        progress next() { return ++i == left ? progress::end : progress::row; }
        std::span<const column> columns() const { return all; }
        tidemark::field field(std::size_t c) const {
          if (c == 0) return tidemark::field::integer(i);
          if (i % 5 == 0) return tidemark::field::null();
          return c == 1 ? tidemark::field::real(i % 777 == 1 ? not_a_number : i / 8.0)
                        : tidemark::field::time(at(i, static_cast<std::uint32_t>(i % 999'983 * 1000)));
        }
      };
      return frame_stream{numbers{count}, {.ref_id = "Q", .rows_per_chunk = rows_per_chunk}};
    };
    const auto whole = tests::frame_of_whole_answer(collect(make(1)), "Q");
    REQUIRE(whole.rows() == static_cast<std::size_t>(count));
    for (const std::size_t rows_per_chunk : {1U, 2U, 999U, 1000U, 1001U, 1'000'000U}) {
      if (count > 2000 && rows_per_chunk < 999) continue;
      const chunked_answer answer(drain(make(rows_per_chunk)).bytes);
      REQUIRE(answer.frames.size() == 1);
      const auto& frame = answer.frames.at({"Q", "f0"});
      REQUIRE(frame == whole);
      if (rows_per_chunk == 1000)
        CHECK(frame.rows_of_messages.size() == (count == 0 ? 1U : (static_cast<std::size_t>(count) + 999) / 1000));
    }
  }
}

TEST_CASE("frames: the first chunk is out before row 1,001 is read") {
  script rows;
  for (int i = 0; i != 1002; ++i) rows.row({i});
  scripted_fields producer{{"i"}, rows};
  const auto seen = producer.watch();
  frame_stream stream{std::move(producer)};
  std::string first;
  while (first.find('\n') == std::string::npos) first += *stream.pull();
  CHECK(seen->nexts == 1000);
  CHECK(chunked_answer(first).frames.at({"A", "f0"}).rows() == 1000);
}

TEST_CASE("frames: where the producer would wait, rows are kept until flush()") {
  script rows;
  for (int i = 0; i != 10; ++i) rows.pending().row({i}).pending();
  const std::string expected = line_of({{"i"}}, [] {
    script same;
    for (int i = 0; i != 10; ++i) same.row({i});
    return same;
  }());
  const auto make = [&] { return frame_stream{with_wait<scripted_fields>{std::vector<std::string>{"i"}, rows}}; };
  const drained unflushed = drain(make());
  CHECK(unflushed.pendings == 20);
  CHECK(unflushed.bytes == expected);

  auto stream = make();
  const drained flushed = drain(stream, [&] { stream.flush(); });
  const chunked_answer answer(flushed.bytes);
  CHECK(answer.frames == chunked_answer(expected).frames);
  CHECK(answer.frames.at({"A", "f0"}).rows_of_messages == std::vector<std::size_t>(10, 1));
}

TEST_CASE("frames: rows that have waited long enough for their message go out") {
  tests::piped_rows piped;
  const auto writer = piped.writer();
  struct fields {
    tests::piped_rows rows;
    std::vector<column> all{{"row", column_type::text}};
    progress next() { return rows.next(); }
    std::span<const column> columns() const { return all; }
    tidemark::field field(std::size_t) const { return tidemark::field::text(rows.text()); }
    std::span<const wait_condition> waits_for() { return rows.waits_for(); }
  };
  frame_options options;
  options.flush_after = 0;
  frame_stream stream{fields{std::move(piped)}, options};
  CHECK(stream.try_pull().is_pending());  // no rows, no message
  CHECK(stream.waits_for().size() == 1);
  writer->give(".");
  writer->give(".");
  std::string bytes(*stream.try_pull());
  bytes += *stream.try_pull();
  CHECK(chunked_answer(bytes).frames.at({"A", "f0"}).rows() == 2);
  CHECK(stream.try_pull().is_pending());

  tests::piped_rows other;
  const auto other_writer = other.writer();
  options.flush_after = 3600;
  frame_stream patient{fields{std::move(other)}, options};
  other_writer->give(".");
  CHECK(patient.try_pull().is_pending());
  REQUIRE(patient.waits_for().size() == 2);
  CHECK(patient.waits_for()[1].milliseconds > 3'000'000);
  patient.flush();
  CHECK(patient.try_pull().is_item());  // the schema
  CHECK(patient.try_pull().is_item());
  patient.flush();  // of nothing
  CHECK(patient.try_pull().is_pending());
  other_writer->give(".");
  CHECK(patient.try_pull().is_item());
}

TEST_CASE("frames: any read buffer, and bytes that are put back, give the same bytes") {
  const std::string expected = line_of(all_columns(), rows_of_all(15), options_of(2000));
  for (const std::size_t size : {1U, 2U, 3U, 64U, 1999U, 2000U, 5000U}) {
    frame_stream stream{fields_of(all_columns(), rows_of_all(15)), options_of(2000)};
    std::vector<char> buffer(size);
    std::string bytes;
    while (const std::size_t count = read(stream, buffer)) bytes.append(buffer.data(), count);
    CHECK(bytes == expected);
  }
  frame_stream stream{fields_of(all_columns(), rows_of_all(15)), options_of(2000)};
  CHECK(thrown_by([&] { stream.put_back(1); }).kind() == failure::usage);
}

TEST_CASE("frames: a stream can be moved between any two chunks") {
  const std::string expected = line_of(all_columns(), rows_of_all(15), options_of(50));
  auto stream =
      std::make_unique<frame_stream<scripted_fields>>(fields_of(all_columns(), rows_of_all(15)), options_of(50));
  std::string bytes;
  while (const auto chunk = stream->pull()) {
    bytes += *chunk;
    auto moved = std::make_unique<frame_stream<scripted_fields>>(std::move(*stream));
    stream = std::move(moved);
  }
  CHECK(bytes == expected);
}

TEST_CASE("frames: a query that fails ends with a message that says so, behind the rows before it") {
  for (const std::size_t mark : {1U, 40U, 500U, 5000U, 65'536U})
    for (int good = 0; good != 12; ++good) {
      script rows = rows_of_all(good);
      rows.fail(lost);
      scripted_fields producer = fields_of(all_columns(), rows);
      const auto seen = producer.watch();
      frame_stream stream{std::move(producer), options_of(mark, 5)};
      const drained out = drain(stream);
      REQUIRE(out.failure);
      CHECK(out.failure->code() == "08006");
      CHECK(out.failure->row() == static_cast<std::uint64_t>(good) + 1);
      CHECK(stream.failed());
      CHECK_FALSE(seen->is_alive);
      const chunked_answer answer(out.bytes);
      const nlohmann::json& told = answer.failures.at("A");
      CHECK(told.at("error") == out.failure->what());
      CHECK(told.at("status") == 500);
      CHECK(told.at("errorSource") == "downstream");
      CHECK(out.failure->byte_offset() == out.bytes.rfind("{\"refId\""));
      if (good == 0)
        CHECK(answer.frames.empty());
      else
        CHECK(answer.frames == chunked_answer(line_of(all_columns(), rows_of_all(good), options_of(1 << 20))).frames);
    }
}

TEST_CASE("frames: what is thrown that is no tidemark::error passes through, and is told") {
  script rows;
  rows.row({1}).fail(std::runtime_error("broken <pipe>"));
  const drained out = drain(frame_stream{scripted_fields{{"i"}, rows}});
  CHECK(out.foreign);
  CHECK(
      chunked_answer(out.bytes).failures.at("A").at("error").get<std::string>().starts_with("broken <pipe>, at row 2"));
  CHECK(out.bytes.find("broken \\u003cpipe\\u003e") != std::string::npos);
}

TEST_CASE("frames: a value that fails while it is drawn leaves a message that is JSON, and the failure behind it") {
  for (const std::size_t mark : {1U, 100U, 3000U})
    for (const std::size_t length : {0U, 1U, 500U, 5000U}) {
      script rows;
      rows.row({1, "a", "z", true});
      rows.row({2, "b", cell::text_in_pieces(std::string(length, 'p'), 7, std::make_exception_ptr(lost)), true});
      const drained out = drain(frame_stream{scripted_fields{{"i", "s", "p", "ok"}, rows}, options_of(mark)});
      REQUIRE(out.failure);
      CHECK(out.failure->row() == 2);
      const chunked_answer answer(out.bytes);
      CHECK(answer.failures.contains("A"));
      const auto& frame = answer.frames.at({"A", "f0"});
      REQUIRE(frame.rows() == 2);
      CHECK(frame.columns[2] == nlohmann::json{"z", std::string(length, 'p')});
      CHECK(frame.columns[3] == nlohmann::json{true, nullptr});
    }
}

TEST_CASE("frames: the type of a column is its producer's, or else that of its first value") {
  const auto types_of = [](const std::string& line) {
    std::vector<std::string> all;
    const nlohmann::json message = tests::parse_json(line);
    for (const auto& one : message.at("frame").at("schema").at("fields")) all.push_back(one.at("typeInfo").at("frame"));
    return all;
  };
  script rows;
  rows.row({nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr});
  rows.row({1, 1.5, "x", true, at(1), cell::json("[]"), std::uint64_t{1}, nullptr});
  rows.row({2, 3, "y", false, at(2), cell::json("1"), std::uint64_t{2}, nullptr});
  CHECK(types_of(line_of({{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g"}, {"h"}}, rows)) ==
        std::vector<std::string>{"int64", "float64", "string", "bool", "time.Time", "json.RawMessage", "uint64",
                                 "string"});

  sqlite::connection db{":memory:"};
  db.execute(
      R"(create table t (a integer, b bigint, c varchar(9), d text, e real, f double precision, g boolean, h datetime,
                                i timestamp, j date, k decimal(9,2), l blob, m, n json);
                insert into t values (1, 2, 'c', 'd', 1.5, 2.5, 1, '2024-02-29 12:00:00', '2024-02-29T12:00:00.5Z',
                                      '2024-02-29', 12.50, x'00ff', 7, '{"n":1}'))");
  frame_stream stream{sqlite::query{db, "select *, 1.5 as o, 'p' as p from t"}.json("n")};
  const std::string line = drain(stream).bytes;
  CHECK(types_of(line) == std::vector<std::string>{"int64", "int64", "string", "string", "float64", "float64", "bool",
                                                   "time.Time", "time.Time", "time.Time", "float64", "string", "int64",
                                                   "json.RawMessage", "float64", "string"});
  CHECK(
      line.find(
          R"([[1],[2],["c"],["d"],[1.5],[2.5],[true],[1709208000000],[1709208000500],[1709164800000],[12.5],["AP8="],[7],[{"n":1}],[1.5],["p"]])") !=
      std::string::npos);
}

TEST_CASE("frames: the first message waits for the types of all columns, as long as there is room") {
  script rows;
  for (int i = 0; i != 50; ++i) rows.row({i, i == 40 ? cell(1.5) : cell()});
  frame_options options = options_of(65'536, 10);
  const auto frame = chunked_answer(line_of({{"i"}, {"x"}}, rows, options)).frames.at({"A", "f0"});
  CHECK(frame.rows_of_messages == std::vector<std::size_t>{41, 9});
  CHECK(frame.schema.at("fields").at(1).at("typeInfo").at("frame") == "float64");
  options.mark = byte_mark{400};
  const drained narrow = drain(frame_stream{scripted_fields{{"i", "x"}, rows}, options});
  CHECK(narrow.failure.value().row() == 41U);  // it was said to be text by then
}

TEST_CASE("frames: values are spelled as the reference writer spells them") {
  const auto reals = [](std::initializer_list<double> all) {
    script rows;
    for (const double one : all) rows.row({one});
    return rows;
  };
  CHECK(values_of(column_type::float64, reals({0.0, -0.0, 1e-6, 9.5e-7, -1e-7, 1e-9, 1.25e-10, 5e-324, 1e20, 1e21,
                                               -1.7976931348623157e308, 123456789.25})) ==
        "[0,-0,0.000001,9.5e-07,-1e-07,1e-09,1.25e-10,5e-324,100000000000000000000,1e+21,-1.7976931348623157e+308,"
        "123456789.25]");
  CHECK(values_of(column_type::float32,
                  reals({0.1, 16777216.0, -0.0, 1e-6, 1e-7, 3.4028234e38, 1e21, 0.3333333333333333, 1e-45, 100})) ==
        "[0.1,16777216,-0,0.000001,1e-07,3.4028235e+38,1e+21,0.33333334,1e-45,100]");
  script decimals;
  for (const char* one :
       {"12.50", "-0.00", "100", "0.0000001", "123456789012345678.5", "1e3", "0.10", "7.", "1.0000000000000001"})
    if (std::string(one) != "7.") decimals.row({cell::decimal(one)});
  CHECK(values_of(column_type::decimal, decimals) == "[12.5,-0,100,1e-07,123456789012345680,1000,0.1,1]");
  script times;
  times.row({at(-1, 999'999'999)})
      .row({at(-62135596800)})
      .row({"2024-02-29 12:00:00.123456"})
      .row({"1969-12-31T23:59:59Z"});
  CHECK(values_of(column_type::time, times) ==
        R"([-1,-62135596800000,1709208000123,-1000]],"nanos":[[999999,0,456000,0])");
  script times_of_day;
  times_of_day.row({timestamp{43200, 0, 0, timestamp::form::time}});
  CHECK(values_of(column_type::text, times_of_day) == R"(["12:00:00"])");
}

TEST_CASE("frames: a value that does not fit its column is an error that names row and column") {
  const std::pair<column_type, cell> misfits[] = {{column_type::int8, 128},
                                                  {column_type::int8, -129},
                                                  {column_type::int16, 32768},
                                                  {column_type::int32, std::int64_t{1} << 31},
                                                  {column_type::uint8, -1},
                                                  {column_type::uint8, 256},
                                                  {column_type::uint32, std::int64_t{1} << 32},
                                                  {column_type::int64, std::numeric_limits<std::uint64_t>::max()},
                                                  {column_type::uint64, -1},
                                                  {column_type::int64, 1.5},
                                                  {column_type::int64, "7"},
                                                  {column_type::int64, true},
                                                  {column_type::int64, not_a_number},
                                                  {column_type::float64, "1.5"},
                                                  {column_type::float64, (std::int64_t{1} << 53) + 1},
                                                  {column_type::float32, 1e39},
                                                  {column_type::float32, (1 << 24) + 1},
                                                  {column_type::boolean, 1},
                                                  {column_type::boolean, "t"},
                                                  {column_type::text, 1},
                                                  {column_type::text, 1.5},
                                                  {column_type::text, true},
                                                  {column_type::text, cell::json("{}")},
                                                  {column_type::text, cell::decimal("1.5")},
                                                  {column_type::time, 1700000000},
                                                  {column_type::time, "yesterday"},
                                                  {column_type::time, "12:00:00"},
                                                  {column_type::time, at(std::numeric_limits<std::int64_t>::max())},
                                                  {column_type::time, timestamp{1, 0, 0, timestamp::form::time}},
                                                  {column_type::json, "{\"a\":"},
                                                  {column_type::json, cell::json("[1,]")},
                                                  {column_type::json, cell::bytes("1")},
                                                  {column_type::json, cell::text_in_pieces("{}", 1)},
                                                  {column_type::json, not_a_number},
                                                  {column_type::json, at(1)},
                                                  {column_type::float64, cell::decimal("1e400")},
                                                  {column_type::int64, cell::decimal("5.50")},
                                                  {column_type::int8, 128.0},
                                                  {column_type::uint64, cell::decimal("-5")},
                                                  {column_type::int64, 9.3e18},
                                                  {column_type::enumeration, 65536},
                                                  {column_type::enumeration, "yes"}};
  for (const auto& [type, value] : misfits) {
    const error failed = misfit(type, value);
    INFO(failed.what());
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == 2U);
    CHECK(failed.column() == "v");
  }
  CHECK(std::string(misfit(column_type::float64, "abc").what()) ==
        "the value is text, which does not fit a column of float64: convert it in the query, or give the field another "
        "type, at row 2, column \"v\", byte 176 of the output");
  script nulls;
  nulls.row({1}).row({nullptr});
  frame_options options;
  options.fields = {{"v", column_type::unknown, false}};
  const drained out = drain(frame_stream{scripted_fields{{"v"}, nulls}, options});
  CHECK(out.failure.value().row() == 2U);
}

TEST_CASE("frames: values that lose nothing as what their column is are written so") {
  script rows;
  for (const char* one : {"5.000", "-50e-1", "1.2e3", "0.0", "-0", "-9223372036854775808", "9223372036854775807"})
    rows.row({cell::decimal(one)});
  rows.row({2.0}).row({-0.0}).row({1e15}).row({std::uint64_t{7}});
  CHECK(values_of(column_type::int64, rows) ==
        "[5,-5,1200,0,0,-9223372036854775808,9223372036854775807,2,0,1000000000000000,7]");
  script most;
  most.row({cell::decimal("18446744073709551615")}).row({1.0});
  CHECK(values_of(column_type::uint64, most) == "[18446744073709551615,1]");
  script json;
  json.row({cell::json("[]")})
      .row({5})
      .row({1.5})
      .row({true})
      .row({std::uint64_t{7}})
      .row({cell::decimal("1.50")})
      .row({"{\"a\":1}"});
  CHECK(values_of(column_type::json, json) == R"([[],5,1.5,true,7,1.50,{"a":1}])");
  script whole;
  whole.row({1}).row({std::uint64_t{2}}).row({cell::decimal("3.50")});
  CHECK(values_of(column_type::float64, whole) == "[1,2,3.5]");
}

TEST_CASE("frames: a result without rows, or without columns, is a message whatever the mark") {
  for (const std::size_t mark : {1U, 100U, 65'536U})
    for (const std::size_t columns : {0U, 1U, 7U, 700U}) {
      std::vector<std::string> names;
      for (std::size_t i = 0; i != columns; ++i) names.push_back("c" + std::to_string(i));
      frame_stream stream{scripted_fields{names, script()}, options_of(mark)};
      const drained out = drain(stream);
      REQUIRE_FALSE(out.failure);
      for (const std::size_t size : out.chunk_sizes) REQUIRE(size <= mark);
      const auto frame = chunked_answer(out.bytes).frames.at({"A", "f0"});
      CHECK(frame.columns.size() == columns);
      CHECK(frame.rows() == 0);
      CHECK(frame == tests::frame_of_whole_answer(
                         collect(frame_stream{scripted_fields{names, script()}, options_of(mark)}), "A"));
    }
  script rows;
  rows.row({}).row({});
  const drained out = drain(frame_stream{scripted_fields{{}, rows}, options_of(20)});
  CHECK(out.failure.value().kind() == failure::usage);
}

TEST_CASE("frames: many columns are written, beside each other or a row at a time") {
  std::vector<column> columns;
  for (int i = 0; i != 700; ++i) columns.push_back({"c" + std::to_string(i), column_type::int64});
  script rows;
  for (int i = 0; i != 5; ++i) {
    std::vector<cell> cells;
    for (int k = 0; k != 700; ++k) cells.emplace_back(i * k);
    rows.row(std::move(cells));
  }
  CHECK(chunked_answer(line_of(columns, rows, options_of(65'536))).frames ==
        chunked_answer(line_of(columns, rows, options_of(1 << 20))).frames);
}

TEST_CASE("frames: spelled fields of any length are written with room for them") {
  struct spelled {
    int left = 3;
    std::string digits = std::string(500, '7');
    std::vector<column> all{{"v", column_type::float64}, {"w", column_type::int64}};
    progress next() { return left-- == 0 ? progress::end : progress::row; }
    std::span<const column> columns() const { return all; }
    tidemark::field field(std::size_t i) const {
      return i == 0 ? tidemark::field::decimal(
                          digits.substr(0, 300).size() == 300 ? std::string_view(digits).substr(0, 300) : "")
                    : tidemark::field::decimal("42");
    }
    tidemark::field spelled_field(std::size_t i) const { return field(i); }
  };
  for (const std::size_t mark : {600U, 65'536U}) {
    const drained out = drain(frame_stream{spelled{}, options_of(mark)});
    REQUIRE_FALSE(out.failure);
    CHECK(chunked_answer(out.bytes).frames.at({"A", "f0"}).columns[1] == nlohmann::json{42, 42, 42});
  }
}

TEST_CASE(
    "frames: a row that is cut has no nulls where there may be none, and a failure is told however it is described") {
  script rows;
  rows.row({cell::text_in_pieces(std::string(500, 'p'), 7, std::make_exception_ptr(lost)), 1, "s", true, 1.5});
  frame_options options = options_of(100);
  for (const auto& [name, type] : {std::pair{"t", column_type::text},
                                   {"i", column_type::int64},
                                   {"s", column_type::text},
                                   {"b", column_type::boolean},
                                   {"x", column_type::float64}})
    options.fields.push_back({name, type, false});
  for (const bool throws : {false, true}) {
    options.describe = [throws](const error&) -> frame_failure {
      if (throws) throw std::runtime_error("no words");
      return {};
    };
    const drained out = drain(frame_stream{scripted_fields{{"t", "i", "s", "b", "x"}, rows}, options});
    CHECK(out.failure);
    const chunked_answer answer(out.bytes);
    const auto& frame = answer.frames.at({"A", "f0"});
    CHECK(frame.columns == std::vector<nlohmann::json>{{std::string(500, 'p')}, {0}, {""}, {false}, {0}});
    CHECK_FALSE(answer.failures.at("A").at("error").get<std::string>().empty());
  }
}

TEST_CASE("frames: values are widened to what their column is asked to be") {
  script rows;
  rows.row({1, 2.5, true, cell::json("{\"a\":1}"), cell::decimal("12.50"), at(0), 1, 1, 5});
  rows.row({"x", not_a_number, nullptr, "y", std::uint64_t{7}, "z", (std::int64_t{1} << 53) + 1, -1, false});
  frame_options options;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) options.fields.push_back({name, column_type::text, true});
  options.fields.push_back({"g", column_type::float64, true});
  options.fields.push_back({"h", column_type::time, true});
  options.fields.push_back({"i", column_type::json, true});
  const std::vector<column> columns{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g"}, {"h"}, {"i"}};
  const char* const expected =
      R"([["1","x"],["2.5","NaN"],["true",null],["{\"a\":1}","y"],["12.50","7"],["1970-01-01T00:00:00.000000000Z","z"],[1,9007199254740992],[1,-1],[5,false]])";
  CHECK(line_of(columns, rows, options).find(expected) != std::string::npos);
  options.mark = byte_mark{10};  // each row a message
  const auto narrow = chunked_answer(line_of(columns, rows, options)).frames;
  options.mark = {};
  CHECK(narrow == chunked_answer(line_of(columns, rows, options)).frames);

  script mixed;
  mixed.row({"x"}).row({1});
  frame_options all;
  all.widen = true;
  CHECK(line_of({{"v"}}, mixed, all).find(R"([["x","1"]])") != std::string::npos);
}

TEST_CASE("frames: bad options are refused") {
  const auto refused = [](frame_options options) {
    return thrown_by([&] {
      script rows;
      rows.row({1});
      const drained out = drain(frame_stream{scripted_fields{{"v"}, rows}, std::move(options)});
      if (out.failure) throw error(*out.failure);
    });
  };
  CHECK(refused({.rows_per_chunk = 0}).kind() == failure::usage);
  CHECK(refused({.meta = "{"}).kind() == failure::value);
  CHECK(refused({.fields = {{"v", column_type::int64, true, {}, "nonsense"}}}).kind() == failure::value);
  CHECK(std::string(refused({.fields = {{"w", column_type::int64, true}}}).message()) ==
        "the rows have no column \"w\"");
  json_options strict;
  strict.invalid_utf8 = json_options::bad_utf8::error;
  for (const std::size_t mark : {10U, 65'536U}) {
    script bad;
    bad.row({"good"}).row({"bad\xFF"});
    const drained out = drain(frame_stream{scripted_fields{{"v"}, bad}, {.mark = byte_mark{mark}, .values = strict}});
    CHECK(out.failure.value().row() == 2U);
    CHECK(chunked_answer(out.bytes).failures.size() == 1);
  }
}

TEST_CASE("frames: a stream that is closed lets go of its producer, and one that is cut ends with a whole message") {
  for (const bool is_cut : {false, true})
    for (const std::size_t mark : {40U, 5000U, 100'000U})
      for (std::size_t pulls = 0; pulls != 30; ++pulls) {
        scripted_fields producer = fields_of(all_columns(), rows_of_all(10));
        const auto seen = producer.watch();
        frame_stream stream{std::move(producer), options_of(mark, 3)};
        std::string bytes;
        for (std::size_t i = 0; i != pulls; ++i)
          if (const auto chunk = stream.pull()) bytes += *chunk;
        if (is_cut) {
          stream.cut();
          while (const auto chunk = stream.pull()) bytes += *chunk;
          chunked_answer(bytes).frames.size();  // throws where a message is not whole
        } else {
          stream.close();
          CHECK(stream.stats().buffered == 0);
          CHECK_FALSE(stream.pull());
        }
        CHECK_FALSE(seen->is_alive);
        CHECK_FALSE(stream.failed());
      }
}

TEST_CASE("frames: the time limit ends a stream with its message") {
  frame_stream stream{fields_of(all_columns(), rows_of_all(10))};
  stream.limit_time(0);
  const drained out = drain(stream);
  CHECK(out.failure.value().kind() == failure::timed_out);
  CHECK(chunked_answer(out.bytes).failures.at("A").at("status") == 504);
}

TEST_CASE("frames: the whole answer is that of a stream that nobody has pulled") {
  frame_stream pulled{fields_of(all_columns(), rows_of_all(10)), options_of(100)};
  pulled.pull();
  CHECK(thrown_by([&] { collect(std::move(pulled)); }).kind() == failure::usage);
  script waiting;
  for (int i = 0; i != 5; ++i) waiting.row({i}).pending();
  frame_options impatient;
  impatient.flush_after = 0;
  CHECK(tests::frame_of_whole_answer(
            collect(frame_stream{with_wait<scripted_fields>{std::vector<std::string>{"i"}, waiting}, impatient}), "A")
            .rows() == 5);
  script failing = rows_of_all(10);
  failing.fail(lost);
  CHECK(thrown_by([&] { collect(frame_stream{fields_of(all_columns(), failing)}); }).code() == "08006");
  CHECK(
      collect(frame_stream{scripted_fields{{"a\"b"}, script()}, {.ref_id = "x<\"", .name = "n"}}) ==
      R"({"results":{"x<\"":{"status":200,"frames":[{"schema":{"name":"n","refId":"x<\"","fields":[{"name":"a\"b","type":"string","typeInfo":{"frame":"string","nullable":true}}]},"data":{"values":[[]]}}]}}})");
}

}  // namespace frame_stream_tests
