#include <tidemark/object/lazy_row.hpp>

#include "catch.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/testing/scripted.hpp>

#include "../json/mismatches.hpp"
#include "../json/random.hpp"
#include "nlohmann_json.hpp"

namespace object_lazy_row_tests {

using tests::mismatches;
using tidemark::error;
using tidemark::lazy_field_row;
using tidemark::lazy_row;
using tidemark::lazy_text_row;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using document = nlohmann::ordered_json;

static_assert(tidemark::object<lazy_text_row>);
static_assert(tidemark::object<lazy_field_row<scripted_fields>>);
static_assert(std::same_as<lazy_row<scripted_text>, lazy_text_row>);
static_assert(std::same_as<lazy_row<scripted_fields>, lazy_field_row<scripted_fields>>);

namespace {

using list = std::vector<std::string>;

/// A producer at one row, with nothing behind its text.
class at_row {
 public:
  explicit at_row(std::string_view row) : size_(row.size()), memory_(new char[row.size()]) {
    row.copy(memory_.get(), row.size());
  }
  tidemark::progress next() const noexcept { return tidemark::progress::end; }
  std::string_view text() const noexcept { return {memory_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> memory_;
};

/// A row that is looked at lazily.
struct looked_at {
  explicit looked_at(std::string_view text, std::uint64_t number = 1) : at(text) { row.begin(at, number); }

  at_row at;
  lazy_text_row row;
};

/// What a function throws, which must be an error (value) of one row.
template <class Function>
error refusal(Function function) {
  try {
    function();
  } catch (const error& failed) {
    CHECK(failed.kind() == tidemark::failure::value);
    CHECK(failed.can_go_on());
    return failed;
  }
  FAIL("nothing was thrown");
  throw std::logic_error("not reached");
}

const list keys = {"a", "ab", "b", "\\u0061b\\n", "", "_", "say \\\"a\\\"", "\xC3\xA9", "1", "a longer key", "{"};
const list values = {"0",
                     "-0",
                     "1.50",
                     "1E5",
                     "1e+05",
                     "12345678901234567890",
                     "\"\"",
                     "\"a\"",
                     "true",
                     "null",
                     "\"{\"",
                     "\"]}\"",
                     "\"\\\"a\\\":1,\"",
                     "[]",
                     "[1, 2 ]",
                     "{}",
                     "\"\\\\\"",
                     "{\"a\":[{}]}",
                     "\"\\u00e9\\n\"",
                     "\"long, longer than sixteen\""};

/// A random row, and what its names stand for, by nlohmann::json.
std::string random_row(tests::random& random) {
  const auto blanks = [&] { return random.text(random.below(6) == 0 ? random.below(9) : 0, " \n\t\r"); };
  list left = keys;
  std::string text = blanks() + "{" + blanks();
  for (std::size_t count = random.below(8), i = 0; i != count; ++i) {
    const std::size_t which = random.below(left.size());
    if (i != 0) text += "," + blanks();
    text += "\"" + left[which] + "\"" + blanks() + ":" + blanks();
    // Few braces, so that what stands behind them is not all there is.
    const std::string& value = values[random.below(values.size())];
    text += (value.find_first_of("{[") == std::string::npos || random.below(3) == 0 ? value : "7") + blanks();
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(which));
  }
  return text + "}" + blanks();
}

std::string name_of(const std::string& key) { return document::parse('"' + key + '"').get<std::string>(); }

/// What stands in an object under a name: the text of the value, "(none)" where there is nothing.
std::string read(const auto& row, const std::string& name) {
  return row.contains(name) ? std::string(row[name].raw()) : "(none)";
}

}  // namespace

TEST_CASE("lazy row: fields are those that an object stream gives, in any order, any number of times") {
  tests::random random(1);
  mismatches found;
  for (int i = 0; i < 3'000; ++i) {
    const std::string text = random_row(random);
    const document expected = document::parse(text);
    tidemark::object_stream stream{scripted_text(script().text(text))};
    const auto object = stream.pull();
    REQUIRE(object);
    const looked_at lazy(text);
    for (std::size_t asked = random.below(12); asked != 0; --asked) {
      if (random.below(10) == 0) {
        std::size_t count = 0;
        for (const auto& [name, value] : lazy.row) {
          ++count;
          found.compare(document::parse(value.raw()).dump(), expected.at(std::string(name)).dump(), text, name);
        }
        found.compare(count, expected.size(), text);
        continue;
      }
      const std::string name = name_of(keys[random.below(keys.size())]);
      const std::string value = read(lazy.row, name);
      found.compare(value, read(*object, name), text, name);
      found.compare(value == "(none)" ? value : document::parse(value).dump(),
                    expected.contains(name) ? expected[name].dump() : "(none)", text, name);
    }
  }
  CHECK(found.first() == "");
  CHECK(found.compared() > 20'000);
}

TEST_CASE("lazy row: values are read as what they are, before a walk over the row and behind it") {
  const looked_at lazy(R"({"i":-7,"d":1.5,"t":"a\n\"\u20ac","n":null,"b":true,"o":{"x":[1,2]},"l":"plain"})");
  const auto check = [&] {
    CHECK(lazy.row.get<int>("i") == -7);
    CHECK(lazy.row.get<double>("d") == 1.5);
    CHECK(lazy.row.get<tidemark::decimal_text>("d").value == "1.5");
    CHECK(lazy.row.get<std::string_view>("t") == "a\n\"\xE2\x82\xAC");
    CHECK(lazy.row["n"].is_null());
    CHECK(lazy.row.get<std::optional<int>>("n") == std::nullopt);
    CHECK(lazy.row.get<bool>("b"));
    CHECK(lazy.row["o"]["x"].raw() == "[1,2]");
    CHECK(lazy.row.get<std::string>("l") == "plain");
    CHECK(lazy.row.get<tidemark::json_text>("l").value == "\"plain\"");
  };
  check();
  std::string names;
  for (const auto& [name, value] : lazy.row) names += name;
  CHECK(names == "idtnbol");
  check();
}

TEST_CASE("lazy row: what was read stays readable, whatever is read behind it") {
  const looked_at lazy(R"({"a":"\u0041","b":"\u0042","c":"\u0043","n":12,"o":["\u0044"]})");
  const auto a = lazy.row.get<std::string_view>("a");
  const auto n = lazy.row["n"];
  const auto c = lazy.row["c"];
  CHECK(lazy.row.get<std::string_view>("b") == "B");
  const auto b = lazy.row.get<std::string_view>("b");
  for (int i = 0; i < 100; ++i) {
    (void)lazy.row["a"];
    (void)lazy.row["b"];
  }
  CHECK(lazy.row["o"].raw() == "[\"\\u0044\"]");
  for (const auto& [name, value] : lazy.row) (void)value.as_field();
  CHECK(a == "A");
  CHECK(b == "B");
  CHECK(n.get<int>() == 12);
  CHECK(c.get<std::string_view>() == "C");
}

TEST_CASE("lazy row: a field that is not there is an error that names the row and the field, or none") {
  for (const char* text : {"{}", R"({"b":1})", R"({"b":{"a":1}})", R"({"b":"\"a\":1,"})"}) {
    const looked_at lazy(text, 7);
    INFO(text);
    CHECK_FALSE(lazy.row.contains("a"));
    CHECK(lazy.row.get<std::optional<int>>("a") == std::nullopt);
    const error missing = refusal([&] { lazy.row["a"]; });
    CHECK(missing.message() == "there is no such field");
    CHECK(missing.row() == std::uint64_t{7});
    CHECK(missing.column() == "a");
  }
}

TEST_CASE("lazy row: a field of another type is an error that names the row and the field, however it is found") {
  for (const char* text : {R"({"a":"x"})", R"({"o":{},"a":"x"})", R"({"\u0061":"x"})"}) {
    const looked_at lazy(text, 7);
    const error wrong = refusal([&] { (void)lazy.row.get<int>("a"); });
    CHECK(wrong.message() == "the value is text, not a whole number");
    CHECK(wrong.row() == std::uint64_t{7});
    CHECK(wrong.column() == "a");
  }
}

TEST_CASE("lazy row: of fields of one name it is the first, whatever was asked for before") {
  for (const std::string between : {"1", "{}", "\"{\"", "[1]"}) {
    const looked_at lazy("{\"a\":1,\"b\":" + between + ",\"a\":2,\"c\":3}");
    INFO(between);
    for (int round = 0; round < 3; ++round) {
      CHECK(lazy.row.get<int>("a") == 1);
      CHECK(lazy.row["b"].raw() == between);
      CHECK(lazy.row.get<int>("a") == 1);
      CHECK(lazy.row.get<int>("c") == 3);
    }
  }
}

TEST_CASE("lazy row: what stands behind what was asked for is not looked at") {
  const looked_at lazy(R"({"a":1,"b":"two","c" no JSON {})");
  CHECK(lazy.row.get<int>("a") == 1);
  CHECK(lazy.row.get<std::string_view>("b") == "two");
  CHECK(refusal([&] { (void)lazy.row.contains("c"); }).row() == std::uint64_t{1});
  CHECK(lazy.row.get<int>("a") == 1);
}

TEST_CASE("lazy row: a row that is not an object is an error as soon as that is seen, and every time") {
  for (const char* text : {"", "  ", "[1]", "7", "\"{}\"", "{", "{\"b\":1", "{\"b\":\"x", "{\"b\":\"\xFF\"}", "}"}) {
    const looked_at lazy(text, 3);
    INFO(text);
    for (int round = 0; round < 2; ++round) {
      CHECK(refusal([&] { (void)lazy.row.contains("a"); }).row() == std::uint64_t{3});
      CHECK(refusal([&] { (void)lazy.row.begin(); }).row() == std::uint64_t{3});
    }
  }
}

TEST_CASE("lazy row: text that is read is UTF-8 and has right escapes, or is an error, however it is found") {
  for (const std::string wrong : {"\"\xFF\"", "\"a\xE2\x82\"", "\"\\x\"", "\"\\u12\"", "\"a\nb\""}) {
    for (const std::string before : {"", "\"o\":{},"}) {
      const looked_at lazy("{" + before + "\"a\":" + wrong + "}", 4);
      INFO(tests::visible(lazy.row.text()));
      CHECK(refusal([&] { (void)lazy.row.get<std::string_view>("a"); }).row() == std::uint64_t{4});
    }
  }
}

TEST_CASE("lazy row: the next row has nothing of the one before") {
  tests::random random(2);
  mismatches found;
  lazy_text_row row;
  for (std::uint64_t number = 1; number <= 2'000; ++number) {
    const std::string text = random_row(random);
    at_row at(text);
    row.begin(at, number);
    const document expected = document::parse(text);
    for (std::size_t asked = random.below(4); asked != 0; --asked) {
      const std::string name = name_of(keys[random.below(keys.size())]);
      const std::string value = read(row, name);
      found.compare(value == "(none)" ? value : document::parse(value).dump(),
                    expected.contains(name) ? expected[name].dump() : "(none)", text, name);
    }
    if (row.contains("a")) continue;
    found.compare(refusal([&] { row["a"]; }).row().value_or(0), number, text);
  }
  CHECK(found.first() == "");
}

TEST_CASE("lazy row: a row of any size is read") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{1'000},
                                 std::size_t{65'536}, std::size_t{300'000}}) {
    const std::string text(size, 'x');
    const looked_at lazy("{\"t\":\"" + text + "\",\"o\":[\"" + text + "\"],\"n\":5}");
    CHECK(lazy.row.get<std::string_view>("t") == text);
    CHECK(lazy.row.get<int>("n") == 5);
    CHECK(lazy.row.get<std::string_view>("t") == text);
  }
}

TEST_CASE("lazy row: of fields, it reads as an object of an object stream does") {
  scripted_fields rows({"i", "t", "j"},
                       script().row({1, "x", cell::json("{\"a\":[1]}")}).row({2, nullptr, cell::json("[]")}));
  lazy_field_row<scripted_fields> row;
  REQUIRE(rows.next() == tidemark::progress::row);
  row.begin(rows, 1);
  for (int round = 0; round < 2; ++round) {
    CHECK(row.get<std::string_view>("t") == "x");
    CHECK(row.get<int>("i") == 1);
    CHECK(row["j"]["a"].raw() == "[1]");
    CHECK(row.get<std::optional<int>>("z") == std::nullopt);
    CHECK_FALSE(row.contains("z"));
    std::string names;
    for (const auto& [name, value] : row) names += name;
    CHECK(names == "itj");
  }
  REQUIRE(rows.next() == tidemark::progress::row);
  row.begin(rows, 2);
  CHECK(row["t"].is_null());
  CHECK(row["j"].raw() == "[]");
  const error missing = refusal([&] { row["z"]; });
  CHECK(missing.row() == std::uint64_t{2});
  CHECK(missing.column() == "z");
}

}  // namespace object_lazy_row_tests
