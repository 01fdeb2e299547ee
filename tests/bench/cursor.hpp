// The rows of one query, opened the way every peer opens it: read only and without SQLite's mutexes, which alone
// would cost a quarter of the time. Several queries may share a connection, and so see one state of the database.

#pragma once

#include "job.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

class cursor {
 public:
  explicit cursor(const job& wanted) : cursor{wanted.database, wanted.query} {}

  cursor(const std::string& database, const std::string& query) {
    check(sqlite3_open_v2(database.c_str(), &handle_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr), SQLITE_OK);
    check(sqlite3_prepare_v2(handle_, query.c_str(), -1, &statement_, nullptr), SQLITE_OK);
  }
  // On the connection of another cursor, which outlives this one.
  cursor(const cursor& other, const std::string& query) : handle_{other.handle_}, is_borrowed_{true} {
    check(sqlite3_prepare_v2(handle_, query.c_str(), -1, &statement_, nullptr), SQLITE_OK);
  }
  ~cursor() { close(); }
  cursor(const cursor&) = delete;
  cursor& operator=(const cursor&) = delete;

  // Starts anew with a key for the query's one parameter.
  void ask(std::int64_t key) {
    check(sqlite3_reset(statement_), SQLITE_OK);
    check(sqlite3_bind_int64(statement_, 1, key), SQLITE_OK);
  }

  bool next() {
    auto code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    check(code, SQLITE_DONE);
    return false;
  }

  int columns() const { return sqlite3_column_count(statement_); }
  const char* name(int column) const { return sqlite3_column_name(statement_, column); }

  // One call a value: each sqlite3_column_* of the same value would look it up once more.
  sqlite3_value* value(int column) const { return sqlite3_column_value(statement_, column); }

  // For those who read with sqlite3_column_*.
  sqlite3_stmt* statement() const { return statement_; }

 private:
  void check(int code, int wanted) {
    if (code == wanted) return;
    auto reason = std::string{handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_)};
    close();
    throw std::runtime_error{"SQLite: " + reason};
  }

  void close() {
    sqlite3_finalize(statement_);
    if (!is_borrowed_) sqlite3_close(handle_);
    statement_ = nullptr;
    handle_ = nullptr;
  }

  sqlite3* handle_ = nullptr;
  bool is_borrowed_ = false;
  sqlite3_stmt* statement_ = nullptr;
};

// Calls `use` with nullptr, a std::int64_t, a double or a std::string_view.
template <class Function>
void visit(sqlite3_value* value, Function&& use) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return use(std::int64_t{sqlite3_value_int64(value)});
    case SQLITE_FLOAT: return use(sqlite3_value_double(value));
    case SQLITE_NULL: return use(nullptr);
    default: {
      auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      return use(std::string_view{text, static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
  }
}

}  // namespace bench
