#include <tidemark/collect.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/members.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/rows_as.hpp>
#include <tidemark/testing/scripted.hpp>

#include "catch.hpp"
#include "drain.hpp"

namespace collect_tests {

using tidemark::collect;

namespace {

struct gauge {
  std::int64_t id;
  std::string port;
  std::optional<double> height;

  friend bool operator==(const gauge&, const gauge&) = default;
};

struct glance {
  std::optional<std::string_view> port;
};

const std::vector<gauge> gauges = {{1, "Brest", 7.9}, {2, "Saint-Malo", std::nullopt}, {3, "\"Le Havre\"", 8.5}};

}  // namespace

}  // namespace collect_tests

template <>
inline constexpr auto tidemark::members_of<collect_tests::gauge> = tidemark::members(
    "id", &collect_tests::gauge::id, "port", &collect_tests::gauge::port, "height", &collect_tests::gauge::height);
template <>
inline constexpr auto tidemark::members_of<collect_tests::glance> =
    tidemark::members("port", &collect_tests::glance::port);

namespace collect_tests {

static_assert(tidemark::conversions::has_views<glance>);
static_assert(!tidemark::conversions::has_views<gauge>);

TEST_CASE("collect: of chunks, the bytes are those of the stream, whatever the mark") {
  const std::string all = drain(tidemark::raw_stream{tidemark::range(gauges)}).bytes;
  REQUIRE(all.size() > 100);
  for (std::size_t mark = 1; mark <= all.size() + 1; ++mark)
    REQUIRE(collect(tidemark::raw_stream{tidemark::range(gauges), {}, tidemark::byte_mark{mark}}) == all);
}

TEST_CASE("collect: a stream that was read in part gives the rest") {
  tidemark::raw_stream rows{tidemark::range(gauges), tidemark::format::ndjson{}, tidemark::byte_mark{10}};
  const std::string first{*rows.pull()};
  CHECK(first + collect(rows) ==
        drain(tidemark::raw_stream{tidemark::range(gauges), tidemark::format::ndjson{}}).bytes);
  CHECK(!rows.pull());
}

TEST_CASE("collect: of structs, a vector of them, as they went in") {
  CHECK(collect(tidemark::rows_as<gauge>(tidemark::range(gauges))) == gauges);
  CHECK(collect(tidemark::rows_as<gauge>(tidemark::range(std::vector<gauge>{}))).empty());
  std::vector<std::string> texts;
  texts.reserve(gauges.size());
  for (const auto& line : gauges)
    texts.push_back(collect(tidemark::raw_stream{tidemark::range(std::vector{line}), tidemark::format::ndjson{}}));
  CHECK(collect(tidemark::rows_as<gauge>(tidemark::range(texts))) == gauges);
}

TEST_CASE("collect: of objects, what a function makes of each") {
  const auto ports = collect(tidemark::object_stream{tidemark::range(gauges)},
                             [](const auto& row) { return row.template get<std::string>("port"); });
  CHECK(ports == std::vector<std::string>{"Brest", "Saint-Malo", "\"Le Havre\""});
}

TEST_CASE("collect: nothing is returned where the stream fails, at whatever row") {
  using tidemark::testing::script;
  for (int good = 0; good < 5; ++good) {
    script rows;
    for (int i = 0; i < good; ++i) rows.row({i, "port", nullptr});
    rows.fail(tidemark::error(tidemark::failure::producer, "the line is down"));
    const auto scripted = [&] { return tidemark::testing::scripted_fields{{"id", "port", "height"}, rows}; };
    CHECK_THROWS_AS(collect(tidemark::raw_stream{scripted()}), tidemark::error);
    CHECK_THROWS_AS(collect(tidemark::rows_as<gauge>(scripted())), tidemark::error);
    CHECK_THROWS_AS(collect(tidemark::object_stream{scripted()}, [](const auto&) { return 1; }), tidemark::error);
  }
}

}  // namespace collect_tests
