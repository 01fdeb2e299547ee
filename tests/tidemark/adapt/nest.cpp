#include <tidemark/adapt/nest.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cctype>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/adapt/filter.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/compare.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"
#include "written_walk.hpp"

namespace adapt_nest_tests {

using nlohmann::ordered_json;
using tests::bytes_of;
using tests::drain_of;
using tests::failure_of;
using tests::music_shop;
using tidemark::byte_mark;
using tidemark::equal;
using tidemark::error;
using tidemark::failure;
using tidemark::many;
using tidemark::nest;
using tidemark::on;
using tidemark::one;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::with_wait;
namespace sqlite = tidemark::sqlite;

namespace {

using row = std::vector<cell>;

script rows_of(const std::vector<row>& rows) {
  script made;
  for (const row& one_row : rows) made.row(one_row);
  return made;
}

/// Parents of one column, id.
scripted_fields parents(const std::vector<cell>& ids) {
  script made;
  for (const cell& id : ids) made.row({id});
  return {{"id"}, std::move(made)};
}
/// Children of two columns: whose they are, and their number.
scripted_fields children(const std::vector<cell>& of) {
  script made;
  int n = 0;
  for (const cell& parent : of) made.row({parent, ++n});
  return {{"of", "n"}, std::move(made)};
}

/// One relation, of integers.
std::string joined(const std::vector<cell>& ids, const std::vector<cell>& of, on keys = on(equal("id", "of"))) {
  return bytes_of(nest(parents(ids), many("c", children(of), std::move(keys))));
}
error failed_join(const std::vector<cell>& ids, const std::vector<cell>& of, on keys = on(equal("id", "of"))) {
  return failure_of(nest(parents(ids), many("c", children(of), std::move(keys))));
}

ordered_json table(const std::string& sql) {
  return tests::parse_ordered_json(
      drain(raw_stream{sqlite::query{sqlite::connection::open_read_only(music_shop()), sql}}).bytes);
}
sqlite::query rows(const std::string& sql) { return {sqlite::connection::open_read_only(music_shop()), sql}; }

/// Puts those children into each parent that have the same values of the columns, in the order in which they come.
void put_into(ordered_json& all_parents, const std::string& name, const ordered_json& all_children,
              const std::vector<std::string>& columns) {
  for (ordered_json& parent : all_parents) {
    parent[name] = ordered_json::array();
    for (const ordered_json& child : all_children)
      if (std::ranges::all_of(columns, [&](const std::string& column) { return child[column] == parent[column]; }))
        parent[name].push_back(child);
  }
}

}  // namespace

TEST_CASE("nest: how many relations there are, and which keys they have, may be known only when the program runs") {
  const auto made = [](std::vector<equal> keys_of_deeper) {
    std::vector<scripted_fields> all;
    all.push_back(parents({1, 2, 3}));
    all.push_back(children({1, 1, 3}));
    all.push_back({{"of", "n", "m"}, rows_of({{1, 1, 7}, {1, 2, 8}, {1, 2, 9}})});
    std::vector<tidemark::joined_relation> relations(3);
    relations[1].what = {"c", 0};
    relations[1].keys = on(std::vector<equal>{equal("id", "of")});
    relations[2].what = {"d", 1};
    relations[2].keys = on(std::move(keys_of_deeper));
    return nest(std::move(all), std::move(relations));
  };
  CHECK(bytes_of(made({equal("id", "of"), "n"})) ==
        R"([{"id":1,"c":[{"of":1,"n":1,"d":[{"of":1,"n":1,"m":7}]},)"
        R"({"of":1,"n":2,"d":[{"of":1,"n":2,"m":8},{"of":1,"n":2,"m":9}]}]},)"
        R"({"id":2,"c":[]},{"id":3,"c":[{"of":3,"n":3,"d":[]}]}])");
  try {
    made({"n"});
    FAIL("keys that do not fit");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message() ==
          "the relation \"c.d\" needs the columns of 2 keys, one for each ancestor from the root down; on() names 1");
  }
}

