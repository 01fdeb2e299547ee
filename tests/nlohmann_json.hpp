#pragma once

// nlohmann::json, compiled once and optimized (in nlohmann_json.cpp), since every test that looks at JSON needs it.
// Tests call these functions in place of its static ones, which are templates.

#include <string_view>

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace tests {

/// Throw nlohmann::json::exception if the text is not JSON.
nlohmann::json parse_json(std::string_view text);
nlohmann::ordered_json parse_ordered_json(std::string_view text);
/// These give a value that is_discarded() if the text is not JSON.
nlohmann::json try_parse_json(std::string_view text);
nlohmann::ordered_json try_parse_ordered_json(std::string_view text);
bool is_json(std::string_view text);

}  // namespace tests
