#pragma once

// Parents, and for each of them, or each batch of them, a query for its children.

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/adapt/lookup/batched.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/joined.hpp>
#include <tidemark/walk/on.hpp>
#include <tidemark/walk/relations.hpp>

namespace tidemark {

/// Parents with their children, and those with theirs, from a query for each parent's:
///
///     auto artists = lookup(query{db, "select * from Artist"},
///                           many("albums", query{db, "select * from Album where ArtistId = ?"}, on("ArtistId"),
///                                many("tracks", query{db, "select * from Track where AlbumId = ?"}, on("AlbumId"))));
///
/// The parameters that a query leaves open are given the values of the parent's columns that on() names. Ancestors
/// further up may be named before it, from the root down. A parent with a key of NULL has no children. Parents may be
/// in any order. Instead of a query, a function of the keys may return a producer: see makes_rows.
///
/// Where the parents are read in_batches(), one query is asked for the children of the whole batch. Its one parameter
/// is a JSON array of the parents' keys, and its rows must be in the order of that:
///
///     lookup(in_batches(query{db, "select * from Artist"}),
///            many("albums", query{db, "select a.* from json_each(?) k join Album a on a.ArtistId = k.value "
///                                     "order by k.key, a.AlbumId"}, on("ArtistId")))
///
/// Which of them belongs to which parent is then looked up in the columns that on() names; one without a parent in the
/// batch is an error (value): see joined::skip_orphans. So are two parents of a batch that have children and the same
/// key, unless another one's children stand between theirs. Of each relation one row is held, by its producer, or one
/// batch.
template <keyed_producer Parents, class... Relations>
auto lookup(Parents parents, Relations... relations) {
  std::vector<joined_relation> all(1);
  auto children = flatten(all, 0, std::move(relations)...);
  [&]<class... Children>(const std::tuple<Children...>&) {
    static_assert((bindable_producer<Children> && ...), "the rows of relations are asked for with bind()");
  }(children);
  return make_joined<join::by_lookup>(std::move(parents), std::move(children), std::move(all));
}

}  // namespace tidemark
