#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "data/awkward_texts.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"

namespace tests {

/// The Big List of Naughty Strings, and this project's own. A test that calls this begins with
/// NEEDS_NPM_PACKAGE("blns").
inline std::vector<std::string> naughty_strings() {
  std::ifstream file(npm_package("blns") / "resources" / "blns.json", std::ios::binary);
  const std::string list(std::istreambuf_iterator<char>(file), {});
  auto all = parse_json(list).get<std::vector<std::string>>();
  all.insert(all.end(), std::begin(awkward_texts), std::end(awkward_texts));
  return all;
}

}  // namespace tests
