#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

namespace tests {

/// Bytes for a person: what is not plain ASCII as \xNN.
inline std::string visible(std::string_view bytes) {
  std::string made;
  for (const char one : bytes) {
    const auto byte = static_cast<unsigned char>(one);
    if (byte >= 0x20 && byte < 0x7F && byte != '\\') {
      made += one;
    } else {
      made += "\\x";
      made += "0123456789ABCDEF"[byte >> 4];
      made += "0123456789ABCDEF"[byte & 15];
    }
  }
  return made;
}

/// Keeps the first of many comparisons that fails: a CHECK of Catch2 for each of a million would take minutes.
class mismatches {
 public:
  /// `input...`: what was compared, printed only where the two differ.
  template <class Got, class Expected, class... Input>
  void compare(const Got& got, const Expected& expected, const Input&... input) {
    ++compared_;
    if (got == expected || !first_.empty()) return;
    std::ostringstream words;
    (print(words, input), ...);
    words << ": got ";
    print(words, got);
    words << ", expected ";
    print(words, expected);
    first_ = words.str();
  }

  /// Empty where all was equal.
  const std::string& first() const noexcept { return first_; }
  std::size_t compared() const noexcept { return compared_; }

 private:
  template <class Value>
  static void print(std::ostream& words, const Value& value) {
    if constexpr (std::is_convertible_v<const Value&, std::string_view>)
      words << ' ' << visible(value);
    else
      words << ' ' << value;
  }

  std::string first_;
  std::size_t compared_ = 0;
};

}  // namespace tests
