#include <tidemark/sinks/ostream.hpp>

#include "catch.hpp"

#include <cstddef>
#include <fstream>
#include <ios>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace sinks_ostream_tests {

using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::write_to;
using tidemark::format::array;
using tidemark::testing::observed;
using tidemark::testing::script;
using tidemark::testing::scripted_text;

namespace {

static_assert(tidemark::sink<tidemark::sinks::ostream>);
static_assert(!std::is_convertible_v<std::ostream&, tidemark::sinks::ostream>);

/// Takes `room` bytes, and fails at the next one.
class small_disk : public std::streambuf {
 public:
  explicit small_disk(std::size_t room) : room_(room) {}

  const std::string& written() const { return written_; }
  int syncs() const { return syncs_; }
  void refuse_to_sync() { can_sync_ = false; }

 protected:
  int_type overflow(int_type one) override {
    if (written_.size() == room_) return traits_type::eof();
    written_ += traits_type::to_char_type(one);
    return one;
  }
  int sync() override {
    ++syncs_;
    return can_sync_ ? 0 : -1;
  }

 private:
  std::size_t room_;
  std::string written_;
  int syncs_ = 0;
  bool can_sync_ = true;
};

constexpr std::string_view all = "[11,22,33]";

scripted_text rows() { return scripted_text(script().text("11").text("22").text("33")); }

}  // namespace

TEST_CASE("an ostream gets all chunks, and is flushed at the end") {
  for (const std::size_t mark : {std::size_t{1}, std::size_t{3}, byte_mark().count()}) {
    small_disk disk(100);
    std::ostream out(&disk);
    const tidemark::stats done = write_to(out, raw_stream{rows(), array{}, byte_mark(mark)});
    CHECK(disk.written() == all);
    CHECK(disk.syncs() == 1);
    CHECK(done.bytes == all.size());
    CHECK(done.rows == 3);
  }
}

TEST_CASE("an ostream keeps what was written to it before, and goes on behind it") {
  std::ostringstream out;
  out << "rows: ";
  raw_stream stream{rows()};
  write_to(out, stream);
  out << "!";
  CHECK(out.str() == "rows: " + std::string(all) + "!");
}

TEST_CASE("a chunk with NUL and bytes that are no text reaches an ostream as it is") {
  std::ostringstream out;
  const std::string chunk("a\0b\xff\n", 5);
  tidemark::sinks::ostream(out).write(chunk);
  CHECK(out.str() == chunk);
}

TEST_CASE("an ostream that goes bad at any byte is an error of the sink, and the stream is closed") {
  for (const std::size_t mark : {std::size_t{1}, std::size_t{4}, byte_mark().count()})
    for (std::size_t room = 0; room < all.size(); ++room) {
      INFO("mark " << mark << ", room for " << room);
      small_disk disk(room);
      std::ostream out(&disk);
      scripted_text producer = rows();
      const std::shared_ptr<const observed> seen = producer.watch();
      raw_stream stream{std::move(producer), array{}, byte_mark(mark)};
      try {
        write_to(out, stream);
        FAIL_CHECK("no error");
      } catch (const error& failed) {
        CHECK(failed.kind() == failure::sink);
        CHECK(!seen->is_alive);
      }
      CHECK(out.bad());
      CHECK(disk.written() == all.substr(0, room));
      CHECK(stream.pull() == std::nullopt);
    }
}

TEST_CASE("an ostream that cannot be flushed is an error of the sink") {
  small_disk disk(100);
  disk.refuse_to_sync();
  std::ostream out(&disk);
  try {
    write_to(out, raw_stream{rows()});
    FAIL_CHECK("no error");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::sink);
  }
  CHECK(disk.written() == all);
}

TEST_CASE("an ostream that was bad before gets nothing, and is an error of the sink") {
  std::ostringstream out;
  out.setstate(std::ios::failbit);
  try {
    write_to(out, raw_stream{rows()});
    FAIL_CHECK("no error");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::sink);
  }
  CHECK(out.str().empty());
}

TEST_CASE("an ostream whose exceptions are enabled throws its own, and the stream is closed") {
  for (const std::ios::iostate which : {std::ios::badbit, std::ios::badbit | std::ios::failbit}) {
    small_disk disk(4);
    std::ostream out(&disk);
    out.exceptions(which);
    scripted_text producer = rows();
    const std::shared_ptr<const observed> seen = producer.watch();
    raw_stream stream{std::move(producer), array{}, byte_mark(2)};
    CHECK_THROWS_AS(write_to(out, stream), std::ios_base::failure);
    CHECK(disk.written() == all.substr(0, 4));
    CHECK(!seen->is_alive);
    CHECK(stream.pull() == std::nullopt);
  }
}

TEST_CASE("a file that is full when it is flushed is an error of the sink") {
  std::ofstream full("/dev/full", std::ios::binary);
  if (!full) SKIP_TEST("there is no /dev/full");
  try {
    write_to(full, raw_stream{rows()});  // fits the buffer of the ofstream: only the flush can tell
    FAIL_CHECK("no error");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::sink);
  }
}

}  // namespace sinks_ostream_tests
