#pragma once

#include <chrono>
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
#include <tidemark/error.hpp>
#include <tidemark/event_loop/readiness.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/sse.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>

/// How a table can be answered.
enum class table_format { array, ndjson, json_seq, odata, sse, frames };

/// Which table is asked for, and how.
struct wanted_rows {
  std::string table;
  table_format format = table_format::array;
  tidemark::byte_mark mark = {};
  std::string ref_id = "A";  ///< of table_format::frames
};

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
  virtual boost::asio::awaitable<std::optional<tidemark::any_stream>> rows_of(wanted_rows wanted) = 0;

  /// Whoever waits for an answer, behind which come the rows, waits no longer.
  void give_up() noexcept { is_given_up_ = true; }

 protected:
  /// What a producer, or a connection in the making, answers next; waits for that, at most ten seconds. Throws
  /// tidemark::error (timed_out).
  template <class Producer>
  boost::asio::awaitable<tidemark::progress> answer_of(Producer& asked) {
    using namespace std::chrono_literals;
    tidemark::event_loop::readiness ready(co_await boost::asio::this_coro::executor);
    const auto end = std::chrono::steady_clock::now() + 10s;
    for (;;) {
      const tidemark::progress answer = asked.next();
      if (answer != tidemark::progress::pending) co_return answer;
      if (is_given_up_ || std::chrono::steady_clock::now() > end)
        throw tidemark::error(tidemark::failure::timed_out, "the database does not answer");
      co_await ready.wait(tidemark::waits_of(asked), 200ms);
    }
  }

  /// The first column of a query that has few rows.
  template <class Producer>
  boost::asio::awaitable<std::vector<std::string>> first_column(Producer rows) {
    std::vector<std::string> all;
    while (co_await answer_of(rows) == tidemark::progress::row) all.emplace_back(rows.field(0).as_view());
    co_return all;
  }

  template <class Producer>
  static tidemark::any_stream stream(Producer rows, const wanted_rows& wanted) {
    namespace formats = tidemark::format;
    using tidemark::raw_stream;
    switch (wanted.format) {
      case table_format::ndjson: return raw_stream{std::move(rows), formats::ndjson{}, wanted.mark};
      case table_format::json_seq: return raw_stream{std::move(rows), formats::json_seq{}, wanted.mark};
      case table_format::odata: return raw_stream{std::move(rows), formats::odata{}, wanted.mark};
      case table_format::sse: return raw_stream{std::move(rows), formats::sse{}, wanted.mark};
      case table_format::frames: {
        tidemark::frame_options options;
        options.ref_id = wanted.ref_id;
        options.name = wanted.table;
        options.mark = wanted.mark;
        options.flush_after = 1;
        return tidemark::frame_stream{std::move(rows), std::move(options)};
      }
      case table_format::array: break;
    }
    return raw_stream{std::move(rows), formats::array{}, wanted.mark};
  }

 private:
  bool is_given_up_ = false;
};

/// A file of SQLite. Its steps run on the loop's thread: a chunk's worth at a time, which takes a fraction of a
/// millisecond for a table. A view that sorts or sums up holds up everybody until its first row is there; a server that
/// has such views reads them with tidemark::prefetch(), on a thread each.
class sqlite_database final : public database {
 public:
  explicit sqlite_database(std::string file) : file_(std::move(file)) { connect(); }

  boost::asio::awaitable<std::vector<std::string>> tables() override {
    return first_column(tidemark::sqlite::query{
        connect(),
        R"(select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\_%' escape '\'
           order by name)"});
  }

  boost::asio::awaitable<std::optional<tidemark::any_stream>> rows_of(wanted_rows wanted) override {
    tidemark::sqlite::query exists{
        connect(), "select 1 from sqlite_schema where type in ('table', 'view') and name = ?", wanted.table};
    if (exists.next() != tidemark::progress::row) co_return std::nullopt;
    co_return stream(
        tidemark::sqlite::query{connect(), "select * from " + tidemark::sqlite::quoted_identifier(wanted.table)},
        wanted);
  }

 private:
  tidemark::sqlite::connection connect() const {
    auto made = tidemark::sqlite::connection::open_read_only(file_);
    sqlite3_busy_timeout(made.handle(), 50);   // milliseconds, for which everybody waits
    made.execute("pragma cache_size = -256");  // KiB: many clients may be here at once
    return made;
  }

  std::string file_;
};

/// A PostgreSQL server: connections are made, and rows waited for, beside everything else.
class postgres_database final : public database {
 public:
  explicit postgres_database(std::string where) : where_(std::move(where)) {
    tidemark::postgres::connection{where_};  // so that a wrong address is told when the program starts
  }

  boost::asio::awaitable<std::vector<std::string>> tables() override {
    auto db = co_await connect();
    co_return co_await first_column(tidemark::postgres::query{std::move(db), names_ + " order by relname"});
  }

  boost::asio::awaitable<std::optional<tidemark::any_stream>> rows_of(wanted_rows wanted) override {
    auto db = co_await connect();
    const auto found =
        co_await first_column(tidemark::postgres::query{db, names_ + " and relname = $1::text", wanted.table});
    if (found.empty()) co_return std::nullopt;
    co_return stream(tidemark::postgres::query{std::move(db),
                                               "select * from " + tidemark::postgres::quoted_identifier(wanted.table)},
                     wanted);
  }

 private:
  boost::asio::awaitable<tidemark::postgres::connection> connect() {
    tidemark::postgres::connecting making(where_);
    co_await answer_of(making);
    co_return std::move(making).take();
  }

  // Those of the database's own, and none of the system's.
  static inline const std::string names_ =
      "select relname::text from pg_class where relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(oid) and "
      "relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)";

  std::string where_;
};

/// `where`: a file, or postgresql://...
inline std::unique_ptr<database> open_database(const std::string& where) {
  if (where.starts_with("postgresql://") || where.starts_with("postgres://"))
    return std::make_unique<postgres_database>(where);
  return std::make_unique<sqlite_database>(where);
}
