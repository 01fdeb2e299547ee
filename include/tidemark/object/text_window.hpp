#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/object/text_object.hpp>
#include <tidemark/object/tokens.hpp>

namespace tidemark {

/// Rows of text whose tokens are found in one go, and which are then handed out one by one.
///
/// Each row's place is known, so that none is lost and none can spoil another: where the tokens of all rows cannot be
/// found together (bad UTF-8, a string without its end), each row is looked at alone.
class text_window {
 public:
  /// `size`: of the window, in bytes.
  explicit text_window(std::size_t size) noexcept : size_(size) {}

  /// Whether all rows have been handed out.
  bool is_empty() const noexcept { return at_ == rows_.size(); }

  /// Takes a row in, of which it keeps a copy. False where there is no room for it.
  bool add(std::string_view row) {
    if (is_empty()) clear();
    if (row.size() >= size_ - used_) return false;
    if (!memory_) memory_.reset(new char[size_]);
    std::memcpy(memory_.get() + used_, row.data(), row.size());
    rows_.push_back({used_, row.size()});
    used_ += row.size();
    memory_[used_++] = '\n';  // ends a row within a string: control characters may not stand there
    all_ = {memory_.get(), used_};
    return true;
  }

  /// Takes in a row that stays where it is until it has been handed out, behind others that do, with nothing but blanks
  /// between them. False where there is no room for it; for a first one there always is.
  bool add_in_place(std::string_view row) {
    if (is_empty()) {
      clear();
      all_ = row;
    }
    const auto offset = static_cast<std::size_t>(row.data() - all_.data());
    if (!rows_.empty() && offset + row.size() >= size_) return false;
    rows_.push_back({offset, row.size()});
    all_ = {all_.data(), offset + row.size()};
    return true;
  }

  /// Hands out the next row, which is valid until one is added. `number`: counted from 1. Throws error (value), with
  /// can_go_on(), for one that is not an object.
  text_object next(std::uint64_t number) {
    const place row = rows_[at_++];
    source_.row = number;
    if (at_ == 1) {
      is_each_alone_ = source_.found.find(all_) != nullptr;
      source_.end = 0;
    }
    if (is_each_alone_) [[unlikely]]
      source_.start_row(all_.substr(row.offset, row.size));
    else
      source_.start_row(source_.end, behind(source_.end));
    return {source_, source_.first, text_source::no_key};
  }

 private:
  struct place {
    std::size_t offset;
    std::size_t size;
  };

  void clear() noexcept {
    rows_.clear();
    at_ = 0;
    used_ = 0;
  }

  /// The token behind the row that begins with token `first` and has just been taken from the list.
  std::uint32_t behind(std::uint32_t first) noexcept {
    const tokens& found = source_.found;
    if (is_empty()) return found.count();
    const std::size_t next_row = rows_[at_].offset;
    // Most rows of a result have as many tokens as the one before.
    std::uint32_t guess = first + usual_count_;
    if (guess >= found.count() || found.offset(guess) != next_row) {
      guess = first;
      for (std::uint32_t left = found.count() - first; left != 0;) {  // std::lower_bound over the offsets
        const std::uint32_t half = left / 2;
        if (found.offset(guess + half) < next_row) {
          guess += half + 1;
          left -= half + 1;
        } else {
          left = half;
        }
      }
      usual_count_ = guess - first;
    }
    return guess;
  }

  std::size_t size_;
  std::unique_ptr<char[]> memory_;
  std::size_t used_ = 0;
  std::string_view all_;
  std::vector<place> rows_;
  std::size_t at_ = 0;  // the next row to hand out
  bool is_each_alone_ = false;
  std::uint32_t usual_count_ = 0;
  text_source source_;
};

}  // namespace tidemark
