#pragma once

#include <string>
#include <utility>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/walk/on.hpp>

#include "music_shop.hpp"

namespace tests {

// Artists, their albums, and the tracks of these, in SQL that both databases understand.
inline const std::string artists = R"(select "ArtistId", "Name" from "Artist" order by "ArtistId")";
inline const std::string albums = R"(select * from "Album" order by "ArtistId", "AlbumId")";
inline const std::string tracks =
    R"(select a."ArtistId", t.* from "Track" t join "Album" a on a."AlbumId" = t."AlbumId"
       order by a."ArtistId", t."AlbumId", t."TrackId")";

/// All three, nested. The producers are those of the three queries.
template <class Producer>
auto music_walk(Producer of_artists, Producer of_albums, Producer of_tracks) {
  using tidemark::on;
  return tidemark::nest(std::move(of_artists),
                        tidemark::many("albums", std::move(of_albums), on("ArtistId"),
                                       tidemark::many("tracks", std::move(of_tracks), on("ArtistId", "AlbumId"))));
}

/// What SQLite gives for it.
inline std::string music_of_sqlite() {
  const auto shop = tidemark::sqlite::connection::open_read_only(music_shop());
  using tidemark::sqlite::query;
  return tidemark::collect(
      tidemark::raw_stream{music_walk(query{shop, artists}, query{shop, albums}, query{shop, tracks})});
}

}  // namespace tests
