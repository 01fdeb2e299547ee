#include <tidemark/adapt/lookup/batched.hpp>

#include "catch.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/adapt/lookup.hpp>
#include <tidemark/error.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"
#include "nlohmann_json.hpp"
#include "tables.hpp"

namespace adapt_lookup_batched_tests {

using namespace tests;
using tidemark::one;

namespace {

static_assert(tidemark::bindable_producer<tidemark::batched<query>>);
static_assert(!tidemark::bindable_producer<tidemark::batched<scripted_fields>>);
template <class Rows>
concept can_be_batched = requires(Rows rows) { in_batches(std::move(rows)); };
static_assert(can_be_batched<query>);
static_assert(!can_be_batched<sqlite::text_query>);
static_assert(!can_be_batched<tidemark::testing::scripted_walk>);

static_assert(tidemark::batched_producer<tidemark::batched<query>>);
static_assert(!tidemark::batched_producer<query>);
static_assert(tidemark::always_blocks<tidemark::batched<query>>);
static_assert(tidemark::has_wait<tidemark::batched<scripted>>);

static_assert(tidemark::walk<decltype(batched_walk({}, std::declval<any_rows>()))>);
static_assert(tidemark::has_wait<decltype(batched_walk({}, std::declval<any_rows>()))>);

}  // namespace

TEST_CASE("lookup: for a parent whose key is null nothing is asked, and it has no children") {
  std::vector<std::string> bound;
  const auto find = [&](keys of) {
    std::string shown;
    for (const field& key : of) shown += std::to_string(key.as_integer()) + ";";
    bound.push_back(shown);
    return played({{"n"}, {{7}}});
  };
  const table all{{"a", "b"}, {{1, 2}, {nullptr, 2}, {1, nullptr}, {3, 4}, {nullptr, nullptr}}};
  CHECK(bytes_of(lookup(any_played(all), many("c", asked(find), on(equal({"a", "b"}, {"a", "b"}))))) ==
        R"([{"a":1,"b":2,"c":[{"n":7}]},{"a":null,"b":2,"c":[]},{"a":1,"b":null,"c":[]},)"
        R"({"a":3,"b":4,"c":[{"n":7}]},{"a":null,"b":null,"c":[]}])");
  CHECK(bound == std::vector<std::string>{"1;2;", "3;4;"});

  CHECK(bytes_of(batched_walk({nullptr, 1, nullptr, 2}, of_batch(children({1, 2})))) ==
        R"([{"id":null,"c":[]},{"id":1,"c":[{"of":1,"n":1}]},{"id":null,"c":[]},{"id":2,"c":[{"of":2,"n":2}]}])");
}

TEST_CASE("lookup: one query is asked for each parent, or for each batch, which grows to its mark") {
  std::vector<cell> ids;
  std::string expected;
  for (int id = 1; id <= 12; ++id) {
    ids.emplace_back(id);
    const std::string shown = std::to_string(id);
    expected += (expected.empty() ? "[" : ",") + ("{\"id\":" + shown) + ",\"c\":[{\"of\":" + shown +
                "},{\"of\":" + shown + "}]}";
  }
  expected += "]";
  std::vector<std::string> bound;
  CHECK(bytes_of(lookup(parents(ids), many("c", any_rows(counted(bound)), on("id")))) == expected);
  CHECK(bound == std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"});

  const auto check = [&](std::size_t mark, const std::vector<std::string>& batches) {
    bound.clear();
    CHECK(bytes_of(lookup(in_batches(parents(ids), row_mark(mark)),
                          many("c", any_rows(counted(bound)), on(equal("id", "of"))))) == expected);
    CHECK(bound == batches);
  };
  check(100, {"[1]", "[2,3]", "[4,5,6,7]", "[8,9,10,11,12]"});
  check(5, {"[1]", "[2,3]", "[4,5,6,7]", "[8,9,10,11,12]"});
  check(4, {"[1]", "[2,3]", "[4,5,6,7]", "[8,9,10,11]", "[12]"});
  check(3, {"[1]", "[2,3]", "[4,5,6]", "[7,8,9]", "[10,11,12]"});
  check(2, {"[1]", "[2,3]", "[4,5]", "[6,7]", "[8,9]", "[10,11]", "[12]"});
  check(1, {"[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]", "[8]", "[9]", "[10]", "[11]", "[12]"});
}

TEST_CASE("lookup: a batch is read when its first row is needed, and no further than its mark") {
  scripted first = scripted_parents({1, 2, 3, 4, 5, 6, 7, 8});
  const auto seen = first.watch();
  std::vector<std::string> bound;
  raw_stream stream{any_walk(lookup(in_batches(any_rows(std::move(first)), row_mark(3)),
                                    many("c", any_rows(counted(bound)), on(equal("id", "of"))))),
                    tidemark::format::array{}, byte_mark(1)};
  std::string bytes;
  const auto pull_to = [&](const std::string& end) {
    while (!bytes.ends_with(end)) bytes += *stream.pull();
  };
  for (const auto& [id, nexts] : std::initializer_list<std::pair<int, std::size_t>>{
           {1, 1}, {2, 3}, {3, 3}, {4, 6}, {5, 6}, {6, 6}, {7, 9}, {8, 9}}) {
    pull_to("{\"id\":" + std::to_string(id));
    CHECK(seen->nexts == nexts);
  }
  CHECK(bound == std::vector<std::string>{"[1]", "[2,3]", "[4,5,6]", "[7,8]"});
}

TEST_CASE("lookup: a batch whose reading fails hands out the rows before first, with their children") {
  for (std::size_t failing_at = 0; failing_at <= 9; ++failing_at) {
    table ids{{"id"}, {}, table::never, failing_at};
    std::string expected = failing_at == 0 ? "" : "[";
    for (int id = 1; id <= 9; ++id) {
      ids.rows.push_back({id});
      const std::string shown = std::to_string(id);
      if (static_cast<std::size_t>(id) <= failing_at)
        expected +=
            (id == 1 ? "" : ",") + ("{\"id\":" + shown) + ",\"c\":[{\"of\":" + shown + ",\"n\":" + shown + "}]}";
    }
    const drained all =
        drain_of(lookup(in_batches(any_played(ids)),
                        many("c", of_batch(children({1, 2, 3, 4, 5, 6, 7, 8, 9})), on(equal("id", "of")))));
    CHECK(all.bytes == expected);
    REQUIRE(all.failure);
    CHECK(all.failure->message() == "the disk is gone");
    CHECK(all.failure->row() == failing_at + 1);
    CHECK(all.failure->relation().empty());
  }
}

TEST_CASE("lookup: pending at every place gives the same bytes, and waits for the right one") {
  const table albums{{"of", "n"}, {{1, 1}, {1, 2}, {3, 3}}}, tracks{{"n", "t"}, {{1, 7}, {3, 8}, {3, 9}}};
  const std::string expected =
      R"([{"id":1,"albums":[{"of":1,"n":1,"tracks":[{"n":1,"t":7}]},{"of":1,"n":2,"tracks":[]}]},)"
      R"({"id":2,"albums":[]},)"
      R"({"id":3,"albums":[{"of":3,"n":3,"tracks":[{"n":3,"t":8},{"n":3,"t":9}]}]}])";
  const auto pending = [](table all, std::size_t place) {
    all.pending_at = place;
    return all;
  };
  const auto check = [&](const auto& make) {
    const drained all = drain_of(make());
    REQUIRE(all.bytes == expected);
    REQUIRE(all.pendings > 0);
    raw_stream stream{any_walk(make())};
    std::string bytes;
    while (const auto chunk = stream.pull()) bytes += *chunk;
    REQUIRE(bytes == expected);
  };
  const table ids{{"id"}, {{1}, {2}, {3}}};
  for (std::size_t a = 0; a <= 3; ++a) {
    for (std::size_t b = 0; b <= 3; ++b) {
      for (std::size_t c = 0; c <= 3; ++c) {
        check([&] {
          return lookup(any_played(pending(ids, a)), many("albums", of_keys(pending(albums, b)), on("id"),
                                                          many("tracks", of_keys(pending(tracks, c)), on("n"))));
        });
        check([&] {
          return lookup(in_batches(any_played(pending(ids, a))),
                        many("albums", in_batches(of_batch(pending(albums, b))), on(equal("id", "of")),
                             many("tracks", of_batch(pending(tracks, c)), on("n"))));
        });
      }
    }
  }
  scripted first = played(pending(ids, 1));
  const auto seen = first.watch();
  raw_stream stream{any_walk(
      lookup(in_batches(any_rows(std::move(first))), many("c", of_batch(children({})), on(equal("id", "of")))))};
  while (stream.pull()) continue;
  CHECK(seen->waits > 0);
}

TEST_CASE("lookup: a batch that would wait is as long as what is there") {
  table ids{{"id"}, {{1}, {2}, {3}, {4}, {5}}};
  ids.pending_at = 2;
  std::vector<std::string> bound;
  raw_stream stream{
      any_walk(lookup(in_batches(any_played(ids)), many("c", any_rows(counted(bound)), on(equal("id", "of")))))};
  while (stream.pull()) continue;
  CHECK(bound == std::vector<std::string>{"[1]", "[2]", "[3,4,5]"});
}

TEST_CASE("lookup: a failure at any row of any producer never looks complete, and names relation and row") {
  const table ids{{"id"}, {{1}, {2}, {3}}}, albums{{"of", "n"}, {{1, 1}, {1, 2}, {3, 3}}},
      tracks{{"n", "t"}, {{1, 7}, {3, 8}, {3, 9}}};
  const auto failing = [](table all, std::size_t place) {
    all.failing_at = place;
    return all;
  };
  const auto by_parent = [&](std::size_t a, std::size_t b, std::size_t c,
                             std::shared_ptr<const tidemark::testing::observed>& seen) {
    scripted first = played(failing(ids, a));
    seen = first.watch();
    return lookup(any_rows(std::move(first)), many("albums", of_keys(failing(albums, b)), on("id"),
                                                   many("tracks", of_keys(failing(tracks, c)), on("n"))));
  };
  const auto by_batch = [&](std::size_t a, std::size_t b, std::size_t c,
                            std::shared_ptr<const tidemark::testing::observed>& seen) {
    scripted first = played(failing(ids, a));
    seen = first.watch();
    return lookup(in_batches(any_rows(std::move(first))),
                  many("albums", in_batches(of_batch(failing(albums, b))), on(equal("id", "of")),
                       many("tracks", of_batch(failing(tracks, c)), on("n"))));
  };
  const auto check = [](const auto& make, std::size_t a, std::size_t b, std::size_t c, const std::string& relation,
                        std::uint64_t at) {
    for (const std::size_t mark : std::initializer_list<std::size_t>{1, 3, 17, 40, 1000}) {
      std::shared_ptr<const tidemark::testing::observed> seen;
      raw_stream stream{any_walk(make(a, b, c, seen)), tidemark::format::array{}, byte_mark(mark)};
      const drained all = drain(stream);
      REQUIRE_FALSE(tests::is_json(all.bytes));
      REQUIRE(all.failure);
      REQUIRE(all.failure->message() == "the disk is gone");
      REQUIRE(all.failure->relation() == relation);
      REQUIRE(all.failure->row() == at);
      REQUIRE(all.failure->byte_offset() == all.bytes.size());
      REQUIRE_FALSE(seen->is_alive);
    }
  };
  constexpr std::size_t never = table::never;
  for (std::size_t place = 0; place <= 3; ++place) {
    check(by_parent, place, never, never, "", place + 1);
    check(by_batch, place, never, never, "", place + 1);
  }
  // The script of a parent's children fails at the same place for each; parent 1 has two albums, album 1 one track.
  check(by_parent, never, 0, never, "albums", 1);
  check(by_parent, never, 1, never, "albums", 2);
  check(by_parent, never, 2, never, "albums", 3);
  check(by_parent, never, never, 0, "albums.tracks", 1);
  check(by_parent, never, never, 1, "albums.tracks", 2);
  check(by_batch, never, 0, never, "albums", 1);
  check(by_batch, never, 1, never, "albums", 2);
  check(by_batch, never, 2, never, "albums", 3);
  check(by_batch, never, never, 0, "albums.tracks", 1);
  check(by_batch, never, never, 1, "albums.tracks", 2);
}

TEST_CASE("lookup: a row of a batch that has no parent in it is an error that names its row and its key") {
  struct place {
    std::vector<cell> of;
    std::uint64_t row;
    std::string key;
  };
  // The parents are 1 | 3, 2 | 5, 4 where the mark is 2; here are the children of all batches.
  for (const place& wrong : std::vector<place>{{{9, 1, 3, 2, 5, 4}, 1, "of 9"},
                                               {{1, 9, 3, 2, 5, 4}, 2, "of 9"},
                                               {{1, 2, 3, 5, 4}, 3, "of 3"},
                                               {{1, 3, nullptr, 2, 5, 4}, 3, "of null"},
                                               {{1, 3, 2, 9, 5, 4}, 4, "of 9"},
                                               {{1, 3, 2, 5, 4, 4, 5}, 7, "of 5"},
                                               {{1, 3, 2, 5, 4, 9}, 6, "of 9"}}) {
    const auto find = [&](keys of) {  // those that stand between the children of the batch's parents, too
      const nlohmann::json batch = tests::parse_json(of[0].as_view());
      const table all = children(wrong.of);
      table found{all.columns, {}};
      const std::vector<std::vector<int>> batches = {{1}, {3, 2}, {5, 4}};
      const auto which = static_cast<std::size_t>(
          std::ranges::find_if(batches, [&](const auto& ids) { return ids[0] == batch[0]; }) - batches.begin());
      std::size_t at = 0;  // a row belongs to the batch of the child before it, the first one to the first
      for (const cells& each : all.rows) {
        for (std::size_t i = 0; i != batches.size(); ++i)
          for (const int id : batches[i])
            if (as_json(each[0]) == id) at = i;
        if (at == which) found.rows.push_back(each);
      }
      return played(found);
    };
    const error failed = failure_of(batched_walk({1, 3, 2, 5, 4}, asked(find), 2));
    INFO(failed.what());
    CHECK(failed.kind() == failure::value);
    CHECK(failed.relation() == "c");
    CHECK(failed.row() == wrong.row);
    CHECK(failed.message().starts_with("no parent has the key of this row, " + wrong.key + ": "));

    std::vector<error> reported;
    const std::string bytes =
        bytes_of(batched_walk({1, 3, 2, 5, 4}, asked(find), 2).report_orphans([&](const error& orphan) {
          reported.push_back(orphan);
        }));
    REQUIRE(reported.size() == 1);
    CHECK(reported[0].row() == wrong.row);
    CHECK(reported[0].message() == failed.message());
    CHECK(bytes == bytes_of(batched_walk({1, 3, 2, 5, 4}, asked(find), 2).skip_orphans()));
    table rest = children(wrong.of);
    rest.rows.erase(rest.rows.begin() + static_cast<std::ptrdiff_t>(wrong.row) - 1);
    CHECK(bytes == bytes_of(lookup(parents({1, 3, 2, 5, 4}), many("c", of_keys(rest), on("id")))));
  }
}

TEST_CASE("lookup: rows without a parent that are left out leave all others where they belong, at every level") {
  std::mt19937 random(11);
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  std::size_t reported = 0;
  for (int round = 0; round != 300; ++round) {
    std::vector<cell> ids;
    table albums{{"of", "n"}, {}}, tracks{{"n", "t"}, {}};
    const int artists = static_cast<int>(below(9));
    int t = 0;
    for (int id = 1; id <= artists; ++id) {
      ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(below(ids.size() + 1)), cell(id));
      for (int album = 10 * id; album < 10 * id + static_cast<int>(below(4)); ++album) {
        albums.rows.push_back({id, album});
        for (std::size_t each = below(3); each != 0; --each) tracks.rows.push_back({album, ++t});
      }
    }
    const std::string expected = bytes_of(
        lookup(parents(ids), many("albums", of_keys(albums), on("id"), many("tracks", of_keys(tracks), on("n")))));

    // Puts rows that are nobody's between the rows of each batch. What an album without an artist is called, its tracks
    // are of, too.
    int stranger = 1000;
    std::size_t albums_put = 0, tracks_put = 0;
    const auto with_strangers = [&](finder find, bool are_albums) {
      return [&, find = std::move(find), are_albums](keys of) -> scripted {
        scripted from = find(of);
        table all{are_albums ? albums.columns : tracks.columns, {}};
        const auto put = [&] {
          for (; below(4) == 0; ++(are_albums ? albums_put : tracks_put), ++stranger)
            all.rows.push_back({stranger, stranger});
        };
        for (put(); from.next() == progress::row; put())
          all.rows.push_back({from.field(0).as_integer(), from.field(1).as_integer()});
        return played(all);
      };
    };
    const auto walk = [&] {
      return lookup(
          in_batches(parents(ids), row_mark(1 + below(6))),
          many("albums", in_batches(asked(with_strangers(find_in_batch(albums), true)), row_mark(1 + below(6))),
               on(equal("id", "of")), many("tracks", asked(with_strangers(find_in_batch(tracks), false)), on("n"))));
    };
    std::size_t albums_reported = 0, tracks_reported = 0;
    const std::string bytes = bytes_of(walk().report_orphans(
        [&](const error& orphan) { ++(orphan.relation() == "albums" ? albums_reported : tracks_reported); }));
    REQUIRE(bytes == expected);
    REQUIRE(albums_reported == albums_put);
    REQUIRE(tracks_reported <= tracks_put);  // those of a batch of albums that are all left out are not fetched
    reported += albums_reported + tracks_reported;

    albums_put = tracks_put = 0;
    const drained strict = drain_of(walk());
    REQUIRE((strict.failure ? strict.failure->kind() == failure::value : strict.bytes == expected));
    REQUIRE((strict.failure || albums_put + tracks_put == 0));
  }
  CHECK(reported > 500);
}

TEST_CASE("lookup: children of a batch are found although the row at its start is left out") {
  // The albums are read in batches of 1, 2, 2, ...: that of nobody is the first of its batch.
  const table albums{{"of", "n"}, {{1, 10}, {7, 11}, {1, 12}, {1, 13}}},
      tracks{{"n", "t"}, {{10, 1}, {12, 2}, {13, 3}}};
  const auto walk = [&] {
    return lookup(in_batches(parents({1})), many("albums", in_batches(always(albums), row_mark(2)),
                                                 on(equal("id", "of")), many("tracks", of_batch(tracks), on("n"))));
  };
  std::vector<std::string> reported;
  CHECK(bytes_of(walk().report_orphans([&](const error& orphan) { reported.emplace_back(orphan.what()); })) ==
        R"([{"id":1,"albums":[{"of":1,"n":10,"tracks":[{"n":10,"t":1}]},{"of":1,"n":12,"tracks":[{"n":12,"t":2}]},)"
        R"({"of":1,"n":13,"tracks":[{"n":13,"t":3}]}]}])");
  REQUIRE(reported.size() == 1);
  CHECK(reported[0].find("row 2 of \"albums\"") != std::string::npos);
}

TEST_CASE("lookup: relations of one parent come in declared order, also in batches that hold rows of nobody") {
  const auto walk = [] {
    return lookup(in_batches(parents({1, 2, 3})), many("a", always(children({9, 1, 8})), on(equal("id", "of"))),
                  one("b", of_batch(children({3})), on(equal("id", "of"))),
                  many("c", of_batch(children({1, 1, 2})), on(equal("id", "of"))));
  };
  CHECK(bytes_of(walk().skip_orphans()) ==
        R"([{"id":1,"a":[{"of":1,"n":2}],"b":null,"c":[{"of":1,"n":1},{"of":1,"n":2}]},)"
        R"({"id":2,"a":[],"b":null,"c":[{"of":2,"n":3}]},{"id":3,"a":[],"b":{"of":3,"n":1},"c":[]}])");
}

TEST_CASE("lookup: two parents of a batch with the same key are an error where its children cannot be told apart") {
  // The first batch is one row, so these are apart.
  CHECK(bytes_of(batched_walk({1, 1}, of_batch(children({1})))) ==
        R"([{"id":1,"c":[{"of":1,"n":1}]},{"id":1,"c":[{"of":1,"n":1}]}])");
  // Here another one's children stand between.
  CHECK(
      bytes_of(batched_walk({0, 1, 2, 1}, of_batch(children({1, 2})), 3)) ==
      R"([{"id":0,"c":[]},{"id":1,"c":[{"of":1,"n":1}]},{"id":2,"c":[{"of":2,"n":2}]},{"id":1,"c":[{"of":1,"n":1}]}])");
  // Without children they are not told apart, and need not be.
  CHECK(bytes_of(batched_walk({0, 1, 1, 2}, of_batch(children({2})))) ==
        R"([{"id":0,"c":[]},{"id":1,"c":[]},{"id":1,"c":[]},{"id":2,"c":[{"of":2,"n":1}]}])");

  for (const std::vector<cell>& ids : {std::vector<cell>{0, 1, 1}, {0, 5, 6, 1, 7, 1}, {0, 5, 6, 1, 1, 7}}) {
    for (const bool is_once : {false, true}) {
      const error failed = failure_of(batched_walk(ids, of_batch(children({1}), is_once)));
      INFO(failed.what());
      CHECK(failed.kind() == failure::value);
      CHECK(failed.message().starts_with("two parents of \"c\""));
    }
  }
  const error failed = failure_of(batched_walk({0, 1, 1}, of_batch(children({1, 1}))));
  CHECK(failed.message() == R"(two parents of "c" have the same key, id 1)");
  CHECK(failed.row() == std::uint64_t{3});

  // One relation's keys may be equal where another's are not.
  const table albums{{"id", "label"}, {{1, 5}, {2, 5}, {3, 6}, {4, 5}}};
  const auto walk = [&](std::size_t mark) {
    return lookup(in_batches(any_played(albums), row_mark(mark)),
                  many("tracks", of_batch(children({1, 2, 2, 4})), on(equal("id", "of"))),
                  one("by", of_batch({{"of", "name"}, {{5, "Harbour"}, {6, "Quay"}}}), on(equal("label", "of"))));
  };
  CHECK(bytes_of(walk(1)) ==
        R"([{"id":1,"label":5,"tracks":[{"of":1,"n":1}],"by":{"of":5,"name":"Harbour"}},)"
        R"({"id":2,"label":5,"tracks":[{"of":2,"n":2},{"of":2,"n":3}],"by":{"of":5,"name":"Harbour"}},)"
        R"({"id":3,"label":6,"tracks":[],"by":{"of":6,"name":"Quay"}},)"
        R"({"id":4,"label":5,"tracks":[{"of":4,"n":4}],"by":{"of":5,"name":"Harbour"}}])");
}

TEST_CASE("lookup: a blob is no key of a batch, but one of a parent") {
  const std::vector<cell> ids = {cell::bytes("\x01"), cell::bytes("\xFF")};
  const table all{{"of", "n"}, {{ids[1], 1}, {ids[0], 2}, {ids[1], 3}}};
  CHECK(bytes_of(lookup(parents(ids), many("c", of_keys(all), on("id")))) ==
        R"([{"id":"AQ==","c":[{"of":"AQ==","n":2}]},{"id":"/w==","c":[{"of":"/w==","n":1},{"of":"/w==","n":3}]}])");
  for (const cell& blob : {ids[0], cell::bytes_in_pieces("abc", 1)}) {
    const error failed = failure_of(batched_walk({blob}, of_batch(all)));
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message() == "a blob cannot be a key of a batch: JSON has no blobs");
    CHECK(failed.column() == "id");
    CHECK(failed.relation() == "c");
  }
}

