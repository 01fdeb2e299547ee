#pragma once

#include <cstddef>

#include <tidemark/json/options.hpp>

namespace tidemark::json {

/// How octets become characters: so many octets make one group of so many characters.
struct octet_group {
  std::size_t octets;
  std::size_t characters;
};

constexpr octet_group group_of(json_options::octets spelling) noexcept {
  return spelling == json_options::octets::hex ? octet_group{1, 2} : octet_group{3, 4};
}

/// Writes `size` octets as base64 (RFC 4648, section 4), base64url without padding (section 5) or lower-case hex, and
/// returns the end. Groups that are not whole are closed, so only the last piece of a value may end within one.
/// `out` may share memory with `in` where it is at least size / 3 + 4 bytes before it (hex: size). Linear.
inline char* write_octets(char* out, const char* in, std::size_t size, json_options::octets spelling) noexcept {
  const auto octet = [&in](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(in[i])); };
  if (spelling == json_options::octets::hex) {
    for (; size != 0; --size, ++in) {
      const unsigned value = octet(0);
      *out++ = "0123456789abcdef"[value >> 4];
      *out++ = "0123456789abcdef"[value & 15];
    }
    return out;
  }
  const bool url = spelling == json_options::octets::base64url;
  const char* const alphabet = url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                                   : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (; size >= 3; size -= 3, in += 3) {
    const unsigned group = octet(0) << 16 | octet(1) << 8 | octet(2);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = alphabet[group >> 6 & 63];
    *out++ = alphabet[group & 63];
  }
  if (size == 0) return out;
  const unsigned group = octet(0) << 16 | (size == 2 ? octet(1) << 8 : 0);
  *out++ = alphabet[group >> 18];
  *out++ = alphabet[group >> 12 & 63];
  if (size == 2) *out++ = alphabet[group >> 6 & 63];
  if (!url) {
    if (size == 1) *out++ = '=';
    *out++ = '=';
  }
  return out;
}

}  // namespace tidemark::json
