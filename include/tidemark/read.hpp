#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include <tidemark/pull.hpp>

namespace tidemark {

/// A stream of chunks of bytes that takes back what of the last chunk was not used.
template <class S>
concept chunk_stream = requires(S& stream, std::size_t count) {
  { stream.try_pull() } -> std::same_as<pulled<std::string_view>>;
  stream.put_back(count);
};

/// Fills a buffer of the caller's from a stream, without waiting: for servers and libraries that own their memory.
///
/// Gives how many bytes were copied to `into` (at least 1, unless `into` is empty), or pending, or the end. A call
/// never crosses the end of a chunk, so that no byte is lost where the next chunk fails. Throws what the pull throws.
template <chunk_stream Stream>
pulled<std::size_t> try_read(Stream& stream, std::span<char> into) {
  if (into.empty()) return pulled<std::size_t>::item(0);
  const pulled<std::string_view> chunk = stream.try_pull();
  if (chunk.is_pending()) return pulled<std::size_t>::pending();
  if (chunk.is_end()) return pulled<std::size_t>::end();
  const std::size_t count = std::min(chunk->size(), into.size());
  std::memcpy(into.data(), chunk->data(), count);
  stream.put_back(chunk->size() - count);
  return pulled<std::size_t>::item(count);
}

/// The same, blocking where it must: how many bytes were copied, 0 at the end (or into an empty buffer).
template <chunk_stream Stream>
  requires(Stream::can_pull)
std::size_t read(Stream& stream, std::span<char> into) {
  for (;;) {
    const pulled<std::size_t> count = try_read(stream, into);
    if (count.is_item()) return *count;
    if (count.is_end()) return 0;
    stream.wait();
  }
}

}  // namespace tidemark
