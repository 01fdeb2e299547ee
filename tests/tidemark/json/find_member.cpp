#include <tidemark/json/find_member.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/json/validate.hpp>

#include "catch.hpp"
#include "every_text.hpp"
#include "exact_copy.hpp"
#include "mismatches.hpp"
#include "nlohmann_json.hpp"
#include "random.hpp"

namespace json_find_member_tests {

using tests::exact_copy;
using tests::for_each_text;
using tests::mismatches;
using tidemark::json::find_member;
using tidemark::json::member_place;

namespace {

std::string in_words(const std::optional<member_place>& place) {
  if (!place) return "none";
  return "key " + std::to_string(place->key) + ", colon " + std::to_string(place->colon) + ", value " +
         std::to_string(place->value) + ", behind " + std::to_string(place->behind);
}

/// What find_member() gives for a text with nothing behind it.
std::string found_in(std::string_view text, std::string_view name) {
  const exact_copy exact(text);
  return in_words(find_member(exact.view(), name));
}

bool is_object(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n\r");
  return first != std::string_view::npos && text[first] == '{' && tidemark::json::validator(text).problem() == nullptr;
}

std::size_t behind_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\n\r", at), text.size());
}

std::size_t behind_string(std::string_view text, std::size_t at) {
  while (text[++at] != '"')
    if (text[at] == '\\') ++at;
  return at + 1;
}

std::size_t behind_value(std::string_view text, std::size_t at) {
  if (text[at] == '"') return behind_string(text, at);
  for (std::size_t depth = 0;;) {
    const char here = text[at];
    if (here == '{' || here == '[') ++depth;
    if (depth == 0 && (here == ',' || here == '}' || behind_blanks(text, at) != at)) return at;
    at = here == '"' ? behind_string(text, at) : at + 1;
    if ((here == '}' || here == ']') && --depth == 0) return at;
  }
}

/// The members of an object that is JSON, token by token.
std::vector<member_place> members_of(std::string_view text) {
  std::vector<member_place> all;
  const auto narrow = [](std::size_t place) { return static_cast<std::uint32_t>(place); };
  std::size_t at = text.find('{');
  do {
    const std::size_t key = behind_blanks(text, at + 1);
    if (text[key] == '}') break;  // there is none
    const std::size_t colon = behind_blanks(text, behind_string(text, key));
    const std::size_t value = behind_blanks(text, colon + 1);
    at = behind_blanks(text, behind_value(text, value));
    all.push_back({narrow(key), narrow(colon), narrow(value), narrow(at)});
  } while (text[at] == ',');
  return all;
}

/// The first member that is spelled so in an object that is JSON, by the grammar. None where a brace or a bracket
/// stands before it, and where its value is nested.
std::optional<member_place> expected_of(std::string_view text, std::string_view name) {
  const std::string spelled = '"' + std::string(name) + '"';
  const std::size_t begin = text.find('{') + 1;
  for (const member_place& one : members_of(text)) {
    if (text.substr(one.key, behind_string(text, one.key) - one.key) != spelled) continue;
    const bool is_nested = text[one.value] == '{' || text[one.value] == '[';
    if (is_nested || text.substr(begin, one.key - begin).find_first_of("{[") != std::string_view::npos)
      return std::nullopt;
    return one;
  }
  return std::nullopt;
}

/// Whether what was found in a text, JSON or not, is at least spelled like a member.
bool is_sound(std::string_view text, std::string_view name, const std::optional<member_place>& place) {
  if (!place) return true;
  const auto [key, colon, value, behind] = *place;
  return key < colon && colon < value && value <= behind && behind < text.size() && text[colon] == ':' &&
         text.substr(key, name.size() + 2) == '"' + std::string(name) + '"' &&
         (text[behind] == ',' || text[behind] == '}');
}

/// Compares what is found in texts with what should be.
struct comparison {
  mismatches found;
  std::size_t objects = 0;
  std::size_t members = 0;

  void compare(std::string_view text) {
    const exact_copy exact(text);
    const bool is_json = is_object(text);
    if (is_json) ++objects;
    for (const std::string_view name : {"a", "ab"}) {
      const std::optional<member_place> place = find_member(exact.view(), name);
      if (place) ++members;
      if (is_json)
        found.compare(in_words(place), in_words(expected_of(text, name)), text, name);
      else if (!is_sound(text, name, place))
        found.compare(in_words(place), std::string("something else"), text, name);
    }
  }
};

}  // namespace

