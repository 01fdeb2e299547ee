#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <tidemark/json/text.hpp>

namespace tidemark::json {

/// Where a member of an object stands: offsets in the object's text.
struct member_place {
  std::uint32_t key;     ///< its opening quote
  std::uint32_t colon;   ///< behind the key, and perhaps blanks
  std::uint32_t value;   ///< its first character
  std::uint32_t behind;  ///< the comma or the brace behind the value, and perhaps blanks
};

namespace searching {

/// The next quote with `first` behind it; null where there is none, or where a brace or a bracket opens before it.
inline const char* find_opening(const char* at, const char* end, char first) noexcept {
#if defined(__SSE2__)
  constexpr std::ptrdiff_t block = 16;
  for (; end - at > block; at += block) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i next = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 1));
    const __m128i found =
        _mm_and_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(next, _mm_set1_epi8(first)));
    // { and [ differ in one bit.
    const __m128i nested = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8('{' ^ '[')), _mm_set1_epi8('{'));
    if (const auto any = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(found, nested)))) {
      at += std::countr_zero(any);
      return *at == '"' ? at : nullptr;
    }
  }
#endif
  for (; end - at > 1; ++at) {
    if (*at == '{' || *at == '[') return nullptr;
    if (*at == '"' && at[1] == first) return at;
  }
  return nullptr;
}

inline bool is_blank(char one) noexcept {
  return one <= ' ' && (one == ' ' || one == '\n' || one == '\r' || one == '\t');
}
inline const char* behind_blanks(const char* at, const char* end) noexcept {
  while (at != end && is_blank(*at)) ++at;
  return at;
}

/// Where the number or the word at `at` ends: before a comma, a brace or a blank; `end` where there is none.
inline const char* end_of_word(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  constexpr std::ptrdiff_t block = 16;
  for (; end - at >= block; at += block) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i comma = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(','));
    const __m128i brace = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('}'));
    const __m128i blank = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ' + 1));
    const __m128i any = _mm_or_si128(blank, _mm_or_si128(comma, brace));
    if (const auto found = static_cast<unsigned>(_mm_movemask_epi8(any))) return at + std::countr_zero(found);
  }
#endif
  while (at != end && *at != ',' && *at != '}' && !(*at <= ' ')) ++at;
  return at;
}

/// Behind the string, the number or the word at `at`; `end` where it has none, and for what is none of these.
inline const char* behind_scalar(const char* at, const char* end) noexcept {
  if (at == end || *at == '{' || *at == '[') return end;
  if (*at != '"') return end_of_word(at, end);
  for (at = find_unplain(at + 1, end); at != end; at = find_unplain(at + 2, end)) {
    if (*at == '"') return at + 1;
    if (*at != '\\' || end - at < 2) return end;
  }
  return end;
}

}  // namespace searching

/// Looks for the first member of a name in the text of an object, which must be shorter than 4 GiB, and looks at
/// nothing else: for those who want one member of a row and do not care for the others. None where that is not to be
/// had so simply, whether there is such a member or not: where a brace or a bracket opens before it, if only in a
/// string, where its value is an object or an array, and for names that do not begin with a letter or a digit, or must
/// be escaped.
///
/// In JSON, a letter never stands behind a quote that closes a string. So the quote before the name opens one, if it is
/// not escaped itself; where a colon follows that string, it is a key; and where no brace opened before, it is the
/// object's own. In text that is not JSON, a member may be found all the same. Sixteen bytes at a time. Linear.
inline std::optional<member_place> find_member(std::string_view object, std::string_view name) noexcept {
  using namespace searching;
  const auto is_letter_or_digit = [](char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
  };
  if (name.empty() || !is_letter_or_digit(name[0])) return std::nullopt;

  const char* const end = object.data() + object.size();
  const char* at = behind_blanks(object.data(), end);
  if (at == end || *at != '{') return std::nullopt;
  while (const char* const key = find_opening(at + 1, end, name[0])) {
    at = key;
    if (static_cast<std::size_t>(end - key) < name.size() + 2 || key[name.size() + 1] != '"' || key[-1] == '\\' ||
        std::memcmp(key + 1, name.data(), name.size()) != 0)
      continue;
    const char* const colon = behind_blanks(key + name.size() + 2, end);
    if (colon == end || *colon != ':') continue;
    const char* const value = behind_blanks(colon + 1, end);
    const char* const behind = behind_blanks(behind_scalar(value, end), end);
    if (behind == end || (*behind != ',' && *behind != '}')) return std::nullopt;
    if (name.find('\\') != std::string_view::npos || name.find('"') != std::string_view::npos) return std::nullopt;
    const auto offset = [&](const char* of) { return static_cast<std::uint32_t>(of - object.data()); };
    return member_place{offset(key), offset(colon), offset(value), offset(behind)};
  }
  return std::nullopt;
}

}  // namespace tidemark::json
