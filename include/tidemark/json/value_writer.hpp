#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/bytes.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/json/time.hpp>
#include <tidemark/json/validate.hpp>

namespace tidemark::json {

inline char* write_null(char* out) noexcept {
  std::memcpy(out, "null", 4);
  return out + 4;
}

inline char* write_boolean(char* out, bool value) noexcept {
  std::memcpy(out, value ? "true " : "false", 5);
  return out + (value ? 4 : 5);
}

/// Writes fields of every kind, spelled as json_options say: at once where they fit, or so that it can stop anywhere
/// and go on in the next chunk.
class value_writer {
 public:
  /// `one_line`: line breaks inside of JSON fields become blanks.
  value_writer(const json_options& options, bool one_line) noexcept : options_(options), one_line_(one_line) {}

  /// Writes a value whose text is short, and returns its end; null where it may not fit before `limit`. Checks JSON
  /// where that is asked for. Throws error (value).
  char* write_short(char* out, const char* limit, const field& value) const {
    const auto fits = [&](std::size_t size) { return size + reserve <= static_cast<std::size_t>(limit - out); };
    switch (value.type()) {
      case field::kind::null: return write_null(out);
      case field::kind::boolean: return write_boolean(out, value.as_boolean());
      case field::kind::integer: {
        const std::int64_t integer = value.as_integer();
        return write_integer_as_asked(out, integer, integer < -safe_integer || integer > safe_integer);
      }
      case field::kind::unsigned_integer: {
        const std::uint64_t integer = value.as_unsigned_integer();
        return write_integer_as_asked(out, integer, integer > safe_integer);
      }
      case field::kind::real: return write_real_as_asked(out, value.as_real());
      case field::kind::decimal: {
        const std::string_view digits = value.as_view();
        if (!fits(digits.size())) return nullptr;
        if (options_.decimal == json_options::decimals::string) return write_quoted(out, digits);
        return write_decimal(out, digits);
      }
      case field::kind::json: {
        const std::string_view text = value.as_view();
        check(value);
        if (!fits(text.size())) return nullptr;
        return copy_json(out, text, one_line_);
      }
      case field::kind::time: {
        *out = '"';
        char* const end = write_time(out + 1, value.as_time());
        *end = '"';
        return end + 1;
      }
      case field::kind::bytes: {
        const std::string_view octets = value.as_view();
        if (!fits(octets.size() * 2)) return nullptr;
        *out = '"';
        char* const end = write_octets(out + 1, octets.data(), octets.size(), options_.bytes);
        *end = '"';
        return end + 1;
      }
      case field::kind::text: {
        const std::string_view text = value.as_view();
        if (!fits(text.size() * escaped_size)) return nullptr;
        const char* const end = text.data() + text.size();
        *out = '"';
        const text_progress progress = write_text(out + 1, text.data(), end, end, options_.invalid_utf8);
        if (progress.in != end) return nullptr;  // start() and write() say what is wrong
        *progress.out = '"';
        return progress.out + 1;
      }
      case field::kind::long_text:
      case field::kind::long_bytes: return nullptr;
    }
    return nullptr;
  }

  /// Takes up a value of any kind; write() then writes it. Checks nothing: see check().
  void start(const field& value) {
    switch (value.type()) {
      case field::kind::text: return long_.start_text(value.as_view(), options_.invalid_utf8);
      case field::kind::bytes: return long_.start_octets(value.as_view(), options_.bytes);
      case field::kind::long_text: return long_.start_text(value.as_reader(), options_.invalid_utf8);
      case field::kind::long_bytes: return long_.start_octets(value.as_reader(), options_.bytes);
      case field::kind::json: return long_.start_json(value.as_view(), one_line_);
      case field::kind::decimal:
        if (options_.decimal == json_options::decimals::string)
          return long_.start_text(value.as_view(), options_.invalid_utf8);
        return long_.start_json(value.as_view(), false);
      default: {  // what always fits
        short_value_.resize(longest_time + reserve + 2);
        const char* const end = write_short(short_value_.data(), short_value_.data() + short_value_.size(), value);
        return long_.start_json({short_value_.data(), static_cast<std::size_t>(end - short_value_.data())}, false);
      }
    }
  }

  /// Takes up a rendered name, which must stay until it is written.
  void start_name(std::string_view rendered) noexcept { long_.start_json(rendered, false); }

  /// Writes on, until all of it is written (true) or the mark is reached (false). Throws error (value) for what cannot
  /// be written, and what a value_reader throws.
  bool write(chunk_buffer& buffer) { return long_.write(buffer); }

  /// Throws error (value) for a JSON field that is empty, or is not JSON where that is to be checked.
  void check(const field& value) const {
    if (value.type() == field::kind::json) check_json(value.as_view(), options_.validate);
  }

 private:
  static constexpr std::size_t reserve = long_value::reserve;
  static constexpr std::int64_t safe_integer = 9007199254740991;  // 2^53 - 1

  static char* write_quoted(char* out, std::string_view plain) noexcept {
    *out++ = '"';
    std::memcpy(out, plain.data(), plain.size());
    out += plain.size();
    *out++ = '"';
    return out;
  }

  template <class Integer>
  char* write_integer_as_asked(char* out, Integer value, bool unsafe) const noexcept {
    using enum json_options::integers;
    if (options_.integer == number || (options_.integer == string_if_unsafe && !unsafe))
      return write_integer(out, value);
    *out = '"';
    char* const end = write_integer(out + 1, value);
    *end = '"';
    return end + 1;
  }

  char* write_real_as_asked(char* out, double value) const {
    if (is_finite(value)) return write_real(out, value);
    const std::string_view word = is_nan(value) ? "NaN" : is_negative(value) ? "-Infinity" : "Infinity";
    switch (options_.not_finite) {
      case json_options::non_finite::null: return write_null(out);
      case json_options::non_finite::string: return write_quoted(out, word);
      case json_options::non_finite::error: break;
    }
    throw error(failure::value, "JSON has no number for " + std::string(word));
  }

  json_options options_;
  bool one_line_;
  long_value long_;
  std::vector<char> short_value_;  // on the heap: long_ points to it, also when the writer is moved
};

/// Appends a value to a text. Throws as value_writer does.
inline void append_value(std::string& text, value_writer& writer, const field& value) {
  char space[512];
  if (const char* const end = writer.write_short(space, space + sizeof space, value)) {
    text.append(space, static_cast<std::size_t>(end - space));
    return;
  }
  chunk_buffer buffer(4096);
  writer.check(value);
  writer.start(value);
  for (bool is_whole = false; !is_whole; buffer.drop(buffer.size())) {
    is_whole = writer.write(buffer);
    text.append(buffer.all());
  }
}

}  // namespace tidemark::json
