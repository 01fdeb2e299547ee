#include <tidemark/json/row_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/testing/cell.hpp>
#include <tidemark/testing/scripted.hpp>

#include "catch.hpp"
#include "drain.hpp"
#include "mismatches.hpp"

namespace json_row_writer_tests {

using tests::drain;
using tests::mismatches;
using tidemark::failure;
using tidemark::json_options;
using tidemark::progress;
using tidemark::json::chunk_buffer;
using tidemark::json::field_row_writer;
using tidemark::json::row_shape;
using tidemark::json::text_row_writer;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;

namespace {

constexpr row_shape plain = {.one_line = false, .single = false};
constexpr row_shape one_line = {.one_line = true, .single = false};
constexpr row_shape single = {.one_line = false, .single = true};

struct written {
  std::string text;
  std::size_t held_back;
};

/// Calls `visit` with a writer for rows of `shape`.
template <class Visit>
auto with_writer(row_shape shape, const json_options& options, Visit visit) {
  if (shape.single) {
    text_row_writer<single> writer(options);
    return visit(writer);
  }
  if (shape.one_line) {
    text_row_writer<one_line> writer(options);
    return visit(writer);
  }
  text_row_writer<plain> writer(options);
  return visit(writer);
}

written write(const std::string& text, row_shape shape, std::size_t mark = 65536, bool validate = false) {
  scripted_text rows(script().text(text));
  rows.next();
  json_options options;
  options.validate = validate;
  return with_writer(shape, options, [&](auto& writer) {
    writer.take_up(rows, tidemark::progress::row);
    std::string made = drain(mark, [&](chunk_buffer& buffer) { return writer.write(buffer, rows); });
    return written{std::move(made), writer.holds_back()};
  });
}

/// What begin() refuses a row with; empty where it does not.
std::string refusal(const std::string& text, row_shape shape, bool validate) {
  scripted_text rows(script().text(text));
  rows.next();
  json_options options;
  options.validate = validate;
  return with_writer(shape, options, [&](auto& writer) -> std::string {
    try {
      writer.take_up(rows, tidemark::progress::row);
    } catch (const tidemark::error& failed) {
      CHECK(failed.kind() == failure::value);
      return failed.message();
    }
    return "";
  });
}

std::string times(std::string_view text, std::size_t count) {
  std::string made;
  while (count-- != 0) made += text;
  return made;
}

}  // namespace

TEST_CASE("a row of text passes through as it is, blanks around it too, with every mark") {
  const std::string text = " [" + times("1,\n", 1000) + "2] \n";
  mismatches found;
  for (std::size_t mark = 1; mark <= 300; ++mark) found.compare(write(text, plain, mark).text, text, mark);
  CHECK(found.first() == "");
  CHECK(write("{\"a\":\n1}", plain).text == "{\"a\":\n1}");
}

TEST_CASE("line breaks in a row of text become blanks where rows are lines, with every mark") {
  const std::string text = "[" + times("1,\n", 1000) + "2]\n";
  const std::string expected = "[" + times("1, ", 1000) + "2] ";
  mismatches found;
  for (std::size_t mark = 1; mark <= 300; ++mark) found.compare(write(text, one_line, mark).text, expected, mark);
  CHECK(found.first() == "");
}

TEST_CASE("of a single row, blanks behind it are cut, so that its last byte is what makes it complete") {
  CHECK(write("{\"a\":1} \t\r\n", single).text == "{\"a\":1}");
  CHECK(write("{\"a\":1} \t\r\n", plain).text == "{\"a\":1} \t\r\n");
  CHECK(write(" [1]", single).text == "[1]");
  CHECK(write(std::string(600, ' ') + "1", single).text == "1");
  for (const std::string text : {"{\"a\":1}\n", "[1]", "\"text\" ", "null", "true\n", "false"}) {
    INFO(text);
    CHECK(write(text, single).held_back == 1);
  }
}

TEST_CASE("of a single row that is a bare number all is held back, since each of its starts is a number") {
  for (const std::string text : {"1", "-1", "12345", "1.5e-7", "42 "}) {
    INFO(text);
    const written made = write(text + "\n", single);
    CHECK(made.text == text.substr(0, text.find(' ')));
    CHECK(made.held_back == made.text.size());
  }
  CHECK(write(std::string(512, '7'), single).held_back == 512);
}

TEST_CASE("a bare number of 512 characters is written at once with the smallest mark, and a longer one is refused") {
  scripted_text rows(script().text(std::string(512, '7')));
  rows.next();
  text_row_writer<single> writer(json_options{});
  writer.take_up(rows, tidemark::progress::row);
  chunk_buffer buffer(1);
  CHECK(writer.write(buffer, rows));
  CHECK(buffer.size() == 512);
  CHECK(buffer.chunk(writer.holds_back()) == "");

  CHECK(refusal(std::string(513, '7'), single, false) == "a bare number of more than 512 digits cannot be the one row");
  CHECK(refusal("-" + std::string(512, '7'), single, false) != "");
  CHECK(refusal(std::string(513, '7'), plain, false) == "");
  CHECK(refusal("[" + std::string(513, '7') + "]", single, false) == "");
}

TEST_CASE("an empty row of text is always refused, and of a single row blanks only, too") {
  for (const bool validate : {false, true}) {
    for (const row_shape shape : {plain, one_line, single})
      CHECK(refusal("", shape, validate) == "the text is empty, which is not JSON");
    CHECK(refusal(" \n\t\r", single, validate) != "");
  }
}

TEST_CASE("a row of text that is not JSON is refused before any of it is written, where that is asked for") {
  CHECK(refusal("{\"a\":}", plain, false) == "");
  for (const row_shape shape : {plain, one_line, single}) {
    CHECK(refusal("{\"a\":}", shape, true) == "the text is not JSON: not a value at byte 5");
    CHECK(refusal("{\"a\":1}", shape, true) == "");
    CHECK(refusal("{\"a\":1}\n", shape, true) == "");
  }
  CHECK(write("[1]", plain, 1, true).text == "[1]");
}

TEST_CASE("rows of text follow each other through one writer") {
  scripted_text rows(script().text("{}").text("[1,\n2]").text("3"));
  text_row_writer<one_line> writer(json_options{});
  for (const std::string expected : {"{}", "[1, 2]", "3"}) {
    REQUIRE(rows.next() == progress::row);
    writer.take_up(rows, tidemark::progress::row);
    CHECK(drain(1, [&](chunk_buffer& buffer) { return writer.write(buffer, rows); }) == expected);
  }
}

TEST_CASE("rows of fields follow each other through one writer, as objects") {
  scripted_fields rows({"a", "b", "a"}, script().row({1, "x", 2}).row({3, nullptr, 4}));
  field_row_writer<plain> writer(json_options{});
  for (const std::string expected : {R"({"a":1,"b":"x","a_2":2})", R"({"a":3,"b":null,"a_2":4})"}) {
    REQUIRE(rows.next() == progress::row);
    writer.take_up(rows, tidemark::progress::row);
    CHECK(drain(1, [&](chunk_buffer& buffer) { return writer.write(buffer, rows); }) == expected);
    CHECK(writer.holds_back() == 1);
  }
}

TEST_CASE("rows of fields keep to the options and the shape") {
  json_options options;
  options.integer = json_options::integers::string;
  const auto written_by = [](auto writer) {
    scripted_fields rows({"a", "j"}, script().row({1, tidemark::testing::cell::json("[\n]")}));
    rows.next();
    writer.take_up(rows, tidemark::progress::row);
    return drain(64, [&](chunk_buffer& buffer) { return writer.write(buffer, rows); });
  };
  CHECK(written_by(field_row_writer<plain>(options)) == "{\"a\":\"1\",\"j\":[\n]}");
  CHECK(written_by(field_row_writer<one_line>(options)) == "{\"a\":\"1\",\"j\":[ ]}");
}

TEST_CASE("names of columns that cannot be written are refused when the first row is there") {
  json_options options;
  options.duplicate_name = json_options::duplicate_names::error;
  scripted_fields rows({"a", "a"}, script().row({1, 2}));
  rows.next();
  field_row_writer<plain> writer(options);
  CHECK_THROWS_AS(writer.take_up(rows, tidemark::progress::row), tidemark::error);
}

}  // namespace json_row_writer_tests
