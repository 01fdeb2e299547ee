// What Grafana's own decoder, that of its pages, makes of what a frame_stream writes.

#include "catch.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/format/array.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"
#include "examples/run_program.hpp"
#include "examples/temporary_folder.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"

namespace grafana_decode_tests {

using nlohmann::json;
using tidemark::byte_mark;
using tidemark::column;
using tidemark::column_type;
using tidemark::error;
using tidemark::failure;
using tidemark::frame_options;
using tidemark::frame_stream;
using tidemark::multiplex;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::timestamp;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
namespace sqlite = tidemark::sqlite;

namespace {

/// What a page is given of a chunked answer that arrives `step` bytes at a time.
json decoded(const std::string& lines, std::size_t step) {
  temporary_folder folder;
  std::ofstream(folder.file("answer.jsonl"), std::ios::binary) << lines;
  const program_result done = run_program("/usr/bin/env", {"node", TIDEMARK_DECODE, TIDEMARK_NPM_PACKAGES,
                                                           folder.file("answer.jsonl"), std::to_string(step)});
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  return tests::parse_json(done.out);
}

/// A page has no other numbers than doubles.
json as_doubles(json value) {
  if (value.is_array())
    for (json& one : value) one = as_doubles(one);
  return value.is_number() ? json(value.get<double>()) : value;
}

void check_values(const json& field, const json& expected) {
  INFO(field.at("name"));
  CHECK(as_doubles(field.at("values")) == as_doubles(expected));
  CHECK(field.at("streamed") == field.at("values"));
}

std::vector<std::string> names() { return {"i", "u", "x", "f", "ok", "t", "s", "j", "e"}; }
std::vector<column_type> types() {
  return {column_type::int64,   column_type::uint64,  column_type::float64,
          column_type::float32, column_type::boolean, column_type::unknown,
          column_type::text,    column_type::json,    column_type::enumeration};
}

/// Rows, and what a page should see of each column.
struct sample {
  script rows;
  std::vector<json> values = std::vector<json>(9, json::array());
  json nanos = json::array();

