#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/validate.hpp>

namespace tidemark::json {

/// Calls `use(name, value)` for each member of an object of JSON text, in their order: what the name stands for, and
/// the value's own bytes. For descriptions, which are short: the text is checked as a whole first. Throws error (value)
/// where it is no object.
template <class Use>
void for_each_member(std::string_view text, Use use) {
  check_json(text, true);
  constexpr const char* blanks = " \t\n\r";
  std::size_t at = text.find_first_not_of(blanks);
  if (text[at] != '{') throw error(failure::value, "the text is not an object");
  const auto skip_string = [&] {
    for (++at; text[at] != '"'; ++at)
      if (text[at] == '\\') ++at;
    ++at;
  };
  for (;;) {
    at = text.find_first_not_of(blanks, at + 1);
    if (text[at] == '}') return;
    const std::size_t key = at + 1;
    skip_string();
    const std::string_view spelled = text.substr(key, at - 1 - key);
    std::string name(spelled.size(), '\0');
    const char* const end = unescape(name.data(), spelled);
    name.resize(end == nullptr ? 0 : static_cast<std::size_t>(end - name.data()));
    at = text.find_first_not_of(blanks, text.find(':', at) + 1);
    const std::size_t value = at;
    for (std::size_t depth = 0; depth != 0 || (text[at] != ',' && text[at] != '}');) {
      switch (text[at]) {
        case '"': skip_string(); continue;
        case '{':
        case '[': ++depth; break;
        case '}':
        case ']': --depth; break;
        default: break;
      }
      ++at;
    }
    const std::size_t last = text.find_last_not_of(blanks, at - 1);
    use(std::string_view(name), text.substr(value, last + 1 - value));
    if (text[at] == '}') return;
  }
}

}  // namespace tidemark::json
