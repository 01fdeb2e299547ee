#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/members.hpp>
#include <tidemark/read.hpp>

namespace tidemark {

/// What a stream gives.
template <class Stream>
using item_of = std::remove_cvref_t<decltype(*std::declval<Stream&>().pull())>;

namespace conversions {

/// Whether a member of a struct is a view of the row that it was read from.
template <class T>
inline constexpr bool is_view =
    std::same_as<T, std::string_view> || std::same_as<T, json_text> || std::same_as<T, decimal_text> ||
    std::same_as<T, field> || std::same_as<T, std::span<const std::byte>>;
template <class T>
inline constexpr bool is_view<std::optional<T>> = is_view<T>;

template <class Struct>
inline constexpr bool has_views = std::apply(
    []<class... Values>(const member<Struct, Values>&...) { return (is_view<Values> || ...); }, members_of<Struct>);

}  // namespace conversions

/// All of a stream at once, for answers that are known to be short.
///
/// Of chunks, one text. Blocks where it must. Here and below: throws what the stream throws, and then nothing is
/// returned, so that what is returned is whole.
template <class Stream>
  requires chunk_stream<std::remove_reference_t<Stream>>
std::string collect(Stream&& stream) {
  std::string all;
  while (const auto chunk = stream.pull()) all.append(*chunk);
  return all;
}

/// Of rows as structs, a vector. The struct may hold no views, which the next row would leave without their memory.
template <class Stream>
  requires(described<item_of<Stream>>)
std::vector<item_of<Stream>> collect(Stream&& stream) {
  static_assert(!conversions::has_views<item_of<Stream>>,
                "a member is a view of the row, which is gone with the next one: let it be a std::string");
  std::vector<item_of<Stream>> all;
  while (auto item = stream.pull()) all.push_back(*std::move(item));
  return all;
}

/// Of whatever items, a vector of what `make` returns for each.
template <class Stream, std::invocable<const item_of<Stream>&> Function>
auto collect(Stream&& stream, Function make) {
  std::vector<std::remove_cvref_t<std::invoke_result_t<Function&, const item_of<Stream>&>>> all;
  while (const auto item = stream.pull()) all.push_back(std::invoke(make, *item));
  return all;
}

}  // namespace tidemark
