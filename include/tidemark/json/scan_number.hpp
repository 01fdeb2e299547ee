#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace tidemark::json {

/// A number taken apart: (negative ? -1 : 1) * digits * 10^exponent, where is_exact.
struct scanned_number {
  std::uint64_t digits = 0;  ///< as many of its digits as fit, leading zeros not counted
  std::int64_t exponent = 0;
  bool is_negative = false;
  bool is_whole = true;  ///< spelled without a point and an exponent
  bool is_exact = true;  ///< no digit was left out of `digits`
};

/// As scan_number(); `AllFit`: the text is so short that all its digits fit.
template <bool AllFit>
bool scan_number_of(std::string_view text, scanned_number& into) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  std::uint64_t digits = 0;
  bool is_exact = true;
  std::int64_t left_out = 0;  // how many digits did not fit: all behind the first one that did not

  const auto take_digits = [&] {
    for (std::uint64_t digit = 0; at != end && (digit = static_cast<unsigned char>(*at - '0')) < 10; ++at) {
      if constexpr (!AllFit) {
        constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
        if (left_out != 0 || digits > most / 10 || (digits == most / 10 && digit > most % 10)) {
          is_exact = is_exact && digit == 0;
          ++left_out;
          continue;
        }
      }
      digits = digits * 10 + digit;
    }
  };

  into.is_negative = at != end && *at == '-';
  if (into.is_negative) ++at;
  const char* const first = at;
  take_digits();
  std::int64_t exponent = left_out;
  if (at == first || (*first == '0' && at - first > 1)) return false;
  into.is_whole = at == end;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    take_digits();
    if (at == fraction) return false;
    exponent = left_out - (at - fraction);
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool is_down = at != end && *at == '-';
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const start = at;
    constexpr std::int64_t enough = 1'000'000'000'000;  // beyond what the digits of a text could make up for
    std::int64_t stated = 0;
    for (; at != end && *at >= '0' && *at <= '9'; ++at)
      if (stated < enough) stated = stated * 10 + (*at - '0');
    if (at == start) return false;
    exponent += is_down ? -stated : stated;
  }
  into.digits = digits;
  into.exponent = exponent;
  into.is_exact = is_exact;
  return at == end;
}

/// Takes a text apart that is spelled as a JSON number (RFC 8259, section 6), without blanks around it; false where it
/// is none.
inline bool scan_number(std::string_view text, scanned_number& into) noexcept {
  constexpr std::size_t short_enough = std::numeric_limits<std::uint64_t>::digits10;
  return text.size() <= short_enough ? scan_number_of<true>(text, into) : scan_number_of<false>(text, into);
}

/// Whether a text is spelled as a JSON number (RFC 8259, section 6), without blanks around it.
inline bool is_number(std::string_view text) noexcept {
  scanned_number parts;
  return scan_number(text, parts);
}

}  // namespace tidemark::json
