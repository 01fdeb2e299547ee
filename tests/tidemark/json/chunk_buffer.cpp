#include <tidemark/json/chunk_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "mismatches.hpp"
#include "random.hpp"

namespace json_chunk_buffer_tests {

using tests::mismatches;
using tidemark::json::chunk_buffer;

namespace {

void put(chunk_buffer& buffer, std::string_view text) {
  std::copy(text.begin(), text.end(), buffer.out());
  buffer.set_out(buffer.out() + text.size());
}

}  // namespace

TEST_CASE("a new buffer is empty and has room for the mark and the overhang") {
  for (const std::size_t mark : {1u, 2u, 100u, 65536u}) {
    const chunk_buffer buffer(mark);
    CHECK(buffer.size() == 0);
    CHECK(!buffer.is_full());
    CHECK(buffer.chunk(0) == "");
    CHECK(buffer.space() == mark + chunk_buffer::overhang);
    CHECK(buffer.mark() == buffer.out() + mark);
    CHECK(buffer.limit() == buffer.mark() + chunk_buffer::overhang);
  }
}

TEST_CASE("a buffer is full at its mark, and its chunk is never longer than that") {
  for (std::size_t mark = 1; mark <= 40; ++mark) {
    chunk_buffer buffer(mark);
    std::string text;
    for (std::size_t size = 0; size <= 60; ++size) {
      CHECK(buffer.size() == size);
      CHECK(buffer.is_full() == (size >= mark));
      CHECK(buffer.space() == mark + chunk_buffer::overhang - size);
      CHECK(buffer.chunk(0) == text.substr(0, mark));
      put(buffer, "x");
      text += 'x';
    }
  }
}

TEST_CASE("what lies behind the mark opens the next chunk") {
  chunk_buffer buffer(4);
  put(buffer, "abcdefghij");
  CHECK(buffer.chunk(0) == "abcd");
  buffer.drop(4);
  CHECK(buffer.chunk(0) == "efgh");
  CHECK(buffer.is_full());
  buffer.drop(4);
  CHECK(buffer.chunk(0) == "ij");
  CHECK(!buffer.is_full());
  put(buffer, "k");
  CHECK(buffer.chunk(0) == "ijk");
  buffer.drop(3);
  CHECK(buffer.size() == 0);
  CHECK(buffer.chunk(0) == "");
}

TEST_CASE("bytes that are held back are in no chunk") {
  chunk_buffer buffer(8);
  put(buffer, "abcdef");
  CHECK(buffer.chunk(0) == "abcdef");
  CHECK(buffer.chunk(1) == "abcde");
  CHECK(buffer.chunk(6) == "");
  put(buffer, "ghij");
  CHECK(buffer.chunk(1) == "abcdefgh");
  CHECK(buffer.chunk(2) == "abcdefgh");
  CHECK(buffer.chunk(3) == "abcdefg");
}

TEST_CASE("nothing is forgotten where nothing is dropped, and a part of a chunk may be dropped") {
  chunk_buffer buffer(8);
  buffer.drop(0);
  CHECK(buffer.size() == 0);
  put(buffer, "abcdef");
  buffer.drop(0);
  CHECK(buffer.chunk(0) == "abcdef");
  buffer.drop(2);
  CHECK(buffer.chunk(0) == "cdef");
}

TEST_CASE("all of the overhang and the padding behind it can be written to") {
  for (const std::size_t mark : {1u, 7u, 4096u}) {
    chunk_buffer buffer(mark);
    std::memset(buffer.out(), 'x', buffer.space() + chunk_buffer::padding);
    buffer.set_out(buffer.out() + buffer.space());
    CHECK(buffer.out() == buffer.limit());
    CHECK(buffer.space() == 0);
    CHECK(buffer.size() == mark + chunk_buffer::overhang);
    CHECK(buffer.chunk(0) == std::string(mark, 'x'));
  }
}

TEST_CASE("chunks of any sizes give back what was put in, in order") {
  tests::random random(1);
  mismatches found;
  for (std::size_t mark = 1; mark <= 80; ++mark) {
    chunk_buffer buffer(mark);
    std::string in, out;
    for (int i = 0; i < 60; ++i) {
      while (!buffer.is_full()) {
        const std::string text = random.bytes(1 + random.below(i % 5 == 0 ? chunk_buffer::overhang : 30));
        put(buffer, text);
        in += text;
      }
      while (buffer.is_full()) {
        const std::string_view chunk = buffer.chunk(0);
        found.compare(chunk.size(), mark);
        out += chunk;
        buffer.drop(chunk.size());
      }
    }
    out += buffer.chunk(0);
    found.compare(out, in, mark);
  }
  CHECK(found.first() == "");
}

}  // namespace json_chunk_buffer_tests
