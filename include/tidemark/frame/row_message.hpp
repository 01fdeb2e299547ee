#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/frame/column_writer.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/value_writer.hpp>

namespace tidemark::frames {

/// Writes a row that has no room beside others: a message of its own, which can stop anywhere, within a value too, and
/// go on in the next chunk.
class row_message {
 public:
  /// Takes up a row whose message begins with `head`, up to the first column, and ends with `behind`.
  void start(std::string head, std::string_view behind) {
    behind_ = behind;
    entities_.clear();
    nanos_.clear();
    entity_columns_ = nanos_columns_ = 0;
    column_ = 0;
    is_cut_ = is_string_ = false;
    start_text(head += '[');
    part_ = part::framing;
  }

  /// Writes on until the message is whole (true) or the mark is reached (false: call again with the next chunk and the
  /// same row). Throws what field() throws, and error (value); the message is cut() then.
  template <class Row>
  bool write(json::chunk_buffer& buffer, const column_writer& columns, Row& row) {
    for (;;) {
      if (!value_.write(buffer)) return false;
      value_.start_json({}, false);  // it is whole, whatever fails now
      is_string_ = false;
      switch (part_) {
        case part::framing:
          if (is_cut_)
            start_text(empty_value(columns.columns()[column_]));
          else
            start_value(columns, row.field(column_));
          part_ = part::value;
          break;
        case part::value:
          if (column_ + 1 == columns.columns().size()) {
            start_text(end_of(columns));
            part_ = part::end;
          } else {
            start_text("],[");
            ++column_;
            part_ = part::framing;
          }
          break;
        case part::end: return true;
      }
    }
  }

  /// Behind a failure of write(): what is left of the row is left out, so that the message is JSON all the same. A
  /// string ends where it is, and the values behind it are null, or 0, false and empty where they may not be null;
  /// write_rest() writes them.
  void cut(json::chunk_buffer& buffer) noexcept {
    if (!is_string_) return;
    *buffer.out() = '"';
    buffer.set_out(buffer.out() + 1);
    value_.start_json({}, false);
    is_string_ = false;
  }
  bool write_rest(json::chunk_buffer& buffer, const column_writer& columns) {
    nulls none;
    is_cut_ = true;
    return write(buffer, columns, none);
  }

 private:
  struct nulls {
    static tidemark::field field(std::size_t) noexcept { return tidemark::field::null(); }
  };

  /// What stands for a value that has not been read.
  static const char* empty_value(const column_format& format) noexcept {
    if (format.is_nullable()) return "null";
    switch (format.written()) {
      case column_format::way::text: return "\"\"";
      case column_format::way::boolean: return "false";
      case column_format::way::json: return "null";
      default: return "0";
    }
  }

  void start_text(std::string_view text) {
    text_.assign(text.begin(), text.end());
    value_.start_json({text_.data(), text_.size()}, false);
  }

  void start_value(const column_writer& columns, const tidemark::field& value) {
    const column_format& format = columns.columns()[column_];
    const json_options& options = columns.options();
    if (value.is_null()) {
      if (!format.is_nullable()) format.refuse(value);
      return start_text("null");
    }
    if (!format.is_long(value)) {
      char space[column_format::longest_short];
      beside more;
      const char* const end = format.write_short(space, value, more);
      note(more);
      return start_text({space, static_cast<std::size_t>(end - space)});
    }
    if (format.written() == column_format::way::json) {
      columns.check_json(column_, value.as_view());
      return value_.start_json(value.as_view(), true);
    }
    using kind = tidemark::field::kind;
    if (value.type() == kind::text || value.type() == kind::decimal || value.type() == kind::json)
      columns.check_utf8(column_, value.as_view());
    is_string_ = true;
    switch (value.type()) {
      case kind::bytes: return value_.start_octets(value.as_view(), options.bytes);
      case kind::long_bytes: return value_.start_octets(value.as_reader(), options.bytes);
      case kind::long_text: return value_.start_text(value.as_reader(), options.invalid_utf8, json::escapes::html);
      default: return value_.start_text(value.as_view(), options.invalid_utf8, json::escapes::html);
    }
  }

  /// Keeps what does not stand in the value's array.
  void note(const beside& more) {
    const auto put = [this](std::string& list, std::size_t& count, const std::string& what) {
      for (; count != column_; ++count) list += "null,";
      list += what + ',';
      ++count;
    };
    if (more.which != beside::entity::none)
      put(entities_, entity_columns_, "{\"" + std::string(name_of(more.which)) + "\":[0]}");
    if (more.nanoseconds != 0) put(nanos_, nanos_columns_, "[" + std::to_string(more.nanoseconds) + "]");
  }

  std::string end_of(const column_writer& columns) {
    std::string end = "]]";
    const auto put = [&](std::string list, std::size_t count, const char* opening) {
      if (list.empty()) return;
      for (; count != columns.columns().size(); ++count) list += "null,";
      list.back() = ']';
      end += opening + list;
    };
    put(entities_, entity_columns_, R"(,"entities":[)");
    put(nanos_, nanos_columns_, R"(,"nanos":[)");
    return end.append("}").append(behind_);
  }

  enum class part { framing, value, end };

  std::string_view behind_;
  std::vector<char> text_;  // not a string: value_ points to it, also when the stream is moved
  json::long_value value_;
  std::size_t column_ = 0;
  part part_ = part::framing;
  bool is_string_ = false;  // what is being written is one
  bool is_cut_ = false;
  std::string entities_, nanos_;
  std::size_t entity_columns_ = 0, nanos_columns_ = 0;
};

}  // namespace tidemark::frames
