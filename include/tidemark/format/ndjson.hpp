#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tidemark/format/error_object.hpp>

namespace tidemark::format {

/// A row a line, each ended by "\n" (ndjson.org, jsonlines.org). Line feeds and carriage returns between the
/// tokens of a row's own text become blanks. A
/// stream that failed ends with a line that holds an error object, behind the row that was cut, if any.
struct ndjson {
  static constexpr std::string_view before = "";
  static constexpr std::string_view between = "";
  static constexpr std::string_view after = "\n";
  static constexpr bool one_line = true;
  static constexpr bool single = false;

  std::string head() const { return {}; }
  std::string tail(std::uint64_t) const { return {}; }

  static std::string error_record(const error& failed, bool within_row) {
    return (within_row ? "\n" : "") + error_object(failed) + "\n";
  }
};

}  // namespace tidemark::format
