#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/bytes.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/names.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/json/time.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::json {

/// Writes rows of fields as JSON objects; can stop anywhere, within a key or a string too, and go on in the next chunk.
///
/// One hot loop for the values that fit, and a cold way back into a row for those that do not. Between two chunks it
/// remembers the column and what long_value remembers.
class object_writer {
 public:
  /// `one_line`: line breaks inside of JSON fields become blanks.
  object_writer(std::span<const column> columns, const json_options& options, bool one_line)
      : names_(columns, options), options_(options), one_line_(one_line) {}

  /// Writes the object of `row`, whose field(i) gives the value of column i, until it is whole (true) or the mark is
  /// reached (false: call again with the next chunk and the same row). The buffer must not be full. Throws what
  /// field() throws, and error (value) for a value that cannot be written; all that precedes the failure is in the
  /// buffer then, and the writer is of no more use.
  template <class Row>
  bool write(chunk_buffer& buffer, Row& row) {
    if (part_ != part::none && !go_on(buffer, row)) return false;

    const std::size_t count = names_.size();
    const names::rendered* const all_names = names_.begin();
    const char* const mark = buffer.mark();
    const char* const limit = buffer.limit();
    char* out = buffer.out();
    for (std::size_t i = column_; i != count; ++i) {
      if (out >= mark) {
        column_ = i;
        buffer.set_out(out);
        return false;
      }
      const names::rendered& name = all_names[i];
      std::memcpy(out, name.start.data(), names::block);
      if (name.size > names::block) [[unlikely]] {
        if (name.size > longest_name_at_once) {
          column_ = i;
          buffer.set_out(out);
          part_ = part::name;
          long_.start_json(name.whole, false);
          if (!go_on(buffer, row)) return false;
          i = column_ - 1;
          out = buffer.out();
          continue;
        }
        std::memcpy(out, name.whole.data(), name.size);
      }
      out += name.size;
      buffer.set_out(out);  // so that nothing is lost where field() throws
      const field value = row.field(i);
      switch (value.type()) {
        case field::kind::integer:
          if (options_.integer == json_options::integers::number) [[likely]] {
            out = write_integer(out, value.as_integer());
            continue;
          }
          break;
        case field::kind::text: {
          const std::string_view text = value.as_view();
          if (text.size() * escaped_size + reserve <= static_cast<std::size_t>(limit - out)) [[likely]] {
            const char* const end = text.data() + text.size();
            *out = '"';
            const text_progress progress = write_text(out + 1, text.data(), end, end, options_.invalid_utf8);
            if (progress.in == end) [[likely]] {
              *progress.out = '"';
              out = progress.out + 1;
              continue;
            }
          }
          break;
        }
        case field::kind::real:
          if (is_finite(value.as_real())) [[likely]] {
            out = write_real(out, value.as_real());
            continue;
          }
          break;
        case field::kind::null: out = write_null(out); continue;
        default: break;
      }
      column_ = i;
      const field kept = value;  // a copy, so that the one of the hot ways can stay in registers
      if (char* const end = write_rarer(out, limit, kept)) {
        out = end;
        continue;
      }
      part_ = part::value;
      start(kept);
      if (!go_on(buffer, row)) return false;
      i = column_ - 1;
      out = buffer.out();
    }
    column_ = 0;
    if (count == 0) *out++ = '{';
    *out++ = '}';
    buffer.set_out(out);
    return true;
  }

 private:
  static constexpr std::size_t reserve = long_value::reserve;
  // A longer name is written segment by segment, like a value.
  static constexpr std::size_t longest_name_at_once = 512;

  // What long_ is writing of column_.
  enum class part { none, name, value };

  static char* write_null(char* out) noexcept {
    std::memcpy(out, "null", 4);
    return out + 4;
  }

  static char* write_quoted(char* out, std::string_view plain) noexcept {
    *out++ = '"';
    std::memcpy(out, plain.data(), plain.size());
    out += plain.size();
    *out++ = '"';
    return out;
  }

  /// The cold way: finishes what is under way of the current column and moves on to the next one.
  template <class Row>
  [[gnu::noinline]] bool go_on(chunk_buffer& buffer, Row& row) {
    if (part_ == part::name) {
      if (!long_.write(buffer)) return false;
      part_ = part::value;
      const field value = row.field(column_);
      if (value.type() == field::kind::json) check(value.as_view());
      start(value);
    }
    try {
      if (!long_.write(buffer)) return false;
    } catch (const error& failed) {
      throw failed.in_column(name());
    }
    part_ = part::none;
    ++column_;
    return true;
  }

  /// Writes a value of the kinds and spellings that the hot loop leaves out, and returns its end; null where it may
  /// not fit.
  [[gnu::noinline]] char* write_rarer(char* out, const char* limit, const field& value) const {
    const auto fits = [&](std::size_t size) { return size + reserve <= static_cast<std::size_t>(limit - out); };
    switch (value.type()) {
      case field::kind::null: return write_null(out);
      case field::kind::boolean: {
        const std::string_view word = value.as_boolean() ? "true" : "false";
        std::memcpy(out, word.data(), word.size());
        return out + word.size();
      }
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
        std::memcpy(out, digits.data(), digits.size());
        return out + digits.size();
      }
      case field::kind::json: {
        const std::string_view text = value.as_view();
        check(text);
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
      case field::kind::text:
      case field::kind::long_text:
      case field::kind::long_bytes: return nullptr;
    }
    return nullptr;
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
    throw error(failure::value, "JSON has no number for " + std::string(word)).in_column(name());
  }

  /// Hands a value that may not fit to long_.
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
      default: {  // behind a long name: what always fits
        short_value_.resize(longest_time + reserve + 2);
        const char* const end = write_rarer(short_value_.data(), short_value_.data() + short_value_.size(), value);
        return long_.start_json({short_value_.data(), static_cast<std::size_t>(end - short_value_.data())}, false);
      }
    }
  }

  void check(std::string_view text) const {
    try {
      check_json(text, options_.validate);
    } catch (const error& failed) {
      throw failed.in_column(name());
    }
  }

  const std::string& name() const noexcept { return names_[column_].plain; }

  static constexpr std::int64_t safe_integer = 9007199254740991;  // 2^53 - 1

  names names_;
  json_options options_;
  bool one_line_;
  std::size_t column_ = 0;
  part part_ = part::none;
  long_value long_;
  std::vector<char> short_value_;  // on the heap: long_ points to it, also when the writer is moved
};

}  // namespace tidemark::json
