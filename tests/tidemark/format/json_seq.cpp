#include <tidemark/format/json_seq.hpp>

#include <string>

#include <tidemark/error.hpp>
#include <tidemark/format/format.hpp>

#include "catch.hpp"

namespace format_json_seq_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::format::json_seq;

static_assert(tidemark::format_type<json_seq>);
static_assert(tidemark::has_error_record<json_seq>);
static_assert(!json_seq::single);
static_assert(!json_seq::one_line);

TEST_CASE("a text sequence has a record separator before each row and a line feed behind it") {
  const json_seq format;
  CHECK(format.head() == "");
  CHECK(json_seq::before == "\x1e");
  CHECK(json_seq::between == "");
  CHECK(json_seq::after == "\n");
  CHECK(format.tail(0) == "");
  CHECK(format.tail(5) == "");
}

TEST_CASE("the error record of a text sequence is a record, and gives a row that was cut no line feed") {
  const error failed(failure::value, "bad \x1e value");
  const std::string record =
      "\x1e"
      R"({"error":{"kind":"value","message":"bad \u001e value"}})"
      "\n";
  CHECK(json_seq::error_record(failed, false) == record);
  CHECK(json_seq::error_record(failed, true) == record);
}

}  // namespace format_json_seq_tests
