#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/object_writer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::json {

/// What a format asks of its rows.
struct row_shape {
  bool one_line;  ///< line breaks become blanks
  bool single;    ///< there is one row, whose end is held back until it is known that there is no other
};

/// Cuts the blanks around the text of the one row, and says how many of its last bytes make it complete JSON: the last
/// one, or all of a number, since each of its starts is one. Throws error (value).
inline std::size_t hold_back_end(std::string_view& text) {
  constexpr const char* blanks = " \t\n\r";
  constexpr std::size_t longest_bare_number = 512;  // fits behind the mark at once
  const std::size_t first = text.find_first_not_of(blanks);
  text = first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(blanks) + 1 - first);
  check_json(text, false);
  const bool is_number = text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
  if (is_number && text.size() > longest_bare_number)
    throw error(failure::value, "a bare number of more than 512 digits cannot be the one row");
  return is_number ? text.size() : 1;
}

/// Passes rows of text through.
template <row_shape Shape>
class text_row_writer {
 public:
  explicit text_row_writer(const json_options& options) noexcept : options_(options) {}

  /// Takes up the row that `rows` is at. Throws error (value) for text that is not JSON, before any of it is written.
  template <text_producer Producer>
  void take_up(Producer& rows, progress) {
    text_ = rows.text();
    is_resumed_ = false;
    if (text_.empty() || options_.validate) [[unlikely]]
      check_json(text_, options_.validate);
    if constexpr (Shape.single) held_back_ = hold_back_end(text_);
  }

  /// Writes on until the row is whole (true) or the mark is reached (false).
  template <text_producer Producer>
  bool write(chunk_buffer& buffer, Producer&) {
    if (!is_resumed_ && text_.size() + long_value::reserve <= buffer.space()) [[likely]] {
      buffer.set_out(copy_json(buffer.out(), text_, Shape.one_line));
      return true;
    }
    return write_long(buffer);
  }

  /// Whether the row is, once it is written.
  static constexpr bool is_whole() noexcept { return true; }

  /// Where there is one row, and it is whole: how many of its last bytes make it complete: see hold_back_end().
  std::size_t holds_back() const noexcept { return held_back_; }

 private:
  [[gnu::noinline]] bool write_long(chunk_buffer& buffer) {
    if (!std::exchange(is_resumed_, true)) long_.start_json(text_, Shape.one_line);
    return long_.write(buffer);
  }

  json_options options_;
  std::string_view text_;
  bool is_resumed_ = false;  // long_ has taken over
  std::size_t held_back_ = 0;
  long_value long_;
};

/// Writes rows of fields as objects. The names of the columns are rendered when the first row is there.
template <row_shape Shape>
class field_row_writer {
 public:
  explicit field_row_writer(const json_options& options) noexcept : options_(options) {}

  template <field_producer Producer>
  void take_up(Producer& rows, progress) {
    if (!objects_) objects_.emplace(rows.columns(), options_, Shape.one_line);
  }

  template <field_producer Producer>
  bool write(chunk_buffer& buffer, Producer& rows) {
    return objects_->write(buffer, rows);
  }

  static constexpr bool is_whole() noexcept { return true; }
  std::size_t holds_back() const noexcept { return 1; }

 private:
  json_options options_;
  std::optional<object_writer> objects_;
};

}  // namespace tidemark::json
