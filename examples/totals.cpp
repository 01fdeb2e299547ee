// Sums a column for each value of another, without ever making JSON: the rows are read where SQLite has them.
//
//     totals --db shop.db --query 'select country, total from invoice' --by country --sum total
//     totals --ndjson invoices.ndjson --by country --sum total
//
// Lines of JSON are read by the same code; of each line, no more than the two fields.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <tidemark/object_stream.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>

namespace {

struct arguments {
  std::string database;
  std::string query;
  std::string lines;
  std::string by;
  std::string sum;

  const std::string& source() const { return database.empty() ? lines : database; }
};

struct total {
  std::uint64_t rows = 0;
  double sum = 0;
};

/// A value as the name of a group: text as it is, anything else as JSON spells it.
template <class Value>
std::string_view group_of(const Value& value) {
  return value.as_field().type() == tidemark::field::kind::text ? value.template get<std::string_view>() : value.raw();
}

template <class Producer>
void print_totals(Producer rows, const arguments& wanted) {
  std::map<std::string, total, std::less<>> totals;
  for (const auto& row : tidemark::object_stream{std::move(rows)}) {
    const std::string_view group = group_of(row[wanted.by]);
    auto found = totals.find(group);
    if (found == totals.end()) found = totals.emplace(group, total{}).first;
    ++found->second.rows;
    found->second.sum += row.template get<std::optional<double>>(wanted.sum).value_or(0);
  }
  for (const auto& [group, all] : totals) fmt::print("{}\t{}\t{:.2f}\n", group, all.rows, all.sum);
}

void print_totals(const arguments& wanted) {
  namespace sqlite = tidemark::sqlite;
  namespace ndjson = tidemark::ndjson;
  if (wanted.database.empty()) return print_totals(ndjson::rows{ndjson::file{wanted.lines}}, wanted);
  print_totals(sqlite::query{sqlite::connection::open_read_only(wanted.database), wanted.query}, wanted);
}

/// Fills `wanted`; gives the exit code where there is nothing more to do.
std::optional<int> parse(int argc, char** argv, arguments& wanted) {
  CLI::App app{"Prints for each group its name, how many rows it has, and the sum of a field, separated by tabs."};
  auto* const database = app.add_option("--db", wanted.database, "the SQLite database")->type_name("FILE");
  auto* const query = app.add_option("--query", wanted.query, "the rows of this query")->type_name("SQL");
  auto* const lines =
      app.add_option("--ndjson", wanted.lines, "the rows of this file, one to a line")->type_name("FILE");
  app.add_option("--by", wanted.by, "the field whose values are the groups")->required()->type_name("NAME");
  app.add_option("--sum", wanted.sum, "the field that is summed; null counts as 0")->required()->type_name("NAME");
  database->needs(query)->excludes(lines);
  query->needs(database);
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
    print_totals(wanted);
    return 0;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "totals: {}: {}\n", wanted.source(), failed.what());
    return 1;
  }
}
