#include <tidemark/json/long_value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/value_reader.hpp>

#include "catch.hpp"
#include "drain.hpp"
#include "exact_copy.hpp"
#include "mismatches.hpp"
#include "random.hpp"
#include "reference.hpp"

namespace json_long_value_tests {

using tests::drain;
using tests::drain_all;
using tests::drained;
using tests::exact_copy;
using tests::mismatches;
using tidemark::failure;
using tidemark::json_options;
using tidemark::json::chunk_buffer;
using tidemark::json::long_value;
using tidemark::json::write_octets;

namespace {

constexpr auto replace = json_options::bad_utf8::replace;
constexpr auto error = json_options::bad_utf8::error;
constexpr json_options::octets spellings[] = {json_options::octets::base64, json_options::octets::base64url,
                                              json_options::octets::hex};

// For what takes too long with each mark from 1.
const std::vector<std::size_t> some_marks = {1, 2, 3, 4, 5, 7, 16, 31, 64, 100, 255, 256, 1000, 1024, 1025, 5000};

/// Gives a text `step` bytes at a time, and fails the test where it is not asked as value_reader says.
class pieces final : public tidemark::value_reader {
 public:
  pieces(std::string_view all, std::size_t step, bool fails = false) : all_(all), step_(step), fails_(fails) {}

