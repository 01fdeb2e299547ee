#include <tidemark/adapt/from_frames.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace adapt_from_frames_tests {

using namespace tidemark;
using testing::cell;
using testing::script;
using testing::scripted_fields;
using testing::scripted_text;
using testing::with_wait;

namespace {

script numbers(int from, int count) {
  script rows;
  for (int i = from; i != from + count; ++i) rows.row({i, i % 3 == 0 ? cell() : cell("n" + std::to_string(i))});
  return rows;
}

auto query(const char* ref_id, script rows, std::size_t rows_per_chunk) {
  frame_options options;
  options.ref_id = ref_id;
  options.rows_per_chunk = rows_per_chunk;
  return frame_stream{scripted_fields{{"i", "s"}, std::move(rows)}, options};
}

/// The lines of two queries, as rows of text.
script lines_of(script a, script b, std::size_t rows_per_chunk) {
  multiplex both{query("A", std::move(a), rows_per_chunk), query("B", std::move(b), rows_per_chunk)};
  both.contain_failures();
  const std::string bytes = drain(both).bytes;
  script made;
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    made.pending().text(std::string(rest.substr(0, rest.find('\n'))));
  return made;
}

}  // namespace

TEST_CASE("from_frames gives the rows of one frame back, whatever stands between its messages") {
  for (const std::size_t rows_per_chunk : {1U, 2U, 5U, 100U})
    for (const int count : {0, 1, 4, 5, 13}) {
      script lines = lines_of(numbers(1, count), numbers(100, 7), rows_per_chunk);
      const auto read = [&](const char* ref_id) {
        return drain(raw_stream{from_frames(with_wait<scripted_text>{lines}, {ref_id, "f0"}), format::ndjson{}}).bytes;
      };
      CHECK(read("A") == drain(raw_stream{scripted_fields{{"i", "s"}, numbers(1, count)}, format::ndjson{}}).bytes);
      CHECK(read("B") == drain(raw_stream{scripted_fields{{"i", "s"}, numbers(100, 7)}, format::ndjson{}}).bytes);
      CHECK(read("C").empty());
    }
  auto rows = from_frames(with_wait<scripted_text>{lines_of(numbers(1, 3), numbers(1, 1), 10)}, {"A", "f0"});
  while (rows.next() == progress::pending) {}
  REQUIRE(rows.columns().size() == 2);
  CHECK(rows.columns()[0].type == column_type::int64);
  CHECK(rows.columns()[1].name == "s");
}

TEST_CASE("from_frames fails where its query failed, and goes on where another one did") {
  script failing = numbers(1, 3);
  failing.fail(error(failure::producer, "lost", "08006"));
  script lines = lines_of(failing, numbers(1, 5), 2);
  const drained a = drain(raw_stream{from_frames(with_wait<scripted_text>{lines}, {"A", "f0"}), format::ndjson{}});
  REQUIRE(a.failure);
  CHECK(a.failure->kind() == failure::producer);
  CHECK(a.failure->code() == "500");
  CHECK(a.failure->message().find("lost (08006), at row 4") != std::string::npos);
  CHECK(a.failure->row() == 4U);
  const drained b = drain(raw_stream{from_frames(with_wait<scripted_text>{lines}, {"B", "f0"}), format::ndjson{}});
  CHECK_FALSE(b.failure);
  CHECK(std::ranges::count(b.bytes, '\n') == 5);
}

TEST_CASE("from_frames refuses what is no chunked answer, with the number of the line") {
  script lines = lines_of(numbers(1, 3), numbers(1, 3), 2);
  lines.text("{\"refId\":");
  const drained out = drain(raw_stream{from_frames(with_wait<scripted_text>{lines}, {"A", "f0"}), format::ndjson{}});
  REQUIRE(out.failure);
  CHECK(out.failure->message().starts_with("line 5: the text is not JSON"));
}

TEST_CASE("messages of a chunked answer are handed on without being decoded, beside others") {
  script lines = lines_of(numbers(1, 3), numbers(1, 3), 2);
  std::string bytes;
  for (const auto& entry : lines.entries())
    if (entry.what == progress::row) bytes += entry.text + "\n";
  CHECK(drain(raw_stream{with_wait<scripted_text>{lines}, format::ndjson{}}).bytes == bytes);
  multiplex all{raw_stream{with_wait<scripted_text>{lines}, format::ndjson{}}, query("C", numbers(1, 3), 2)};
  const drained out = drain(all);
  CHECK(std::ranges::count(out.bytes, '\n') == 6);
  CHECK(out.bytes.find("\"refId\":\"C\"") != std::string::npos);
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    CHECK(out.bytes.find(rest.substr(0, rest.find('\n') + 1)) != std::string::npos);
  // Whose a message is can be seen without its frame.
  const auto told = frames::message::read(std::string_view(bytes).substr(0, bytes.find('\n')));
  CHECK(told.ref_id == "A");
  CHECK(told.frame_id == "f0");
  CHECK(told.frame.starts_with("{\"schema\""));
}

}  // namespace adapt_from_frames_tests
