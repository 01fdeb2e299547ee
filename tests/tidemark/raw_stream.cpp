#include <tidemark/raw_stream.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"
#include "nlohmann_json.hpp"

namespace raw_stream_tests {

using namespace tidemark;
using testing::cell;
using testing::script;
using testing::scripted_fields;
using testing::scripted_text;
using testing::with_wait;
using testing::without_wait;

namespace {

const error disk_failed{failure::producer, "disk I/O error", "SQLITE_IOERR"};

std::string long_text() {
  std::string text;
  for (int i = 0; i < 90; ++i) text += "caf\u00e9 \"\\\n\x01 \xff \xF0\x9F\x8C\x8A " + std::to_string(i);
  return text;
}

std::vector<std::string> wide_names() {
  return {"id",    "text",   "long", "blob", "number", "decimal",
          "json",  "pieces", "time", "none", "yes",    std::string(700, 'n') + "\"",
          "octets"};
}

/// A row with a value of every kind, some of them long.
std::vector<cell> wide_row(int i) {
  return {std::int64_t{1} << (i % 63),
          "t\xC3\xA4xt " + std::string(static_cast<std::size_t>(i), 'x'),
          long_text(),
          cell::bytes(std::string(static_cast<std::size_t>(200 + i), '\x9c')),
          0.1 + i,
          cell::decimal("12345678901234567890.5" + std::to_string(i)),
          cell::json("{\"a\" : [1, 2.50,\n \"x\"]}"),
          cell::text_in_pieces(long_text(), 7),
          timestamp{1709251199, 500'000'000, 3, timestamp::form::date_time_utc},
          nullptr,
          i % 2 == 0,
          std::numeric_limits<std::uint64_t>::max(),
          cell::bytes_in_pieces(std::string(301, '\x01'), 5)};
}

script wide_rows(int count) {
  script rows;
  for (int i = 0; i < count; ++i) rows.row(wide_row(i));
  return rows;
}

script text_rows(int count) {
  script rows;
  for (int i = 0; i < count; ++i) rows.text("{\"row\": " + std::to_string(i) + ", \"a\" :[1.0, 2e0]}");
  return rows;
}

template <class Format>
raw_stream<scripted_fields, Format> wide_stream(Format format, std::size_t mark, int rows = 3) {
  return raw_stream<scripted_fields, Format>{scripted_fields{wide_names(), wide_rows(rows)}, std::move(format),
                                             byte_mark{mark}};
}

template <class Visitor>
void for_each_format(Visitor visit) {
  visit(format::array{});
  visit(format::ndjson{});
  visit(format::json_seq{});
  visit(format::odata{"https://host/$metadata#rows", 3}.next_link("https://host/rows?$skiptoken=3"));
}

bool is_json(const std::string& text) { return tests::is_json(text); }

}  // namespace

TEST_CASE("every mark from 1 gives the same bytes, and no chunk is longer than the mark") {
  for_each_format([](const auto& format) {
    const drained expected = drain(wide_stream(format, 1 << 20));
    REQUIRE(expected.chunk_sizes.size() == 1);
    for (std::size_t mark = 1; mark <= 400; ++mark) {
      auto stream = wide_stream(format, mark);
      const drained all = drain(stream);
      INFO("mark " << mark);
      REQUIRE(all.bytes == expected.bytes);
      REQUIRE(*std::ranges::max_element(all.chunk_sizes) <= mark);
      REQUIRE(stream.stats().largest_chunk <= mark);
      REQUIRE(stream.stats().peak_buffered <= mark + 2048);
      REQUIRE(stream.stats().rows == 3);
      REQUIRE(stream.stats().bytes == all.bytes.size());
      REQUIRE(stream.stats().chunks == all.chunk_sizes.size());
    }
  });
}

TEST_CASE("a stream that blocks hands out full chunks, all but the last") {
  const drained all = drain(wide_stream(format::array{}, 100));
  for (std::size_t i = 0; i + 1 < all.chunk_sizes.size(); ++i) REQUIRE(all.chunk_sizes[i] == 100);
}

TEST_CASE("what is written reads back as the values that the rows hold") {
  const auto rows = tests::parse_json(drain(wide_stream(format::array{}, 64)).bytes);
  REQUIRE(rows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& row = rows[i];
    CHECK(row["id"] == std::int64_t{1} << i);
    CHECK(row["text"] == "t\xC3\xA4xt " + std::string(i, 'x'));
    std::string long_expected = long_text();
    for (std::size_t at; (at = long_expected.find('\xff')) != std::string::npos;)
      long_expected.replace(at, 1, "\xEF\xBF\xBD");
    CHECK(row["long"] == long_expected);
    CHECK(row["pieces"] == long_expected);
    CHECK(row["number"] == 0.1 + static_cast<double>(i));
    CHECK(row["json"] == tests::parse_json(R"({"a":[1,2.5,"x"]})"));
    CHECK(row["time"] == "2024-02-29T23:59:59.500Z");
    CHECK(row["none"].is_null());
    CHECK(row["yes"] == (i % 2 == 0));
    CHECK(row[std::string(700, 'n') + "\""] == std::numeric_limits<std::uint64_t>::max());
    CHECK(row["octets"].get<std::string>().size() == 404);
  }
}

TEST_CASE("no rows are an empty array, null, nothing, or an empty collection") {
  const auto none = [](auto format) {
    return drain(raw_stream{scripted_fields{{"a"}, script()}, std::move(format)}).bytes;
  };
  CHECK(none(format::array{}) == "[]");
  CHECK(none(format::one{}) == "null");
  CHECK(none(format::ndjson{}).empty());
  CHECK(none(format::json_seq{}).empty());
  CHECK(none(format::odata{"c"}) == R"({"@odata.context":"c","value":[]})");
}

TEST_CASE("rows of text pass through untouched in every format that allows it") {
  const std::string row = R"({ "n" : 1.50e+0,"s":"\u0041\/" })";
  const auto twice = [&](auto format) {
    return drain(raw_stream{scripted_text{script().text(row).text(row)}, std::move(format), byte_mark{7}}).bytes;
  };
  CHECK(twice(format::array{}) == "[" + row + "," + row + "]");
  CHECK(twice(format::ndjson{}) == row + "\n" + row + "\n");
  CHECK(twice(format::json_seq{}) == "\x1e" + row + "\n\x1e" + row + "\n");
  CHECK(twice(format::odata{}) == "{\"value\":[" + row + "," + row + "]}");
}

TEST_CASE("a row of several lines stays one line of ndjson") {
  const std::string row = "{\n  \"a\": 1,\n  \"b\": \"x\\ny\"\n}\n";
  const auto text =
      drain(raw_stream{scripted_text{script().text(row).text("2")}, format::ndjson{}, byte_mark{3}}).bytes;
  CHECK(text == "{   \"a\": 1,   \"b\": \"x\\ny\" } \n2\n");
  const auto field = drain(raw_stream{scripted_fields{{"j"}, script().row({cell::json("[1,\n2]")})}, format::ndjson{}});
  CHECK(field.bytes == "{\"j\":[1, 2]}\n");
  const auto dos = drain(raw_stream{scripted_text{script().text("[1,\r\n2]\r")}, format::ndjson{}}).bytes;
  CHECK(dos == "[1,  2] \n");
}

TEST_CASE("a failed stream never looks complete, wherever it fails and whatever the mark") {
  for (int good = 0; good <= 4; ++good) {
    for (std::size_t mark : {std::size_t{1}, std::size_t{2}, std::size_t{10}, std::size_t{37}, std::size_t{5000}}) {
      for_each_format([&](auto format) {
        using framing = decltype(format);
        const auto failing = [&] {
          script rows = text_rows(good);
          rows.fail(disk_failed);
          return raw_stream<scripted_text, framing>{scripted_text{std::move(rows)}, format, byte_mark{mark}};
        };
        auto stream = failing();
        const drained all = drain(stream);
        INFO(good << " rows, mark " << mark << ": " << all.bytes);
        REQUIRE(all.failure);
        CHECK(stream.failed());
        CHECK(all.failure->kind() == failure::producer);
        CHECK(all.failure->code() == "SQLITE_IOERR");
        CHECK(all.failure->row() == static_cast<std::uint64_t>(good + 1));
        CHECK(stream.stats().rows == static_cast<std::uint64_t>(good));
        if constexpr (has_error_record<framing>) {
          const std::size_t at = all.bytes.rfind("{\"error\"");
          REQUIRE(at != std::string::npos);
          const auto record = tests::parse_json(all.bytes.substr(at));
          CHECK(record["error"]["row"] == good + 1);
          CHECK(record["error"]["code"] == "SQLITE_IOERR");
          CHECK(record["error"]["message"] == "disk I/O error");
          const std::size_t separator = std::is_same_v<framing, format::json_seq> ? 1 : 0;
          CHECK(all.failure->byte_offset() == at - separator);
        } else {
          CHECK_FALSE(is_json(all.bytes));
          CHECK(all.failure->byte_offset() == all.bytes.size());
        }
        CHECK(std::count(all.bytes.begin(), all.bytes.end(), '[') >= good);  // the rows before the failure are out
      });
    }
  }
}

TEST_CASE("a failure within a row leaves the same bytes for every mark") {
  const auto fail_in_row = [](auto format, std::size_t mark) {
    const std::string text(300, '"');
    script rows;
    rows.row({1, text, cell::text_in_pieces("abc", 1, std::make_exception_ptr(disk_failed))});
    return drain(raw_stream{scripted_fields{{"id", "text", "pieces"}, std::move(rows)}, format, byte_mark{mark}});
  };
  for (std::size_t mark = 1; mark < 300; ++mark) {
    const drained array = fail_in_row(format::array{}, mark);
    INFO(mark);
    REQUIRE(array.failure);
    REQUIRE(array.failure->column() == "pieces");
    REQUIRE(array.failure->row() == 1u);
    REQUIRE(array.bytes == fail_in_row(format::array{}, 4096).bytes);
    REQUIRE_FALSE(is_json(array.bytes));
    const drained lines = fail_in_row(format::ndjson{}, mark);
    REQUIRE(lines.bytes == fail_in_row(format::ndjson{}, 4096).bytes);
    // The cut row and the error stand on lines of their own.
    const std::size_t line = lines.bytes.find('\n');
    REQUIRE_FALSE(is_json(lines.bytes.substr(0, line)));
    REQUIRE(tests::parse_json(lines.bytes.substr(line + 1))["error"]["column"] == "pieces");
  }
}

TEST_CASE("the one row is not complete before it is known to be the only one, for every mark") {
  for (std::size_t mark = 1; mark < 80; ++mark) {
    INFO(mark);
    const auto one = [&](script rows) {
      return drain(raw_stream{scripted_text{std::move(rows)}, format::one{}, byte_mark{mark}});
    };
    for (const std::string row : {R"({"a": [1, 2, {"b": "cccccccccccccccccccc"}]})", "{}", "[]", R"("text")", "12345",
                                  "-1.5e300", "true", "null", " {\"a\":1} \n\t ", "7 "}) {
      INFO(row);
      const drained whole = one(script().text(row));
      REQUIRE(tests::parse_json(whole.bytes) == tests::parse_json(row));
      REQUIRE_FALSE(whole.failure);
      const drained failed = one(script().text(row).fail(disk_failed));
      REQUIRE(failed.failure->row() == 2u);
      REQUIRE_FALSE(is_json(failed.bytes));
      const drained second = one(script().text(row).text(row));
      REQUIRE(second.failure->kind() == failure::value);
      REQUIRE_FALSE(is_json(second.bytes));
    }
    const auto fields = [&](script rows) {
      return drain(raw_stream{scripted_fields{{"a", "b"}, std::move(rows)}, format::one{}, byte_mark{mark}});
    };
    REQUIRE(fields(script().row({1, "x"})).bytes == R"({"a":1,"b":"x"})");
    REQUIRE(fields(script().row({1, "x"}).fail(disk_failed)).bytes == R"({"a":1,"b":"x")");
    REQUIRE(fields(script().row({1, "x"}).row({2, "y"})).bytes == R"({"a":1,"b":"x")");
  }
}

TEST_CASE("the one row is whole also where the producer is pending behind it, for every mark") {
  for (std::size_t mark = 1; mark < 40; ++mark) {
    for (const std::string row : {"{\"a\":1}", "12345", "[]"}) {
      INFO(row << ", mark " << mark);
      const auto one = [&](script rows) {
        return drain(raw_stream{without_wait<scripted_text>{std::move(rows)}, format::one{}, byte_mark{mark}});
      };
      const drained whole = one(script().pending().text(row).pending().pending());
      REQUIRE(whole.bytes == row);
      REQUIRE(whole.pendings > 0);
      const drained failed = one(script().text(row).pending().fail(disk_failed));
      REQUIRE(failed.failure);
      REQUIRE_FALSE(is_json(failed.bytes));
    }
  }
}

TEST_CASE("a bare number too long to be held back is refused before any of it is out") {
  const auto number = [](std::size_t size) {
    return drain(raw_stream{scripted_text{script().text(std::string(size, '7')).fail(disk_failed)}, format::one{}});
  };
  CHECK(number(513).failure->kind() == failure::value);
  CHECK(number(513).bytes.empty());
  CHECK(number(512).failure->kind() == failure::producer);
  CHECK(number(512).bytes.empty());
}

TEST_CASE("pending at any point changes nothing but when the bytes come") {
  const std::string expected = drain(raw_stream{scripted_text{text_rows(4)}, format::array{}}).bytes;
  for (unsigned where = 0; where < 32; ++where) {  // a bit for each place: before each row, and before the end
    for (std::size_t mark : {std::size_t{1}, std::size_t{3}, std::size_t{16}, std::size_t{4096}}) {
      script rows;
      for (int i = 0; i < 4; ++i) {
        if (where >> i & 1u) rows.pending().pending();
        rows.text(text_rows(4).entries()[static_cast<std::size_t>(i)].text);
      }
      if (where >> 4 & 1u) rows.pending();
      auto stream = raw_stream{without_wait<scripted_text>{std::move(rows)}, format::array{}, byte_mark{mark}};
      const drained all = drain(stream);
      INFO("pending at " << where << ", mark " << mark);
      REQUIRE(all.bytes == expected);
      REQUIRE_FALSE(all.failure);
      if (where & 1u) REQUIRE(all.pendings > 0);
    }
  }
}

TEST_CASE("what is ready is handed out before the stream is pending") {
  auto stream = raw_stream{without_wait<scripted_text>{script().text("1").pending().text("2")}};
  const auto first = stream.try_pull();
  REQUIRE(first.is_item());
  CHECK(*first == "[1");
  REQUIRE(stream.try_pull().is_item());
  CHECK(drain(stream).bytes.empty());

  auto waiting = raw_stream{without_wait<scripted_text>{script().pending().text("2")}};
  CHECK(waiting.try_pull().is_pending());
  CHECK(*waiting.try_pull() == "[2]");
}

TEST_CASE("pull blocks in the producer's wait while it is pending") {
  with_wait<scripted_text> rows{script().pending().pending().text("1").pending()};
  const auto seen = rows.watch();
  auto stream = raw_stream{std::move(rows), format::ndjson{}};
  CHECK(stream.pull() == "1\n");
  CHECK(seen->waits == 2);
  CHECK(stream.pull() == std::nullopt);  // pending behind the row was no reason to wait: "1\n" was ready
  CHECK(seen->waits == 2);
}

TEST_CASE("a producer that is pending without anything to wait for is a mistake that is told") {
  const drained all = drain(raw_stream{scripted_text{script().text("1").pending()}});
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == failure::usage);
}

