#include <tidemark/adapt/lookup.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/adapt/nest.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"
#include "lookup/tables.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"

namespace adapt_lookup_tests {

using nlohmann::ordered_json;
using namespace tests;
using tidemark::nest;
using tidemark::one;

namespace {

// What can be asked for keys, and what cannot.

struct binds_nothing : scripted_fields {
  using scripted_fields::scripted_fields;
  void bind();
};
struct binds_one : scripted_fields {
  using scripted_fields::scripted_fields;
  void bind(const tidemark::field& key);
};
struct binds_for_writing : scripted_fields {
  using scripted_fields::scripted_fields;
  void bind(std::span<tidemark::field> all);
};
struct binds_a_walk : tidemark::testing::scripted_walk {
  using scripted_walk::scripted_walk;
  void bind(keys all);
};
struct binds : scripted_fields {
  using scripted_fields::scripted_fields;
  void bind(keys all);
};

static_assert(tidemark::bindable_producer<query>);
static_assert(tidemark::bindable_producer<sqlite::text_query>);
static_assert(tidemark::bindable_producer<tidemark::made_rows<finder>>);
static_assert(tidemark::bindable_producer<binds>);
static_assert(!tidemark::bindable_producer<scripted_fields>);
static_assert(!tidemark::bindable_producer<binds_nothing>);
static_assert(!tidemark::bindable_producer<binds_one>);
static_assert(!tidemark::bindable_producer<binds_for_writing>);
static_assert(!tidemark::bindable_producer<binds_a_walk>);

using walk_of_queries = decltype(lookup(std::declval<query>(), many("", std::declval<query>(), on(""))));
static_assert(tidemark::walk<walk_of_queries>);
static_assert(tidemark::running_walk<walk_of_queries>);
static_assert(!tidemark::keeping_walk<walk_of_queries>);
static_assert(!tidemark::flat_producer<walk_of_queries>);
static_assert(tidemark::cancellable<walk_of_queries>);
static_assert(tidemark::always_blocks<walk_of_queries>);

}  // namespace

TEST_CASE("lookup: artists, albums and tracks are the bytes of nest, by parent, in batches and by function") {
  const sqlite::connection db = sqlite::connection::open_read_only(tests::music_shop());
  const std::string artists = "select * from Artist order by ArtistId";
  const std::string albums = "select * from Album where ArtistId = ? order by AlbumId";
  const std::string tracks =
      "select a.ArtistId, t.* from Track t join Album a using (AlbumId) where AlbumId = ? order by TrackId";
  const std::string expected = bytes_of(
      nest(sql(db, artists), many("albums", sql(db, "select * from Album order by ArtistId, AlbumId"), on("ArtistId"),
                                  many("tracks",
                                       sql(db,
                                           "select a.ArtistId, t.* from Track t join Album a using (AlbumId) "
                                           "order by a.ArtistId, t.AlbumId, TrackId"),
                                       on("ArtistId", "AlbumId")))));
  REQUIRE(expected.size() > 500'000);

  const auto by_parent = [&] {
    return lookup(sql(db, artists),
                  many("albums", sql(db, albums), on("ArtistId"), many("tracks", sql(db, tracks), on("AlbumId"))));
  };
  const auto by_batch = [&](std::size_t artists_read, std::size_t albums_read) {
    return lookup(in_batches(sql(db, artists), row_mark(artists_read)),
                  many("albums",
                       in_batches(sql(db,
                                      "select a.* from json_each(?) k join Album a on a.ArtistId = k.value "
                                      "order by k.key, AlbumId"),
                                  row_mark(albums_read)),
                       on("ArtistId"),
                       many("tracks",
                            sql(db,
                                "select a.ArtistId, t.* from json_each(?) k join Track t on t.AlbumId = k.value "
                                "join Album a using (AlbumId) order by k.key, TrackId"),
                            on("AlbumId"))));
  };
  const auto by_function = [&] {
    return lookup(sql(db, artists), many("albums", any_rows(tidemark::made_rows([&](keys of) {
                                           return any_rows(query{db, albums, of[0].as_integer()});
                                         })),
                                         on("ArtistId"), many("tracks", sql(db, tracks), on("AlbumId"))));
  };
  // Not CHECK of the two texts: half a megabyte is nothing to read.
  const auto is_expected = [&](const std::string& bytes) { return bytes == expected; };
  CHECK(is_expected(bytes_of(by_parent())));
  CHECK(is_expected(bytes_of(by_function())));
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 7, 1000}) {
    CHECK(is_expected(bytes_of(by_batch(mark, mark))));
    CHECK(is_expected(bytes_of(by_batch(mark, 8 - mark % 8))));
    const drained cut = drain_of(by_batch(7, 2), byte_mark(mark));
    CHECK(is_expected(cut.bytes));
    CHECK(*std::ranges::max_element(cut.chunk_sizes) <= mark);
  }
}

