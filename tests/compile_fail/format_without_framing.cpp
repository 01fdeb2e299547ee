// A format says all of its framing.
// expected: format_type

#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

namespace format_without_framing {

struct lines {
  static constexpr std::string_view before = "";
  static constexpr std::string_view between = "\n";
#ifndef MUST_NOT_COMPILE
  static constexpr std::string_view after = "";
#endif
  static constexpr bool one_line = true;
  static constexpr bool single = false;
  std::string head() const { return {}; }
  std::string tail(std::uint64_t) const { return {}; }
};

tidemark::raw_stream<tidemark::testing::scripted_text, lines> make(tidemark::testing::script rows) {
  return tidemark::raw_stream<tidemark::testing::scripted_text, lines>{
      tidemark::testing::scripted_text{std::move(rows)}};
}

}  // namespace format_without_framing
