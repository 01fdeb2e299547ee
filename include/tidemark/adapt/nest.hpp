#pragma once

// Parents and children from ordered cursors of their own, joined as they advance.

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/producer.hpp>
#include <tidemark/walk/cursors.hpp>
#include <tidemark/walk/joined.hpp>
#include <tidemark/walk/on.hpp>
#include <tidemark/walk/relations.hpp>

namespace tidemark {

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
/// the parent's, or is left out: see joined::skip_orphans. So is a key of another sort than the parent's. NULL is
/// nobody's key. Two parents with the same key are an error where the first has had a child: a row that many parents
/// share is for lookup(). Of each relation one row is held, by its producer; nothing is kept.
template <keyed_producer Parents, class... Relations>
auto nest(Parents parents, Relations... relations) {
  std::vector<joined_relation> all(1);
  auto children = flatten(all, 0, std::move(relations)...);
  [&]<class... Children>(const std::tuple<Children...>&) {
    static_assert((keyed_producer<Children> && ...), "the rows of relations need keys: fields, or a transform of text");
  }(children);
  return make_joined<join::by_order>(std::move(parents), std::move(children), std::move(all));
}

/// The same of a number of relations that is known only when the program runs. `relations`: one for each of `rows`, the
/// root first, parents before their children. Throws error (usage).
template <keyed_producer Producer>
joined<join::by_order, Producer> nest(std::vector<Producer> rows, std::vector<joined_relation> relations) {
  return {cursors<Producer>(std::move(rows)), std::move(relations)};
}

}  // namespace tidemark
