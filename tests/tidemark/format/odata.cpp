#include <tidemark/format/odata.hpp>

#include <cstdint>
#include <limits>
#include <string>

#include <tidemark/format/format.hpp>

#include "catch.hpp"

#include "nlohmann_json.hpp"

namespace format_odata_tests {

using tidemark::format::odata;

static_assert(tidemark::format_type<odata>);
static_assert(!tidemark::has_error_record<odata>);
static_assert(!odata::single);
static_assert(!odata::one_line);

TEST_CASE("a collection of OData has its rows in value") {
  const odata format;
  CHECK(format.head() == R"({"value":[)");
  CHECK(odata::before == "");
  CHECK(odata::between == ",");
  CHECK(odata::after == "");
  CHECK(format.tail(0) == "]}");
  CHECK(format.tail(5) == "]}");
}

TEST_CASE("context and count stand before the rows of a collection, where they are given") {
  CHECK(odata("http://host/$metadata#Tracks").head() ==
        R"({"@odata.context":"http://host/$metadata#Tracks","value":[)");
  CHECK(odata("c", 0).head() == R"({"@odata.context":"c","@odata.count":0,"value":[)");
  CHECK(odata("", 5).head() == R"({"@odata.count":5,"value":[)");
  CHECK(odata("c", std::numeric_limits<std::uint64_t>::max()).head() ==
        R"({"@odata.context":"c","@odata.count":18446744073709551615,"value":[)");
}

TEST_CASE("the next link stands behind the rows of a collection, and is left out where it is empty") {
  CHECK(odata("c").next_link("Tracks?$skip=20").tail(20) == R"(],"@odata.nextLink":"Tracks?$skip=20"})");
  CHECK(odata("c").next_link("").tail(20) == "]}");
  CHECK(odata("c").next_link([] { return std::string(); }).tail(20) == "]}");
}

TEST_CASE("the next link is asked for with the tail and not before, and once for each") {
  int asked = 0;
  odata format("c");
  format.next_link([&asked] { return "page" + std::to_string(++asked); });
  format.head();
  CHECK(asked == 0);
  CHECK(format.tail(1) == R"(],"@odata.nextLink":"page1"})");
  CHECK(asked == 1);
}

TEST_CASE("what stands around the rows of a collection is JSON, whatever is in its URLs") {
  odata format("a\"b\\c\nd\xFF", 3);
  format.next_link("e\"f\\g");
  const auto parsed = tests::parse_json(format.head() + "{},{}" + format.tail(2));
  CHECK(parsed.size() == 4);
  CHECK(parsed["@odata.context"] == "a\"b\\c\nd\xEF\xBF\xBD");
  CHECK(parsed["@odata.count"] == 3);
  CHECK(parsed["@odata.nextLink"] == "e\"f\\g");
  CHECK(parsed["value"].size() == 2);
}

}  // namespace format_odata_tests