TEST_CASE("lookup: customers, invoices and lines are the bytes of nest, with keys of several columns, too") {
  const sqlite::connection db = sqlite::connection::open_read_only(tests::music_shop());
  const std::string customers = "select * from Customer order by Country, CustomerId";
  const equal customer({"Country", "CustomerId"}, {"Country", "CustomerId"});
  const std::string expected = bytes_of(
      nest(sql(db, customers),
           many("invoices",
                sql(db,
                    "select c.Country, i.* from Invoice i join Customer c using (CustomerId) "
                    "order by c.Country, CustomerId, InvoiceId"),
                on(customer),
                many("lines",
                     sql(db,
                         "select c.Country, i.CustomerId, l.* from InvoiceLine l join Invoice i using (InvoiceId) "
                         "join Customer c using (CustomerId) order by c.Country, CustomerId, InvoiceId, InvoiceLineId"),
                     on(customer, "InvoiceId")))));
  REQUIRE(expected.size() > 200'000);

  const std::string lines =
      "select c.Country, i.CustomerId, l.* from InvoiceLine l join Invoice i using (InvoiceId) "
      "join Customer c using (CustomerId) ";
  const bool is_same_by_parent =
      expected == bytes_of(lookup(sql(db, customers),
                                  many("invoices",
                                       sql(db,
                                           "select c.Country, i.* from Invoice i join Customer c using (CustomerId) "
                                           "where c.Country = ? and CustomerId = ? order by InvoiceId"),
                                       on(customer),
                                       many("lines", sql(db, lines + "where InvoiceId = ? order by InvoiceLineId"),
                                            on("InvoiceId")))));
  CHECK(is_same_by_parent);
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 7, 1000}) {
    const bool is_same_in_batches =
        expected ==
        bytes_of(lookup(in_batches(sql(db, customers), row_mark(mark)),
                        many("invoices",
                             in_batches(sql(db,
                                            "select c.Country, i.* from json_each(?) k join Customer c "
                                            "on c.Country = k.value ->> 0 and c.CustomerId = k.value ->> 1 "
                                            "join Invoice i using (CustomerId) order by k.key, InvoiceId"),
                                        row_mark(mark)),
                             on(customer),
                             many("lines",
                                  sql(db,
                                      "select c.Country, i.CustomerId, l.* from json_each(?) k join InvoiceLine l "
                                      "on l.InvoiceId = k.value join Invoice i using (InvoiceId) "
                                      "join Customer c using (CustomerId) order by k.key, InvoiceLineId"),
                                  on("InvoiceId")))));
    CHECK(is_same_in_batches);
  }
}

