#pragma once

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include <tidemark/json/scan_number.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark::json {

/// The double nearest to a scanned number, which `text` spells: an infinity for one beyond all doubles, 0 for one
/// closer to 0 than to any other.
inline double to_real(const scanned_number& number, std::string_view text) noexcept {
  // A double holds whole numbers to 2^53 and powers of ten to 10^22 exactly, so that one operation rounds once (William
  // Clinger, "How to Read Floating Point Numbers Accurately", 1990).
  static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (number.is_exact && number.digits <= (std::uint64_t{1} << 53) && number.exponent >= -22 && number.exponent <= 22) {
    const auto digits = static_cast<double>(number.digits);
    const double size = number.exponent < 0 ? digits / powers[-number.exponent] : digits * powers[number.exponent];
    return number.is_negative ? -size : size;
  }
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range) {
    value = number.exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    if (number.is_negative) value = -value;
  }
  return value;
}

/// Characters as a number, the first one lowest.
template <class Word>
std::uint64_t word_at(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big && sizeof word == 8) word = __builtin_bswap64(word);
  if constexpr (std::endian::native == std::endian::big && sizeof word == 4) word = __builtin_bswap32(word);
  return word;
}

/// One to eight decimal digits, read all at once: how many there are is no branch to be guessed. Each is a byte of a
/// word, the last one at the top, with zeros before the first.
class few_digits {
 public:
  static constexpr std::size_t most = 8;

  /// `at`: the `count` characters, 1 to 8; `end`: of what may be read.
  few_digits(const char* at, std::size_t count, const char* end) noexcept {
    const std::uint64_t characters = end - at >= 8 ? word_at<std::uint64_t>(at) : few_at(at, count);
    bytes_ = (characters ^ each('0')) << (64 - 8 * count);
  }

  /// Whether they are digits, but for a point that has been taken out.
  bool are_digits() const noexcept { return (((bytes_ + each(0x80 - 10)) | bytes_) & each(0x80)) == 0; }

  /// Takes a point out, and returns how many digits stand behind it; none where there is no point.
  std::optional<unsigned> take_point() noexcept {
    const std::uint64_t others = bytes_ ^ each('.' ^ '0');
    const std::uint64_t found = (others - each(1)) & ~others & each(0x80);  // the lowest bit is that of a point
    if (found == 0) return std::nullopt;
    const int place = std::countr_zero(found) & ~7;
    const std::uint64_t before = (std::uint64_t{1} << place) - 1;
    bytes_ = (bytes_ & before) << 8 | (bytes_ & ~(before << 8 | 0xFF));
    return (56U - static_cast<unsigned>(place)) / 8;
  }

