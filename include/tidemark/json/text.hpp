#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <tidemark/json/options.hpp>

namespace tidemark::json {

/// The most bytes that one byte of text can become: a control character as \u001f.
inline constexpr std::size_t escaped_size = 6;

/// Which characters of a text are escaped.
enum class escapes : std::uint8_t {
  necessary,  ///< those that may not stand in a JSON string; what is not UTF-8 becomes U+FFFD
  /// Those that could end a script of a page, too (<, >, &, U+2028, U+2029); all of them, and \ufffd for each byte that
  /// is not UTF-8, as Go's encoding/json spells them.
  html,
};

namespace utf8 {

/// The length of the well-formed sequence at `in` (2 to 4, Unicode table 3-7), or 0 where there is none. `in` is
/// before `end` and points to a byte from 0x80.
inline std::size_t sequence_length(const char* in, const char* end) noexcept {
  const auto byte = [in](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  const auto is_continuation = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const auto left = static_cast<std::size_t>(end - in);
  const unsigned lead = byte(0);
  if (lead < 0xE0) return lead >= 0xC2 && left >= 2 && is_continuation(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !is_continuation(1) || !is_continuation(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (lead == 0xED && byte(1) > 0x9F) return 0;  // a surrogate
    return 3;
  }
  if (lead > 0xF4 || left < 4 || !is_continuation(1) || !is_continuation(2) || !is_continuation(3)) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // beyond U+10FFFF
  return 4;
}

/// Whether a sequence of two bytes stands at `in`: most of what is beyond ASCII in the alphabets of Europe and the
/// Middle East.
inline bool is_pair(const char* in, const char* end) noexcept {
  const auto lead = static_cast<unsigned char>(in[0]);
  return lead >= 0xC2 && lead < 0xE0 && end - in >= 2 && (static_cast<unsigned char>(in[1]) & 0xC0) == 0x80;
}

/// The length of the maximal subpart at `in` where sequence_length() is 0: the bytes that one U+FFFD stands for
/// (Unicode, section 3.9), at least 1. Sets `cut` where a longer text could still make it a sequence.
inline std::size_t maximal_subpart(const char* in, const char* end, bool& cut) noexcept {
  cut = false;
  const auto lead = static_cast<unsigned char>(*in);
  if (lead < 0xC2 || lead > 0xF4) return 1;
  const std::size_t whole = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  std::size_t length = 1;
  while (length < whole && in + length < end) {
    const auto next = static_cast<unsigned char>(in[length]);
    if (next < low || next > high) return length;
    low = 0x80;
    high = 0xBF;
    ++length;
  }
  cut = length < whole;
  return length;
}

/// How many of the last bytes of [begin, end) begin a sequence that the next bytes may complete: 0 to 3.
inline std::size_t cut_sequence(const char* begin, const char* end) noexcept {
  for (std::size_t count = 1; count <= 3 && end - begin >= static_cast<std::ptrdiff_t>(count); ++count) {
    const auto lead = static_cast<unsigned char>(end[-static_cast<std::ptrdiff_t>(count)]);
    if ((lead & 0xC0) == 0x80) continue;
    bool cut = false;
    if (lead >= 0x80 && maximal_subpart(end - count, end, cut) == count && cut) return count;
    return 0;
  }
  return 0;
}

}  // namespace utf8

/// How far write_text() came.
struct text_progress {
  char* out;       ///< the end of what was written
  const char* in;  ///< the first byte not written; before `stop` only where bad UTF-8 is an error
};

namespace escaping {

/// What follows the backslash for a character that must not stand in a string as it is; 0 for all others.
template <escapes Which>
inline constexpr auto short_forms = [] {
  std::array<char, 128> made{};
  for (std::size_t i = 0; i < 0x20; ++i) made[i] = 'u';
  made['\t'] = 't';
  made['\n'] = 'n';
  made['\r'] = 'r';
  made['"'] = '"';
  made['\\'] = '\\';
  if constexpr (Which == escapes::html) {
    made['<'] = made['>'] = made['&'] = 'u';
  } else {
    made['\b'] = 'b';
    made['\f'] = 'f';
  }
  return made;
}();

inline char* write_escape(char* out, unsigned char character, char form) noexcept {
  *out++ = '\\';
  *out++ = form;
  if (form == 'u') {
    *out++ = '0';
    *out++ = '0';
    *out++ = static_cast<char>('0' + (character >> 4));
    *out++ = "0123456789abcdef"[character & 15];
  }
  return out;
}

/// Sixteen bytes at a time, as a vector where there is one. A bit for each byte: which must be escaped, which are
/// beyond ASCII.
struct block {
  static constexpr std::size_t size = 16;

#if defined(__SSE2__)
  __m128i bytes;

  static block load(const char* in) noexcept { return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(in))}; }
  /// The `count` bytes at `in`, fewer than sixteen, without touching those behind them; zeros follow.
  static block load(const char* in, std::size_t count) noexcept {
    // Two words that overlap, the second moved to where it belongs: no loop, and no call to memcpy.
    if (count > 8) return of(word<std::uint64_t>(in), word<std::uint64_t>(in + count - 8) >> (8 * (16 - count)));
    if (count == 8) return of(word<std::uint64_t>(in), 0);
    if (count >= 4) return of(word<std::uint32_t>(in) | word<std::uint32_t>(in + count - 4) << (8 * (count - 4)), 0);
    const std::size_t middle = count / 2;
    return of(word<std::uint8_t>(in) | word<std::uint8_t>(in + middle) << (8 * middle) |
                  word<std::uint8_t>(in + count - 1) << (8 * (count - 1)),
              0);
  }
  void store(char* out) const noexcept { _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes); }

