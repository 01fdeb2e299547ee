#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What the library's text should come out as, written as plainly as the standards are.
namespace reference {

/// What stands at one place of a text: a well-formed sequence of UTF-8 (one byte of ASCII too), or a maximal subpart of
/// one (Unicode, section 3.9).
struct unit {
  std::size_t length;
  bool is_well_formed;
  bool is_cut;  ///< the text ends before the sequence does
};

inline unit unit_at(std::string_view text, std::size_t at) {
  struct range {
    unsigned first, last;
  };
  struct well_formed {
    range lead;
    std::size_t length;
    range second;
  };
  // Unicode, table 3-7; third and fourth bytes are 80..BF.
  static constexpr std::array<well_formed, 9> table = {{
      {{0x00, 0x7F}, 1, {}},
      {{0xC2, 0xDF}, 2, {0x80, 0xBF}},
      {{0xE0, 0xE0}, 3, {0xA0, 0xBF}},
      {{0xE1, 0xEC}, 3, {0x80, 0xBF}},
      {{0xED, 0xED}, 3, {0x80, 0x9F}},
      {{0xEE, 0xEF}, 3, {0x80, 0xBF}},
      {{0xF0, 0xF0}, 4, {0x90, 0xBF}},
      {{0xF1, 0xF3}, 4, {0x80, 0xBF}},
      {{0xF4, 0xF4}, 4, {0x80, 0x8F}},
  }};
  const auto is_in = [&](std::size_t i, range allowed) {
    const auto byte = static_cast<unsigned char>(text[i]);
    return byte >= allowed.first && byte <= allowed.last;
  };
  for (const well_formed& row : table) {
    if (!is_in(at, row.lead)) continue;
    std::size_t length = 1;
    while (length < row.length && at + length < text.size() &&
           is_in(at + length, length == 1 ? row.second : range{0x80, 0xBF}))
      ++length;
    return {length, length == row.length, length < row.length && at + length == text.size()};
  }
  return {1, false, false};
}

/// Where the first byte stands that is not UTF-8; the size of the text where there is none.
inline std::size_t first_bad(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const unit now = unit_at(text, at);
    if (!now.is_well_formed) break;
    at += now.length;
  }
  return at;
}

/// Appends a text as the inside of a JSON string.
inline void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const unit now = unit_at(text, at);
    const char character = text[at];
    if (!now.is_well_formed)
      out += "\xEF\xBF\xBD";
    else if (now.length > 1)
      out += text.substr(at, now.length);
    else if (character == '"')
      out += "\\\"";
    else if (character == '\\')
      out += "\\\\";
    else if (character == '\b')
      out += "\\b";
    else if (character == '\f')
      out += "\\f";
    else if (character == '\n')
      out += "\\n";
    else if (character == '\r')
      out += "\\r";
    else if (character == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(character) < 0x20)
      (out += character < 0x10 ? "\\u000" : "\\u001") += "0123456789abcdef"[character & 15];
    else
      out += character;
    at += now.length;
  }
}

/// A text as a JSON string, with its quotes.
inline std::string quoted(std::string_view text) {
  std::string made = "\"";
  append_escaped(made, text);
  return made += '"';
}

/// A text in which each byte that is no UTF-8 is U+FFFD: what a reader of the JSON gets.
inline std::string repaired(std::string_view text) {
  std::string made;
  for (std::size_t at = 0; at < text.size();) {
    const unit now = unit_at(text, at);
    made += now.is_well_formed ? text.substr(at, now.length) : std::string_view("\xEF\xBF\xBD");
    at += now.length;
  }
  return made;
}

/// The UTF-8 of a code point that is not a surrogate.
inline std::string utf8(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value & 0xFF); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 63))};
  if (point < 0x10000) return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 63)), byte(0x80 | (point & 63))};
  return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 63)), byte(0x80 | (point >> 6 & 63)),
          byte(0x80 | (point & 63))};
}

}  // namespace reference
