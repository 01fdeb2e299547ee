#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>

/// All that came out of a stream, and how it ended.
struct drained {
  std::string bytes;
  std::vector<std::size_t> chunk_sizes;
  std::size_t pendings = 0;
  std::optional<tidemark::error> failure;
  std::exception_ptr foreign;  // what was thrown, where it is not a tidemark::error
};

/// The error that `act` throws.
template <class Act>
tidemark::error thrown_by(Act act) {
  try {
    act();
  } catch (const tidemark::error& failed) {
    return failed;
  }
  throw std::logic_error("it was not refused");
}

/// Pulls a stream to its end or its failure, and once more: that must be the end. `wait`: called where it is pending;
/// without it, the stream is asked again at once.
template <class Stream, class Wait>
drained drain(Stream&& stream, Wait wait) {
  drained all;
  for (bool is_over = false; !is_over;) {
    try {
      const auto chunk = stream.try_pull();
      if (chunk.is_pending()) {
        ++all.pendings;
        wait();
      }
      if (chunk.is_item()) {
        all.bytes += *chunk;
        all.chunk_sizes.push_back(chunk->size());
      }
      is_over = chunk.is_end();
    } catch (const tidemark::error& failed) {
      all.failure = failed;
      is_over = true;
    } catch (...) {
      all.foreign = std::current_exception();
      is_over = true;
    }
  }
  if (!stream.try_pull().is_end()) throw std::logic_error("the end was not the end");
  return all;
}
template <class Stream>
drained drain(Stream&& stream) {
  return drain(stream, [] {});
}
