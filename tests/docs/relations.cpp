// What docs/relations.md shows, compiled and run.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/adapt/interlaced.hpp>
#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

#include "catch.hpp"

namespace docs_relations_tests {

using tidemark::equal;
using tidemark::interlaced;
using tidemark::lookup;
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

TEST_CASE("docs/relations.md: a query for the children of each parent") {
  const auto db = shop();
  // [LOOKUP]
  auto artists = lookup(query{db, "select id, name from artist order by name"},
                        many("albums", query{db, "select id, title from album where artist = ?"}, on("id"),
                             many("tracks", query{db, "select name from track where album = ?"}, on("id"))));
  // [/LOOKUP]
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  CHECK(json == R"([{"id":1,"name":"Ebb","albums":[{"id":1,"title":"Springs","tracks":[{"name":"First"},)"
                R"({"name":"Third"}]},{"id":4,"title":"Rips","tracks":[{"name":"Second"}]}]},)"
                R"({"id":2,"name":"Flow","albums":[{"id":2,"title":"Neaps","tracks":[]}]},)"
                R"({"id":3,"name":"Slack","albums":[]}])");
}

TEST_CASE("docs/relations.md: a query for the children of a batch of parents") {
  const auto db = shop();
  // [BATCHES]
  auto artists =
      lookup(tidemark::in_batches(query{db, "select id, name from artist order by name"}),
             many("albums",
                  query{db,
                        "select a.artist, a.id, a.title from json_each(?) k join album a on a.artist = k.value "
                        "order by k.key, a.id"},
                  on(equal("id", "artist"))));
  // [/BATCHES]
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  CHECK(json == R"([{"id":1,"name":"Ebb","albums":[{"artist":1,"id":1,"title":"Springs"},)"
                R"({"artist":1,"id":4,"title":"Rips"}]},)"
                R"({"id":2,"name":"Flow","albums":[{"artist":2,"id":2,"title":"Neaps"}]},)"
                R"({"id":3,"name":"Slack","albums":[]}])");
}

TEST_CASE("docs/relations.md: children from a file for each parent") {
  const auto db = shop();
  // [FUNCTION]
  const auto lines_of = [](std::span<const tidemark::field> keys) {
    return tidemark::ndjson::rows{tidemark::ndjson::file{"tracks/" + std::to_string(keys[0].as_integer()) + ".ndjson"}};
  };
  auto albums = lookup(query{db, "select id, title from album"}, many("tracks", lines_of, on("id")));
  // [/FUNCTION]
  raw_stream stream{std::move(albums)};
  try {
    const std::string json = tidemark::collect(stream);
    FAIL("there are no such files, but it gave " << json);
  } catch (const tidemark::error& failed) {
    CHECK(failed.relation() == "tracks");
    CHECK(failed.message().find("tracks/1.ndjson") != std::string::npos);
  }
}

TEST_CASE("docs/relations.md: parents and children out of one result") {
  const auto db = shop();
  // [LEVELS]
  auto artists = interlaced(query{db,
                                  "select 0 as level, id as artist, null as album, name as text from artist "
                                  "union all select 1, artist, id, title from album "
                                  "order by artist, album"},
                            "level", {{"artist", "id"}, {"text", "name"}},
                            many("albums", {{"album", "id"}, {"text", "title"}}, on("artist")));
  // [/LEVELS]
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  CHECK(json == R"([{"id":1,"name":"Ebb","albums":[{"id":1,"title":"Springs"},{"id":4,"title":"Rips"}]},)"
                R"({"id":2,"name":"Flow","albums":[{"id":2,"title":"Neaps"}]},{"id":3,"name":"Slack","albums":[]}])");
}

TEST_CASE("docs/relations.md: a result that names its relations itself") {
  const auto db = shop();
  auto artists = interlaced(query{db,
                                  R"(select '$[1' as _path_, '{}' as _blobs_, '{"albums":[],"label":null}' as _expands_,
                                            '{"id":1,"name":"Ebb"}' as _json_, null as cover
                                     union all select '$[1].albums[1', '{"cover":null}', '{}',
                                            '{"title":"Springs"}', X'FFD8'
                                     union all select '$[1].label[1', '{}', '{}', '{"name":"Harbour"}', null)"});
  const std::string json = tidemark::collect(raw_stream{std::move(artists)});
  CHECK(json == R"([{"id":1,"name":"Ebb","albums":[{"title":"Springs","cover":"/9g="}],"label":{"name":"Harbour"}}])");
}

TEST_CASE("docs/relations.md: children as streams") {
  const auto db = shop();
  auto artists = lookup(query{db, "select id, name from artist order by id"},
                        many("albums", query{db, "select id, title from album where artist = ?"}, on("id"),
                             many("tracks", query{db, "select name from track where album = ?"}, on("id"))),
                        one("label", query{db, "select name from label where artist = ?"}, on("id")));
  std::vector<std::string> lines;
  // [EXPAND]
  for (const auto& artist : tidemark::expand_stream{std::move(artists)}) {
    std::size_t count = 0;
    for (const auto& album : artist.child("albums"))
      for (const auto& track : album.child("tracks"))
        if (track.get<std::string_view>("name") != album.get<std::string_view>("title")) ++count;
    lines.push_back(artist.get<std::string>("name") + ": " + std::to_string(count));
    if (const auto label = artist.child("label").pull()) lines.back() += ", " + label->get<std::string>("name");
  }
  // [/EXPAND]
  CHECK(lines == std::vector<std::string>{"Ebb: 3", "Flow: 0, Harbour", "Slack: 0"});
}

}  // namespace docs_relations_tests
