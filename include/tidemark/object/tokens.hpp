#pragma once

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>

namespace tidemark {

/// A text of JSON values, one behind the other, and where each of their tokens starts: braces, brackets, colons,
/// commas, strings, numbers and words.
///
/// The tokens are found by the first stage of simdjson's parser (Langdale and Lemire, "Parsing Gigabytes of JSON per
/// Second", 2019, section 3.1), which looks at 64 bytes at a time and also checks UTF-8. It knows nothing of the
/// values' grammar, so that nothing is lost where one of them is cut or broken.
class tokens {
 public:
  /// Finds the tokens of `text`, which must stay where it is. Returns what is wrong, in words, where there are no
  /// values to be had: bad UTF-8, a control character within a string, a string without its end, nothing but blanks.
  /// Null otherwise. Linear in the size of the text; no memory is taken where an earlier text was as large.
  const char* find(std::string_view text) {
    text_ = text;
    count_ = 0;
    reserve(text.size());
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    switch (stage_->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) {
      case simdjson::SUCCESS:
        offsets_ = stage_->structural_indexes.get();
        count_ = stage_->n_structural_indexes;
        return nullptr;
      case simdjson::UTF8_ERROR: return "not UTF-8";
      case simdjson::UNESCAPED_CHARS: return "a control character in a string";
      case simdjson::UNCLOSED_STRING: return "the text ends within a string";
      case simdjson::EMPTY: return "the text is empty";
      default: return "simdjson cannot find its tokens";
    }
  }

  /// Takes up a text of which no token is known but the first character; see add().
  void begin(std::string_view text) {
    text_ = text;
    count_ = 0;
    add({0});
  }

  /// Adds tokens that somebody else found, by their offsets, and returns the first of them. The others stay unknown.
  template <std::size_t Count>
  std::uint32_t add(const std::uint32_t (&offsets)[Count]) {
    if (added_.size() < count_ + Count) added_.resize(2 * (count_ + Count));
    offsets_ = added_.data();
    std::copy_n(offsets, Count, added_.data() + count_);
    count_ += std::uint32_t{Count};
    return count_ - std::uint32_t{Count};
  }

  std::string_view whole_text() const noexcept { return text_; }
  std::uint32_t count() const noexcept { return count_; }

  /// The text, and where in it each token starts; the size of the text for the one behind the last.
  const char* text() const noexcept { return text_.data(); }
  const std::uint32_t* offsets() const noexcept { return offsets_; }

  /// Where a token starts; the size of the text for the one behind the last.
  std::uint32_t offset(std::uint32_t token) const noexcept { return offsets_[token]; }

  /// The token that starts at an offset. Logarithmic.
  std::uint32_t token_at(std::uint32_t offset) const noexcept {
    return static_cast<std::uint32_t>(std::lower_bound(offsets_, offsets_ + count_, offset) - offsets_);
  }

  /// The text from the start of a token.
  const char* at(std::uint32_t token) const noexcept { return text_.data() + offset(token); }

  const char* text_end() const noexcept { return text_.data() + text_.size(); }

  /// The text from the start of a token to that of the next one.
  std::string_view with_blanks(std::uint32_t token) const noexcept {
    return {at(token), offset(token + 1) - offset(token)};
  }

  /// The text from token `from` to token `to`, without the blanks behind it.
  std::string_view text(std::uint32_t from, std::uint32_t to) const noexcept {
    std::size_t end = offset(to);
    const std::size_t begin = offset(from);
    while (end > begin &&
           (text_[end - 1] == ' ' || text_[end - 1] == '\n' || text_[end - 1] == '\r' || text_[end - 1] == '\t'))
      --end;
    return text_.substr(begin, end - begin);
  }

  /// Memory for what a string of the text stands for: as large as the text, each string at its own place, so that
  /// reading one again takes no more.
  char* space_for(std::uint32_t token) {
    if (!space_ || space_size_ < text_.size()) {
      space_.reset(new char[text_.size()]);
      space_size_ = text_.size();
    }
    return space_.get() + offset(token);
  }

 private:
  void reserve(std::size_t size) {
    if (stage_ && stage_->capacity() >= size) return;
    if (size > simdjson::SIMDJSON_MAXSIZE_BYTES)
      throw error(failure::value, "a row of more than 4 GiB cannot be parsed");
    // Room to grow: memory that no token needs is never touched.
    const std::size_t room = std::clamp(std::bit_ceil(size), std::size_t{1024}, simdjson::SIMDJSON_MAXSIZE_BYTES);
    constexpr std::size_t depth = 1;  // of the second stage, which is not used
    const simdjson::implementation& fastest = *simdjson::get_active_implementation();
    if (fastest.create_dom_parser_implementation(room, depth, stage_) != simdjson::SUCCESS) throw std::bad_alloc();
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  std::string_view text_;
  const std::uint32_t* offsets_ = nullptr;
  std::uint32_t count_ = 0;
  std::vector<std::uint32_t> added_;
  std::unique_ptr<char[]> space_;
  std::size_t space_size_ = 0;
};

}  // namespace tidemark
