#pragma once

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/wait_condition.hpp>

#include "catch.hpp"
#include "drain.hpp"
#include "music_shop.hpp"
#include "postgres_server.hpp"

// What tests of PostgreSQL share; each of them begins with NEEDS_POSTGRES().

namespace tests {

/// A connection of its own to the server of this run; `more`: further options of libpq.
inline tidemark::postgres::connection connected(const std::string& more = {}) {
  return tidemark::postgres::connection(postgres_server() + (" " + more));
}

/// As drain(), but waits for the server where the stream is pending.
template <class Stream>
drained drain_waiting(Stream&& stream) {
  return drain(stream, [&] { tidemark::block_until(stream.waits_for()); });
}

/// The next answer of a producer that is not pending.
template <class Producer>
tidemark::progress next_of(Producer& rows) {
  for (;;) {
    const tidemark::progress answer = rows.next();
    if (answer != tidemark::progress::pending) return answer;
    tidemark::block_until(rows.waits_for());
  }
}

/// The first value of a query, as text.
template <class... Parameters>
std::string value_of(tidemark::postgres::connection& db, const std::string& sql, const Parameters&... values) {
  tidemark::postgres::query rows{db, sql, values...};
  REQUIRE(next_of(rows) == tidemark::progress::row);
  return std::string(rows.field(0).as_view());
}

/// Makes the tables of the music shop on a connection, in its first schema.
inline void load_music(tidemark::postgres::connection& db) {
  std::ifstream file(music_shop_script(), std::ios::binary);
  db.execute(std::string(std::istreambuf_iterator<char>(file), {}));
}

/// The same, as temporary tables of this connection.
inline void load_temporary_music(tidemark::postgres::connection& db) {
  db.execute("set search_path to pg_temp");
  load_music(db);
  db.execute("reset search_path");
}

/// A schema of this test's own, which any number of connections use; gone with this object, which outlives them.
class own_schema {
 public:
  own_schema() : owner_(tests::connected()) { owner_.execute("create schema " + name()); }
  own_schema(const own_schema&) = delete;
  own_schema& operator=(const own_schema&) = delete;
  ~own_schema() {
    try {
      owner_.execute("set client_min_messages = warning; drop schema " + name() + " cascade");
    } catch (const tidemark::error&) {
      // The server ends with the tests.
    }
  }

  static std::string name() { return "test_" + std::to_string(::getpid()); }

  static tidemark::postgres::connection connected() {
    return tests::connected("options='-c search_path=" + name() + "'");
  }

 private:
  tidemark::postgres::connection owner_;
};

}  // namespace tests
