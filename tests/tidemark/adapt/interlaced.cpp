#include <tidemark/adapt/interlaced.hpp>

#include "catch.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "any_walk.hpp"
#include "drain.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"
#include "written_walk.hpp"

namespace adapt_interlaced_tests {

using nlohmann::ordered_json;
using tests::any_walk;
using tests::bytes_of;
using tests::drain_of;
using tests::failure_of;
using tests::music_shop;
using tidemark::byte_mark;
using tidemark::equal;
using tidemark::error;
using tidemark::failure;
using tidemark::interlaced;
using tidemark::interlaced_walk;
using tidemark::json_options;
using tidemark::levels;
using tidemark::many;
using tidemark::nest;
using tidemark::on;
using tidemark::one;
using tidemark::paths;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::with_wait;
namespace sqlite = tidemark::sqlite;
using sqlite::query;

namespace {

using row = std::vector<cell>;
using rows = std::vector<row>;
using names = std::vector<std::string>;
using scripted = with_wait<scripted_fields>;

static_assert(tidemark::walk<interlaced_walk<query, levels>>);
static_assert(tidemark::walk<interlaced_walk<query, paths>>);
static_assert(tidemark::running_walk<interlaced_walk<query, levels>>);
static_assert(tidemark::running_walk<interlaced_walk<query, paths>>);
static_assert(tidemark::keeping_walk<interlaced_walk<query, levels>>);
static_assert(tidemark::keeping_walk<interlaced_walk<query, paths>>);
static_assert(!tidemark::keeping_walk<decltype(nest(std::declval<query>(), many("", std::declval<query>(), on(""))))>);
static_assert(!tidemark::flat_producer<interlaced_walk<query, levels>>);
static_assert(tidemark::cancellable<interlaced_walk<query, paths>>);
static_assert(tidemark::always_blocks<interlaced_walk<query, levels>>);
static_assert(tidemark::has_wait<interlaced_walk<scripted, levels>>);

template <class Rows>
concept can_be_interlaced = requires(Rows rows) { interlaced(std::move(rows)); };
static_assert(can_be_interlaced<query>);
static_assert(!can_be_interlaced<sqlite::text_query>);
static_assert(!can_be_interlaced<tidemark::testing::scripted_walk>);

constexpr std::size_t never = static_cast<std::size_t>(-1);

/// Rows that are pending before row `pending_at`, and fail in place of row `failing_at`, counted from 0.
scripted played(const names& columns, const rows& all, std::size_t pending_at = never, std::size_t failing_at = never) {
  script made;
  for (std::size_t i = 0; i <= all.size(); ++i) {
    if (i == pending_at) made.pending().pending();
    if (i == failing_at) made.fail(error(failure::producer, "the disk is gone"));
    if (i != all.size()) made.row(all[i]);
  }
  return {columns, std::move(made)};
}

using by_levels = interlaced_walk<scripted, levels>;
using by_paths = interlaced_walk<scripted, paths>;

// Artists have albums, which have tracks, and a label. The columns: which of these it is, the numbers of the artist,
// the album and the track or label, and a text.
const names shop_columns = {"level", "artist", "album", "n", "text"};
by_levels shop(scripted all) {
  return interlaced(std::move(all), "level", {{"artist", "id"}, {"text", "name"}},
                    many("albums", {{"album", "id"}, {"text", "title"}}, on("artist"),
                         many("tracks", {"n", {"text", "name"}}, on("artist", "album"))),
                    one("label", {{"text", "name"}}, on("artist")));
}
by_levels shop(const rows& all) { return shop(played(shop_columns, all)); }

const names path_columns = {"_path_", "_blobs_", "_expands_", "_json_", "image", "sound"};
by_paths pathed(const rows& all, json_options options = {}) {
  rows whole = all;
  for (row& each : whole) each.resize(path_columns.size());
  return interlaced(played(path_columns, whole), options);
}

// The same shop both ways, and its bytes.
const rows some_levels = {{0, 1, nullptr, nullptr, "Ebb"},
                          {1, 1, 4, nullptr, "b"},
                          {2, 1, 4, 7, "x"},
                          {2, 1, 4, 8, "y"},
                          {1, 1, 5, nullptr, "c"},
                          {3, 1, nullptr, 1, "Quay"},
                          {0, 2, nullptr, nullptr, "Flow"},
                          {0, 3, nullptr, nullptr, ""},
                          {1, 3, 4, nullptr, "d"},
                          {2, 3, 4, 9, "z"}};
const char* const of_artist = R"({"albums":[],"label":null})";
const char* const of_album = R"({"tracks":[]})";
const rows some_paths = {{"$[1", "{}", of_artist, R"({"id":1,"name":"Ebb"})"},
                         {"$[1].albums[4", "{}", of_album, R"({"id":4,"title":"b"})"},
                         {"$[1].albums[4].tracks[7", "{}", "{}", R"({"n":7,"name":"x"})"},
                         {"$[1].albums[4].tracks[8", "{}", "{}", R"({"n":8,"name":"y"})"},
                         {"$[1].albums[5", "{}", of_album, R"({"id":5,"title":"c"})"},
                         {"$[1].label[1", "{}", "{}", R"({"name":"Quay"})"},
                         {"$[2", "{}", of_artist, R"({"id":2,"name":"Flow"})"},
                         {"$[3", "{}", of_artist, R"({"id":3,"name":""})"},
                         {"$[3].albums[4", "{}", of_album, R"({"id":4,"title":"d"})"},
                         {"$[3].albums[4].tracks[9", "{}", "{}", R"({"n":9,"name":"z"})"}};
const char* const some_bytes =
    R"([{"id":1,"name":"Ebb","albums":[{"id":4,"title":"b","tracks":[{"n":7,"name":"x"},{"n":8,"name":"y"}]},)"
    R"({"id":5,"title":"c","tracks":[]}],"label":{"name":"Quay"}},{"id":2,"name":"Flow","albums":[],"label":null},)"
    R"({"id":3,"name":"","albums":[{"id":4,"title":"d","tracks":[{"n":9,"name":"z"}]}],"label":null}])";

any_walk walk_of(bool is_by_levels, std::size_t pending_at = never, std::size_t failing_at = never) {
  if (is_by_levels) return any_walk(shop(played(shop_columns, some_levels, pending_at, failing_at)));
  rows whole = some_paths;
  for (row& each : whole) each.resize(path_columns.size());
  return any_walk(interlaced(played(path_columns, whole, pending_at, failing_at)));
}

}  // namespace

TEST_CASE("interlaced: artists, albums and tracks are the bytes of nest, by levels and by paths") {
  const sqlite::connection db = sqlite::connection::open_read_only(music_shop());
  const std::string expected = bytes_of(nest(
      query{db, "select * from Artist order by ArtistId"},
      many("albums", query{db, "select AlbumId, Title, ArtistId from Album order by ArtistId, AlbumId"}, on("ArtistId"),
           many("tracks",
                query{db,
                      "select a.ArtistId, t.AlbumId, TrackId, Name, UnitPrice from Track t "
                      "join Album a using (AlbumId) order by a.ArtistId, t.AlbumId, TrackId"},
                on("ArtistId", "AlbumId")))));
  REQUIRE(expected.size() > 300'000);
  const bool is_same_by_levels =
      expected ==
      bytes_of(
          interlaced(query{db,
                           "select 0 as level, ArtistId, null as AlbumId, null as TrackId, Name as text, null as price "
                           "from Artist "
                           "union all select 1, ArtistId, AlbumId, null, Title, null from Album "
                           "union all select 2, ArtistId, AlbumId, TrackId, t.Name, UnitPrice "
                           "from Track t join Album a using (AlbumId) order by ArtistId, AlbumId, TrackId"},
                     "level", {"ArtistId", {"text", "Name"}},
                     many("albums", {"AlbumId", {"text", "Title"}, "ArtistId"}, on("ArtistId"),
                          many("tracks", {"ArtistId", "AlbumId", "TrackId", {"text", "Name"}, {"price", "UnitPrice"}},
                               on("ArtistId", "AlbumId")))));
  CHECK(is_same_by_levels);
  const auto by_path = [&](const std::string& price) {
    return bytes_of(interlaced(query{
        db,
        "select '$[' || ArtistId as _path_, '{}' as _blobs_, '{\"albums\":[]}' as _expands_, "
        "json_object('ArtistId', ArtistId, 'Name', Name) as _json_, ArtistId a, 0 b, 0 c from Artist "
        "union all select '$[' || ArtistId || '].albums[' || AlbumId, '{}', '{\"tracks\":[]}', "
        "json_object('AlbumId', AlbumId, 'Title', Title, 'ArtistId', ArtistId), ArtistId, AlbumId, 0 from Album "
        "union all select '$[' || ArtistId || '].albums[' || AlbumId || '].tracks[' || TrackId, '{}', '{}', "
        "json_object('ArtistId', ArtistId, 'AlbumId', AlbumId, 'TrackId', TrackId, 'Name', t.Name, 'UnitPrice', " +
            price + "), ArtistId, AlbumId, TrackId from Track t join Album a using (AlbumId) order by a, b, c"}));
  };
  const bool is_same_by_paths = by_path("json(cast(UnitPrice as text))") == expected;
  CHECK(is_same_by_paths);
  const bool is_same_value = tests::parse_ordered_json(by_path("UnitPrice")) == tests::parse_ordered_json(expected);
  CHECK(is_same_value);
}

TEST_CASE("interlaced: customers, invoices and lines are those of nest, with keys of several columns") {
  const sqlite::connection db = sqlite::connection::open_read_only(music_shop());
  const std::string invoices = " from Invoice i join Customer c using (CustomerId)";
  const std::string lines = " from InvoiceLine l join Invoice i using (InvoiceId) join Customer c using (CustomerId)";
  const equal customer({"Country", "CustomerId"}, {"Country", "CustomerId"});
  const std::string expected =
      bytes_of(nest(query{db, "select Country, CustomerId, Company from Customer order by Country, CustomerId"},
                    many("invoices",
                         query{db, "select Country, CustomerId, InvoiceId, Total" + invoices +
                                       " order by Country, CustomerId, InvoiceId"},
                         on(customer),
                         many("lines",
                              query{db, "select Country, CustomerId, InvoiceId, InvoiceLineId, UnitPrice" + lines +
                                            " order by Country, CustomerId, InvoiceId, InvoiceLineId"},
                              on(customer, "InvoiceId")))));
  REQUIRE(expected.size() > 100'000);
  const bool is_same_by_levels =
      expected ==
      bytes_of(interlaced(
          query{db,
                "select 0 as level, Country, CustomerId, null as InvoiceId, null as InvoiceLineId, Company as text, "
                "null as price from Customer "
                "union all select 1, Country, CustomerId, InvoiceId, null, null, Total" +
                    invoices + " union all select 2, Country, CustomerId, InvoiceId, InvoiceLineId, null, UnitPrice" +
                    lines + " order by Country, CustomerId, InvoiceId, InvoiceLineId"},
          "level", {"Country", "CustomerId", {"text", "Company"}},
          many("invoices", {"Country", "CustomerId", "InvoiceId", {"price", "Total"}}, on(customer),
               many("lines", {"Country", "CustomerId", "InvoiceId", "InvoiceLineId", {"price", "UnitPrice"}},
                    on(customer, "InvoiceId")))));
  CHECK(is_same_by_levels);
  const std::string by_paths_bytes = bytes_of(interlaced(query{
      db,
      "select '$[' || CustomerId as _path_, null as _blobs_, '{\"invoices\":[]}' as _expands_, "
      "json_object('Country', Country, 'CustomerId', CustomerId, 'Company', Company) as _json_, "
      "Country a, CustomerId b, 0 c, 0 d from Customer "
      "union all select '$[' || CustomerId || '].invoices[' || InvoiceId, null, '{\"lines\":[]}', "
      "json_object('Country', Country, 'CustomerId', CustomerId, 'InvoiceId', InvoiceId, 'Total', Total), "
      "Country, CustomerId, InvoiceId, 0" +
          invoices +
          " union all select '$[' || CustomerId || '].invoices[' || InvoiceId || '].lines[' || InvoiceLineId, null, "
          "null, json_object('Country', Country, 'CustomerId', CustomerId, 'InvoiceId', InvoiceId, 'InvoiceLineId', "
          "InvoiceLineId, 'UnitPrice', UnitPrice), Country, CustomerId, InvoiceId, InvoiceLineId" +
          lines + " order by a, b, c, d"}));
  const bool is_same_value = tests::parse_ordered_json(by_paths_bytes) == tests::parse_ordered_json(expected);
  CHECK(is_same_value);
}

TEST_CASE("interlaced: every mark gives the same bytes, each way") {
  for (std::size_t mark = 1; mark <= 200; ++mark) {
    for (const bool is_by_levels : {true, false}) {
      const drained cut = drain_of(walk_of(is_by_levels), byte_mark(mark));
      REQUIRE_FALSE(cut.failure);
      REQUIRE(cut.bytes == some_bytes);
      REQUIRE(*std::ranges::max_element(cut.chunk_sizes) <= mark);
    }
  }
}

TEST_CASE("interlaced: pending at every place gives the same bytes") {
  for (const bool is_by_levels : {true, false}) {
    for (std::size_t place = 0; place <= some_levels.size(); ++place) {
      const drained all = drain_of(walk_of(is_by_levels, place));
      REQUIRE(all.bytes == some_bytes);
      REQUIRE(all.pendings > 0);
      raw_stream stream{walk_of(is_by_levels, place)};
      std::string bytes;
      while (const auto chunk = stream.pull()) bytes += *chunk;
      REQUIRE(bytes == some_bytes);
    }
  }
  scripted all = played(shop_columns, some_levels, 3);
  const auto seen = all.watch();
  raw_stream stream{shop(std::move(all))};
  while (stream.pull()) continue;
  CHECK(seen->waits > 0);
}

TEST_CASE("interlaced: a failure at any row never looks complete, and names the row of the result") {
  for (const bool is_by_levels : {true, false}) {
    for (std::size_t place = 0; place <= some_levels.size(); ++place) {
      for (const std::size_t mark : std::initializer_list<std::size_t>{1, 7, 50, 1000}) {
        const drained all = drain_of(walk_of(is_by_levels, never, place), byte_mark(mark));
        REQUIRE_FALSE(tests::is_json(all.bytes));
        REQUIRE(std::string_view(some_bytes).starts_with(all.bytes));
        REQUIRE(all.failure);
        REQUIRE(all.failure->message() == "the disk is gone");
        REQUIRE(all.failure->row() == place + 1);
        REQUIRE(all.failure->byte_offset() == all.bytes.size());
      }
    }
  }
  scripted failing = played(shop_columns, some_levels, never, 3);
  const auto seen = failing.watch();
  raw_stream stream{any_walk(shop(std::move(failing)))};
  CHECK(drain(stream).failure);
  CHECK_FALSE(seen->is_alive);
}

TEST_CASE("interlaced: no row is fetched before it is needed") {
  scripted all = played(shop_columns, some_levels);
  const auto seen = all.watch();
  raw_stream stream{any_walk(shop(std::move(all))), tidemark::format::array{}, byte_mark(1)};
  CHECK(seen->nexts == 0);
  std::string bytes;
  const auto pull_to = [&](const std::string& end) {
    while (!bytes.ends_with(end)) bytes += *stream.pull();
  };
  pull_to("[{\"id\":1");
  CHECK(seen->nexts == 1);
  pull_to("\"title\":\"b\"");
  CHECK(seen->nexts == 2);
  pull_to("\"name\":\"x\"}");
  CHECK(seen->nexts == 3);
  pull_to("\"name\":\"y\"}");
  CHECK(seen->nexts == 4);
  pull_to("]}");  // whether it ends there the row behind it says
  CHECK(seen->nexts == 5);
  stream.close();
  CHECK_FALSE(seen->is_alive);
}

TEST_CASE("interlaced: five levels") {
  rows by_level, by_path;
  std::string expected;
  const std::vector<std::string> relations = {"", "l2", "l3", "l4", "l5"};
  const std::function<void(std::vector<int>, const std::string&)> add = [&](std::vector<int> keys,
                                                                            const std::string& path) {
    const std::size_t depth = keys.size();
    row cells = {static_cast<int>(depth - 1), nullptr, nullptr, nullptr, nullptr, nullptr};
    std::string own = "{";
    for (std::size_t i = 0; i != depth; ++i) {
      cells[i + 1] = keys[i];
      own += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(keys[i]);
    }
    by_level.push_back(cells);
    by_path.push_back({path, "{}", depth == 5 ? "{}" : "{\"" + relations[depth] + "\":[]}", own + "}"});
    expected += own;
    if (depth != 5) {
      expected += ",\"" + relations[depth] + "\":[";
      for (int child = 0; child != 2; ++child) {
        std::vector<int> deeper = keys;
        deeper.push_back(child);
        if (child != 0) expected += ",";
        add(deeper, path + "]." + relations[depth] + "[" + std::to_string(child + 1));
      }
      expected += "]";
    }
    expected += "}";
  };
  expected += "[";
  add({0}, "$[1");
  expected += ",";
  add({1}, "$[2");
  expected += "]";
  CHECK(bytes_of(interlaced(
            played({"level", "k0", "k1", "k2", "k3", "k4"}, by_level), "level", {"k0"},
            many("l2", {"k0", "k1"}, on("k0"),
                 many("l3", {"k0", "k1", "k2"}, on("k0", "k1"),
                      many("l4", {"k0", "k1", "k2", "k3"}, on("k0", "k1", "k2"),
                           many("l5", {"k0", "k1", "k2", "k3", "k4"}, on("k0", "k1", "k2", "k3"))))))) == expected);
  CHECK(bytes_of(pathed(by_path)) == expected);
}

TEST_CASE("interlaced: two relations of one parent, either of which may be empty") {
  const auto check = [](const rows& by_level, const rows& by_path, const std::string& expected) {
    CHECK(bytes_of(interlaced(played({"level", "id", "n"}, by_level), "level", {"id"}, many("a", {"n"}, on("id")),
                              many("b", {"n"}, on("id")))) == expected);
    CHECK(bytes_of(pathed(by_path)) == expected);
  };
  const row root = {0, 1, nullptr}, a = {1, 1, 7}, b = {2, 1, 8};
  const row root_path = {"$[1", "{}", R"({"a":[],"b":[]})", R"({"id":1})"},
            a_path = {"$[1].a[1", "{}", "{}", R"({"n":7})"}, b_path = {"$[1].b[1", "{}", "{}", R"({"n":8})"};
  check({root}, {root_path}, R"([{"id":1,"a":[],"b":[]}])");
  check({root, a}, {root_path, a_path}, R"([{"id":1,"a":[{"n":7}],"b":[]}])");
  check({root, b}, {root_path, b_path}, R"([{"id":1,"a":[],"b":[{"n":8}]}])");
  check({root, a, b}, {root_path, a_path, b_path}, R"([{"id":1,"a":[{"n":7}],"b":[{"n":8}]}])");
  check({}, {}, "[]");
  // Rows of a relation that is over.
  for (const error& failed : {failure_of(pathed({root_path, b_path, a_path})),
                              failure_of(interlaced(played({"level", "id", "n"}, {root, b, a}), "level", {"id"},
                                                    many("a", {"n"}, on("id")), many("b", {"n"}, on("id"))))}) {
    CHECK(failed.relation() == "a");
    CHECK(failed.row() == std::uint64_t{1});
  }
}

TEST_CASE("interlaced: the absence of a to-one is null, its second row an error that names it") {
  rows by_level = some_levels, by_path = some_paths;
  by_level.insert(by_level.begin() + 6, {3, 1, nullptr, 2, "Mole"});
  by_path.insert(by_path.begin() + 6, {"$[1].label[2", "{}", "{}", R"({"name":"Mole"})"});
  for (const error& failed : {failure_of(shop(by_level)), failure_of(pathed(by_path))}) {
    CHECK(failed.kind() == failure::value);
    CHECK(failed.relation() == "label");
    CHECK(failed.row() == std::uint64_t{2});
  }
}

namespace {

/// Rows of the root, the last three of which have a child each.
class many_parents {
 public:
  many_parents(std::int64_t count, const names& columns) : count_(count) {
    for (const std::string& name : columns) columns_.push_back({name});
  }

  progress next() {
    is_child_ = at_ > count_ - 3 && !is_child_;
    if (!is_child_ && ++at_ > count_) return progress::end;
    digits_ = std::to_string(at_);
    path_ = "$[" + digits_ + (is_child_ ? "].children[1" : "");
    json_ = "{\"id\":" + digits_ + "}";
    return progress::row;
  }
  std::span<const tidemark::column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept {
    using tidemark::field;
    if (columns_.size() == 2) return field::integer(i == 1 ? at_ : is_child_ ? 1 : 0);
    switch (i) {
      case 0: return field::text(path_);
      case 1: return field::text("{}");
      case 2: return field::text(is_child_ ? "{}" : R"({"children":[]})");
      default: return field::text(json_);
    }
  }

 private:
  std::vector<tidemark::column> columns_;
  std::int64_t count_;
  std::int64_t at_ = 0;
  bool is_child_ = false;
  std::string digits_, path_, json_;
};

}  // namespace

TEST_CASE("interlaced: more than 999,999 rows of one level, and children of the last ones") {
  constexpr std::int64_t count = 1'000'003;
  const auto check = [&](any_walk walk) {
    raw_stream stream{std::move(walk), tidemark::format::array{}, byte_mark(65536)};
    std::string end;
    while (const auto chunk = stream.pull()) {
      end += *chunk;
      if (end.size() > 200) end.erase(0, end.size() - 200);
    }
    CHECK(stream.stats().rows == static_cast<std::uint64_t>(count));
    CHECK(end.ends_with(R"({"id":1000000,"children":[]},{"id":1000001,"children":[{"id":1000001}]},)"
                        R"({"id":1000002,"children":[{"id":1000002}]},{"id":1000003,"children":[{"id":1000003}]}])"));
  };
  check(any_walk(interlaced(many_parents(count, {"_path_", "_blobs_", "_expands_", "_json_"}))));
  check(
      any_walk(interlaced(many_parents(count, {"level", "id"}), "level", {"id"}, many("children", {"id"}, on("id")))));
}

TEST_CASE("interlaced: a row without a parent is an error that names its row and both") {
  struct place {
    std::size_t at;  // of the row that is put in
    row by_level;
    std::string level_keys;
    std::string level_relation;
    std::string level_why;
    row by_path;
    std::string path_why;
  };
  const std::vector<place> places = {// Nothing is open.
                                     {0,
                                      {1, 1, 4, nullptr, "o"},
                                      "artist 1",
                                      "albums",
                                      "none is open",
                                      {"$[1].albums[4", "{}", of_album, "{}"},
                                      "none is open"},
                                     {0,
                                      {2, 1, 4, 7, "o"},
                                      "artist 1, album 4",
                                      "albums.tracks",
                                      "none is open",
                                      {"$[1].albums[4].tracks[7", "{}", "{}", "{}"},
                                      "none is open"},
                                     // The parent is another one's, or is missing.
                                     {1,
                                      {1, 2, 4, nullptr, "o"},
                                      "artist 2",
                                      "albums",
                                      "the one that is open has artist 1",
                                      {"$[2].albums[4", "{}", of_album, "{}"},
                                      "the one that is open has $[1"},
                                     {1,
                                      {2, 1, 4, 7, "o"},
                                      "artist 1, album 4",
                                      "albums.tracks",
                                      "none is open",
                                      {"$[1].albums[4].tracks[7", "{}", "{}", "{}"},
                                      "the one that is open has $[1"},
                                     {2,
                                      {2, 1, 5, 7, "o"},
                                      "artist 1, album 5",
                                      "albums.tracks",
                                      "the one that is open has artist 1, album 4",
                                      {"$[1].albums[5].tracks[7", "{}", "{}", "{}"},
                                      "the one that is open has $[1].albums[4"},
                                     {2,
                                      {2, 2, 4, 7, "o"},
                                      "artist 2, album 4",
                                      "albums.tracks",
                                      "the one that is open has artist 1, album 4",
                                      {"$[2].albums[4].tracks[7", "{}", "{}", "{}"},
                                      "the one that is open has $[1].albums[4"},
                                     // It comes late.
                                     {7,
                                      {1, 1, 4, nullptr, "o"},
                                      "artist 1",
                                      "albums",
                                      "the one that is open has artist 2",
                                      {"$[1].albums[4", "{}", of_album, "{}"},
                                      "the one that is open has $[2"},
                                     {5,
                                      {2, 1, 4, 7, "o"},
                                      "artist 1, album 4",
                                      "albums.tracks",
                                      "the one that is open has artist 1, album 5",
                                      {"$[1].albums[4].tracks[7", "{}", "{}", "{}"},
                                      "the one that is open has $[1].albums[5"},
                                     {10,
                                      {3, 2, nullptr, 7, "o"},
                                      "artist 2",
                                      "label",
                                      "the one that is open has artist 3",
                                      {"$[2].label[7", "{}", "{}", "{}"},
                                      "the one that is open has $[3].albums[4"},
                                     // Digits are compared to their end, and a key of null is nobody's.
                                     {1,
                                      {1, nullptr, 4, nullptr, "o"},
                                      "artist null",
                                      "albums",
                                      "the one that is open has artist 1",
                                      {"$[11].albums[4", "{}", of_album, "{}"},
                                      "the one that is open has $[1"}};
  for (const place& wrong : places) {
    rows by_level = some_levels, by_path = some_paths;
    by_level.insert(by_level.begin() + static_cast<std::ptrdiff_t>(wrong.at), wrong.by_level);
    by_path.insert(by_path.begin() + static_cast<std::ptrdiff_t>(wrong.at), wrong.by_path);
    const error of_level = failure_of(shop(by_level));
    CHECK(of_level.kind() == failure::value);
    CHECK(of_level.row() == wrong.at + 1);
    CHECK(of_level.relation() == wrong.level_relation);
    CHECK(of_level.message() == "no parent has the key of this row, " + wrong.level_keys + ": " + wrong.level_why);
    const error of_path = failure_of(pathed(by_path));
    CHECK(of_path.kind() == failure::value);
    CHECK(of_path.row() == wrong.at + 1);
    CHECK(of_path.message() == "no parent has the key of this row, _path_ " +
                                   std::string(wrong.by_path[0].view().as_view()) + ": " + wrong.path_why);

    // Left out, it changes nothing.
    std::vector<error> reported;
    const auto report = [&](const error& orphan) { reported.push_back(orphan); };
    CHECK(bytes_of(shop(by_level).skip_orphans()) == some_bytes);
    CHECK(bytes_of(shop(by_level).report_orphans(report)) == some_bytes);
    CHECK(bytes_of(pathed(by_path).skip_orphans()) == some_bytes);
    CHECK(bytes_of(pathed(by_path).report_orphans(report)) == some_bytes);
    REQUIRE(reported.size() == 2);
    CHECK(reported[0].message() == of_level.message());
    CHECK(reported[0].row() == wrong.at + 1);
    CHECK(reported[1].message() == of_path.message());
    CHECK(reported[1].row() == wrong.at + 1);
  }
  const auto refuse = [](const error&) { throw std::runtime_error("enough"); };
  rows by_level = some_levels;
  by_level.erase(by_level.begin());
  const drained all = drain_of(any_walk(shop(by_level).report_orphans(refuse)));
  CHECK(all.foreign);
  CHECK_FALSE(tests::is_json(all.bytes));
}

namespace {

/// A row of a tree: relation a of the root has a relation b, c is another one of the root. The last number is its own.
struct leaf {
  int relation;
  std::vector<int> keys;

  bool is_parent_of(const leaf& other) const {
    constexpr int parents[] = {-1, 0, 1, 0};
    return parents[other.relation] == relation && other.keys.size() == keys.size() + 1 &&
           std::equal(keys.begin(), keys.end(), other.keys.begin());
  }
  std::string own() const {
    std::string made = "{";
    for (std::size_t i = 0; i != keys.size(); ++i)
      made += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(keys[i]);
    return made + "}";
  }
};

by_levels tree_by_levels(const std::vector<leaf>& all) {
  rows made;
  for (const leaf& each : all) {
    row cells = {each.relation};
    for (const int key : each.keys) cells.emplace_back(key);
    cells.resize(4);
    made.push_back(cells);
  }
  return interlaced(played({"level", "k0", "k1", "k2"}, made), "level", {"k0"},
                    many("a", {"k0", "k1"}, on("k0"), many("b", {"k0", "k1", "k2"}, on("k0", "k1"))),
                    many("c", {"k0", "k1"}, on("k0")));
}
by_paths tree_by_paths(const std::vector<leaf>& all) {
  rows made;
  for (const leaf& each : all) {
    std::string path = "$[" + std::to_string(each.keys[0]);
    if (each.relation == 3) path += "].c[" + std::to_string(each.keys[1]);
    if (each.relation == 1 || each.relation == 2) path += "].a[" + std::to_string(each.keys[1]);
    if (each.relation == 2) path += "].b[" + std::to_string(each.keys[2]);
    const char* const expands = each.relation == 0 ? R"({"a":[],"c":[]})" : each.relation == 1 ? R"({"b":[]})" : "{}";
    made.push_back({path, "{}", expands, each.own()});
  }
  return pathed(made);
}

/// The bytes of the tree, put together in memory.
std::string tree_in_memory(const std::vector<leaf>& all) {
  const std::function<std::string(const leaf&)> written = [&](const leaf& one) {
    std::string made = one.own();
    made.pop_back();
    const auto add = [&](const std::string& name, int relation) {
      std::string children;
      for (const leaf& each : all)
        if (each.relation == relation && one.is_parent_of(each))
          children += (children.empty() ? "" : ",") + written(each);
      made += ",\"" + name + "\":[" + children + "]";
    };
    if (one.relation == 0) add("a", 1);
    if (one.relation == 1) add("b", 2);
    if (one.relation == 0) add("c", 3);
    return made + "}";
  };
  std::string made;
  for (const leaf& each : all)
    if (each.relation == 0) made += (made.empty() ? "" : ",") + written(each);
  return "[" + made + "]";
}

std::vector<leaf> random_tree(std::mt19937& random) {
  std::vector<leaf> made;
  for (int i = 1, roots = static_cast<int>(random() % 5); i <= roots; ++i) {
    made.push_back({0, {i}});
    for (int j = 1, count = static_cast<int>(random() % 4); j <= count; ++j) {
      made.push_back({1, {i, j}});
      for (int k = 1, deeper = static_cast<int>(random() % 4); k <= deeper; ++k) made.push_back({2, {i, j, k}});
    }
    for (int j = 1, count = static_cast<int>(random() % 3); j <= count; ++j) made.push_back({3, {i, j}});
  }
  return made;
}

}  // namespace

TEST_CASE("interlaced: where rows are missing, exactly those that descend from them are left out") {
  std::mt19937 random(3);
  std::size_t deleted = 0;
  for (int round = 0; round != 400; ++round) {
    std::vector<leaf> left = random_tree(random);
    deleted += std::erase_if(left, [&](const leaf&) { return random() % 6 == 0; });
    std::vector<leaf> kept;  // a parent stands before its children
    for (const leaf& each : left)
      if (each.relation == 0 || std::ranges::any_of(kept, [&](const leaf& one) { return one.is_parent_of(each); }))
        kept.push_back(each);
    const std::string expected = tree_in_memory(kept);
    REQUIRE(bytes_of(tree_by_levels(kept)) == expected);
    REQUIRE(bytes_of(tree_by_paths(kept)) == expected);
    std::size_t reported = 0;
    const auto report = [&](const error&) { ++reported; };
    REQUIRE(bytes_of(tree_by_levels(left).report_orphans(report)) == expected);
    REQUIRE(reported == left.size() - kept.size());
    REQUIRE(bytes_of(tree_by_paths(left).report_orphans(report)) == expected);
    REQUIRE(reported == 2 * (left.size() - kept.size()));
    if (left.size() == kept.size()) continue;
    REQUIRE(failure_of(tree_by_levels(left)).kind() == failure::value);
    REQUIRE(failure_of(tree_by_paths(left)).kind() == failure::value);
  }
  CHECK(deleted > 500);
}

TEST_CASE("interlaced: where rows are in any order, none has a wrong parent, and none is lost unsaid") {
  std::mt19937 random(4);
  std::size_t whole = 0;
  for (int round = 0; round != 400; ++round) {
    std::vector<leaf> all = random_tree(random);
    std::erase_if(all, [](const leaf& each) { return each.relation == 3; });
    for (int swaps = 0; swaps != 3 && !all.empty(); ++swaps)
      std::swap(all[random() % all.size()], all[random() % all.size()]);
    std::size_t reported = 0;
    const auto check = [&](any_walk walk) {
      reported = 0;
      const drained written = drain_of(std::move(walk));
      REQUIRE_FALSE(written.failure);
      std::size_t count = 0;
      for (const ordered_json& root : tests::parse_ordered_json(written.bytes)) {
        ++count;
        for (const ordered_json& a : root["a"]) {
          ++count;
          REQUIRE(a["k0"] == root["k0"]);
          for (const ordered_json& b : a["b"]) {
            ++count;
            REQUIRE(b["k0"] == root["k0"]);
            REQUIRE(b["k1"] == a["k1"]);
          }
        }
      }
      REQUIRE(count + reported == all.size());
      if (reported == 0) ++whole;
    };
    const auto report = [&](const error&) { ++reported; };
    check(any_walk(tree_by_levels(all).report_orphans(report)));
    // By paths, a row that stands where its relation is not known yet is an error of its own.
    const drained by_path = drain_of(any_walk(tree_by_paths(all).report_orphans(report)));
    if (!by_path.failure) check(any_walk(tree_by_paths(all).report_orphans(report)));
  }
  CHECK(whole > 50);
}

TEST_CASE("interlaced: a number that is no relation's is an error that says which there are") {
  struct place {
    cell number;
    std::string shown;
  };
  for (const place& wrong : std::vector<place>{{-1, "-1"},
                                               {4, "4"},
                                               {std::int64_t{9223372036854775807}, "9223372036854775807"},
                                               {std::uint64_t{18446744073709551615U}, "18446744073709551615"},
                                               {"1", "\"1\""},
                                               {nullptr, "null"},
                                               {1.5, "1.5"},
                                               {cell::decimal("0.5"), "0.5"}}) {
    rows all = some_levels;
    all[3][0] = wrong.number;
    const error failed = failure_of(shop(all));
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == std::uint64_t{4});
    CHECK(failed.column() == "level");
    CHECK(failed.message() == "a row is of no relation: level " + wrong.shown + ", where there are 0 to 3");
  }
}

TEST_CASE("interlaced: the number of a relation may be of any kind of whole numbers") {
  rows all = some_levels;
  for (row& each : all) {
    const std::int64_t number = each[0].view().as_integer();
    each[0] = number % 2 == 0 ? cell(static_cast<std::uint64_t>(number)) : cell::decimal(std::to_string(number));
  }
  CHECK(bytes_of(shop(all)) == some_bytes);
}

TEST_CASE("interlaced: columns that are named must be there, and on() must name a key for each ancestor") {
  const auto missing = [](const std::string& number, const std::string& own, const std::string& of_child,
                          const std::string& key) {
    return failure_of(interlaced(played({"level", "id"}, {{0, 1}}), number, {own}, many("c", {of_child}, on(key))));
  };
  for (const auto& [failed, name, who] : {std::tuple(missing("depth", "id", "id", "id"), "depth", "interlaced()"),
                                          std::tuple(missing("level", "ID", "id", "id"), "ID", "interlaced()"),
                                          std::tuple(missing("level", "id", "n", "id"), "n", "\"c\""),
                                          std::tuple(missing("level", "id", "id", "of"), "of", "interlaced()")}) {
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message() == std::string("the result has no column \"") + name + "\", which " + who + " names");
  }
  for (const on& wrong : {on(), on("id"), on("id", "id", "id")}) {
    const error failed = thrown_by([&] {
      interlaced(played({"level", "id"}, {}), "level", {"id"}, many("a", {"id"}, on("id"), many("b", {"id"}, wrong)));
    });
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message() ==
          "the relation \"a.b\" needs the columns of 2 keys, one for each ancestor from the root down; on() names " +
              std::to_string(wrong.path().size()));
  }
  CHECK(failure_of(interlaced(played({"_path_", "_json_", "_expands_"}, {{"$[1", "{}", "{}"}}))).message() ==
        "an interlaced result needs the columns _path_, _blobs_, _expands_ and _json_; there is no _blobs_");
}