  explicit sample(int count) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (int i = 0; i != count; ++i) {
      if (i % 7 == 6) {
        rows.row(std::vector<cell>(9));
        for (json& one : values) one.push_back(nullptr);
        nanos.push_back(0);
        continue;
      }
      const double real = i % 5 == 1    ? std::nan("")
                          : i % 5 == 2  ? infinity
                          : i % 5 == 3  ? -infinity
                          : i % 10 == 4 ? -0.0
                                        : i * 1e-8;
      const std::string text = "</script>&\u2028\"\\\n\x01 \U0001F30A" + std::to_string(i);
      rows.row({std::int64_t{i} * 100'000, static_cast<std::uint64_t>(i), real, i / 4.0, i % 2 == 0,
                timestamp{i - 5, i % 3 == 0 ? 7'000'000 : 7'000'000 + static_cast<std::uint32_t>(i), 9,
                          timestamp::form::date_time_utc},
                text, cell::json("{\"a\":[" + std::to_string(i) + "]}"), i % 2});
      values[0].push_back(std::int64_t{i} * 100'000);
      values[1].push_back(i);
      values[2].push_back(std::isnan(real)                  ? json("<NaN>")
                          : std::isinf(real)                ? json(real > 0 ? "<Infinity>" : "<-Infinity>")
                          : real == 0 && std::signbit(real) ? json("<-0>")
                                                            : json(real));
      values[3].push_back(i / 4.0);
      values[4].push_back(i % 2 == 0);
      values[5].push_back((i - 5) * 1000 + 7);
      values[6].push_back(text);
      values[7].push_back({{"a", {i}}});
      values[8].push_back(i % 2);
      nanos.push_back(i % 3 == 0 ? 0 : i);
    }
  }
};

frame_options about(std::size_t mark, std::size_t rows_per_chunk) {
  frame_options made;
  made.name = "up <&>";
  made.mark = byte_mark{mark};
  made.rows_per_chunk = rows_per_chunk;
  made.meta = R"({"preferredVisualisationType":"graph"})";
  made.labels = {{"host", "<a>"}};
  made.fields = {{"e", column_type::enumeration, true, {}, R"({"type":{"enum":{"text":["no","yes"]}}})"}};
  return made;
}

}  // namespace

TEST_CASE("Grafana's decoder reads every type, at any mark, however the bytes arrive") {
  NEEDS_NPM_PACKAGE("@grafana/data");
  const sample made(60);
  for (const std::size_t mark : {1U, 500U, 65'536U})
    for (const std::size_t rows_per_chunk : {1U, 13U}) {
      const std::string lines =
          drain(frame_stream{scripted_fields{names(), made.rows, types()}, about(mark, rows_per_chunk)}).bytes;
      for (const std::size_t step : {1U, 1000U}) {
        const json answer = decoded(lines, step);
        REQUIRE(answer.size() == 1);
        const json& frame = answer.at("A").at("frames").at(0);
        CHECK(frame.at("name") == "up <&>");
        CHECK(frame.at("meta").at("preferredVisualisationType") == "graph");
        const json& fields = frame.at("fields");
        REQUIRE(fields.size() == 9);
        const char* const page_types[] = {"number", "number", "number", "number", "boolean",
                                          "time",   "string", "other",  "enum"};
        for (std::size_t i = 0; i != 9; ++i) {
          CHECK(fields[i].at("type") == page_types[i]);
          check_values(fields[i], made.values[i]);
        }
        CHECK(fields[5].at("nanos") == made.nanos);
        CHECK(fields[0].at("labels") == json{{"host", "<a>"}});
        CHECK(fields[8].at("config").at("type").at("enum").at("text") == json{"no", "yes"});
      }
    }
}

TEST_CASE("Grafana's decoder finds all rows: 0, 1, 999, 1000, 1001, 100,002") {
  NEEDS_NPM_PACKAGE("@grafana/data");
  for (const int count : {0, 1, 999, 1000, 1001, 100'002}) {
    struct numbers {
      int left;
      int i = -1;
      std::vector<column> all{{"i", column_type::int64}, {"x", column_type::float64}};
      progress next() { return ++i == left ? progress::end : progress::row; }
      std::span<const column> columns() const { return all; }
      tidemark::field field(std::size_t c) const {
        return c == 0 ? tidemark::field::integer(i) : tidemark::field::real(i / 8.0);
      }
    };
    const json answer = decoded(drain(frame_stream{numbers{count}}).bytes, 1);
    json integers = json::array(), reals = json::array();
    for (int i = 0; i != count; ++i) {
      integers.push_back(i);
      reals.push_back(i / 8.0);
    }
    const json& fields = answer.at("A").at("frames").at(0).at("fields");
    check_values(fields.at(0), integers);
    check_values(fields.at(1), reals);
  }
}

TEST_CASE("Grafana's decoder reads several queries of one stream, and their failures") {
  NEEDS_NPM_PACKAGE("@grafana/data");
  const sample made(20);
  script failing = made.rows;
  failing.fail(error(failure::producer, "upstream <closed>", "08006"));
  frame_options a = about(600, 7);
  a.ref_id = "a-b";
  frame_options b = about(65'536, 3);
  b.ref_id = "a";
  b.frame_id = "b-f0";
  multiplex both{frame_stream{scripted_fields{names(), made.rows, types()}, a},
                 frame_stream{scripted_fields{names(), failing, types()}, b}};
  both.contain_failures();
  const json answer = decoded(drain(both).bytes, 1);
  for (const char* ref_id : {"a-b", "a"})
    for (std::size_t i = 0; i != 9; ++i)
      check_values(answer.at(ref_id).at("frames").at(0).at("fields").at(i), made.values[i]);
  CHECK_FALSE(answer.at("a-b").contains("error"));
  CHECK(answer.at("a").at("error").get<std::string>().starts_with("upstream <closed> (08006), at row 21"));
  CHECK(answer.at("a").at("status") == 500);
  CHECK(answer.at("a").at("errorSource") == "downstream");
}

TEST_CASE("Grafana's decoder reads the file of two queries that other tests compare with") {
  NEEDS_NPM_PACKAGE("@grafana/data");
  std::ifstream file(TIDEMARK_TWO_CHUNKS, std::ios::binary);
  const json answer = decoded(std::string(std::istreambuf_iterator<char>(file), {}), 7);
  const json& tide = answer.at("A").at("frames").at(0).at("fields");
  check_values(tide.at(0), {1709164800000, 1709164801007, 1709164802000, 1709164803000, 1709164804000, 1709164805000,
                            1709164806000});
  CHECK(tide.at(0).at("nanos") == json{0, 89, 0, 0, 0, 0, 0});
  check_values(tide.at(1), {-0.25, "<NaN>", "<Infinity>", nullptr, 1e21, 2.5e-9, "<-Infinity>"});
  CHECK(tide.at(1).at("labels") == json{{"port", "<Brest>"}, {"gauge", "north & south"}});
  check_values(tide.at(2), {"ebb < flood & \"slack\" \\ / \u2029\n\x02\u00FC", "\U0001F30A", "", "a",
                            "one bad byte \uFFFD", "</script>", "z"});
  check_values(tide.at(3), {-9007199254740993, 5, 0, std::numeric_limits<std::int64_t>::max(),
                            std::numeric_limits<std::int64_t>::min(), 1, 2});
  const json& pump = answer.at("B&");
  check_values(pump.at("frames").at(0).at("fields").at(0), {false, nullptr, true});
  CHECK(pump.at("error") == "the pump <2> runs \"dry\"");
  CHECK(pump.at("errorSource") == "downstream");
}

TEST_CASE("Grafana's decoder reads the tables of the music shop") {
  NEEDS_NPM_PACKAGE("@grafana/data");
  sqlite::connection db = sqlite::connection::open_read_only(tests::music_shop());
  // With times as a page has them.
  for (const auto& [table, same] : {std::pair<const char*, const char*>{"Track", "select * from Track"},
                                    {"Customer", "select * from Customer"},
                                    {"Invoice",
                                     "select InvoiceId, CustomerId, 1000 * strftime('%s', InvoiceDate), "
                                     "BillingAddress, BillingCity, BillingState, BillingCountry, "
                                     "BillingPostalCode, Total from Invoice"}}) {
    const json answer = decoded(
        drain(frame_stream{sqlite::query{db, "select * from " + std::string(table)}, {.rows_per_chunk = 100}}).bytes,
        1);
    const json& fields = answer.at("A").at("frames").at(0).at("fields");
    const auto rows = tests::parse_ordered_json(drain(raw_stream{sqlite::query{db, same}}).bytes);
    for (std::size_t i = 0; i != fields.size(); ++i) {
      json expected = json::array();
      for (const auto& row : rows)
        expected.push_back(json(std::next(row.begin(), static_cast<std::ptrdiff_t>(i)).value()));
      check_values(fields[i], expected);
    }
  }
}

}  // namespace grafana_decode_tests
