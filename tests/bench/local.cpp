// What the program `bench` measures: rows of SQLite and of files.

#include "cases.hpp"
#include "peers.hpp"

#include <array>
#include <span>

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

std::span<const peer> frame_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"array", "tidemark, an array", peers::library, check::bytes},
      {"hand_array", "best hand loop, an array", peers::hand, check::values},
      {"hand", "best hand loop", peers::hand_frames, check::frames},
      {"library", "tidemark, in chunks", peers::library_frames, check::frames},
      {"whole", "tidemark, whole", peers::library_whole_frame, check::frames},
  });
  return list;
}

std::span<const peer> query_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"library", "31 queries on one stream", peers::library_queries, check::bytes},
      {"stalled", "and one that is stalled", peers::library_queries_and_a_stalled_one, check::bytes},
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

}  // namespace

std::span<const peer_list> peer_lists() {
  static const auto lists = std::to_array<peer_list>({{"rows", row_peers()},
                                                      {"documents", document_peers()},
                                                      {"fields", field_peers()},
                                                      {"columns", column_peers()},
                                                      {"change", change_peers()},
                                                      {"children", children_peers()},
                                                      {"expand", expand_peers()},
                                                      {"frames", frame_peers()},
                                                      {"queries", query_peers()}});
  return lists;
}

std::span<const named_work> other_works() {
  static constexpr auto list = std::to_array<named_work>({{"rows/count", peers::count},
                                                          {"rows/first_chunk", peers::first_chunk},
                                                          {"expand/one_each", peers::expand_one_each},
                                                          {"expand/none", peers::expand_none},
                                                          {"documents/lines", peers::write_lines}});
  return list;
}

std::span<const named_case> all_cases() {
  static constexpr auto list = std::to_array<named_case>({{"rows", cases::rows},
                                                          {"documents", cases::documents},
                                                          {"fields", cases::fields},
                                                          {"columns", cases::columns},
                                                          {"change", cases::change},
                                                          {"children", cases::children},
                                                          {"expand", cases::expand},
                                                          {"frames", cases::frames},
                                                          {"memory", cases::memory},
                                                          {"first_chunk", cases::first_chunk},
                                                          {"marks", cases::marks}});
  return list;
}

}  // namespace bench
