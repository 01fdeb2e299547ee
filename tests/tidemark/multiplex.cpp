#include <tidemark/multiplex.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/any_stream.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/sse.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/read.hpp>
#include <tidemark/testing/scripted.hpp>

#include "chunked_answer.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"
#include "piped_rows.hpp"

namespace multiplex_tests {

using tests::chunked_answer;
using tests::piped_rows;
using tidemark::any_stream;
using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::frame_options;
using tidemark::frame_stream;
using tidemark::multiplex;
using tidemark::raw_stream;
using tidemark::format::ndjson;
using tidemark::format::sse;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;

static_assert(tidemark::chunk_stream<multiplex>);
static_assert(std::is_constructible_v<any_stream, multiplex>);

namespace {

std::string row(std::size_t stream, std::size_t number, std::size_t length) {
  return "{\"stream\":" + std::to_string(stream) + ",\"row\":" + std::to_string(number) + ",\"pad\":\"" +
         std::string(length, static_cast<char>('a' + stream)) + "\"}";
}

script rows_of(std::size_t stream, std::size_t count, std::size_t length) {
  script all;
  for (std::size_t i = 0; i != count; ++i) all.text(row(stream, i, length * (i % 3)));
  return all;
}

template <class Format>
std::vector<any_stream> three_streams(Format format, std::size_t mark, std::size_t length) {
  std::vector<any_stream> all;
  for (std::size_t i = 0; i != 3; ++i)
    all.emplace_back(raw_stream{scripted_text(rows_of(i, 20 + i, length)), format, byte_mark{mark}});
  return all;
}

/// The records of each stream, in the order in which they came.
std::map<std::size_t, std::vector<std::size_t>> rows_by_stream(std::string_view bytes) {
  std::map<std::size_t, std::vector<std::size_t>> all;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.starts_with("data: ")) line.remove_prefix(6);
    if (line.empty() || line.starts_with("event: ") || line.starts_with("{\"rows\"")) continue;
    const auto read = tests::parse_json(line);
    all[read.at("stream").get<std::size_t>()].push_back(read.at("row").get<std::size_t>());
  }
  return all;
}

}  // namespace

TEST_CASE("records of several streams stand whole on one connection, in order, at any mark") {
  for (std::size_t mark = 1; mark <= 130; ++mark)
    for (const std::size_t length : std::vector<std::size_t>{0, 30}) {
      for (const bool is_sse : {false, true}) {
        multiplex all(is_sse ? three_streams(sse{}, mark, length) : three_streams(ndjson{}, mark, length));
        const drained out = drain(all);
        CHECK_FALSE(out.failure);
        const auto by_stream = rows_by_stream(out.bytes);
        for (std::size_t i = 0; i != 3; ++i) {
          std::vector<std::size_t> expected(20 + i);
          for (std::size_t k = 0; k != expected.size(); ++k) expected[k] = k;
          REQUIRE(by_stream.at(i) == expected);
        }
        for (const std::size_t size : out.chunk_sizes) REQUIRE(size <= mark);
        CHECK(all.stats().rows == 63);
        CHECK(all.stats().bytes == out.bytes.size());
      }
    }
}

TEST_CASE("streams take turns, a chunk each") {
  std::vector<any_stream> streams;
  for (std::size_t i = 0; i != 3; ++i)
    streams.emplace_back(raw_stream{scripted_text(rows_of(i, 50, 0)), ndjson{}, byte_mark{100}});
  multiplex all(std::move(streams));
  std::vector<std::size_t> order;
  while (const auto chunk = all.pull())
    if (order.empty() || order.back() != all.source()) order.push_back(all.source());
  REQUIRE(order.size() > 30);
  for (std::size_t i = 0; i != 30; ++i) CHECK(order[i] == i % 3);
}

TEST_CASE("a stream that waits holds up none of the others") {
  piped_rows piped;
  const auto writer = piped.writer();
  multiplex all(raw_stream{std::move(piped), ndjson{}},
                raw_stream{scripted_text(rows_of(1, 5, 10)), ndjson{}, byte_mark{16}});
  std::string bytes;
  for (auto next = all.try_pull(); !next.is_pending(); next = all.try_pull()) {
    REQUIRE(next.is_item());
    CHECK(all.source() == 1);
    bytes += *next;
  }
  CHECK(rows_by_stream(bytes).at(1).size() == 5);
  REQUIRE(all.waits_for().size() == 1);
  writer->give(".");
  CHECK(all.pull() == "{\"row\":1}\n");
  CHECK(all.source() == 0);
  writer->close();
  CHECK_FALSE(all.pull());
}

