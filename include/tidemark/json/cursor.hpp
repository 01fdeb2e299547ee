#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <tidemark/json/parse.hpp>
#include <tidemark/json/text.hpp>

namespace tidemark::json {

/// Steps through a text that is known to be JSON.
class cursor {
 public:
  /// `text`: exactly one JSON value, which has been checked.
  explicit cursor(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) { blanks(); }

  /// The first character of what comes next.
  char peek() const noexcept { return *at_; }
  const char* at() const noexcept { return at_; }

  /// Calls `use` with each key of an object, behind which it takes the value.
  template <class Use>
  void members(Use use) {
    each('}', [&] {
      const std::string key = text();
      ++at_;  // the colon
      blanks();
      use(key);
    });
  }
  /// Calls `use` for each element of an array, which it takes.
  template <class Use>
  void elements(Use use) {
    each(']', use);
  }

  bool take_null() noexcept {
    if (*at_ != 'n') return false;
    at_ += 4;
    blanks();
    return true;
  }
  bool boolean() noexcept {
    const bool value = *at_ == 't';
    at_ += value ? 4 : 5;
    blanks();
    return value;
  }
  std::string_view number() noexcept {
    const char* const start = at_;
    while (at_ != end_ && *at_ > ' ' && *at_ != ',' && *at_ != ']' && *at_ != '}') ++at_;
    const std::string_view found(start, static_cast<std::size_t>(at_ - start));
    blanks();
    return found;
  }
  const char* end() const noexcept { return end_; }
  /// Appends what a string stands for.
  void append_text(std::string& to) {
    const std::string_view inside = string();
    const std::size_t before = to.size();
    if (std::memchr(inside.data(), '\\', inside.size()) == nullptr) {
      to.append(inside);
    } else {
      to.resize(before + inside.size());
      const char* const written = unescape(to.data() + before, inside);
      to.resize(static_cast<std::size_t>(written - to.data()));
    }
  }
  std::string text() {
    std::string made;
    append_text(made);
    return made;
  }

  /// Passes over a value, and gives its text. Sixteen bytes at a time, but for strings.
  std::string_view skip() noexcept {
    const char* const start = at_;
    if (*at_ == '"') {
      pass_string();
    } else if (*at_ == '{' || *at_ == '[') {
      std::size_t depth = 0;
      do {
        at_ = find_bracket(at_, end_);
        if (*at_ == '"') {
          pass_string();
        } else {
          depth += *at_ == '{' || *at_ == '[' ? std::size_t{1} : ~std::size_t{0};
          ++at_;
        }
      } while (depth != 0);
    } else {
      while (at_ != end_ && !is_blank(*at_) && *at_ != ',' && *at_ != ']' && *at_ != '}') ++at_;
    }
    const char* const behind = at_;
    blanks();
    return {start, static_cast<std::size_t>(behind - start)};
  }

 private:
  static bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  void blanks() noexcept {
    while (at_ != end_ && is_blank(*at_)) ++at_;
  }
  /// The next quote, brace or bracket.
  static const char* find_bracket(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    constexpr std::ptrdiff_t block = 16;
    for (; end - at >= block; at += block) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
      // A brace and its bracket differ in one bit.
      const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8('{' ^ '['));
      const __m128i opening = _mm_cmpeq_epi8(lower, _mm_set1_epi8('{'));
      const __m128i closing = _mm_cmpeq_epi8(lower, _mm_set1_epi8('}'));
      const __m128i any = _mm_or_si128(quotes, _mm_or_si128(opening, closing));
      if (const auto found = static_cast<unsigned>(_mm_movemask_epi8(any))) return at + std::countr_zero(found);
    }
#endif
    while (*at != '"' && *at != '{' && *at != '[' && *at != '}' && *at != ']') ++at;
    return at;
  }

  /// Passes over a string, but not the blanks behind it.
  void pass_string() noexcept {
    ++at_;
    for (;;) {
      at_ = find_unplain(at_, end_);
      if (*at_ == '"') break;
      at_ += 2;
    }
    ++at_;
  }

  template <class Use>
  void each(char closing, Use use) {
    ++at_;
    blanks();
    while (*at_ != closing) {
      use();
      if (*at_ == ',') {
        ++at_;
        blanks();
      }
    }
    ++at_;
    blanks();
  }

  /// Passes over a string, and gives its inside.
  std::string_view string() noexcept {
    const char* const start = at_ + 1;
    pass_string();
    const std::string_view inside(start, static_cast<std::size_t>(at_ - 1 - start));
    blanks();
    return inside;
  }

  const char* at_;
  const char* end_;
};

}  // namespace tidemark::json
