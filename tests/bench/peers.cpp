#include "peers.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace bench {

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

void run_peer(std::string_view name, const job& wanted) {
  if (name == "rows/first_chunk") return peers::first_chunk(wanted);
  if (name == "rows/count") return peers::count(wanted);
  auto of_documents = name.starts_with("documents/");
  auto list = of_documents ? document_peers() : row_peers();
  auto found = std::ranges::find(list, name.substr(name.find('/') + 1), &peer::name);
  if (found == list.end()) throw std::runtime_error{"there is no peer " + std::string{name}};
  found->run(wanted);
}

}  // namespace bench
