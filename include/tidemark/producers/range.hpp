#pragma once

// Any input range as a producer: of JSON texts, of tuples with names for their columns, or of a described struct.

#include <array>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/members.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/to_field.hpp>

namespace tidemark {

/// Steps through a range, looking at each element once: elements that the range makes as it goes are kept until the
/// next one.
template <std::ranges::input_range Range>
class range_cursor {
 public:
  explicit range_cursor(Range range) : range_(std::move(range)) {}

  progress next() {
    if (!at_)
      at_.emplace(std::ranges::begin(range_));
    else
      ++*at_;
    if (*at_ == std::ranges::end(range_)) return progress::end;
    if constexpr (is_stored)
      element_ = std::addressof(**at_);
    else
      element_.emplace(**at_);
    return progress::row;
  }

  const auto& element() const noexcept { return *element_; }

 private:
  using reference = std::ranges::range_reference_t<Range>;
  static constexpr bool is_stored = std::is_lvalue_reference_v<reference>;  // by the range itself
  using holder = std::conditional_t<is_stored, std::add_pointer_t<reference>, std::optional<std::decay_t<reference>>>;

  Range range_;
  std::optional<std::ranges::iterator_t<Range>> at_;
  holder element_{};
};

/// What the values of a column of this C++ type are.
template <class Value>
constexpr column_type type_of_values() noexcept {
  using value = typename conversions::inside_optionals<std::remove_cvref_t<Value>>::type;
  if constexpr (std::same_as<value, bool>)
    return column_type::boolean;
  else if constexpr (std::signed_integral<value>)
    return sizeof(value) == 1   ? column_type::int8
           : sizeof(value) == 2 ? column_type::int16
           : sizeof(value) == 4 ? column_type::int32
                                : column_type::int64;
  else if constexpr (std::unsigned_integral<value>)
    return sizeof(value) == 1   ? column_type::uint8
           : sizeof(value) == 2 ? column_type::uint16
           : sizeof(value) == 4 ? column_type::uint32
                                : column_type::uint64;
  else if constexpr (std::floating_point<value>)
    return std::same_as<value, float> ? column_type::float32 : column_type::float64;
  else if constexpr (std::same_as<value, json_text>)
    return column_type::json;
  else if constexpr (std::same_as<value, decimal_text>)
    return column_type::decimal;
  else if constexpr (std::convertible_to<const value&, std::string_view> && !std::same_as<value, std::nullptr_t>)
    return column_type::text;
  else if constexpr (std::convertible_to<const value&, std::span<const std::byte>>)
    return column_type::bytes;
  else
    return column_type::unknown;
}

template <class Range>
using range_element = std::remove_cvref_t<std::ranges::range_reference_t<Range>>;

/// A range of texts, each one JSON value. Made by range().
template <std::ranges::input_range Range>
class text_range {
 public:
  explicit text_range(Range range) : rows_(std::move(range)) {}

  progress next() { return rows_.next(); }
  std::string_view text() const { return rows_.element(); }

 private:
  range_cursor<Range> rows_;
};

/// A range of tuples, or of what has std::get: one value to a column. Made by range().
template <std::ranges::input_range Range>
class tuple_range {
 public:
  tuple_range(Range range, std::vector<column> columns) : rows_(std::move(range)), columns_(std::move(columns)) {}

  progress next() { return rows_.next(); }
  std::span<const column> columns() const noexcept { return columns_; }

  tidemark::field field(std::size_t i) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      tidemark::field value = tidemark::field::null();
      (void)((I == i && (value = conversions::to_field(std::get<I>(rows_.element())), true)) || ...);
      return value;
    }(std::make_index_sequence<std::tuple_size_v<range_element<Range>>>());
  }

 private:
  range_cursor<Range> rows_;
  std::vector<column> columns_;
};

/// A range of structs whose members members_of names. Made by range().
template <std::ranges::input_range Range>
class struct_range {
 public:
  explicit struct_range(Range range) : rows_(std::move(range)) {
    std::apply(
        [this]<class... Structs, class... Values>(const member<Structs, Values>&... one) {
          (columns_.push_back({std::string(one.name), type_of_values<Values>()}), ...);
        },
        described_members);
  }

  progress next() { return rows_.next(); }
  std::span<const column> columns() const noexcept { return columns_; }

  tidemark::field field(std::size_t i) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      tidemark::field value = tidemark::field::null();
      (void)((I == i &&
              (value = conversions::to_field(rows_.element().*std::get<I>(described_members).pointer), true)) ||
             ...);
      return value;
    }(std::make_index_sequence<std::tuple_size_v<decltype(described_members)>>());
  }

 private:
  static constexpr auto described_members = members_of<range_element<Range>>;

  range_cursor<Range> rows_;
  std::vector<column> columns_;
};

/// A producer over an input range of JSON texts, each of which passes through as it is. Here and below: a range that is
/// an lvalue is borrowed, all others are taken over; what iterating throws passes through.
template <std::ranges::input_range Range>
  requires std::convertible_to<range_element<Range>, std::string_view>
auto range(Range&& texts) {
  return text_range{std::views::all(std::forward<Range>(texts))};
}

/// A producer over an input range of tuples (std::tuple, std::pair, std::array) of row_values. `names`: one for each
/// element; throws error (usage) for more or fewer.
template <std::ranges::input_range Range>
  requires requires { std::tuple_size<range_element<Range>>::value; }
auto range(Range&& tuples, std::vector<std::string> names) {
  constexpr std::size_t width = std::tuple_size_v<range_element<Range>>;
  if (names.size() != width)
    throw error(failure::usage,
                std::to_string(names.size()) + " names were given for tuples of " + std::to_string(width));
  std::vector<column> columns;
  columns.reserve(width);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (columns.push_back({std::move(names[I]), type_of_values<std::tuple_element_t<I, range_element<Range>>>()}), ...);
  }(std::make_index_sequence<width>());
  return tuple_range{std::views::all(std::forward<Range>(tuples)), std::move(columns)};
}

/// A producer over an input range of structs described by members_of.
template <std::ranges::input_range Range>
  requires described<range_element<Range>>
auto range(Range&& structs) {
  return struct_range{std::views::all(std::forward<Range>(structs))};
}

}  // namespace tidemark
