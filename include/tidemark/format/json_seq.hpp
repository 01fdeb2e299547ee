#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tidemark/format/error_object.hpp>

namespace tidemark::format {

/// A JSON text sequence (RFC 7464): each row between a record separator (0x1E) and a line feed. A stream that failed
/// ends with a record that holds an error object; a row that was cut before it lacks its line feed, which the RFC has
/// readers take for a truncated text (section 2.4).
struct json_seq {
  static constexpr std::string_view before = "\x1e";
  static constexpr std::string_view between = "";
  static constexpr std::string_view after = "\n";
  static constexpr bool one_line = false;
  static constexpr bool single = false;

  std::string head() const { return {}; }
  std::string tail(std::uint64_t) const { return {}; }

  static std::string error_record(const error& failed, bool) { return "\x1e" + error_object(failed) + "\n"; }
};

}  // namespace tidemark::format
