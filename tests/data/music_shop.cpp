// The music shop that the tests read, and not what reads it: so these tests use SQLite and libpq themselves.

#include "music_shop.hpp"

#include "catch.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "awkward_texts.hpp"
#include "examples/run_program.hpp"
#include "examples/temporary_folder.hpp"
#include "postgres_server.hpp"

namespace data_music_shop_tests {

namespace {

using row = std::vector<std::optional<std::string>>;
using rows = std::vector<row>;

std::string bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// FNV-1a.
std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t made = 0xcbf29ce484222325u;
  for (const char c : bytes) made = (made ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return made;
}

/// Every value as text.
rows rows_of_sqlite(const std::string& sql) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(tests::music_shop().c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db(opened, sqlite3_close);
  REQUIRE(result == SQLITE_OK);
  sqlite3_stmt* prepared = nullptr;
  REQUIRE(sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &prepared, nullptr) == SQLITE_OK);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> query(prepared, sqlite3_finalize);
  rows all;
  while (sqlite3_step(query.get()) == SQLITE_ROW) {
    row& made = all.emplace_back();
    for (int i = 0; i != sqlite3_column_count(query.get()); ++i) {
      const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(query.get(), i));
      if (text == nullptr)
        made.emplace_back();
      else
        made.emplace_back(std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(query.get(), i))));
    }
  }
  return all;
}

std::string value(const std::string& sql) { return rows_of_sqlite(sql).at(0).at(0).value(); }

class postgres {
 public:
  postgres() : db_(PQconnectdb(tests::postgres_server()), PQfinish) {
    run("set search_path to pg_temp");
    run(bytes_of_file(tests::music_shop_script()));
  }

  rows all(const std::string& sql) {
    const auto result = run(sql);
    rows made(static_cast<std::size_t>(PQntuples(result.get())));
    for (int i = 0; i != PQntuples(result.get()); ++i)
      for (int j = 0; j != PQnfields(result.get()); ++j) {
        const char* const text = PQgetvalue(result.get(), i, j);
        made[static_cast<std::size_t>(i)].push_back(
            PQgetisnull(result.get(), i, j) == 1 ? std::nullopt : std::optional<std::string>(text));
      }
    return made;
  }

 private:
  using answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

