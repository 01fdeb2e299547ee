#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// A producer that reads a batch of rows ahead, so that one query can find the children of all of them:
/// is_first_of_batch() and count_behind() say where its row stands among them, field_behind(n, i) is column i of the
/// n-th of those behind it, counted from 0, and keys_of_batch(names) are the values of those columns in all of them, as
/// one JSON array.
template <class P>
concept batched_producer = flat_producer<P> && requires(P& p, std::size_t n, std::span<const std::string> names) {
  { p.is_first_of_batch() } -> std::same_as<bool>;
  { p.count_behind() } -> std::same_as<std::size_t>;
  { p.field_behind(n, n) } -> std::same_as<field>;
  { p.keys_of_batch(names) } -> std::convertible_to<std::string_view>;
};

}  // namespace tidemark
