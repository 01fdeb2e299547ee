#pragma once

// Parents and children from ordered cursors of their own, joined as they advance.

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/adapt/nest/nested.hpp>
#include <tidemark/adapt/nest/on.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The rows of a relation, which of them belong to which parent, and what relations they have themselves. Made by
/// many() and one().
template <keyed_producer Producer, class... Relations>
struct nested_relation {
  std::string name;
  bool to_one;
  Producer rows;
  on keys;
  std::tuple<Relations...> relations;
};

/// A to-many: an array of rows in each parent, under `name`. `rows` in the order of the parents; see on.
template <keyed_producer Producer, class... Relations>
nested_relation<Producer, Relations...> many(std::string name, Producer rows, on keys, Relations... relations) {
  return {std::move(name), false, std::move(rows), std::move(keys), {std::move(relations)...}};
}

/// A to-one: a row in each parent, or null.
template <keyed_producer Producer, class... Relations>
nested_relation<Producer, Relations...> one(std::string name, Producer rows, on keys, Relations... relations) {
  return {std::move(name), true, std::move(rows), std::move(keys), {std::move(relations)...}};
}

namespace nesting {

inline std::tuple<> flatten(std::vector<joined_relation>&, std::size_t) { return {}; }

/// The producers of relations and all that are nested in them, in the order of `into`.
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

}  // namespace nesting

/// Parents with their children, and those with theirs, from one ordered producer for each relation:
///
///     auto artists = nest(query{db, "select * from Artist order by ArtistId"},
///                         many("albums", query{db, "select * from Album order by ArtistId, AlbumId"}, on("ArtistId"),
///                              many("tracks", query{db, "select a.ArtistId, t.* from Track t join Album a "
///                                                       "using (AlbumId) order by a.ArtistId, t.AlbumId"},
///                                   on("ArtistId", "AlbumId"))));
///     tidemark::raw_stream rows{std::move(artists)};
///
/// Each producer is read once, from its first row to its last, so each is to be in the order of its parents. Children
/// are compared by all keys of their ancestors, since those of one alone need not be in order: album 1 may be artist
/// 1's, 2 artist 2's, and 4 artist 1's again.
///
/// A child that has no parent, or stands where its parent is not, is an error (value) that names its row, its key and
/// the parent's, or is left out: see nested::skip_orphans. So is a key of another sort than the parent's. NULL is
/// nobody's key. Two parents with children and the same key are an error. Of each relation one row is held, by its
/// producer; nothing is kept.
template <keyed_producer Producer, class... Relations>
auto nest(Producer parents, Relations... relations) {
  std::vector<joined_relation> joined;
  joined.push_back({relation{}, on()});
  auto children = nesting::flatten(joined, 0, std::move(relations)...);
  return std::apply(
      [&]<class... Producers>(Producers&... rows) {
        return nested<Producer, Producers...>({std::move(parents), std::move(rows)...}, std::move(joined));
      },
      children);
}

}  // namespace tidemark
