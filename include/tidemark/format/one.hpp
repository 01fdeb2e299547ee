#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::format {

/// The one row there is, bare: `{...}`, or `null` where there is no row. A second row is an error, and the first is not
/// completed until it is known that there is none.
struct one {
  static constexpr std::string_view before = "";
  static constexpr std::string_view between = "";
  static constexpr std::string_view after = "";
  static constexpr bool one_line = false;
  static constexpr bool single = true;

  std::string head() const { return {}; }
  std::string tail(std::uint64_t rows) const { return rows == 0 ? "null" : ""; }
};

}  // namespace tidemark::format
