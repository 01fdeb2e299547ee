#include <tidemark/frame_reader.hpp>

#include "catch.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/format/ndjson.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "chunked_answer.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"

namespace frame_reader_tests {

using namespace tidemark;
using testing::cell;
using testing::script;
using testing::scripted_fields;

namespace {

const std::vector<std::string> names{"i", "u", "x", "f", "ok", "t", "s", "j", "e"};
const std::vector<column_type> types{column_type::int16,   column_type::uint64,  column_type::float64,
                                     column_type::float32, column_type::boolean, column_type::time,
                                     column_type::text,    column_type::json,    column_type::enumeration};

script rows_of(int count) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  script rows;
  for (int i = 0; i != count; ++i) {
    if (i % 9 == 4) {
      rows.row(std::vector<cell>(names.size()));
      continue;
    }
    rows.row({i - 5, std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(i),
              i % 5 == 1   ? std::nan("")
              : i % 5 == 2 ? -infinity
              : i % 5 == 3 ? infinity
                           : i / 3.0,
              i / 4.0, i % 2 == 0,
              timestamp{i * 1000 - 3000, i % 3 == 0 ? 0 : 1000u * static_cast<std::uint32_t>(i), 9,
                        timestamp::form::date_time_utc},
              "text <" + std::to_string(i) + "> \"\n\\ \U0001F30A",
              cell::json("{\"a\":[" + std::to_string(i) + ",null]}"), i % 4});
  }
  return rows;
}

frame_options options_of(std::size_t rows_per_chunk) {
  frame_options made;
  made.ref_id = "A\"<";
  made.name = "up & down";
  made.rows_per_chunk = rows_per_chunk;
  made.labels = {{"host", "a"}, {"\"job\"", "<b>"}};
  made.meta = R"({"custom":1})";
  made.fields = {{"e", column_type::enumeration, false, {}, R"({"unit":"s"})"}};
  return made;
}

auto stream_of(int count, std::size_t rows_per_chunk) {
  return frame_stream{scripted_fields{names, rows_of(count), types}, options_of(rows_per_chunk)};
}

/// The answer to all of it, read `step` bytes at a time.
frame_reader read(std::string_view lines, std::size_t step) {
  frame_reader made;
  for (std::size_t at = 0; at < lines.size(); at += step) made.read(lines.substr(at, step));
  made.finish();
  return made;
}

error refusal(const std::string& lines) {
  return thrown_by([&] { read(lines, lines.size() + 1); });
}

const std::string head =
    R"({"refId":"A","frameId":"f","frame":{"schema":{"fields":[{"name":"i","typeInfo":{"frame":"int8"}},{"name":"t","typeInfo":{"frame":"time.Time","nullable":true}}]})";

}  // namespace