  /// Where they are digits: pairs, then fours, then all eight (Wojciech Mula, "SIMD-ized conversion of strings to
  /// integers", 2014).
  std::uint64_t value() const noexcept {
    const std::uint64_t pairs = bytes_ * (1 + (10 << 8)) >> 8;
    const std::uint64_t fours = (pairs & 0x00FF00FF00FF00FF) * (1 + (100 << 16)) >> 16;
    return (fours & 0x0000FFFF0000FFFF) * (1 + (std::uint64_t{10'000} << 32)) >> 32;
  }

 private:
  static constexpr std::uint64_t each(std::uint64_t byte) noexcept { return byte * 0x0101010101010101; }

  /// Fewer than eight characters, as two words that overlap, without a call.
  static std::uint64_t few_at(const char* at, std::size_t count) noexcept {
    if (count >= 4) return word_at<std::uint32_t>(at) | word_at<std::uint32_t>(at + count - 4) << 8 * (count - 4);
    const std::size_t middle = count / 2;
    return word_at<std::uint8_t>(at) | word_at<std::uint8_t>(at + middle) << 8 * middle |
           word_at<std::uint8_t>(at + count - 1) << 8 * (count - 1);
  }

  std::uint64_t bytes_;
};

/// Reads a whole number of at most 16 digits; false where the text is something else. `end`: of what may be read.
inline bool read_short_integer(std::string_view text, const char* end, std::int64_t& into) noexcept {
  const bool is_negative = text.starts_with('-');
  text.remove_prefix(is_negative ? 1 : 0);
  if (text.empty() || text.size() > 2 * few_digits::most || (text[0] == '0' && text.size() > 1)) return false;
  std::uint64_t number = 0;
  if (text.size() > few_digits::most) {
    const few_digits first(text.data(), text.size() - few_digits::most, end);
    if (!first.are_digits()) return false;
    number = first.value() * 100'000'000;
    text.remove_prefix(text.size() - few_digits::most);
  }
  const few_digits last(text.data(), text.size(), end);
  if (!last.are_digits()) return false;
  number += last.value();
  into = is_negative ? -static_cast<std::int64_t>(number) : static_cast<std::int64_t>(number);
  return true;
}

/// Reads a number of at most eight digits, one of which may be a point, which is exact (see to_real()); false where the
/// text is something else. `end`: of what may be read.
inline bool read_short_real(std::string_view text, const char* end, double& into) noexcept {
  static constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
  const bool is_negative = text.starts_with('-');
  text.remove_prefix(is_negative ? 1 : 0);
  if (text.empty() || text.size() > few_digits::most || (text[0] == '0' && text.size() > 1 && text[1] != '.'))
    return false;
  few_digits digits(text.data(), text.size(), end);
  const std::optional<unsigned> decimals = digits.take_point();
  if (decimals && (*decimals == 0 || *decimals + 1 >= text.size())) return false;
  if (!digits.are_digits()) return false;
  const double size = static_cast<double>(digits.value()) / powers[decimals.value_or(0)];
  into = is_negative ? -size : size;
  return true;
}

/// The value of four hexadecimal digits at `in`, or -1.
inline std::int32_t four_hex_digits(const char* in) noexcept {
  std::int32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char digit = in[i];
    const std::int32_t worth = digit >= '0' && digit <= '9'   ? digit - '0'
                               : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                               : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                              : -1;
    if (worth < 0) return -1;
    value = value * 16 + worth;
  }
  return value;
}

/// Writes what the inside of a JSON string stands for, as UTF-8, and returns its end; null for an escape that JSON does
/// not have. `out` has room for as many bytes as `text` has, and may be the text's own memory. A surrogate without its
/// partner becomes U+FFFD.
inline char* unescape(char* out, std::string_view text) noexcept {
  if (text.empty()) return out;
  const char* in = text.data();
  const char* const end = in + text.size();
  for (;;) {
    const auto* const escape = static_cast<const char*>(std::memchr(in, '\\', static_cast<std::size_t>(end - in)));
    const auto plain = static_cast<std::size_t>((escape != nullptr ? escape : end) - in);
    std::memmove(out, in, plain);
    out += plain;
    if (escape == nullptr) return out;
    in = escape + 1;
    if (in == end) return nullptr;
    switch (*in++) {
      case '"': *out++ = '"'; continue;
      case '\\': *out++ = '\\'; continue;
      case '/': *out++ = '/'; continue;
      case 'b': *out++ = '\b'; continue;
      case 'f': *out++ = '\f'; continue;
      case 'n': *out++ = '\n'; continue;
      case 'r': *out++ = '\r'; continue;
      case 't': *out++ = '\t'; continue;
      case 'u': break;
      default: return nullptr;
    }
    if (end - in < 4) return nullptr;
    std::int32_t code = four_hex_digits(in);
    if (code < 0) return nullptr;
    in += 4;
    if (code >= 0xD800 && code < 0xDC00 && end - in >= 6 && in[0] == '\\' && in[1] == 'u') {
      const std::int32_t low = four_hex_digits(in + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        in += 6;
      }
    }
    if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
    const auto put = [&out](std::int32_t byte) { *out++ = static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6);
      put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12);
      put(0x80 | (code >> 6 & 0x3F));
      put(0x80 | (code & 0x3F));
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
      put(0x80 | (code >> 6 & 0x3F));
      put(0x80 | (code & 0x3F));
    }
  }
}

