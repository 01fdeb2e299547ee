#include "csv.hpp"

#include "catch.hpp"

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <tidemark/format/ndjson.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/string.hpp>
#include <tidemark/testing/scripted.hpp>

#include "drain.hpp"

namespace docs_csv_tests {

// The adapter that docs/producers.md shows, and the tests that it shows for it.

// [MODEL]
static_assert(tidemark::field_producer<csv>);
static_assert(!tidemark::text_producer<csv>);
static_assert(tidemark::always_blocks<csv>);
// [/MODEL]

TEST_CASE("csv: records become rows") {
  // [USE]
  std::istringstream file{"port,height,note\nBrest,7.9,\nSaint-Malo,13.5,\"the \"\"highest\"\" here\"\n"};
  tidemark::raw_stream tides{csv{file}, tidemark::format::ndjson{}};
  std::string lines;
  tidemark::write_to(lines, tides);
  // [/USE]
  CHECK(lines ==
        "{\"port\":\"Brest\",\"height\":\"7.9\",\"note\":null}\n"
        "{\"port\":\"Saint-Malo\",\"height\":\"13.5\",\"note\":\"the \\\"highest\\\" here\"}\n");
}

// [SAME]
TEST_CASE("csv: rows are what the file holds, with every mark") {
  const std::string text = "a,b\n1,\"x,\ny\"\n\"\",\n\"say \"\"hi\"\"\",\xC3\xA4\r\n";
  const auto expected = drain(tidemark::raw_stream{tidemark::testing::scripted_fields{
      {"a", "b"}, tidemark::testing::script{}.row({"1", "x,\ny"}).row({"", nullptr}).row({"say \"hi\"", "\xC3\xA4"})}});
  for (std::size_t mark = 1; mark <= 200; ++mark) {
    std::istringstream file{text};
    const auto all = drain(tidemark::raw_stream{csv{file}, {}, tidemark::byte_mark{mark}});
    REQUIRE(all.bytes == expected.bytes);
    REQUIRE(!all.failure);
  }
}
// [/SAME]

// [FAILS]
TEST_CASE("csv: a file that is cut never looks complete") {
  const std::string whole = "a,b\n1,2\n3,\"4\"\n";
  const std::string cut = whole.substr(0, whole.find("\"\n"));
  std::istringstream file{cut};
  const auto all = drain(tidemark::raw_stream{csv{file}});
  CHECK(all.bytes == R"([{"a":"1","b":"2"})");
  REQUIRE(all.failure);
  CHECK(all.failure->kind() == tidemark::failure::producer);
  CHECK(all.failure->row() == 2u);
}
// [/FAILS]

TEST_CASE("csv: a record of another length is an error that says so") {
  std::istringstream file{"a,b\n1,2\n3\n"};
  const auto all = drain(tidemark::raw_stream{csv{file}});
  REQUIRE(all.failure);
  CHECK(std::string(all.failure->what()) ==
        "a record has 1 values where the first one names 2 columns, at row 2, byte 18 of the output");
}

TEST_CASE("csv: a file without records is an error, one without rows is no rows") {
  std::istringstream empty{""};
  CHECK(drain(tidemark::raw_stream{csv{empty}}).failure);
  std::istringstream names{"a,b\n"};
  CHECK(drain(tidemark::raw_stream{csv{names}}).bytes == "[]");
}

}  // namespace docs_csv_tests
