#pragma once

#include <cstddef>
#include <istream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>

/// The records of a CSV file (RFC 4180) as rows of fields. The first record names the columns. All values are text,
/// but for those that are empty and not quoted, which are null. `in` is borrowed. One record at a time is in memory.
class csv {
 public:
  explicit csv(std::istream& in) : in_(&in) {
    if (!in) fail("the file cannot be read");
  }

  tidemark::progress next() {
    if (columns_.empty()) read_names();
    if (!read_record()) return tidemark::progress::end;
    if (values_.size() != columns_.size())
      fail("a record has " + std::to_string(values_.size()) + " values where the first one names " +
           std::to_string(columns_.size()) + " columns");
    return tidemark::progress::row;
  }

  std::span<const tidemark::column> columns() const noexcept { return columns_; }

  tidemark::field field(std::size_t i) const noexcept {
    const value& one = values_[i];
    return one.text.empty() && !one.is_quoted ? tidemark::field::null() : tidemark::field::text(one.text);
  }

 private:
  struct value {
    std::string text;
    bool is_quoted = false;
  };

  void read_names() {
    if (!read_record()) fail("the file is empty: there is no record that names the columns");
    for (value& name : values_) columns_.push_back({std::move(name.text)});
  }

  /// Reads the next record into values_; false at the end of the file.
  bool read_record() {
    values_.clear();
    if (in_->peek() == std::char_traits<char>::eof()) {
      if (in_->bad()) fail("the file cannot be read");
      return false;
    }
    while (read_value()) continue;
    return true;
  }

  /// Reads one value; true where another one follows in the same record.
  bool read_value() {
    value& one = values_.emplace_back();
    bool is_open = false;  // between quotes
    for (char character; in_->get(character);) {
      if (is_open) {
        if (character != '"')
          one.text += character;
        else if (in_->peek() == '"')
          one.text += static_cast<char>(in_->get());
        else
          is_open = false;
      } else if (character == '"' && one.text.empty())
        one.is_quoted = is_open = true;
      else if (character == ',')
        return true;
      else if (character == '\n')
        return false;
      else if (one.is_quoted && character != '\r')
        fail("something follows a closing quote");
      else if (character != '\r' || in_->peek() != '\n')
        one.text += character;
    }
    if (in_->bad()) fail("the file cannot be read");
    if (is_open) fail("the file ends within quotes");
    return false;
  }

  [[noreturn]] static void fail(const std::string& what) { throw tidemark::error(tidemark::failure::producer, what); }

  std::istream* in_;
  std::vector<tidemark::column> columns_;
  std::vector<value> values_;  // of the row
};
