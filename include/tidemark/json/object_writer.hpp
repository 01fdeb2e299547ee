#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/names.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/json/time.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::json {

/// Writes rows of fields as JSON objects; can stop anywhere, within a key or a string too, and go on in the next chunk.
///
/// One hot loop for the values that fit, and a cold way back into a row for those that do not. Between two chunks it
/// remembers the column and what value_writer remembers.
class object_writer {
 public:
  /// `one_line`: line breaks inside of JSON fields become blanks. `keys_behind`: of what somebody else writes behind
  /// the columns; where there are any, the object is left open.
  object_writer(std::span<const column> columns, const json_options& options, bool one_line,
                std::span<const std::string> keys_behind = {})
      : names_(columns, keys_behind, options),
        columns_(columns.size()),
        is_closed_(keys_behind.empty()),
        options_(options),
        are_spellings_usual_(options.integer == json_options::integers::number &&
                             options.decimal == json_options::decimals::number),
        value_(options, one_line) {}

  /// A key behind the columns as it is to be written: `,"name":`, or `{"name":` where nothing precedes it.
  const std::string& key_behind(std::size_t i) const noexcept { return names_[columns_ + i].whole; }

  /// Writes the object of `row`, whose field(i) gives the value of column i, until it is whole (true) or the mark is
  /// reached (false: call again with the next chunk and the same row). The buffer must not be full. Throws what
  /// field() throws, and error (value) for a value that cannot be written; all that precedes the failure is in the
  /// buffer then, and the writer is of no more use.
  template <class Row>
  bool write(chunk_buffer& buffer, Row& row) {
    if (part_ != part::none && !go_on(buffer, row)) return false;

    const std::size_t count = columns_;
    const names::rendered* next_name = names_.begin() + column_;
    const char* const mark = buffer.mark();
    const char* const limit = buffer.limit();
    char* out = buffer.out();
    for (std::size_t i = column_; i != count; ++i) {
      if (out >= mark) {
        column_ = i;
        buffer.set_out(out);
        return false;
      }
      const names::rendered& name = *next_name++;
      std::memcpy(out, name.start.data(), names::block);
      if (name.size > names::block) [[unlikely]] {
        if (name.size > longest_name_at_once) {
          column_ = i;
          buffer.set_out(out);
          part_ = part::name;
          value_.start_name(name.whole);
          if (!go_on(buffer, row)) return false;
          i = column_ - 1;
          out = buffer.out();
          continue;
        }
        std::memcpy(out, name.whole.data(), name.size);
      }
      out += name.size;
      buffer.set_out(out);             // so that nothing is lost where field() throws
      field value = value_of(row, i);  // not const: g++ keeps no constant of several members in registers
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
        default:
          // What one database gives often and others never, apart, so that those do not pay for it.
          switch (value.type()) {
            case field::kind::decimal: {
              const std::string_view digits = value.as_view();
              if (digits.size() + reserve <= static_cast<std::size_t>(limit - out) &&
                  options_.decimal == json_options::decimals::number) [[likely]] {
                out = write_decimal(out, digits);
                continue;
              }
              break;
            }
            case field::kind::time:
              *out = '"';
              out = write_time(out + 1, value.as_time());
              *out++ = '"';
              continue;
            case field::kind::boolean: out = write_boolean(out, value.as_boolean()); continue;
            default: break;
          }
      }
      column_ = i;
      const field kept = value;  // a copy, so that the one of the hot ways can stay in registers
      if (char* const end = write_rarer(out, limit, kept)) {
        out = end;
        continue;
      }
      part_ = part::value;
      value_.start(kept);
      if (!go_on(buffer, row)) return false;
      i = column_ - 1;
      out = buffer.out();
    }
    column_ = 0;
    if (is_closed_) {
      if (count == 0) *out++ = '{';
      *out++ = '}';
    }
    buffer.set_out(out);
    return true;
  }

  /// Remembers how the first `count` columns of `row` are written, for write_alike(): as many of them as make up a
  /// short text.
  template <class Row>
  [[gnu::noinline]] void remember_start(Row& row, std::size_t count) {
    start_columns_ = 0;
    char* out = start_.data();
    for (std::size_t i = 0; i != count; ++i) {
      const names::rendered& name = names_[i];
      if (name.size > static_cast<std::size_t>(start_.data() + longest_start - out)) return;
      std::memcpy(out, name.whole.data(), name.size);
      out = value_.write_short(out + name.size, start_.data() + start_.size(), row.field(i));
      if (out == nullptr || out > start_.data() + longest_start) return;
      start_size_ = static_cast<std::size_t>(out - start_.data());
      start_columns_ = i + 1;
    }
  }

  /// write(), for a row whose first columns are those that were remembered.
  template <class Row>
  bool write_alike(chunk_buffer& buffer, Row& row) {
    if (start_columns_ != 0 && !buffer.is_full()) {
      std::memcpy(buffer.out(), start_.data(), longest_start);
      buffer.set_out(buffer.out() + start_size_);
      column_ = start_columns_;
    }
    return write(buffer, row);
  }

 private:
  static constexpr std::size_t reserve = long_value::reserve;
  // A longer name is written segment by segment, like a value.
  static constexpr std::size_t longest_name_at_once = 512;

  static constexpr std::size_t longest_start = 64;

  // What value_ is writing of column_.
  enum class part { none, name, value };

  /// A value as it is cheapest to write.
  template <class Row>
  [[gnu::always_inline]] field value_of(Row& row, std::size_t i) const {
    if constexpr (row_of_spelled_fields<Row>)
      if (are_spellings_usual_) [[likely]]
        return row.spelled_field(i);
    return row.field(i);
  }

  /// Does what `write` does, whose errors get the name of the column.
  template <class Write>
  auto naming_column(Write write) const {
    try {
      return write();
    } catch (const error& failed) {
      throw failed.in_column(names_[column_].plain);
    }
  }

  /// The cold way: finishes what is under way of the current column and moves on to the next one.
  template <class Row>
  [[gnu::noinline]] bool go_on(chunk_buffer& buffer, Row& row) {
    if (part_ == part::name) {
      if (!value_.write(buffer)) return false;
      part_ = part::value;
      const field value = row.field(column_);
      naming_column([&] {
        value_.check(value);
        value_.start(value);
        return true;
      });
    }
    if (!naming_column([&] { return value_.write(buffer); })) return false;
    part_ = part::none;
    ++column_;
    return true;
  }

  /// Writes a value of the kinds and spellings that the hot loop leaves out, and returns its end; null where it may
  /// not fit.
  [[gnu::noinline]] char* write_rarer(char* out, const char* limit, const field& value) const {
    return naming_column([&] { return value_.write_short(out, limit, value); });
  }

  names names_;
  std::size_t columns_;
  bool is_closed_;
  json_options options_;
  bool are_spellings_usual_;
  std::size_t column_ = 0;
  part part_ = part::none;
  value_writer value_;

  std::size_t start_columns_ = 0;
  std::size_t start_size_ = 0;
  std::array<char, longest_start + longest_time + reserve + 2> start_{};  // and room for a value that is too much
};

}  // namespace tidemark::json