TEST_CASE("nest: artists, albums and tracks are what a join in memory makes of them") {
  const std::string artists = "select * from Artist order by ArtistId";
  const std::string albums = "select * from Album order by ArtistId, AlbumId";
  const std::string tracks =
      "select a.ArtistId, t.* from Track t join Album a using (AlbumId) order by a.ArtistId, t.AlbumId, t.TrackId";
  ordered_json all_albums = table(albums), expected = table(artists);
  put_into(all_albums, "tracks", table(tracks), {"ArtistId", "AlbumId"});
  put_into(expected, "albums", all_albums, {"ArtistId"});

  const auto walk = [&] {
    return nest(rows(artists),
                many("albums", rows(albums), on("ArtistId"), many("tracks", rows(tracks), on("ArtistId", "AlbumId"))));
  };
  const std::string whole = bytes_of(walk());
  const bool is_same = tests::parse_ordered_json(whole) == expected;
  CHECK(is_same);
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 3, 64, 1000, 1'000'000}) {
    const drained cut = drain_of(walk(), byte_mark(mark));
    const bool is_whole = cut.bytes == whole;
    CHECK(is_whole);
    CHECK(*std::ranges::max_element(cut.chunk_sizes) <= mark);
  }
}

TEST_CASE("nest: customers, invoices and lines are what a join in memory makes of them") {
  const std::string customers = "select * from Customer order by Country, CustomerId";
  const std::string invoices =
      "select c.Country, i.* from Invoice i join Customer c using (CustomerId) order by c.Country, CustomerId, "
      "InvoiceId";
  const std::string lines =
      "select c.Country, i.CustomerId, l.* from InvoiceLine l join Invoice i using (InvoiceId) join Customer c using "
      "(CustomerId) order by c.Country, CustomerId, InvoiceId, InvoiceLineId";
  ordered_json all_invoices = table(invoices), expected = table(customers);
  put_into(all_invoices, "lines", table(lines), {"Country", "CustomerId", "InvoiceId"});
  put_into(expected, "invoices", all_invoices, {"Country", "CustomerId"});

  const equal customer({"Country", "CustomerId"}, {"Country", "CustomerId"});
  const std::string whole =
      bytes_of(nest(rows(customers), many("invoices", rows(invoices), on(customer),
                                          many("lines", rows(lines), on(customer, "InvoiceId")))));
  const bool is_same = tests::parse_ordered_json(whole) == expected;
  CHECK(is_same);
}

TEST_CASE("nest: children are those of the whole path of keys, not of the last one") {
  // Albums 1 and 4 are artist 1's, 2 is artist 2's; and both artists have an album 9.
  auto walk =
      nest(parents({1, 2}),
           many("albums", scripted_fields({"artist", "album"}, rows_of({{1, 1}, {1, 4}, {1, 9}, {2, 2}, {2, 9}})),
                on(equal("id", "artist")),
                many("tracks",
                     scripted_fields({"artist", "album", "t"},
                                     rows_of({{1, 1, "a"}, {1, 4, "b"}, {1, 9, "c"}, {2, 2, "d"}, {2, 9, "e"}})),
                     on(equal("id", "artist"), "album"))));
  const std::string bytes = bytes_of(std::move(walk));
  CHECK(bytes == R"([{"id":1,"albums":[{"artist":1,"album":1,"tracks":[{"artist":1,"album":1,"t":"a"}]},)"
                 R"({"artist":1,"album":4,"tracks":[{"artist":1,"album":4,"t":"b"}]},)"
                 R"({"artist":1,"album":9,"tracks":[{"artist":1,"album":9,"t":"c"}]}]},)"
                 R"({"id":2,"albums":[{"artist":2,"album":2,"tracks":[{"artist":2,"album":2,"t":"d"}]},)"
                 R"({"artist":2,"album":9,"tracks":[{"artist":2,"album":9,"t":"e"}]}]}])");
}

TEST_CASE("nest: relations of one parent come in declared order, and empty ones are there") {
  const auto walk = [](const std::vector<cell>& first, const std::vector<cell>& second,
                       const std::vector<cell>& third) {
    return bytes_of(nest(parents({1, 2}), many("a", children(first), on(equal("id", "of"))),
                         one("b", children(second), on(equal("id", "of"))),
                         many("c", children(third), on(equal("id", "of")))));
  };
  CHECK(walk({}, {}, {}) == R"([{"id":1,"a":[],"b":null,"c":[]},{"id":2,"a":[],"b":null,"c":[]}])");
  CHECK(walk({1, 1, 2}, {2}, {1}) == R"([{"id":1,"a":[{"of":1,"n":1},{"of":1,"n":2}],"b":null,"c":[{"of":1,"n":1}]},)"
                                     R"({"id":2,"a":[{"of":2,"n":3}],"b":{"of":2,"n":1},"c":[]}])");
  CHECK(bytes_of(nest(parents({}), many("a", children({}), on(equal("id", "of"))))) == "[]");
}

