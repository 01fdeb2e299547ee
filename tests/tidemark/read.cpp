#include <tidemark/read.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace read_tests {

using tidemark::byte_mark;
using tidemark::raw_stream;
using tidemark::read;
using tidemark::try_read;
using tidemark::format::array;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

namespace {

template <class S>
concept can_be_read = requires(S& stream, std::span<char> into) { read(stream, into); };
template <class S>
concept can_be_tried = requires(S& stream, std::span<char> into) { try_read(stream, into); };
static_assert(can_be_read<raw_stream<scripted_text>> && can_be_tried<raw_stream<scripted_text>>);
static_assert(can_be_read<raw_stream<with_wait<scripted_text>>>);
static_assert(!can_be_read<raw_stream<without_wait<scripted_text>>>, "it cannot block");
static_assert(can_be_tried<raw_stream<without_wait<scripted_text>>>);
static_assert(!can_be_read<std::string> && !can_be_tried<std::string>);

const std::vector<std::size_t> marks = {1, 2, 3, 7, 16, 61, 64, 100, 255, 256, 1000, 65536};

/// Rows whose values are shorter and longer than most marks.
scripted_fields rows() {
  script what;
  for (int i = 0; i < 8; ++i)
    what.row({i, std::string(static_cast<std::size_t>(i * i), static_cast<char>('a' + i)), i % 3 == 0, "\"\n\xc3\xa9"});
  return {{"id", "text", "third", "awkward"}, std::move(what)};
}

std::string pull_all(auto& stream) {
  std::string all;
  while (const auto chunk = stream.pull()) all += *chunk;
  return all;
}

std::string expected() {
  raw_stream stream{rows()};
  return pull_all(stream);
}

}  // namespace

TEST_CASE("reading gives the same bytes with every size of buffer and every mark") {
  const std::string all = expected();
  REQUIRE(all.size() > 300);
  for (const std::size_t mark : marks)
    for (std::size_t size = 1; size <= 300; ++size) {
      raw_stream stream{rows(), array{}, byte_mark(mark)};
      std::string taken;
      std::string buffer(size, '?');
      bool is_within = true;
      while (const std::size_t count = read(stream, buffer)) {
        is_within = is_within && count <= size && count <= mark;
        taken.append(buffer, 0, count);
      }
      if (taken == all && is_within && stream.stats().bytes == all.size()) continue;
      INFO("mark " << mark << ", buffer of " << size);
      CHECK(is_within);
      CHECK(taken == all);
      CHECK(stream.stats().bytes == all.size());
    }
  SUCCEED();
}

TEST_CASE("reading writes nothing behind the bytes that it says") {
  raw_stream stream{scripted_text(script().text("1").text("2"))};
  std::string buffer(16, '?');
  REQUIRE(read(stream, buffer) == 5);
  CHECK(buffer == "[1,2]???????????");
}

TEST_CASE("reading fills the buffer from what a chunk has left, and never across its end") {
  raw_stream stream{scripted_text(script().text("11").text("22")), array{}, byte_mark(4)};
  std::string buffer(3, '?');
  CHECK(read(stream, buffer) == 3);
  CHECK(buffer == "[11");
  CHECK(read(stream, buffer) == 1);
  CHECK(buffer[0] == ',');
  CHECK(read(stream, buffer) == 3);
  CHECK(buffer == "22]");
  CHECK(read(stream, buffer) == 0);
}

TEST_CASE("reading and pulling by turns loses and repeats nothing") {
  const std::string all = expected();
  for (const std::size_t mark : marks)
    for (std::size_t size = 1; size <= 40; ++size) {
      raw_stream stream{rows(), array{}, byte_mark(mark)};
      std::string taken;
      std::string buffer(size, '?');
      for (bool is_over = false; !is_over;) {
        const std::size_t count = read(stream, buffer);
        taken.append(buffer, 0, count);
        const auto chunk = stream.pull();  // what the read left over, or the next chunk
        if (chunk) taken += *chunk;
        is_over = !chunk;
      }
      if (taken == all) continue;
      INFO("mark " << mark << ", buffer of " << size);
      CHECK(taken == all);
    }
  SUCCEED();
}

TEST_CASE("of a chunk that was read in part, a pull gives the rest") {
  raw_stream stream{scripted_text(script().text("12345"))};
  std::string buffer(2, '?');
  CHECK(read(stream, buffer) == 2);
  CHECK(read(stream, buffer) == 2);
  CHECK(stream.pull() == "45]");
  CHECK(stream.pull() == std::nullopt);
}

TEST_CASE("what was counted as handed out does not depend on how it was read") {
  raw_stream pulled_stream{rows(), array{}, byte_mark(64)};
  pull_all(pulled_stream);
  raw_stream stream{rows(), array{}, byte_mark(64)};
  std::string buffer(5, '?');
  while (read(stream, buffer) != 0) continue;
  CHECK(stream.stats().bytes == pulled_stream.stats().bytes);
  CHECK(stream.stats().chunks == pulled_stream.stats().chunks);
  CHECK(stream.stats().rows == pulled_stream.stats().rows);
  CHECK(stream.stats().largest_chunk == pulled_stream.stats().largest_chunk);
}