TEST_CASE("lookup: every mark gives the same bytes, each way") {
  const sqlite::connection db = small_shop();
  const std::string expected =
      R"([{"id":1,"name":"Ebb","albums":[{"artist":1,"id":1,"title":"a","tracks":[{"album":1,"n":10},)"
      R"({"album":1,"n":11}]},{"artist":1,"id":4,"title":"b","tracks":[{"album":4,"n":12}]}]},)"
      R"({"id":2,"name":"Flow","albums":[{"artist":2,"id":2,"title":"c","tracks":[{"album":2,"n":13},)"
      R"({"album":2,"n":14},{"album":2,"n":15}]}]},{"id":3,"name":"Neap","albums":[]},)"
      R"({"id":4,"name":"Spring","albums":[{"artist":4,"id":3,"title":"d","tracks":[]}]}])";
  const auto check = [&](auto walk, std::size_t mark) {
    const drained cut = drain_of(std::move(walk), byte_mark(mark));
    REQUIRE_FALSE(cut.failure);
    REQUIRE(cut.bytes == expected);
    REQUIRE(*std::ranges::max_element(cut.chunk_sizes) <= mark);
  };
  for (std::size_t mark = 1; mark <= 200; ++mark) {
    check(shop_by_parent(db), mark);
    check(shop_by_function(db), mark);
    check(shop_by_batch(db, 1 + mark % 5, 1 + mark % 3), mark);
  }
}

TEST_CASE("lookup: parents may be in any order") {
  const sqlite::connection db = small_shop();
  const ordered_json in_order = tests::parse_ordered_json(bytes_of(shop_by_parent(db)));
  for (const char* order : {"name desc", "id % 2, id desc", "(id * 7) % 5"}) {
    const std::string bytes = bytes_of(shop_by_parent(db, order));
    for (std::size_t artists = 1; artists <= 5; ++artists)
      for (std::size_t albums = 1; albums <= 5; ++albums)
        CHECK(bytes_of(shop_by_batch(db, artists, albums, order)) == bytes);
    const ordered_json out_of_order = tests::parse_ordered_json(bytes);
    REQUIRE(out_of_order != in_order);
    REQUIRE(out_of_order.size() == in_order.size());
    for (const ordered_json& artist : out_of_order) CHECK(artist == in_order[artist["id"].get<std::size_t>() - 1]);
  }
}

TEST_CASE("lookup: values that were given to a query stay, and keys fill the parameters left open") {
  const sqlite::connection db = small_shop();
  const auto tracks_from = [&](int first) {
    return bytes_of(
        lookup(any_rows(query{db, "select id from album where id < :most order by id", sqlite::named(":most", 4)}),
               many("tracks",
                    any_rows(query{db, "select n from track where n >= :first and album = ? order by n",
                                   sqlite::named(":first", first)}),
                    on("id"))));
  };
  CHECK(tracks_from(11) == R"([{"id":1,"tracks":[{"n":11}]},{"id":2,"tracks":[{"n":13},{"n":14},{"n":15}]},)"
                           R"({"id":3,"tracks":[]}])");
  CHECK(tracks_from(15) == R"([{"id":1,"tracks":[]},{"id":2,"tracks":[{"n":15}]},{"id":3,"tracks":[]}])");
}

TEST_CASE("lookup: on() may name keys of ancestors further up") {
  // Both artists have an album 9, so the number of the album alone would not do.
  const table albums{{"artist", "album"}, {{1, 1}, {1, 9}, {2, 9}}};
  const table tracks{{"artist", "album", "t"}, {{1, 1, "a"}, {1, 9, "b"}, {2, 9, "c"}}};
  const std::string expected =
      R"([{"id":2,"albums":[{"artist":2,"album":9,"tracks":[{"artist":2,"album":9,"t":"c"}]}]},)"
      R"({"id":1,"albums":[{"artist":1,"album":1,"tracks":[{"artist":1,"album":1,"t":"a"}]},)"
      R"({"artist":1,"album":9,"tracks":[{"artist":1,"album":9,"t":"b"}]}]}])";
  CHECK(bytes_of(lookup(parents({2, 1}), many("albums", of_keys(albums), on("id"),
                                              many("tracks", of_keys(tracks), on("id", "album"))))) == expected);
  CHECK(bytes_of(lookup(parents({2, 1}), many("albums", of_keys(albums), on("id"),
                                              many("tracks", of_keys(tracks),
                                                   on(equal({"artist", "album"}, {"artist", "album"})))))) == expected);
}

