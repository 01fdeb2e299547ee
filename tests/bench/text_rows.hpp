// Rows of JSON text: those of a query or, where there is none, the lines of a file.

#pragma once

#include "cursor.hpp"
#include "job.hpp"
#include "lines.hpp"

#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace bench {

class text_rows {
 public:
  explicit text_rows(const job& wanted) {
    if (wanted.query.empty())
      lines_.emplace(wanted.ndjson);
    else
      cursor_.emplace(wanted);
  }

  bool next() { return lines_ ? lines_->next() : cursor_->next(); }

  std::string_view text() const {
    if (lines_) return {lines_->text().data, lines_->text().size};
    auto value = cursor_->value(0);
    auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
  }

  // The same where it may be written to: SQLite's own memory may not, and has no padding.
  own_text own() {
    if (lines_) return lines_->text();
    auto row = text();
    if (copy_.size() < row.size() + padding) copy_.resize(row.size() + padding);
    std::memcpy(copy_.data(), row.data(), row.size());
    return {copy_.data(), row.size()};
  }

 private:
  std::optional<lines> lines_;
  std::optional<cursor> cursor_;
  std::vector<char> copy_;
};

}  // namespace bench
