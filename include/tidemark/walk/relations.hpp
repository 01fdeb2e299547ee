#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/made_rows.hpp>
#include <tidemark/walk/on.hpp>

namespace tidemark {

/// A relation, and which of its rows belong to which parent.
struct joined_relation {
  relation what;
  on keys = on();
};

/// The rows of a relation, which of them belong to which parent, and what relations they have themselves. Made by
/// many() and one().
template <flat_producer Producer, class... Relations>
struct nested_relation {
  std::string name;
  bool to_one;
  Producer rows;
  on keys;
  std::tuple<Relations...> relations;
};

/// A to-many: an array of rows in each parent, under `name`. `rows` and `keys`: see nest() and lookup().
template <flat_producer Producer, class... Relations>
nested_relation<Producer, Relations...> many(std::string name, Producer rows, on keys, Relations... relations) {
  return {std::move(name), false, std::move(rows), std::move(keys), {std::move(relations)...}};
}

/// A to-one: a row in each parent, or null.
template <flat_producer Producer, class... Relations>
nested_relation<Producer, Relations...> one(std::string name, Producer rows, on keys, Relations... relations) {
  return {std::move(name), true, std::move(rows), std::move(keys), {std::move(relations)...}};
}

/// For lookup(): the rows of a parent are those of the producer that `make` returns for its keys.
template <makes_rows Function, class... Relations>
nested_relation<made_rows<Function>, Relations...> many(std::string name, Function make, on keys,
                                                        Relations... relations) {
  return {std::move(name), false, made_rows(std::move(make)), std::move(keys), {std::move(relations)...}};
}
template <makes_rows Function, class... Relations>
nested_relation<made_rows<Function>, Relations...> one(std::string name, Function make, on keys,
                                                       Relations... relations) {
  return {std::move(name), true, made_rows(std::move(make)), std::move(keys), {std::move(relations)...}};
}

inline std::tuple<> flatten(std::vector<joined_relation>&, std::size_t) { return {}; }

/// The producers of relations and of all that are nested in them, in the order of `into`, to which those are added.
template <class Producer, class... Inner, class... Others>
auto flatten(std::vector<joined_relation>& into, std::size_t parent, nested_relation<Producer, Inner...> first,
             Others... others) {
  const std::size_t here = into.size();
  into.push_back({relation{std::move(first.name), parent, first.to_one}, std::move(first.keys)});
  std::tuple<Producer> rows(std::move(first.rows));
  auto inner =
      std::apply([&](auto&... relations) { return flatten(into, here, std::move(relations)...); }, first.relations);
  auto behind = flatten(into, parent, std::move(others)...);
  return std::tuple_cat(std::move(rows), std::move(inner), std::move(behind));
}

}  // namespace tidemark