/// Reads a date, a time of day or both, as RFC 3339 and ISO 8601's extended format spell them: 2024-02-29,
/// 23:59:59.5, 2024-02-29T23:59:59.5Z, and with a blank for the T, an offset for the Z (which is turned into UTC), a
/// sign and six digits or more for the year. Digits of the fraction beyond nine are left out. False where it is none.
class time_reader {
 public:
  explicit time_reader(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) {}

  [[gnu::always_inline]] bool read(timestamp& into) noexcept {
    if (end_ - at_ == usual_size && read_usual(into)) [[likely]]
      return true;
    return read_any(into);
  }

 private:
  static constexpr std::int64_t day_seconds = 86400;
  static constexpr std::ptrdiff_t usual_size = 19;

  [[gnu::noinline]] bool read_any(timestamp& into) noexcept {
    using form = timestamp::form;
    into = {};
    if (end_ - at_ > usual_size && read_usual(into)) {
      at_ += usual_size;
      days_ = 0;
      seconds_ = into.seconds;
      if (!read_fraction(into)) return false;
    } else if (end_ - at_ >= 3 && at_[2] == ':') {
      into.what = form::time;
      return read_time(into) && at_ == end_ && put_together(into);
    } else {
      if (!read_date()) return false;
      into.what = form::date;
      if (at_ == end_) return put_together(into);
      if (*at_ != 'T' && *at_ != 't' && *at_ != ' ') return false;
      ++at_;
      into.what = form::date_time;
      if (!read_time(into)) return false;
    }
    if (at_ == end_) return put_together(into);
    into.what = form::date_time_utc;
    return read_zone() && at_ == end_ && put_together(into);
  }

  /// What the places of a word are to be: a digit where there is a 0, and that character everywhere else.
  struct pattern {
    std::uint64_t characters = 0;
    std::uint64_t room = 0;  // what lifts a byte above 127 that differs too much from its character

    consteval explicit pattern(const char (&text)[9]) {
      for (unsigned i = 0; i != 8; ++i) {
        characters |= std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * i;
        room |= std::uint64_t{text[i] == '0' ? 0x80U - 10 : 0x80U - 1} << 8 * i;
      }
    }
    /// Of the digits that are there.
    constexpr std::uint64_t values(std::uint64_t word) const noexcept { return word ^ characters; }
    constexpr bool fits(std::uint64_t values) const noexcept {
      return (((values + room) | values) & 0x8080808080808080) == 0;
    }
  };

  /// The number that the digits at `place` and behind it make.
  static std::uint32_t pair(std::uint64_t pairs, int place) noexcept {
    return static_cast<std::uint32_t>(pairs >> 8 * place) & 0xFF;
  }

  /// Reads "2024-02-29 23:59:59" (or with a T), as nearly all begin, eight characters at a time. False where something
  /// else is there, be it right or wrong: a day behind the 28th may be.
  [[gnu::always_inline]] bool read_usual(timestamp& into) const noexcept {
    constexpr pattern first("0000-00-"), middle("00 00:00"), middle_with_t("00T00:00"), last("00:00:00");
    const std::uint64_t date = first.values(word_at<std::uint64_t>(at_));
    const std::uint64_t day_and_time =
        (at_[10] == 'T' ? middle_with_t : middle).values(word_at<std::uint64_t>(at_ + 8));
    const std::uint64_t time = last.values(word_at<std::uint64_t>(at_ + 11));
    if (!first.fits(date) || !middle.fits(day_and_time) || !last.fits(time)) return false;
    const auto in_pairs = [](std::uint64_t digits) { return digits * 10 + (digits >> 8); };
    const std::uint64_t date_pairs = in_pairs(date), time_pairs = in_pairs(time);
    const std::uint32_t year = pair(date_pairs, 0) * 100 + pair(date_pairs, 2), month = pair(date_pairs, 5);
    const std::uint32_t day = pair(in_pairs(day_and_time), 0);
    const std::uint32_t hour = pair(time_pairs, 0), minute = pair(time_pairs, 3), second = pair(time_pairs, 6);
    if (month - 1 >= 12 || day - 1 >= 28 || hour > 23 || minute > 59 || second > 60) return false;
    // As days_since_1970(), but for four digits of a year, 400 years on so that nothing is below 0 (Cassio Neri and
    // Lorenz Schneider, "Euclidean affine functions and their application to calendar algorithms", 2022).
    const bool is_before_march = month <= 2;
    const std::uint32_t shifted_year = year + 400 - (is_before_march ? 1 : 0);
    const std::uint32_t shifted_month = month + (is_before_march ? 12 : 0);
    const std::uint32_t century = shifted_year / 100;
    const std::uint32_t days =
        1461 * shifted_year / 4 - century + century / 4 + (979 * shifted_month - 2919) / 32 + day;
    into.seconds = (std::int64_t{days} - 865566) * day_seconds + (hour * 3600 + minute * 60 + second);
    into.nanoseconds = 0;
    into.digits = 0;
    into.what = timestamp::form::date_time;
    return true;
  }