TEST_CASE("interlaced: a column that has another name in parent and child") {
  CHECK(bytes_of(
            interlaced(played({"level", "id", "of", "n"}, {{0, 7, nullptr, nullptr}, {1, nullptr, 7, 1}, {1, 3, 7, 2}}),
                       "level", {"id"}, many("c", {{"of", "parent"}, {"n", "n"}}, on(equal("id", "of"))))) ==
        R"([{"id":7,"c":[{"parent":7,"n":1},{"parent":7,"n":2}]}])");
}

TEST_CASE("interlaced: keys of every kind, and of several columns") {
  const auto walk = [](const cell& parent, const cell& child) {
    return interlaced(played({"level", "id"}, {{0, parent}, {1, child}}), "level", {{"id", "n"}},
                      many("c", {}, on("id")));
  };
  for (const auto& [parent, child] :
       std::vector<std::pair<cell, cell>>{{1, 1},
                                          {1, cell::decimal("1.00")},
                                          {1, 1.0},
                                          {1, std::uint64_t{1}},
                                          {"a", "a"},
                                          {true, true},
                                          {cell::bytes("a"), cell::bytes("a")},
                                          {std::int64_t{9007199254740993}, cell::decimal("9007199254740993")}})
    CHECK(bytes_of(walk(parent, child)).ends_with("\"c\":[{}]}]"));
  for (const auto& [parent, child] :
       std::vector<std::pair<cell, cell>>{{1, 2},
                                          {"a", "A"},
                                          {1, nullptr},
                                          {nullptr, 1},
                                          {nullptr, nullptr},
                                          {std::int64_t{9007199254740993}, 9007199254740992.0}})
    CHECK(failure_of(walk(parent, child)).message().starts_with("no parent has the key of this row, id "));
  const error failed = failure_of(walk(1, "1"));
  CHECK(failed.kind() == failure::value);
  CHECK(failed.row() == std::uint64_t{2});
  CHECK(failed.column() == "id");

  const auto composite = [](const row& child) {
    return interlaced(played({"level", "a", "b"}, {{0, 1, "x"}, child}), "level", {"a", "b"},
                      many("c", {}, on(equal({"a", "b"}, {"a", "b"}))));
  };
  CHECK(bytes_of(composite({1, 1, "x"})) == R"([{"a":1,"b":"x","c":[{}]}])");
  CHECK(failure_of(composite({1, 1, "y"})).message() ==
        R"(no parent has the key of this row, a 1, b "y": the one that is open has a 1, b "x")");
  CHECK(failure_of(composite({1, 2, "x"})).row() == std::uint64_t{2});
  CHECK(failure_of(composite({1, nullptr, "x"})).row() == std::uint64_t{2});

  const auto by_first = [](const tidemark::field& child, const tidemark::field& ancestor) -> std::weak_ordering {
    return child.as_view().substr(0, 1) <=> ancestor.as_view().substr(0, 1);
  };
  CHECK(bytes_of(interlaced(played({"level", "id"}, {{0, "axe"}, {1, "ape"}}), "level", {"id"},
                            many("c", {"id"}, on("id").compared_by(by_first)))) ==
        R"([{"id":"axe","c":[{"id":"ape"}]}])");
}

