#include <tidemark/sinks/string.hpp>

#include "catch.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace sinks_string_tests {

using tidemark::byte_mark;
using tidemark::raw_stream;
using tidemark::write_to;
using tidemark::format::array;
using tidemark::testing::script;
using tidemark::testing::scripted_text;

static_assert(tidemark::sink<tidemark::sinks::string>);
static_assert(!std::is_convertible_v<std::string&, tidemark::sinks::string>);

TEST_CASE("a string keeps what it holds and gets all chunks behind it") {
  for (const std::size_t mark : {std::size_t{1}, std::size_t{2}, byte_mark().count()}) {
    std::string text = "rows: ";
    const tidemark::stats done =
        write_to(text, raw_stream{scripted_text(script().text("1").text("2")), array{}, byte_mark(mark)});
    CHECK(text == "rows: [1,2]");
    CHECK(done.bytes == 5);
  }
}

TEST_CASE("a string gets NUL and bytes that are no text as they are") {
  std::string text;
  tidemark::sinks::string sink(text);
  sink.write(std::string("a\0b", 3));
  sink.write("");
  sink.write("\xff");
  CHECK(text == std::string("a\0b\xff", 4));
}

TEST_CASE("a string holds all that was ready before a failure") {
  std::string text;
  raw_stream stream{scripted_text(script().text("1").fail(std::runtime_error("torn")))};
  CHECK_THROWS_AS(write_to(text, stream), std::runtime_error);
  CHECK(text == "[1");
}

TEST_CASE("several streams can be written to one string, one behind the other") {
  std::string text;
  for (int i = 0; i < 3; ++i) {
    raw_stream stream{scripted_text(script().text(std::to_string(i)))};
    write_to(text, stream);
  }
  CHECK(text == "[0][1][2]");
}

}  // namespace sinks_string_tests