TEST_CASE("the stream lets go of its producer as soon as the rows are over") {
  scripted_text rows{text_rows(100)};
  const auto seen = rows.watch();
  auto stream = raw_stream{std::move(rows), format::array{}, byte_mark{100}};
  std::string bytes;
  while (const auto chunk = stream.pull()) {
    bytes += *chunk;
    if (bytes.back() == ']' && is_json(bytes)) break;
  }
  CHECK_FALSE(seen->is_alive);
}

TEST_CASE("the stream lets go of its producer as soon as it fails, before the error is thrown") {
  scripted_text rows{text_rows(3).fail(disk_failed)};
  const auto seen = rows.watch();
  auto stream = raw_stream{std::move(rows), format::array{}, byte_mark{50}};
  std::size_t chunks_after_release = 0;
  CHECK_THROWS_AS(
      [&] {
        while (stream.pull()) chunks_after_release += seen->is_alive ? 0u : 1u;
      }(),
      error);
  CHECK_FALSE(seen->is_alive);
  CHECK(chunks_after_release > 0);
}

TEST_CASE("closing a stream at any point lets go of its producer and ends it") {
  for (int pulls = 0; pulls < 12; ++pulls) {
    scripted_text rows{text_rows(10)};
    const auto seen = rows.watch();
    auto stream = raw_stream{std::move(rows), format::array{}, byte_mark{20}};
    for (int i = 0; i < pulls; ++i) REQUIRE(stream.pull());
    REQUIRE(seen->is_alive);
    stream.close();
    CHECK_FALSE(seen->is_alive);
    CHECK_FALSE(stream.pull());
    CHECK_FALSE(stream.failed());
    stream.close();
  }
}