TEST_CASE("lookup: text that is not UTF-8 is no key of a batch") {
  const std::vector<cell> ids = {"a", "\xC3\xA9", "\xFF"};
  const error failed = failure_of(batched_walk(ids, always(children({}))));
  CHECK(failed.kind() == failure::value);
  CHECK(failed.relation() == "c");
  const std::string bytes = bytes_of(lookup(parents(ids), many("c", of_keys(children({"\xFF"})), on("id"))));
  CHECK(bytes ==
        "[{\"id\":\"a\",\"c\":[]},{\"id\":\"\xC3\xA9\",\"c\":[]},"
        "{\"id\":\"\xEF\xBF\xBD\",\"c\":[{\"of\":\"\xEF\xBF\xBD\",\"n\":1}]}]");
}

TEST_CASE("lookup: the keys of a batch are JSON of every kind, those of several columns an array each") {
  std::vector<std::string> bound;
  const auto walk = [&](const names& columns, std::vector<cells> rows) {
    bound.clear();
    table ids{columns, std::move(rows)};
    const auto find = [&](keys of) {
      bound.emplace_back(of[0].as_view());
      return played({{"a", "b"}, {}});
    };
    on wanted = columns.size() == 1 ? on("a") : on(equal({"a", "b"}, {"a", "b"}));
    bytes_of(lookup(in_batches(any_played(ids)), many("c", asked(find), std::move(wanted))));
    return bound;
  };
  using texts = std::vector<std::string>;
  CHECK(walk({"a", "b"}, {{1, "x"}, {2, nullptr}, {nullptr, "\"\n"}}) ==
        texts{R"([[1,"x"]])", R"([[2,null],[null,"\"\n"]])"});
  CHECK(walk({"a"}, {{1.5},
                     {std::uint64_t{18446744073709551615U}},
                     {true},
                     {cell::decimal("12.50")},
                     {"\xC3\xA9"},
                     {cell::text_in_pieces("in pieces", 2)},
                     {nullptr}}) ==
        texts{"[1.5]", "[18446744073709551615,true]", "[12.50,\"\xC3\xA9\",\"in pieces\",null]"});
}

