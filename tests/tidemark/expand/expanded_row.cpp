#include <tidemark/expand/expanded_row.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/error.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/rows_as.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace expand_expanded_row_tests {

using tidemark::error;
using tidemark::expand_stream;
using tidemark::lookup;
using tidemark::many;
using tidemark::nest;
using tidemark::on;
using tidemark::transform;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
namespace sqlite = tidemark::sqlite;

namespace {

struct artist {
  std::int64_t n = 0;
};

}  // namespace

}  // namespace expand_expanded_row_tests

template <>
inline constexpr auto tidemark::members_of<expand_expanded_row_tests::artist> =
    tidemark::members("n", &expand_expanded_row_tests::artist::n);

namespace expand_expanded_row_tests {

TEST_CASE("expanded_row: rows are read like those of an object stream, be they text or fields") {
  const auto check = [](auto walk) {
    for (const auto& artist : expand_stream{std::move(walk)}) {
      CHECK(artist.template get<std::int64_t>("n") == 1);
      CHECK(artist.template get<std::optional<int>>("m") == std::nullopt);
      CHECK(artist["n"].template get<double>() == 1.0);
      CHECK(artist["n"].raw() == "1");
      CHECK_FALSE(artist["n"].is_null());
      CHECK(artist.contains("n"));
      CHECK_FALSE(artist.contains("albums"));
      std::string all;
      for (const auto& [name, value] : artist) all.append(name).append("=").append(value.raw()).append(";");
      CHECK(all == R"(n=1;name="Ebb";tags=[1,{"of":"two"}];)");
      CHECK(artist["tags"].is_array());
      CHECK_FALSE(artist["tags"].is_object());
      int count = 0;
      for ([[maybe_unused]] const auto& tag : artist["tags"].array()) ++count;
      CHECK(count == 2);
      CHECK(tidemark::row_as<struct artist>(artist).n == 1);
      for (const auto& album : artist.child("albums")) {
        CHECK(album["name"].as_field().as_view() == "Neaps");
        CHECK(artist.template get<std::string_view>("name") == "Ebb");
        const error failed = thrown_by([&] { (void)album.template get<int>("name"); });
        CHECK(failed.relation() == "albums");
        CHECK(failed.row() == 1u);
        CHECK(failed.column() == "name");
        CHECK(failed.can_go_on());
        CHECK(thrown_by([&] { (void)album["year"]; }).relation() == "albums");
      }
    }
  };
  sqlite::connection db{":memory:"};
  const auto artists = [&] {
    return sqlite::query{db, R"(select 1 as n, 'Ebb' as name, '[1,{"of":"two"}]' as tags)"}.json("tags");
  };
  const auto albums = [&] { return sqlite::query{db, "select 1 as n, 'Neaps' as name"}; };
  const auto text = [](auto rows) { return transform(std::move(rows), [](auto&) {}); };
  check(nest(artists(), many("albums", albums(), on("n"))));
  check(nest(text(artists()), many("albums", text(albums()), on("n"))));
  check(nest(artists(), many("albums", text(albums()), on("n"))));
}

TEST_CASE("expanded_row: a row of text that is no object costs only itself") {
  const std::vector<std::string> lines = {R"({"n":1,"m":1})", R"({"n":1,"m":2)", R"({"n":1,"m":3})", R"([1])",
                                          R"({"n":1,"m":5})"};
  const auto make = [&](std::span<const tidemark::field>) { return tidemark::range(lines); };
  expand_stream parents{lookup(scripted_fields({"n"}, script{}.row({1}).row({2})), many("c", make, on("n")))};
  for (int i = 0; i != 2; ++i) {
    const auto parent = parents.pull();
    auto children = parent->child("c");
    std::string seen;
    for (bool is_over = false; !is_over;) {
      try {
        const auto child = children.pull();
        if (child) seen += std::to_string(child->get<int>("m"));
        is_over = !child;
      } catch (const error& failed) {
        REQUIRE(failed.can_go_on());
        seen += "(" + failed.relation() + " " + std::to_string(*failed.row() - static_cast<std::size_t>(i) * 5) + ")";
      }
    }
    CHECK(seen == "1(c 2)3(c 4)5");
  }
  CHECK_FALSE(parents.pull());
  CHECK_FALSE(parents.failed());
}

}  // namespace expand_expanded_row_tests