TEST_CASE("destroying a stream at any point lets go of its producer") {
  for (int pulls = 0; pulls < 12; ++pulls) {
    scripted_text rows{text_rows(10)};
    const auto seen = rows.watch();
    {
      auto stream = raw_stream{std::move(rows), format::array{}, byte_mark{20}};
      for (int i = 0; i < pulls; ++i) REQUIRE(stream.pull());
    }
    CHECK_FALSE(seen->is_alive);
  }
}

TEST_CASE("nothing is asked of the producer before the first pull, nor after its end") {
  scripted_text rows{text_rows(1)};
  const auto seen = rows.watch();
  auto stream = raw_stream{std::move(rows)};
  CHECK(seen->nexts == 0);
  (void)drain(stream);
  CHECK(seen->nexts == 2);
}

TEST_CASE("a stream may be moved between any two chunks") {
  const std::string expected = drain(wide_stream(format::odata{"c"}, 1 << 20)).bytes;
  for (std::size_t mark : {std::size_t{1}, std::size_t{13}, std::size_t{512}}) {
    auto stream = wide_stream(format::odata{"c"}, mark);
    std::string bytes;
    for (;;) {
      auto moved = std::move(stream);
      const auto chunk = moved.pull();
      if (!chunk) break;
      bytes += *chunk;
      stream = std::move(moved);
    }
    CHECK(bytes == expected);
  }
}