TEST_CASE("lookup: a to-one is an object or null, and a second row of it is an error") {
  const auto walk = [](const std::vector<cell>& of) {
    return lookup(parents({1, 2}), one("label", of_keys(children(of)), on("id")));
  };
  CHECK(bytes_of(walk({2})) == R"([{"id":1,"label":null},{"id":2,"label":{"of":2,"n":1}}])");
  const error failed = failure_of(walk({1, 2, 2}));
  CHECK(failed.kind() == failure::value);
  CHECK(failed.relation() == "label");
  CHECK(failed.row() == std::uint64_t{3});
}

TEST_CASE("lookup: nothing is fetched, and no query is asked, before it is needed") {
  std::vector<std::string> bound;
  scripted first = scripted_parents({1, 2});
  const auto seen = first.watch();
  raw_stream stream{any_walk(lookup(any_rows(std::move(first)), many("c", any_rows(counted(bound)), on("id")))),
                    tidemark::format::array{}, byte_mark(1)};
  CHECK(seen->nexts == 0);
  std::string bytes;
  const auto pull_to = [&](const std::string& end) {
    while (!bytes.ends_with(end)) bytes += *stream.pull();
  };
  pull_to("[{\"id\":1");
  CHECK(seen->nexts == 1);
  CHECK(bound.empty());
  pull_to("\"of\":1}");
  CHECK(bound.size() == 1);
  pull_to("]}");
  CHECK(bound.size() == 1);
  CHECK(seen->nexts == 1);
  pull_to("{\"id\":2");
  CHECK(seen->nexts == 2);
  CHECK(bound.size() == 1);
  pull_to("\"of\":2}");
  CHECK(bound.size() == 2);
  stream.close();
  CHECK_FALSE(seen->is_alive);
}

TEST_CASE("lookup: a function that fails names the relation and the row that was sought") {
  const auto refuse = [](keys of) -> scripted {
    if (of[0].as_integer() == 2) throw error(failure::producer, "there is no file of these tracks");
    return played(children({of[0].as_integer()}));
  };
  const error failed = failure_of(lookup(parents({1, 2}), many("c", asked(refuse), on("id"))));
  CHECK(failed.message() == "there is no file of these tracks");
  CHECK(failed.relation() == "c");
  CHECK(failed.row() == std::uint64_t{2});

  const auto throw_up = [](keys) -> scripted { throw std::runtime_error("no"); };
  const drained all = drain_of(lookup(parents({1}), many("c", asked(throw_up), on("id"))));
  CHECK(all.foreign);
  CHECK_FALSE(tests::is_json(all.bytes));
}

TEST_CASE("lookup: a query with a parameter that nobody gives a value is refused by nest") {
  const sqlite::connection db = small_shop();
  const error failed =
      failure_of(nest(sql(db, "select id from artist"),
                      many("albums", sql(db, "select * from album where artist = ?"), on(equal("id", "artist")))));
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "no value was given for parameter 1 of the SQL");
  const error unknown = failure_of(nest(parents({1}), many("c", always(children({1})), on(equal("id", "of")))));
  CHECK(unknown.kind() == failure::usage);
  CHECK(unknown.message() == "the keys of the rows are not known: such rows are for lookup()");
}

TEST_CASE("lookup: a query whose open parameters are not as many as the keys is refused") {
  const sqlite::connection db = small_shop();
  for (const char* text : {"select * from album", "select * from album where artist = ? and id = ?"}) {
    const error failed = failure_of(lookup(sql(db, "select id from artist"), many("albums", sql(db, text), on("id"))));
    CHECK(failed.kind() == failure::usage);
    CHECK(failed.relation() == "albums");
    CHECK(failed.row() == std::uint64_t{1});
    CHECK(failed.message().find("for 1 keys") != std::string::npos);
  }
}