TEST_CASE("reading gives all bytes before a failure, then the failure once, then the end") {
  const std::string before = "[{\"id\":1},{\"id\":2}";
  for (const std::size_t mark : marks)
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{300}}) {
      INFO("mark " << mark << ", buffer of " << size);
      raw_stream stream{scripted_fields({"id"}, script().row({1}).row({2}).fail(std::runtime_error("torn"))), array{},
                        byte_mark(mark)};
      std::string taken;
      std::string buffer(size, '?');
      const auto read_all = [&] {
        while (const std::size_t count = read(stream, buffer)) taken.append(buffer, 0, count);
      };
      CHECK_THROWS_AS(read_all(), std::runtime_error);
      CHECK(taken == before);
      CHECK(read(stream, buffer) == 0);
      CHECK(try_read(stream, buffer).is_end());
      CHECK(stream.failed());
    }
}

TEST_CASE("reading gives the error record of a format, then the failure, then the end") {
  const tidemark::error torn(tidemark::failure::producer, "torn", "EIO");
  const std::string record = "{\"error\":{\"kind\":\"producer\",\"code\":\"EIO\",\"message\":\"torn\",";
  for (const int rows_before : {0, 1, 2, 5}) {
    std::string expected_rows;
    script what;
    for (int i = 0; i < rows_before; ++i) {
      what.text(std::to_string(i));
      expected_rows += std::to_string(i) + "\n";
    }
    what.fail(torn);
    const auto row = static_cast<std::size_t>(rows_before) + 1;
    const std::string all = expected_rows + record + "\"row\":" + std::to_string(row) +
                            ",\"byte\":" + std::to_string(expected_rows.size()) + "}}\n";
    for (const std::size_t mark : marks)
      for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{300}}) {
        INFO(rows_before << " rows, mark " << mark << ", buffer of " << size);
        raw_stream stream{scripted_text(what), tidemark::format::ndjson{}, byte_mark(mark)};
        std::string taken;
        std::string buffer(size, '?');
        const auto read_all = [&] {
          while (const std::size_t count = read(stream, buffer)) taken.append(buffer, 0, count);
        };
        CHECK_THROWS_AS(read_all(), tidemark::error);
        CHECK(taken == all);
        CHECK(read(stream, buffer) == 0);
      }
  }
}

TEST_CASE("try_read passes pending on, and goes on where it was") {
  raw_stream stream{without_wait<scripted_text>(script().pending().text("12").pending().pending().text("3"))};
  std::string buffer(2, '?');
  CHECK(try_read(stream, buffer).is_pending());
  CHECK(*try_read(stream, buffer) == 2);
  CHECK(buffer == "[1");
  CHECK(*try_read(stream, buffer) == 1);
  CHECK(buffer[0] == '2');
  CHECK(try_read(stream, buffer).is_pending());
  CHECK(*try_read(stream, buffer) == 2);
  CHECK(buffer == ",3");
  CHECK(*try_read(stream, buffer) == 1);
  CHECK(buffer[0] == ']');
  CHECK(try_read(stream, buffer).is_end());
  CHECK(try_read(stream, buffer).is_end());
}

TEST_CASE("read waits where try_read would be pending") {
  with_wait<scripted_text> slow(script().pending().text("1").pending().pending().text("2"));
  const auto seen = slow.watch();
  raw_stream stream{std::move(slow)};
  std::string taken;
  std::string buffer(1, '?');
  while (read(stream, buffer) != 0) taken += buffer;
  CHECK(taken == "[1,2]");
  CHECK(seen->waits >= 2);
}

TEST_CASE("reading into an empty buffer asks nothing of the stream and takes nothing from it") {
  scripted_text text(script().text("1"));
  const auto seen = text.watch();
  raw_stream stream{std::move(text)};
  CHECK(read(stream, {}) == 0);
  const auto none = try_read(stream, {});
  REQUIRE(none.is_item());
  CHECK(*none == 0);
  CHECK(seen->nexts == 0);
  CHECK(pull_all(stream) == "[1]");
}

TEST_CASE("more bytes than the last chunk has cannot be put back") {
  raw_stream stream{scripted_text(script().text("1"))};
  CHECK_THROWS_AS(stream.put_back(1), tidemark::error);
  CHECK(stream.pull() == "[1]");
  CHECK_THROWS_AS(stream.put_back(4), tidemark::error);
  stream.put_back(3);
  CHECK(stream.pull() == "[1]");
  stream.put_back(1);
  CHECK(stream.pull() == "]");
  CHECK(stream.pull() == std::nullopt);
}

}  // namespace read_tests
