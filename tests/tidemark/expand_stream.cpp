#include <tidemark/expand_stream.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/adapt/interlaced.hpp>
#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/error.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"
#include "music_shop.hpp"

namespace expand_stream_tests {

using tidemark::child_stream;
using tidemark::equal;
using tidemark::error;
using tidemark::expand_stream;
using tidemark::expanded_row;
using tidemark::failure;
using tidemark::in_batches;
using tidemark::interlaced;
using tidemark::lookup;
using tidemark::many;
using tidemark::nest;
using tidemark::on;
using tidemark::one;
using tidemark::row_mark;
using tidemark::transform;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_walk;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;
namespace sqlite = tidemark::sqlite;

static_assert(tidemark::object<expanded_row<scripted_walk>>);
static_assert(std::ranges::input_range<expand_stream<scripted_walk>>);
static_assert(std::ranges::input_range<child_stream<scripted_walk>>);
static_assert(!expand_stream<without_wait<scripted_walk>>::can_pull);
static_assert(!child_stream<without_wait<scripted_walk>>::can_pull);
static_assert(!std::is_copy_constructible_v<expand_stream<scripted_walk>>);

namespace {

using row = std::vector<cell>;
using rows = std::vector<row>;

// Artists have albums, a label (or none) and videos; albums have tracks. Each row has its own number in `n`, and those
// of its ancestors.
struct shop {
  rows artists;  // n
  rows albums;   // artist, n
  rows tracks;   // artist, album, n
  rows labels;   // artist, n
  rows videos;   // artist, n
};

/// Artists with 0, 1, 2, ... albums, of which every other one has tracks, and with labels and videos here and there.
shop shop_of(std::int64_t artists) {
  shop made;
  std::int64_t n = 0;
  for (std::int64_t artist = 1; artist <= artists; ++artist) {
    made.artists.push_back({artist});
    for (std::int64_t album = 1; album < artist; ++album) {
      made.albums.push_back({artist, album});
      for (std::int64_t track = 0; track < (artist + album) % 3; ++track) made.tracks.push_back({artist, album, ++n});
    }
    if (artist % 2 == 0) made.labels.push_back({artist, ++n});
    for (std::int64_t video = 0; video < artist % 4; ++video) made.videos.push_back({artist, ++n});
  }
  return made;
}

template <class Scripted = scripted_fields>
Scripted played(const std::vector<std::string>& names, const rows& all) {
  script made;
  for (const row& each : all) made.row(each);
  return {names, std::move(made)};
}

using names = std::vector<std::string>;

template <class Scripted = scripted_fields>
auto merged(const shop& all) {
  return nest(played<Scripted>(names{"n"}, all.artists),
              many("albums", played<Scripted>(names{"artist", "n"}, all.albums), on(equal("n", "artist")),
                   many("tracks", played<Scripted>(names{"artist", "album", "n"}, all.tracks),
                        on(equal("n", "artist"), equal("n", "album")))),
              one("label", played<Scripted>(names{"artist", "n"}, all.labels), on(equal("n", "artist"))),
              many("videos", played<Scripted>(names{"artist", "n"}, all.videos), on(equal("n", "artist"))));
}

/// The same with rows of text at every level, or at some.
auto changed(const shop& all) {
  const auto text = [](const names& columns, const rows& of) {
    return transform(played(columns, of), [](auto& each) { each.add("seen", true); });
  };
  return nest(
      text({"n"}, all.artists),
      many("albums", text({"artist", "n"}, all.albums), on(equal("n", "artist")),
           many("tracks", text({"artist", "album", "n"}, all.tracks), on(equal("n", "artist"), equal("n", "album")))),
      one("label", text({"artist", "n"}, all.labels), on(equal("n", "artist"))),
      many("videos", played({"artist", "n"}, all.videos), on(equal("n", "artist"))));
}

auto looked_up(const shop& all) {
  const auto of = [](const names& columns, const rows& from) {
    return [columns, &from](std::span<const tidemark::field> keys) {
      rows found;
      for (const row& each : from) {
        bool is_child = true;
        for (std::size_t i = 0; i != keys.size(); ++i)
          is_child = is_child && each[i].view().as_integer() == keys[i].as_integer();
        if (is_child) found.push_back(each);
      }
      return played(columns, found);
    };
  };
  return lookup(played({"n"}, all.artists),
                many("albums", of({"artist", "n"}, all.albums), on("n"),
                     many("tracks", of({"artist", "album", "n"}, all.tracks), on("n", "n"))),
                one("label", of({"artist", "n"}, all.labels), on("n")),
                many("videos", of({"artist", "n"}, all.videos), on("n")));
}

/// All of it as one result: level, artist, album, n.
rows interlaced_rows(const shop& all) {
  rows made;
  const auto add = [&](std::int64_t level, const row& of, std::int64_t album, std::int64_t n) {
    made.push_back({level, of[0], album, n});
  };
  const auto number = [](const row& of, std::size_t i) { return of[i].view().as_integer(); };
  for (const row& artist : all.artists) {
    add(0, artist, 0, number(artist, 0));
    for (const row& album : all.albums) {
      if (number(album, 0) != number(artist, 0)) continue;
      add(1, album, number(album, 1), number(album, 1));
      for (const row& track : all.tracks)
        if (number(track, 0) == number(artist, 0) && number(track, 1) == number(album, 1))
          add(2, track, number(track, 1), number(track, 2));
    }
    for (const row& label : all.labels)
      if (number(label, 0) == number(artist, 0)) add(3, label, 0, number(label, 1));
    for (const row& video : all.videos)
      if (number(video, 0) == number(artist, 0)) add(4, video, 0, number(video, 1));
  }
  return made;
}
auto by_levels(const shop& all) {
  return interlaced(
      played({"level", "artist", "album", "n"}, interlaced_rows(all)), "level", {"n"},
      many("albums", {"artist", "n"}, on("artist"), many("tracks", {"artist", "album", "n"}, on("artist", "album"))),
      one("label", {"artist", "n"}, on("artist")), many("videos", {"artist", "n"}, on("artist")));
}
auto by_paths(const shop& all) {
  rows made;
  std::map<std::string, std::int64_t> counts;
  std::string artist, album;
  for (const row& each : interlaced_rows(all)) {
    const auto number = [&](std::size_t i) { return std::to_string(each[i].view().as_integer()); };
    const std::string n = R"("n":)" + number(3) + "}", of = R"({"artist":)" + number(1) + ",";
    switch (each[0].view().as_integer()) {
      case 0:
        artist = "$[" + number(3);
        made.push_back({artist, "{}", R"({"albums":[],"label":null,"videos":[]})", "{" + n});
        break;
      case 1:
        album = artist + "].albums[" + number(3);
        made.push_back({album, "{}", R"({"tracks":[]})", of + n});
        break;
      case 2:
        made.push_back({album + "].tracks[" + number(3), "{}", "{}", of + R"("album":)" + number(2) + "," + n});
        break;
      case 3: made.push_back({artist + "].label[1", "{}", "{}", of + n}); break;
      default: made.push_back({artist + "].videos[" + number(3), "{}", "{}", of + n}); break;
    }
  }
  return interlaced(played({"_path_", "_blobs_", "_expands_", "_json_"}, made));
}

/// How many rows of each relation are read of each parent: some, all, none although the relation was asked for, or
/// none because it was not.
struct pattern {
  static constexpr int all = 1000;
  static constexpr int not_asked = -1;
  int albums = all, tracks = all, label = all, videos = all;
};
const std::vector<int> counts = {pattern::not_asked, 0, 1, 2, pattern::all};

/// Reads up to `count` of the children, calling `use` for each, and checks that those that are over stay so.
template <class Row>
void read_children(const Row& parent, const char* name, int count, const std::function<void(const Row&)>& use) {
  if (count == pattern::not_asked) return;
  auto children = parent.child(name);
  for (int i = 0; i != count; ++i) {
    const auto child = children.pull();
    if (!child) {
      CHECK_FALSE(children.pull());
      return;
    }
    use(*child);
  }
}

template <class Row>
[[gnu::noinline]] std::string number(const Row& of) {
  return std::to_string(of.template get<std::int64_t>("n"));
}

/// What is read of a stream: a word for each row, from which its place can be told.
template <class Stream>
std::string read(Stream&& stream, const pattern& how) {
  std::string seen;
  while (const auto artist = stream.pull()) {
    using row_type = std::remove_cvref_t<decltype(*artist)>;
    seen += " artist " + number(*artist);
    read_children<row_type>(*artist, "albums", how.albums, [&](const row_type& album) {
      seen += " album " + number(album) + " of " + number(*artist);
      read_children<row_type>(album, "tracks", how.tracks, [&](const row_type& track) {
        seen += " track " + number(track) + " of " + number(album) + " of " + number(*artist);
      });
      seen += " after " + number(album);
    });
    read_children<row_type>(*artist, "label", how.label, [&](const row_type& label) {
      seen += " label " + number(label) + " of " + number(*artist);
    });
    read_children<row_type>(*artist, "videos", how.videos, [&](const row_type& video) {
      seen += " video " + number(video) + " of " + number(*artist);
    });
    seen += " after " + number(*artist);
  }
  CHECK_FALSE(stream.pull());
  return seen;
}

/// What should be read, out of the tables in memory.
std::string expected(const shop& all, const pattern& how) {
  std::string seen;
  const auto number = [](const row& of, std::size_t i) { return std::to_string(of[i].view().as_integer()); };
  const auto children = [&](const rows& of, const std::vector<std::string>& keys, int count, auto use) {
    for (const row& each : of) {
      bool is_child = count > 0;
      for (std::size_t i = 0; i != keys.size(); ++i) is_child = is_child && number(each, i) == keys[i];
      if (!is_child) continue;
      use(each);
      --count;
    }
  };
  for (const row& artist : all.artists) {
    const std::string n = number(artist, 0);
    seen += " artist " + n;
    children(all.albums, {n}, how.albums, [&](const row& album) {
      const std::string m = number(album, 1);
      seen += " album " + m + " of " + n;
      children(all.tracks, {n, m}, how.tracks,
               [&](const row& track) { seen += " track " + number(track, 2) + " of " + m + " of " + n; });
      seen += " after " + m;
    });
    children(all.labels, {n}, how.label, [&](const row& label) { seen += " label " + number(label, 1) + " of " + n; });
    children(all.videos, {n}, how.videos, [&](const row& video) { seen += " video " + number(video, 1) + " of " + n; });
    seen += " after " + n;
  }
  return seen;
}

}  // namespace

TEST_CASE("expand_stream: any number of children may be read at each level, whatever the way the walk is made") {
  const shop all = shop_of(6);
  for (const int albums : counts) {
    for (const int tracks : counts) {
      for (const int label : {pattern::not_asked, 0, 1, pattern::all}) {
        for (const int videos : counts) {
          const pattern how{albums, tracks, label, videos};
          const std::string wanted = expected(all, how);
          REQUIRE(read(expand_stream{merged(all)}, how) == wanted);
          REQUIRE(read(expand_stream{changed(all)}, how) == wanted);
          REQUIRE(read(expand_stream{looked_up(all)}, how) == wanted);
          REQUIRE(read(expand_stream{by_levels(all)}, how) == wanted);
          REQUIRE(read(expand_stream{by_paths(all)}, how) == wanted);
        }
      }
    }
  }
}

TEST_CASE("expand_stream: a stream that is left after any number of rows lets go of its walk at once") {
  const shop all = shop_of(5);
  for (std::size_t count = 0;; ++count) {
    scripted_fields first = played({"n"}, all.artists), second = played({"artist", "n"}, all.albums);
    const auto seen = first.watch(), seen_children = second.watch();
    expand_stream artists{nest(std::move(first), many("albums", std::move(second), on(equal("n", "artist"))))};
    std::size_t read = 0;
    const auto go_on = [&] { return ++read <= count; };
    while (go_on()) {
      const auto artist = artists.pull();
      if (!artist) break;
      auto albums = artist->child("albums");
      while (go_on() && albums.pull()) continue;
    }
    const bool is_all = read <= count;
    CHECK(seen->is_alive == !is_all);
    artists.close();
    CHECK_FALSE(seen->is_alive);
    CHECK_FALSE(seen_children->is_alive);
    CHECK_FALSE(artists.pull());
    CHECK_FALSE(artists.failed());
    if (is_all) return;
  }
}

TEST_CASE("expand_stream: no row is fetched before somebody pulls it") {
  scripted_fields first = played({"n"}, {{1}, {2}}), second = played({"of", "n"}, {{1, 1}, {1, 2}, {2, 3}});
  const auto seen = first.watch(), seen_children = second.watch();
  expand_stream artists{nest(std::move(first), many("albums", std::move(second), on(equal("n", "of"))))};
  CHECK(seen->nexts == 0);
  const auto artist = artists.pull();
  CHECK(seen->nexts == 1);
  CHECK(seen_children->nexts == 0);
  auto albums = artist->child("albums");
  CHECK(seen_children->nexts == 0);
  CHECK(albums.pull()->get<int>("n") == 1);
  CHECK(seen_children->nexts == 1);
  CHECK(albums.pull()->get<int>("n") == 2);
  CHECK(seen_children->nexts == 2);
  CHECK_FALSE(albums.pull());
  CHECK(seen_children->nexts == 3);
  CHECK(seen->nexts == 1);
  CHECK(artist->get<int>("n") == 1);
}

TEST_CASE("expand_stream: a lookup asks no query for children that nobody reads") {
  std::vector<std::string> asked;
  const auto children = [&](const char* name) {
    return [&asked, name](std::span<const tidemark::field> keys) {
      asked.push_back(name + std::to_string(keys[0].as_integer()));
      return played({"n"}, {{keys[0].as_integer() * 10}, {keys[0].as_integer() * 10 + 1}});
    };
  };
  expand_stream artists{lookup(played({"n"}, {{1}, {2}, {3}, {4}}),
                               many("albums", children("albums"), on("n"), many("tracks", children("tracks"), on("n"))),
                               many("videos", children("videos"), on("n")))};
  REQUIRE(artists.pull());
  const auto second = artists.pull();
  CHECK(asked.empty());
  CHECK(second->child("videos").pull()->get<int>("n") == 20);
  CHECK(asked == std::vector<std::string>{"videos2"});
  const auto third = artists.pull();
  auto albums = third->child("albums");
  REQUIRE(albums.pull());
  const auto album = albums.pull();
  CHECK(asked.back() == "albums3");
  CHECK(album->child("tracks").pull()->get<int>("n") == 310);
  CHECK(asked.back() == "tracks31");
  CHECK(third->child("videos").pull()->get<int>("n") == 30);
  CHECK(artists.pull()->get<int>("n") == 4);
  CHECK_FALSE(artists.pull());
  CHECK(asked == std::vector<std::string>{"videos2", "albums3", "tracks31", "videos3"});
}

TEST_CASE("expand_stream: a relation that was passed, asked for twice, or is not there, is an error that says so") {
  const shop all = shop_of(4);
  expand_stream artists{merged(all)};
  for (int i = 0; i != 3; ++i) REQUIRE(artists.pull());
  const auto artist = artists.pull();
  auto albums = artist->child("albums");
  const auto album = albums.pull();
  CHECK(thrown_by([&] { artist->child("singles"); }).message() ==
        R"(the row has no relation "singles"; there are "albums", "label", "videos")");
  CHECK(thrown_by([&] { artist->child("tracks"); }).kind() == failure::usage);
  CHECK(thrown_by([&] { artist->child("albums"); }).message() ==
        R"(the relation "albums" was asked for before; its rows are read once)");
  auto tracks = album->child("tracks");
  CHECK(tracks.pull()->get<int>("n") > 0);
  CHECK(thrown_by([&] { tracks.pull()->child("lyrics"); }).message() ==
        R"(the row has no relation "lyrics"; it has none)");

  auto videos = artist->child("videos");
  const std::string passed =
      R"(the relation "albums" has been passed: relations are read in the order in which they are declared, and "videos" was asked for)";
  CHECK(thrown_by([&] { artist->child("albums"); }).message() == passed);
  CHECK(thrown_by([&] { artist->child("label"); }).kind() == failure::usage);
  CHECK(thrown_by([&] { albums.pull(); }).message() == passed);
  CHECK_FALSE(videos.pull());  // the fourth has none
  CHECK_FALSE(artists.failed());
  CHECK_FALSE(artists.pull());
  CHECK_FALSE(videos.pull());
  CHECK_FALSE(albums.pull());
  CHECK(thrown_by([&] { artist->child("videos"); }).message() ==
        "the stream is over, and with it all relations of its rows");
}

TEST_CASE("expand_stream: children of a row that has been passed are an error, and none of another row") {
  const shop all = shop_of(5);
  expand_stream artists{merged(all)};
  for (int i = 0; i != 3; ++i) REQUIRE(artists.pull());
  const auto fourth = artists.pull();
  auto albums = fourth->child("albums");
  const auto album = albums.pull();
  auto tracks = album->child("tracks");
  REQUIRE(albums.pull());
  const std::string passed =
      "the row whose children these are has been passed: a row is borrowed until its stream is pulled again";
  CHECK(thrown_by([&] { tracks.pull(); }).message() == passed);
  CHECK(thrown_by([&] { album->child("tracks"); }).message() == passed);
  const auto fifth = artists.pull();
  CHECK(fifth->get<int>("n") == 5);
  CHECK(thrown_by([&] { albums.pull(); }).message() == passed);
  CHECK(thrown_by([&] { fourth->child("videos"); }).message() == passed);
  CHECK(fifth->child("albums").pull()->get<int>("n") == 1);
}

TEST_CASE("expand_stream: pending anywhere loses nothing, and says what it waits for") {
  const shop all = shop_of(4);
  const auto with_pending = [](const names& columns, const rows& of, std::size_t place) {
    script made;
    for (std::size_t i = 0; i <= of.size(); ++i) {
      if (i == place) made.pending().pending();
      if (i != of.size()) made.row(of[i]);
    }
    return with_wait<scripted_fields>(columns, std::move(made));
  };
  const std::string wanted = [&] {
    shop without_videos = all;
    without_videos.videos.clear();
    without_videos.labels.clear();
    return expected(without_videos, {});
  }();
  for (std::size_t place = 0; place <= all.tracks.size(); ++place) {
    auto walk = nest(with_pending({"n"}, all.artists, place),
                     many("albums", with_pending({"artist", "n"}, all.albums, place), on(equal("n", "artist")),
                          many("tracks", with_pending({"artist", "album", "n"}, all.tracks, place),
                               on(equal("n", "artist"), equal("n", "album")))));
    expand_stream artists{std::move(walk)};
    std::string seen;
    std::size_t pendings = 0;
    const auto each = [&](auto& stream, auto use) {
      for (;;) {
        const auto next = stream.try_pull();
        if (next.is_end()) return;
        if (next.is_pending())
          ++pendings;
        else
          use(*next);
      }
    };
    each(artists, [&](const auto& artist) {
      seen += " artist " + number(artist);
      auto albums = artist.child("albums");
      each(albums, [&](const auto& album) {
        seen += " album " + number(album) + " of " + number(artist);
        auto tracks = album.child("tracks");
        each(tracks, [&](const auto& track) {
          seen += " track " + number(track) + " of " + number(album) + " of " + number(artist);
        });
        seen += " after " + number(album);
      });
      seen += " after " + number(artist);
    });
    REQUIRE(seen == wanted);
    REQUIRE(pendings >= 2);
  }

  // The same with pull(), which waits.
  auto first = with_pending({"n"}, {{1}}, 0), second = with_pending({"artist", "n"}, {{1, 7}}, 0);
  const auto seen = first.watch(), seen_children = second.watch();
  expand_stream artists{nest(std::move(first), many("albums", std::move(second), on(equal("n", "artist"))))};
  const auto artist = artists.pull();
  CHECK(seen->waits == 2);
  CHECK(seen_children->waits == 0);
  CHECK(artist->child("albums").pull()->get<int>("n") == 7);
  CHECK(seen_children->waits == 2);
}

TEST_CASE("expand_stream: a failure at any row comes once, to whoever pulls, after all rows before it") {
  const rows ids = {{1}, {2}, {3}}, of = {{1, 1}, {1, 2}, {3, 3}};
  const auto failing = [](const names& columns, const rows& all, std::size_t place) {
    script made;
    for (std::size_t i = 0; i != std::min(place, all.size()); ++i) made.row(all[i]);
    if (place <= all.size()) made.fail(error(failure::producer, "the disk is gone"));
    return scripted_fields(columns, std::move(made));
  };
  const auto check = [&](std::size_t in_parents, std::size_t in_children, bool reads_children, std::size_t before,
                         const std::string& relation, std::uint64_t at) {
    scripted_fields first = failing({"n"}, ids, in_parents), second = failing({"of", "n"}, of, in_children);
    const auto seen = first.watch(), seen_children = second.watch();
    expand_stream parents{nest(std::move(first), many("c", std::move(second), on(equal("n", "of"))))};
    std::size_t count = 0, failures = 0;
    const auto guarded = [&](auto& stream) {
      try {
        return stream.pull();
      } catch (const error& failed) {
        ++failures;
        REQUIRE(failed.message() == "the disk is gone");
        REQUIRE(failed.relation() == relation);
        REQUIRE(failed.row() == at);
        REQUIRE_FALSE(failed.can_go_on());
        REQUIRE(parents.failed());
        return decltype(stream.pull())();
      }
    };
    while (const auto parent = guarded(parents)) {
      ++count;
      if (!reads_children) continue;
      auto children = parent->child("c");
      while (guarded(children)) ++count;
      if (failures == 1) REQUIRE_FALSE(children.pull());
    }
    REQUIRE(failures == 1);
    REQUIRE(count == before);
    REQUIRE_FALSE(parents.pull());
    REQUIRE(parents.failed());
    REQUIRE_FALSE(seen->is_alive);
    REQUIRE_FALSE(seen_children->is_alive);
  };
  // How many rows come before: parents, and children of them where they are read.
  const std::size_t children_before[] = {0, 2, 2, 3}, parents_before[] = {1, 1, 1, 3};
  for (std::size_t place = 0; place <= 3; ++place) {
    check(place, 9, false, place, "", place + 1);
    check(place, 9, true, place + children_before[place], "", place + 1);
    check(9, place, false, parents_before[place], "c", place + 1);
    check(9, place, true, parents_before[place] + place, "c", place + 1);
  }
}

TEST_CASE("expand_stream: what is not tidemark's own passes through, once") {
  expand_stream parents{
      nest(played({"n"}, {{1}}),
           many("c", scripted_fields({"n"}, script{}.row({1}).fail(std::runtime_error("not ours"))), on("n")))};
  const auto parent = parents.pull();
  auto children = parent->child("c");
  REQUIRE(children.pull());
  CHECK_THROWS_AS(children.pull(), std::runtime_error);
  CHECK(parents.failed());
  CHECK_FALSE(children.pull());
  CHECK_FALSE(parents.pull());
}

TEST_CASE("expand_stream: a second row of a to-one is an error that names it, read or not") {
  for (const bool is_read : {false, true}) {
    expand_stream artists{
        nest(played({"n"}, {{1}, {2}}),
             one("label", played({"artist", "n"}, {{1, 1}, {2, 2}, {2, 3}}), on(equal("n", "artist"))))};
    CHECK(artists.pull()->child("label").pull()->get<int>("n") == 1);
    const auto second = artists.pull();
    const error failed = thrown_by([&] {
      if (!is_read) artists.pull();
      auto label = second->child("label");
      CHECK(label.pull()->get<int>("n") == 2);
      label.pull();
    });
    CHECK(failed.kind() == failure::value);
    CHECK(failed.relation() == "label");
    CHECK(failed.row() == 3u);
    CHECK(artists.failed());
  }
}

TEST_CASE("expand_stream: a walk that does not keep its order is an error of usage") {
  const auto failed_walk = [](script what) {
    expand_stream rows{scripted_walk({{}, {"a", 0}, {"b", 1}}, {{"n"}, {"n"}, {"n"}}, std::move(what))};
    return thrown_by([&] {
      while (rows.pull()) continue;
    });
  };
  CHECK(failed_walk(script{}.row({1}, 1)).message() == "the walk gave a row whose parent is not open");
  CHECK(failed_walk(script{}.row({1}).row({1}, 2)).message() == "the walk gave a row whose parent is not open");
  CHECK(failed_walk(script{}.row({1}).row({2})).message() == "the walk gave a row whose parent is not open");
  CHECK(failed_walk(script{}.leave()).message() == "the walk gave progress::leave, but no row is open");
  CHECK(failed_walk(script{}.row({1})).message() == "the walk gave the end, but a row is not complete");
  CHECK(failed_walk(script{}.row({1})).kind() == failure::usage);
}

TEST_CASE("expand_stream: rows and their streams go along when the stream is moved") {
  const shop all = shop_of(3);
  expand_stream first{by_paths(all)};
  REQUIRE(first.pull());
  const auto artist = first.pull();
  auto albums = artist->child("albums");
  expand_stream second = std::move(first);
  CHECK(albums.pull()->get<int>("n") == 1);
  expand_stream third = std::move(second);
  CHECK(artist->get<int>("n") == 2);
  CHECK_FALSE(albums.pull());
  CHECK(third.pull()->get<int>("n") == 3);
  CHECK(third.stats().rows == 4);
}

TEST_CASE("expand_stream: a second begin() is an error, of children too") {
  expand_stream artists{merged(shop_of(2))};
  for (const auto& artist : artists) {
    auto albums = artist.child("albums");
    for ([[maybe_unused]] const auto& album : albums) continue;
    CHECK(thrown_by([&] { albums.begin(); }).kind() == failure::usage);
  }
  CHECK(thrown_by([&] { artists.begin(); }).kind() == failure::usage);
}

TEST_CASE("expand_stream: one canceller stops the queries of all relations") {
  sqlite::connection db{":memory:"};
  const std::string endless =
      "with recursive n(i) as (select 1 union all select i + 1 from n) select 1 as id, i from n";
  expand_stream parents{nest(sqlite::query{db, "select 1 as id"}, many("c", sqlite::query{db, endless}, on("id")))};
  const tidemark::canceller stop = parents.canceller();
  const auto parent = parents.pull();
  auto children = parent->child("c");
  REQUIRE(children.pull());
  stop.cancel();
  CHECK(thrown_by([&] {
          while (children.pull()) continue;
        }).kind() == failure::canceled);
  CHECK(parents.failed());
}

TEST_CASE("expand_stream: customers, invoices and lines add up to what the database says") {
  const auto db = sqlite::connection::open_read_only(tests::music_shop());
  using sqlite::query;
  const auto customers = [&] { return query{db, "select CustomerId, LastName from Customer order by CustomerId"}; };
  const auto check = [&](auto walk) {
    std::map<std::int64_t, std::int64_t> cents;
    std::size_t lines = 0;
    for (const auto& customer : expand_stream{std::move(walk)}) {
      const auto id = customer.template get<std::int64_t>("CustomerId");
      const auto name = customer.template get<std::string>("LastName");
      for (const auto& invoice : customer.child("invoices")) {
        REQUIRE(invoice.template get<std::int64_t>("CustomerId") == id);
        for (const auto& line : invoice.child("lines")) {
          REQUIRE(line.template get<std::int64_t>("InvoiceId") == invoice.template get<std::int64_t>("InvoiceId"));
          cents[id] += line.template get<std::int64_t>("Cents");
          ++lines;
        }
        REQUIRE(customer.template get<std::string_view>("LastName") == name);
      }
    }
    CHECK(lines == 2240);
    std::size_t count = 0;
    for (const auto& sum : tidemark::object_stream{query{
             db, "select CustomerId, cast(round(sum(Total) * 100) as integer) as Cents from Invoice group by 1"}}) {
      CHECK(cents[sum.get<std::int64_t>("CustomerId")] == sum.get<std::int64_t>("Cents"));
      ++count;
    }
    CHECK(count == cents.size());
    CHECK(count == 57);
  };
  const std::string cents = "cast(round(l.UnitPrice * l.Quantity * 100) as integer) as Cents";
  check(nest(customers(),
             many("invoices", query{db, "select CustomerId, InvoiceId from Invoice order by CustomerId, InvoiceId"},
                  on("CustomerId"),
                  many("lines",
                       query{db, "select i.CustomerId, l.InvoiceId, " + cents +
                                     " from InvoiceLine l join Invoice i using (InvoiceId) "
                                     "order by i.CustomerId, l.InvoiceId, l.InvoiceLineId"},
                       on("CustomerId", "InvoiceId")))));
  check(
      lookup(in_batches(customers(), row_mark{8}),
             many("invoices",
                  in_batches(query{db,
                                   "select i.CustomerId, i.InvoiceId from json_each(?) k "
                                   "join Invoice i on i.CustomerId = k.value order by k.key, i.InvoiceId"},
                             row_mark{8}),
                  on("CustomerId"),
                  many("lines",
                       query{db, "select l.InvoiceId, " + cents +
                                     " from json_each(?) k join InvoiceLine l on l.InvoiceId = k.value order by k.key"},
                       on("InvoiceId")))));
}

TEST_CASE("an expand_stream whose time is over fails like any other") {
  expand_stream stream{scripted_walk({{"", tidemark::relation::none, false}}, {{"id"}}, script().row({1}))};
  stream.limit_time(0);
  CHECK(thrown_by([&] { stream.try_pull(); }).kind() == failure::timed_out);
  CHECK(stream.failed());
}

}  // namespace expand_stream_tests
