// Where a producer may be pending and nobody knows for what, there is no pull() that blocks, and no range-for.
// expected: constraint|no matching

#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace pull_without_wait {

using namespace tidemark::testing;

#ifdef MUST_NOT_COMPILE
using rows = without_wait<scripted_text>;
#else
using rows = with_wait<scripted_text>;
#endif

std::size_t count(tidemark::raw_stream<rows>& stream) {
  std::size_t bytes = 0;
  while (const auto chunk = stream.pull()) bytes += chunk->size();
  return bytes;
}

}  // namespace pull_without_wait