TEST_CASE("lookup: keys of several columns are found in a batch") {
  const table ids{{"a", "b"}, {{1, "x"}, {1, "y"}, {2, "x"}, {nullptr, "x"}, {3, "z"}}};
  const table all{{"a", "b", "n"}, {{1, "x", 1}, {1, "y", 2}, {1, "y", 3}, {3, "z", 4}, {nullptr, "x", 5}}};
  const equal both({"a", "b"}, {"a", "b"});
  const std::string expected = bytes_of(lookup(any_played(ids), many("c", of_keys(all), on(both))));
  CHECK(expected == R"([{"a":1,"b":"x","c":[{"a":1,"b":"x","n":1}]},)"
                    R"({"a":1,"b":"y","c":[{"a":1,"b":"y","n":2},{"a":1,"b":"y","n":3}]},)"
                    R"({"a":2,"b":"x","c":[]},{"a":null,"b":"x","c":[]},{"a":3,"b":"z","c":[{"a":3,"b":"z","n":4}]}])");
  for (std::size_t mark = 1; mark <= 6; ++mark)
    CHECK(bytes_of(lookup(in_batches(any_played(ids), row_mark(mark)), many("c", of_batch(all), on(both)))) ==
          expected);
}

TEST_CASE("lookup: keys of a batch are equal by their value, whatever their kinds, or as a comparison says") {
  const auto walk = [](const std::vector<cell>& ids, const std::vector<cell>& of, on keys_of) {
    return lookup(in_batches(parents(ids)), many("c", always(children(of)), std::move(keys_of)));
  };
  CHECK(bytes_of(walk({1}, {cell::decimal("1.00"), 1.0, std::uint64_t{1}}, on(equal("id", "of")))) ==
        R"([{"id":1,"c":[{"of":1.00,"n":1},{"of":1,"n":2},{"of":1,"n":3}]}])");
  const auto by_first = [](const field& child, const field& ancestor) -> std::weak_ordering {
    return child.as_view().substr(0, 1) <=> ancestor.as_view().substr(0, 1);
  };
  CHECK(bytes_of(walk({"axe"}, {"ape", "a"}, on(equal("id", "of")).compared_by(by_first))) ==
        R"([{"id":"axe","c":[{"of":"ape","n":1},{"of":"a","n":2}]}])");
  const error failed = failure_of(walk({1}, {1, "1"}, on(equal("id", "of"))));
  CHECK(failed.kind() == failure::value);
  CHECK(failed.relation() == "c");
  CHECK(failed.row() == std::uint64_t{2});
  CHECK(failed.column() == "of");
}