TEST_CASE("nest: a second row of a to-one is an error that names its relation and row") {
  const error failed = failure_of(nest(parents({1, 2}), one("label", children({1, 2, 2}), on(equal("id", "of")))));
  CHECK(failed.kind() == failure::value);
  CHECK(failed.relation() == "label");
  CHECK(failed.row() == std::uint64_t{3});
}

TEST_CASE("nest: five levels, each with its own, and every mark gives the same bytes") {
  // Each row has two children; the path is in the columns.
  const auto level = [](std::size_t depth) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i != depth; ++i) names.push_back("k" + std::to_string(i));
    script made;
    for (std::size_t number = 0; number != std::size_t{1} << depth; ++number) {
      row cells;
      for (std::size_t i = 0; i != depth; ++i) cells.emplace_back(static_cast<int>(number >> (depth - 1 - i) & 1));
      made.row(std::move(cells));
    }
    return scripted_fields(names, std::move(made));
  };
  const auto walk = [&] {
    return nest(
        level(1),
        many("l2", level(2), on("k0"),
             many("l3", level(3), on("k0", "k1"),
                  many("l4", level(4), on("k0", "k1", "k2"), many("l5", level(5), on("k0", "k1", "k2", "k3"))))));
  };
  const std::function<std::string(std::vector<int>)> expected = [&](const std::vector<int>& path) {
    std::string made = "{";
    for (std::size_t i = 0; i != path.size(); ++i)
      made += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(path[i]);
    if (path.size() == 5) return made + "}";
    std::vector<int> first = path, second = path;
    first.push_back(0);
    second.push_back(1);
    return made + ",\"l" + std::to_string(path.size() + 1) + "\":[" + expected(first) + "," + expected(second) + "]}";
  };
  const std::string whole = "[" + expected({0}) + "," + expected({1}) + "]";
  for (std::size_t mark = 1; mark <= 200; ++mark) {
    const drained cut = drain_of(walk(), byte_mark(mark));
    REQUIRE(cut.bytes == whole);
    REQUIRE(*std::ranges::max_element(cut.chunk_sizes) <= mark);
  }
}

TEST_CASE("nest: keys of every kind") {
  const std::string two = R"([{"id":%1,"c":[{"of":%1,"n":1}]},{"id":%2,"c":[{"of":%2,"n":2},{"of":%2,"n":3}]}])";
  const auto expected = [&](const std::string& first, const std::string& second) {
    std::string made = two;
    for (std::size_t at = 0; (at = made.find('%')) != std::string::npos;)
      made.replace(at, 2, made[at + 1] == '1' ? first : second);
    return made;
  };
  CHECK(joined({-5, 7}, {-5, 7, 7}) == expected("-5", "7"));
  CHECK(joined({"B", "a"}, {"B", "a", "a"}) == expected("\"B\"", "\"a\""));
  CHECK(joined({cell::bytes("\x01"), cell::bytes("\xFF")},
               {cell::bytes("\x01"), cell::bytes("\xFF"), cell::bytes("\xFF")}) == expected("\"AQ==\"", "\"/w==\""));
  CHECK(joined({1.5, 2.5}, {1.5, 2.5, 2.5}) == expected("1.5", "2.5"));
  CHECK(joined({cell::decimal("1.50"), cell::decimal("10.5")},
               {cell::decimal("1.50"), cell::decimal("10.5"), cell::decimal("10.5")}) == expected("1.50", "10.5"));
  CHECK(joined({false, true}, {false, true, true}) == expected("false", "true"));
  // Of different kinds, and beyond what a double tells apart.
  CHECK(joined({std::int64_t{9007199254740992}, std::int64_t{9007199254740993}},
               {cell::decimal("9007199254740992.0"), cell::decimal("9007199254740993"),
                std::uint64_t{9007199254740993}}) ==
        R"([{"id":9007199254740992,"c":[{"of":9007199254740992.0,"n":1}]},)"
        R"({"id":9007199254740993,"c":[{"of":9007199254740993,"n":2},{"of":9007199254740993,"n":3}]}])");
  CHECK(joined({1, 2}, {cell::decimal("1.00"), cell::decimal("2e0"), 2.0}) ==
        R"([{"id":1,"c":[{"of":1.00,"n":1}]},{"id":2,"c":[{"of":2e0,"n":2},{"of":2,"n":3}]}])");
}

