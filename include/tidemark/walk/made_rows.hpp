#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// A function that makes the producer of the rows of a key.
template <class F>
concept makes_rows = requires(F& make, std::span<const field> keys) {
  { make(keys) } -> flat_producer;
};

/// Rows that are those of a key, from a producer that a function makes for each: a bindable_producer of any other.
template <makes_rows Function>
class made_rows {
  using made = std::invoke_result_t<Function&, std::span<const tidemark::field>>;

 public:
  static constexpr bool may_be_pending = declares_pending<made>;

  explicit made_rows(Function make) : make_(std::move(make)) {}

  void bind(std::span<const tidemark::field> keys) {
    rows_.reset();  // first, since its connection may be what the next one needs
    rows_.emplace(make_(keys));
    is_new_ = true;
  }

  progress next() {
    if (!rows_) throw error(failure::usage, "the keys of the rows are not known: such rows are for lookup()");
    const progress answer = rows_->next();
    if constexpr (field_producer<made>)
      if (answer == progress::row && std::exchange(is_new_, false)) check_columns();
    return answer;
  }

  decltype(auto) text()
    requires(text_producer<made>)
  {
    return rows_->text();
  }
  tidemark::field key(std::string_view name)
    requires(text_producer<made> && keyed_producer<made>)
  {
    return rows_->key(name);
  }
  std::span<const column> columns() const noexcept
    requires(field_producer<made>)
  {
    return columns_;
  }
  tidemark::field field(std::size_t i)
    requires(field_producer<made>)
  {
    return rows_->field(i);
  }

  std::span<const wait_condition> waits_for()
    requires(has_waits_for<made>)
  {
    if (!rows_) return {};
    return rows_->waits_for();
  }
  void wait()
    requires(has_wait<made>)
  {
    if (rows_) rows_->wait();
  }

 private:
  /// Names are written for all rows of a relation at once.
  void check_columns() {
    const std::span<const column> now = rows_->columns();
    if (columns_.empty()) columns_.assign(now.begin(), now.end());
    if (!std::ranges::equal(columns_, now, {}, &column::name, &column::name))
      throw error(failure::usage, "the rows of one key have other columns than those of another");
  }

  Function make_;
  std::optional<made> rows_;
  std::vector<column> columns_;
  bool is_new_ = false;
};

}  // namespace tidemark
