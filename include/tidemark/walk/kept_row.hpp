#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/value_reader.hpp>

namespace tidemark {

/// Copies of fields that outlive the row that they are of, in memory that the next row uses again.
class kept_row {
 public:
  void clear() noexcept {
    fields_.clear();
    memory_.clear();
  }

  /// Copies a field. What its producer gives in pieces is put together. Views of earlier ones are gone.
  void add(const field& value) {
    const std::size_t start = memory_.size();
    switch (value.type()) {
      case field::kind::decimal:
      case field::kind::text:
      case field::kind::json:
      case field::kind::bytes: memory_.append(value.as_view()); break;
      case field::kind::long_text:
      case field::kind::long_bytes: draw(value.as_reader()); break;
      default: break;
    }
    fields_.push_back({value, start, memory_.size() - start});
  }

  /// Copies all fields of a row.
  template <class Row>
  void keep(Row& row) {
    clear();
    const std::size_t count = row.columns().size();
    for (std::size_t i = 0; i != count; ++i) add(row.field(i));
  }

  std::size_t size() const noexcept { return fields_.size(); }

  /// What the copies take, in bytes.
  std::size_t memory() const noexcept { return memory_.size() + fields_.size() * sizeof(kept); }

  /// A copy, borrowed until anything is added.
  field operator[](std::size_t i) const noexcept {
    const kept& one = fields_[i];
    const std::string_view copied(memory_.data() + one.offset, one.size);
    switch (one.value.type()) {
      case field::kind::decimal: return field::decimal(copied);
      case field::kind::long_text:
      case field::kind::text: return field::text(copied);
      case field::kind::json: return field::json(copied);
      case field::kind::long_bytes:
      case field::kind::bytes: return field::bytes(std::as_bytes(std::span(copied)));
      default: return one.value;
    }
  }

 private:
  struct kept {
    field value;
    std::size_t offset;  // in memory_, of what it points to
    std::size_t size;
  };

  void draw(value_reader& pieces) {
    constexpr std::size_t piece = 65536;
    for (std::size_t size = memory_.size();;) {
      memory_.resize(size + piece);
      const std::size_t count = pieces.read(std::span(memory_).subspan(size));
      size += count;
      if (count == 0) return memory_.resize(size);
    }
  }

  std::vector<kept> fields_;
  std::string memory_;
};

}  // namespace tidemark
