#include <tidemark/format/error_object.hpp>

#include <cstdint>
#include <limits>
#include <string>

#include <tidemark/error.hpp>

#include "catch.hpp"

#include "nlohmann_json.hpp"

namespace format_error_object_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::format::error_object;

TEST_CASE("an error object has a member for each thing that the error has, in one order") {
  const error failed = error(failure::producer, "database disk image is malformed", "SQLITE_CORRUPT")
                           .in_column("name")
                           .in_row(5001)
                           .at_byte(1092345);
  CHECK(error_object(failed) ==
        R"({"error":{"kind":"producer","code":"SQLITE_CORRUPT","message":"database disk image is malformed",)"
        R"("column":"name","row":5001,"byte":1092345}})");
}

TEST_CASE("an error object has no members that the error does not have") {
  CHECK(error_object(error(failure::canceled, "stopped")) == R"({"error":{"kind":"canceled","message":"stopped"}})");
  CHECK(error_object(error(failure::usage, "")) == R"({"error":{"kind":"usage","message":""}})");
  CHECK(error_object(error(failure::sink, "full").in_row(1).at_byte(0)) ==
        R"({"error":{"kind":"sink","message":"full","row":1,"byte":0}})");
  CHECK(error_object(error(failure::value, "bad", "22021")) ==
        R"({"error":{"kind":"value","code":"22021","message":"bad"}})");
}

TEST_CASE("an error object has each kind of failure by its name") {
  for (const failure kind : {failure::usage, failure::producer, failure::value, failure::sink, failure::reader_gone,
                             failure::canceled, failure::timed_out}) {
    const auto parsed = tests::parse_json(error_object(error(kind, "words")));
    CHECK(parsed["error"]["kind"] == std::string(to_string(kind)));
    CHECK(parsed["error"].size() == 2);
  }
}

TEST_CASE("an error object is JSON in one line, whatever the words of the producer are") {
  const std::string words("a\"b\\c\nd\0e\xFF", 10);
  const std::string made = error_object(error(failure::producer, words, words)
                                            .in_column(words)
                                            .in_row(std::numeric_limits<std::uint64_t>::max())
                                            .at_byte(std::numeric_limits<std::uint64_t>::max()));
  CHECK(made.find('\n') == std::string::npos);
  const auto inside = tests::parse_json(made)["error"];
  const std::string repaired("a\"b\\c\nd\0e\xEF\xBF\xBD", 12);
  CHECK(inside.size() == 6);
  CHECK(inside["code"] == repaired);
  CHECK(inside["message"] == repaired);
  CHECK(inside["column"] == repaired);
  CHECK(inside["row"] == std::numeric_limits<std::uint64_t>::max());
  CHECK(inside["byte"] == std::numeric_limits<std::uint64_t>::max());
}

}  // namespace format_error_object_tests