TEST_CASE("interlaced: a key that comes in pieces is compared as a whole, and read once more for the row") {
  const std::string text(100'000, 'k');
  const std::string bytes =
      bytes_of(interlaced(played({"level", "id"}, {{0, cell::text_in_pieces(text, 1000)}, {1, text}}), "level", {},
                          many("c", {}, on("id"))));
  CHECK(bytes == R"([{"c":[{}]}])");
}

TEST_CASE("interlaced: the relations that a row may have are the same for all rows of a relation") {
  rows all = some_paths;
  for (const cell& wrong :
       {cell(R"({"albums":[]})"), cell(R"({"label":null,"albums":[]})"), cell("{}"), cell(nullptr)}) {
    all[6][2] = wrong;
    const error failed = failure_of(pathed(all));
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == std::uint64_t{7});
    CHECK(failed.column() == "_expands_");
  }
  for (const char* wrong :
       {"[]", "null", "1", "\"a\"", "", "{", "{\"a\":[]", "{\"a\":{}}", "{\"a\":1}", "{\"a\":\"\"}"}) {
    INFO(wrong);
    const error failed = failure_of(pathed({{"$[1", "{}", wrong, "{}"}}));
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == std::uint64_t{1});
    CHECK(failed.column() == "_expands_");
  }
  CHECK(bytes_of(pathed({{"$[1", "{}", " { \"a\" : [ ] , \"b\" : null } ", "{}"},
                         {"$[1].a[1", nullptr, nullptr, "{}"}})) == R"([{"a":[{}],"b":null}])");
}

