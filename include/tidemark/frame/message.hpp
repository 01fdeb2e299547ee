#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/frame_options.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/cursor.hpp>
#include <tidemark/json/validate.hpp>

namespace tidemark::frames {

/// Keeps the text of a member. Throws error (value) where an object has it twice: of equal keys, JSON does not say
/// which one counts (RFC 8259, section 4).
inline void set_once(std::string_view& member, std::string_view text, const char* name) {
  if (!member.empty()) throw error(failure::value, "\"" + std::string(name) + "\" stands twice in one object");
  member = text;
}

/// What a line of a chunked answer is about, without its frame being looked into.
struct message {
  std::string ref_id;
  std::string frame_id;
  std::string_view frame;  ///< the text of its frame; empty where the message has none
  std::optional<frame_failure> failure;

  /// `line` is borrowed. Throws error (value) for one that is no such message.
  static message read(std::string&& line) = delete;
  static message read(std::string_view line) {
    json::check_json(line, true);
    json::cursor at(line);
    if (at.peek() != '{') throw error(failure::value, "not an object");
    message made;
    const auto text = [&at](const char* name) {
      if (at.peek() != '"') throw error(failure::value, "\"" + std::string(name) + "\" is not a string");
      return at.text();
    };
    frame_failure failed;
    bool has_failed = false;
    at.members([&](const std::string& key) {
      if (key == "refId") {
        made.ref_id = text("refId");
      } else if (key == "frameId") {
        made.frame_id = text("frameId");
      } else if (key == "error") {
        if (at.take_null()) return;
        failed.message = text("error");
        has_failed = has_failed || !failed.message.empty();
      } else if (key == "errorSource") {
        failed.error_source = text("errorSource");
      } else if (key == "status") {
        failed.status = from_field<int>(field::decimal(number(at, "status")));
      } else if (key == "frame") {
        if (at.take_null()) return;
        if (at.peek() != '{') throw error(failure::value, "\"frame\" is not an object");
        set_once(made.frame, at.skip(), "frame");
      } else {
        at.skip();
      }
    });
    constexpr int least_error = 400;
    if (has_failed || failed.status >= least_error) made.failure = std::move(failed);
    return made;
  }

  static std::string_view number(json::cursor& at, std::string_view name) {
    if (at.peek() != '-' && (at.peek() < '0' || at.peek() > '9'))
      throw error(failure::value, "\"" + std::string(name) + "\" is not a number");
    return at.number();
  }
};

}  // namespace tidemark::frames
