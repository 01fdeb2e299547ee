#include <tidemark/producers/generator.hpp>

#include "catch.hpp"

#include <cstddef>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/producers/range.hpp>
#include <tidemark/raw_stream.hpp>

namespace producers_generator_tests {

using tidemark::byte_mark;
using tidemark::generator;
using tidemark::raw_stream;

static_assert(std::ranges::input_range<generator<std::string>>);
static_assert(std::ranges::input_range<generator<std::unique_ptr<int>>>);
static_assert(std::ranges::viewable_range<generator<std::string>>);

namespace {

generator<std::string> documents(int count) {
  for (int i = 0; i < count; ++i) co_yield "{\"i\":" + std::to_string(i) + "}";
}

using pair = std::tuple<int, std::string>;
generator<pair> pairs() {
  const pair first{1, "Ebb"};
  co_yield first;
  co_yield pair(2, "High water, with a name that is longer than a short string may be");
}

/// What a coroutine has done so far.
struct trace {
  int asked_for = 0;
  bool is_released = false;
};

generator<std::string> traced(trace& seen, int failing_at) {
  const struct releasing {
    explicit releasing(trace& of) : traced(of) {}
    ~releasing() { traced.is_released = true; }
    releasing(const releasing&) = delete;
    releasing& operator=(const releasing&) = delete;
    trace& traced;
  } held(seen);
  for (;;) {
    if (seen.asked_for == failing_at) throw std::runtime_error("the cursor is gone");
    ++seen.asked_for;
    co_yield "1";
  }
}

template <class Stream>
std::string drained(Stream stream) {
  std::string made;
  while (const auto chunk = stream.pull()) made += *chunk;
  return made;
}

}  // namespace

TEST_CASE("the rows of a coroutine go to a stream, as text or as tuples, whatever the mark is") {
  for (const std::size_t mark : std::vector<std::size_t>{1, 7, 65536}) {
    CHECK(drained(raw_stream{tidemark::range(documents(3)), {}, byte_mark(mark)}) == R"([{"i":0},{"i":1},{"i":2}])");
    CHECK(drained(raw_stream{tidemark::range(documents(0)), {}, byte_mark(mark)}) == "[]");
    CHECK(
        drained(raw_stream{tidemark::range(pairs(), {"id", "name"}), {}, byte_mark(mark)}) ==
        R"([{"id":1,"name":"Ebb"},{"id":2,"name":"High water, with a name that is longer than a short string may be"}])");
  }
}

TEST_CASE("a coroutine runs no further than to the row that was asked for, and is destroyed with its stream") {
  trace seen;
  {
    auto rows = tidemark::range(traced(seen, -1));
    CHECK(seen.asked_for == 0);
    for (int i = 1; i <= 3; ++i) {
      CHECK(rows.next() == tidemark::progress::row);
      CHECK(seen.asked_for == i);
    }
    CHECK_FALSE(seen.is_released);
  }
  CHECK(seen.is_released);
}

TEST_CASE("what a coroutine throws comes out of the stream behind the rows before it, once") {
  for (int failing_at = 0; failing_at < 5; ++failing_at) {
    trace seen;
    raw_stream stream{tidemark::range(traced(seen, failing_at))};
    std::string made;
    try {
      while (const auto chunk = stream.pull()) made += *chunk;
      FAIL("nothing was thrown");
    } catch (const std::runtime_error& failed) {
      CHECK(std::string(failed.what()) == "the cursor is gone");
    }
    CHECK(made.size() == static_cast<std::size_t>(2 * failing_at));
    CHECK(stream.failed());
    CHECK(seen.is_released);
    CHECK(!stream.pull());
  }
}

TEST_CASE("a generator may be moved, and is a range of its own") {
  generator<std::string> first = documents(2);
  generator<std::string> second = std::move(first);
  second = documents(4);
  int count = 0;
  for (const std::string& row : second) CHECK(row == "{\"i\":" + std::to_string(count++) + "}");
  CHECK(count == 4);
}

}  // namespace producers_generator_tests
