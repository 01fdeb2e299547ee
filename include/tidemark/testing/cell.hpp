#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/field.hpp>

namespace tidemark::testing {

/// A value that a scripted row holds: a field with memory of its own.
class cell {
 public:
  cell() noexcept : shape_(field::null()) {}
  cell(std::nullptr_t) noexcept : cell() {}
  cell(bool value) noexcept : shape_(field::boolean(value)) {}
  cell(int value) noexcept : shape_(field::integer(value)) {}
  cell(std::int64_t value) noexcept : shape_(field::integer(value)) {}
  cell(std::uint64_t value) noexcept : shape_(field::unsigned_integer(value)) {}
  cell(double value) noexcept : shape_(field::real(value)) {}
  cell(timestamp value) noexcept : shape_(field::time(value)) {}
  cell(const char* text) : cell(std::string(text)) {}
  cell(std::string text) : shape_(field::text("")), memory_(std::move(text)) {}

  static cell json(std::string text) { return cell(field::json(""), std::move(text)); }
  static cell decimal(std::string digits) { return cell(field::decimal(""), std::move(digits)); }
  static cell bytes(std::string octets) { return cell(field::bytes({}), std::move(octets)); }

  /// Text or octets that are drawn `step` bytes at a time, and fail with `failure` when they are drawn to their end.
  static cell text_in_pieces(std::string text, std::size_t step, std::exception_ptr failure = nullptr) {
    return cell(std::make_shared<pieces>(std::move(text), step, std::move(failure)), false);
  }
  static cell bytes_in_pieces(std::string octets, std::size_t step, std::exception_ptr failure = nullptr) {
    return cell(std::make_shared<pieces>(std::move(octets), step, std::move(failure)), true);
  }

  /// Valid as long as this cell stays where it is. Of a value in pieces: drawn anew from its start.
  field view() const {
    switch (shape_.type()) {
      case field::kind::text: return field::text(memory_);
      case field::kind::json: return field::json(memory_);
      case field::kind::decimal: return field::decimal(memory_);
      case field::kind::bytes: return field::bytes(std::as_bytes(std::span(memory_)));
      case field::kind::long_text: pieces_->rewind(); return field::long_text(*pieces_);
      case field::kind::long_bytes: pieces_->rewind(); return field::long_bytes(*pieces_);
      default: return shape_;
    }
  }

 private:
  class pieces final : public value_reader {
   public:
    pieces(std::string all, std::size_t step, std::exception_ptr failure) : all_(std::move(all)), step_(step) {
      failure_.swap(failure);
    }

    std::size_t read(std::span<char> into) override {
      const std::size_t count = std::min({into.size(), step_, all_.size() - at_});
      if (count == 0 && failure_) std::rethrow_exception(failure_);
      std::memcpy(into.data(), all_.data() + at_, count);
      at_ += count;
      return count;
    }
    void rewind() noexcept { at_ = 0; }

   private:
    std::string all_;
    std::size_t step_;
    std::exception_ptr failure_;
    std::size_t at_ = 0;
  };

  cell(field shape, std::string memory) : shape_(shape), memory_(std::move(memory)) {}
  cell(std::shared_ptr<pieces> drawn, bool octets)
      : shape_(octets ? field::long_bytes(*drawn) : field::long_text(*drawn)), pieces_(std::move(drawn)) {}

  field shape_;  // its kind, and its value where that needs no memory
  std::string memory_;
  std::shared_ptr<pieces> pieces_;
};

}  // namespace tidemark::testing
