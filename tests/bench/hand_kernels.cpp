#include "hand_kernels.hpp"

#include <string_view>

namespace hand {

namespace {

// Digits and exponent of the shortest form, laid out again: to_chars would spell 1e+05 and 1e-04 otherwise.
char* lay_out(char* out, std::string_view scientific) {
  char digits[24];
  auto count = 0;
  auto at = std::size_t{0};
  for (; scientific[at] != 'e'; ++at)
    if (scientific[at] != '.') digits[count++] = scientific[at];
  auto negative = scientific[at + 1] == '-';
  auto exponent = 0;
  for (at += 2; at < scientific.size(); ++at) exponent = exponent * 10 + (scientific[at] - '0');
  if (negative) exponent = -exponent;

  auto copy = [&](int from, int to) {
    for (auto i = from; i < to; ++i) *out++ = i < count ? digits[i] : '0';
  };
  if (exponent >= 21 || exponent < -6) {
    copy(0, 1);
    if (count > 1) *out++ = '.';
    copy(1, count);
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    return put_integer(out, exponent < 0 ? -exponent : exponent);
  }
  if (exponent < 0) {
    *out++ = '0';
    *out++ = '.';
    for (auto i = -1; i > exponent; --i) *out++ = '0';
    copy(0, count);
    return out;
  }
  copy(0, exponent + 1);
  if (count > exponent + 1) *out++ = '.';
  copy(exponent + 1, count);
  return out;
}

}  // namespace

char* put_rare_double(char* out, double value) {
  if (!std::isfinite(value)) {
    std::memcpy(out, "null", 4);
    return out + 4;
  }
  if (std::signbit(value)) *out++ = '-';
  char scientific[32];
  auto end = std::to_chars(scientific, scientific + 32, std::fabs(value), std::chars_format::scientific).ptr;
  return lay_out(out, {scientific, static_cast<std::size_t>(end - scientific)});
}

char* put_base64(char* out, const unsigned char* bytes, std::size_t size) {
  constexpr auto alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (; size > 0; bytes += 3, size -= size < 3 ? size : 3) {
    auto three = static_cast<unsigned>(bytes[0]) << 16;
    if (size > 1) three |= static_cast<unsigned>(bytes[1]) << 8;
    if (size > 2) three |= bytes[2];
    *out++ = alphabet[three >> 18];
    *out++ = alphabet[three >> 12 & 63];
    *out++ = size > 1 ? alphabet[three >> 6 & 63] : '=';
    *out++ = size > 2 ? alphabet[three & 63] : '=';
  }
  return out;
}

}  // namespace hand
