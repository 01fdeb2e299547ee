// What docs/relations.md shows, compiled and run.

#include <string>
#include <utility>
#include <vector>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

#include "catch.hpp"

using tidemark::equal;
using tidemark::many;
using tidemark::nest;
using tidemark::on;
using tidemark::one;
using tidemark::raw_stream;
using tidemark::sqlite::query;

namespace {

tidemark::sqlite::connection shop() {
  tidemark::sqlite::connection db{":memory:"};
  db.execute(
      "create table artist (id integer, name text); insert into artist values (1, 'Ebb'), (2, 'Flow'), (3, 'Slack');"
      "create table album (id integer, artist integer, title text);"
      "insert into album values (1, 1, 'Springs'), (2, 2, 'Neaps'), (4, 1, 'Rips');"
      "create table track (id integer, album integer, name text);"
      "insert into track values (7, 1, 'First'), (8, 4, 'Second'), (9, 1, 'Third');"
      "create table label (artist integer, name text); insert into label values (2, 'Harbour')");
  return db;
}

}  // namespace

TEST_CASE("docs/relations.md: parents and children from ordered queries") {
  const auto db = shop();
  // [NEST]
  auto artists = nest(
      query{db, "select id, name from artist order by id"},
      many("albums", query{db, "select artist, id, title from album order by artist, id"}, on(equal("id", "artist")),
           many("tracks",
                query{db,
                      "select a.artist, t.album, t.name from track t "
                      "join album a on a.id = t.album order by a.artist, t.album, t.id"},
                on(equal("id", "artist"), equal("id", "album")))),
      one("label", query{db, "select artist, name from label order by artist"}, on(equal("id", "artist"))));
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  // [/NEST]
  CHECK(json ==
        R"([{"id":1,"name":"Ebb","albums":[)"
        R"({"artist":1,"id":1,"title":"Springs","tracks":[{"artist":1,"album":1,"name":"First"},)"
        R"({"artist":1,"album":1,"name":"Third"}]},)"
        R"({"artist":1,"id":4,"title":"Rips","tracks":[{"artist":1,"album":4,"name":"Second"}]}],"label":null},)"
        R"({"id":2,"name":"Flow","albums":[{"artist":2,"id":2,"title":"Neaps","tracks":[]}],)"
        R"("label":{"artist":2,"name":"Harbour"}},)"
        R"({"id":3,"name":"Slack","albums":[],"label":null}])");
}

TEST_CASE("docs/relations.md: rows are changed at every level") {
  const auto db = shop();
  // [CHANGE]
  const auto without_artist = [](auto& album) { album.remove("artist"); };
  auto albums = tidemark::transform(query{db, "select artist, title from album order by artist, id"}, without_artist);
  auto artists = nest(query{db, "select id, name from artist order by id"},
                      many("albums", std::move(albums), on(equal("id", "artist"))));
  // [/CHANGE]
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  CHECK(json == R"([{"id":1,"name":"Ebb","albums":[{"title":"Springs"},{"title":"Rips"}]},)"
                R"({"id":2,"name":"Flow","albums":[{"title":"Neaps"}]},{"id":3,"name":"Slack","albums":[]}])");
}

TEST_CASE("docs/relations.md: rows without a parent are reported") {
  const auto db = shop();
  std::vector<std::string> seen;
  const auto log = [&](const std::string& line) { seen.push_back(line); };
  // [ORPHANS]
  auto artists =
      nest(query{db, "select id, name from artist where id <> 2 order by id"},
           many("albums", query{db, "select artist, title from album order by artist, id"}, on(equal("id", "artist"))))
          .report_orphans([&](const tidemark::error& orphan) { log(orphan.what()); });
  // [/ORPHANS]
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  CHECK(json == R"([{"id":1,"name":"Ebb","albums":[{"artist":1,"title":"Springs"},{"artist":1,"title":"Rips"}]},)"
                R"({"id":3,"name":"Slack","albums":[]}])");
  CHECK(seen ==
        std::vector<std::string>{
            "no parent has the key of this row, artist 2: the one that is open has id 3, at row 3 of \"albums\""});
}