TEST_CASE("a stream that fails ends with its error record, the others go on, and the failure is thrown behind all") {
  script failing = rows_of(0, 2, 0);
  failing.fail(error(failure::producer, "lost", "08006"));
  script failing_later = rows_of(2, 4, 0);
  failing_later.fail(error(failure::producer, "also lost"));
  multiplex all(raw_stream{scripted_text(failing), ndjson{}, byte_mark{64}},
                raw_stream{scripted_text(rows_of(1, 50, 0)), ndjson{}, byte_mark{64}},
                raw_stream{scripted_text(failing_later), ndjson{}, byte_mark{64}});
  const drained out = drain(all);
  REQUIRE(out.failure);
  CHECK(out.failure->code() == "08006");
  CHECK(all.failed());
  std::size_t errors = 0;
  std::size_t rows = 0;
  for (std::string_view rest = out.bytes; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    const auto line = tests::parse_json(rest.substr(0, rest.find('\n')));
    line.contains("error") ? ++errors : ++rows;
  }
  CHECK(errors == 2);
  CHECK(rows == 56);
  CHECK(all.failure_of(0) != nullptr);
  CHECK(all.failure_of(1) == nullptr);
  CHECK(all.failure_of(2) != nullptr);
}

TEST_CASE("a stream that is closed ends there, with its record, and the others go on") {
  multiplex all(raw_stream{scripted_text(rows_of(0, 3, 100)), ndjson{}, byte_mark{40}},
                raw_stream{scripted_text(rows_of(1, 3, 0)), ndjson{}, byte_mark{40}});
  std::string bytes;
  while (bytes.find("{\"stream\":0,\"row\":1") == std::string::npos) bytes += all.pull().value();
  all.close(0);
  bytes += collect(all);
  CHECK_FALSE(all.failed());
  std::size_t broken = 0;
  std::size_t of_other = 0;
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!tests::is_json(line)) ++broken;
    if (line.starts_with("{\"stream\":1")) ++of_other;
  }
  CHECK(broken == 1);
  CHECK(of_other == 3);
}

TEST_CASE("streams are added while others are under way, and all are closed or canceled together") {
  multiplex all(raw_stream{scripted_text(rows_of(0, 2, 0)), ndjson{}, byte_mark{32}});
  std::string bytes(all.pull().value());
  CHECK(all.add(raw_stream{scripted_text(rows_of(1, 2, 0)), ndjson{}, byte_mark{32}}) == 1);
  bytes += collect(all);
  CHECK(rows_by_stream(bytes).at(0).size() == 2);
  CHECK(rows_by_stream(bytes).at(1).size() == 2);

  multiplex closed(three_streams(ndjson{}, 32, 0));
  closed.pull();
  closed.close();
  CHECK(closed.try_pull().is_end());

  multiplex limited(three_streams(ndjson{}, 32, 0));
  limited.limit_time(0);
  CHECK(limited.seconds_left() == 0);
  CHECK(drain(limited).failure.value().kind() == failure::timed_out);
}

TEST_CASE("a stream that is added later has the time limit of the others, and one that is over holds nothing") {
  multiplex all(three_streams(ndjson{}, 1000, 0));
  all.limit_time(3600);
  drain(all);
  CHECK(all.stats().buffered == 0);
  all.add(raw_stream{scripted_text(rows_of(0, 2, 0)), ndjson{}});
  all.limit_time(0);
  all.add(raw_stream{scripted_text(rows_of(1, 2, 0)), ndjson{}});
  CHECK(drain(all).failure.value().kind() == failure::timed_out);
  CHECK_THROWS_AS(std::rethrow_exception(all.failure_of(3)), error);
  CHECK_THROWS_AS(std::rethrow_exception(all.failure_of(4)), error);
  CHECK(all.stats().rows == 63);
}