  template <escapes Which = escapes::necessary>
  bool is_plain() const noexcept {
    // As signed bytes, control characters and everything beyond ASCII are below the blank.
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    return _mm_movemask_epi8(_mm_or_si128(low, marks<Which>())) == 0;
  }
  unsigned beyond_ascii() const noexcept { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }
  template <escapes Which = escapes::necessary>
  unsigned to_escape() const noexcept {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, marks<Which>())));
  }

 private:
  /// The printable characters that must be escaped. Pairs that differ in one bit are found at once.
  template <escapes Which>
  __m128i marks() const noexcept {
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    if constexpr (Which == escapes::html) {
      static_assert(('"' | 4) == '&' && ('<' | 2) == '>');
      const __m128i quote_or_and = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(4)), _mm_set1_epi8('&'));
      const __m128i angle = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(2)), _mm_set1_epi8('>'));
      return _mm_or_si128(backslash, _mm_or_si128(quote_or_and, angle));
    } else {
      return _mm_or_si128(backslash, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    }
  }

  template <class Word>
  static std::uint64_t word(const char* in) noexcept {
    Word made;
    std::memcpy(&made, in, sizeof made);
    return made;
  }
  static block of(std::uint64_t low, std::uint64_t high) noexcept {
    return {_mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low))};
  }
#else
  std::array<unsigned char, size> bytes;

  static block load(const char* in) noexcept {
    block made;
    std::memcpy(made.bytes.data(), in, size);
    return made;
  }
  static block load(const char* in, std::size_t count) noexcept {
    block made{};
    std::memcpy(made.bytes.data(), in, count);
    return made;
  }
  void store(char* out) const noexcept { std::memcpy(out, bytes.data(), size); }

  template <escapes Which = escapes::necessary>
  bool is_plain() const noexcept {
    return (to_escape<Which>() | beyond_ascii()) == 0;
  }
  unsigned beyond_ascii() const noexcept {
    unsigned bits = 0;
    for (std::size_t i = 0; i < size; ++i) bits |= static_cast<unsigned>(bytes[i] >> 7) << i;
    return bits;
  }
  template <escapes Which = escapes::necessary>
  unsigned to_escape() const noexcept {
    unsigned bits = 0;
    for (std::size_t i = 0; i < size; ++i)
      bits |= static_cast<unsigned>(bytes[i] < 0x80 && short_forms<Which>[bytes[i]] != 0) << i;
    return bits;
  }
