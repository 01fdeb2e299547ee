#include <tidemark/json/for_each_member.hpp>

#include "catch.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>

#include "every_text.hpp"
#include "nlohmann_json.hpp"

namespace json_for_each_member_tests {

using tidemark::error;
using tidemark::failure;

namespace {

using members = std::vector<std::pair<std::string, std::string>>;

members members_of(std::string_view text) {
  members found;
  tidemark::json::for_each_member(
      text, [&](std::string_view name, std::string_view value) { found.emplace_back(name, value); });
  return found;
}

}  // namespace

TEST_CASE("for_each_member: names and values come in their order, values as they are spelled") {
  CHECK(members_of("{}").empty());
  CHECK(members_of(" {\n} ").empty());
  CHECK(members_of(R"({"a":1})") == members{{"a", "1"}});
  CHECK(members_of(R"({"b":[],"a":null,"b":{}})") == members{{"b", "[]"}, {"a", "null"}, {"b", "{}"}});
  CHECK(members_of(" { \"a\" : 1.50 ,\t\"b\"\n:\r[ 1 , 2 ] , \"c\" : { \"d\" : { } } } ") ==
        members{{"a", "1.50"}, {"b", "[ 1 , 2 ]"}, {"c", "{ \"d\" : { } }"}});
  CHECK(members_of(R"({"a":true,"b":false,"c":-1e+5,"d":""})") ==
        members{{"a", "true"}, {"b", "false"}, {"c", "-1e+5"}, {"d", "\"\""}});
}

TEST_CASE("for_each_member: what stands in strings and in deeper values ends nothing") {
  CHECK(members_of(R"({"}":"}","{":"{",",":",",":":":","[":"]"})") ==
        members{{"}", "\"}\""}, {"{", "\"{\""}, {",", "\",\""}, {":", "\":\""}, {"[", "\"]\""}});
  CHECK(members_of(R"({"a":[{"b":[1,{"c":"]}"}]},2],"d":3})") ==
        members{{"a", R"([{"b":[1,{"c":"]}"}]},2])"}, {"d", "3"}});
  CHECK(members_of(R"({"a":"\"","b":"\\","c":"\\\"","d":1})") ==
        members{{"a", R"("\"")"}, {"b", R"("\\")"}, {"c", R"("\\\"")"}, {"d", "1"}});
}

TEST_CASE("for_each_member: a name is what its spelling stands for") {
  CHECK(members_of(R"({"\"":1,"\\":2,"\/\b\f\n\r\t":3,"":4,"\u0041":5})") ==
        members{{"\"", "1"}, {"\\", "2"}, {"/\b\f\n\r\t", "3"}, {"", "4"}, {"A", "5"}});
  CHECK(members_of(R"({"\u00e9\ud83c\udfb5":1})") == members{{"\xC3\xA9\xF0\x9F\x8E\xB5", "1"}});
  CHECK(members_of("{\"\xC3\xA9\":1}") == members{{"\xC3\xA9", "1"}});
  CHECK(members_of(R"({"a\u0000b":1})") == members{{std::string("a\0b", 3), "1"}});
}

TEST_CASE("for_each_member: what is no object is an error, and nothing is called") {
  for (const char* text :
       {"", " ", "[]", "1", "null", "\"{}\"", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}",
        "{\"a\":1}}", "{\"a\":1} x", "{\"a\":[}", "{\"a\":\"}", "{\"a\\\":1}", "{\"a\":01}"}) {
    INFO(text);
    std::size_t calls = 0;
    try {
      tidemark::json::for_each_member(text, [&](std::string_view, std::string_view) { ++calls; });
      FAIL_CHECK("it was taken");
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::value);
    }
    CHECK(calls == 0);
  }
}

TEST_CASE("for_each_member: what a caller throws passes through") {
  CHECK_THROWS_AS(tidemark::json::for_each_member(R"({"a":1})", [](auto, auto) { throw std::runtime_error("enough"); }),
                  std::runtime_error);
}

TEST_CASE("for_each_member: of all short texts, those that are objects have the members that another reader finds") {
  std::size_t objects = 0;
  const auto check = [&](std::string_view each) {
    const nlohmann::ordered_json expected = tests::try_parse_ordered_json(each);
    if (!expected.is_object()) {
      REQUIRE_THROWS_AS(members_of(each), error);
      return;
    }
    ++objects;
    nlohmann::ordered_json found = nlohmann::ordered_json::object();
    for (const auto& [name, value] : members_of(each)) found[name] = tests::parse_ordered_json(value);
    REQUIRE(found == expected);
  };
  for (std::string start : {"", "{\"a", "{\"\":"}) tests::for_each_text("a\":,1{}[]", start.size() + 4, start, check);
  CHECK(objects > 5);
}

}  // namespace json_for_each_member_tests
