#pragma once

#include <cstdlib>
#include <string>

#include "catch.hpp"

namespace tests {

/// Where the server of this run of the tests is; tests/with_postgres starts one. Null where there is none.
inline const char* postgres_server() { return std::getenv("TIDEMARK_POSTGRES"); }

}  // namespace tests

// First in each test that needs a server.
#define NEEDS_POSTGRES() \
  if (tests::postgres_server() == nullptr) SKIP_TEST("there is no PostgreSQL server; tests/with_postgres starts one")
