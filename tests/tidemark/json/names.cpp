#include <tidemark/json/names.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"

#include "nlohmann_json.hpp"

namespace json_names_tests {

using tidemark::column;
using tidemark::error;
using tidemark::failure;
using tidemark::json_options;
using tidemark::json::names;
namespace json = tidemark::json;

namespace {

std::vector<column> columns_of(const std::vector<std::string>& all) {
  std::vector<column> made;
  made.reserve(all.size());
  for (const std::string& name : all) made.push_back({name});
  return made;
}

names named(const std::vector<std::string>& all, const json_options& options = {}) {
  return names(columns_of(all), options);
}

std::vector<std::string> plain(const names& all) {
  std::vector<std::string> made;
  made.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) made.push_back(all[i].plain);
  return made;
}

std::string concatenated(const names& all) {
  std::string made;
  for (std::size_t i = 0; i < all.size(); ++i) made += all[i].whole;
  return made;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("a quoted text has its quotes and its escapes") {
  CHECK(json::quoted("") == R"("")");
  CHECK(json::quoted("plain") == R"("plain")");
  CHECK(json::quoted("say \"hi\"\n") == R"("say \"hi\"\n")");
  CHECK(json::quoted(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(json::quoted("\xFF") == "\"\xEF\xBF\xBD\"");
  for (std::size_t size = 0; size <= 200; ++size) CHECK(json::quoted(std::string(size, '\x02')).size() == 6 * size + 2);
}

TEST_CASE("a text to be quoted that is not UTF-8 is an error where that is asked for") {
  const auto policy = json_options::bad_utf8::error;
  CHECK(json::quoted("gr\xC3\xBC\xC3\x9F", policy) == "\"gr\xC3\xBC\xC3\x9F\"");
  try {
    json::quoted("abc\xC3(", policy);
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::value);
    CHECK(failed.message() == "not UTF-8 at byte 3 of the text");
  }
}

TEST_CASE("names are rendered with what stands around them") {
  const names all = named({"id", "na\"me", "", "gr\u00F6\u00DFe", "tab\t"});
  REQUIRE(all.size() == 5);
  CHECK(all[0].whole == R"({"id":)");
  CHECK(all[1].whole == R"(,"na\"me":)");
  CHECK(all[2].whole == R"(,"":)");
  CHECK(all[3].whole ==
        ",\"gr\xC3\xB6\xC3\x9F"
        "e\":");
  CHECK(all[4].whole == R"(,"tab\t":)");
  CHECK(all[1].plain == "na\"me");
  CHECK(all[4].plain == "tab\t");
  CHECK(named({}).size() == 0);
}

TEST_CASE("the start of a rendered name is its first bytes, padded with blanks to a block") {
  for (std::size_t size = 0; size <= 100; ++size) {
    const std::string name(size, 'n');
    const names all = named({name, name + "x"});
    for (std::size_t i = 0; i < 2; ++i) {
      const names::rendered& made = all.begin()[i];
      const std::string whole = (i == 0 ? "{\"" : ",\"") + name + (i == 0 ? "" : "x") + "\":";
      CHECK(all[i].whole == whole);
      CHECK(made.size == whole.size());
      std::string start = whole.substr(0, names::block);
      start.resize(names::block, ' ');
      CHECK(std::string_view(made.start.data(), made.start.size()) == start);
    }
  }
}

TEST_CASE("equal names are numbered, and none of them meets another name") {
  CHECK(plain(named({"id", "id", "id"})) == list{"id", "id_2", "id_3"});
  CHECK(plain(named({"a", "a_2", "a"})) == list{"a", "a_2", "a_3"});
  CHECK(plain(named({"a", "a", "a_2"})) == list{"a", "a_3", "a_2"});
  CHECK(plain(named({"a", "a", "a_2", "a_2"})) == list{"a", "a_3", "a_2", "a_2_2"});
  CHECK(plain(named({"a_2", "a", "a", "a_3", "a"})) == list{"a_2", "a", "a_4", "a_3", "a_5"});
  CHECK(plain(named({"", ""})) == list{"", "_2"});
  CHECK(plain(named({"a", "A", "b"})) == list{"a", "A", "b"});
  CHECK(concatenated(named({"id", "id"})) == R"({"id":,"id_2":)");
}

TEST_CASE("many equal names all become different ones") {
  list all(300, "n");
  for (int i = 0; i < 300; i += 3) all[static_cast<std::size_t>(i)] = "n_" + std::to_string(i);
  const names made = named(all);
  const list texts = plain(made);
  CHECK(std::set<std::string>(texts.begin(), texts.end()).size() == 300);
}

TEST_CASE("equal names are kept where that is asked for") {
  json_options options;
  options.duplicate_name = json_options::duplicate_names::keep;
  CHECK(concatenated(named({"a", "a", "a"}, options)) == R"({"a":,"a":,"a":)");
}

TEST_CASE("equal names are an error that names the column where that is asked for") {
  json_options options;
  options.duplicate_name = json_options::duplicate_names::error;
  CHECK(plain(named({"a", "b", "a_2"}, options)) == list{"a", "b", "a_2"});
  try {
    named({"a", "b", "b"}, options);
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::value);
    CHECK(failed.column() == "b");
  }
}

TEST_CASE("a name that is not UTF-8 gets U+FFFD, or is an error where that is asked for") {
  CHECK(concatenated(named({"a\xFF"
                            "b",
                            "\xC3"})) ==
        "{\"a\xEF\xBF\xBD"
        "b\":,\"\xEF\xBF\xBD\":");
  json_options options;
  options.invalid_utf8 = json_options::bad_utf8::error;
  CHECK(concatenated(named({"\xC3\xA9"}, options)) == "{\"\xC3\xA9\":");
  try {
    named({"good",
           "a\xFF"
           "b"},
          options);
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::value);
  }
}

TEST_CASE("names that differ only in bytes that are not UTF-8 count as equal, since they are written alike") {
  const names all = named({"\xFE", "\xFF", "\xEF\xBF\xBD"});
  const auto parsed = tests::parse_json(all[0].whole + "1" + all[1].whole + "2" + all[2].whole + "3}");
  CHECK(parsed.size() == 3);

  json_options options;
  options.duplicate_name = json_options::duplicate_names::error;
  CHECK_THROWS_AS(named({"\xFE", "\xFF"}, options), error);
}

TEST_CASE("names stay where they are when their object is moved") {
  names first = named({"short", std::string(100, 'l'), "short"});
  const char* const short_name = first[0].whole.data();
  const char* const long_name = first[1].whole.data();
  const std::string* const plain_name = &first[2].plain;
  const names::rendered* const rendered = first.begin();

  const names second = std::move(first);
  CHECK(second[0].whole.data() == short_name);
  CHECK(second[1].whole.data() == long_name);
  CHECK(&second[2].plain == plain_name);
  CHECK(second.begin() == rendered);
  CHECK(second[0].whole == R"({"short":)");
  CHECK(second[2].plain == "short_2");
}

}  // namespace json_names_tests