TEST_CASE("lookup: rows of text may be children, and keep their bytes") {
  sqlite::connection db{":memory:"};
  db.execute(
      "create table p(id); insert into p values (1), (2), (3);"
      "create table c(p, json); insert into c values (1, '{ \"n\" : 1.50 }'), (1, '[ 2e0 ]'), (3, '\"three\"')");
  CHECK(
      bytes_of(lookup(query{db, "select * from p"},
                      many("c", sqlite::text_query{db, "select json from c where p = ? order by rowid"}, on("id")))) ==
      R"([{"id":1,"c":[{ "n" : 1.50 },[ 2e0 ]]},{"id":2,"c":[]},{"id":3,"c":["three"]}])");

  // They have no keys, so nothing can be looked up with them, and in a batch they do not say whose they are.
  const error deeper = failure_of(
      lookup(query{db, "select * from p"}, many("c", sqlite::text_query{db, "select json from c where p = ?"}, on("id"),
                                                many("d", sqlite::text_query{db, "select 1 where 1 = ?"}, on("n")))));
  CHECK(deeper.kind() == failure::usage);
  CHECK(deeper.message() == "rows of text have no key \"n\" unless transform() reads them");
  const error batch = failure_of(lookup(
      in_batches(query{db, "select * from p"}),
      many("c", sqlite::text_query{db, "select c.json from json_each(?) k join c on c.p = k.value order by k.key"},
           on(equal("id", "p")))));
  CHECK(batch.kind() == failure::usage);
  CHECK(batch.message() == "rows of text have no key \"p\" unless transform() reads them");
}

TEST_CASE("lookup: a function may return rows of any kind, such as lines of JSON") {
  std::vector<std::unique_ptr<std::istringstream>> files;
  const auto lines_of = [&](keys of) {
    files.push_back(std::make_unique<std::istringstream>("{\"of\": " + std::to_string(of[0].as_integer()) + "}\n{}\n"));
    return tidemark::ndjson::rows{tidemark::ndjson::stream(*files.back())};
  };
  CHECK(bytes_of(lookup(parents({1, 2}), many("lines", lines_of, on("id")))) ==
        R"([{"id":1,"lines":[{"of": 1},{}]},{"id":2,"lines":[{"of": 2},{}]}])");
}

TEST_CASE("lookup: functions whose rows have other columns from key to key are an error") {
  const auto columns_of = [](keys of) {
    return of[0].as_integer() < 3 ? played({{"a"}, {{1}}}) : played({{"b"}, {{1}}});
  };
  const error failed = failure_of(lookup(parents({1, 2, 3}), many("c", asked(columns_of), on("id"))));
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "the rows of one key have other columns than those of another");
  CHECK(failed.relation() == "c");
  CHECK(failed.row() == std::uint64_t{3});
}

TEST_CASE("lookup: one canceller stops the query of parents and those of children") {
  const sqlite::connection db{":memory:"};
  raw_stream stream{
      lookup(query{db, "select 1 as id"}, many("c",
                                               query{db,
                                                     "with recursive n(i) as (select ? union all select i + 1 from n) "
                                                     "select i from n"},
                                               on("id")))};
  const tidemark::canceller stop = stream.canceller();
  REQUIRE(stream.pull());
  stop.cancel();
  const drained all = drain(stream);
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == failure::canceled);
  CHECK(all.failure->relation() == "c");
}

TEST_CASE("lookup: what comes before a child that is not JSON is the same for every mark") {
  sqlite::connection db{":memory:"};
  db.execute("create table c (p, json); insert into c values (1, '{\"n\":1}'), (1, '[2]'), (1, '{\"n\":')");
  const auto written = [&](std::size_t mark) {
    const drained all = drain(
        raw_stream{lookup(query{db, "select 1 as id"},
                          many("c", sqlite::text_query{db, "select json from c where p = ? order by rowid"}, on("id"))),
                   tidemark::format::array{}, byte_mark(mark), tidemark::json_options{.validate = true}});
    REQUIRE(all.failure);
    CHECK(all.failure->row() == std::uint64_t{3});
    return all.bytes;
  };
  for (std::size_t mark = 1; mark != 60; ++mark) CHECK(written(mark) == R"([{"id":1,"c":[{"n":1},[2])");
}

}  // namespace adapt_lookup_tests