  /// The value of exactly `count` digits, or -1.
  int digits(int count) noexcept {
    if (end_ - at_ < count) return -1;
    int value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (*at_ < '0' || *at_ > '9') return -1;
      value = value * 10 + (*at_ - '0');
    }
    return value;
  }

  bool take(char expected) noexcept {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  /// False for what is beyond the seconds that 64 bits can count.
  bool put_together(timestamp& into) const noexcept {
    // Days before 1970 are counted to their end: their start may be beyond.
    const bool is_before = days_ < 0;
    return !__builtin_mul_overflow(days_ + (is_before ? 1 : 0), day_seconds, &into.seconds) &&
           !__builtin_add_overflow(into.seconds, seconds_ - (is_before ? day_seconds : 0), &into.seconds);
  }

  bool read_date() noexcept {
    std::int64_t year = 0;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) {
      const bool is_before = *at_++ == '-';
      int count = 0;
      for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_, ++count) {
        if (count == 12) return false;
        year = year * 10 + (*at_ - '0');
      }
      if (count < 6) return false;
      if (is_before) year = -year;
    } else {
      year = digits(4);
      if (year < 0) return false;
    }
    if (!take('-')) return false;
    const int month = digits(2);
    if (month < 1 || month > 12 || !take('-')) return false;
    const int day = digits(2);
    constexpr int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day < 1 || day > longest[month - 1] || (month == 2 && day == 29 && !is_leap)) return false;
    days_ = days_since_1970(year, month, day);
    return true;
  }

  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  static std::int64_t days_since_1970(std::int64_t year, int month, int day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
  }

  bool read_time(timestamp& into) noexcept {
    const int hour = digits(2);
    if (hour < 0 || hour > 23 || !take(':')) return false;
    const int minute = digits(2);
    if (minute < 0 || minute > 59) return false;
    int second = 0;
    if (take(':')) {
      second = digits(2);
      if (second < 0 || second > 60) return false;  // 60: a leap second, the same as the next minute's first
      if (!read_fraction(into)) return false;
    }
    seconds_ = hour * 3600 + minute * 60 + second;
    return true;
  }

  /// What may stand behind the seconds; false for a point that no digit follows.
  bool read_fraction(timestamp& into) noexcept {
    if (!take('.')) return true;
    std::uint32_t place = 100'000'000;
    if (at_ == end_ || *at_ < '0' || *at_ > '9') return false;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      if (into.digits == 9) continue;
      into.nanoseconds += static_cast<std::uint32_t>(*at_ - '0') * place;
      place /= 10;
      ++into.digits;
    }
    return true;
  }

  bool read_zone() noexcept {
    if (take('Z') || take('z')) return true;
    const bool is_ahead = take('+');
    if (!is_ahead && !take('-')) return false;
    const int hour = digits(2);
    if (hour < 0 || hour > 23) return false;
    const int minute = !take(':') && at_ == end_ ? 0 : digits(2);
    if (minute < 0 || minute > 59) return false;
    seconds_ += (is_ahead ? -1 : 1) * (hour * 3600 + minute * 60);
    return true;
  }

  const char* at_;
  const char* end_;
  std::int64_t days_ = 0;     // since 1970-01-01
  std::int64_t seconds_ = 0;  // of the day; beyond it by the offset of a zone
};

}  // namespace tidemark::json
