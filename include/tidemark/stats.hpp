#pragma once

#include <cstddef>
#include <cstdint>

namespace tidemark {

/// What a stream has done so far. Times are seconds on a steady clock from the first pull.
struct stats {
  std::uint64_t rows = 0;          ///< rows written whole
  std::uint64_t bytes = 0;         ///< bytes handed out
  std::uint64_t chunks = 0;        ///< chunks handed out
  std::size_t largest_chunk = 0;   ///< bytes; never above the mark
  std::size_t buffered = 0;        ///< bytes held now, the chunk handed out last included; 0 for a stream of objects
  std::size_t peak_buffered = 0;   ///< most bytes held at once, the chunk being handed out included
  double first_chunk_seconds = 0;  ///< until the first chunk was there; 0 before
  double seconds = 0;              ///< until the end, or until now while the stream is open
};

}  // namespace tidemark