TEST_CASE("lookup: what is found for two levels in batches does not depend on where these end") {
  std::mt19937 random(5);
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  for (int round = 0; round != 30; ++round) {
    sqlite::connection db{":memory:"};
    db.execute("create table artist(id); create table album(artist, id); create table track(album, n)");
    std::string all;
    std::size_t album = 0, track = 0;
    for (std::size_t artist = below(40); artist != 0; --artist) {
      all += "insert into artist values (" + std::to_string(artist) + ");";
      for (std::size_t each = below(5); each != 0; --each) {
        all += "insert into album values (" + std::to_string(artist) + "," + std::to_string(++album) + ");";
        for (std::size_t one_track = below(5); one_track != 0; --one_track)
          all += "insert into track values (" + std::to_string(album) + "," + std::to_string(++track) + ");";
      }
    }
    db.execute(all);
    const std::string artists = "select * from artist order by id * 7 % 41";
    const std::string expected = bytes_of(lookup(
        sql(db, artists), many("albums", sql(db, "select * from album where artist = ? order by id"), on("id"),
                               many("tracks", sql(db, "select * from track where album = ? order by n"), on("id")))));
    for (int each = 0; each != 10; ++each)
      REQUIRE(bytes_of(lookup(in_batches(sql(db, artists), row_mark(1 + below(50))),
                              many("albums",
                                   in_batches(sql(db,
                                                  "select a.* from json_each(?) k join album a on a.artist = k.value "
                                                  "order by k.key, id"),
                                              row_mark(1 + below(20))),
                                   on(equal("id", "artist")),
                                   many("tracks", sql(db, tracks_of_batch), on(equal("id", "album")))))) == expected);
  }
}

