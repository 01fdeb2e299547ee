#pragma once

#include <cstddef>
#include <string_view>

#include <tidemark/error.hpp>

namespace tidemark::json {

/// The text of an object up to its last member, behind which more can be written.
struct open_object {
  std::string_view text;
  bool has_members;
};

/// Cuts the } of an object, which is checked no further. Throws error (value), with `complaint`, for anything else.
inline open_object cut_end(std::string_view object, const char* complaint) {
  constexpr const char* blanks = " \t\n\r";
  const std::size_t first = object.find_first_not_of(blanks);
  const std::size_t last = object.find_last_not_of(blanks);
  if (first == last || object[first] != '{' || object[last] != '}') throw error(failure::value, complaint);
  const std::size_t before = object.find_last_not_of(blanks, last - 1);
  return {object.substr(0, before + 1), before != first};
}

}  // namespace tidemark::json
