#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/object_writer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::json {

/// Memory for the text of one row of fields, which is written as a whole. What fits 64 KiB is not copied again.
class whole_row {
 public:
  /// Writes a row; see object_writer::write(). The text is valid until the next call. Throws as that does.
  template <class Row>
  std::string_view write(object_writer& writer, Row& row) {
    buffer_.drop(buffer_.size());
    text_.clear();
    while (!writer.write(buffer_, row)) {
      text_.append(buffer_.all());
      buffer_.drop(buffer_.size());
    }
    if (text_.empty()) return buffer_.all();
    return text_.append(buffer_.all());
  }

 private:
  chunk_buffer buffer_{unit::bytes::default_count};
  std::string text_;
};

}  // namespace tidemark::json
