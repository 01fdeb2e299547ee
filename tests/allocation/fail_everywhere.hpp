#pragma once

#include <cstddef>
#include <new>
#include <string>

#include <tidemark/error.hpp>

#include "catch.hpp"
#include "counted.hpp"
#include "nlohmann_json.hpp"

struct outcome {
  std::string bytes;
  bool is_whole = false;
};

/// Pulls into memory that is there already, so that only the stream allocates.
template <class Make>
outcome run(std::size_t& which, std::size_t count, Make make) {
  outcome made;
  made.bytes.reserve(1 << 16);
  try {
    const fuse lit(which, count);
    auto stream = make();
    while (const auto chunk = stream.pull()) made.bytes.append(*chunk);
    made.is_whole = !stream.failed();
  } catch (const std::bad_alloc&) {
  } catch (const tidemark::error&) {}
  return made;
}

/// Fails at the first allocation, at the second, and so on until all of them succeed.
template <class Make, class Check>
void fail_everywhere(std::size_t& which, Make make, Check looks_complete) {
  const outcome whole = run(which, never, make);
  REQUIRE(whole.is_whole);
  REQUIRE(looks_complete(whole.bytes));
  for (std::size_t count = 0;; ++count) {
    const outcome cut = run(which, count, make);
    INFO("allocation " << count + 1);
    if (cut.is_whole) {
      REQUIRE(cut.bytes == whole.bytes);
      REQUIRE(count > 5);
      break;
    }
    REQUIRE_FALSE(looks_complete(cut.bytes));
  }
}

inline bool is_json(const std::string& bytes) { return tests::is_json(bytes); }
