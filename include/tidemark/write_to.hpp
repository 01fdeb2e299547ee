#pragma once

#include <string_view>
#include <utility>

#include <tidemark/read.hpp>
#include <tidemark/stats.hpp>

namespace tidemark {

/// Where chunks go. write() takes the whole chunk or throws.
template <class S>
concept sink = requires(S& place, std::string_view chunk) { place.write(chunk); };

/// Pulls a stream to its end into a sink, blocking where it must, and returns the stream's statistics.
///
/// Throws what the stream or the sink throws. Where the sink fails, the stream is closed at once: its cursor and its
/// connection are free when the error arrives.
template <sink Sink, class Stream>
  requires chunk_stream<std::remove_reference_t<Stream>>
stats write_to(Sink&& place, Stream&& stream) {
  while (const auto chunk = stream.pull()) {
    try {
      place.write(*chunk);
    } catch (...) {
      stream.close();
      throw;
    }
  }
  return stream.stats();
}

}  // namespace tidemark
