#include "catch.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tidemark/format/ndjson.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "any_rows.hpp"
#include "drain.hpp"

namespace docs_values_tests {

// Makes the tables of docs/values.md from what the library writes, and compares them with the file.

using namespace tidemark;
using testing::cell;

namespace {

constexpr std::string_view nothing = "\u2014";
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// The bytes of a stream and, where it failed, the message.
template <class Producer, class Format = format::array>
std::string written(Producer rows, json_options options = {}, Format format = {}) {
  const drained all =
      drain(raw_stream{tests::any_flat_rows<Producer>(std::move(rows)), std::move(format), byte_mark{}, options});
  return all.failure ? "error: " + all.failure->message() : all.bytes;
}

/// Of `[{"v":VALUE}]` the value.
std::string inside(const std::string& rows) {
  if (rows.starts_with("error: ")) return rows;
  constexpr std::string_view before = R"([{"v":)", after = "}]";
  if (!rows.starts_with(before) || !rows.ends_with(after)) throw std::runtime_error("not one row: " + rows);
  return rows.substr(before.size(), rows.size() - before.size() - after.size());
}

std::string value(const cell& one, json_options options = {}) {
  return inside(written(testing::scripted_fields{{"v"}, testing::script{}.row({one})}, options));
}

sqlite::connection sample() {
  sqlite::connection db{":memory:"};
  db.execute(
      "create table sample (id integer primary key, flag boolean, price decimal(10,2), scan blob, payload text);"
      "insert into sample values (1, 1, 12.5, x'00ff', '{\"a\": 1.50}'), (2, 0, '12.50', 'tide', null);"
      "create table numbers (zero real);"
      "insert into numbers values (-0.0)");
  return db;
}

/// What a query of one row and one column `v` gives.
std::string of_sqlite(const std::string& sql, json_options options = {}) {
  return inside(written(sqlite::query{sample(), sql}, options));
}

template <class T>
std::string of_range(const T& one, json_options options = {}) {
  const std::vector<std::tuple<T>> rows = {std::tuple<T>{one}};
  return inside(written(range(rows, {"v"}), options));
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

/// A piece of a cell: the option and what it makes of the value.
std::string with(std::string_view option, const std::string& made) {
  return code(option) + ": " + (made.starts_with("error: ") ? "the stream fails" : code(made));
}

json_options integers(json_options::integers how) {
  json_options made;
  made.integer = how;
  return made;
}
json_options decimals(json_options::decimals how) {
  json_options made;
  made.decimal = how;
  return made;
}
json_options not_finite(json_options::non_finite how) {
  json_options made;
  made.not_finite = how;
  return made;
}
json_options octets(json_options::octets how) {
  json_options made;
  made.bytes = how;
  return made;
}
json_options invalid_utf8(json_options::bad_utf8 how) {
  json_options made;
  made.invalid_utf8 = how;
  return made;
}
json_options duplicate_name(json_options::duplicate_names how) {
  json_options made;
  made.duplicate_name = how;
  return made;
}
json_options validated() {
  json_options made;
  made.validate = true;
  return made;
}

/// A source that names the value in its own words; what it gives must be what the kind is written as.
std::string source(std::string_view words, const std::string& made, const std::string& expected) {
  INFO(words);
  CHECK(made == expected);
  return std::string(words);
}

class table {
 public:
  explicit table(std::vector<std::string> head) {
    add(head);
    add(std::vector<std::string>(head.size(), "---"));
  }
  void add(const std::vector<std::string>& cells) {
    for (const std::string& one : cells) text_ += "| " + one + " ";
    text_ += "|\n";
  }
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

std::string all_integers(const cell& one) {
  using enum json_options::integers;
  return with("integer = string", value(one, integers(string))) + "<br>" +
         with("integer = string_if_unsafe", value(one, integers(string_if_unsafe)));
}
std::string all_non_finite(const cell& one) {
  using enum json_options::non_finite;
  return with("not_finite = string", value(one, not_finite(string))) + "<br>" +
         with("not_finite = error", value(one, not_finite(error)));
}
std::string all_octets(const cell& one) {
  using enum json_options::octets;
  return with("bytes = base64url", value(one, octets(base64url))) + "<br>" +
         with("bytes = hex", value(one, octets(hex)));
}

std::string values() {
  table made({"value", "by default", "with an option", "SQLite", "range"});
  const std::string none{nothing};

  made.add({"null", code(value(nullptr)), none, source("`NULL`", of_sqlite("select null as v"), "null"),
            source("`nullptr`, an empty `std::optional`", of_range(std::optional<int>{}), "null")});
  made.add({"boolean", code(value(true)) + ", " + code(value(false)), none,
            source("0 and 1 of a column declared `BOOLEAN`, or named by `.boolean()`",
                   of_sqlite("select flag as v from sample where id = 1"), "true"),
            source("`bool`", of_range(true), "true")});

  const auto integer = [&](std::string_view words, std::int64_t one) {
    const std::string digits = std::to_string(one);
    made.add({std::string(words), code(value(one)), all_integers(one),
              source("`INTEGER`", of_sqlite("select " + digits + " as v"), digits),
              source("signed integers", of_range(one), digits)});
  };
  integer("integer, small", -42);
  integer("integer beyond 2<sup>53</sup>", 9007199254740993);
  made.add({"unsigned integer", code(value(std::numeric_limits<std::uint64_t>::max())),
            all_integers(std::numeric_limits<std::uint64_t>::max()), none,
            source("unsigned integers", of_range(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615")});

  const auto real = [&](std::string_view words, double one, const std::string& sql) {
    const std::string expected = value(one);
    made.add({std::string(words), code(expected), none,
              sql.empty() ? none : source("`REAL`", of_sqlite("select " + sql + " as v"), expected),
              source("`float`, `double`", of_range(one), expected)});
  };
  real("double, the shortest form that reads back", 0.1 + 0.2, "0.1 + 0.2");
  real("double, whole", 5.0, "5.0");
  real("double, large", 1e21, "1e21");
  real("double, small", 1e-7, "1e-7");
  real("double, negative zero", -0.0, "");
  made.add({"NaN", code(value(not_a_number)), all_non_finite(not_a_number), none,
            source("`float`, `double`", of_range(not_a_number), "null")});
  made.add({"infinity", code(value(infinite)), all_non_finite(infinite),
            source("`REAL`", of_sqlite("select 9e999 as v"), "null"),
            source("`float`, `double`", of_range(infinite), "null")});
  made.add({"infinity, negative", code(value(-infinite)), all_non_finite(-infinite),
            source("`REAL`", of_sqlite("select -9e999 as v"), "null"),
            source("`float`, `double`", of_range(-infinite), "null")});

  const auto digits = cell::decimal("12345678901234567890.50");
  made.add({"decimal", code(value(digits)),
            with("decimal = string", value(digits, decimals(json_options::decimals::string))),
            source("numbers, and text that is a number, of a column declared `DECIMAL` or `NUMERIC`, or named by "
                   "`.decimal()`",
                   inside(written(sqlite::query{sample(), "select '12345678901234567890.50' as v"}.decimal("v"))),
                   value(digits)),
            source("`decimal_text`", of_range(decimal_text{"12345678901234567890.50"}), value(digits))});

  const auto text = [&](std::string_view words, const std::string& one, const std::string& sql, std::string options) {
    made.add({std::string(words), code(value(one)), options.empty() ? none : std::move(options),
              source("`TEXT`", of_sqlite("select " + sql + " as v"), value(one)),
              source("whatever is a `std::string_view`", of_range(one), value(one))});
  };
  text("text", "h\u00e9 \U0001F30A /", "'h\u00e9 \U0001F30A /'", "");
  text("text, quotes and backslashes", "\"a\\b\"", "'\"a\\b\"'", "");
  text("text, controls and NUL", std::string("\b\t\n\f\r\x1f\0.", 8), "char(8,9,10,12,13,31,0,46)", "");
  text("text that is not UTF-8: bytes 61 FF E2 82 62",
       "a\xff\xe2\x82"
       "b",
       "cast(x'61ffe28262' as text)",
       with("invalid_utf8 = error", value("a\xff\xe2\x82"
                                          "b",
                                          invalid_utf8(json_options::bad_utf8::error))));

  const auto payload = cell::json(R"({"a": 1.50})");
  made.add({"JSON", code(value(payload)), "`validate = true`: checked; what is not JSON fails the stream",
            source("text of a column named by `.json()`",
                   inside(written(sqlite::query{sample(), "select payload as v from sample where id = 1"}.json("v"))),
                   value(payload)),
            source("`json_text`", of_range(json_text{R"({"a": 1.50})"}), value(payload))});
  CHECK(value(cell::json("{a}"), validated()).starts_with("error: "));

  const auto time = [&](std::string_view words, const timestamp& one, std::string_view range_words,
                        const std::string& in_range) {
    made.add({std::string(words), code(value(one)), none, none, source(range_words, in_range, value(one))});
  };
  using form = timestamp::form;
  using namespace std::chrono;
  const auto day = sys_days{year{2024} / February / 29};
  time("timestamp, UTC", {1709251199, 500'000'000, 3, form::date_time_utc}, "`sys_time` of milliseconds",
       of_range(day + hours(23) + minutes(59) + milliseconds(59'500)));
  time("timestamp, a date", {1709164800, 0, 0, form::date}, "`year_month_day`", of_range(year_month_day{day}));
  const auto spelled_out = [&](std::string_view words, const timestamp& one) {
    time(words, one, "`timestamp`", of_range(one));
  };
  spelled_out("timestamp, no zone", {1709251199, 0, 0, form::date_time});
  spelled_out("timestamp, a time of day", {86399, 120'000'000, 2, form::time});
  spelled_out("timestamp beyond the year 9999", {253402300800, 0, 0, form::date});

  const std::array<std::byte, 2> two = {std::byte{0}, std::byte{0xff}};
  const auto bytes = cell::bytes(std::string("\0\xff", 2));
  made.add({"bytes 00 FF", code(value(bytes)), all_octets(bytes),
            source("`BLOB`", of_sqlite("select x'00ff' as v"), value(bytes)),
            source("`std::span<const std::byte>`", of_range(std::span<const std::byte>(two)), value(bytes))});

  const auto drawn = [](const std::string& id) {
    return inside(
        written(sqlite::query{sample(), "select id as v from sample where id = " + id}.draw("v", {"sample", "scan"})));
  };
  made.add({"long text, drawn in pieces", "as text", "as text",
            source("stored `TEXT` of a column named by `.draw()`", drawn("2"), value(cell::text_in_pieces("tide", 3))),
            "`field::long_text`"});
  made.add({"long bytes, drawn in pieces", "as bytes", "as bytes",
            source("stored `BLOB` of a column named by `.draw()`", drawn("1"),
                   value(cell::bytes_in_pieces(std::string("\0\xff", 2), 1))),
            "`field::long_bytes`"});
  return made.text();
}

std::string object(std::vector<std::string> names, std::vector<cell> cells, json_options options = {}) {
  const std::string all =
      written(testing::scripted_fields{std::move(names), testing::script{}.row(std::move(cells))}, options);
  return all.starts_with("error: ") ? all : all.substr(1, all.size() - 2);
}

std::string names() {
  table made({"names of the columns", "by default", "with an option"});
  using enum json_options::duplicate_names;
  const std::vector<cell> three = {1, 2, 3};
  made.add({"`id`, `id`, `id`", code(object({"id", "id", "id"}, three)),
            with("duplicate_name = keep", object({"id", "id", "id"}, three, duplicate_name(keep))) + "<br>" +
                with("duplicate_name = error", object({"id", "id", "id"}, three, duplicate_name(error)))});
  made.add({"`id`, `id_2`, `id`", code(object({"id", "id_2", "id"}, three)),
            with("duplicate_name = keep", object({"id", "id_2", "id"}, three, duplicate_name(keep)))});
  made.add({"the empty name", code(object({""}, {1})), std::string(nothing)});
  made.add({"`say \"hi\"`", code(object({"say \"hi\""}, {1})), std::string(nothing)});
  made.add({"two lines", code(object({"two\nlines"}, {1})), std::string(nothing)});
  made.add({"not UTF-8: bytes 61 FF", code(object({"a\xff"}, {1})),
            with("invalid_utf8 = error", object({"a\xff"}, {1}, invalid_utf8(json_options::bad_utf8::error)))});
  made.add({"no columns", code(object({}, {})), std::string(nothing)});
  return made.text();
}

/// Compares a table with what stands in the file between `<!-- NAME -->` and `<!-- /NAME -->`; or puts it there, where
/// the environment variable RENEW_DOCS is set.
void check_in_file(const std::string& name, const std::string& made) {
  const std::string path = TIDEMARK_DOCS "/values.md";
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string before = "<!-- " + name + " -->\n", after = "<!-- /" + name + " -->\n";
  const std::size_t from = text.find(before), to = text.find(after);
  if (from == std::string::npos || to == std::string::npos) throw std::runtime_error(path + " has no part " + name);
  const std::size_t start = from + before.size();
  if (std::getenv("RENEW_DOCS") != nullptr)
    std::ofstream(path, std::ios::binary) << text.replace(start, to - start, made);
  else
    CHECK(text.substr(start, to - start) == made);
}

}  // namespace

TEST_CASE("the table of values in docs/values.md is what the library writes") { check_in_file("values", values()); }

TEST_CASE("the table of names in docs/values.md is what the library writes") { check_in_file("names", names()); }

TEST_CASE("docs/values.md: options are the last argument of a stream") {
  const auto db = sample();
  // [OPTIONS]
  tidemark::json_options options;
  options.integer = tidemark::json_options::integers::string_if_unsafe;
  options.bytes = tidemark::json_options::octets::hex;

  tidemark::raw_stream rows{tidemark::sqlite::query{db, "select 9007199254740993 as id, x'00ff' as hash"},
                            tidemark::format::array{}, tidemark::byte_mark{}, options};
  // [/OPTIONS]
  CHECK(drain(rows).bytes == R"([{"id":"9007199254740993","hash":"00ff"}])");
}

TEST_CASE("docs/values.md: what SQLite stores differs from what a column is declared as") {
  // DECIMAL columns turn text that is a number into a number: SQLite does so when it stores it.
  CHECK(of_sqlite("select price as v from sample where id = 2") == "12.5");
  // Negative zero loses its sign when it is stored.
  CHECK(of_sqlite("select zero as v from numbers") == "0");
  // NaN is stored as NULL.
  CHECK(of_sqlite("select 9e999 - 9e999 as v") == "null");
  CHECK(inside(written(sqlite::query{sample(), "select '12.50' as v"}.decimal("v"))) == "12.50");
  CHECK(inside(written(sqlite::query{sample(), "select 'tide' as v"}.decimal("v"))) == "\"tide\"");
  CHECK(inside(written(sqlite::query{sample(), "select x'00ff' as v"}.decimal("v"))) == "\"AP8=\"");
  CHECK(inside(written(sqlite::query{sample(), "select x'00ff' as v"}.json("v"))) == "\"AP8=\"");
  CHECK(inside(written(sqlite::query{sample(), "select x'00ff' as v"}.boolean("v"))) == "\"AP8=\"");
  // The expression of a column has no declared type.
  CHECK(of_sqlite("select flag + 0 as v from sample where id = 1") == "1");
  CHECK(of_sqlite("select flag as v from sample where id = 2") == "false");
  CHECK(of_sqlite("select '2024-02-29 23:59:59' as v") == "\"2024-02-29 23:59:59\"");
}

TEST_CASE("docs/values.md: rows of JSON text") {
  const auto row = [](const std::string& sql, json_options options = {}) {
    return written(sqlite::text_query{sample(), sql}, options);
  };
  CHECK(row("select payload from sample") == "[{\"a\": 1.50},null]");
  CHECK(row("select 1.5 union all select 9e999") == "[1.5,null]");
  CHECK(row("select 9e999", not_finite(json_options::non_finite::error)) == "[null]");
  CHECK(row("select x'00'").starts_with("error: "));
  CHECK(row("select ''").starts_with("error: "));
  CHECK(row("select 'tide'") == "[tide]");
  CHECK(row("select 'tide'", validated()).starts_with("error: "));
  const std::vector<std::string> lines = {"{\n\"a\":1}"};
  CHECK(written(range(lines), {}, format::ndjson{}) == "{ \"a\":1}\n");
}

}  // namespace docs_values_tests
