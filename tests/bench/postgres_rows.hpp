// The rows of a query of PostgreSQL, one by one as they come, received the way every peer does it.

#pragma once

#include "job.hpp"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

struct result_clearer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using postgres_result = std::unique_ptr<PGresult, result_clearer>;

class postgres_connection {
 public:
  explicit postgres_connection(const std::string& where) : handle_{PQconnectdb(where.c_str())} {
    if (PQstatus(handle()) != CONNECTION_OK) fail();
  }

  PGconn* handle() const { return handle_.get(); }

  // The whole result of some statements, of which the last one's counts.
  postgres_result ask(const std::string& sql) const {
    auto result = postgres_result{PQexec(handle(), sql.c_str())};
    check(result.get());
    return result;
  }

  void check(const PGresult* result) const {
    switch (PQresultStatus(result)) {
      case PGRES_SINGLE_TUPLE:
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_COPY_IN: return;
      default: fail();
    }
  }

  [[noreturn]] void fail() const { throw std::runtime_error{std::string{"PostgreSQL: "} + PQerrorMessage(handle())}; }

 private:
  struct closer {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, closer> handle_;
};

class postgres_rows {
 public:
  explicit postgres_rows(const job& wanted) : connection_{wanted.postgres} {
    auto sent = PQsendQueryParams(connection_.handle(), wanted.query.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0);
    if (sent == 0 || PQsetSingleRowMode(connection_.handle()) == 0) connection_.fail();
  }

  // libpq waits for the server itself, and gives a result for each row, then one without any.
  bool next() {
    result_.reset(PQgetResult(connection_.handle()));
    if (PQresultStatus(result()) == PGRES_SINGLE_TUPLE) [[likely]]
      return true;
    connection_.check(result());
    return false;
  }

  const PGresult* result() const { return result_.get(); }

 private:
  postgres_connection connection_;
  postgres_result result_;
};

}  // namespace bench
