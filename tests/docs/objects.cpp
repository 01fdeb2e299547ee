// What docs/objects.md shows, compiled and run.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/objects.hpp>
#include <tidemark/producers/sqlite.hpp>

#include "catch.hpp"

// [MEMBERS]
struct track {
  std::int64_t id;
  std::string name;
  std::optional<double> price;
};

template <>
inline constexpr auto tidemark::members_of<track> =
    tidemark::members("id", &track::id, "name", &track::name, "price", &track::price);
// [/MEMBERS]

namespace docs_objects_tests {

namespace {

tidemark::sqlite::connection shop() {
  tidemark::sqlite::connection db{":memory:"};
  db.execute(
      "create table track (id integer, name text, price real, cost real, added text, paid boolean);"
      "insert into track values (1, 'Ebb', 0.99, 0.4, '2024-02-29T12:00:00Z', 1),"
      " (2, 'Flow', null, 0.5, '2024-03-01T12:00:00Z', 0), (3, 'Slack', 2.49, 1, '2024-03-02T12:00:00Z', 1)");
  return db;
}

const std::vector<std::string> lines = {R"({"id": 1, "name": "Ebb", "price": 0.990, "tags": ["sea", "tide"]})",
                                        R"({"id": 2, "name": "Flow", "tags": []})"};

}  // namespace

TEST_CASE("docs/objects.md: rows are read by names") {
  const auto db = shop();
  // [READ]
  double total = 0;
  for (const auto& track : tidemark::object_stream{tidemark::sqlite::query{db, "select * from track"}}) {
    const auto name = track.get<std::string_view>("name");
    const auto price = track.get<std::optional<double>>("price");  // none for null, and where there is no such field
    const auto added = track.get<std::chrono::sys_seconds>("added");
    if (name != "Flow" && added > std::chrono::sys_days{std::chrono::year{2024} / 2 / 28}) total += price.value_or(0);
  }
  // [/READ]
  CHECK(total == 0.99 + 2.49);
}

TEST_CASE("docs/objects.md: what stands in a row is read lazily") {
  std::vector<std::string> tags;
  // [NESTED]
  for (const auto& track : tidemark::object_stream{tidemark::range(lines)}) {
    for (const auto& tag : track["tags"].array()) tags.push_back(tag.get<std::string>());
    for (const auto& [name, value] : track)
      if (!value.is_array()) tags.push_back(std::string(name) + "=" + std::string(value.raw()));
  }
  // [/NESTED]
  CHECK(tags ==
        std::vector<std::string>{"sea", "tide", "id=1", "name=\"Ebb\"", "price=0.990", "id=2", "name=\"Flow\""});
}

TEST_CASE("docs/objects.md: a bad row costs no other") {
  const std::vector<std::string> rows = {R"({"id": 1})", R"({"id": )", R"({"id": 3})"};
  std::vector<std::string> problems;
  std::int64_t sum = 0;
  // [ERRORS]
  tidemark::object_stream tracks{tidemark::range(rows)};
  for (bool is_over = false; !is_over;) {
    try {
      const auto track = tracks.pull();
      if (track) sum += track->get<std::int64_t>("id");
      is_over = !track;
    } catch (const tidemark::error& failed) {
      if (!failed.can_go_on()) throw;
      problems.emplace_back(failed.what());
    }
  }
  // [/ERRORS]
  CHECK(sum == 4);
  CHECK(problems == std::vector<std::string>{
                        "bad JSON: the row does not end with }, at row 2; the rows behind it can still be read"});
}

TEST_CASE("docs/objects.md: rows as structs") {
  const auto db = shop();
  std::vector<std::string> names;
  // [STRUCTS]
  for (const track& one : tidemark::rows_as<track>(tidemark::sqlite::query{db, "select * from track"}))
    names.push_back(one.name);
  // [/STRUCTS]
  CHECK(names == std::vector<std::string>{"Ebb", "Flow", "Slack"});
}

TEST_CASE("docs/objects.md: rows are changed on their way") {
  // [CHANGE]
  auto discounted = tidemark::transform(tidemark::range(lines), [](auto& track) {
    if (!track.contains("price")) return track.drop();
    track.set("price", track.template get<double>("price") * 0.5);
    track.rename("name", "title");
    track.remove("tags");
    track.add("note", "half price");
  });
  const std::string json = tidemark::collect(tidemark::raw_stream{std::move(discounted)});
  // [/CHANGE]
  CHECK(json == R"([{"id": 1, "title": "Ebb", "price": 0.495,"note":"half price"}])");
}

TEST_CASE("docs/objects.md: rows are chosen") {
  auto db = shop();
  // [CHOOSE]
  auto paid = tidemark::filter(tidemark::sqlite::query{db, "select * from track"},
                               [](const auto& track) { return track.template get<bool>("paid"); });
  tidemark::raw_stream second{tidemark::take(tidemark::skip(std::move(paid), 1), 1)};
  // [/CHOOSE]
  CHECK(tidemark::collect(second) ==
        R"([{"id":3,"name":"Slack","price":2.49,"cost":1,"added":"2024-03-02T12:00:00Z","paid":true}])");
}

TEST_CASE("docs/objects.md: all of it at once") {
  auto db = shop();
  // [COLLECT]
  tidemark::sqlite::query query{db, "select * from track"};
  const std::vector<track> tracks = tidemark::collect(tidemark::rows_as<track>(std::move(query)));
  // [/COLLECT]
  CHECK(tracks.size() == 3);
}

}  // namespace docs_objects_tests