TEST_CASE("nest: the order is ascending, or the one that was said") {
  const std::string back = R"([{"id":2,"c":[{"of":2,"n":1}]},{"id":1,"c":[{"of":1,"n":2},{"of":1,"n":3}]}])";
  CHECK(joined({2, 1}, {2, 1, 1}, on(equal("id", "of")).descending()) == back);
  CHECK(joined({2, 1}, {2, 1, 1}, on(equal("id", "of")).in_any_order()) == back);
  CHECK(failed_join({2, 1}, {2, 1, 1}).row() == std::uint64_t{2});
  CHECK(failed_join({1, 2}, {1, 2, 2}, on(equal("id", "of")).descending()).row() == std::uint64_t{2});

  // As a database with a collation that does not look at case sorts them: a, B, c.
  const auto without_case = [](const tidemark::field& child, const tidemark::field& ancestor) -> std::weak_ordering {
    const auto lower = [](std::string_view text) {
      std::string made;
      for (const char character : text) made += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
      return made;
    };
    return lower(child.as_view()) <=> lower(ancestor.as_view());
  };
  CHECK(joined({"a", "B", "c"}, {"A", "b", "B"}, on(equal("id", "of")).compared_by(without_case)) ==
        R"([{"id":"a","c":[{"of":"A","n":1}]},{"id":"B","c":[{"of":"b","n":2},{"of":"B","n":3}]},{"id":"c","c":[]}])");
  CHECK(failed_join({"a", "B", "c"}, {"a", "B"}).row() == std::uint64_t{2});
}

TEST_CASE("nest: a child without a parent is an error that names its row and both keys") {
  struct place {
    std::vector<cell> of;
    std::uint64_t row;
    std::string key;
    std::string why;
  };
  for (const place& wrong : std::vector<place>{{{0, 1, 3}, 1, "of 0", "the one that is open has id 1"},
                                               {{1, 2, 3}, 2, "of 2", "the one that is open has id 3"},
                                               {{1, 3, 3, 4}, 4, "of 4", "there are no more parents"},
                                               {{1, 3, 1}, 3, "of 1", "the one that is open has id 3"},
                                               {{1, nullptr, 3}, 2, "of null", "the one that is open has id 1"},
                                               {{1, 3, nullptr}, 3, "of null", "the one that is open has id 3"}}) {
    const error failed = failed_join({1, 3}, wrong.of);
    CHECK(failed.kind() == failure::value);
    CHECK(failed.relation() == "c");
    CHECK(failed.row() == wrong.row);
    CHECK(failed.message() == "no parent has the key of this row, " + wrong.key + ": " + wrong.why);
  }
  CHECK(failed_join({}, {1}).message() == "no parent has the key of this row, of 1: there are no more parents");
  CHECK(failed_join({1, 3}, {1, 2, 3}, on(equal("id", "of")).in_any_order()).row() == std::uint64_t{2});
}

TEST_CASE("nest: a grandchild whose parent is missing is an orphan, whatever comes behind it") {
  const auto walk = [](const std::vector<row>& albums, const std::vector<row>& tracks) {
    return nest(parents({1, 2}),
                many("albums", scripted_fields({"artist", "album"}, rows_of(albums)), on(equal("id", "artist")),
                     many("tracks", scripted_fields({"artist", "album"}, rows_of(tracks)),
                          on(equal("id", "artist"), "album"))));
  };
  for (const auto& [albums, tracks, orphan] :
       std::vector<std::tuple<std::vector<row>, std::vector<row>, std::uint64_t>>{
           {{{1, 1}}, {{1, 1}, {1, 2}}, 2},
           {{{1, 2}}, {{1, 1}, {1, 2}}, 1},
           {{{2, 1}}, {{1, 1}, {2, 1}}, 1},
           {{{1, 1}, {2, 1}}, {{1, 1}, {1, 3}, {2, 1}}, 2},
           {{}, {{1, 1}}, 1},
           {{{1, 1}}, {{1, 1}, {3, 1}}, 2}}) {
    const error failed = failure_of(walk(albums, tracks));
    CHECK(failed.relation() == "albums.tracks");
    CHECK(failed.row() == orphan);

    std::vector<error> reported;
    const std::string bytes =
        bytes_of(walk(albums, tracks).report_orphans([&](const error& one_orphan) { reported.push_back(one_orphan); }));
    REQUIRE(reported.size() == 1);
    CHECK(reported[0].row() == orphan);
    CHECK(reported[0].message() == failed.message());
    CHECK(bytes == bytes_of(walk(albums, tracks).skip_orphans()));
    // All others are there.
    const auto count = [&](const std::string& what) {
      std::size_t found = 0;
      for (std::size_t at = 0; (at = bytes.find(what, at)) != std::string::npos; ++at) ++found;
      return found;
    };
    CHECK(count("\"id\"") == 2);
    CHECK(count("\"artist\"") == albums.size() + tracks.size() - 1);
  }
}

