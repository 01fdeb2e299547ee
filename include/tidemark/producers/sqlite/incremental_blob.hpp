#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producers/sqlite/connection.hpp>
#include <tidemark/producers/sqlite/statement.hpp>
#include <tidemark/producers/sqlite/value.hpp>
#include <tidemark/value_reader.hpp>

namespace tidemark::sqlite {

/// Where values are drawn from in pieces: a column of a table that has rowids.
struct stored_in {
  std::string table;
  std::string column;
  std::string schema = "main";  ///< or "temp", or the name of an attached database
};

/// `name` as an SQL identifier.
inline std::string quoted_identifier(std::string_view name) {
  std::string made = "\"";
  for (const char character : name) made.append(character == '"' ? 2 : 1, character);
  return made + '"';
}

/// The values of one stored column, each opened by its rowid and drawn through SQLite's incremental blob reading
/// (sqlite.org/c3ref/blob_open.html), so that not even SQLite holds them whole.
class incremental_blob final : public value_reader {
 public:
  /// Throws error (producer) where the table or the column is not there or has no rowid.
  incremental_blob(sqlite3* db, stored_in where)
      : db_(db), where_(std::move(where)), small_(db, select_what_is_small(db, where_), sqlite3_int64{0}) {}

  /// The value in the row `rowid`: text and blobs to be drawn from here, all others as they are. Throws error
  /// (producer).
  field open(sqlite3_int64 rowid) {
    sqlite3_reset(small_.handle());
    sqlite3_bind_int64(small_.handle(), 1, rowid);
    if (!small_.step())
      throw error(failure::producer,
                  "the table \"" + where_.table + "\" has no row with the rowid " + std::to_string(rowid));
    const auto what = static_cast<contents>(sqlite3_value_int(small_.value(0)));
    if (what == contents::other) return read_value(small_.value(1));
    reopen(rowid);
    size_ = sqlite3_blob_bytes(blob_.get());
    offset_ = 0;
    return what == contents::text ? field::long_text(*this) : field::long_bytes(*this);
  }

  std::size_t read(std::span<char> into) override {
    const int count = static_cast<int>(std::min(into.size(), static_cast<std::size_t>(size_ - offset_)));
    if (count == 0) return 0;
    if (sqlite3_blob_read(blob_.get(), into.data(), count, offset_) != SQLITE_OK) throw last_error(db_);
    offset_ += count;
    return static_cast<std::size_t>(count);
  }

 private:
  enum class contents { other, text, blob };

  struct closer {
    void operator()(sqlite3_blob* blob) const noexcept { sqlite3_blob_close(blob); }
  };

  // The blob interface does not tell text from blobs, refuses numbers and NULL, and gives text as it is stored. So
  // what it cannot do is read here; typeof() does not load the value.
  static std::string select_what_is_small(sqlite3* db, const stored_in& where) {
    statement encoding(db, "pragma encoding");
    encoding.step();
    const std::string table = quoted_identifier(where.table);
    // With its table, since SQLite takes a quoted name that it does not know for a string.
    const std::string column = table + "." + quoted_identifier(where.column);
    const bool is_utf8 = read_value(encoding.value(0)).as_view() == "UTF-8";
    const std::string kind =
        "case typeof(" + column + ") when 'blob' then 2 when 'text' then " + (is_utf8 ? "1" : "0") + " else 0 end";
    return "select " + kind + ", case when " + kind + " = 0 then " + column + " end from " +
           quoted_identifier(where.schema) + "." + table + " where " + table + ".rowid = ?";
  }

  void reopen(sqlite3_int64 rowid) {
    if (blob_) {
      if (sqlite3_blob_reopen(blob_.get(), rowid) != SQLITE_OK) throw last_error(db_);
      return;
    }
    sqlite3_blob* opened = nullptr;
    const int code =
        sqlite3_blob_open(db_, where_.schema.c_str(), where_.table.c_str(), where_.column.c_str(), rowid, 0, &opened);
    blob_.reset(opened);
    if (code != SQLITE_OK) throw last_error(db_);
  }

  sqlite3* db_;
  stored_in where_;
  statement small_;
  std::unique_ptr<sqlite3_blob, closer> blob_;
  int size_ = 0;
  int offset_ = 0;
};

}  // namespace tidemark::sqlite
