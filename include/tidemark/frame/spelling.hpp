#pragma once

// How the format of frames spells texts and numbers: as Go's encoding/json does, on whose libraries its writer stands.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include <tidemark/json/number.hpp>
#include <tidemark/json/shortest_decimal.hpp>
#include <tidemark/json/text.hpp>

namespace tidemark::frames {

/// How many bytes a text of a value takes when it is escaped, without its quotes. Linear.
inline std::size_t escaped_length(std::string_view text) noexcept {
  std::size_t length = 0;
  const char* const end = text.data() + text.size();
  for (const char* in = text.data(); in != end;) {
    const auto byte = static_cast<unsigned char>(*in);
    if (byte < 0x80) {
      const char form = json::escaping::short_forms<json::escapes::html>[byte];
      length += form == 0 ? 1 : form == 'u' ? 6 : 2;
      ++in;
      continue;
    }
    const std::size_t sequence = json::utf8::sequence_length(in, end);
    const bool is_separator = sequence == 3 && in[0] == '\xE2' && in[1] == '\x80' && (in[2] & ~1) == '\xA8';
    length += sequence == 0 || is_separator ? 6 : sequence;
    in += sequence == 0 ? 1 : sequence;
  }
  return length;
}

/// A text with its quotes. `which`: names are written with escapes::necessary, all other texts with escapes::html.
inline std::string quoted(std::string_view text, json::escapes which) {
  std::string made = "\"";
  const char* const end = text.data() + text.size();
  for (const char* in = text.data(); in != end;) {
    const auto byte = static_cast<unsigned char>(*in);
    if (byte < 0x80) {
      const bool is_html_only = byte == '<' || byte == '>' || byte == '&';
      const char form = json::escaping::short_forms<json::escapes::html>[byte];
      char escape[6];
      if (form == 0 || (is_html_only && which != json::escapes::html))
        made += *in;
      else
        made.append(escape, json::escaping::write_escape(escape, byte, form));
      ++in;
      continue;
    }
    const std::size_t sequence = json::utf8::sequence_length(in, end);
    if (sequence == 0) {
      made += "\\ufffd";
      ++in;
      continue;
    }
    const std::string_view whole(in, sequence);
    if (which == json::escapes::html && whole == "\u2028")
      made += "\\u2028";
    else if (which == json::escapes::html && whole == "\u2029")
      made += "\\u2029";
    else
      made += whole;
    in += sequence;
  }
  return made += '"';
}

/// Labels as an object, in the order of their names.
inline std::string object_of(const std::map<std::string, std::string>& labels) {
  std::string made = "{";
  for (const auto& [name, value] : labels) {
    if (made.size() != 1) made += ',';
    made += quoted(name, json::escapes::html) + ':' + quoted(value, json::escapes::html);
  }
  return made += '}';
}

/// An exponent has two digits at least: e-07.
inline char* pad_exponent(char* end) noexcept {
  if (end[-3] != 'e') return end;
  *end = end[-1];
  end[-1] = '0';
  return end + 1;
}

/// Writes a finite double in its shortest form, and returns the end; `out` has room for json::longest_number.
inline char* write_real(char* out, double value) noexcept {
  char* const end = json::write_real(out, value);
  const double size = value < 0 ? -value : value;
  if (size < 1e-6) [[unlikely]]
    return size > 0 ? pad_exponent(end) : end;
  return end;
}

/// The same of a finite float: the shortest form that reads back as the same float.
inline char* write_real(char* out, float value) noexcept {
  if (json::is_negative(static_cast<double>(value))) {
    *out++ = '-';
    value = -value;
  }
  char text[32];
  const char* const text_end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  json::decimal shortest{0, 0};
  const char* at = text;
  for (; at != text_end && *at != 'e'; ++at) {
    if (*at == '.') continue;
    shortest.digits = shortest.digits * 10 + static_cast<std::uint64_t>(*at - '0');
    if (at != text) --shortest.exponent;
  }
  int exponent = 0;
  if (at != text_end) std::from_chars(at[1] == '+' ? at + 2 : at + 1, text_end, exponent);
  shortest.exponent += exponent;
  char* const end = json::write_laid_out(out, shortest);
  return value < 1e-6F && value > 0 ? pad_exponent(end) : end;
}

}  // namespace tidemark::frames
