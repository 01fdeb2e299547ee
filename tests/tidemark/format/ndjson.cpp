#include <tidemark/format/ndjson.hpp>

#include <string>

#include <tidemark/error.hpp>
#include <tidemark/format/format.hpp>

#include "catch.hpp"

#include "nlohmann_json.hpp"

namespace format_ndjson_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::format::ndjson;

static_assert(tidemark::format_type<ndjson>);
static_assert(tidemark::has_error_record<ndjson>);
static_assert(!ndjson::single);
static_assert(ndjson::one_line);

TEST_CASE("ndjson ends each row with a line feed, and has nothing else around rows") {
  const ndjson format;
  CHECK(format.head() == "");
  CHECK(ndjson::before == "");
  CHECK(ndjson::between == "");
  CHECK(ndjson::after == "\n");
  CHECK(format.tail(0) == "");
  CHECK(format.tail(5) == "");
}

TEST_CASE("the error record of ndjson is a line of its own, behind the row that was cut too") {
  const error failed(failure::producer, "line one\nline two");
  const std::string line = R"({"error":{"kind":"producer","message":"line one\nline two"}})";
  CHECK(ndjson::error_record(failed, false) == line + "\n");
  CHECK(ndjson::error_record(failed, true) == "\n" + line + "\n");
  CHECK(tests::parse_json(line)["error"]["message"] == "line one\nline two");
}

}  // namespace format_ndjson_tests
