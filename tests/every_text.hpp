#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tests {

/// Calls `visit` with all texts of up to `longest` characters of `alphabet`, each of which begins with `text`.
template <class Visit>
void for_each_text(std::string_view alphabet, std::size_t longest, std::string& text, Visit& visit) {
  visit(std::string_view(text));
  if (text.size() == longest) return;
  for (const char one : alphabet) {
    text += one;
    for_each_text(alphabet, longest, text, visit);
    text.pop_back();
  }
}

}  // namespace tests
