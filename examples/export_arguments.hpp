#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <tidemark/high_water_mark.hpp>
#include <tidemark/version.hpp>

#include "child_relation.hpp"

/// What the command line of the export says.
struct arguments {
  std::string database;
  std::string query;
  std::string table;
  std::vector<child_relation> children;
  std::string format = "array";
  std::string ref_id = "A";
  std::size_t rows_per_chunk = 1000;
  std::size_t high_water_mark = tidemark::byte_mark{}.count();
  std::string output = "-";
  bool one = false;
  bool progress = false;
  bool stats = false;

  /// What is exported, for messages.
  std::string source() const { return table.empty() ? "query" : "table \"" + table + '"'; }
};

inline constexpr const char* about_children =
    R"(Children: --child puts the rows of SQL into their parents, as an array NAME, [] where a parent has none.
KEYS says which rows are whose: PARENTCOLUMN=CHILDCOLUMN for each ancestor, from the root down, separated by commas.
  --query 'select * from Artist order by ArtistId'
  --child 'albums:ArtistId=ArtistId:select * from Album order by ArtistId, AlbumId'
  --child 'albums.tracks:ArtistId=ArtistId,AlbumId=AlbumId:select a.ArtistId, t.* from Track t
           join Album a using (AlbumId) order by a.ArtistId, t.AlbumId, t.TrackId'
A parent is given before its children. All rows must be in the order of the keys, the parents' too. --table asks for no
order: in SQLite its rows mostly come in that of the integer primary key, but only a --query with "order by" is sure of
it.)";

/// Fills `wanted`; gives the exit code where there is nothing more to do.
inline std::optional<int> parse(int argc, char** argv, arguments& wanted) {
  CLI::App app{"Writes the rows of a query or table of SQLite or PostgreSQL as JSON."};
  app.add_option("--db", wanted.database,
                 "the SQLite database, or the PostgreSQL server, postgresql://USER@HOST/DATABASE; nothing is written "
                 "there")
      ->required()
      ->type_name("FILE|ADDRESS");
  auto* const query = app.add_option("--query", wanted.query, "the rows of this query")->type_name("SQL");
  auto* const table = app.add_option("--table", wanted.table, "all rows of this table or view")->type_name("NAME");
  query->excludes(table);
  std::vector<std::string> children;
  app.add_option("--child", children, "rows that are nested in those: see below; may be given more than once")
      ->allow_extra_args(false)
      ->type_name("NAME:KEYS:SQL");
  auto* const format = app.add_option("--format", wanted.format, "array, ndjson, json-seq, odata or frames")
                           ->check(CLI::IsMember({"array", "ndjson", "json-seq", "odata", "frames"}))
                           ->type_name("NAME")
                           ->capture_default_str();
  auto* const ref_id =
      app.add_option("--ref-id", wanted.ref_id, "with --format frames: which query of a dashboard this answers")
          ->type_name("NAME")
          ->capture_default_str();
  auto* const rows_per_chunk =
      app.add_option("--rows-per-chunk", wanted.rows_per_chunk, "with --format frames: how many rows a line has")
          ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30))
          ->type_name("N")
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
    if (wanted.format != "frames" && (!ref_id->empty() || !rows_per_chunk->empty()))
      throw CLI::ValidationError("--ref-id and --rows-per-chunk", "are for --format frames");
    if (wanted.format == "frames" && !children.empty())
      throw CLI::ValidationError("--child", "frames are tables: their rows have no children");
    wanted.children = parse_children(children);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong);
    return 2;
  }
  return std::nullopt;
}
