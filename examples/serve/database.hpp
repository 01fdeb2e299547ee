#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <sqlite3.h>

#include <tidemark/any_stream.hpp>
#include <tidemark/event_loop/readiness.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/sse.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

/// How a table can be answered.
enum class table_format { array, ndjson, json_seq, odata, sse };

/// Where the tables are. Each request gets a connection of its own, which is closed when the request is over.
class database {
 public:
  database() = default;
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  virtual ~database() = default;

  /// The names of all tables and views.
  virtual boost::asio::awaitable<std::vector<std::string>> tables() = 0;

  /// The rows of one; none where there is no such table.
  virtual boost::asio::awaitable<std::optional<tidemark::any_stream>> rows_of(std::string table, table_format format,
                                                                              tidemark::byte_mark mark) = 0;

 protected:
  /// The first column of a query that has few rows.
  template <class Producer>
  static boost::asio::awaitable<std::vector<std::string>> first_column(Producer rows) {
    tidemark::event_loop::readiness ready(co_await boost::asio::this_coro::executor);
    std::vector<std::string> all;
    for (;;) {
      const tidemark::progress answer = rows.next();
      if (answer == tidemark::progress::end) co_return all;
      if (answer == tidemark::progress::row)
        all.emplace_back(rows.field(0).as_view());
      else
        co_await ready.wait(tidemark::waits_of(rows));
    }
  }

  template <class Producer>
  static tidemark::any_stream stream(Producer rows, table_format format, tidemark::byte_mark mark) {
    namespace formats = tidemark::format;
    using tidemark::raw_stream;
    switch (format) {
      case table_format::ndjson: return raw_stream{std::move(rows), formats::ndjson{}, mark};
      case table_format::json_seq: return raw_stream{std::move(rows), formats::json_seq{}, mark};
      case table_format::odata: return raw_stream{std::move(rows), formats::odata{}, mark};
      case table_format::sse: return raw_stream{std::move(rows), formats::sse{}, mark};
      case table_format::array: break;
    }
    return raw_stream{std::move(rows), formats::array{}, mark};
  }
};

/// A file of SQLite. Its steps run on the loop's thread: a chunk's worth at a time, which takes less than a
/// millisecond.
class sqlite_database final : public database {
 public:
  explicit sqlite_database(std::string file) : file_(std::move(file)) { connect(); }

  boost::asio::awaitable<std::vector<std::string>> tables() override {
    return first_column(tidemark::sqlite::query{
        connect(),
        R"(select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\_%' escape '\'
           order by name)"});
  }

  boost::asio::awaitable<std::optional<tidemark::any_stream>> rows_of(std::string table, table_format format,
                                                                      tidemark::byte_mark mark) override {
    tidemark::sqlite::query exists{connect(),
                                   "select 1 from sqlite_schema where type in ('table', 'view') and name = ?", table};
    if (exists.next() != tidemark::progress::row) co_return std::nullopt;
    co_return stream(tidemark::sqlite::query{connect(), "select * from " + tidemark::sqlite::quoted_identifier(table)},
                     format, mark);
  }

 private:
  tidemark::sqlite::connection connect() const {
    auto made = tidemark::sqlite::connection::open_read_only(file_);
    sqlite3_busy_timeout(made.handle(), 1000);
    made.execute("pragma cache_size = -256");  // KiB: many clients may be here at once
    return made;
  }

  std::string file_;
};

/// A PostgreSQL server. Nothing blocks the loop: connections are made, and rows waited for, beside everything else.
class postgres_database final : public database {
 public:
  explicit postgres_database(std::string where) : where_(std::move(where)) {
    tidemark::postgres::connection{where_};  // so that a wrong address is told when the program starts
  }

  boost::asio::awaitable<std::vector<std::string>> tables() override {
    auto db = co_await connect();
    co_return co_await first_column(
        tidemark::postgres::query{std::move(db),
                                  "select relname::text from pg_class where relkind in ('r', 'p', 'v', 'm', 'f') and "
                                  "pg_table_is_visible(oid) and relnamespace not in ('pg_catalog'::regnamespace, "
                                  "'information_schema'::regnamespace) order by relname"});
  }

  boost::asio::awaitable<std::optional<tidemark::any_stream>> rows_of(std::string table, table_format format,
                                                                      tidemark::byte_mark mark) override {
    auto db = co_await connect();
    const auto found = co_await first_column(tidemark::postgres::query{
        db,
        "select relname::text from pg_class where relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(oid) "
        "and relname = $1::text",
        table});
    if (found.empty()) co_return std::nullopt;
    co_return stream(
        tidemark::postgres::query{std::move(db), "select * from " + tidemark::postgres::quoted_identifier(table)},
        format, mark);
  }

 private:
  boost::asio::awaitable<tidemark::postgres::connection> connect() const {
    tidemark::event_loop::readiness ready(co_await boost::asio::this_coro::executor);
    tidemark::postgres::connecting making(where_);
    while (making.next() == tidemark::progress::pending) co_await ready.wait(making.waits_for());
    co_return std::move(making).take();
  }

  std::string where_;
};

/// `where`: a file, or postgresql://...
inline std::unique_ptr<database> open_database(const std::string& where) {
  if (where.starts_with("postgresql://") || where.starts_with("postgres://"))
    return std::make_unique<postgres_database>(where);
  return std::make_unique<sqlite_database>(where);
}
