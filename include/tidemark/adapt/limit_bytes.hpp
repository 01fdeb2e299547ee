#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <tidemark/adaptor.hpp>
#include <tidemark/json/object_writer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/whole_row.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The first rows of a producer that have so many bytes as text. Made by limit_bytes().
template <flat_producer Producer>
class limited : public adaptor<Producer> {
 public:
  limited(Producer rows, std::uint64_t bytes, const json_options& options)
      : adaptor<Producer>(std::move(rows)), left_(bytes), options_(options) {}

  progress next() {
    const progress answer = this->rows_.next();
    if (answer != progress::row) return answer;
    text_ = read();
    if (text_.size() >= left_) return progress::end;
    left_ -= text_.size() + 1;
    return answer;
  }

  std::string_view text() const noexcept { return text_; }

 private:
  std::string_view read() {
    if constexpr (text_producer<Producer>) {
      return this->rows_.text();
    } else {
      if (!writer_) writer_.emplace(this->rows_.columns(), options_, false);
      return row_.write(*writer_, this->rows_);
    }
  }

  std::uint64_t left_;
  json_options options_;
  std::string_view text_;
  std::optional<json::object_writer> writer_;
  json::whole_row row_;
};

/// The first rows of a producer, as rows of text, as many as fit into `bytes` bytes whole, each with one byte for what
/// stands behind it. Rows of fields are written as `options` say. Holds one row.
template <flat_producer Producer>
limited<Producer> limit_bytes(Producer rows, std::uint64_t bytes, json_options options = {}) {
  return {std::move(rows), bytes, options};
}

}  // namespace tidemark
