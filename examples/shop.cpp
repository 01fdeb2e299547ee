// Customers with their invoices, and those with their lines: once as nested JSON, once as objects that are summed up.
//
//     shop [DATABASE]
//
// Without DATABASE, a small one is made in memory. Rows are read where SQLite has them, and none is kept: it does not
// matter how many invoices a customer has, and how many lines an invoice.

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/ostream.hpp>

using tidemark::many;
using tidemark::on;
using tidemark::sqlite::connection;
using tidemark::sqlite::query;

namespace {

connection make_shop() {
  connection db{":memory:"};
  db.execute(R"(
    create table Customer (CustomerId integer primary key, FirstName text, LastName text);
    create table Invoice (InvoiceId integer primary key, CustomerId integer, InvoiceDate text, Total numeric(10, 2));
    create table InvoiceLine (InvoiceLineId integer primary key, InvoiceId integer, TrackId integer,
                              UnitPrice numeric(10, 2), Quantity integer);
    insert into Customer values (1, 'Nóra', 'Kovács'), (2, 'Олена', 'Шевченко'), (3, '結衣', '佐藤'), (4, 'ليلى', 'حداد');
    insert into Invoice values (1, 2, '2024-02-29', 4.95), (2, 1, '2024-03-01', 0.99), (3, 2, '2024-03-14', 0),
                               (4, 4, '2024-03-31', 11.47);
    insert into InvoiceLine values (1, 1, 17, 0.99, 2), (2, 1, 4, 2.97, 1), (3, 2, 17, 0.99, 1), (4, 4, 8, 1.29, 3),
                                   (5, 4, 4, 2.97, 1), (6, 4, 23, 4.63, 1);
  )");
  return db;
}

/// The rows of three queries, joined while they are read. Each query is in the order of its parents' keys.
auto customers(const connection& db) {
  return tidemark::nest(
      query{db, "select CustomerId, FirstName, LastName from Customer order by CustomerId"},
      many("invoices",
           query{db,
                 "select CustomerId, InvoiceId, InvoiceDate, Total from Invoice "
                 "order by CustomerId, InvoiceId"},
           on("CustomerId"),
           many("lines",
                query{db,
                      "select i.CustomerId, l.InvoiceId, l.InvoiceLineId, l.TrackId, l.UnitPrice, l.Quantity "
                      "from InvoiceLine l join Invoice i on i.InvoiceId = l.InvoiceId "
                      "order by i.CustomerId, l.InvoiceId, l.InvoiceLineId"},
                on("CustomerId", "InvoiceId"))));
}

void print_json(const connection& db) {
  tidemark::raw_stream rows{customers(db)};
  tidemark::write_to(std::cout, rows);
  std::cout << "\n\n";
}

/// Of each customer the name, how many invoices there are, and the sum of their lines.
void print_subtotals(const connection& db) {
  for (const auto& customer : tidemark::expand_stream{customers(db)}) {
    std::size_t invoices = 0;
    std::int64_t cents = 0;
    for (const auto& invoice : customer.child("invoices")) {
      ++invoices;
      for (const auto& line : invoice.child("lines"))
        cents += std::llround(line.get<double>("UnitPrice") * 100) * line.get<std::int64_t>("Quantity");
    }
    std::cout << fmt::format("{} {}\t{}\t{:.2f}\n", customer.get<std::string_view>("FirstName"),
                             customer.get<std::string_view>("LastName"), invoices, static_cast<double>(cents) / 100);
  }
}

/// Fills `database`; gives the exit code where there is nothing more to do.
std::optional<int> parse(int argc, char** argv, std::string& database) {
  CLI::App app{
      "Prints customers with their invoices and lines as nested JSON, and then what each customer has bought."};
  app.add_option("DATABASE", database,
                 "SQLite, with tables Customer, Invoice and InvoiceLine; else one is made in memory")
      ->type_name("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& done) {
    return app.exit(done) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  std::string database;
  try {
    if (const auto code = parse(argc, argv, database)) return *code;
    const connection db = database.empty() ? make_shop() : connection::open_read_only(database);
    print_json(db);
    print_subtotals(db);
    return 0;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "shop: {}: {}\n", database.empty() ? "the shop in memory" : database, failed.what());
    return 1;
  }
}
