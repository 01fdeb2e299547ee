#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/json/chunk_buffer.hpp>

#include "catch.hpp"

namespace tests {

/// What came out of a buffer, and how it ended.
struct drained {
  std::string text;
  std::optional<tidemark::error> failure;
};

/// Calls `write(buffer)` until it says that all is written, or throws tidemark::error, and takes the chunks out in
/// between, as a stream does. Looks at what every writer promises: no chunk beyond the mark, no stop before it, nothing
/// beyond the overhang, and room behind it for framing.
template <class Write>
drained drain_all(std::size_t mark, Write write) {
  using tidemark::json::chunk_buffer;
  constexpr std::size_t longest_framing = 8;
  chunk_buffer buffer(mark);
  drained made;
  for (;;) {
    bool is_over = true;
    try {
      is_over = write(buffer);
    } catch (const tidemark::error& failed) {
      made.failure = failed;
    }
    if (buffer.size() > mark + chunk_buffer::overhang - longest_framing) FAIL("no room is left behind the overhang");
    if (!is_over && !buffer.is_full()) FAIL("stopped at " << buffer.size() << " bytes, before the mark of " << mark);
    while (buffer.is_full() || (is_over && buffer.size() != 0)) {
      const std::string_view chunk = buffer.chunk(0);
      if (chunk.empty() || chunk.size() > mark) FAIL("a chunk of " << chunk.size() << " with a mark of " << mark);
      made.text += chunk;
      buffer.drop(chunk.size());
    }
    if (is_over) return made;
  }
}

/// The same for what must not fail.
template <class Write>
std::string drain(std::size_t mark, Write write) {
  drained made = drain_all(mark, write);
  if (made.failure) FAIL("failed: " << made.failure->what());
  return made.text;
}

}  // namespace tests