TEST_CASE("nest: orphans that are skipped or reported leave all others where they belong") {
  std::vector<std::string> reported;
  const auto walk = [] {
    return nest(parents({1, 3}), many("c", children({0, 1, nullptr, 1, 2, 3, 9, 9}), on(equal("id", "of"))));
  };
  const std::string expected = R"([{"id":1,"c":[{"of":1,"n":2},{"of":1,"n":4}]},{"id":3,"c":[{"of":3,"n":6}]}])";
  CHECK(bytes_of(walk().skip_orphans()) == expected);
  CHECK(bytes_of(walk().report_orphans([&](const error& orphan) {
          reported.push_back(orphan.relation() + " " + std::to_string(orphan.row().value_or(0)));
        })) == expected);
  CHECK(reported == std::vector<std::string>{"c 1", "c 3", "c 5", "c 7", "c 8"});

  const auto refuse = [](const error&) { throw std::runtime_error("enough"); };
  const drained refused = drain_of(walk().report_orphans(refuse));
  CHECK(refused.foreign);
  CHECK_FALSE(tests::is_json(refused.bytes));
}

TEST_CASE("nest: a key of null is nobody's, neither a parent's nor a child's") {
  CHECK(joined({nullptr, 1}, {1}) == R"([{"id":null,"c":[]},{"id":1,"c":[{"of":1,"n":1}]}])");
  CHECK(failed_join({nullptr}, {nullptr}).row() == std::uint64_t{1});
  CHECK(failed_join({nullptr}, {1}).row() == std::uint64_t{1});
}

TEST_CASE("nest: keys of different sorts are an error that names row and column") {
  for (const cell& wrong : {cell("1"), cell(true), cell::bytes("1"), cell::json("1"), cell::text_in_pieces("1", 1)}) {
    const error failed = failed_join({1, 2}, {1, wrong});
    CHECK(failed.kind() == failure::value);
    CHECK(failed.relation() == "c");
    CHECK(failed.row() == std::uint64_t{2});
    CHECK(failed.column() == "of");
  }
}

TEST_CASE("nest: two parents with children and the same key are an error, without children they are not") {
  CHECK(joined({1, 1, 2}, {2}) == R"([{"id":1,"c":[]},{"id":1,"c":[]},{"id":2,"c":[{"of":2,"n":1}]}])");
  const error failed = failed_join({1, 1, 2}, {1, 2});
  CHECK(failed.kind() == failure::value);
  CHECK(failed.message() == R"(two parents of "c" have the same key, id 1)");
  CHECK(failed.row() == std::uint64_t{2});
  const error text = failed_join({"a", "a"}, {"a"});
  CHECK(text.row() == std::uint64_t{2});
}

TEST_CASE("nest: a row that two parents would share is an error, whatever other keys they have") {
  const auto albums = [] { return scripted_fields({"id", "label"}, rows_of({{1, 7}, {2, 7}})); };
  const auto labels = [] { return scripted_fields({"id"}, rows_of({{7}})); };
  const auto tracks = [] { return scripted_fields({"album"}, rows_of({{2}})); };
  const error failed = failure_of(nest(albums(), one("label", labels(), on(equal("label", "id"))),
                                       many("tracks", tracks(), on(equal("id", "album")))));
  CHECK(failed.kind() == failure::value);
  CHECK(failed.message() == R"(two parents of "label" have the same key, label 7)");
  CHECK(failed.row() == std::uint64_t{2});
}

