#pragma once

#include <filesystem>
#include <string>

#include "catch.hpp"

namespace tests {

/// Where a package of npm is, if tests/npm_packages could install it.
inline std::filesystem::path npm_package(const std::string& name) {
  return std::filesystem::path(TIDEMARK_NPM_PACKAGES) / name;
}

}  // namespace tests

// First in each test that reads a package of npm. `name`: a string literal.
#define NEEDS_NPM_PACKAGE(name)                                            \
  if (!std::filesystem::exists(tests::npm_package(name) / "package.json")) \
  SKIP_TEST("there is no npm package " name "; tests/run installs it")
