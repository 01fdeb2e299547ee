#include <tidemark/json/object_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/testing/cell.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/timestamp.hpp>

#include "catch.hpp"
#include "drain.hpp"
#include "mismatches.hpp"
#include "nlohmann_json.hpp"
#include "random.hpp"
#include "reference.hpp"

namespace json_object_writer_tests {

using tests::drain;
using tests::drain_all;
using tests::drained;
using tests::mismatches;
using tidemark::column;
using tidemark::failure;
using tidemark::field;
using tidemark::json_options;
using tidemark::progress;
using tidemark::timestamp;
using tidemark::json::chunk_buffer;
using tidemark::json::object_writer;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using form = tidemark::timestamp::form;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t any_mark = 65536;

// For what takes too long with each mark from 1.
const std::vector<std::size_t> some_marks = {1, 2, 3, 5, 8, 31, 32, 33, 64, 100, 300, 512, 1024, 1025, 4096};

/// One row, written through a buffer of that mark.
drained try_row(const std::vector<std::string>& names, std::vector<cell> cells, std::size_t mark,
                const json_options& options = {}, bool one_line = false) {
  scripted_fields rows(names, script().row(std::move(cells)));
  rows.next();
  object_writer writer(rows.columns(), options, one_line);
  return drain_all(mark, [&](chunk_buffer& buffer) { return writer.write(buffer, rows); });
}

std::string row(const std::vector<std::string>& names, std::vector<cell> cells, std::size_t mark = any_mark,
                const json_options& options = {}, bool one_line = false) {
  const drained made = try_row(names, std::move(cells), mark, options, one_line);
  if (made.failure) FAIL("failed: " << made.failure->what());
  return made.text;
}

/// One value, without the object around it.
std::string value(cell one, const json_options& options = {}, bool one_line = false) {
  const std::string made = row({"v"}, {std::move(one)}, any_mark, options, one_line);
  REQUIRE(made.starts_with("{\"v\":"));
  REQUIRE(made.ends_with("}"));
  return made.substr(5, made.size() - 6);
}

struct sample {
  cell given;
  std::string written;
};

std::string times(std::string_view text, std::size_t count) {
  std::string made;
  while (count-- != 0) made += text;
  return made;
}

/// A value of each kind that fits, with what it is by default.
std::vector<sample> short_samples() {
  return {
      {nullptr, "null"},
      {true, "true"},
      {false, "false"},
      {0, "0"},
      {-42, "-42"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
      {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
      {19.99, "19.99"},
      {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
      {not_a_number, "null"},
      {cell::decimal("123456789012345678901234567890.10"), "123456789012345678901234567890.10"},
      {"", R"("")"},
      {"say \"hi\"\n\x01", R"("say \"hi\"\n\u0001")"},
      {"\xE2\x82\xAC\xFF", "\"\xE2\x82\xAC\xEF\xBF\xBD\""},
      {cell::json(R"({"a": [1,2]})"), R"({"a": [1,2]})"},
      {timestamp{19782 * 86400, 500'000'000, 1, form::date_time_utc}, R"("2024-02-29T00:00:00.5Z")"},
      {timestamp{std::numeric_limits<std::int64_t>::max(), 999'999'999, 9, form::date_time_utc},
       R"("+292277026596-12-04T15:30:07.999999999Z")"},
      {cell::bytes("foob"), R"("Zm9vYg==")"},
      {cell::text_in_pieces("a\"\xC3\xA9", 1), "\"a\\\"\xC3\xA9\""},
      {cell::bytes_in_pieces("foob", 3), R"("Zm9vYg==")"},
  };
}

/// A value of each kind that may be long.
std::vector<sample> long_samples() {
  const std::string text = times("0123456789\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n\xFF", 80);
  const std::string json = "[" + times("\"abc\", 12345, ", 100) + "null]";
  const std::string digits = "-0." + times("1234567890", 180);
  const std::string octets = times("foobar", 300) + "f";
  const std::string base64 = "\"" + times("Zm9vYmFy", 300) + "Zg==\"";
  return {
      {text, reference::quoted(text)},
      {std::string(1000, '\x1F'), "\"" + times("\\u001f", 1000) + "\""},
      {cell::json(json), json},
      {cell::decimal(digits), digits},
      {cell::bytes(octets), base64},
      {cell::text_in_pieces(text, 7), reference::quoted(text)},
      {cell::text_in_pieces(text, 100'000), reference::quoted(text)},
      {cell::bytes_in_pieces(octets, 7), base64},
      {cell::bytes_in_pieces(octets, 100'000), base64},
  };
}

struct wide_row {
  std::vector<std::string> names;
  std::vector<cell> cells;
  std::string written;

  void add(const std::string& name, const sample& one) {
    written += (names.empty() ? "{" : ",") + reference::quoted(name) + ":" + one.written;
    names.push_back(name);
    cells.push_back(one.given);
  }
};

const json_options strings = [] {
  json_options made;
  made.integer = json_options::integers::string;
  made.decimal = json_options::decimals::string;
  made.not_finite = json_options::non_finite::string;
  return made;
}();

/// Whose third field cannot be read.
struct failing_row {
  tidemark::field field(std::size_t i) const {
    if (i == 2) throw tidemark::error(failure::producer, "gone");
    return tidemark::field::integer(static_cast<std::int64_t>(i));
  }
};

}  // namespace

TEST_CASE("values of every kind have their spelling by default") {
  for (const auto& samples : {short_samples(), long_samples()}) {
    for (const sample& one : samples) CHECK(value(one.given) == one.written);
  }
}

TEST_CASE("a row without columns is an empty object") {
  CHECK(row({}, {}) == "{}");
  CHECK(row({}, {}, 1) == "{}");
}

TEST_CASE("integers are numbers, strings, or strings where JavaScript would round them") {
  const std::int64_t safe = 9007199254740991;
  const auto unsigned_safe = static_cast<std::uint64_t>(safe);
  json_options options;
  CHECK(value(safe + 2, options) == "9007199254740993");
  CHECK(value(unsigned_safe + 2, options) == "9007199254740993");

  options.integer = json_options::integers::string;
  CHECK(value(0, options) == "\"0\"");
  CHECK(value(-7, options) == "\"-7\"");
  CHECK(value(std::uint64_t{7}, options) == "\"7\"");
  CHECK(value(std::numeric_limits<std::int64_t>::min(), options) == "\"-9223372036854775808\"");
  CHECK(value(std::numeric_limits<std::uint64_t>::max(), options) == "\"18446744073709551615\"");
  CHECK(value(1.5, options) == "1.5");
  CHECK(value(true, options) == "true");

  options.integer = json_options::integers::string_if_unsafe;
  CHECK(value(0, options) == "0");
  CHECK(value(safe, options) == "9007199254740991");
  CHECK(value(-safe, options) == "-9007199254740991");
  CHECK(value(safe + 1, options) == "\"9007199254740992\"");
  CHECK(value(-safe - 1, options) == "\"-9007199254740992\"");
  CHECK(value(unsigned_safe, options) == "9007199254740991");
  CHECK(value(unsigned_safe + 1, options) == "\"9007199254740992\"");
  CHECK(value(std::numeric_limits<std::uint64_t>::max(), options) == "\"18446744073709551615\"");
}

TEST_CASE("decimals are numbers or strings, short and long") {
  const std::string digits = times("1234567890", 300) + ".5";
  json_options options;
  CHECK(value(cell::decimal("-0.10"), options) == "-0.10");
  CHECK(value(cell::decimal(digits), options) == digits);
  options.decimal = json_options::decimals::string;
  CHECK(value(cell::decimal("-0.10"), options) == "\"-0.10\"");
  CHECK(value(cell::decimal(digits), options) == "\"" + digits + "\"");
}

TEST_CASE("what is not finite is null, a string, or an error that names the column") {
  json_options options;
  for (const double one : {not_a_number, infinity, -infinity}) CHECK(value(one, options) == "null");
  options.not_finite = json_options::non_finite::string;
  CHECK(value(not_a_number, options) == "\"NaN\"");
  CHECK(value(-not_a_number, options) == "\"NaN\"");
  CHECK(value(infinity, options) == "\"Infinity\"");
  CHECK(value(-infinity, options) == "\"-Infinity\"");
  CHECK(value(1.5, options) == "1.5");

  options.not_finite = json_options::non_finite::error;
  CHECK(value(1.5, options) == "1.5");
  for (const std::string& name : {std::string("x"), std::string(600, 'x')}) {
    for (std::size_t mark = 1; mark <= 40; ++mark) {
      const drained made = try_row({"a", name, "b"}, {1, -infinity, 2}, mark, options);
      REQUIRE(made.failure);
      CHECK(made.failure->kind() == failure::value);
      CHECK(made.failure->message() == "JSON has no number for -Infinity");
      CHECK(made.failure->column() == name);
      CHECK(made.text == "{\"a\":1,\"" + name + "\":");
    }
  }
}

TEST_CASE("octets are base64, base64url or hex, short, long and in pieces") {
  const std::string octets = times("\xFB\xEF\xBE", 1000) + "f";
  json_options options;
  const auto check = [&](const std::string& short_one, const std::string& long_one) {
    CHECK(value(cell::bytes("\xFB\xEF\xBE"
                            "f"),
                options) == short_one);
    CHECK(value(cell::bytes_in_pieces("\xFB\xEF\xBE"
                                      "f",
                                      2),
                options) == short_one);
    CHECK(value(cell::bytes(octets), options) == long_one);
    CHECK(value(cell::bytes_in_pieces(octets, 5), options) == long_one);
    CHECK(value(cell::bytes(""), options) == "\"\"");
    CHECK(value(cell::bytes_in_pieces("", 5), options) == "\"\"");
  };
  check("\"++++Zg==\"", "\"" + times("++++", 1000) + "Zg==\"");
  options.bytes = json_options::octets::base64url;
  check("\"----Zg\"", "\"" + times("----", 1000) + "Zg\"");
  options.bytes = json_options::octets::hex;
  check("\"fbefbe66\"", "\"" + times("fbefbe", 1000) + "66\"");
}

TEST_CASE("bad UTF-8 that is an error names the column, and all that precedes it is written, with every mark") {
  json_options options;
  options.invalid_utf8 = json_options::bad_utf8::error;
  CHECK(value("gr\xC3\xBC\xC3\x9F"
              "e",
              options) ==
        "\"gr\xC3\xBC\xC3\x9F"
        "e\"");
  for (const std::size_t size : {0u, 5u, 100u, 2000u}) {
    const std::string good = times("x\"\xC3\xA9", size);
    const std::string bad = good + "\xC3(" + good;
    std::string expected = "{\"a\":1,\"t\":" + reference::quoted(good);
    expected.pop_back();
    mismatches found;
    for (std::size_t mark = 1; mark <= 100; mark += 3) {
      for (const cell& one : {cell(bad), cell::text_in_pieces(bad, 3)}) {
        const drained made = try_row({"a", "t", "b"}, {1, one, 2}, mark, options);
        REQUIRE(made.failure);
        found.compare(made.text, expected, size, mark);
        found.compare(made.failure->column(), "t", size, mark);
        found.compare(made.failure->message(),
                      "the text is not UTF-8 at byte " + std::to_string(good.size()) + " of the value", size, mark);
      }
    }
    CHECK(found.first() == "");
  }
}

TEST_CASE("names that are equal are numbered, kept, or an error") {
  json_options options;
  CHECK(row({"a", "a"}, {1, 2}, any_mark, options) == R"({"a":1,"a_2":2})");
  options.duplicate_name = json_options::duplicate_names::keep;
  CHECK(row({"a", "a"}, {1, 2}, any_mark, options) == R"({"a":1,"a":2})");
  options.duplicate_name = json_options::duplicate_names::error;
  CHECK_THROWS_AS(row({"a", "a"}, {1, 2}, any_mark, options), tidemark::error);
}

TEST_CASE("JSON fields are checked only where that is asked for, but are never empty") {
  const std::string long_one = "[" + times("1,", 2000) + "]";
  json_options options;
  CHECK(value(cell::json("{]"), options) == "{]");
  CHECK(value(cell::json(long_one), options) == long_one);
  for (const bool validate : {false, true}) {
    options.validate = validate;
    for (const std::size_t mark : some_marks) {
      const drained made = try_row({"a", "j"}, {1, cell::json("")}, mark, options);
      REQUIRE(made.failure);
      CHECK(made.failure->column() == "j");
      CHECK(made.text == R"({"a":1,"j":)");
    }
  }
  CHECK(value(cell::json("[1]"), options) == "[1]");
  for (const std::string& name : {std::string("j"), std::string(600, 'j')}) {
    for (const std::size_t mark : some_marks) {
      const drained short_bad = try_row({"a", name}, {1, cell::json("{]")}, mark, options);
      REQUIRE(short_bad.failure);
      CHECK(short_bad.failure->kind() == failure::value);
      CHECK(short_bad.failure->column() == name);
      CHECK(short_bad.text == "{\"a\":1,\"" + name + "\":");
      const drained long_bad = try_row({"a", name}, {1, cell::json(long_one)}, mark, options);
      REQUIRE(long_bad.failure);
      CHECK(long_bad.failure->column() == name);
      CHECK(long_bad.text == "{\"a\":1,\"" + name + "\":");
    }
  }
}

TEST_CASE("line breaks in JSON fields become blanks where rows are lines, and nowhere else") {
  const std::string long_one = "[" + times("1,\n", 1000) + "2]";
  const std::string on_one_line = "[" + times("1, ", 1000) + "2]";
  CHECK(value(cell::json("[1,\n2]"), {}, true) == "[1, 2]");
  CHECK(value(cell::json(long_one), {}, true) == on_one_line);
  CHECK(value(cell::json("[1,\n2]"), {}, false) == "[1,\n2]");
  CHECK(value(cell::json(long_one), {}, false) == long_one);
  CHECK(value("a\nb", {}, true) == "\"a\\nb\"");
  CHECK(row({"a\nb"}, {1}, any_mark, {}, true) == "{\"a\\nb\":1}");
}

TEST_CASE("a row with values of every kind is the same bytes with every mark") {
  wide_row wide;
  for (const sample& one : short_samples()) wide.add("c" + std::to_string(wide.names.size()), one);
  for (const sample& one : long_samples()) {
    wide.add("l" + std::to_string(wide.names.size()), one);
    wide.add("s" + std::to_string(wide.names.size()), {7, "7"});
  }
  wide.written += "}";
  CHECK(tests::is_json(wide.written));
  mismatches found;
  for (std::size_t mark = 1; mark <= 300; ++mark) found.compare(row(wide.names, wide.cells, mark), wide.written, mark);
  for (std::size_t mark = 301; mark <= 6000; mark += 61)
    found.compare(row(wide.names, wide.cells, mark), wide.written, mark);
  CHECK(found.first() == "");
}

TEST_CASE("a row of short values is the same bytes with every mark, whatever their spelling") {
  wide_row wide;
  for (const sample& one : short_samples()) wide.add("column " + std::to_string(wide.names.size()), one);
  const std::string expected = row(wide.names, wide.cells, any_mark, strings);
  CHECK(tests::is_json(expected));
  CHECK(expected != wide.written + "}");
  mismatches found;
  for (std::size_t mark = 1; mark <= 1200; ++mark)
    found.compare(row(wide.names, wide.cells, mark, strings), expected, mark);
  CHECK(found.first() == "");
}

TEST_CASE("values of every kind stand behind names of every length, with any mark") {
  mismatches found;
  std::vector<sample> samples = short_samples();
  for (const sample& one : long_samples()) samples.push_back(one);
  for (const std::size_t size :
       {0u, 1u, 27u, 28u, 29u, 31u, 32u, 33u, 500u, 507u, 508u, 509u, 512u, 513u, 1000u, 1100u, 3000u}) {
    wide_row wide;
    // Different names, some of which need escapes.
    for (std::size_t i = 0; i < samples.size(); ++i) {
      std::string name = size < 3 ? std::string(i, '\t') : std::to_string(100 + i);
      if (name.size() < size) name.resize(size, 'n');
      if (size > 400) name.back() = '"';
      wide.add(name, samples[i]);
    }
    wide.written += "}";
    for (const std::size_t mark : some_marks)
      found.compare(row(wide.names, wide.cells, mark), wide.written, size, mark);
  }
  CHECK(found.first() == "");
}

TEST_CASE("a long name is the same bytes with every mark") {
  mismatches found;
  for (const std::size_t size : {508u, 509u, 1100u, 3000u}) {
    const std::string name(size, 'n');
    const std::string expected = "{\"" + name + "\":1,\"" + name + "_2\":\"text\",\"" + name + "_3\":null}";
    for (std::size_t mark = 1; mark <= 300; ++mark)
      found.compare(row({name, name, name}, {1, "text", nullptr}, mark), expected, size, mark);
  }
  CHECK(found.first() == "");
}

TEST_CASE("texts of every length fit or go on in the next chunk, with any mark") {
  mismatches found;
  for (std::size_t size = 0; size <= 400; ++size) {
    for (const char one : {'a', '\x01', '\xFF'}) {
      const std::string text(size, one);
      const std::string expected = "{\"a\":" + reference::quoted(text) + ",\"b\":" + reference::quoted(text) + "}";
      for (const std::size_t mark : {1u, 6u, 100u, 333u, 1000u})
        found.compare(row({"a", "b"}, {text, text}, mark), expected, size, mark, one);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("octets, decimals and JSON of every length fit or go on in the next chunk, with any mark") {
  mismatches found;
  for (std::size_t size = 1; size <= 1200; size += size < 400 || size > 900 ? 3 : 25) {
    const std::string digits(size, '7');
    const std::string json = "\"" + digits + "\"";
    const std::string octets(size, '\0');
    json_options options;
    options.bytes = json_options::octets::hex;
    const std::string expected =
        "{\"a\":" + digits + ",\"b\":" + json + ",\"c\":\"" + std::string(2 * size, '0') + "\",\"d\":" + digits + "}";
    for (const std::size_t mark : {1u, 6u, 100u, 333u, 1000u})
      found.compare(
          row({"a", "b", "c", "d"},
              {cell::decimal(digits), cell::json(json), cell::bytes(octets), cell::decimal(digits)}, mark, options),
          expected, size, mark);
  }
  CHECK(found.first() == "");
}

TEST_CASE("values in pieces of every size are the same bytes, with any mark") {
  mismatches found;
  const std::string text = times("ab\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFF", 40);
  std::vector<std::string> names = {"t", "o", std::string(600, 'n')};
  std::string expected;
  for (std::size_t step = 1; step <= 20; ++step) {
    for (std::size_t mark = 1; mark <= 300; mark += mark < 20 ? 1 : 35) {
      const std::string made =
          row(names,
              {cell::text_in_pieces(text, step), cell::bytes_in_pieces(text, step), cell::text_in_pieces(text, step)},
              mark);
      if (expected.empty()) expected = row(names, {text, cell::bytes(text), text});
      found.compare(made, expected, step, mark);
    }
  }
  CHECK(found.first() == "");
}

TEST_CASE("a reader that fails leaves all that precedes the failure, and its error names the column") {
  const std::string text = times("x", 1500);
  const auto gone = std::make_exception_ptr(tidemark::error(failure::producer, "gone"));
  for (const std::string& name : {std::string("t"), std::string(600, 't')}) {
    for (const std::size_t mark : some_marks) {
      const drained made = try_row({"a", name}, {1, cell::text_in_pieces(text, 100, gone)}, mark);
      REQUIRE(made.failure);
      CHECK(made.failure->kind() == failure::producer);
      CHECK(made.failure->column() == name);
      const bool is_all_there = made.text == "{\"a\":1,\"" + name + "\":\"" + text;
      CHECK(is_all_there);
    }
  }
}

TEST_CASE("where a field cannot be read, all that precedes it is written, its name too") {
  for (const std::string& name : {std::string("c"), std::string(100, 'c'), std::string(600, 'c')}) {
    const std::vector<column> columns = {{"a"}, {"b"}, {name}, {"d"}};
    for (const std::size_t mark : some_marks) {
      object_writer writer(columns, {}, false);
      failing_row fields;
      const drained made = drain_all(mark, [&](chunk_buffer& buffer) { return writer.write(buffer, fields); });
      REQUIRE(made.failure);
      CHECK(made.failure->message() == "gone");
      CHECK(made.text == "{\"a\":0,\"b\":1,\"" + name + "\":");
    }
  }
}

TEST_CASE("rows follow each other through one writer, with every mark") {
  tests::random random(1);
  const std::vector<std::string> names = {"id", "text", std::string(40, 'r'), std::string(600, 'l'), "bytes"};
  script what;
  std::string expected;
  for (int i = 0; i < 12; ++i) {
    const std::string text = random.bytes(random.below(i % 4 == 0 ? 900 : 20));
    const std::string octets = random.bytes(random.below(3)) + "xyz";
    what.row({i, text, 0.5, i % 3 == 0 ? cell(nullptr) : cell::text_in_pieces(text, 3), cell::bytes(octets)});
    expected += "{\"id\":" + std::to_string(i) + ",\"text\":" + reference::quoted(text) + ",\"" + names[2] +
                "\":0.5,\"" + names[3] + "\":" + (i % 3 == 0 ? "null" : reference::quoted(text)) +
                ",\"bytes\":" + value(cell::bytes(octets)) + "}";
  }
  mismatches found;
  for (std::size_t mark = 1; mark <= 300; ++mark) {
    scripted_fields rows(names, what);
    rows.next();
    object_writer writer(rows.columns(), {}, false);
    const std::string made = drain(mark, [&](chunk_buffer& buffer) {
      for (;;) {
        if (!writer.write(buffer, rows)) return false;
        if (rows.next() == progress::end) return true;
        if (buffer.is_full()) return false;
      }
    });
    found.compare(made, expected, mark);
  }
  CHECK(found.first() == "");
}

TEST_CASE("a writer may be moved between any two chunks") {
  wide_row wide;
  std::vector<sample> samples = short_samples();
  for (const sample& one : long_samples()) samples.push_back(one);
  for (std::size_t i = 0; i < samples.size(); ++i)
    wide.add(std::to_string(i) + std::string(i % 2 * 600, 'n'), samples[i]);
  wide.written += "}";
  mismatches found;
  for (const std::size_t mark : some_marks) {
    scripted_fields rows(wide.names, script().row(wide.cells));
    rows.next();
    auto writer = std::make_unique<object_writer>(rows.columns(), json_options{}, false);
    const std::string made = drain(mark, [&](chunk_buffer& buffer) {
      writer = std::make_unique<object_writer>(std::move(*writer));  // elsewhere, before the old one goes
      return writer->write(buffer, rows);
    });
    found.compare(made, wide.written, mark);
  }
  CHECK(found.first() == "");
}

TEST_CASE("random rows read back as what they were, with random marks") {
  tests::random random(2);
  mismatches found;
  for (int i = 0; i < 300; ++i) {
    std::vector<std::string> names;
    std::vector<cell> cells;
    auto expected = nlohmann::json::object();
    for (std::size_t left = random.below(8); left != 0; --left) {
      names.push_back(std::to_string(names.size()) + random.text(random.below(45), "name\"\n"));
      const std::string text = random.bytes(random.below(random.below(2) == 0 ? 30 : 1500));
      auto& there = expected[names.back()];
      switch (random.below(6)) {
        case 0: cells.emplace_back(static_cast<std::int64_t>(random.bits())); break;
        case 1: cells.emplace_back(nullptr); break;
        case 2: cells.emplace_back(true); break;
        case 3: cells.emplace_back(text); break;
        case 4: cells.push_back(cell::text_in_pieces(text, 1 + random.below(50))); break;
        default: cells.emplace_back(0.25 * static_cast<double>(random.below(1000))); break;
      }
      const field now = cells.back().view();
      if (now.type() == field::kind::integer) there = now.as_integer();
      if (now.type() == field::kind::boolean) there = true;
      if (now.type() == field::kind::real) there = now.as_real();
      if (now.type() == field::kind::text || now.type() == field::kind::long_text) there = reference::repaired(text);
    }
    const std::string made = row(names, cells, 1 + random.below(600));
    found.compare(tests::try_parse_json(made) == expected, true, made);
  }
  CHECK(found.first() == "");
}

}  // namespace json_object_writer_tests
