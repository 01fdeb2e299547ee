#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

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

/// Passes rows of text through.
class text_row_writer {
 public:
  text_row_writer(const json_options& options, row_shape shape) noexcept : options_(options), shape_(shape) {}

  /// Takes up the row that `rows` is at. Throws error (value) for text that is not JSON, before any of it is written.
  template <text_producer Producer>
  void begin(Producer& rows) {
    std::string_view text = rows.text();
    if (shape_.single) text = text.substr(0, text.find_last_not_of(" \t\n\r") + 1);
    check_json(text, options_.validate);
    held_back_ = 1;
    if (shape_.single && begins_like_a_number(text)) {
      if (text.size() > longest_bare_number)
        throw error(failure::value, "a bare number of more than 512 digits cannot be the one row");
      held_back_ = text.size();
    }
    text_.start_json(text, shape_.one_line);
  }

  /// Writes on until the row is whole (true) or the mark is reached (false).
  template <text_producer Producer>
  bool write(chunk_buffer& buffer, Producer&) {
    return text_.write(buffer);
  }

  /// Of a row that is whole, how many of its last bytes make it complete JSON: its last one, or all of a number.
  std::size_t holds_back() const noexcept { return held_back_; }

 private:
  static constexpr std::size_t longest_bare_number = 512;  // fits behind the mark at once

  static bool begins_like_a_number(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t\n\r");
    return first != std::string_view::npos && (text[first] == '-' || (text[first] >= '0' && text[first] <= '9'));
  }

  json_options options_;
  row_shape shape_;
  std::size_t held_back_ = 0;
  long_value text_;
};

/// Writes rows of fields as objects. The names of the columns are rendered when the first row is there.
class field_row_writer {
 public:
  field_row_writer(const json_options& options, row_shape shape) noexcept : options_(options), shape_(shape) {}

  template <field_producer Producer>
  void begin(Producer& rows) {
    if (!objects_) objects_.emplace(rows.columns(), options_, shape_.one_line);
  }

  template <field_producer Producer>
  bool write(chunk_buffer& buffer, Producer& rows) {
    return objects_->write(buffer, rows);
  }

  std::size_t holds_back() const noexcept { return 1; }

 private:
  json_options options_;
  row_shape shape_;
  std::optional<object_writer> objects_;
};

}  // namespace tidemark::json
