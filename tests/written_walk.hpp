#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/raw_stream.hpp>

#include "any_walk.hpp"
#include "catch.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"

namespace tests {

template <class Walk>
drained drain_of(Walk walk, tidemark::byte_mark mark = {}) {
  return drain(tidemark::raw_stream{any_walk(std::move(walk)), tidemark::format::array{}, mark});
}

template <class Walk>
std::string bytes_of(Walk walk, tidemark::byte_mark mark = {}) {
  const drained all = drain_of(std::move(walk), mark);
  if (all.failure) throw *all.failure;
  return all.bytes;
}

/// What a walk fails with; what came before must not look complete.
template <class Walk>
tidemark::error failure_of(Walk walk) {
  tidemark::raw_stream stream{any_walk(std::move(walk))};
  const drained all = drain(stream);
  CHECK_FALSE(tests::is_json(all.bytes));
  CHECK(stream.failed());
  if (!all.failure) throw std::logic_error("it did not fail: " + all.bytes);
  return *all.failure;
}

}  // namespace tests
