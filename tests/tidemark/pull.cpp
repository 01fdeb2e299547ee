#include <tidemark/pull.hpp>

#include "catch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace pull_tests {

using tidemark::byte_mark;
using tidemark::progress;
using tidemark::pulled;
using tidemark::raw_stream;
using tidemark::wait_condition;
using tidemark::format::array;
using tidemark::testing::script;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

namespace {

template <class T>
concept is_a_condition = requires(T& made) { made ? 1 : 0; };
template <class T>
concept can_be_negated = requires(T& made) { !made; };
static_assert(is_a_condition<std::optional<std::string_view>> && can_be_negated<std::optional<std::string_view>>);
static_assert(!is_a_condition<pulled<std::string_view>> && !can_be_negated<pulled<std::string_view>>);
static_assert(!is_a_condition<pulled<std::size_t>> && !can_be_negated<pulled<std::size_t>>);
static_assert(!std::is_constructible_v<bool, pulled<std::string_view>>);
static_assert(!std::is_convertible_v<pulled<std::size_t>, std::size_t>);

template <class S>
concept has_pull = requires(S& stream) { stream.pull(); };
template <class S>
concept has_begin = requires(S& stream) { stream.begin(); };
template <class S>
concept stream_has_wait = requires(S& stream) { stream.wait(); };

static_assert(has_pull<raw_stream<scripted_text>> && has_begin<raw_stream<scripted_text>>);
static_assert(has_pull<raw_stream<with_wait<scripted_text>>> && has_begin<raw_stream<with_wait<scripted_text>>>);

using nobody_knows = raw_stream<without_wait<scripted_text>>;
static_assert(!has_pull<nobody_knows> && !has_begin<nobody_knows> && !stream_has_wait<nobody_knows>);
static_assert(!std::ranges::range<nobody_knows>);

static_assert(std::ranges::input_range<raw_stream<scripted_text>>);
static_assert(!std::ranges::forward_range<raw_stream<scripted_text>>, "a stream is read once");

/// A pipe whose reading end does not block.
class pipe_ends {
 public:
  pipe_ends() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    reading_ = ends[0];
    writing_ = ends[1];
    REQUIRE(::fcntl(reading_, F_SETFL, O_NONBLOCK) == 0);
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;
  ~pipe_ends() {
    ::close(reading_);
    stop_writing();
  }
  int reading() const { return reading_; }
  int writing() const { return writing_; }
  void stop_writing() {
    if (writing_ >= 0) ::close(std::exchange(writing_, -1));
  }

 private:
  int reading_ = -1;
  int writing_ = -1;
};

/// How often a producer was pending, for the thread that writes what it waits for.
struct witness {
  std::atomic<std::size_t> pendings = 0;
  std::atomic<std::size_t> waits = 0;
};

/// The lines of a pipe, each a JSON text; pending where the next line is not there yet.
class pipe_lines {
 public:
  pipe_lines(int descriptor, witness& seen) : seen_(&seen), conditions_{{{descriptor, POLLIN, -1}}} {}

  progress next() {
    unread_.erase(0, std::exchange(taken_, 0));
    for (;;) {
      if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
        taken_ = end + 1;
        return progress::row;
      }
      std::array<char, 64> piece{};
      const ssize_t count = ::read(descriptor(), piece.data(), piece.size());
      if (count == 0) return progress::end;
      if (count < 0 && errno != EAGAIN) throw std::runtime_error("read");
      if (count < 0) {
        ++seen_->pendings;
        return progress::pending;
      }
      unread_.append(piece.data(), static_cast<std::size_t>(count));
    }
  }
  std::string_view text() const { return std::string_view(unread_).substr(0, taken_ - 1); }

 protected:
  int descriptor() const { return conditions_[0].descriptor; }
  std::span<const wait_condition> conditions() const { return conditions_; }
  void count_wait() { ++seen_->waits; }

 private:
  witness* seen_;
  std::array<wait_condition, 1> conditions_;
  std::string unread_;
  std::size_t taken_ = 0;
};

struct says_for_what : pipe_lines {
  using pipe_lines::pipe_lines;
  std::span<const wait_condition> waits_for() const { return conditions(); }
};

struct waits_itself : pipe_lines {
  using pipe_lines::pipe_lines;
  void wait() {
    count_wait();
    pollfd ready{descriptor(), POLLIN, 0};
    ::poll(&ready, 1, -1);
  }
};

/// Both: then the stream waits for what the producer says, together with whatever else it may wait for.
struct says_and_waits : waits_itself {
  using waits_itself::waits_itself;
  std::span<const wait_condition> waits_for() const { return conditions(); }
};

