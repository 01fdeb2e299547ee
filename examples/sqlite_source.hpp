#pragma once

#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdint>
#include <string>

#include <tidemark/error.hpp>
#include <tidemark/producers/sqlite.hpp>

/// Where an export has its rows from: an SQLite database, which is opened read-only.
class sqlite_source {
 public:
  explicit sqlite_source(const std::string& file) : database_(tidemark::sqlite::connection::open_read_only(file)) {
    sqlite3_busy_timeout(database_.handle(), 5000);
  }

  static std::string all_of(const std::string& table) {
    return "select * from " + tidemark::sqlite::quoted_identifier(table);
  }

  /// The rows of a query that is the only one.
  tidemark::sqlite::query rows(const std::string& sql) { return {database_, sql}; }

  /// Behind this all queries see one state of the database: that in which the first row is read, also a query that
  /// begins when another one has ended. Nothing is written, so nothing is to be committed; the transaction ends when
  /// the connection is closed.
  void begin() { database_.execute("begin"); }

  /// The rows of one query among several.
  tidemark::sqlite::query rows_of_relation(const std::string& sql) { return {database_, sql}; }

  /// How many rows a table has; 0 where counting would take long: SQLite counts by reading the whole table.
  std::uint64_t count(const std::string& table) {
    const auto number = [this](const std::string& sql) {
      tidemark::sqlite::statement query(database_.handle(), sql);
      return query.step() ? sqlite3_value_int64(query.value(0)) : 0;
    };
    constexpr std::int64_t largest_database = 1 << 30;
    if (number("pragma page_count") * number("pragma page_size") > largest_database) return 0;
    return static_cast<std::uint64_t>(number("select count(*) from " + tidemark::sqlite::quoted_identifier(table)));
  }

  /// Throws where the output would be written over the database.
  void refuse_as_output(const std::string& name) const {
    const char* const source =
        sqlite3_db_filename(database_.handle(), "main");  // the file itself, where a URI was given
    struct stat from{}, to{};
    if (source != nullptr && ::stat(source, &from) == 0 && ::stat(name.c_str(), &to) == 0 && from.st_dev == to.st_dev &&
        from.st_ino == to.st_ino)
      throw tidemark::error(tidemark::failure::usage, "the output is the database itself");
  }

 private:
  tidemark::sqlite::connection database_;
};