TEST_CASE("bytes that are put back come again with the next pull") {
  auto stream = raw_stream{scripted_text{text_rows(2)}, format::array{}, byte_mark{10}};
  const std::string first{*stream.pull()};
  stream.put_back(4);
  CHECK(*stream.pull() == first.substr(6));
  stream.put_back(4);
  CHECK(*stream.pull() == first.substr(6));
  CHECK_THROWS_AS(stream.put_back(11), error);
  CHECK(first + drain(stream).bytes == drain(raw_stream{scripted_text{text_rows(2)}}).bytes);
  CHECK(stream.stats().bytes == drain(raw_stream{scripted_text{text_rows(2)}}).bytes.size());
}

TEST_CASE("exceptions that are not tidemark's pass through as they are, once") {
  const auto failing = [](auto format) {
    return drain(raw_stream{scripted_text{script().text("1").fail(std::out_of_range("mine"))}, format});
  };
  const drained array = failing(format::array{});
  CHECK(array.bytes == "[1");
  CHECK_THROWS_AS(std::rethrow_exception(array.foreign), std::out_of_range);
  const drained lines = failing(format::ndjson{});
  CHECK(tests::parse_json(lines.bytes.substr(2))["error"]["message"] == "mine");
}

TEST_CASE("a value that cannot be written fails the stream, names row and column, and tells what was asked for") {
  json_options strict;
  strict.not_finite = json_options::non_finite::error;
  strict.invalid_utf8 = json_options::bad_utf8::error;
  strict.validate = true;
  const auto fail_with = [&](cell bad) {
    script rows;
    rows.row({1, 1}).row({2, std::move(bad)});
    return drain(raw_stream{scripted_fields{{"id", "value"}, std::move(rows)}, format::array{}, byte_mark{8}, strict});
  };
  for (const cell& bad : {cell(std::nan("")), cell(std::numeric_limits<double>::infinity()), cell("a\xff"),
                          cell(std::string(2000, 'a') + "\xC3"), cell::text_in_pieces(std::string(99, 'a') + "\xff", 3),
                          cell::json("{,}"), cell::json("")}) {
    const drained all = fail_with(bad);
    REQUIRE(all.failure);
    INFO(all.failure->what());
    CHECK(all.failure->kind() == failure::value);
    CHECK(all.failure->row() == 2u);
    CHECK(all.failure->column() == "value");
    CHECK(all.bytes.substr(0, 20) == R"([{"id":1,"value":1},)");
    CHECK_FALSE(is_json(all.bytes));
  }
}

