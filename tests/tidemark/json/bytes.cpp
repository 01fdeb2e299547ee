#include <tidemark/json/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "exact_copy.hpp"
#include "mismatches.hpp"
#include "random.hpp"

namespace json_bytes_tests {

using tests::exact_copy;
using tests::mismatches;
using tidemark::json_options;
using tidemark::json::group_of;
using tidemark::json::octet_group;
using tidemark::json::write_octets;

namespace {

using octets = json_options::octets;

constexpr octets spellings[] = {octets::base64, octets::base64url, octets::hex};

/// How many characters `size` octets become.
std::size_t written_size(std::size_t size, octets spelling) {
  switch (spelling) {
    case octets::base64: return (size + 2) / 3 * 4;
    case octets::base64url: return (size * 8 + 5) / 6;
    case octets::hex: return size * 2;
  }
  return 0;
}

/// Writes from memory of exactly that size to memory of exactly the size of what it becomes.
std::string write(std::string_view text, octets spelling) {
  const exact_copy exact(text);
  const std::size_t expected = written_size(text.size(), spelling);
  const std::unique_ptr<char[]> memory(new char[expected]);
  const char* const end = write_octets(memory.get(), exact.begin(), text.size(), spelling);
  return {memory.get(), static_cast<std::size_t>(end - memory.get())};
}

/// RFC 4648 in its own words: a stream of bits, so many to a character, zeros where they run out.
std::string reference(std::string_view text, octets spelling) {
  const std::size_t width = spelling == octets::hex ? 4 : 6;
  std::string alphabet = "0123456789abcdef";
  if (spelling != octets::hex) {
    alphabet.clear();
    for (char c = 'A'; c <= 'Z'; ++c) alphabet += c;
    for (char c = 'a'; c <= 'z'; ++c) alphabet += c;
    for (char c = '0'; c <= '9'; ++c) alphabet += c;
    alphabet += spelling == octets::base64 ? "+/" : "-_";
  }
  std::vector<bool> bits;
  for (const char one : text)
    for (int bit = 7; bit >= 0; --bit) bits.push_back((static_cast<unsigned char>(one) >> bit & 1) != 0);
  while (bits.size() % width != 0) bits.push_back(false);
  std::string made;
  for (std::size_t at = 0; at < bits.size(); at += width) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value * 2 + (bits[at + i] ? 1 : 0);
    made += alphabet[value];
  }
  while (spelling == octets::base64 && made.size() % 4 != 0) made += '=';
  return made;
}

}  // namespace

TEST_CASE("base64 of the test vectors of RFC 4648") {
  CHECK(write("", octets::base64) == "");
  CHECK(write("f", octets::base64) == "Zg==");
  CHECK(write("fo", octets::base64) == "Zm8=");
  CHECK(write("foo", octets::base64) == "Zm9v");
  CHECK(write("foob", octets::base64) == "Zm9vYg==");
  CHECK(write("fooba", octets::base64) == "Zm9vYmE=");
  CHECK(write("foobar", octets::base64) == "Zm9vYmFy");
}

TEST_CASE("base64url has no padding, and - and _ in place of + and /") {
  CHECK(write("", octets::base64url) == "");
  CHECK(write("f", octets::base64url) == "Zg");
  CHECK(write("fo", octets::base64url) == "Zm8");
  CHECK(write("foo", octets::base64url) == "Zm9v");
  CHECK(write("foob", octets::base64url) == "Zm9vYg");
  CHECK(write("\xFB\xEF\xBE\xFF\xFF\xFF", octets::base64) == "++++////");
  CHECK(write("\xFB\xEF\xBE\xFF\xFF\xFF", octets::base64url) == "----____");
}

TEST_CASE("hex is lower case, two digits an octet") {
  CHECK(write("", octets::hex) == "");
  CHECK(write("foobar", octets::hex) == "666f6f626172");
  CHECK(write(std::string_view("\x00\x01\x0A\x7F\x80\xAB\xCD\xEF\xFF", 9), octets::hex) == "00010a7f80abcdefff");
}

TEST_CASE("octets of every number and value are written as the plain reference writes them") {
  tests::random random(1);
  mismatches found;
  for (const octets spelling : spellings) {
    for (std::size_t size = 0; size <= 100; ++size) {
      for (int i = 0; i < 15; ++i) {
        const std::string text = random.bytes(size);
        const std::string made = write(text, spelling);
        found.compare(made, reference(text, spelling), text);
        found.compare(made.size(), written_size(size, spelling), size);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("every octet is written the same at each place of a group") {
  mismatches found;
  for (const octets spelling : spellings) {
    for (int value = 0; value < 256; ++value) {
      for (std::size_t at = 0; at < 3; ++at) {
        std::string text = "\x55\xAA\x5A";
        text[at] = static_cast<char>(value);
        for (std::size_t size = at + 1; size <= 3; ++size)
          found.compare(write(text.substr(0, size), spelling), reference(text.substr(0, size), spelling), text, size);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("octets written in pieces of whole groups give the same characters as at once") {
  tests::random random(2);
  mismatches found;
  for (const octets spelling : spellings) {
    const octet_group group = group_of(spelling);
    CHECK(written_size(group.octets, spelling) == group.characters);
    for (std::size_t size = 0; size <= 40; ++size) {
      const std::string text = random.bytes(size);
      for (std::size_t step = group.octets; step <= 42; step += group.octets) {
        std::string made;
        for (std::size_t at = 0; at < size; at += step) made += write(text.substr(at, step), spelling);
        found.compare(made, write(text, spelling), text, step);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("octets may be written over themselves, from as far before them as is documented") {
  tests::random random(3);
  mismatches found;
  for (const octets spelling : spellings) {
    for (std::size_t size = 0; size <= 300; ++size) {
      const std::string text = random.bytes(size);
      const std::size_t distance = spelling == octets::hex ? size : size / 3 + 4;
      const std::unique_ptr<char[]> memory(new char[distance + size]);
      char* const in = std::copy(text.begin(), text.end(), memory.get() + distance) - size;
      const char* const end = write_octets(memory.get(), in, size, spelling);
      found.compare(std::string_view(memory.get(), static_cast<std::size_t>(end - memory.get())),
                    reference(text, spelling), text);
    }
  }
  CHECK(found.first() == "");
}

}  // namespace json_bytes_tests
