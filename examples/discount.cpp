// Writes a table as JSON with one field changed on the way: what it costs less a discount, rounded to cents.
//
//     discount --db shop.db --table product --field price --percent 15
//     discount --ndjson products.ndjson --field price --percent 15
//
// Every other field goes through untouched: of lines of JSON, byte for byte.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <tidemark/adapt/transform.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

namespace {

struct arguments {
  std::string database;
  std::string table;
  std::string lines;
  std::string field;
  double percent = 0;

  const std::string& source() const { return database.empty() ? lines : database; }
};

template <class Producer>
void write_discounted(Producer rows, const arguments& wanted) {
  auto discounted = tidemark::transform(std::move(rows), [&wanted](auto& row) {
    const auto price = row[wanted.field];
    if (price.is_null()) return;
    row.set(wanted.field, std::round(price.template get<double>() * (100 - wanted.percent)) / 100);
  });
  tidemark::raw_stream stream{std::move(discounted)};
  try {
    tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
  } catch (const tidemark::error& failed) {
    if (failed.kind() != tidemark::failure::reader_gone) throw;  // who has seen enough may go
  }
}

void write_discounted(const arguments& wanted) {
  namespace sqlite = tidemark::sqlite;
  namespace ndjson = tidemark::ndjson;
  if (wanted.database.empty()) return write_discounted(ndjson::rows{ndjson::file{wanted.lines}}, wanted);
  write_discounted(sqlite::query{sqlite::connection::open_read_only(wanted.database),
                                 "select * from " + sqlite::quoted_identifier(wanted.table)},
                   wanted);
}

/// Fills `wanted`; gives the exit code where there is nothing more to do.
std::optional<int> parse(int argc, char** argv, arguments& wanted) {
  CLI::App app{"Writes a table, or lines of JSON, as a JSON array, with one field less so many percent."};
  auto* const database = app.add_option("--db", wanted.database, "the SQLite database")->type_name("FILE");
  auto* const table = app.add_option("--table", wanted.table, "all rows of this table or view")->type_name("NAME");
  auto* const lines =
      app.add_option("--ndjson", wanted.lines, "the rows of this file, one to a line")->type_name("FILE");
  app.add_option("--field", wanted.field, "the field to change")->required()->type_name("NAME");
  app.add_option("--percent", wanted.percent, "how much less")->required()->check(CLI::Range(0.0, 100.0));
  database->needs(table)->excludes(lines);
  table->needs(database);
  try {
    app.parse(argc, argv);
    if (database->empty() && lines->empty()) throw CLI::RequiredError("one of --db and --ndjson");
  } catch (const CLI::ParseError& done) {
    return app.exit(done) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  arguments wanted;
  try {
    if (const auto code = parse(argc, argv, wanted)) return *code;
    write_discounted(wanted);
    return 0;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "discount: {}: {}\n", wanted.source(), failed.what());
    return 1;
  }
}
