#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

namespace tests {

/// A copy of a text on the heap with nothing behind it, so that the address sanitizer sees whoever reads on.
class exact_copy {
 public:
  explicit exact_copy(std::string_view text) : size_(text.size()), memory_(new char[text.size()]) {
    std::copy(text.begin(), text.end(), memory_.get());
  }

  const char* begin() const noexcept { return memory_.get(); }
  const char* end() const noexcept { return memory_.get() + size_; }
  std::string_view view() const noexcept { return {memory_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> memory_;
};

}  // namespace tests
