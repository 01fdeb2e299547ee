#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tidemark/format/error_object.hpp>

namespace tidemark::format {

/// Server-sent events, text/event-stream (WHATWG HTML, section 9.2): a row is the data of a message, `data: {...}` and
/// an empty line. Line feeds and carriage returns between the tokens of a row's own text become blanks.
///
/// An EventSource connects again when a response is over, whatever the reason. So the last event says what it was, and
/// the page closes its EventSource there: `end`, whose data is `{"rows":N}`, or `failed`, whose data is an error
/// object. A row that was cut becomes part of the `failed` event, as lines before the error object, and never a message
/// of its own.
struct sse {
  static constexpr std::string_view before = "data: ";
  static constexpr std::string_view between = "";
  static constexpr std::string_view after = "\n\n";
  static constexpr bool one_line = true;
  static constexpr bool single = false;

  std::string head() const { return {}; }
  std::string tail(std::uint64_t rows) const { return "event: end\ndata: {\"rows\":" + std::to_string(rows) + "}\n\n"; }

  static std::string error_record(const error& failed, bool within_row) {
    return (within_row ? "\nevent: failed\ndata: " : "event: failed\ndata: ") + error_object(failed) + "\n\n";
  }
};

}  // namespace tidemark::format