constexpr std::string_view lines = "{\"id\":1}\n[2,\"zwei\"]\n3\n\"four\"\n";
constexpr std::string_view lines_as_array = "[{\"id\":1},[2,\"zwei\"],3,\"four\"]";

/// Writes `lines` byte by byte, each when the producer is pending again: so that it has to wait for every one.
std::thread write_slowly(pipe_ends& pipe, const witness& seen) {
  return std::thread([&] {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      while (seen.pendings <= i) std::this_thread::yield();
      if (::write(pipe.writing(), &lines[i], 1) != 1) std::abort();
    }
    while (seen.pendings <= lines.size()) std::this_thread::yield();
    pipe.stop_writing();
  });
}

template <class Producer>
void check_slow_pipe(bool expect_waits) {
  for (const std::size_t mark : {std::size_t{1}, std::size_t{5}, byte_mark().count()}) {
    INFO("mark " << mark);
    pipe_ends pipe;
    witness seen;
    raw_stream stream{Producer(pipe.reading(), seen), array{}, byte_mark(mark)};
    std::thread writer = write_slowly(pipe, seen);
    std::string all;
    while (const auto chunk = stream.pull()) {
      CHECK(chunk->size() <= mark);
      all += *chunk;
    }
    writer.join();
    CHECK(all == lines_as_array);
    CHECK(seen.pendings > lines.size());
    CHECK((seen.waits > 0) == expect_waits);
  }
}

script three_rows() { return script().text("1").text("2").text("3"); }

}  // namespace

TEST_CASE("what was pulled is exactly one of an item, pending and the end") {
  const auto item = pulled<std::string>::item("abc");
  CHECK((item.is_item() && !item.is_pending() && !item.is_end()));
  CHECK(*item == "abc");
  CHECK(item->size() == 3);
  const auto pending = pulled<std::string>::pending();
  CHECK((!pending.is_item() && pending.is_pending() && !pending.is_end()));
  const auto end = pulled<std::string>::end();
  CHECK((!end.is_item() && !end.is_pending() && end.is_end()));
}

TEST_CASE("an item that is empty or zero is an item all the same") {
  CHECK(pulled<std::string_view>::item("").is_item());
  CHECK(pulled<std::size_t>::item(0).is_item());
}

TEST_CASE("pull waits for the descriptor that a pending producer names") { check_slow_pipe<says_for_what>(false); }

TEST_CASE("pull waits through the wait() of a pending producer") { check_slow_pipe<waits_itself>(true); }

TEST_CASE("pull prefers what a producer waits for over its wait()") { check_slow_pipe<says_and_waits>(false); }

TEST_CASE("pull waits as often as the producer is pending, and no more") {
  with_wait<scripted_text> rows(script().pending().pending().text("1").pending().text("2").pending());
  const auto seen = rows.watch();
  raw_stream stream{std::move(rows)};
  std::string all;
  while (const auto chunk = stream.pull()) all += *chunk;
  CHECK(all == "[1,2]");
  CHECK(seen->waits <= 4);
  CHECK(seen->waits >= 2);  // no more can be saved: what is ready goes out first, and asking again may find a row
  CHECK(seen->nexts == 7);
}

TEST_CASE("try_pull gives what is ready before it says pending") {
  raw_stream stream{without_wait<scripted_text>(script().text("1").pending().pending().text("2").pending()), array{}};
  const auto first = stream.try_pull();
  REQUIRE(first.is_item());
  CHECK(*first == "[1");
  CHECK(stream.try_pull().is_pending());
  const auto second = stream.try_pull();
  REQUIRE(second.is_item());
  CHECK(*second == ",2");
  const auto last = stream.try_pull();
  REQUIRE(last.is_item());
  CHECK(*last == "]");
  CHECK(stream.try_pull().is_end());
}

TEST_CASE("try_pull never blocks, and loses nothing, where a pipe is silent") {
  pipe_ends pipe;
  witness seen;
  raw_stream stream{says_for_what(pipe.reading(), seen)};
  CHECK(stream.try_pull().is_pending());
  REQUIRE(::write(pipe.writing(), "12\n3", 4) == 4);
  auto chunk = stream.try_pull();
  REQUIRE(chunk.is_item());
  CHECK(*chunk == "[12");
  CHECK(stream.try_pull().is_pending());
  REQUIRE(stream.waits_for().size() == 1);
  CHECK(stream.waits_for()[0].descriptor == pipe.reading());
  CHECK(stream.waits_for()[0].events == POLLIN);
  REQUIRE(::write(pipe.writing(), "4\n", 2) == 2);
  pipe.stop_writing();
  std::string rest;
  while ((chunk = stream.try_pull()).is_item()) rest += *chunk;
  CHECK(chunk.is_end());
  CHECK(rest == ",34]");
  CHECK(stream.waits_for().empty());
}

