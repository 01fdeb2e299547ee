#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tidemark {

/// What kind of thing went wrong: what a program decides on, where error::what() is what a person reads.
enum class failure {
  usage,        ///< the caller asked for what cannot be: a mark of zero, a parameter too few, a second begin()
  producer,     ///< the source of the rows failed: the database, the file, the connection
  value,        ///< a value or a row that cannot be written as it is: bad UTF-8, NaN, text that is not JSON
  sink,         ///< the place where the chunks go failed
  reader_gone,  ///< whoever read the output went away (EPIPE): often no failure at all
  canceled,     ///< a canceller stopped the query
  timed_out,    ///< a time limit is over: the stream's, or that for a reader that takes nothing
};

/// The name of a kind of failure, as in the error records that a stream writes. Static storage.
constexpr std::string_view to_string(failure kind) noexcept {
  switch (kind) {
    case failure::usage: return "usage";
    case failure::producer: return "producer";
    case failure::value: return "value";
    case failure::sink: return "sink";
    case failure::reader_gone: return "reader_gone";
    case failure::canceled: return "canceled";
    case failure::timed_out: return "timed_out";
  }
  return "unknown";
}

/// The one exception type of tidemark: what happened, in whose words, and where.
///
/// what() holds all of it in one line, e.g.
/// `database disk image is malformed (SQLITE_CORRUPT), at row 5001, byte 1092345 of the output`.
/// Copying is cheap and never throws. Exceptions that are not tidemark's (std::bad_alloc, those of a caller's own
/// range) pass through a stream as they are.
class error : public std::exception {
 public:
  /// `message`: what happened and what to do, without a full stop. `code`: the producer's own code, such as an
  /// SQLSTATE or an SQLite result code by name; empty where there is none.
  error(failure kind, std::string message, std::string code = {})
      : error(details{kind, std::move(message), std::move(code), {}, {}, {}, {}, false, {}}) {}

  const char* what() const noexcept override { return details_->text.c_str(); }

  failure kind() const noexcept { return details_->kind; }

  /// What happened, without the code and the place. Valid as long as any copy of this error.
  const std::string& message() const noexcept { return details_->message; }

  /// The producer's own code (SQLSTATE, SQLite result code by name); empty where there is none.
  const std::string& code() const noexcept { return details_->code; }

  /// The row that could not be fetched or written, counted from 1 among all of its relation; none where the error has
  /// no row.
  std::optional<std::uint64_t> row() const noexcept { return details_->row; }

  /// The relation of that row, with the names of its ancestors ("albums.tracks"); empty for rows that are nobody's
  /// children.
  const std::string& relation() const noexcept { return details_->relation; }

  /// How many bytes of output come before the failure, the format's error record not counted.
  std::optional<std::uint64_t> byte_offset() const noexcept { return details_->byte_offset; }

  /// The column (by name) whose value is at fault; empty where it is not one column's.
  const std::string& column() const noexcept { return details_->column; }

  /// Whether only one row is at fault: the stream can be pulled further and gives the rows behind it.
  bool can_go_on() const noexcept { return details_->can_go_on; }

  // The same error with something added. What is already there stays.

  /// Says in which row, counted from 1.
  error in_row(std::uint64_t row) const {
    details copy = *details_;
    if (!copy.row) copy.row = row;
    return error(std::move(copy));
  }
  /// Says of which relation the row is. Once a row is known, it stays what it is.
  error in_relation(std::string_view name) const {
    details copy = *details_;
    if (!copy.row && copy.relation.empty()) copy.relation = name;
    return error(std::move(copy));
  }
  /// Says behind how many bytes of output.
  error at_byte(std::uint64_t offset) const {
    details copy = *details_;
    if (!copy.byte_offset) copy.byte_offset = offset;
    return error(std::move(copy));
  }
  /// Names the column whose value is at fault.
  error in_column(std::string_view name) const {
    details copy = *details_;
    if (copy.column.empty()) copy.column = name;
    return error(std::move(copy));
  }
  /// Says whether the rows behind this one can still be read; what was said before does not stay.
  error going_on(bool can_go_on) const {
    details copy = *details_;
    copy.can_go_on = can_go_on;
    return error(std::move(copy));
  }

 private:
  struct details {
    failure kind;
    std::string message;
    std::string code;
    std::optional<std::uint64_t> row;
    std::string relation;
    std::optional<std::uint64_t> byte_offset;
    std::string column;
    bool can_go_on;
    std::string text;
  };

  explicit error(details parts) {
    std::string& text = parts.text = parts.message;
    if (!parts.code.empty()) text.append(" (").append(parts.code).append(")");
    const char* joint = ", at ";
    const auto add = [&](std::string_view what, const std::string& which, std::string_view end) {
      text.append(joint).append(what).append(which).append(end);
      joint = ", ";
    };
    if (parts.row) add("row ", std::to_string(*parts.row), "");
    if (!parts.relation.empty()) text.append(" of \"").append(parts.relation).append("\"");
    if (!parts.column.empty()) add("column \"", parts.column, "\"");
    if (parts.byte_offset) add("byte ", std::to_string(*parts.byte_offset), " of the output");
    if (parts.can_go_on) text.append("; the rows behind it can still be read");
    details_ = std::make_shared<const details>(std::move(parts));
  }

  std::shared_ptr<const details> details_;  // shared: copying an exception must not throw
};

}  // namespace tidemark