TEST_CASE("nest: keys at the start of a row are written once for many rows, and nobody sees that") {
  struct layout {
    std::vector<std::string> columns;
    std::vector<std::size_t> sources;  // of: the first key, the second one, the number of the row
  };
  const std::string long_name(70, 'x');
  const std::vector<layout> layouts = {
      {{"a", "b", "n"}, {0, 1, 2}},
      {{"b", "a", "n"}, {1, 0, 2}},
      {{"a", "n", "b"}, {0, 2, 1}},
      {{"n", "a", "b"}, {2, 0, 1}},
      {{"a", "b"}, {0, 1}},
      {{"a", "b", "b", "n"}, {0, 1, 1, 2}},
      {{"a", "b", long_name}, {0, 1, 2}},
      {{"a", long_name, "b"}, {0, 2, 1}},
  };
  // Keys that are no whole numbers go the slow way, and some runs have both.
  const std::vector<row> keys = {{-9223372036854775807, 5}, {1, 1},           {1, 2}, {2, 9007199254740993},
                                 {3, cell::decimal("4")},   {cell(3.5), "4"}, {4, 7}};
  const auto parents_of_two = [&] { return scripted_fields({"a", "b"}, rows_of(keys)); };
  const auto children_as = [&](const layout& wanted) {
    script made;
    int n = 0;
    for (std::size_t k = 0; k != keys.size(); ++k)
      for (std::size_t count = 0; count != k; ++count) {
        row one_row;
        const row all = {keys[k][0], keys[k][1], cell(++n)};
        for (const std::size_t source : wanted.sources) one_row.push_back(all[source]);
        made.row(one_row);
      }
    return scripted_fields(wanted.columns, std::move(made));
  };
  const auto written = [&](const layout& wanted, on how, std::size_t mark, tidemark::json_options options) {
    return drain(raw_stream{nest(parents_of_two(), many("c", children_as(wanted), std::move(how))),
                            tidemark::format::array{}, byte_mark{mark}, options});
  };
  const on quick(equal({"a", "b"}, {"a", "b"}));
  const tidemark::json_options as_numbers;
  const tidemark::json_options as_strings{.integer = tidemark::json_options::integers::string};
  for (const layout& wanted : layouts) {
    for (const tidemark::json_options& options : {as_numbers, as_strings}) {
      const drained slow = written(wanted, on(quick).compared_by(tidemark::compare), 65536, options);
      INFO(slow.bytes);
      REQUIRE_FALSE(slow.failure);
      CHECK(tests::parse_ordered_json(slow.bytes)[6]["c"].size() == 6);
      for (std::size_t mark = 1; mark < 300; mark += mark < 120 ? 1 : 17) {
        const drained all = written(wanted, quick, mark, options);
        CHECK(all.bytes == slow.bytes);
        CHECK(std::ranges::max(all.chunk_sizes) <= mark);
      }
    }
  }
}

TEST_CASE("nest: what on() names must be there, and a key for each ancestor") {
  const error missing = failed_join({1}, {1}, on(equal("id", "parent")));
  CHECK(missing.kind() == failure::usage);
  CHECK(missing.message() == R"(the rows of "c" have no column "parent", which on() of "c" names)");
  CHECK(failed_join({1}, {1}, on(equal("ID", "of"))).message() ==
        R"(the rows of the root have no column "ID", which on() of "c" names)");
  const error few = thrown_by([] {
    nest(parents({}), many("a", children({}), on(equal("id", "of")), many("b", children({}), on(equal("n", "of")))));
  });
  CHECK(few.kind() == failure::usage);
  CHECK(few.message() ==
        R"(the relation "a.b" needs the columns of 2 keys, one for each ancestor from the root down; on() names 1)");
  CHECK(thrown_by([] { nest(parents({}), many("a", children({}), on(equal({"id"}, {"of", "n"})))); }).kind() ==
        failure::usage);
}

TEST_CASE("nest: pending at every row of every producer gives the same bytes, and waits for the right one") {
  const std::vector<row> ids = {{1}, {2}, {3}}, of = {{1, 1}, {1, 2}, {3, 3}};
  const auto with_pending = [](const std::vector<std::string>& names, const std::vector<row>& all, std::size_t place) {
    script made;
    for (std::size_t i = 0; i <= all.size(); ++i) {
      if (i == place) made.pending().pending();
      if (i != all.size()) made.row(all[i]);
    }
    return with_wait<scripted_fields>(names, std::move(made));
  };
  const auto walk = [&](std::size_t in_parents, std::size_t in_children) {
    return nest(with_pending({"id"}, ids, in_parents),
                many("c", with_pending({"of", "n"}, of, in_children), on(equal("id", "of"))));
  };
  const std::string expected =
      R"([{"id":1,"c":[{"of":1,"n":1},{"of":1,"n":2}]},{"id":2,"c":[]},{"id":3,"c":[{"of":3,"n":3}]}])";
  for (std::size_t in_parents = 0; in_parents <= 4; ++in_parents) {
    for (std::size_t in_children = 0; in_children <= 4; ++in_children) {
      const drained all = drain_of(walk(in_parents, in_children));
      REQUIRE(all.bytes == expected);
      REQUIRE(all.pendings >= (in_parents < 4 ? 1 : 0));

      with_wait<scripted_fields> first = with_pending({"id"}, ids, in_parents),
                                 second = with_pending({"of", "n"}, of, in_children);
      const auto seen = first.watch(), seen_children = second.watch();
      raw_stream stream{nest(std::move(first), many("c", std::move(second), on(equal("id", "of"))))};
      std::string bytes;
      while (const auto chunk = stream.pull()) bytes += *chunk;
      REQUIRE(bytes == expected);
      REQUIRE((seen->waits > 0) == (in_parents < 4));
      REQUIRE((seen_children->waits > 0) == (in_children < 4));
    }
  }
}