TEST_CASE("text that is not JSON is refused before any of it is written, where that is asked for") {
  json_options checked;
  checked.validate = true;
  const auto written = [](script rows, json_options options) {
    return drain(raw_stream{scripted_text{std::move(rows)}, format::array{}, byte_mark{64}, options});
  };
  const drained refused = written(script().text("1").text("{\"a\":tru}"), checked);
  CHECK(refused.bytes == "[1");
  CHECK(refused.failure->row() == 2u);
  CHECK(std::string(refused.failure->what()).find("at byte 5") != std::string::npos);
  CHECK(written(script().text("1").text("{\"a\":tru}"), {}).bytes == R"([1,{"a":tru}])");
  CHECK(written(script().text("1").text(""), {}).bytes ==
        "[1");  // an empty row would break the array: never let through
}

TEST_CASE("two columns of one name are numbered, kept or refused, as asked for") {
  const auto named = [](json_options::duplicate_names how) {
    json_options options;
    options.duplicate_name = how;
    script row;
    row.row({1, 2, 3, 4});
    return drain(raw_stream{scripted_fields{{"a", "a", "a_2", "a"}, std::move(row)}, format::ndjson{}, {}, options});
  };
  CHECK(named(json_options::duplicate_names::number).bytes == "{\"a\":1,\"a_3\":2,\"a_2\":3,\"a_4\":4}\n");
  CHECK(named(json_options::duplicate_names::keep).bytes == "{\"a\":1,\"a\":2,\"a_2\":3,\"a\":4}\n");
  CHECK(named(json_options::duplicate_names::error).failure->column() == "a");
}