TEST_CASE("interlaced: a relation that _expands_ of the parent does not name is an error") {
  for (const char* path : {"$[1].songs[1", "$[1].album[1", "$[1].albumss[1", "$[1].albums", "$[1].", "$[1].[1"}) {
    INFO(path);
    const error failed = failure_of(pathed({some_paths[0], {path, "{}", "{}", "{}"}}));
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == std::uint64_t{2});
    CHECK(failed.column() == "_path_");
  }
}

TEST_CASE("interlaced: a path that is none is nobody's child") {
  for (const cell& path : {cell(nullptr), cell(""), cell("$["), cell("$[1]"), cell("$[x"), cell("[1"),
                           cell("$[1].albums[x"), cell("$[1].albums["), cell("$[1].albums[1]")}) {
    const error failed = failure_of(pathed({some_paths[0], {path, "{}", "{}", "{}"}}));
    INFO(failed.what());
    CHECK(failed.kind() == failure::value);
    CHECK(failed.row() == std::uint64_t{2});
  }
  for (const cell& path : {cell(1), cell::bytes("$[1"), cell(true), cell::text_in_pieces("$[1", 1)}) {
    const error failed = failure_of(pathed({{path, "{}", "{}", "{}"}}));
    CHECK(failed.kind() == failure::value);
    CHECK(failed.column() == "_path_");
    CHECK(failed.row() == std::uint64_t{1});
  }
}