TEST_CASE("streams whose producers can only block in wait() are pulled to their end beside others") {
  piped_rows piped;
  const auto writer = piped.writer();
  script waiting;
  for (int i = 0; i != 5; ++i) waiting.pending().text("{\"stream\":0}");
  writer->give(".");
  writer->close();
  multiplex all(raw_stream{with_wait<scripted_text>(waiting), ndjson{}}, raw_stream{std::move(piped), ndjson{}});
  std::string bytes;
  while (const auto chunk = all.pull()) bytes += *chunk;
  CHECK(std::ranges::count(bytes, '\n') == 6);
}

TEST_CASE("bytes can be put back into a multiplex") {
  multiplex all(three_streams(ndjson{}, 32, 10));
  multiplex same(three_streams(ndjson{}, 32, 10));
  std::string bytes;
  std::array<char, 3> some;
  while (const std::size_t count = tidemark::read(all, some)) bytes.append(some.data(), count);
  CHECK(bytes == collect(same));
  CHECK(thrown_by([&] { all.put_back(1000); }).kind() == failure::usage);
}

TEST_CASE("a multiplex is a stream among others, and can be one of another multiplex") {
  any_stream inner = multiplex(three_streams(ndjson{}, 32, 10));
  CHECK(inner.mark() == byte_mark{32});
  CHECK(inner.record_end() == "\n");
  multiplex all(std::move(inner), raw_stream{scripted_text(rows_of(7, 9, 10)), ndjson{}, byte_mark{64}});
  CHECK(all.mark() == byte_mark{64});
  const auto by_stream = rows_by_stream(collect(all));
  CHECK(by_stream.at(0).size() == 20);
  CHECK(by_stream.at(7).size() == 9);
}

TEST_CASE("a multiplex of no streams is over, and formats without an end of a record are refused") {
  multiplex none{std::vector<any_stream>()};
  CHECK(none.try_pull().is_end());
  CHECK(thrown_by([] { multiplex(raw_stream{scripted_text(script())}); }).kind() == failure::usage);
  CHECK(thrown_by([] { multiplex(raw_stream{scripted_text(script()), tidemark::format::json_seq{}}); }).kind() ==
        failure::usage);
  CHECK(thrown_by([] {
          multiplex(raw_stream{scripted_text(script()), ndjson{}}, raw_stream{scripted_text(script()), sse{}});
        }).message() == "the streams have different formats");
}

namespace {

frame_options query(const std::string& ref_id, std::size_t rows_per_chunk = 1000, std::size_t mark = 65'536) {
  frame_options made;
  made.ref_id = ref_id;
  made.rows_per_chunk = rows_per_chunk;
  made.mark = byte_mark{mark};
  return made;
}

script numbers(int count) {
  script rows;
  for (int i = 0; i != count; ++i) rows.row({i, "text " + std::to_string(i)});
  return rows;
}

std::vector<std::string> two_columns() { return {"i", "s"}; }

/// The rows of piped_rows, as fields.
struct piped_fields {
  piped_rows rows;
  std::vector<tidemark::column> all{{"row", tidemark::column_type::text}};

  tidemark::progress next() { return rows.next(); }
  std::span<const tidemark::column> columns() const { return all; }
  tidemark::field field(std::size_t) const { return tidemark::field::text(rows.text()); }
  std::span<const tidemark::wait_condition> waits_for() { return rows.waits_for(); }
};

std::size_t rows_in(const chunked_answer& answer, const std::string& ref_id) {
  return answer.frames.at({ref_id, "f0"}).rows();
}

}  // namespace