#endif
};

/// Writes on from a block that holds something else than plain ASCII and is copied to `at.out` already, of which the
/// first `count` bytes count: up to and with the first byte that must be escaped, or all of it.
template <escapes Which>
[[gnu::always_inline]] inline text_progress write_odd(text_progress at, std::size_t count, unsigned to_escape,
                                                      unsigned beyond_ascii, const char* end, bool replace) noexcept {
  const std::size_t plain = to_escape != 0 ? static_cast<std::size_t>(std::countr_zero(to_escape)) : count;
  std::size_t done = 0;
  while (beyond_ascii != 0) {
    // Well-formed sequences stand where they should already; only their form is to be looked at.
    const auto first = static_cast<std::size_t>(std::countr_zero(beyond_ascii));
    if (first >= plain) break;
    const char* const in = at.in + first;
    const std::size_t length = utf8::is_pair(in, end) ? 2 : utf8::sequence_length(in, end);
    if (length == 0) {
      at = {at.out + first, in};
      if (!replace) return at;
      if constexpr (Which == escapes::html) {
        std::memcpy(at.out, "\\ufffd", 6);
        return {at.out + 6, at.in + 1};
      } else {
        bool cut = false;
        const std::size_t bad = utf8::maximal_subpart(in, end, cut);
        std::memcpy(at.out, "\xEF\xBF\xBD", 3);
        return {at.out + 3, at.in + bad};
      }
    }
    if constexpr (Which == escapes::html) {
      if (length == 3 && in[0] == '\xE2' && in[1] == '\x80' && (in[2] == '\xA8' || in[2] == '\xA9')) {
        std::memcpy(at.out + first, in[2] == '\xA8' ? "\\u2028" : "\\u2029", 6);
        return {at.out + first + 6, in + 3};
      }
    }
    done = first + length;
    if (done > count) std::memcpy(at.out + first, in, length);  // its end is beyond the block
    beyond_ascii &= ~0u << done;
  }
  if (done < plain) done = plain;
  at = {at.out + done, at.in + done};
  if (to_escape == 0) return at;
  const auto character = static_cast<unsigned char>(*at.in);
  return {write_escape(at.out, character, short_forms<Which>[character]), at.in + 1};
}

/// Copies `size` bytes, one to two words of them, as two words that overlap; false where a byte is not plain ASCII.
template <escapes Which, class Word>
[[gnu::always_inline]] inline bool copy_plain(char* out, const char* in, std::size_t size) noexcept {
  constexpr Word ones = static_cast<Word>(0x0101010101010101);
  constexpr Word highs = static_cast<Word>(0x8080808080808080);
  const auto odd = [](Word word) -> Word {
    const Word usual = (word - ones * 0x20) | ((word ^ (ones * '\\')) - ones) | word;
    if constexpr (Which == escapes::html)
      return usual | (((word | ones * 4) ^ (ones * '&')) - ones) | (((word | ones * 2) ^ (ones * '>')) - ones);
    else
      return usual | ((word ^ (ones * '"')) - ones);
  };
  Word first, last;
  std::memcpy(&first, in, sizeof first);
  std::memcpy(&last, in + size - sizeof last, sizeof last);
  std::memcpy(out, &first, sizeof first);
  std::memcpy(out + size - sizeof last, &last, sizeof last);
  return ((odd(first) | odd(last)) & highs) == 0;
}

