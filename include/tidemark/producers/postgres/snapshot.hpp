#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include <tidemark/error.hpp>
#include <tidemark/producers/postgres/connection.hpp>

namespace tidemark::postgres {

/// One state of the database, seen by several connections: what nest() over a query for each level needs.
///
///     snapshot seen{first};
///     seen.share_with(second);
///     auto artists = nest(query{first, "select ..."}, many("albums", query{second, "select ..."}, on("id")));
///
/// Each connection is in a transaction of its own, repeatable read and read only, and sees what was committed when the
/// snapshot was made, nothing later. The transactions are the caller's to end, by execute("commit") or by closing the
/// connection; this object ends none, and may go before them. A connection may share the snapshot as long as the
/// transaction of the first one lasts, and sees it also behind that.
class snapshot {
 public:
  /// Begins a transaction on `db`, borrowed for the call, and exports its snapshot. Blocks. Throws error (usage) where
  /// the connection is in a transaction already, and error (producer), behind which it is in none.
  explicit snapshot(connection& db) {
    begin(db);
    try {
      const result_handle exported(PQexec(db.handle(), "select pg_export_snapshot()"));
      if (!exported) throw connection_error(db.handle());
      if (PQresultStatus(exported.get()) != PGRES_TUPLES_OK) throw result_error(exported.get());
      id_ = PQgetvalue(exported.get(), 0, 0);
    } catch (...) {
      roll_back(db);
      throw;
    }
  }

  /// Begins a transaction on `db` that sees this snapshot. Blocks, and throws as the constructor does; the server
  /// refuses a connection to another database, and one that comes when the first transaction is over.
  void share_with(connection& db) const {
    begin(db);
    try {
      struct freer {
        void operator()(char* text) const noexcept { PQfreemem(text); }
      };
      const std::unique_ptr<char, freer> quoted(PQescapeLiteral(db.handle(), id_.data(), id_.size()));
      if (!quoted) throw connection_error(db.handle());
      db.execute(std::string("set transaction snapshot ") + quoted.get());
    } catch (...) {
      roll_back(db);
      throw;
    }
  }

  /// What the server calls it, for whoever shares it by other means: another program, pg_dump --snapshot.
  const std::string& id() const noexcept { return id_; }

 private:
  static void begin(connection& db) {
    if (db.is_usable() && PQtransactionStatus(db.handle()) != PQTRANS_IDLE)
      throw error(failure::usage, "the connection is in a transaction already, which has a snapshot of its own");
    db.execute("begin isolation level repeatable read read only");
  }

  static void roll_back(connection& db) noexcept { const result_handle done(PQexec(db.handle(), "rollback")); }

  std::string id_;
};

}  // namespace tidemark::postgres