  std::size_t read(std::span<char> into) override {
    if (is_over_) FAIL("asked again after the end");
    if (into.empty()) FAIL("asked for nothing");
    const std::size_t count = std::min({into.size(), step_, all_.size() - at_});
    if (count == 0) {
      is_over_ = true;
      if (fails_) throw tidemark::error(failure::producer, "the value is gone");
      return 0;
    }
    // All that may be written to is, as drivers do that take the rest of it for scratch.
    std::fill(into.begin(), into.end(), '\xA5');
    std::memcpy(into.data(), all_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string_view all_;
  std::size_t step_;
  bool fails_;
  std::size_t at_ = 0;
  bool is_over_ = false;
};

auto writer_of(long_value& value) {
  return [&value](chunk_buffer& buffer) { return value.write(buffer); };
}

std::string octets_as_text(std::string_view octets, json_options::octets spelling) {
  std::string made(octets.size() * 2 + 4, ' ');
  made.resize(
      static_cast<std::size_t>(write_octets(made.data(), octets.data(), octets.size(), spelling) - made.data()));
  return '"' + made + '"';
}

/// ASCII, escapes, sequences of two to four bytes, and bad bytes here and there.
std::string any_text(tests::random& random, std::size_t size, bool with_bad_ones) {
  std::string made;
  while (made.size() < size) {
    switch (random.below(with_bad_ones ? 8 : 7)) {
      case 0: made += random.text(1, "\"\\\n\t\x01\x1F"); break;
      case 1: made += "\xC3\xA9"; break;
      case 2: made += "\xE2\x82\xAC"; break;
      case 3: made += "\xF0\x9F\x98\x80"; break;
      case 7: made += random.text(1, "\x80\xC3\xE2\xED\xF0\xF4\xFF"); break;
      default: made += random.text(1 + random.below(20), "abcdefghijklmnopqrstuvwxyz ");
    }
  }
  return made;
}

}  // namespace

TEST_CASE("text that is JSON already comes out as it is, with every mark") {
  const std::string text = "{\"a\":[1,2,\n3],\"b\":\"" + std::string(3000, 'x') + "\"}";
  const exact_copy exact(text);
  for (std::size_t mark = 1; mark <= 300; ++mark) {
    long_value value;
    value.start_json(exact.view(), false);
    const bool is_the_same = drain(mark, writer_of(value)) == text;
    CHECK(is_the_same);
  }
}

TEST_CASE("a value of every length comes out to its last byte, wherever the segments cut it") {
  tests::random random(6);
  mismatches found;
  const std::string all = random.text(2 * chunk_buffer::overhang + 100, "abcdefghijklmnopqrstuvwxyz");
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const std::string_view text = std::string_view(all).substr(0, size);
    const std::string quoted = '"' + std::string(text) + '"';
    long_value value;
    value.start_json(text, false);
    found.compare(drain(64, writer_of(value)), text, "JSON of", size);
    value.start_text(text, replace);
    found.compare(drain(64, writer_of(value)), quoted, "text of", size);
    pieces reader(text, size);
    value.start_text(reader, replace);
    found.compare(drain(64, writer_of(value)), quoted, "pieces of", size);
    value.start_octets(text, json_options::octets::hex);
    found.compare(drain(64, writer_of(value)), octets_as_text(text, json_options::octets::hex), "octets of", size);
  }
  CHECK(found.first() == "");
}

TEST_CASE("line breaks in JSON become blanks where rows are lines, with every mark") {
  std::string text = "[";
  while (text.size() < 3000) text += "1,\n\n 22,";
  text += "3]\n";
  std::string expected = text;
  std::replace(expected.begin(), expected.end(), '\n', ' ');
  for (std::size_t mark = 1; mark <= 300; ++mark) {
    long_value value;
    value.start_json(text, true);
    const bool is_the_same = drain(mark, writer_of(value)) == expected;
    CHECK(is_the_same);
  }
}

TEST_CASE("an empty framing is written as nothing") {
  long_value value;
  value.start_json({}, false);
  CHECK(drain(16, writer_of(value)) == "");
}

TEST_CASE("text is written as a string, with every mark") {
  tests::random random(1);
  mismatches found;
  for (const std::size_t size : {0u, 1u, 2u, 20u, 170u, 1000u, 3000u}) {
    const exact_copy exact(any_text(random, size, true));
    const std::string expected = reference::quoted(exact.view());
    for (std::size_t mark = 1; mark <= 300; ++mark) {
      long_value value;
      value.start_text(exact.view(), replace);
      found.compare(drain(mark, writer_of(value)), expected, size, mark);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("text that needs six bytes for each of its own is written as a string, with every mark") {
  mismatches found;
  const std::string text(1000, '\x01');
  for (std::size_t mark = 1; mark <= 300; ++mark) {
    long_value value;
    value.start_text(text, replace);
    found.compare(drain(mark, writer_of(value)), reference::quoted(text), mark);
  }
  CHECK(found.first() == "");
}

TEST_CASE("text of sequences only is written as a string, wherever the segments cut it") {
  mismatches found;
  for (const std::string sequence : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xE2\x82", "\xF0\x9F\x98"}) {
    for (std::size_t before = 0; before < 4; ++before) {
      std::string text(before, 'x');
      while (text.size() < 1500) text += sequence;
      const exact_copy exact(text);
      for (const std::size_t mark : some_marks) {
        long_value value;
        value.start_text(exact.view(), replace);
        found.compare(drain(mark, writer_of(value)), reference::quoted(text), before, mark, sequence);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("octets are written as a string of each spelling, with every mark") {
  tests::random random(2);
  mismatches found;
  for (const auto spelling : spellings) {
    for (const std::size_t size : {0u, 1u, 2u, 3u, 4u, 5u, 300u, 2000u, 2001u, 2002u}) {
      const exact_copy exact(random.bytes(size));
      const std::string expected = octets_as_text(exact.view(), spelling);
      for (std::size_t mark = 1; mark <= 300; mark += mark < 80 ? 1 : 7) {
        long_value value;
        value.start_octets(exact.view(), spelling);
        found.compare(drain(mark, writer_of(value)), expected, size, mark);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("text in pieces of every size comes out as the whole text, with any mark") {
  tests::random random(3);
  mismatches found;
  for (const std::size_t size : {0u, 1u, 3u, 50u, 900u}) {
    for (const bool with_bad_ones : {false, true}) {
      const std::string text = any_text(random, size, with_bad_ones);
      const std::string expected = reference::quoted(text);
      for (std::size_t step = 1; step <= 20; ++step) {
        for (const std::size_t mark : some_marks) {
          pieces reader(text, step);
          long_value value;
          value.start_text(reader, replace);
          found.compare(drain(mark, writer_of(value)), expected, step, mark, text);
        }
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("text whose reader gives all that is asked for comes out as the whole text, with every mark") {
  tests::random random(4);
  mismatches found;
  for (const bool with_bad_ones : {false, true}) {
    const std::string text = any_text(random, 4000, with_bad_ones);
    const std::string expected = reference::quoted(text);
    const std::string escapes(2000, '\x02');
    for (std::size_t mark = 1; mark <= 300; ++mark) {
      pieces reader(text, text.size());
      long_value value;
      value.start_text(reader, replace);
      found.compare(drain(mark, writer_of(value)), expected, mark);

      pieces reader_of_escapes(escapes, escapes.size());
      value.start_text(reader_of_escapes, replace);
      found.compare(drain(mark, writer_of(value)), reference::quoted(escapes), mark);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("a sequence that the end of a text in pieces cuts is one U+FFFD") {
  mismatches found;
  for (const std::string cut : {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xF0", "\xE1\x80\xE1\x80"}) {
    for (std::size_t step = 1; step <= 8; ++step) {
      for (std::size_t before = 0; before <= 8; ++before) {
        const std::string text = std::string(before, 'x') + cut;
        pieces reader(text, step);
        long_value value;
        value.start_text(reader, replace);
        found.compare(drain(64, writer_of(value)), reference::quoted(text), step, text);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("octets in pieces of every size come out as the whole value, with any mark and spelling") {
  tests::random random(5);
  mismatches found;
  for (const auto spelling : spellings) {
    for (const std::size_t size : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 500u, 1501u}) {
      const std::string octets = random.bytes(size);
      const std::string expected = octets_as_text(octets, spelling);
      for (std::size_t step = 1; step <= 20; ++step) {
        for (const std::size_t mark : some_marks) {
          pieces reader(octets, step);
          long_value value;
          value.start_octets(reader, spelling);
          found.compare(drain(mark, writer_of(value)), expected, size, step, mark);
        }
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("octets whose reader gives all that is asked for come out as the whole value, with every mark") {
  tests::random random(6);
  mismatches found;
  for (const auto spelling : spellings) {
    const std::string octets = random.bytes(4001);
    const std::string expected = octets_as_text(octets, spelling);
    for (std::size_t mark = 1; mark <= 300; mark += mark < 80 ? 1 : 7) {
      pieces reader(octets, octets.size());
      long_value value;
      value.start_octets(reader, spelling);
      found.compare(drain(mark, writer_of(value)), expected, mark);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("bad UTF-8 that is an error stops a text before its first bad byte and says where it is") {
  tests::random random(7);
  mismatches found;
  for (int i = 0; i < 150; ++i) {
    const std::string text = any_text(random, 1 + random.below(i % 3 == 0 ? 3000 : 100), true) + "\xFF";
    const std::size_t bad = reference::first_bad(text);
    std::string expected = reference::quoted(std::string_view(text).substr(0, bad));
    expected.pop_back();
    const std::string message = "the text is not UTF-8 at byte " + std::to_string(bad) + " of the value";
    for (const std::size_t mark : {1u, 3u, 17u, 300u, 5000u}) {
      long_value value;
      const exact_copy exact(text);
      value.start_text(exact.view(), error);
      const drained at_once = drain_all(mark, writer_of(value));
      found.compare(at_once.text, expected, text, mark);
      found.compare(at_once.failure ? at_once.failure->message() : "no failure", message, text, mark);

      pieces reader(text, 1 + random.below(20));
      value.start_text(reader, error);
      const drained in_pieces = drain_all(mark, writer_of(value));
      found.compare(in_pieces.text, expected, text, mark);
      found.compare(in_pieces.failure ? in_pieces.failure->message() : "no failure", message, text, mark);
      if (in_pieces.failure) found.compare(in_pieces.failure->kind() == failure::value, true, text);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("good text passes where bad UTF-8 is an error, in pieces too") {
  tests::random random(8);
  mismatches found;
  const std::string text = any_text(random, 2000, false);
  for (std::size_t step = 1; step <= 20; ++step) {
    for (const std::size_t mark : some_marks) {
      pieces reader(text, step);
      long_value value;
      value.start_text(reader, error);
      found.compare(drain(mark, writer_of(value)), reference::quoted(text), step, mark);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("where a reader fails, all that precedes the failure is written, and it is not asked again") {
  mismatches found;
  const std::string text = "a\"b\xC3\xA9" + std::string(700, 'c');
  std::string expected = reference::quoted(text);
  expected.pop_back();
  for (const std::size_t step : {1u, 7u, 100u, 1000u}) {
    for (const std::size_t mark : some_marks) {
      pieces reader(text, step, true);
      long_value value;
      value.start_text(reader, replace);
      const drained made = drain_all(mark, writer_of(value));
      found.compare(made.text, expected, step, mark);
      found.compare(made.failure ? made.failure->message() : "no failure", "the value is gone", step, mark);

      const std::string octets = text.substr(0, 699);
      pieces octet_reader(octets, step, true);
      value.start_octets(octet_reader, json_options::octets::hex);
      const drained of_octets = drain_all(mark, writer_of(value));
      std::string hex = octets_as_text(octets, json_options::octets::hex);
      hex.pop_back();
      found.compare(of_octets.text, hex, step, mark);
      found.compare(of_octets.failure.has_value(), true, step, mark);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("nothing is written to a buffer that is full") {
  chunk_buffer buffer(4);
  std::memcpy(buffer.out(), "full", 4);
  buffer.set_out(buffer.out() + 4);
  long_value value;
  value.start_text("text", replace);
  CHECK(!value.write(buffer));
  CHECK(buffer.size() == 4);
  buffer.drop(4);
  CHECK(value.write(buffer));
  CHECK(std::string_view(buffer.out() - buffer.size(), buffer.size()) == "\"text\"");
}

TEST_CASE("one long_value writes one value after the other, of any kind") {
  long_value value;
  const auto write = writer_of(value);
  pieces cut("ab\xE2\x82", 1), octets("ab", 1), text("text", 3);
  value.start_text(cut, replace);
  CHECK(drain(3, write) == "\"ab\xEF\xBF\xBD\"");
  value.start_octets(octets, json_options::octets::base64);
  CHECK(drain(3, write) == "\"YWI=\"");
  value.start_text(text, replace);
  CHECK(drain(3, write) == "\"text\"");
  value.start_json("[\n]", true);
  CHECK(drain(3, write) == "[ ]");
  value.start_json("[\n]", false);
  CHECK(drain(3, write) == "[\n]");
  value.start_octets("ab", json_options::octets::base64url);
  CHECK(drain(3, write) == "\"YWI\"");
  value.start_text("", replace);
  CHECK(drain(3, write) == "\"\"");
}

}  // namespace json_long_value_tests