TEST_CASE("the end that was pulled stays the end, and the producer is not asked again") {
  scripted_text rows(three_rows());
  const auto seen = rows.watch();
  raw_stream stream{std::move(rows)};
  while (stream.pull()) continue;
  CHECK(!seen->is_alive);
  CHECK(seen->nexts == 4);
  for (int i = 0; i < 3; ++i) {
    CHECK(stream.pull() == std::nullopt);
    CHECK(stream.try_pull().is_end());
  }
}

TEST_CASE("a range-for over a stream sees every chunk once") {
  raw_stream stream{scripted_text(three_rows()), array{}, byte_mark(2)};
  std::vector<std::string> chunks;
  for (const std::string_view chunk : stream) chunks.emplace_back(chunk);
  CHECK(chunks == std::vector<std::string>{"[1", ",2", ",3", "]"});
}

TEST_CASE("a range-for over a stream can be left, and the stream pulled on from there") {
  raw_stream stream{scripted_text(three_rows()), array{}, byte_mark(2)};
  for (const std::string_view chunk : stream) {
    CHECK(chunk == "[1");
    break;
  }
  CHECK(stream.pull() == ",2");
}

TEST_CASE("a range-for over a stream that can be pending waits") {
  with_wait<scripted_text> rows(script().pending().text("1").pending().text("2"));
  std::string all;
  raw_stream stream{std::move(rows)};
  for (const std::string_view chunk : stream) all += chunk;
  CHECK(all == "[1,2]");
}

TEST_CASE("streams are input ranges for the algorithms and views of the standard library") {
  raw_stream stream{scripted_text(three_rows()), array{}, byte_mark(1)};
  std::string all;
  for (const char one : stream | std::views::transform([](std::string_view chunk) { return chunk[0]; })) all += one;
  CHECK(all == "[1,2,3]");
}

TEST_CASE("a second begin() is a usage error, whether the first loop came to the end or not") {
  const auto check = [](auto& stream) {
    try {
      (void)stream.begin();
      FAIL_CHECK("no error");
    } catch (const tidemark::error& failed) {
      CHECK(failed.kind() == tidemark::failure::usage);
      CHECK(std::string(failed.what()).find("begin()") != std::string::npos);
    }
  };
  raw_stream complete{scripted_text(three_rows())};
  for (const auto& chunk : complete) CHECK(!chunk.empty());
  check(complete);
  raw_stream left{scripted_text(three_rows()), array{}, byte_mark(1)};
  (void)left.begin();
  check(left);
  CHECK(left.pull() == "1");  // nothing is lost by having asked
}

TEST_CASE("what a producer fails with comes out of a range-for behind all that was ready") {
  raw_stream stream{scripted_text(script().text("1").fail(std::runtime_error("torn"))), array{}, byte_mark(1)};
  std::string all;
  const auto read_all = [&] {
    for (const std::string_view chunk : stream) all += chunk;
  };
  CHECK_THROWS_AS(read_all(), std::runtime_error);
  CHECK(all == "[1");
}

TEST_CASE("a producer that answers pending without having said that it may is a usage error") {
  raw_stream stream{scripted_text(script().text("1").pending().text("2"))};
  CHECK(stream.pull() == "[1");
  try {
    (void)stream.pull();
    FAIL_CHECK("no error");
  } catch (const tidemark::error& failed) {
    CHECK(failed.kind() == tidemark::failure::usage);
    CHECK(std::string(failed.what()).find("pending") != std::string::npos);
    CHECK(failed.row() == std::uint64_t{2});
  }
  CHECK(stream.failed());
  CHECK(stream.pull() == std::nullopt);
}

TEST_CASE("what wait() throws comes out of pull, and the stream can be pulled on") {
  struct interrupted : scripted_text {
    using scripted_text::scripted_text;
    void wait() {
      if (std::exchange(first_, false)) throw std::runtime_error("interrupted");
    }
    bool first_ = true;
  };
  raw_stream stream{interrupted(script().pending().text("1"))};
  CHECK_THROWS_AS(stream.pull(), std::runtime_error);
  CHECK(stream.pull() == "[1]");
}

}  // namespace pull_tests
