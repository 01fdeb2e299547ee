#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::format {

/// One JSON array of all rows: `[{...},{...}]`, `[]` where there are none. A failed array is never closed.
struct array {
  static constexpr std::string_view before = "";
  static constexpr std::string_view between = ",";
  static constexpr std::string_view after = "";
  static constexpr bool one_line = false;
  static constexpr bool single = false;

  std::string head() const { return "["; }
  std::string tail(std::uint64_t) const { return "]"; }
};

}  // namespace tidemark::format
