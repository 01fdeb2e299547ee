// No memory for a stream of frames, at any one allocation; and none for each row or message.

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

#include <tidemark/frame_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "counted.hpp"
#include "fail_everywhere.hpp"

namespace allocation_frames_tests {

namespace {

using namespace tidemark;
using testing::cell;

frame_options with_mark(std::size_t mark) {
  frame_options made;
  made.mark = byte_mark{mark};
  made.rows_per_chunk = 2;
  return made;
}

constexpr std::ptrdiff_t rows = 5;

auto stream_of(std::size_t mark) {
  testing::script made;
  for (int i = 0; i != rows; ++i)
    made.row({i, std::string(100, '<'), i / 0.0, cell::text_in_pieces(std::string(300, 'x'), 9)});
  return frame_stream{testing::scripted_fields{{"id", "text", "infinite", "pieces"}, std::move(made)}, with_mark(mark)};
}

bool has_all_rows(const std::string& bytes) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = 0; (at = bytes.find("xxx\"", at)) != std::string::npos; ++at) ++count;
  return count == rows && bytes.ends_with("\n") && bytes.find("\"error\"") == std::string::npos;
}

/// The same row again and again, which takes no memory of its own.
class same_rows {
 public:
  explicit same_rows(std::size_t count) : left_(count) {}
  progress next() noexcept { return left_-- == 0 ? progress::end : progress::row; }
  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept {
    if (i == 0) return tidemark::field::integer(1);
    return i == 1 ? tidemark::field::text("say \"hi\" <>") : tidemark::field::real(12.5);
  }

 private:
  std::vector<column> columns_ = {{"id"}, {"name"}, {"price"}};
  std::size_t left_;
};

}  // namespace

TEST_CASE("a stream of frames that finds no memory never looks complete, at whichever allocation") {
  for (const std::size_t mark : {100U, 10'000U})
    fail_everywhere(new_left, [mark] { return stream_of(mark); }, has_all_rows);
}

TEST_CASE("frames take no memory for each row, nor for each message") {
  for (const std::size_t mark : {600U, 5'000U}) {
    frame_stream stream{same_rows(5'000), with_mark(mark)};
    for (int i = 0; i != 20; ++i) stream.pull();
    bool has_found_none = false;
    try {
      const fuse lit(new_left, 0);
      while (stream.pull()) {}
    } catch (const std::bad_alloc&) {
      has_found_none = true;
    }
    CHECK_FALSE(has_found_none);
    CHECK(stream.stats().rows == 5'000);
  }
}

}  // namespace allocation_frames_tests