TEST_CASE("nest: a failure at any row of any producer never looks complete, and names relation and row") {
  const std::vector<row> ids = {{1}, {2}, {3}}, of = {{1, 1}, {1, 2}, {3, 3}};
  const auto failing = [](const std::vector<std::string>& names, const std::vector<row>& all, std::size_t place) {
    script made;
    for (std::size_t i = 0; i != std::min(place, all.size()); ++i) made.row(all[i]);
    if (place <= all.size()) made.fail(error(failure::producer, "the disk is gone"));
    return scripted_fields(names, std::move(made));
  };
  for (std::size_t place = 0; place <= 3; ++place) {
    for (std::size_t mark = 1; mark <= 100; ++mark) {
      const auto check = [&](std::size_t in_parents, std::size_t in_children, const std::string& relation,
                             std::uint64_t at) {
        scripted_fields first = failing({"id"}, ids, in_parents), second = failing({"of", "n"}, of, in_children);
        const auto seen = first.watch(), seen_children = second.watch();
        raw_stream stream{nest(std::move(first), many("c", std::move(second), on(equal("id", "of")))),
                          tidemark::format::array{}, byte_mark(mark)};
        const drained all = drain(stream);
        REQUIRE_FALSE(tests::is_json(all.bytes));
        REQUIRE(all.failure);
        REQUIRE(all.failure->message() == "the disk is gone");
        REQUIRE(all.failure->relation() == relation);
        REQUIRE(all.failure->row() == at);
        REQUIRE(all.failure->byte_offset() == all.bytes.size());
        REQUIRE_FALSE(seen->is_alive);
        REQUIRE_FALSE(seen_children->is_alive);
      };
      check(place, 9, "", place + 1);
      check(9, place, "c", place + 1);
    }
  }
}

TEST_CASE("nest: no row is fetched before it is needed") {
  scripted_fields first = parents({1, 2}), second = children({1, 1, 2});
  const auto seen = first.watch(), seen_children = second.watch();
  raw_stream stream{nest(std::move(first), many("c", std::move(second), on(equal("id", "of")))),
                    tidemark::format::array{}, byte_mark(1)};
  CHECK(seen->nexts == 0);
  std::string bytes;
  const auto pull_to = [&](const std::string& end) {
    while (!bytes.ends_with(end)) bytes += *stream.pull();
  };
  pull_to("[{\"id\":1");
  CHECK(seen->nexts == 1);
  CHECK(seen_children->nexts == 0);
  pull_to("\"c\":[{");
  CHECK(seen_children->nexts == 1);  // the first byte of the first child, and the second is not fetched
  pull_to("\"n\":1}");
  CHECK(seen_children->nexts == 1);
  pull_to("\"n\":2");
  CHECK(seen_children->nexts == 2);
  CHECK(seen->nexts == 1);
  stream.close();
  CHECK_FALSE(seen->is_alive);
  CHECK_FALSE(seen_children->is_alive);
}

namespace {

/// Rows of two numbers: `each` for every one of `parents`.
class numbers {
 public:
  numbers(std::int64_t parents, std::int64_t each) : parents_(parents), each_(each) {}

  progress next() {
    if (++n_ == each_) {
      n_ = 0;
      ++parent_;
    }
    return parent_ < parents_ && each_ != 0 ? progress::row : progress::end;
  }
  std::span<const tidemark::column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept { return tidemark::field::integer(i == 0 ? parent_ : n_); }

 private:
  std::vector<tidemark::column> columns_ = {{"id"}, {"n"}};
  std::int64_t parents_;
  std::int64_t each_;
  std::int64_t parent_ = 0;
  std::int64_t n_ = -1;
};

}  // namespace

