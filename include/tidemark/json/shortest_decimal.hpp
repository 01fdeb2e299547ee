#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tidemark::json {

/// A decimal number: digits times ten to the exponent. Trailing zeros are possible.
struct decimal {
  std::uint64_t digits;
  int exponent;
};

namespace schubfach {

struct wide {
  std::uint64_t high;
  std::uint64_t low;
};

/// floor(log2(10^k)) for |k| <= 1233, and floor(log10(2^q)) for |q| <= 1500.
constexpr int log2_of_power_of_10(int k) noexcept { return (k * 1741647) >> 19; }
constexpr int log10_of_power_of_2(int q) noexcept { return (q * 1262611) >> 22; }

/// 10^k for k from -292 to 324, as 128 bits of which the highest is set, rounded up. Worked out once in a process, in
/// whole numbers: 0.1 ms, where a table would cost every file that includes this.
class powers_of_10 {
 public:
  static constexpr int least = -292;
  static constexpr int most = 324;

  static const powers_of_10& table() {
    static const powers_of_10 made;
    return made;
  }

  const wide& operator[](int k) const noexcept { return entries_[static_cast<std::size_t>(k - least)]; }

 private:
  // A whole number of up to 1,280 bits, lowest word first. 10^324 has 1,077; 2^1279 over 10^292 keeps 309.
  class big {
   public:
    explicit big(std::size_t power_of_2) noexcept : size_(power_of_2 / 32 + 1) {
      word_[size_ - 1] = 1u << power_of_2 % 32;
    }

    void multiply_by_10() noexcept {
      std::uint64_t carry = 0;
      for (std::size_t i = 0; i != size_; ++i) {
        carry += std::uint64_t{word_[i]} * 10;
        word_[i] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
      if (carry != 0) word_[size_++] = static_cast<std::uint32_t>(carry);
    }

    void divide_by_10() noexcept {
      std::uint64_t rest = 0;
      for (std::size_t i = size_; i-- != 0;) {
        rest = rest << 32 | word_[i];
        word_[i] = static_cast<std::uint32_t>(rest / 10);
        rest %= 10;
      }
      if (word_[size_ - 1] == 0) --size_;
      is_inexact_ |= rest != 0;
    }

    /// The highest 128 bits, rounded up.
    wide top() const noexcept {
      const auto word = [this](std::size_t i) { return i < size_ ? std::uint64_t{word_[size_ - 1 - i]} : 0; };
      const int shift = std::countl_zero(word_[size_ - 1]);
      const auto joined = [&](std::size_t i) {  // 64 bits from the word that is i below the highest
        const std::uint64_t whole = word(i) << 32 | word(i + 1);
        return shift == 0 ? whole : whole << shift | word(i + 2) >> (32 - shift);
      };
      wide made{joined(0), joined(2)};
      bool is_cut = is_inexact_ || static_cast<std::uint32_t>(word(4) << shift) != 0;
      for (std::size_t i = 5; i < size_ && !is_cut; ++i) is_cut = word(i) != 0;
      if (is_cut && ++made.low == 0) ++made.high;
      return made;
    }

   private:
    std::array<std::uint32_t, 40> word_{};
    std::size_t size_;
    bool is_inexact_ = false;
  };

  powers_of_10() noexcept {
    big up(0);
    for (int k = 0; k <= most; ++k, up.multiply_by_10()) entries_[static_cast<std::size_t>(k - least)] = up.top();
    big down(1279);
    for (int k = -1; k >= least; --k) {
      down.divide_by_10();
      entries_[static_cast<std::size_t>(k - least)] = down.top();
    }
  }

  std::array<wide, most - least + 1> entries_{};
};

/// The highest 64 bits of a product of 192, with the lowest of them set where it is not exact ("round to odd").
inline std::uint64_t multiply(const wide& power, std::uint64_t factor) noexcept {
  __extension__ using uint128 = unsigned __int128;
  const uint128 low = uint128{power.low} * factor;
  const uint128 high = uint128{power.high} * factor + static_cast<std::uint64_t>(low >> 64);
  return static_cast<std::uint64_t>(high >> 64) | (static_cast<std::uint64_t>(high) > 1 ? 1u : 0u);
}

}  // namespace schubfach

/// The shortest decimal that reads back as `value`, and of those the closest to it. `value` is finite and not negative.
///
/// Schubfach: Raffaello Giulietti, "The Schubfach way to render doubles" (2021), whose names these are.
inline decimal shortest_decimal(double value) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  const int biased = static_cast<int>(bits >> 52);
  const std::uint64_t c = biased != 0 ? fraction | std::uint64_t{1} << 52 : fraction;
  const int q = (biased != 0 ? biased : 1) - 1075;
  if (c == 0) return {0, 0};

  // The interval of what rounds to this double, times four so that its ends are whole; closer below a power of two.
  const std::uint64_t is_odd = c & 1;
  const bool is_closer_below = fraction == 0 && biased > 1;
  const int k = is_closer_below ? (q * 1262611 - 524031) >> 22 : schubfach::log10_of_power_of_2(q);
  const int h = q + schubfach::log2_of_power_of_10(-k) + 1;
  const schubfach::wide& power = schubfach::powers_of_10::table()[-k];
  const std::uint64_t below = schubfach::multiply(power, (4 * c - (is_closer_below ? 1 : 2)) << h) + is_odd;
  const std::uint64_t here = schubfach::multiply(power, 4 * c << h);
  const std::uint64_t above = schubfach::multiply(power, (4 * c + 2) << h) - is_odd;

  const std::uint64_t s = here / 4;
  if (s >= 10) {
    const std::uint64_t shorter = s / 10;
    const bool is_lower_in = below <= 40 * shorter;
    const bool is_upper_in = 40 * shorter + 40 <= above;
    if (is_lower_in != is_upper_in) return {shorter + (is_upper_in ? 1 : 0), k + 1};
  }
  const bool is_lower_in = below <= 4 * s;
  const bool is_upper_in = 4 * s + 4 <= above;
  if (is_lower_in != is_upper_in) return {s + (is_upper_in ? 1 : 0), k};
  const std::uint64_t middle = 4 * s + 2;
  return {s + (here > middle || (here == middle && (s & 1) != 0) ? 1 : 0), k};
}

}  // namespace tidemark::json
