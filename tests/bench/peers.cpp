#include "peers.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace bench {

namespace {

std::span<const peer> row_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"step", "sqlite3_step alone", peers::step, check::none},
      {"read", "step and read every value", peers::read, check::none},
      {"hand", "best hand loop", peers::hand, check::values},
      {"library", "tidemark", peers::library, check::bytes},
      {"plain", "plain hand loop", peers::plain, check::values},
      {"rapidjson", "RapidJSON Writer", peers::rapidjson, check::values},
      {"boost", "Boost.JSON serializer", peers::boost_json, check::values},
      {"nlohmann", "nlohmann::json", peers::nlohmann, check::values},
      {"json_object", "json_object(...) row by row", peers::json_object, check::fifteen_digits},
      {"json_group_array", "json_group_array(...)", peers::json_group_array, check::fifteen_digits},
      {"shell", "sqlite3 -json", peers::sqlite_shell, check::values},
  });
  return list;
}

std::span<const peer> document_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"step", "sqlite3_step alone", peers::step, check::none},
      {"read", "step and read every value", peers::read, check::none},
      {"hand", "best hand loop", peers::hand_documents, check::values},
      {"library", "tidemark", peers::library_documents, check::bytes},
  });
  return list;
}

std::span<const peer> field_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"read", "read and find the lines", peers::read_fields, check::none},
      {"hand", "On Demand, window by window", peers::hand_fields, check::values},
      {"library", "tidemark", peers::library_fields, check::bytes},
      {"on_demand", "On Demand, row by row", peers::on_demand_fields, check::bytes},
      {"dom", "DOM, window by window", peers::dom_fields, check::bytes},
      {"rapidjson", "RapidJSON Reader", peers::rapidjson_fields, check::bytes},
      {"boost", "Boost.JSON", peers::boost_json_fields, check::bytes},
      {"nlohmann", "nlohmann::json", peers::nlohmann_fields, check::bytes},
  });
  return list;
}

std::span<const peer> column_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"step", "sqlite3_step alone", peers::step, check::none},
      {"hand", "best hand loop", peers::hand_columns, check::values},
      {"library", "tidemark", peers::library_columns, check::bytes},
      {"plain", "plain hand loop", peers::plain_columns, check::bytes},
  });
  return list;
}

std::span<const peer> change_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"untouched", "tidemark, untouched", peers::library_untouched, check::bytes},
      {"no_change", "tidemark, transform of nothing", peers::library_no_change, check::bytes},
      {"library", "tidemark, transform of one field", peers::library_change, check::values},
      {"hand", "On Demand, the rest copied", peers::hand_change, check::values},
      {"dom", "simdjson DOM", peers::dom_change, check::values},
      {"rapidjson", "RapidJSON Reader to Writer", peers::rapidjson_change, check::values},
      {"boost", "Boost.JSON", peers::boost_json_change, check::fifteen_digits},
      {"nlohmann", "nlohmann::json", peers::nlohmann_change, check::values},
  });
  return list;
}

std::span<const peer> children_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"read", "step and read all children", peers::read_children, check::none},
      {"hand", "merge loop by hand", peers::hand_children, check::values},
      {"library", "tidemark, nest", peers::library_children, check::bytes},
      {"hand_lookup", "a query per parent, by hand", peers::hand_lookup, check::bytes},
      {"lookup", "tidemark, lookup", peers::library_lookup, check::bytes},
      {"batches", "tidemark, lookup in batches", peers::library_batches, check::bytes},
      {"interlaced", "tidemark, interlaced", peers::library_interlaced, check::bytes},
      {"json_group_array", "json_group_array subquery", peers::json_group_children, check::values},
  });
  return list;
}

std::span<const peer> expand_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"hand", "merge loop by hand", peers::hand_expand, check::values},
      {"library", "tidemark, expand_stream", peers::library_expand, check::bytes},
  });
  return list;
}

std::span<const peer> postgres_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"read", "rows received, nothing read", peers::read_postgres, check::none},
      {"hand", "best hand loop, row by row", peers::hand_postgres, check::values},
      {"library", "tidemark", peers::library_postgres, check::bytes},
      {"whole", "PQexec, the same loop", peers::hand_postgres_whole, check::bytes},
      {"row_to_json", "psql, COPY of row_to_json", peers::row_to_json, check::copied_lines},
      {"json_agg", "psql, json_agg", peers::json_agg, check::values},
  });
  return list;
}

std::span<const peer> http_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"memory", "bytes in memory, Beast alone", peers::serve_memory, check::none},
      {"sink", "bytes in memory, tidemark's sink", peers::serve_memory_by_sink, check::none},
      {"sqlite", "tidemark, rows of SQLite", peers::serve_sqlite, check::none},
      {"postgres", "tidemark, rows of PostgreSQL", peers::serve_postgres, check::none},
  });
  return list;
}

}  // namespace

std::span<const peer_list> peer_lists() {
  static const auto lists = std::to_array<peer_list>({{"rows", row_peers()},
                                                      {"documents", document_peers()},
                                                      {"fields", field_peers()},
                                                      {"columns", column_peers()},
                                                      {"change", change_peers()},
                                                      {"children", children_peers()},
                                                      {"expand", expand_peers()},
                                                      {"postgres", postgres_peers()},
                                                      {"http", http_peers()}});
  return lists;
}

std::span<const peer> peers_of(std::string_view kind) {
  auto found = std::ranges::find(peer_lists(), kind, &peer_list::kind);
  if (found == peer_lists().end()) throw std::runtime_error{"there are no peers for " + std::string{kind}};
  return found->peers;
}

void run_peer(std::string_view name, const job& wanted) {
  if (name == "rows/first_chunk") return peers::first_chunk(wanted);
  if (name == "rows/count") return peers::count(wanted);
  if (name == "stalled/library") return peers::stalled(wanted);
  if (name == "expand/one_each") return peers::expand_one_each(wanted);
  if (name == "expand/none") return peers::expand_none(wanted);
  if (name == "documents/lines") return peers::write_lines(wanted);
  auto list = peers_of(name.substr(0, name.find('/')));
  auto found = std::ranges::find(list, name.substr(name.find('/') + 1), &peer::name);
  if (found == list.end()) throw std::runtime_error{"there is no peer " + std::string{name}};
  found->run(wanted);
}

}  // namespace bench
