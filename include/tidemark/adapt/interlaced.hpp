#pragma once

// Parents and children out of one result that holds them all.

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/adapt/interlaced/interlaced_walk.hpp>
#include <tidemark/adapt/interlaced/levels.hpp>
#include <tidemark/adapt/interlaced/paths.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/on.hpp>

namespace tidemark {

/// Parents with their children from one result, in which each row says by a path where it belongs: see paths, which
/// tells the columns that it has. Relations are those that the rows name. Rows are in the order of a walk; one whose
/// parent is not open is an error (value) that names both paths and the row, or is left out: see
/// interlaced_walk::skip_orphans. `options`: how blobs are written. Holds one row where it has blobs, and nothing else.
template <field_producer Producer>
interlaced_walk<Producer, paths> interlaced(Producer rows, json_options options = {}) {
  return {std::move(rows), paths(options)};
}

/// Parents with their children from one result of typed columns, in which a number says of which relation each row is,
/// and keys of which parent:
///
///     interlaced(query{db, "select 0 as level, ArtistId, null as AlbumId, Name as text from Artist "
///                          "union all select 1, ArtistId, AlbumId, Title from Album "
///                          "order by ArtistId, AlbumId"},
///                "level", {"ArtistId", {"text", "Name"}},
///                many("albums", {"ArtistId", "AlbumId", {"text", "Title"}}, on("ArtistId")))
///
/// `number`: the column with 0 for the root, 1 for the relation that is declared first, and so on, depth-first.
/// `columns`: those that the rows of the root have; each relation names its own. on() names columns of the result:
/// those that hold an ancestor's key in its own row, and in its children's. Only whether keys are equal matters, not
/// their order. Rows are in the order of a walk; a child whose keys are not those of the open parent is an error
/// (value) that names both and the row, or is left out: see interlaced_walk::skip_orphans.
template <field_producer Producer, std::same_as<level>... Relations>
interlaced_walk<Producer, levels> interlaced(Producer rows, std::string number, std::vector<shared_column> columns,
                                             Relations... relations) {
  return {std::move(rows), levels(std::move(number), std::move(columns), {std::move(relations)...})};
}

}  // namespace tidemark
