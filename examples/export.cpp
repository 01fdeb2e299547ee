// Writes the rows of a query or table of SQLite or PostgreSQL as JSON: any size, in a few megabytes of memory.
//
//     export --db shop.db --table orders > orders.json
//     export --db postgresql://user@host/shop --table orders > orders.json
//
// and, nested in them, the rows of other queries:
//
//     export --db shop.db --query 'select * from customer order by id'
//            --child 'orders:id=customer:select * from orders order by customer, id'
//            --child 'orders.lines:id=customer,id=order_id:select o.customer, l.* from line l
//                     join orders o on o.id = l.order_id order by o.customer, o.id'

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/fmt.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/stats.hpp>

#include "child_relation.hpp"
#include "export_arguments.hpp"
#include "output_file.hpp"
#include "postgres_source.hpp"
#include "progress_bar.hpp"
#include "sqlite_source.hpp"

namespace {

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
template <class Source>
auto nested_rows(Source& source, const std::string& sql, const std::vector<child_relation>& children) {
  source.begin();
  std::vector<decltype(source.rows_of_relation(sql))> queries;
  queries.push_back(source.rows_of_relation(sql));
  std::vector<tidemark::joined_relation> relations(1);  // the first is that of the rows themselves
  for (const child_relation& child : children) {
    try {
      queries.push_back(source.rows_of_relation(child.sql));
    } catch (const tidemark::error& failed) {
      throw tidemark::error(failed.kind(), fmt::format("the query of \"{}\": {}", child.path, failed.message()),
                            failed.code());
    }
    relations.push_back(child.joined);
  }
  return tidemark::nest(std::move(queries), std::move(relations));
}

template <class Source, class Stream>
void write_all(const arguments& wanted, Source& source, Stream rows) {
  const bool has_bar = wanted.progress && isatty(STDERR_FILENO) == 1;
  progress_bar bar(has_bar, has_bar && !wanted.table.empty() ? source.count(wanted.table) : 0);
  stop_on_interrupt(rows.canceller());
  source.refuse_as_output(wanted.output);
  output_file output(wanted.output);
  tidemark::sinks::descriptor sink(output.descriptor());
  try {
    while (const auto chunk = rows.pull()) {
      sink.write(*chunk);
      bar.show(rows.stats());
    }
    output.close();
  } catch (const tidemark::error& failed) {
    if (failed.kind() != tidemark::failure::reader_gone) throw;
    rows.close();  // whoever reads has seen enough
  }
  bar.finish(rows.stats());
  if (wanted.stats) fmt::print(stderr, "{}", stats_line(rows.stats()));
}

/// Stands for the format of frames, which are columns and have a stream of their own.
struct frames {};

template <class Source, class Format>
void export_from(Source source, const arguments& wanted, Format format) {
  const std::string sql = wanted.table.empty() ? wanted.query : Source::all_of(wanted.table);
  const tidemark::byte_mark mark{wanted.high_water_mark};
  if constexpr (std::is_same_v<Format, frames>) {
    const tidemark::frame_options options{
        .ref_id = wanted.ref_id, .name = wanted.table, .rows_per_chunk = wanted.rows_per_chunk, .mark = mark};
    write_all(wanted, source, tidemark::frame_stream{source.rows(sql), options});
  } else if (wanted.children.empty()) {
    write_all(wanted, source, tidemark::raw_stream{source.rows(sql), std::move(format), mark});
  } else {
    write_all(wanted, source, tidemark::raw_stream{nested_rows(source, sql, wanted.children), std::move(format), mark});
  }
}

template <class Format>
void export_rows(const arguments& wanted, Format format) {
  if (postgres_source::is_address(wanted.database))
    export_from(postgres_source(wanted.database), wanted, std::move(format));
  else
    export_from(sqlite_source(wanted.database), wanted, std::move(format));
}

void export_rows(const arguments& wanted) {
  namespace format = tidemark::format;
  if (wanted.one) return export_rows(wanted, format::one{});
  if (wanted.format == "ndjson") return export_rows(wanted, format::ndjson{});
  if (wanted.format == "json-seq") return export_rows(wanted, format::json_seq{});
  if (wanted.format == "frames") return export_rows(wanted, frames{});
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
    const std::string& database = wanted.database;
    fmt::print(stderr, "export: {}: {}: {}\n",
               postgres_source::is_address(database) ? postgres_source::shown(database) : database, wanted.source(),
               failed.what());
    return 1;
  }
}
