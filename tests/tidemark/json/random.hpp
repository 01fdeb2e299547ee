#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// SplitMix64: the same numbers with every compiler, which the distributions of <random> do not promise.
class random {
 public:
  explicit random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t bits() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
  }

  /// 0 to `count` - 1.
  std::size_t below(std::size_t count) noexcept { return static_cast<std::size_t>(bits() % count); }

  /// `size` bytes of any value.
  std::string bytes(std::size_t size) {
    std::string made;
    while (made.size() < size) made += static_cast<char>(bits() & 0xFF);
    return made;
  }

  /// `size` characters out of `alphabet`.
  std::string text(std::size_t size, std::string_view alphabet) {
    std::string made;
    while (made.size() < size) made += alphabet[below(alphabet.size())];
    return made;
  }

 private:
  std::uint64_t state_;
};

}  // namespace tests