TEST_CASE("lookup: only the inner relation may be read in batches") {
  const sqlite::connection db = small_shop();
  const std::string expected = bytes_of(shop_by_parent(db));
  for (std::size_t mark = 1; mark <= 4; ++mark)
    CHECK(bytes_of(lookup(
              sql(db, "select * from artist order by id"),
              many("albums", in_batches(sql(db, "select * from album where artist = ? order by id"), row_mark(mark)),
                   on("id"), many("tracks", sql(db, tracks_of_batch), on(equal("id", "album")))))) == expected);
}

TEST_CASE("lookup: rows of a batch that nobody reads are passed over, and a failure among them is not lost") {
  const sqlite::connection db = small_shop();
  std::vector<std::string> titles;
  tidemark::expand_stream artists{shop_by_batch(db, 3, 2)};
  while (const auto artist = artists.pull()) {
    if (artist->get<int>("id") % 2 == 0)
      for (const auto& album : artist->child("albums")) titles.push_back(album.get<std::string>("title"));
  }
  CHECK(titles == std::vector<std::string>{"c", "d"});

  // Albums of each artist in batches of their own; those of the second artist fail behind the first one, which is read.
  std::vector<std::int64_t> asked_for;
  const auto albums_of = [&](keys of) {
    asked_for.push_back(of[0].as_integer());
    table all = children({of[0].as_integer(), of[0].as_integer(), of[0].as_integer()});
    if (of[0].as_integer() == 2) all.failing_at = 2;
    return played(all);
  };
  tidemark::expand_stream failing{lookup(parents({1, 2, 3}), many("albums", in_batches(asked(albums_of)), on("id"),
                                                                  many("tracks", always({{"n"}, {}}), on("n"))))};
  std::size_t read = 0;
  const error failed = thrown_by([&] {
    while (const auto artist = failing.pull()) {
      auto albums = artist->child("albums");
      if (albums.pull() && albums.pull()) ++read;
    }
  });
  CHECK(failed.message() == "the disk is gone");
  CHECK(read == 2);
  CHECK(asked_for == std::vector<std::int64_t>{1, 2});
  CHECK(failing.failed());
}

TEST_CASE("lookup: what on() names must be there, and fit") {
  const error missing = failure_of(lookup(parents({1}), many("c", of_keys(children({1})), on("ID"))));
  CHECK(missing.kind() == failure::usage);
  CHECK(missing.message() == R"(the rows of the root have no column "ID", which on() of "c" names)");
  const error missing_in_child = failure_of(batched_walk({1}, always({{"other"}, {{1}}})));
  CHECK(missing_in_child.kind() == failure::usage);
  CHECK(missing_in_child.message() == R"(the rows of "c" have no column "of", which on() of "c" names)");

  for (const on& wrong : {on(), on("id", "n")}) {
    const error failed = thrown_by([&] { lookup(parents({}), many("c", always({}), wrong)); });
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.message().starts_with("the relation \"c\" needs the columns of 1 keys"));
  }
  const error outer = thrown_by([] {
    lookup(in_batches(parents({})), many("a", in_batches(always({})), on("id"), many("b", always({}), on("id", "n"))));
  });
  CHECK(outer.kind() == failure::usage);
  CHECK(outer.message() ==
        "a batch is looked up with the keys of the parents alone, but on() of the relation \"a.b\" names 2");
}

}  // namespace adapt_lookup_batched_tests
