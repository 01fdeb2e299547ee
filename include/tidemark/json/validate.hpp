#pragma once

#include <bit>
#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/json/text.hpp>

namespace tidemark::json {

/// Checks that a text is exactly one JSON value (RFC 8259): grammar, UTF-8, and arrays and objects at most
/// `deepest` levels deep. Looks at each byte once, at sixteen at a time within strings; takes no memory.
class validator {
 public:
  static constexpr std::size_t deepest = 1024;

  explicit validator(std::string_view text) noexcept
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  /// What is wrong, in words, or null where nothing is; offset() then says where.
  const char* problem() noexcept {
    enum class expected { value, value_or_end, key, key_or_end, colon, comma_or_end } next = expected::value;
    std::size_t depth = 0;
    std::bitset<deepest> is_object;
    for (;;) {
      skip_blanks();
      if (at_ == end_) {
        if (depth == 0 && next == expected::comma_or_end) return nullptr;
        return next == expected::value && at_ == begin_ ? "the text is empty" : "the text ends too early";
      }
      const char character = *at_;
      if (depth == 0 && next == expected::comma_or_end) return "something follows the value";
      switch (next) {
        case expected::value_or_end:
          if (character == ']') {
            ++at_;
            --depth;
            next = expected::comma_or_end;
            break;
          }
          [[fallthrough]];
        case expected::value:
          if (character == '{' || character == '[') {
            if (depth == deepest) return "the nesting is too deep";
            is_object[depth++] = character == '{';
            ++at_;
            next = character == '{' ? expected::key_or_end : expected::value_or_end;
            break;
          }
          if (const char* wrong = scalar()) return wrong;
          next = expected::comma_or_end;
          break;
        case expected::key_or_end:
          if (character == '}') {
            ++at_;
            --depth;
            next = expected::comma_or_end;
            break;
          }
          [[fallthrough]];
        case expected::key:
          if (character != '"') return "a key in double quotes is missing";
          if (const char* wrong = string()) return wrong;
          next = expected::colon;
          break;
        case expected::colon:
          if (character != ':') return "a colon is missing";
          ++at_;
          next = expected::value;
          break;
        case expected::comma_or_end:
          if (character == ',') {
            next = is_object[depth - 1] ? expected::key : expected::value;
          } else if (character == (is_object[depth - 1] ? '}' : ']')) {
            --depth;
          } else {
            return is_object[depth - 1] ? "a comma or } is missing" : "a comma or ] is missing";
          }
          ++at_;
          break;
      }
    }
  }

  /// Where problem() stopped, in bytes from the start of the text.
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

 private:
  void skip_blanks() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool is_digit() const noexcept { return at_ != end_ && *at_ >= '0' && *at_ <= '9'; }

  const char* scalar() noexcept {
    switch (*at_) {
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  const char* word(std::string_view whole) noexcept {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, whole.size()) != whole)
      return "not a value";
    at_ += whole.size();
    return nullptr;
  }

  const char* number() noexcept {
    if (*at_ == '-') ++at_;
    if (!is_digit()) return "not a value";
    if (*at_ == '0')
      ++at_;
    else
      digits();
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!is_digit()) return "a digit is missing";
      digits();
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!is_digit()) return "a digit is missing";
      digits();
    }
    return nullptr;
  }

  void digits() noexcept {
    while (is_digit()) ++at_;
  }

  const char* string() noexcept {
    using escaping::block;
    for (++at_; at_ != end_;) {
      if (end_ - at_ >= static_cast<std::ptrdiff_t>(block::size)) {
        const block bytes = block::load(at_);
        const unsigned odd = bytes.to_escape() | bytes.beyond_ascii();
        at_ += odd == 0 ? static_cast<int>(block::size) : std::countr_zero(odd);
        if (odd == 0) continue;
      }
      const auto character = static_cast<unsigned char>(*at_);
      if (character == '"') {
        ++at_;
        return nullptr;
      }
      if (character < 0x20) return "a control character in a string";
      if (character >= 0x80) {
        const std::size_t length = utf8::sequence_length(at_, end_);
        if (length == 0) return "not UTF-8";
        at_ += length;
      } else if (character == '\\') {
        if (const char* wrong = escape()) return wrong;
      } else {
        ++at_;
      }
    }
    return "the text ends within a string";
  }

  const char* escape() noexcept {
    ++at_;
    if (at_ == end_) return "the text ends within a string";
    constexpr std::string_view known = "\"\\/bfnrt";
    if (known.find(*at_) != std::string_view::npos) {
      ++at_;
      return nullptr;
    }
    if (*at_ != 'u') return "an escape that JSON does not have";
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      constexpr std::string_view hex = "0123456789abcdefABCDEF";
      if (at_ == end_ || hex.find(*at_) == std::string_view::npos) return "\\u without four hexadecimal digits";
    }
    return nullptr;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
};

/// Refuses a text that would break what is written around it: an empty one always, and all that is not JSON where
/// `validate` says so. Throws error (value).
inline void check_json(std::string_view text, bool validate) {
  if (text.empty()) throw error(failure::value, "the text is empty, which is not JSON");
  if (!validate) return;
  validator check(text);
  if (const char* problem = check.problem())
    throw error(failure::value,
                "the text is not JSON: " + std::string(problem) + " at byte " + std::to_string(check.offset()));
}

}  // namespace tidemark::json
