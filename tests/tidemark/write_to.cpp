#include <tidemark/write_to.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace write_to_tests {

using tidemark::byte_mark;
using tidemark::raw_stream;
using tidemark::write_to;
using tidemark::format::array;
using tidemark::testing::observed;
using tidemark::testing::script;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;

namespace {

/// Takes `room` chunks, and fails at the next one.
class shelf {
 public:
  explicit shelf(std::size_t room = SIZE_MAX) : room_(room) {}

  void write(std::string_view chunk) {
    if (chunks_.size() == room_) throw std::length_error("the shelf is full");
    chunks_.emplace_back(chunk);
  }

  const std::vector<std::string>& chunks() const { return chunks_; }

 private:
  std::size_t room_;
  std::vector<std::string> chunks_;
};

struct writes_numbers {
  void write(int);
};
struct writes_nothing {
  void write();
};
struct puts {
  void put(std::string_view);
};
static_assert(tidemark::sink<shelf>);
static_assert(!tidemark::sink<writes_numbers>);
static_assert(!tidemark::sink<writes_nothing>);
static_assert(!tidemark::sink<puts>);
static_assert(!tidemark::sink<const shelf>);
static_assert(!tidemark::sink<std::string>);

template <class Place, class Stream>
concept writable_to = requires(Place& place, Stream& stream) { write_to(place, stream); };
static_assert(writable_to<shelf, raw_stream<scripted_text>>);
static_assert(!writable_to<puts, raw_stream<scripted_text>>);
static_assert(!writable_to<shelf, std::string>);

script three_rows() { return script().text("1").text("2").text("3"); }

}  // namespace

TEST_CASE("write_to hands every chunk to the sink, in order, and returns what the stream did") {
  shelf place;
  const tidemark::stats done =
      write_to(place, raw_stream{scripted_text(three_rows()), array{}, byte_mark(3)});  // a stream of its own
  CHECK(place.chunks() == std::vector<std::string>{"[1,", "2,3", "]"});
  CHECK(done.rows == 3);
  CHECK(done.bytes == 7);
  CHECK(done.chunks == 3);
  CHECK(done.largest_chunk == 3);
  CHECK(done.peak_buffered >= 3);
}

TEST_CASE("write_to leaves a stream that it was lent at its end") {
  raw_stream stream{scripted_text(three_rows())};
  const tidemark::stats done = write_to(shelf(), stream);
  CHECK(stream.pull() == std::nullopt);
  CHECK(stream.stats().bytes == done.bytes);
  CHECK(stream.stats().rows == 3);
  CHECK(!stream.failed());
}

TEST_CASE("write_to goes on where pulling stopped") {
  raw_stream stream{scripted_text(three_rows()), array{}, byte_mark(2)};
  CHECK(stream.pull() == "[1");
  shelf place;
  CHECK(write_to(place, stream).chunks == 4);
  CHECK(place.chunks() == std::vector<std::string>{",2", ",3", "]"});
}

TEST_CASE("write_to waits for a producer that is pending") {
  shelf place;
  with_wait<scripted_text> rows(script().pending().text("1").pending());
  const std::shared_ptr<const observed> seen = rows.watch();
  write_to(place, raw_stream{std::move(rows)});
  CHECK(place.chunks() == std::vector<std::string>{"[1", "]"});
  CHECK(seen->waits >= 1);
}

TEST_CASE("a sink that fails, at whichever chunk, closes the stream at once") {
  for (std::size_t room = 0; room < 7; ++room) {
    INFO("a shelf for " << room);
    scripted_text rows(three_rows());
    const std::shared_ptr<const observed> seen = rows.watch();
    raw_stream stream{std::move(rows), array{}, byte_mark(1)};
    shelf place(room);
    bool was_alive_when_caught = true;
    try {
      write_to(place, stream);
      FAIL_CHECK("no error");
    } catch (const std::length_error&) {
      was_alive_when_caught = seen->is_alive;
    }
    CHECK(!was_alive_when_caught);
    CHECK(place.chunks().size() == room);
    CHECK(stream.pull() == std::nullopt);
    CHECK(!stream.failed());  // the rows did not
  }
}

TEST_CASE("what the stream throws passes through write_to, behind all that was ready") {
  shelf place;
  scripted_text rows(script().text("1").fail(std::runtime_error("torn")));
  const std::shared_ptr<const observed> seen = rows.watch();
  raw_stream stream{std::move(rows)};
  CHECK_THROWS_AS(write_to(place, stream), std::runtime_error);
  CHECK(place.chunks() == std::vector<std::string>{"[1"});
  CHECK(!seen->is_alive);
  CHECK(stream.failed());
}

}  // namespace write_to_tests
