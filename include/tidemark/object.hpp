#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <tidemark/field.hpp>
#include <tidemark/object/field_object.hpp>
#include <tidemark/object/text_object.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// A row as an object, whether it is text or fields: what an object stream gives, and what functions of rows are
/// written for. Its values are those that obj["name"] and iteration give.
template <class O>
concept object = requires(const O& row, std::string_view name) {
  { row[name].as_field() } -> std::same_as<field>;
  { row[name].is_null() } -> std::same_as<bool>;
  { row[name].raw() } -> std::same_as<std::string_view>;
  { row[name].template get<std::int64_t>() } -> std::same_as<std::int64_t>;
  { row.template get<std::int64_t>(name) } -> std::same_as<std::int64_t>;
  { row.contains(name) } -> std::same_as<bool>;
  { (*row.begin()).name } -> std::convertible_to<std::string_view>;
  { row.begin() == row.end() } -> std::convertible_to<bool>;
};

template <flat_producer Producer>
struct object_of_producer {
  using type = text_object;
};
template <flat_producer Producer>
  requires field_producer<Producer>
struct object_of_producer<Producer> {
  using type = field_object<Producer>;
};

/// What the rows of a producer are as objects.
template <flat_producer Producer>
using object_of = typename object_of_producer<Producer>::type;

}  // namespace tidemark