TEST_CASE("frame_reader: what is read of any fragments is written again as the same whole answer") {
  // A row without nulls in the column that may not have any.
  for (const int count : {0, 1, 3, 4}) {
    const std::string whole = collect(stream_of(count, 1));
    for (const std::size_t rows_per_chunk : {1U, 2U, 100U}) {
      const std::string lines = drain(stream_of(count, rows_per_chunk)).bytes;
      for (const std::size_t step : {1U, 2U, 3U, 17U, 100'000U})
        REQUIRE(whole_answer(read(lines, step).answers()) == whole);
    }
  }
}

TEST_CASE("frame_reader: columns are typed, and rows come back as a producer") {
  auto options = options_of(3);
  options.fields.clear();
  const std::string lines = drain(frame_stream{scripted_fields{names, rows_of(30), types}, options}).bytes;
  const frame_reader reader = read(lines, 5);
  REQUIRE(reader.answers().size() == 1);
  const frame& read_frame = *reader.find("A\"<", "f0");
  CHECK(read_frame.name == "up & down");
  CHECK(read_frame.meta == R"({"custom":1})");
  CHECK(read_frame.row_count() == 30);
  CHECK(read_frame.columns[0].about().labels == options.labels);
  CHECK(read_frame.columns[0].values<std::vector<std::int64_t>>()[6] == 1);
  CHECK(read_frame.columns[1].values<std::vector<std::uint64_t>>()[6] == std::numeric_limits<std::uint64_t>::max() - 6);
  CHECK(std::isnan(read_frame.columns[2].values<std::vector<double>>()[6]));
  CHECK(read_frame.columns[2].values<std::vector<double>>()[7] == -std::numeric_limits<double>::infinity());
  CHECK_FALSE(read_frame.columns[2].is_null(6));
  CHECK(read_frame.columns[2].is_null(4));
  CHECK(read_frame.columns[4].values<std::vector<std::uint8_t>>()[6] == 1);
  CHECK(read_frame.columns[5].values<std::vector<std::int64_t>>()[7] == 4'000'000);
  CHECK(read_frame.columns[5].nanoseconds(7) == 7000);
  CHECK(read_frame.columns[6].values<text_column>()[6] == "text <6> \"\n\\ \U0001F30A");

  // As the producer had them, but for the digits of times that no JSON of frames tells.
  script same = rows_of(30);
  const std::string as_rows = drain(raw_stream{scripted_fields{names, same}, format::ndjson{}}).bytes;
  const std::string read_rows = drain(raw_stream{read_frame.rows(), format::ndjson{}}).bytes;
  CHECK(std::ranges::count(read_rows, '\n') == 30);
  std::string_view a = as_rows, b = read_rows;
  while (!a.empty()) {
    auto one = tests::parse_json(a.substr(0, a.find('\n')));
    auto other = tests::parse_json(b.substr(0, b.find('\n')));
    a.remove_prefix(a.find('\n') + 1);
    b.remove_prefix(b.find('\n') + 1);
    one.erase("t");
    other.erase("t");
    REQUIRE(one == other);
  }
  const frame_options again = [&] {
    frame_options made = options;
    made.rows_per_chunk = 3;
    return made;
  }();
  CHECK(drain(frame_stream{frame(read_frame).rows(), again}).bytes == lines);
}

TEST_CASE("frame_reader: a file of two queries, one of which fails") {
  std::ifstream file(TIDEMARK_TWO_CHUNKS, std::ios::binary);
  const std::string lines(std::istreambuf_iterator<char>(file), {});
  for (const std::size_t step : {1U, 7U, 1000U}) {
    const frame_reader reader = read(lines, step);
    REQUIRE(reader.answers().size() == 2);
    const frame& tide = *reader.find("A", "f0");
    CHECK(tide.row_count() == 7);
    const auto& counts = tide.columns[3].values<std::vector<std::int64_t>>();
    CHECK(counts[0] == -9007199254740993);
    CHECK(counts[3] == std::numeric_limits<std::int64_t>::max());
    CHECK(counts[4] == std::numeric_limits<std::int64_t>::min());
    CHECK(tide.columns[0].values<std::vector<std::int64_t>>()[1] == 1709164801007);
    CHECK(tide.columns[0].nanoseconds(1) == 89);
    const auto& levels = tide.columns[1].values<std::vector<double>>();
    CHECK(std::isnan(levels[1]));
    CHECK(levels[2] == std::numeric_limits<double>::infinity());
    CHECK(levels[6] == -std::numeric_limits<double>::infinity());
    CHECK_FALSE(tide.columns[1].is_null(2));
    CHECK(tide.columns[1].is_null(3));
    CHECK(tide.columns[1].about().labels ==
          std::map<std::string, std::string>{{"gauge", "north & south"}, {"port", "<Brest>"}});
    const frame_answer& pump = *reader.find("B&");
    CHECK(pump.frames.at(0).row_count() == 3);
    CHECK(pump.failure.value().message == "the pump <2> runs \"dry\"");
    CHECK(pump.failure.value().error_source == "downstream");
    CHECK(reader.find("C") == nullptr);
    CHECK(reader.find("A", "f1") == nullptr);
  }
}

TEST_CASE("frame_reader: frames of different keys are never taken for each other") {
  const auto message = [](const char* ref_id, const char* frame_id, int value) {
    return R"({"refId":")" + std::string(ref_id) + R"(","frameId":")" + frame_id +
           R"(","frame":{"schema":{"fields":[{"name":"v","typeInfo":{"frame":"int8"}}]},"data":{"values":[[)" +
           std::to_string(value) + "]]}}}\n";
  };
  const frame_reader reader = read(message("a-b", "c", 1) + message("a", "b-c", 2) + message("a", "b", 3) +
                                       message("", "", 4) + message("a\\u0000b", "c", 5) + message("a", "b\\u0000c", 6),
                                   10);
  const auto value = [&](std::string_view ref_id, std::string_view frame_id) {
    return reader.find(ref_id, frame_id)->columns[0].values<std::vector<std::int64_t>>().at(0);
  };
  CHECK(value("a-b", "c") == 1);
  CHECK(value("a", "b-c") == 2);
  CHECK(value("a", "b") == 3);
  CHECK(value("", "") == 4);
  CHECK(value(std::string_view("a\0b", 3), "c") == 5);
  CHECK(value("a", std::string_view("b\0c", 3)) == 6);
}

TEST_CASE("frame_reader: what is no chunked answer is refused, with the line, and nothing of that message is taken") {
  const std::string good = head + R"(,"data":{"values":[[1],[null]]}}})" + "\n";
  const auto more = [](const std::string& data) {
    return R"({"refId":"A","frameId":"f","frame":{"data":)" + data + "}}\n";
  };
  const std::pair<std::string, std::string> wrong[] = {
      {"nonsense\n", "not JSON: not a value at byte 0"},
      {"[1]\n", "not an object"},
      {R"({"refId":"A","frameId":"f","frame":{"data":{"values":[[1],[2]]}})"
       "\n",
       "not JSON: the text ends too early"},
      {R"({"refId":"B","frameId":"f","frame":{"data":{"values":[[1],[2]]}}})"
       "\n",
       "the first message of a frame has no schema"},
      {R"({"refId":"A","frameId":"g","frame":{"data":{"values":[[1],[2]]}}})"
       "\n",
       "the first message of a frame has no schema"},
      {R"({"refId":7})"
       "\n",
       "\"refId\" is not a string"},
      {R"({"refId":"A","frame":[]})"
       "\n",
       "\"frame\" is not an object"},
      {R"({"refId":"C","frameId":"f","frame":{"schema":{"fields":[{"name":"v","typeInfo":{"frame":"complex128"}}]}}})"
       "\n",
       "a field of an unknown type \"complex128\""},
      {R"({"refId":"A","frameId":"f","frame":{"schema":{"fields":[]}}})"
       "\n",
       "a frame has two schemas that differ"},
      {more(R"({"values":[[1]]})"), "values has 1 arrays for the schema's 2 fields"},
      {more(R"({"values":[[1],[2],[3]]})"), "values has more arrays"},
      {more(R"({"values":[[1,2],[3]]})"), "the columns differ in length: 1 values where the first has 2"},
      {more(R"({"values":[[1,128],[2,3]]})"), "the value 128 does not fit a column of int8"},
      {more(R"({"values":[[1.5],[2]]})"), "the value 1.5 does not fit"},
      {more(R"({"values":[["1"],[2]]})"), "the value \"1\" does not fit"},
      {more(R"({"values":[[{"a":[1]}],[2]]})"), "the value {\"a\":[1]} does not fit"},
      {more(R"({"values":{}})"), "values is not an array"},
      {more(R"({"values":[1,2]})"), "the values are not an array"},
      {more(R"({"values":[[1],[2]],"entities":[{"NaN":[0]},null]})"), "\"entities\" of a column that is not of reals"},
      {more(R"({"values":[[1],[2]],"entities":[{"NaN":[1]},null]})"),
       "\"entities\" name a row that the message does not have"},
      {more(R"({"values":[[1],[2]],"entities":[{"Huge":[0]},null]})"), "\"entities\" have an unknown name"},
      {more(R"({"values":[[1],[2]],"nanos":[null,[1000000]]})"), "\"nanos\" are not 0 to 999999 for each row"},
      {more(R"({"values":[[1],[2]],"nanos":[null,[]]})"), "\"nanos\" are not 0 to 999999 for each row"},
      {more(R"({"values":[[1],[2]],"nanos":[[1],null]})"), "\"nanos\" are not of a column of times"},
      {more(R"({"values":[[1],[2]],"values":[[1],[2]]})"), "\"values\" stands twice in one object"},
      {more(R"({"values":[[1],[2]]},"data":{"values":[[1],[2]]})"), "\"data\" stands twice in one object"},
      {more(R"({"values":[[null],[2]]})"), "the value null does not fit a column of int8"},
      {more(R"({"values":[[1e999],[2]]})"), "the value 1e999 does not fit"},
      {R"({"refId":"A","error":"x","status":4294967796})"
       "\n",
       "4294967796"},
      {R"({"refId":"C","frameId":"f","frame":{"schema":{"name":"x"}}})"
       "\n",
       "the schema has no \"fields\""},
      {R"({"refId":"C","frameId":"f","frame":{"schema":{"fields":[{"name":"v","typeInfo":{"frame":"float32"}}]},"data":{"values":[[1e39]]}}})"
       "\n",
       "the value 1e39 does not fit a column of float32"},
      {R"({"refId":"C","frameId":"f","frame":{"schema":{"fields":[{"name":"v","typeInfo":{"frame":"float64"}}]},"data":{"values":[[-1e400]]}}})"
       "\n",
       "the value -1e400 does not fit a column of float64"},
      {"{\"refId\":\"A\"}\n\n{\"refId\":\"A\",\"error\":5}\n", "line 4: \"error\" is not a string"},
  };
  for (const auto& [lines, message] : wrong) {
    frame_reader reader;
    reader.read(good);
    const error failed = thrown_by([&, &text = lines] { reader.read(text); });
    INFO(lines << failed.what());
    CHECK(failed.kind() == failure::value);
    CHECK(failed.message().find(message) != std::string::npos);
    CHECK(failed.message().starts_with("line "));
    REQUIRE(reader.find("A", "f") != nullptr);
    CHECK(reader.find("A", "f")->row_count() == 1);
    CHECK(reader.find("A")->frames.size() == 1);
    CHECK(reader.find("B") == nullptr);
    CHECK(reader.find("C") == nullptr);
  }
  CHECK(refusal(good + more(R"({"values":[[1,128],[2,3]]})")).row() == 3U);
  CHECK(refusal(good + more(R"({"values":[[1,128],[2,3]]})")).column() == "i");
}

TEST_CASE("frame_reader: an answer that is cut anywhere within a message is refused") {
  const std::string lines = drain(stream_of(4, 2)).bytes;
  std::size_t whole = 0;
  for (std::size_t size = 1; size != lines.size(); ++size) {
    frame_reader reader;
    reader.read(std::string_view(lines).substr(0, size));
    // A message is whole without its line feed, too.
    const bool is_whole = lines[size - 1] == '\n' || lines[size] == '\n';
    if (is_whole) {
      reader.finish();
      ++whole;
    } else {
      CHECK(thrown_by([&] { reader.finish(); }).message().find("the answer may be cut") != std::string::npos);
    }
  }
  CHECK(whole == 3);
}

TEST_CASE("frame_reader: a message that is too long is refused before it is held") {
  frame_reader reader{byte_mark{1000}};
  const std::string part(600, 'x');
  reader.read(part);
  CHECK(thrown_by([&] { reader.read(part); }).message() == "line 1: the message is longer than 1000 bytes");
}

TEST_CASE("frame_reader: an error without words is one, by its status, and rows beside it are kept") {
  const frame_reader reader =
      read(head.substr(0, head.size()) + R"(,"data":{"values":[[1],[null]]}},"error":"","status":500})" + "\n", 1000);
  CHECK(reader.find("A")->failure.value().status == 500);
  CHECK(reader.find("A", "f")->row_count() == 1);
  CHECK(whole_answer(reader.answers())
            .starts_with(R"({"results":{"A":{"error":"","errorSource":"","status":500,"frames":[{)"));
}

TEST_CASE("frame_reader: times to the ends of 64 bits are read and written again") {
  const std::string lines =
      R"({"refId":"A","frameId":"f","frame":{"schema":{"refId":"A","fields":[{"name":"t","type":"time","typeInfo":{"frame":"time.Time"}}]},)"
      R"("data":{"values":[[-9223372036854775808,9223372036854775807,-1,0]],"nanos":[[999999,0,1,0]]}}})"
      "\n";
  const frame_reader reader = read(lines, 1000);
  const std::string whole = whole_answer(reader.answers());
  CHECK(whole.find(R"("data":{"values":[[-9223372036854775808,9223372036854775807,-1,0]],"nanos":[[999999,0,1,0]]})") !=
        std::string::npos);
}

TEST_CASE("frame_reader: members come in any order, and unknown ones are passed over") {
  const std::string line =
      R"( { "frame" : { "other" : [ {} ] , "data" : { "values" : [ [ 1 , 2 ] , [ "a" , null ] ] } , "schema" : { "fields" : [ { "typeInfo" : { "nullable" : false , "frame" : "int32" } , "name" : "i" } , { "name" : "s" , "type" : "string" } ] } } , "x" : "}" , "frameId" : "f" , "refId" : "A" })"
      "\r\n";
  const frame_reader reader = read(line, 3);
  const frame& made = *reader.find("A", "f");
  CHECK(made.row_count() == 2);
  CHECK(made.columns[0].about().type == column_type::int32);
  CHECK(made.columns[1].values<text_column>()[0] == "a");
  CHECK(made.columns[1].is_null(1));
}

TEST_CASE("frame_reader: frames with the same columns are put together") {
  frame_reader one = read(drain(stream_of(4, 2)).bytes, 100);
  frame_reader other = read(drain(stream_of(3, 2)).bytes, 100);
  frame all = *one.find("A\"<", "f0");
  all.append(*other.find("A\"<", "f0"));
  all.append(*one.find("A\"<", "f0"));
  CHECK(all.row_count() == 11);
  script rows = rows_of(4);
  const auto text_of = [](const frame& which) { return drain(raw_stream{which.rows(), format::ndjson{}}).bytes; };
  CHECK(text_of(all) ==
        text_of(*one.find("A\"<", "f0")) + text_of(*other.find("A\"<", "f0")) + text_of(*one.find("A\"<", "f0")));
  const auto taken = std::move(other).take_answers();
  CHECK(taken.at(0).frames.at(0).row_count() == 3);
  frame twice = all;
  twice.append(twice);
  CHECK(text_of(twice) == text_of(all) + text_of(all));
  frame others = all;
  std::swap(others.columns[0], others.columns[1]);
  CHECK(thrown_by([&] { all.append(others); }).kind() == failure::usage);
  all.columns.pop_back();
  CHECK(thrown_by([&] { all.append(*one.find("A\"<", "f0")); }).kind() == failure::usage);
  CHECK(all.row_count() == 11);
}

}  // namespace frame_reader_tests