TEST_CASE("of three queries on one stream one stalls, one fails and one ends early") {
  for (const std::size_t mark : {64U, 300U, 65'536U}) {
    piped_rows piped;  // stalls until somebody writes
    const auto writer = piped.writer();
    script failing = numbers(25);
    failing.fail(error(failure::producer, "lost", "08006"));
    multiplex all{frame_stream{piped_fields{std::move(piped)}, query("stalled", 10, mark)},
                  frame_stream{scripted_fields{two_columns(), failing}, query("fails", 10, mark)},
                  frame_stream{scripted_fields{two_columns(), numbers(12)}, query("ends", 10, mark)}};
    all.contain_failures();
    std::string bytes;
    const auto pull_until_pending = [&] {
      for (auto next = all.try_pull(); !next.is_pending(); next = all.try_pull()) {
        REQUIRE(next.is_item());
        bytes += *next;
      }
    };
    pull_until_pending();
    const chunked_answer before(bytes);
    CHECK(rows_in(before, "fails") == 25);
    CHECK(before.failures.at("fails").at("status") == 500);
    CHECK(before.failures.at("fails").at("errorSource") == "downstream");
    CHECK(rows_in(before, "ends") == 12);
    CHECK(before.frames.size() == 2);
    REQUIRE(all.waits_for().size() == 1);

    for (int i = 0; i != 3; ++i) writer->give(".");
    pull_until_pending();
    if (mark > 64) CHECK(chunked_answer(bytes).frames.size() == 2);  // three rows are no message yet
    all.flush();
    pull_until_pending();
    CHECK(rows_in(chunked_answer(bytes), "stalled") == 3);
    all.close(0);
    CHECK(all.try_pull().is_end());
    const chunked_answer answer(bytes);
    CHECK(answer.failures.size() == 1);
    CHECK(all.failure_of(1) != nullptr);
  }
}

TEST_CASE("thirty-one queries are answered while one is stalled for good") {
  piped_rows piped;
  const auto writer = piped.writer();
  std::vector<any_stream> queries;
  queries.emplace_back(frame_stream{piped_fields{std::move(piped)}, query("stalled")});
  for (int i = 1; i != 32; ++i)
    queries.emplace_back(frame_stream{scripted_fields{two_columns(), numbers(100 * i)}, query(std::to_string(i), 150)});
  multiplex all(std::move(queries));
  std::string bytes;
  std::size_t pulls = 0;
  for (auto next = all.try_pull(); !next.is_pending(); next = all.try_pull()) {
    bytes += *next;
    ++pulls;
  }
  const chunked_answer answer(bytes);
  REQUIRE(answer.frames.size() == 31);
  std::size_t messages = 0;
  for (int i = 1; i != 32; ++i) {
    CHECK(rows_in(answer, std::to_string(i)) == 100 * static_cast<std::size_t>(i));
    messages += answer.frames.at({std::to_string(i), "f0"}).rows_of_messages.size();
  }
  CHECK(pulls == messages + 31);  // nothing is pulled for nothing: a chunk for each message, and one for each schema
}

TEST_CASE("queries of one stream keep their own marks and keys") {
  multiplex all{frame_stream{scripted_fields{two_columns(), numbers(40)}, query("a-b", 7, 50)},
                frame_stream{scripted_fields{two_columns(), numbers(50)}, query("a", 1000, 2000)}};
  const drained out = drain(all);
  CHECK_FALSE(out.failure);
  for (const std::size_t size : out.chunk_sizes) CHECK(size <= 2000);
  const chunked_answer answer(out.bytes);
  CHECK(rows_in(answer, "a-b") == 40);
  CHECK(rows_in(answer, "a") == 50);
}

TEST_CASE("a query that is closed while a message is half out completes it, and the others go on") {
  for (const std::size_t mark : {1U, 20U, 100U})
    for (std::size_t pulls = 1; pulls != 60; ++pulls) {
      script rows;
      for (int i = 0; i != 3; ++i) rows.row({i, cell::text_in_pieces(std::string(200, 'p'), 7)});
      multiplex all{frame_stream{scripted_fields{two_columns(), rows}, query("closed", 2, mark)},
                    frame_stream{scripted_fields{two_columns(), numbers(3)}, query("other", 2, mark)}};
      std::string bytes;
      for (std::size_t i = 0; i != pulls; ++i)
        if (const auto chunk = all.pull()) bytes += *chunk;
      all.close(0);
      while (const auto chunk = all.pull()) bytes += *chunk;
      const chunked_answer answer(bytes);  // throws for a message that is not whole
      CHECK(rows_in(answer, "other") == 3);
      CHECK(answer.failures.empty());
      CHECK_FALSE(all.failed());
    }
}

TEST_CASE("failures that are not contained are thrown behind all queries") {
  script failing = numbers(2);
  failing.fail(error(failure::producer, "lost", "08006"));
  multiplex all{frame_stream{scripted_fields{two_columns(), failing}, query("A")},
                frame_stream{scripted_fields{two_columns(), numbers(5)}, query("B")}};
  const drained out = drain(all);
  CHECK(out.failure.value().code() == "08006");
  CHECK(rows_in(chunked_answer(out.bytes), "B") == 5);
}

}  // namespace multiplex_tests
