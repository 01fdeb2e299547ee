#ifdef TIDEMARK_SHOP_PROGRAM

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <tidemark/collect.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"

namespace examples_shop_tests {

using nlohmann::ordered_json;
namespace sqlite = tidemark::sqlite;

namespace {

program_result shop(const std::vector<std::string>& arguments) { return run_program(TIDEMARK_SHOP_PROGRAM, arguments); }

/// The two parts of what the program writes.
struct printed {
  ordered_json customers;
  std::string subtotals;

  explicit printed(const program_result& done) {
    CHECK(done.err.empty());
    REQUIRE(done.exit_code == 0);
    const std::size_t end = done.out.find("\n\n");
    REQUIRE(end != std::string::npos);
    customers = tests::parse_ordered_json(done.out.substr(0, end));
    subtotals = done.out.substr(end + 2);
  }
};

ordered_json rows(const sqlite::connection& db, const std::string& sql) {
  return tests::parse_ordered_json(tidemark::collect(tidemark::raw_stream{sqlite::query{db, sql}}));
}

/// What the program is to print of a database, by other ways.
ordered_json customers_of(const sqlite::connection& db) {
  ordered_json all = rows(db, "select CustomerId, FirstName, LastName from Customer order by CustomerId");
  for (ordered_json& customer : all) {
    const std::string id = customer["CustomerId"].dump();
    customer["invoices"] =
        rows(db, "select CustomerId, InvoiceId, InvoiceDate, Total from Invoice where CustomerId = " + id +
                     " order by InvoiceId");
    for (ordered_json& invoice : customer["invoices"])
      invoice["lines"] = rows(db, "select " + id +
                                      " as CustomerId, InvoiceId, InvoiceLineId, TrackId, UnitPrice, "
                                      "Quantity from InvoiceLine where InvoiceId = " +
                                      invoice["InvoiceId"].dump() + " order by InvoiceLineId");
  }
  return all;
}

std::string subtotals_of(const sqlite::connection& db) {
  const ordered_json lines = rows(db, R"(
    select FirstName || ' ' || LastName || char(9) || (select count(*) from Invoice i where i.CustomerId = c.CustomerId)
           || char(9) || printf('%.2f', (select total(UnitPrice * Quantity) from InvoiceLine join Invoice i
                                         using (InvoiceId) where i.CustomerId = c.CustomerId)) as line
    from Customer c order by CustomerId)");
  std::string all;
  for (const ordered_json& line : lines) all += line["line"].get<std::string>() + "\n";
  return all;
}

void check_fails(const program_result& done, const std::vector<std::string>& words) {
  INFO(done.err);
  CHECK(done.exit_code == 1);
  CHECK(std::ranges::count(done.err, '\n') == 1);
  CHECK(done.err.starts_with("shop: "));
  for (const std::string& word : words) {
    INFO(word);
    CHECK(done.err.find(word) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("shop: without a database there are customers, one without invoices, and an invoice without lines") {
  const printed all(shop({}));
  REQUIRE(all.customers.size() == 4);
  std::string subtotals;
  int without_invoices = 0, without_lines = 0;
  for (const ordered_json& customer : all.customers) {
    without_invoices += customer["invoices"].empty() ? 1 : 0;
    double total = 0;
    for (const ordered_json& invoice : customer["invoices"]) {
      without_lines += invoice["lines"].empty() ? 1 : 0;
      double of_lines = 0;
      for (const ordered_json& line : invoice["lines"]) {
        CHECK(line["CustomerId"] == customer["CustomerId"]);
        CHECK(line["InvoiceId"] == invoice["InvoiceId"]);
        of_lines += line["UnitPrice"].get<double>() * line["Quantity"].get<double>();
      }
      CHECK(std::llround(of_lines * 100) == std::llround(invoice["Total"].get<double>() * 100));
      total += of_lines;
    }
    std::array<char, 32> money{};
    std::snprintf(money.data(), money.size(), "%.2f", total);
    subtotals += customer["FirstName"].get<std::string>() + " " + customer["LastName"].get<std::string>() + "\t" +
                 std::to_string(customer["invoices"].size()) + "\t" + money.data() + "\n";
  }
  CHECK(without_invoices == 1);
  CHECK(without_lines == 1);
  CHECK(all.subtotals == subtotals);
}

TEST_CASE("shop: of the music shop, rows and sums are those that SQLite itself gives") {
  const printed all(shop({tests::music_shop()}));
  const auto db = sqlite::connection::open_read_only(tests::music_shop());
  REQUIRE(all.customers.size() == 59);
  CHECK((all.customers == customers_of(db)));  // in brackets: too long to be printed
  CHECK(all.subtotals == subtotals_of(db));
}

TEST_CASE("shop: invoices and lines may be in any order in their tables, and money may be text, whole or negative") {
  const temporary_folder here;
  const sqlite::connection db = [&] {
    sqlite::connection made{here.file("shop.db")};
    made.execute(R"(
      create table Customer (CustomerId integer, FirstName text, LastName text);
      create table Invoice (InvoiceId integer, CustomerId integer, InvoiceDate text, Total text);
      create table InvoiceLine (InvoiceLineId integer, InvoiceId integer, TrackId integer, UnitPrice, Quantity integer);
      insert into Customer values (3, 'Ana', '"Quote"'), (1, 'Bo', ''), (2, 'Ćiro', 'None');
      insert into Invoice values (9, 1, null, '1'), (5, 3, 'x', null), (2, 1, '', ''), (7, 1, null, null);
      insert into InvoiceLine values (4, 9, null, 1, 3), (1, 2, 1, 0.1, 3), (3, 9, 1, -2.5, 2), (2, 5, 1, -0.05, 1);
    )");
    return made;
  }();
  const printed all(shop({here.file("shop.db")}));
  CHECK(all.customers == customers_of(db));
  CHECK(all.subtotals == "Bo \t3\t-1.70\nĆiro None\t0\t0.00\nAna \"Quote\"\t1\t-0.05\n");
  CHECK(all.subtotals == subtotals_of(db));
}

TEST_CASE("shop: a database that is not there, is none, or lacks tables is named, in one line") {
  const temporary_folder here;
  const std::string missing = here.file("missing.db");
  check_fails(shop({missing}), {missing, "unable to open database file"});
  CHECK(!std::filesystem::exists(missing));
  const std::string text = here.file("text.db", std::string(5000, 'x'));
  check_fails(shop({text}), {text, "file is not a database"});
  const std::string other = here.file("other.db");
  sqlite::connection{other}.execute("create table Customer (CustomerId, FirstName, LastName)");
  check_fails(shop({other}), {other, "no such table: Invoice"});
}

TEST_CASE("shop: a line without an invoice of its own is said, with its row, and the JSON stays open") {
  const temporary_folder here;
  const std::string file = here.file("shop.db");
  sqlite::connection{file}.execute(R"(
    create table Customer (CustomerId integer, FirstName text, LastName text);
    create table Invoice (InvoiceId integer, CustomerId integer, InvoiceDate text, Total real);
    create table InvoiceLine (InvoiceLineId integer, InvoiceId integer, TrackId integer, UnitPrice real, Quantity integer);
    insert into Customer values (1, 'Bo', 'One');
    insert into Invoice values (1, 1, null, 0), (2, 8, null, 0))");
  const program_result done = shop({file});
  check_fails(done, {file, "CustomerId 8", "at row 2 of \"invoices\""});
  CHECK(!tests::is_json(done.out));
}

TEST_CASE("shop: wrong usage ends with 2") {
  CHECK(shop({"a.db", "b.db"}).exit_code == 2);
  CHECK(shop({"--unknown"}).exit_code == 2);
  CHECK(shop({"--help"}).exit_code == 0);
}

}  // namespace examples_shop_tests

#endif
