// A row is borrowed until the next one; a string that text() makes anew would be gone before it is written.
// expected: flat_producer

#include <string>

#include <tidemark/raw_stream.hpp>

namespace text_of_a_temporary {

struct numbers {
  tidemark::progress next() { return tidemark::progress::end; }
#ifdef MUST_NOT_COMPILE
  std::string text() const { return row; }
#else
  const std::string& text() const { return row; }
#endif
  std::string row = "1";
};

tidemark::raw_stream<numbers> make() { return tidemark::raw_stream<numbers>{numbers{}}; }

}  // namespace text_of_a_temporary
