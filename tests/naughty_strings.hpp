#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "data/awkward_texts.hpp"
#include "npm_packages.hpp"

namespace tests {

/// The Big List of Naughty Strings, and this project's own. A test that calls this begins with
/// NEEDS_NPM_PACKAGE("blns").
inline std::vector<std::string> naughty_strings() {
  std::ifstream file(npm_package("blns") / "resources" / "blns.json", std::ios::binary);
  auto all = nlohmann::json::parse(file).get<std::vector<std::string>>();
  all.insert(all.end(), std::begin(awkward_texts), std::end(awkward_texts));
  return all;
}

}  // namespace tests
