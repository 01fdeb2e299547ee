// A producer's row is text or fields; one that has neither is refused by name.
// expected: flat_producer

#include <tidemark/raw_stream.hpp>

namespace producer_without_row {

struct numbers {
  tidemark::progress next() { return tidemark::progress::end; }
#ifndef MUST_NOT_COMPILE
  std::string_view text() const { return "1"; }
#endif
};

tidemark::raw_stream<numbers> make() { return tidemark::raw_stream<numbers>{numbers{}}; }

}  // namespace producer_without_row