TEST_CASE("find_member: in all short objects, what is found is the first member of that name, and all is found") {
  comparison all;
  std::string text;
  auto visit = [&](std::string_view inside) { all.compare("{" + std::string(inside) + "}"); };
  for_each_text("\":,ab\\1 ", 6, text, visit);
  for_each_text("\":,ab\\1 {}[]", 5, text, visit);
  CHECK(all.found.first() == "");
  CHECK(all.objects > 100);
  CHECK(all.members > 20);
}

TEST_CASE("find_member: in all objects of up to five members, the first of that name is found") {
  const std::vector<std::string> members = {R"("a":-1.5e2)", R"("a" : "a")",    R"("ab":true )",
                                            R"( "b":"a\"")", R"("a\"a":1)",     R"("x\\":"\\")",
                                            R"("c":"{")",    R"("a":{"ab":1})", R"("d":[{}])"};
  comparison all;
  std::string which;
  auto visit = [&](std::string_view ones) {
    std::string text = "{";
    for (const char one : ones) text += (text.size() == 1 ? "" : ",") + members[static_cast<std::size_t>(one - '0')];
    all.compare(text + "}");
  };
  for_each_text("012345678", 5, which, visit);
  CHECK(all.found.first() == "");
  CHECK(all.objects == 1 + 9 + 81 + 729 + 6561 + 59049);
  CHECK(all.members > 20'000);
}

TEST_CASE("find_member: in random objects, what is found is the first member of that name") {
  const std::vector<std::string> keys = {"a", "ab", "b", "abc", "x\\\"a", "\\\\", "", "_a", "a ", "\\u0061", "A"};
  const std::vector<std::string> values = {"1",
                                           "-0",
                                           "1.50",
                                           "12345678901234567890",
                                           "\"\"",
                                           "\"a\"",
                                           "\"ab\"",
                                           "true",
                                           "\"\\\"a\\\":1\"",
                                           "null",
                                           "\"\\\\\"",
                                           "\":,\"",
                                           "[]",
                                           "{\"a\":2}",
                                           "\"x, \\\"ab\\\": 2\"",
                                           "\"{\"",
                                           "[\"a\"]",
                                           "\"}]\"",
                                           "\"\xC3\xA9\"",
                                           "{\"b\":{\"ab\":1}}",
                                           "\"\\u0022\"",
                                           "false"};
  tests::random random(7);
  comparison all;
  for (int i = 0; i < 20'000; ++i) {
    const auto blanks = [&] { return random.text(random.below(8) == 0 ? random.below(20) : 0, " \n\t\r"); };
    std::string text = blanks() + "{" + blanks();
    for (std::size_t left = random.below(8); left != 0; --left) {
      std::string value = values[random.below(values.size())];
      // Few braces, so that some members have none before them.
      if (value.find_first_of("{[") != std::string::npos && random.below(3) != 0) value = "2";
      text += "\"" + keys[random.below(keys.size())] + "\"" + blanks() + ":" + blanks() + value + blanks();
      if (left != 1) text += "," + blanks();
    }
    text += "}" + blanks();
    if (!tests::is_json(text)) FAIL("not what was meant: " << text);
    all.compare(text);
  }
  CHECK(all.found.first() == "");
  CHECK(all.objects == 20'000);
  CHECK(all.members > 8'000);
}

TEST_CASE("find_member: wherever a member stands, to the byte, it is found, and nothing beside the text is read") {
  mismatches found;
  for (std::size_t before = 0; before <= 40; ++before) {
    for (std::size_t behind = 0; behind <= 40; ++behind) {
      for (std::size_t start = 0; start < 16; start += behind < 20 ? 5 : 16) {
        const std::string first = before == 0 ? "" : "\"p\":\"" + std::string(before, 'x') + "\",";
        const std::string last = behind == 0 ? "" : ",\"q\":\"" + std::string(behind, 'a') + "\"";
        const std::string text = "{" + first + "\"amount\":12.5" + last + "}";
        const std::unique_ptr<char[]> memory(new char[start + text.size()]);
        std::copy(text.begin(), text.end(), memory.get() + start);
        const std::string_view exact(memory.get() + start, text.size());
        const auto key = static_cast<std::uint32_t>(1 + first.size());
        found.compare(in_words(find_member(exact, "amount")), in_words(member_place{key, key + 8, key + 9, key + 13}),
                      text);
        for (const char* other : {"amoun", "amounts", "Amount", "mount", "a", "xx", "aa", "12"})
          found.compare(in_words(find_member(exact, other)), std::string("none"), text, other);
      }
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("find_member: a row that is cut anywhere is not read beyond its end, and gives whole members or none") {
  const std::string whole =
      R"( {"x":"a \"a\":1","ab" : -1.5E2 , "a":"\\\"\u00e9 and so on, for more than sixteen bytes" ,"c":true})";
  mismatches found;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string_view text = std::string_view(whole).substr(0, size);
    for (const std::string_view name : {"a", "ab", "c", "x"}) {
      const std::optional<member_place> place = find_member(whole, name);
      REQUIRE(place);
      found.compare(found_in(text, name), in_words(place->behind < size ? place : std::nullopt), text, name);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("find_member: what stands behind the member is not looked at") {
  CHECK(found_in(R"({"a":1,)", "a") == "key 1, colon 4, value 5, behind 6");
  CHECK(found_in(R"({"a":1,no JSON at all "a":[)", "a") == "key 1, colon 4, value 5, behind 6");
  CHECK(found_in(R"({"a" : "x" }})", "a") == "key 1, colon 5, value 7, behind 11");
}

TEST_CASE("find_member: of members of one name, the first is found") {
  CHECK(found_in(R"({"a":1,"a":2})", "a") == "key 1, colon 4, value 5, behind 6");
  CHECK(found_in(R"({"b":"a","a":1,"a":2,"b":3})", "a") == "key 9, colon 12, value 13, behind 14");
}

TEST_CASE("find_member: a quote that is escaped begins no key") {
  CHECK(found_in(R"({"x\"a":1})", "a") == "none");
  CHECK(found_in(R"({"x":"\"a\":1,"})", "a") == "none");
  CHECK(found_in(R"({"x\\":"\\\"a\\\":1","a":3})", "a") == "key 21, colon 24, value 25, behind 26");
}

TEST_CASE("find_member: members of objects within the row are none of its own, and nested values are none") {
  for (const char* text : {R"({"b":{"a":1}})", R"({"b":[{"a":1}]})", R"({"a":{"a":1}})", R"({"a":[1]})", R"([{"a":1}])",
                           R"("a")", "", "  "}) {
    INFO(text);
    CHECK(found_in(text, "a") == "none");
  }
  CHECK(in_words(find_member({}, "a")) == "none");
}

TEST_CASE("find_member: a number is found whole however it is spelled, or not at all") {
  mismatches found;
  for (const std::string number :
       {"0", "-0", "1.50", "1E5", "1e-5", "1e+5", "1E+05", "-12.25", "12345678901234567890", "1.0e+300"}) {
    for (const char* behind : {"", " ", ",\"b\":2", " , \"b\":2"}) {
      const std::string text = "{\"a\":" + number + behind + "}";
      const std::string place = found_in(text, "a");
      if (place != "none" || number.find('+') == std::string::npos)
        found.compare(place, in_words(expected_of(text, "a")), text);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("find_member: a name that does not begin with a letter or a digit, or holds a backslash, is never found") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto first = static_cast<char>(byte);
    const bool is_known =
        (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9');
    for (const std::string& rest : {std::string(), std::string("b"), std::string(" -_\xC3\xA9 {[:,")}) {
      const std::string name = first + rest;
      const std::string text = "{\"" + name + "\":1}";
      INFO(tests::visible(text));
      if (is_known)
        CHECK(found_in(text, name) == in_words(expected_of(text, name)));
      else
        CHECK(found_in(text, name) == "none");
    }
  }
  CHECK(found_in(R"({"":1})", "") == "none");
  CHECK(found_in(R"({"a\\b":1})", "a\\b") == "none");
  CHECK(found_in(R"({"a\\b":1})", "a\\\\b") == "none");
  CHECK(found_in(R"({"a\u0062":1})", "ab") == "none");
  CHECK(found_in(R"({"a\nb":1})", "a\nb") == "none");
}

TEST_CASE("find_member: a name with a quote in it is never found, whatever the members around are") {
  CHECK(found_in(R"({"a\"b":1})", "a\"b") == "none");
  CHECK(found_in(R"({"a":1,"b":2})", "a\":1,\"b") == "none");
  CHECK(found_in(R"({"a" : "x" , "b" : 2})", "a\" : \"x\" , \"b") == "none");
}

}  // namespace json_find_member_tests