TEST_CASE("nest: very many children of one parent, and very many parents without any, take no more memory") {
  const auto check = [](std::int64_t count, std::int64_t each, std::uint64_t size) {
    raw_stream stream{nest(numbers(count, 1), many("c", numbers(count, each), on("id"))), tidemark::format::array{},
                      byte_mark(4096)};
    while (stream.pull()) continue;
    CHECK(stream.stats().rows == static_cast<std::uint64_t>(count));
    CHECK(stream.stats().bytes == size);
    CHECK(stream.stats().peak_buffered <= 4096 + 2048);
  };
  const auto digits = [](std::uint64_t below) {  // of all numbers from 0
    std::uint64_t sum = below == 0 ? 0 : 1;
    for (std::uint64_t i = 1; i < below; ++i) sum += std::to_string(i).size();
    return sum;
  };
  const auto with_commas = [](std::uint64_t count, std::string_view each) { return count * (each.size() + 1) - 1; };
  check(3, 300'000,
        2 + with_commas(3, R"({"id":0,"n":0,"c":[]})") +
            3 * (with_commas(300'000, R"({"id":0,"n":})") + digits(300'000)));
  check(1'000'000, 0, 2 + with_commas(1'000'000, R"({"id":,"n":0,"c":[]})") + digits(1'000'000));
}

TEST_CASE("nest: rows of text are joined by their keys, and rows may be changed at every level") {
  sqlite::connection db{":memory:"};
  db.execute(
      "create table p(id, name); insert into p values (1, 'a'), (2, 'b');"
      "create table c(p, n); insert into c values (1, 10), (1, 11), (2, 20)");
  const auto walk = [&](auto change_parents, auto change_children) {
    return nest(
        tidemark::transform(sqlite::query{db, "select * from p"}, change_parents),
        many("c", tidemark::transform(sqlite::query{db, "select * from c"}, change_children), on(equal("id", "p"))));
  };
  const auto untouched = [](auto&) {};
  CHECK(bytes_of(walk(untouched, untouched)) ==
        R"([{"id":1,"name":"a","c":[{"p":1,"n":10},{"p":1,"n":11}]},{"id":2,"name":"b","c":[{"p":2,"n":20}]}])");
  const auto change_parents = [](auto& here) {
    here.remove("id");  // the key is that of the row as it came
    here.rename("name", "title");
  };
  const auto change_children = [](auto& here) {
    if (here.template get<int>("n") == 11) here.drop();
    here.remove("p");
    here.set("n", here.template get<int>("n") * 2);
  };
  CHECK(bytes_of(walk(change_parents, change_children)) ==
        R"([{"title":"a","c":[{"n":20}]},{"title":"b","c":[{"n":40}]}])");
  const auto empty = [](auto& here) {
    here.remove("id");
    here.remove("name");
    here.remove("p");
    here.remove("n");
  };
  CHECK(bytes_of(walk(empty, empty)) == R"([{"c":[{},{}]},{"c":[{}]}])");

  // Lines of JSON, which keep their bytes.
  std::istringstream lines("{ \"id\" : 1.0 }\n{\"id\":2,\"x\":[ ]}\n{}\n"),
      child_lines("{\"of\":1}\n{\"of\":2,\"of2\":1e0}\n");
  const auto keyed = [](std::istream& from) {
    return tidemark::filter(tidemark::transform(tidemark::ndjson::rows{tidemark::ndjson::stream(from)}, [](auto&) {}),
                            [](const auto& here) { return here.contains("id") || here.contains("of"); });
  };
  CHECK(bytes_of(nest(keyed(lines), many("c", keyed(child_lines), on(equal("id", "of"))))) ==
        R"([{ "id" : 1.0,"c":[{"of":1}]},{"id":2,"x":[ ],"c":[{"of":2,"of2":1e0}]}])");
}

TEST_CASE("nest: one canceller stops the queries of all relations") {
  const std::string endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i as id from n";
  const auto connect = [] { return sqlite::connection{":memory:"}; };
  const auto check = [](auto walk) {
    raw_stream stream{std::move(walk)};
    const tidemark::canceller stop = stream.canceller();
    REQUIRE(stream.pull());
    stop.cancel();
    const drained all = drain(stream);
    REQUIRE(all.failure);
    CHECK(all.failure->kind() == failure::canceled);
  };
  check(nest(sqlite::query{connect(), endless}, many("c", sqlite::query{connect(), "select 1 as id"}, on("id"))));
  check(nest(sqlite::query{connect(), "select 1 as id"},
             many("c",
                  sqlite::query{connect(),
                                "with recursive n(i) as (select 1 union all select i from n) select i as id from n"},
                  on("id"))));
}

TEST_CASE("nest: a walk of lines has a row a line") {
  auto walk = nest(parents({1, 2}), many("c", children({2}), on(equal("id", "of"))));
  const std::string bytes = drain(raw_stream{std::move(walk), tidemark::format::ndjson{}}).bytes;
  CHECK(bytes == "{\"id\":1,\"c\":[]}\n{\"id\":2,\"c\":[{\"of\":2,\"n\":1}]}\n");
}

}  // namespace adapt_nest_tests