/// Any text, block by block.
template <escapes Which>
[[gnu::noinline]] text_progress write_mixed(text_progress at, const char* stop, const char* end,
                                            bool replace) noexcept {
  while (at.in < stop) {
    auto count = static_cast<std::size_t>(stop - at.in);
    block bytes;
    if (count >= block::size) {
      bytes = block::load(at.in);
      count = block::size;
    } else {
      bytes = block::load(at.in, count);
    }
    bytes.store(at.out);
    const unsigned to_escape = bytes.to_escape<Which>() & ((1u << count) - 1);
    const unsigned beyond_ascii = bytes.beyond_ascii();
    if ((to_escape | beyond_ascii) == 0) {
      at = {at.out + count, at.in + count};
      continue;
    }
    const text_progress next = write_odd<Which>(at, count, to_escape, beyond_ascii, end, replace);
    if (next.in == at.in) break;
    at = next;
  }
  return at;
}

}  // namespace escaping

/// The first byte of [in, end) that may not stand in a JSON string as it is: a quote, a backslash or a control
/// character; `end` where there is none. Sixteen bytes at a time; reads nothing outside. Linear.
[[gnu::always_inline]] inline const char* find_unplain(const char* in, const char* end) noexcept {
  using escaping::block;
  for (; end - in >= static_cast<std::ptrdiff_t>(block::size); in += block::size)
    if (const unsigned found = block::load(in).to_escape()) return in + std::countr_zero(found);
  while (in != end && static_cast<unsigned char>(*in) >= 0x20 && *in != '"' && *in != '\\') ++in;
  return in;
}

/// Whether a text is UTF-8. Sixteen bytes at a time where they are ASCII. Linear.
inline bool is_utf8(std::string_view text) noexcept {
  using escaping::block;
  const char* const end = text.data() + text.size();
  for (const char* in = text.data(); in != end;) {
    if (end - in >= static_cast<std::ptrdiff_t>(block::size) && block::load(in).beyond_ascii() == 0) {
      in += block::size;
    } else if (static_cast<unsigned char>(*in) < 0x80) {
      ++in;
    } else {
      const std::size_t length = utf8::sequence_length(in, end);
      if (length == 0) return false;
      in += length;
    }
  }
  return true;
}

/// Writes the text in [in, stop) as the inside of a JSON string (RFC 8259, section 7; without the quotes), where the
/// whole value ends at `end`: a sequence that begins before `stop` is written whole. `out` has room for escaped_size
/// bytes per byte of text and 16 more.
///
/// With json_options::bad_utf8::error it stops before the first byte that is not UTF-8. Sixteen bytes at a time; reads
/// nothing outside [in, end). Linear.
template <escapes Which = escapes::necessary>
[[gnu::always_inline]] inline text_progress write_text(char* out, const char* in, const char* stop, const char* end,
                                                       json_options::bad_utf8 policy) noexcept {
  // Plain ASCII here, with the last block or word overlapping the one before; all else from where it turns up.
  using escaping::block;
  const auto size = static_cast<std::size_t>(stop - in);
  if (size >= block::size) {
    const char* const last = stop - block::size;
    for (;;) {
      const block bytes = block::load(in);
      bytes.store(out);
      if (!bytes.is_plain<Which>()) break;
      in += block::size;
      out += block::size;
      if (in <= last) continue;
      const block rest = block::load(last);
      if (!rest.is_plain<Which>()) break;
      rest.store(out - (in - last));
      return {out + (stop - in), stop};
    }
  } else if (size >= 8) {
    if (escaping::copy_plain<Which, std::uint64_t>(out, in, size)) return {out + size, stop};
  } else if (size >= 4) {
    if (escaping::copy_plain<Which, std::uint32_t>(out, in, size)) return {out + size, stop};
  } else if (size >= 2) {
    if (escaping::copy_plain<Which, std::uint16_t>(out, in, size)) return {out + size, stop};
  } else if (size == 1) {
    if (escaping::copy_plain<Which, std::uint8_t>(out, in, size)) return {out + size, stop};
  }
  return escaping::write_mixed<Which>({out, in}, stop, end, policy == json_options::bad_utf8::replace);
}

}  // namespace tidemark::json
