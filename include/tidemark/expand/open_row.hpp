#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The open row of one relation of a walk, whatever producer it comes from: fields, or text.
template <walk Walk>
class open_row {
 public:
  open_row(Walk& rows, std::size_t relation) noexcept : rows_(&rows), relation_(relation) {}

  bool is_text() const {
    return rows_->visit(relation_, [](auto& row) { return row_of_text<std::remove_reference_t<decltype(row)>>; });
  }

  /// Where it is text.
  std::string_view json() const {
    return rows_->visit(relation_, [](auto& row) -> std::string_view {
      if constexpr (row_of_text<std::remove_reference_t<decltype(row)>>) return row.text();
      return {};
    });
  }

  // Where it is fields.
  std::span<const column> columns() const {
    return rows_->visit(relation_, [](auto& row) -> std::span<const column> {
      if constexpr (row_of_fields<std::remove_reference_t<decltype(row)>>) return row.columns();
      return {};
    });
  }
  tidemark::field field(std::size_t i) const {
    return rows_->visit(relation_, [i](auto& row) {
      if constexpr (row_of_fields<std::remove_reference_t<decltype(row)>>) return row.field(i);
      return tidemark::field::null();
    });
  }

 private:
  Walk* rows_;
  std::size_t relation_;
};

}  // namespace tidemark