TEST_CASE("rows without columns are empty objects") {
  CHECK(drain(raw_stream{scripted_fields{{}, script().row({}).row({})}}).bytes == "[{},{}]");
}

TEST_CASE("the next link of odata is asked for once, when the last row is written") {
  int asked = 0;
  auto stream = raw_stream{scripted_text{text_rows(2)}, format::odata{}.next_link([&] {
                             ++asked;
                             return std::string("next");
                           }),
                           byte_mark{5}};
  CHECK(stream.pull());
  CHECK(asked == 0);
  const std::string rest = drain(stream).bytes;
  CHECK(asked == 1);
  CHECK(rest.find(R"(],"@odata.nextLink":"next"})") != std::string::npos);
}

TEST_CASE("stats tell the time to the first chunk and stop at the end") {
  auto stream = wide_stream(format::array{}, 64);
  CHECK(stream.stats().seconds == 0);
  REQUIRE(stream.pull());
  CHECK(stream.stats().first_chunk_seconds > 0);
  CHECK(stream.stats().seconds >= stream.stats().first_chunk_seconds);
  (void)drain(stream);
  CHECK(stream.stats().seconds == stream.stats().seconds);
  CHECK(stream.stats().seconds >= stream.stats().first_chunk_seconds);
}

TEST_CASE("a stream whose time is over fails, lets go of its producer, and has handed out what was ready") {
  script rows;
  rows.text("{\"a\":1}").text("{\"a\":2}");
  scripted_text producer(rows);
  const auto seen = producer.watch();
  raw_stream stream{std::move(producer), format::ndjson{}};
  stream.limit_time(0);
  const drained all = drain(stream);
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == failure::timed_out);
  CHECK(all.failure->message() == "the time limit of 0.0 seconds is over");
  CHECK_FALSE(seen->is_alive);
  CHECK(seen->nexts == 0);
  CHECK(stream.failed());
  CHECK(all.bytes ==
        "{\"error\":{\"kind\":\"timed_out\",\"message\":\"the time limit of 0.0 seconds is "
        "over\",\"row\":1,\"byte\":0}}\n");
}

TEST_CASE("a time limit that is not reached changes nothing") {
  raw_stream stream{scripted_text(text_rows(5))};
  stream.limit_time(3600);
  CHECK(drain(stream).bytes == drain(raw_stream{scripted_text(text_rows(5))}).bytes);
}

namespace {
/// Never has a row, and waits for nothing but time.
struct silent {
  progress next() { return progress::pending; }
  std::string_view text() const { return "{}"; }
  std::span<const wait_condition> waits_for() const { return {}; }
};
}  // namespace

TEST_CASE("a stream that waits is woken at the end of its time") {
  raw_stream stream{silent{}};
  stream.limit_time(0.3);
  CHECK(stream.try_pull().is_pending());
  REQUIRE(stream.waits_for().size() == 1);
  CHECK(stream.waits_for()[0].milliseconds <= 301);
  CHECK(thrown_by([&] { stream.pull(); }).kind() == failure::timed_out);
  CHECK(stream.try_pull().is_end());
}

}  // namespace raw_stream_tests