TEST_CASE("interlaced: relations may be called as one likes") {
  for (const std::string name :
       {"a.b", "a[1]", "a[", "].b", "].b[1", "\"", "\\", "\n", "\xC3\xA9\xF0\x9F\x8E\xB5", " ", "", "$[1", "[]", "1"}) {
    const std::string quoted = ordered_json(name).dump();
    INFO(quoted);
    CHECK(bytes_of(pathed({{"$[1", "{}", "{" + quoted + ":[],\"other\":[]}", R"({"id":1})"},
                           {"$[1]." + name + "[1", "{}", "{" + quoted + ":null}", R"({"n":1})"},
                           {"$[1]." + name + "[1]." + name + "[1", "{}", "{}", R"({"n":2})"},
                           {"$[1]." + name + "[22", "{}", "{" + quoted + ":null}", R"({"n":3})"},
                           {"$[1].other[1", "{}", "{}", R"({"n":4})"}})) ==
          R"([{"id":1,)" + quoted + R"(:[{"n":1,)" + quoted + R"(:{"n":2}},{"n":3,)" + quoted +
              R"(:null}],"other":[{"n":4}]}])");
  }
  // As SQLite and others escape it.
  CHECK(bytes_of(pathed({{"$[1", "{}", R"({"\u00e9":[]})", "{}"}, {"$[1].\xC3\xA9[1", "{}", "{}", "{}"}})) ==
        "[{\"\xC3\xA9\":[{}]}]");
  // One name is the start of another.
  CHECK(bytes_of(pathed({{"$[1", "{}", R"({"a":[],"ab":[],"a[1":[]})", "{}"},
                         {"$[1].a[1", "{}", "{}", "1"},
                         {"$[1].ab[1", "{}", "{}", "2"},
                         {"$[1].a[1[1", "{}", "{}", "3"}})) == R"([{"a":[1],"ab":[2],"a[1":[3]}])");
}

TEST_CASE("interlaced: blobs stand behind the other members, as base64 or as the options say") {
  const cell octets = cell::bytes(std::string("\x00\xFF", 2));
  const auto with = [&](const char* blobs, const char* json, json_options options = {}) {
    return bytes_of(pathed({{"$[1", blobs, "{}", json, octets, nullptr}}, options));
  };
  CHECK(with("{}", R"({"id":1})") == R"([{"id":1}])");
  CHECK(with(R"({"image":null})", R"({"id":1})") == R"([{"id":1,"image":"AP8="}])");
  CHECK(with(R"({"image":null,"sound":null})", R"({"id":1})") == R"([{"id":1,"image":"AP8=","sound":null}])");
  CHECK(with(R"({"sound":{},"image":[1]})", R"({"id":1})") == R"([{"id":1,"sound":null,"image":"AP8="}])");
  CHECK(with(R"({"image":null})", "{}") == R"([{"image":"AP8="}])");
  CHECK(with(R"({"image":null,"sound":null})", " { } ") == R"([ {"image":"AP8=","sound":null}])");
  CHECK(with(R"({"image":null})", "{ \"a\" : 1.0 }") == R"([{ "a" : 1.0,"image":"AP8="}])");
  CHECK(with(R"({"image":null})", R"({"id":1})", {.bytes = json_options::octets::hex}) ==
        R"([{"id":1,"image":"00ff"}])");

  // With relations, and from row to row as each says.
  CHECK(bytes_of(pathed({{"$[1", R"({"image":null})", R"({"c":[],"d":null})", "{}", octets},
                         {"$[1].c[1", R"({"sound":null})", "{}", R"({"n":1})", nullptr, octets},
                         {"$[1].c[2", "{}", "{}", R"({"n":2})", octets, octets},
                         {"$[1].c[3", R"({"image":null})", "{}", R"({"n":3})", cell::bytes_in_pieces("abc", 1)},
                         {"$[2", nullptr, R"({"c":[],"d":null})", R"({"n":4})", octets}})) ==
        R"([{"image":"AP8=","c":[{"n":1,"sound":"AP8="},{"n":2},{"n":3,"image":"YWJj"}],"d":null},)"
        R"({"n":4,"c":[],"d":null}])");

  const auto refused_with = [&](const char* blobs, const char* json) {
    return failure_of(pathed({{"$[1", "{}", "{}", "{}"}, {"$[2", blobs, "{}", json, octets}}));
  };
  const error missing = refused_with(R"({"cover":null})", "{}");
  CHECK(missing.kind() == failure::value);
  CHECK(missing.message() == "there is no column \"cover\" for a blob");
  CHECK(missing.column() == "_blobs_");
  CHECK(missing.row() == std::uint64_t{2});
  for (const char* wrong : {"[]", "null", "{\"image\"", ""}) {
    CHECK(refused_with(wrong, "{}").column() == "_blobs_");
    CHECK(refused_with(wrong, "{}").row() == std::uint64_t{2});
  }
  for (const char* wrong : {"[]", "1", "\"{}\"", "", "{", "}", "null"}) {
    const error failed = refused_with(R"({"image":null})", wrong);
    CHECK(failed.kind() == failure::value);
    CHECK(failed.message() == "a row that has blobs must be an object");
    CHECK(failed.column() == "_json_");
    CHECK(failed.row() == std::uint64_t{2});
  }
}

TEST_CASE("interlaced: a row that has relations must be an object, and no row is nothing") {
  for (const cell& wrong : {cell("[]"), cell("1"), cell("null"), cell(""), cell(nullptr)}) {
    const error parent = failure_of(pathed({{"$[1", "{}", R"({"c":[]})", wrong}}));
    CHECK(parent.kind() == failure::value);
    CHECK(parent.row() == std::uint64_t{1});
  }
  CHECK(bytes_of(pathed({{"$[1", "{}", "{}", "[]"}, {"$[2", "{}", "{}", cell::json("1")}})) == "[[],1]");
  for (const cell& nothing : {cell(nullptr), cell("")}) {
    const error failed = failure_of(pathed({{"$[1", "{}", R"({"c":[]})", "{}"}, {"$[1].c[1", "{}", "{}", nothing}}));
    CHECK(failed.kind() == failure::value);
  }
  const error number = failure_of(pathed({{"$[1", "{}", "{}", 1}}));
  CHECK(number.kind() == failure::value);
  CHECK(number.column() == "_json_");
}

TEST_CASE("interlaced: rows of text keep their bytes, but for the blanks before the last brace of a parent") {
  CHECK(bytes_of(pathed({{"$[1", "{}", R"({"c":[]})", "{ \"n\" : 1.50 , \"m\":1E+2,\t\"u\":\"\\u00e9\\/\" } "},
                         {"$[1].c[1", "{}", "{}", "{ \"n\" : -0.0 } "},
                         {"$[1].c[2", "{}", "{}", " [ 1e0 ,\n2 ]"}})) ==
        "[{ \"n\" : 1.50 , \"m\":1E+2,\t\"u\":\"\\u00e9\\/\",\"c\":[{ \"n\" : -0.0 } , [ 1e0 ,\n2 ]]}]");
}

TEST_CASE("interlaced: one canceller stops the query") {
  const auto check = [](auto walk) {
    raw_stream stream{std::move(walk)};
    const tidemark::canceller stop = stream.canceller();
    REQUIRE(stream.pull());
    stop.cancel();
    const drained all = drain(stream);
    REQUIRE(all.failure);
    CHECK(all.failure->kind() == failure::canceled);
  };
  check(
      interlaced(query{sqlite::connection{":memory:"},
                       "with recursive n(i) as (select 1 union all select i + 1 from n) select i > 1 as level, 1 as id "
                       "from n"},
                 "level", {"id"}, many("c", {"id"}, on("id"))));
}

TEST_CASE("interlaced: a producer of flat rows that answers progress::leave is an error of usage") {
  scripted_fields rows({"level", "id"}, script{}.row({0, 1}).leave());
  const error failed = failure_of(interlaced(std::move(rows), "level", {"id"}));
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "a producer of flat rows answered progress::leave");
}

}  // namespace adapt_interlaced_tests
