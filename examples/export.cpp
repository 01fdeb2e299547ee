// Writes the rows of an SQLite query or table as JSON: any size, in a few megabytes of memory.
//
//     export --db shop.db --table orders > orders.json
//
// and, nested in them, the rows of other queries:
//
//     export --db shop.db --query 'select * from customer order by id'
//            --child 'orders:id=customer:select * from orders order by customer, id'
//            --child 'orders.lines:id=customer,id=order_id:select o.customer, l.* from line l
//                     join orders o on o.id = l.order_id order by o.customer, o.id'

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/error.hpp>
#include <tidemark/fmt.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/version.hpp>

#include "child_relation.hpp"
#include "progress_bar.hpp"

namespace {

struct arguments {
  std::string database;
  std::string query;
  std::string table;
  std::vector<child_relation> children;
  std::string format = "array";
  std::size_t high_water_mark = tidemark::byte_mark{}.count();
  std::string output = "-";
  bool one = false;
  bool progress = false;
  bool stats = false;

  std::string sql() const {
    return table.empty() ? query : "select * from " + tidemark::sqlite::quoted_identifier(table);
  }
  /// What is exported, for messages.
  std::string source() const { return table.empty() ? "query" : "table \"" + table + '"'; }
};

constexpr const char* about_children =
    R"(Children: --child puts the rows of SQL into their parents, as an array NAME, [] where a parent has none.
KEYS says which rows are whose: PARENTCOLUMN=CHILDCOLUMN for each ancestor, from the root down, separated by commas.
  --query 'select * from Artist order by ArtistId'
  --child 'albums:ArtistId=ArtistId:select * from Album order by ArtistId, AlbumId'
  --child 'albums.tracks:ArtistId=ArtistId,AlbumId=AlbumId:select a.ArtistId, t.* from Track t
           join Album a using (AlbumId) order by a.ArtistId, t.AlbumId, t.TrackId'
A parent is given before its children. All rows must be in the order of the keys, the parents' too. --table asks for no
order: its rows mostly come in that of the integer primary key, but only a --query with "order by" is sure of it.)";

/// Fills `wanted`; gives the exit code where there is nothing more to do.
std::optional<int> parse(int argc, char** argv, arguments& wanted) {
  CLI::App app{"Writes the rows of an SQLite query or table as JSON."};
  app.add_option("--db", wanted.database, "the SQLite database; opened read-only")->required()->type_name("FILE");
  auto* const query = app.add_option("--query", wanted.query, "the rows of this query")->type_name("SQL");
  auto* const table = app.add_option("--table", wanted.table, "all rows of this table or view")->type_name("NAME");
  query->excludes(table);
  std::vector<std::string> children;
  app.add_option("--child", children, "rows that are nested in those: see below; may be given more than once")
      ->allow_extra_args(false)
      ->type_name("NAME:KEYS:SQL");
  auto* const format = app.add_option("--format", wanted.format, "array, ndjson, json-seq or odata")
                           ->check(CLI::IsMember({"array", "ndjson", "json-seq", "odata"}))
                           ->type_name("NAME")
                           ->capture_default_str();
  app.add_option("--high-water-mark", wanted.high_water_mark, "the longest chunk, in bytes")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30))
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_option("--output", wanted.output, "a file, or - for standard output")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_flag("--one", wanted.one, "the one row there is, bare; null where there is none")->excludes(format);
  app.add_flag("--progress", wanted.progress, "a bar on standard error, where that is a terminal");
  app.add_flag("--stats", wanted.stats, "when done, one line of JSON on standard error");
  app.footer(about_children);
  app.set_version_flag("--version", "export of tidemark " TIDEMARK_VERSION);
  try {
    app.parse(argc, argv);
    if (query->empty() && table->empty()) throw CLI::RequiredError("one of --query and --table");
    wanted.children = parse_children(children);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong);
    return 2;
  }
  return std::nullopt;
}

/// Where the JSON goes: a file that is opened when the query is known to be sound, or standard output.
class output {
 public:
  output(const std::string& name, sqlite3* database) {
    if (name == "-") return;
    refuse_to_overwrite(database, name);
    descriptor_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail("cannot open", name);
    name_ = name;
  }
  output(const output&) = delete;
  output& operator=(const output&) = delete;
  ~output() {
    if (!name_.empty()) ::close(descriptor_);
  }

  int descriptor() const noexcept { return descriptor_; }

  /// Some file systems say only now that the disk is full.
  void close() {
    if (!std::exchange(name_, {}).empty() && ::close(descriptor_) != 0) fail("cannot write", "the output");
  }

