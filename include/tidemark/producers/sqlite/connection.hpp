#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <utility>

#include <tidemark/error.hpp>

namespace tidemark::sqlite {

/// The name of an SQLite result code, e.g. "SQLITE_CORRUPT"; an extended code adds its number
/// (sqlite.org/rescode.html).
inline std::string name_of_code(int code) {
  static constexpr const char* names[] = {
      "SQLITE_OK",       "SQLITE_ERROR",      "SQLITE_INTERNAL", "SQLITE_PERM",      "SQLITE_ABORT", "SQLITE_BUSY",
      "SQLITE_LOCKED",   "SQLITE_NOMEM",      "SQLITE_READONLY", "SQLITE_INTERRUPT", "SQLITE_IOERR", "SQLITE_CORRUPT",
      "SQLITE_NOTFOUND", "SQLITE_FULL",       "SQLITE_CANTOPEN", "SQLITE_PROTOCOL",  "SQLITE_EMPTY", "SQLITE_SCHEMA",
      "SQLITE_TOOBIG",   "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_MISUSE",    "SQLITE_NOLFS", "SQLITE_AUTH",
      "SQLITE_FORMAT",   "SQLITE_RANGE",      "SQLITE_NOTADB"};
  const int primary = code & 0xff;
  std::string name =
      primary < static_cast<int>(std::size(names)) ? names[primary] : "SQLITE_" + std::to_string(primary);
  if (code != primary) name += ", extended code " + std::to_string(code);
  return name;
}

/// What went wrong on a connection just now, in SQLite's own words.
inline error last_error(sqlite3* db, const std::string& doing = {}) {
  const int code = sqlite3_extended_errcode(db);
  const failure kind = (code & 0xff) == SQLITE_INTERRUPT ? failure::canceled : failure::producer;
  return error(kind, doing + sqlite3_errmsg(db), name_of_code(code));
}

/// An SQLite connection that is closed when this is destroyed. Serves one thread at a time: opened with
/// SQLITE_OPEN_NOMUTEX, since the serialized mode makes every row 23-25 % dearer.
class connection {
 public:
  /// Opens or creates a database. `path`: a file, ":memory:", or a URI ("file:..."). Throws error (producer) with the
  /// path and SQLite's words.
  explicit connection(const std::string& path) : connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {}

  /// Opens a database that is there, for reading alone.
  static connection open_read_only(const std::string& path) { return connection(path, SQLITE_OPEN_READONLY); }

  /// For everything else that SQLite can do; owned by this object.
  sqlite3* handle() const noexcept { return db_.get(); }

  /// Runs statements that give no rows, such as those that set a database up. Throws error (producer).
  void execute(const std::string& sql) {
    if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) throw last_error(handle());
  }

 private:
  friend class lease;

  connection() noexcept = default;  // none: what a lease of somebody else's has

  struct closer {
    void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
  };

  connection(const std::string& path, int flags) {
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
    db_.reset(db);
    if (code == SQLITE_OK) return;
    const std::string doing = "cannot open the database \"" + path + "\": ";
    if (db == nullptr) throw error(failure::producer, doing + sqlite3_errstr(code), name_of_code(code));
    throw last_error(db, doing);
  }

  std::unique_ptr<sqlite3, closer> db_;
};

/// The connection of a query: its own, or one that the caller lends it and keeps open as long as the query lives.
class lease {
 public:
  lease(connection&& owned) noexcept : owned_(std::move(owned)), db_(owned_.handle()) {}
  lease(const connection& borrowed) noexcept : db_(borrowed.handle()) {}
  lease(sqlite3* borrowed) noexcept : db_(borrowed) {}

  sqlite3* handle() const noexcept { return db_; }

 private:
  connection owned_;
  sqlite3* db_;
};

}  // namespace tidemark::sqlite
