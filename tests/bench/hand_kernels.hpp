// The hand loop's own ways of writing a value: for trusted UTF-8, into a buffer that is known to have room.
//
// They share nothing with the library on purpose, so that a mistake or a slowness there is not also the yardstick's.
// Every function writes at `out`, may write up to `slack` bytes more than it keeps, and returns where it stopped.

#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace hand {

inline constexpr std::size_t slack = 32;

// --- integers, forward, in blocks of two, four and eight digits ------------------------------------------------------

inline constexpr auto two_digits = [] {
  auto table = std::array<char, 200>{};
  for (auto i = std::size_t{0}; i < 100; ++i) {
    table[2 * i] = static_cast<char>('0' + i / 10);
    table[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

inline void put_2(char* out, std::uint32_t value) { std::memcpy(out, &two_digits[2 * value], 2); }

inline void put_4(char* out, std::uint32_t value) {
  put_2(out, value / 100);
  put_2(out + 2, value % 100);
}

inline void put_8(char* out, std::uint32_t value) {
  put_4(out, value / 10'000);
  put_4(out + 4, value % 10'000);
}

// One to four digits, `value` below 10,000.
inline char* put_up_to_4(char* out, std::uint32_t value) {
  if (value < 100) {
    if (value < 10) {
      *out = static_cast<char>('0' + value);
      return out + 1;
    }
    put_2(out, value);
    return out + 2;
  }
  auto high = value / 100;
  if (high < 10) {
    *out = static_cast<char>('0' + high);
    put_2(out + 1, value % 100);
    return out + 3;
  }
  put_2(out, high);
  put_2(out + 2, value % 100);
  return out + 4;
}

// One to eight digits, `value` below 100,000,000.
inline char* put_up_to_8(char* out, std::uint32_t value) {
  if (value < 10'000) return put_up_to_4(out, value);
  out = put_up_to_4(out, value / 10'000);
  put_4(out, value % 10'000);
  return out + 4;
}

inline char* put_unsigned(char* out, std::uint64_t value) {
  constexpr auto e8 = std::uint64_t{100'000'000};
  if (value < e8) return put_up_to_8(out, static_cast<std::uint32_t>(value));
  if (value < e8 * e8) {
    out = put_up_to_8(out, static_cast<std::uint32_t>(value / e8));
  } else {
    out = put_up_to_4(out, static_cast<std::uint32_t>(value / (e8 * e8)));
    put_8(out, static_cast<std::uint32_t>(value / e8 % e8));
    out += 8;
  }
  put_8(out, static_cast<std::uint32_t>(value % e8));
  return out + 8;
}

inline char* put_integer(char* out, std::int64_t value) {
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  return put_unsigned(out, magnitude);
}

// --- doubles, spelled as ECMAScript does -----------------------------------------------------------------------------

// For what `put_double` does not write itself: very large, very small and infinite.
char* put_rare_double(char* out, double value);

inline char* put_double(char* out, double value) {
  auto magnitude = std::fabs(value);
  if (magnitude < 1e13) {
    if (std::signbit(value)) *out++ = '-';
    // At most 15 digits, two after the point: where they read back as the same double, they are its shortest form.
    auto hundredths = static_cast<std::int64_t>(magnitude * 100 + 0.5);
    if (static_cast<double>(hundredths) / 100.0 == magnitude) {
      auto whole = static_cast<std::uint64_t>(hundredths) / 100;
      auto rest = static_cast<std::uint32_t>(static_cast<std::uint64_t>(hundredths) % 100);
      out = put_unsigned(out, whole);
      *out = '.';
      put_2(out + 1, rest);
      return out + (rest == 0 ? 0 : rest % 10 == 0 ? 2 : 3);
    }
    // From here to_chars chooses the fixed form by itself, as the scientific one is longer.
    if (magnitude >= 1e-3) return std::to_chars(out, out + slack, magnitude).ptr;
    return put_rare_double(out, magnitude);
  }
  return put_rare_double(out, value);
}

// --- text ------------------------------------------------------------------------------------------------------------

// `html`: <, > and & are escaped, too, and all escapes are those of Go's encoding/json.
template <bool html = false>
inline bool must_escape(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\' || (html && (c == '<' || c == '>' || c == '&'));
}

template <bool html = false>
inline char* put_escape(char* out, unsigned char c) {
  if constexpr (html) {
    if (c == '<' || c == '>' || c == '&' || c == '\b' || c == '\f') {
      std::memcpy(out, "\\u00", 4);
      out[4] = "0123456789abcdef"[c >> 4];
      out[5] = "0123456789abcdef"[c & 15];
      return out + 6;
    }
  }
  switch (c) {
    case '"': std::memcpy(out, "\\\"", 2); return out + 2;
    case '\\': std::memcpy(out, "\\\\", 2); return out + 2;
    case '\b': std::memcpy(out, "\\b", 2); return out + 2;
    case '\t': std::memcpy(out, "\\t", 2); return out + 2;
    case '\n': std::memcpy(out, "\\n", 2); return out + 2;
    case '\f': std::memcpy(out, "\\f", 2); return out + 2;
    case '\r': std::memcpy(out, "\\r", 2); return out + 2;
    default:
      std::memcpy(out, "\\u00", 4);
      out[4] = static_cast<char>('0' + (c >> 4));
      out[5] = "0123456789abcdef"[c & 15];
      return out + 6;
  }
}

// The top bit of each byte that has to be escaped; bytes after the first such one may be marked wrongly.
template <bool html = false>
inline std::uint64_t marks_of(std::uint64_t block) {
  constexpr auto ones = std::uint64_t{0x0101010101010101u};
  constexpr auto tops = std::uint64_t{0x8080808080808080u};
  auto quote = block ^ (ones * '"');
  auto backslash = block ^ (ones * '\\');
  auto usual = (block - ones * 0x20) | (quote - ones) | (backslash - ones);
  if constexpr (html)
    usual |= ((block ^ (ones * '<')) - ones) | ((block ^ (ones * '>')) - ones) | ((block ^ (ones * '&')) - ones);
  return usual & ~block & tops;
}

// By byte: for the very short, and for where something was found to escape.
template <bool html = false>
inline char* put_bytes(char* out, const char* text, const char* end) {
  for (; text != end; ++text) {
    if (must_escape<html>(static_cast<unsigned char>(*text)))
      out = put_escape<html>(out, static_cast<unsigned char>(*text));
    else
      *out++ = *text;
  }
  return out;
}

// Copies `size` bytes, at least one block of `Word` and at most two, as two blocks that overlap as they must.
// False where something has to be escaped.
template <bool html, class Word>
inline bool put_two_blocks(char* out, const char* text, std::size_t size) {
  auto first = Word{};
  auto last = Word{};
  std::memcpy(&first, text, sizeof first);
  std::memcpy(&last, text + size - sizeof last, sizeof last);
  std::memcpy(out, &first, sizeof first);
  std::memcpy(out + size - sizeof last, &last, sizeof last);
  if constexpr (sizeof(Word) == 4)
    return marks_of<html>(std::uint64_t{first} << 32 | last) == 0;
  else
    return (marks_of<html>(first) | marks_of<html>(last)) == 0;
}

#if defined(__SSE2__)

inline __m128i load_16(const char* text) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text)); }
inline void store_16(char* out, __m128i block) { _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block); }

// A bit for each byte that has to be escaped.
template <bool html = false>
inline unsigned marks_of(__m128i block) {
  auto quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  auto backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  auto control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
  auto marks = _mm_or_si128(_mm_or_si128(quote, backslash), control);
  if constexpr (html)
    for (auto c : {'<', '>', '&'}) marks = _mm_or_si128(marks, _mm_cmpeq_epi8(block, _mm_set1_epi8(c)));
  return static_cast<unsigned>(_mm_movemask_epi8(marks));
}

// A text of 16 bytes or more.
template <bool html = false>
inline char* put_long(char* out, const char* text, std::size_t size) {
  auto end = text + size;
  while (end - text >= 16) {
    auto block = load_16(text);
    auto marks = marks_of<html>(block);
    store_16(out, block);
    if (marks == 0) {
      text += 16;
      out += 16;
    } else {
      auto clean = std::countr_zero(marks);
      out = put_escape<html>(out + clean, static_cast<unsigned char>(text[clean]));
      text += clean + 1;
    }
  }
  auto left = end - text;
  if (left == 0) return out;
  // Nothing after the text may be read, so the last block overlaps bytes that were written before. Where none of them
  // was escaped, writing them once more changes nothing; else the end is written from a copy.
  auto block = load_16(end - 16);
  if (marks_of<html>(block) == 0) {
    store_16(out + left - 16, block);
    return out + left;
  }
  alignas(16) char copy[32] = {};
  store_16(copy, block);
  auto from = copy + 16 - left;
  while (from < copy + 16) {
    block = load_16(from);
    auto marks = marks_of<html>(block) & ((1u << (copy + 16 - from)) - 1);
    store_16(out, block);
    if (marks == 0) return out + (copy + 16 - from);
    auto clean = std::countr_zero(marks);
    out = put_escape<html>(out + clean, static_cast<unsigned char>(from[clean]));
    from += clean + 1;
  }
  return out;
}

#else

template <bool html = false>
inline char* put_long(char* out, const char* text, std::size_t size) {
  auto end = text + size;
  while (end - text >= 8) {
    auto block = std::uint64_t{};
    std::memcpy(&block, text, 8);
    std::memcpy(out, &block, 8);
    if (marks_of<html>(block) == 0) {
      text += 8;
      out += 8;
    } else {
      out = put_bytes<html>(out, text, text + 8);
      text += 8;
    }
  }
  return put_bytes<html>(out, text, end);
}

#endif

// Needs room for 6 bytes a byte of text.
template <bool html = false>
inline char* put_escaped(char* out, const char* text, std::size_t size) {
  if (size >= 16) return put_long<html>(out, text, size);
  if (size >= 8) {
    if (put_two_blocks<html, std::uint64_t>(out, text, size)) return out + size;
  } else if (size >= 4) {
    if (put_two_blocks<html, std::uint32_t>(out, text, size)) return out + size;
  }
  return put_bytes<html>(out, text, text + size);
}

// --- bytes -----------------------------------------------------------------------------------------------------------

// Base64 with padding; needs room for 4 bytes a begun 3.
char* put_base64(char* out, const unsigned char* bytes, std::size_t size);

}  // namespace hand
