// What was asked of the benchmarks.

#pragma once

#include "child.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

struct plan {
  std::string program;  // this one, to start peers
  std::string database;
  std::string ndjson;     // the rows of its table `documents` as lines
  std::string postgres;   // where a server is that may be filled, as libpq has it
  std::int64_t rows = 0;  // as many as the table has, or fewer if so asked
  bool all_rows = true;
  int rounds = 7;
  std::string only_peers;  // ",hand,library,"; empty: all

  bool includes(std::string_view peer) const {
    return only_peers.empty() || only_peers.find("," + std::string{peer} + ",") != std::string::npos;
  }

  // Of the first rows of a table, or of the whole table.
  std::string query(const std::string& columns, const std::string& table, std::int64_t times = 1) const {
    auto sql = "select " + columns + " from " + table;
    return all_rows ? sql : sql + " limit " + std::to_string(rows * times);
  }

  std::string every_order() const { return query("*", "orders"); }
  std::string every_document() const { return query("doc", "documents"); }

  // Ten times as many rows out of the same table: a file of that size is not needed.
  std::string orders_ten_times() const {
    return query("orders.*", "(values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) cross join orders", 10);
  }

  // This program once more, as one peer of the list `kind`. Without `sql` its rows are the lines.
  command child(std::string_view kind, std::string_view peer, const std::string& sql = {}) const {
    auto name = std::string{kind} + '/' + std::string{peer};
    return {program, "--db", database, "--ndjson", ndjson, "--postgres", postgres, "--peer", name, "--query", sql};
  }
};

}  // namespace bench
