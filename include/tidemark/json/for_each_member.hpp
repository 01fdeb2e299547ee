#pragma once

#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/json/cursor.hpp>
#include <tidemark/json/validate.hpp>

namespace tidemark::json {

/// Calls `use(name, value)` for each member of an object of JSON text, in their order: what the name stands for, and
/// the value's own bytes. For descriptions, which are short: the text is checked as a whole first. Throws error (value)
/// where it is no object.
template <class Use>
void for_each_member(std::string_view text, Use use) {
  check_json(text, true);
  cursor at(text);
  if (at.peek() != '{') throw error(failure::value, "the text is not an object");
  at.members([&](const std::string& name) { use(std::string_view(name), at.skip()); });
}

}  // namespace tidemark::json
