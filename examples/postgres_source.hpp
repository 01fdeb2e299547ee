#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/wait_condition.hpp>

/// Where an export has its rows from: a PostgreSQL server. All queries are in one transaction, which is repeatable read
/// and read only: they see one state of the database, and write nothing. It ends with the connection.
class postgres_source {
 public:
  static bool is_address(std::string_view database) {
    return database.starts_with("postgresql://") || database.starts_with("postgres://");
  }

  /// An address as messages show it: without a password, and without options, which may hold one, too.
  static std::string shown(const std::string& address) {
    const parsed parts(address);
    if (!parts.is_sound()) return "postgresql://...";
    const auto with = [&parts](const std::string& before, const char* part, const std::string& behind) {
      return parts[part].empty() ? "" : before + parts[part] + behind;
    };
    return "postgresql://" + with("", "user", "@") + parts["host"] + with(":", "port", "") + with("/", "dbname", "");
  }

  explicit postgres_source(const std::string& address) : database_(checked(address)) {
    database_.execute("begin isolation level repeatable read read only");
  }

  static std::string all_of(const std::string& table) {
    return "select * from " + tidemark::postgres::quoted_identifier(table);
  }

  /// The rows of a query that is the only one. Throws where the server cannot make sense of it.
  tidemark::postgres::query rows(const std::string& sql) {
    check(sql);
    return {database_, sql};
  }

  void begin() {}  // done

  /// The rows of one query among several, which take turns on the connection.
  tidemark::postgres::cursor rows_of_relation(const std::string& sql) {
    check(sql);
    return {database_, sql};
  }

  /// About how many rows a table has; 0 where the server does not know.
  std::uint64_t count(const std::string& table) {
    tidemark::postgres::query rows{database_,
                                   "select greatest(reltuples, 0)::bigint from pg_class where oid = to_regclass($1)",
                                   tidemark::postgres::quoted_identifier(table)};
    auto answer = rows.next();
    for (; answer == tidemark::progress::pending; answer = rows.next()) tidemark::block_until(rows.waits_for());
    return answer == tidemark::progress::row ? static_cast<std::uint64_t>(rows.field(0).as_integer()) : 0;
  }

  void refuse_as_output(const std::string&) const {}  // a server's files are not a client's

 private:
  /// The parts of an address, as libpq reads it.
  class parsed {
   public:
    explicit parsed(const std::string& address) : all_(PQconninfoParse(address.c_str(), nullptr)) {}

    /// False also where a part of the password may have been taken for something else.
    bool is_sound() const {
      return all_ && ((*this)["host"] + (*this)["port"] + (*this)["dbname"]).find('@') == std::string::npos;
    }

    std::string operator[](std::string_view name) const {
      for (const PQconninfoOption* part = all_.get(); part->keyword != nullptr; ++part)
        if (part->keyword == name && part->val != nullptr) return part->val;
      return "";
    }

   private:
    struct freer {
      void operator()(PQconninfoOption* all) const noexcept { PQconninfoFree(all); }
    };
    std::unique_ptr<PQconninfoOption, freer> all_;
  };

  /// Throws where libpq's own message could quote what it takes for a host, and is part of a password.
  static std::string checked(const std::string& address) {
    if (!parsed(address).is_sound())
      throw tidemark::error(
          tidemark::failure::usage,
          "the address of the server is not postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with other "
          "characters than letters and digits written as %40");
    return address;
  }

  /// Has the server read a query without running it, so that one that is wrong leaves the output as it was.
  void check(const std::string& sql) {
    const tidemark::postgres::result_handle read(PQprepare(database_.handle(), "", sql.c_str(), 0, nullptr));
    if (!read) throw tidemark::postgres::connection_error(database_.handle());
    if (PQresultStatus(read.get()) != PGRES_COMMAND_OK) throw tidemark::postgres::result_error(read.get());
  }

  tidemark::postgres::connection database_;
};
