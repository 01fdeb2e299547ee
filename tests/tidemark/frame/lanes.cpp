#include <tidemark/frame/lanes.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "../json/random.hpp"

namespace frame_lanes_tests {

using tidemark::frames::lanes;

namespace {

/// Adds a text to a lane, as whoever writes blocks of fixed size: with scratch behind it.
bool add(lanes& all, std::size_t which, const std::string& text) {
  if (!all.make_room(which, text.size() + lanes::padding)) return false;
  std::memset(all[which].end, '#', text.size() + lanes::padding);
  std::memcpy(all[which].end, text.data(), text.size());
  all[which].end += text.size();
  return true;
}

std::string joined(lanes& all) {
  const auto count = all.size();
  return std::string(all.join([&](auto& into) {
    for (std::size_t i = 0; i != count; ++i) {
      into.put_lane(i);
      into.put("|");
    }
  }));
}

}  // namespace

TEST_CASE("lanes keep their texts, whatever is added where, until nothing is free") {
  tests::random random(1);
  for (int round = 0; round != 300; ++round) {
    const std::size_t count = 1 + random.below(12);
    const std::size_t capacity = count * 2 * lanes::padding + random.below(4000);
    const std::size_t front = random.below(40);
    lanes all(capacity + front, false);
    for (int message = 0; message != 3; ++message) {
      REQUIRE(all.begin(count, front));
      std::vector<std::string> expected(count);
      std::size_t held = 0;
      for (;;) {
        const std::size_t which = random.below(4) == 0 ? random.below(expected.size()) : 0;
        if (random.below(50) == 0) {
          const std::size_t at = count + random.below(expected.size() - count + 1);
          if (!all.insert(at)) break;
          expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), "");
          continue;
        }
        all.begin_row(0);
        const std::string text = random.text(random.below(100), "abc");
        if (!add(all, which, text)) break;
        if (random.below(10) == 0) {
          all.undo_row(expected.size(), expected.size());
          continue;
        }
        expected[which] += text;
        held += text.size();
      }
      CHECK(all.held() == held);
      std::string whole;
      for (const std::string& one : expected) whole += one + "|";
      REQUIRE(joined(all) == whole);
      // What cannot be used is the padding, and the little that is not worth moving everything.
      CHECK(held + expected.size() * (lanes::padding + 1) + lanes::padding + 100 + capacity / 32 + lanes::padding +
                front >
            capacity);
    }
  }
}

TEST_CASE("lanes that grow take as much memory as their texts need") {
  lanes all(10, true);
  REQUIRE(all.begin(3, 0));
  std::string expected[3];
  for (int i = 0; i != 5000; ++i) {
    REQUIRE(add(all, static_cast<std::size_t>(i % 3), std::to_string(i)));
    expected[i % 3] += std::to_string(i);
  }
  CHECK(joined(all) == expected[0] + "|" + expected[1] + "|" + expected[2] + "|");
}

TEST_CASE("lanes that have no room at all say so, and take no memory") {
  lanes all(3 * 2 * lanes::padding - 1, false);
  CHECK_FALSE(all.begin(3, 0));
  CHECK(all.begin(2, 0));
  CHECK_FALSE(all.make_room(0, 1000));
  all.release();
  CHECK(all.size() == 0);
  REQUIRE(all.begin(2, 10));
  CHECK(add(all, 1, "x"));
  CHECK(joined(all) == "|x|");
}

}  // namespace frame_lanes_tests
