// try_pull() has three outcomes; a loop that takes it for two would end at the first pending.
// expected: deleted

#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace pulled_as_bool {

void drain(tidemark::raw_stream<tidemark::testing::scripted_text>& stream) {
#ifdef MUST_NOT_COMPILE
  while (stream.try_pull()) {}
#else
  while (!stream.try_pull().is_end()) {}
#endif
}

}  // namespace pulled_as_bool