 private:
  static void refuse_to_overwrite(sqlite3* database, const std::string& name) {
    const char* const source = sqlite3_db_filename(database, "main");  // the file itself, where a URI was given
    struct stat from{}, to{};
    if (source != nullptr && ::stat(source, &from) == 0 && ::stat(name.c_str(), &to) == 0 && from.st_dev == to.st_dev &&
        from.st_ino == to.st_ino)
      throw tidemark::error(tidemark::failure::usage, "the output is the database itself");
  }

  [[noreturn]] static void fail(const char* doing, const std::string& name) {
    throw tidemark::error(tidemark::failure::sink,
                          fmt::format("{} {}: {}", doing, name, std::generic_category().message(errno)));
  }

  int descriptor_ = STDOUT_FILENO;
  std::string name_;
};

tidemark::canceller stop_export;

/// Interrupted once, the export stops its query and says so; twice, it dies.
void stop_on_interrupt(tidemark::canceller query) {
  stop_export = std::move(query);
  struct sigaction action{};
  action.sa_handler = [](int) { stop_export.cancel(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// In bytes. The system's other figure, ru_maxrss, would hold what the starting program had, too.
std::uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::uint64_t kibibytes = 0;
  for (std::string word; status >> word;)
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string stats_line(const tidemark::stats& done) {
  std::string line = fmt::format("{}", done);
  line.pop_back();
  return line + fmt::format(",\"peak_memory\":{}}}\n", peak_memory());
}

/// The rows with their children, from one query for each relation.
auto nested_rows(tidemark::sqlite::connection& database, const arguments& wanted) {
  // One transaction for all queries, so that parents and children are of one state of the database: that in which the
  // first row is read, also for a query that begins when another one has ended. Nothing is written, so nothing is to be
  // committed; the transaction ends when the connection is closed.
  database.execute("begin");
  std::vector<tidemark::sqlite::query> queries;
  std::vector<tidemark::joined_relation> relations(1);  // the first is that of the rows themselves
  queries.emplace_back(database, wanted.sql());
  for (const child_relation& child : wanted.children) {
    try {
      queries.emplace_back(database, child.sql);
    } catch (const tidemark::error& failed) {
      throw tidemark::error(failed.kind(), fmt::format("the query of \"{}\": {}", child.path, failed.message()),
                            failed.code());
    }
    relations.push_back(child.joined);
  }
  return tidemark::nest(std::move(queries), std::move(relations));
}

template <class Producer, class Format>
void write_rows(const arguments& wanted, sqlite3* database, Producer producer, Format format) {
  progress_bar bar(wanted.progress && isatty(STDERR_FILENO) == 1, database, wanted.table);
  tidemark::raw_stream rows{std::move(producer), std::move(format), tidemark::byte_mark{wanted.high_water_mark}};
  stop_on_interrupt(rows.canceller());
  output target(wanted.output, database);
  tidemark::sinks::descriptor sink(target.descriptor());
  try {
    while (const auto chunk = rows.pull()) {
      sink.write(*chunk);
      bar.show(rows.stats());
    }
    target.close();
  } catch (const tidemark::error& failed) {
    if (failed.kind() != tidemark::failure::reader_gone) throw;
    rows.close();  // whoever reads has seen enough
  }
  bar.finish(rows.stats());
  if (wanted.stats) fmt::print(stderr, "{}", stats_line(rows.stats()));
}

template <class Format>
void export_rows(const arguments& wanted, Format format) {
  auto database = tidemark::sqlite::connection::open_read_only(wanted.database);
  sqlite3_busy_timeout(database.handle(), 5000);
  if (wanted.children.empty())
    write_rows(wanted, database.handle(), tidemark::sqlite::query{database, wanted.sql()}, std::move(format));
  else
    write_rows(wanted, database.handle(), nested_rows(database, wanted), std::move(format));
}

void export_rows(const arguments& wanted) {
  namespace format = tidemark::format;
  if (wanted.one) return export_rows(wanted, format::one{});
  if (wanted.format == "ndjson") return export_rows(wanted, format::ndjson{});
  if (wanted.format == "json-seq") return export_rows(wanted, format::json_seq{});
  if (wanted.format == "odata") return export_rows(wanted, format::odata{});
  return export_rows(wanted, format::array{});
}

}  // namespace

int main(int argc, char** argv) {
  arguments wanted;
  try {
    if (const auto code = parse(argc, argv, wanted)) return *code;
    export_rows(wanted);
    return 0;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "export: {}: {}: {}\n", wanted.database, wanted.source(), failed.what());
    return 1;
  }
}