  answer run(const std::string& sql) {
    answer result(PQexec(db_.get(), sql.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(db_.get()));
    return result;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> db_;
};

struct size {
  std::string table;
  std::size_t rows;
};

const size sizes[] = {{"Album", 347},   {"Artist", 275},          {"Customer", 59},      {"Employee", 8},
                      {"Genre", 25},    {"Invoice", 412},         {"InvoiceLine", 2240}, {"MediaType", 5},
                      {"Playlist", 18}, {"PlaylistTrack", 10528}, {"Track", 3503}};

}  // namespace

TEST_CASE("music shop: the same files are made each time, on every machine") {
  const temporary_folder again;
  const program_result done =
      run_program(TIDEMARK_MAKE_MUSIC_SHOP_PROGRAM, {again.file("shop.sqlite"), again.file("shop.sql")});
  CHECK(done.err == "");
  REQUIRE(done.exit_code == 0);
  // In brackets: too long to be printed.
  CHECK((bytes_of_file(again.file("shop.sqlite")) == bytes_of_file(tests::music_shop())));
  const std::string script = bytes_of_file(again.file("shop.sql"));
  CHECK((script == bytes_of_file(tests::music_shop_script())));
  CHECK(hash_of(script) == 0x1a2c61fe1c856eeu);
}

TEST_CASE("music shop: SQLite and PostgreSQL hold the same rows") {
  NEEDS_POSTGRES();
  postgres db;
  for (const auto& [table, count] : sizes) {
    INFO(table);
    const rows expected = rows_of_sqlite("select * from " + table + " order by 1, 2");
    CHECK(expected.size() == count);
    CHECK((db.all("select * from \"" + table + "\" order by 1, 2") == expected));
  }
  CHECK(value("select count(*) from sqlite_schema where type = 'table'") == std::to_string(std::size(sizes)));
}

TEST_CASE("music shop: relations lead somewhere, and parents have no, one and many children") {
  CHECK(rows_of_sqlite("pragma foreign_key_check").empty());
  CHECK(rows_of_sqlite("pragma integrity_check") == rows{{"ok"}});
  CHECK(value("select count(*) from Artist where ArtistId not in (select ArtistId from Album)") == "68");
  CHECK(value("select count(*) from Album where ArtistId = 1") == "21");
  const std::string of_albums =
      "select count(*) from (select count(TrackId) as n from Album left join Track using (AlbumId) group by AlbumId) ";
  CHECK(value(of_albums + "where n = 0") == "3");
  CHECK(value(of_albums + "where n = 1") == "38");
  CHECK(value(of_albums + "where n = 400") == "1");
  CHECK(value("select count(*) from Track where AlbumId is null") == "5");
  const std::string of_customers =
      "select count(*) from (select count(InvoiceId) as n from Customer left join Invoice using (CustomerId) "
      "group by CustomerId) ";
  CHECK(value(of_customers + "where n = 0") == "2");
  CHECK(value(of_customers + "where n = 1") == "2");
  CHECK(value("select count(*) from Invoice where InvoiceId not in (select InvoiceId from InvoiceLine)") == "3");
  CHECK(value("select count(*) from InvoiceLine where InvoiceId = 100") == "150");
  CHECK(value("select count(*) from Customer where SupportRepId is null") == "5");
  CHECK(value("select count(*) from Track where GenreId is null") == "87");
  // Children are not stored in the order of their parents.
  CHECK(std::stoi(value("select count(*) from Track a join Track b on b.TrackId = a.TrackId + 1 "
                        "where b.AlbumId < a.AlbumId")) > 1000);
  CHECK(value("select count(*) from Invoice i where abs(Total - (select total(UnitPrice * Quantity) from InvoiceLine l "
              "where l.InvoiceId = i.InvoiceId)) > 0.001") == "0");
}

TEST_CASE("music shop: it has the values that programs get wrong") {
  for (const std::string_view text : tests::awkward_texts) {
    INFO(text);
    bool is_there = false;
    for (const auto& name : rows_of_sqlite("select Name from Track")) is_there = is_there || name.at(0) == text;
    CHECK(is_there);
  }
  for (const char* const column : {"Artist.Name", "Genre.Name", "Playlist.Name", "Track.Composer", "Track.Bytes",
                                   "Customer.Company", "Customer.State", "Invoice.BillingCountry"}) {
    INFO(column);
    const std::string table(column, std::string_view(column).find('.'));
    CHECK(value("select count(*) from " + table + " where " + column + " is null") != "0");
    CHECK(value("select count(*) from " + table + " where " + column + " is not null") != "0");
  }
  CHECK(value("select max(length(cast(Composer as blob))) >= 100000 from Track") == "1");
  CHECK(rows_of_sqlite("select min(Bytes), max(Bytes) from Track") ==
        rows{{"-9223372036854775808", "9223372036854775807"}});
  CHECK(rows_of_sqlite("select distinct UnitPrice from Track order by 1") ==
        rows{{"0"}, {"0.99"}, {"1"}, {"1.49"}, {"1.99"}, {"2.5"}, {"12.9"}, {"99999999.99"}});
  // Letters of every script of which it has words: the first of each block.
  for (const char* const letters : {"[a-z]", "[À-ſ]", "[Α-ω]", "[Ѐ-ӿ]", "[א-ת]", "[ء-ي]", "[ऀ-ॿ]", "[ก-๛]", "[぀-ヿ]",
                                    "[一-鿿]", "[가-힣]", "[🌀-🫿]"}) {
    INFO(letters);
    CHECK(value("select count(*) from Artist where Name glob '*" + std::string(letters) + "*'") != "0");
  }
}

}  // namespace data_music_shop_tests
