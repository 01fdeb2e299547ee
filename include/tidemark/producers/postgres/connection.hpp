#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>

namespace tidemark::postgres {

/// What libpq says, without the line break at its end and the lines behind the first one.
inline std::string first_line(const char* message) {
  const std::string_view all(message == nullptr ? "" : message);
  return std::string(all.substr(0, all.find('\n')));
}

/// What is wrong with a connection, in libpq's own words. There is no SQLSTATE where the server could not say it.
inline error connection_error(PGconn* db, const std::string& doing = {}) {
  const std::string why = first_line(PQerrorMessage(db));
  return error(failure::producer, doing + (why.empty() ? "the connection is broken" : why));
}

/// What the server has answered instead of rows, with its detail and hint, and its SQLSTATE as the code.
inline error result_error(const PGresult* result) {
  const auto part = [result](int which) {
    const char* const text = PQresultErrorField(result, which);
    return std::string(text == nullptr ? "" : text);
  };
  std::string message = part(PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = first_line(PQresultErrorMessage(result));
  for (const std::string& more : {part(PG_DIAG_MESSAGE_DETAIL), part(PG_DIAG_MESSAGE_HINT)})
    if (!more.empty()) message += "; " + more;
  return error(failure::producer, message, part(PG_DIAG_SQLSTATE));
}

/// `name` as an SQL identifier (postgresql.org/docs/current/sql-syntax-lexical.html).
inline std::string quoted_identifier(std::string_view name) {
  std::string made = "\"";
  for (const char character : name) made.append(character == '"' ? 2 : 1, character);
  return made + '"';
}

struct result_clearer {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result_handle = std::unique_ptr<PGresult, result_clearer>;

/// A connection to a PostgreSQL server that is closed when this is destroyed. Serves one thread, and one query, at a
/// time.
class connection {
 public:
  /// Connects, and waits for it. `where`: postgresql://user@host/database, or key = value pairs, as libpq has them
  /// (postgresql.org/docs/current/libpq-connect.html); what is left out comes from the environment (PGHOST). Throws
  /// error (producer) with libpq's words.
  explicit connection(const std::string& where) : db_(PQconnectdb(where.c_str())) {
    if (PQstatus(handle()) != CONNECTION_OK) throw connection_error(handle(), "cannot connect: ");
  }

  /// Takes over a connection that was made with libpq, in whatever state it is.
  explicit connection(PGconn* owned) noexcept : db_(owned) {}

  /// For everything else that libpq can do; owned by this object.
  PGconn* handle() const noexcept { return db_.get(); }

  /// Whether another query may be sent. False behind a lost connection.
  bool is_usable() const noexcept { return PQstatus(handle()) == CONNECTION_OK; }

  /// Runs statements, and waits for their end: those that set a database up, begin or end a transaction. Rows that they
  /// give are thrown away. Throws error (producer).
  void execute(const std::string& sql) {
    const result_handle result(PQexec(handle(), sql.c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return;
    throw result ? result_error(result.get()) : connection_error(handle());
  }

 private:
  friend class lease;

  connection() noexcept = default;  // none: what a lease of somebody else's has

  struct closer {
    void operator()(PGconn* db) const noexcept { PQfinish(db); }
  };
  std::unique_ptr<PGconn, closer> db_;
};

/// The connection of a query: its own, or one that the caller lends it and keeps open as long as the query lives.
class lease {
 public:
  lease(connection&& owned) noexcept : owned_(std::move(owned)), db_(owned_.handle()) {}
  lease(const connection& borrowed) noexcept : db_(borrowed.handle()) {}
  lease(PGconn* borrowed) noexcept : db_(borrowed) {}

  PGconn* handle() const noexcept { return db_; }
  bool is_owner() const noexcept { return owned_.handle() != nullptr; }

 private:
  connection owned_;
  PGconn* db_;
};

}  // namespace tidemark::postgres
