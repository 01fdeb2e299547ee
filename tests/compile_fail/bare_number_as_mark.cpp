// A bare number says neither bytes nor rows: a mark is made by name.
// expected: no matching|no viable|cannot convert|could not convert

#include <cstddef>
#include <string>
#include <vector>

#include <tidemark/producers/range.hpp>
#include <tidemark/raw_stream.hpp>

namespace bare_number_as_mark {

void make(const std::vector<std::string>& texts) {
#ifdef MUST_NOT_COMPILE
  const std::size_t mark = 65536;
#else
  const tidemark::byte_mark mark{65536};
#endif
  auto stream = tidemark::raw_stream{tidemark::range(texts), tidemark::format::array{}, mark};
}

}  // namespace bare_number_as_mark
