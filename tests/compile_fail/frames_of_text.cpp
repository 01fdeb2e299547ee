// Frames are columns, which rows of text do not have.
// expected: field_producer

#include <tidemark/frame_stream.hpp>

namespace frames_of_text {

struct lines {
  tidemark::progress next() { return tidemark::progress::end; }
#ifdef MUST_NOT_COMPILE
  std::string_view text() const { return "{}"; }
#else
  std::span<const tidemark::column> columns() const { return {}; }
  tidemark::field field(std::size_t) const { return tidemark::field::null(); }
#endif
};

tidemark::frame_stream<lines> make() { return tidemark::frame_stream<lines>{lines{}}; }

}  // namespace frames_of_text
