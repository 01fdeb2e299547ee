#include <tidemark/adapt/transform.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/adapt/filter.hpp>
#include <tidemark/adapt/skip.hpp>
#include <tidemark/adapt/take.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/rows_as.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/timestamp.hpp>

#include "../json/mismatches.hpp"
#include "../json/random.hpp"
#include "../json/reference.hpp"
#include "any_rows.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"

namespace adapt_transform_tests {

using tests::mismatches;
using tidemark::byte_mark;
using tidemark::editable_row;
using tidemark::error;
using tidemark::failure;
using tidemark::json_options;
using tidemark::progress;
using tidemark::range;
using tidemark::raw_stream;
using tidemark::transform;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using document = nlohmann::ordered_json;

static_assert(tidemark::object<editable_row<scripted_text>>);
static_assert(tidemark::object<editable_row<scripted_fields>>);

namespace {

using list = std::vector<std::string>;

struct named {
  std::int64_t id = 0;
  std::string name;
};

}  // namespace

}  // namespace adapt_transform_tests

template <>
inline constexpr auto tidemark::members_of<adapt_transform_tests::named> =
    tidemark::members("id", &adapt_transform_tests::named::id, "name", &adapt_transform_tests::named::name);

namespace adapt_transform_tests {

namespace {

scripted_text texts(const list& rows) {
  script what;
  for (const std::string& row : rows) what.text(row);
  return scripted_text(what);
}

/// transform(), with any function made the same type, so that the compiler makes few of these.
template <class Producer>
using change_of = std::function<void(editable_row<Producer>&)>;
template <class Producer>
auto changing(Producer rows, std::type_identity_t<change_of<Producer>> change, json_options options = {}) {
  return transform(std::move(rows), std::move(change), options);
}

template <class Producer>
auto stream_of(Producer rows, auto... more) {
  if constexpr (tidemark::text_producer<Producer>)
    return raw_stream{tests::any_text(std::move(rows)), more...};
  else
    return raw_stream{std::move(rows), more...};
}

scripted_text one_text(std::string row) { return scripted_text(script().text(std::move(row))); }

std::string bytes_of(auto rows) {
  const drained all = drain(stream_of(std::move(rows)));
  if (all.failure) throw *all.failure;
  return all.bytes;
}

list lines_of(auto rows) {
  const drained all = drain(stream_of(std::move(rows), tidemark::format::ndjson{}));
  if (all.failure) throw *all.failure;
  list made;
  for (std::size_t from = 0, to = 0; (to = all.bytes.find('\n', from)) != std::string::npos; from = to + 1)
    made.push_back(all.bytes.substr(from, to - from));
  return made;
}

/// What a function makes of one row.
std::string changed(std::string row, change_of<scripted_text> change, json_options options = {}) {
  auto rows = changing(one_text(std::move(row)), std::move(change), options);
  return rows.next() == progress::row ? std::string(rows.text()) : "dropped";
}
std::string changed(scripted_fields row, change_of<scripted_fields> change, json_options options = {}) {
  auto rows = changing(std::move(row), std::move(change), options);
  return rows.next() == progress::row ? std::string(rows.text()) : "dropped";
}

/// What a stream of rows fails with, behind those bytes.
template <class Producer>
error failure_of(Producer rows, const std::string& bytes_before) {
  auto stream = stream_of(std::move(rows));
  const drained all = drain(stream);
  CHECK(all.bytes == bytes_before);
  CHECK(stream.failed());
  REQUIRE(all.failure);
  CHECK_FALSE(all.failure->can_go_on());
  return *all.failure;
}

/// The same row, again and again.
class same_row {
 public:
  same_row(std::string_view row, std::size_t count) : row_(row), left_(count) {}
  progress next() noexcept { return left_-- == 0 ? progress::end : progress::row; }
  std::string_view text() const noexcept { return row_; }

 private:
  std::string_view row_;
  std::size_t left_;
};

std::size_t behind_string(std::string_view text, std::size_t at) {
  while (text[++at] != '"')
    if (text[at] == '\\') ++at;
  return at + 1;
}

/// The members of an object that is JSON as they are spelled, from the quote of the key to the end of the value.
list spelled_members(std::string_view text) {
  constexpr const char* blanks = " \t\n\r";
  list made;
  const std::size_t begin = text.find('{') + 1;
  std::size_t from = begin;
  for (std::size_t at = begin, depth = 1; depth != 0; ++at) {
    if (text[at] == '"') at = behind_string(text, at) - 1;
    if (text[at] == '{' || text[at] == '[') ++depth;
    if (text[at] == '}' || text[at] == ']') --depth;
    if (depth > 1 || (depth == 1 && text[at] != ',')) continue;
    const std::size_t first = text.find_first_not_of(blanks, from);
    if (first != at) made.emplace_back(text.substr(first, text.find_last_not_of(blanks, at - 1) + 1 - first));
    from = at + 1;
  }
  return made;
}

struct spelled {
  std::string name;
  std::string key;    // with its quotes
  std::string value;  // as it is
};

spelled taken_apart(const std::string& member) {
  const std::size_t behind_key = behind_string(member, 0);
  const std::size_t value = member.find_first_not_of(" \t\n\r", member.find(':', behind_key) + 1);
  const std::string key = member.substr(0, behind_key);
  return {document::parse(key).get<std::string>(), key, member.substr(value)};
}

list names_of(std::string_view row) {
  list names;
  for (const std::string& member : spelled_members(row)) names.push_back(taken_apart(member).name);
  return names;
}

/// One thing that is done to a row.
struct operation {
  enum class kind { set, add, remove, rename, drop } what;
  std::string name = {};
  std::string to = {};
};
using operations = std::vector<operation>;

std::string in_words(const operations& all) {
  constexpr std::array<const char*, 5> words = {"set", "add", "remove", "rename", "drop"};
  std::string made;
  for (const operation& one : all) {
    ((made += words[static_cast<std::size_t>(one.what)]) += ' ') += one.name;
    if (!one.to.empty()) (made += " to ") += one.to;
    made += "; ";
  }
  return made;
}

/// Does them, and returns what remove() and rename() answered. The value that is set is the number of the operation.
std::string apply(const operations& all, auto& row) {
  std::string answers;
  int number = 0;
  for (const operation& one : all) {
    ++number;
    switch (one.what) {
      case operation::kind::set: row.set(one.name, number); break;
      case operation::kind::add: row.add(one.name, number); break;
      case operation::kind::remove: answers += row.remove(one.name) ? 'y' : 'n'; break;
      case operation::kind::rename: answers += row.rename(one.name, one.to) ? 'y' : 'n'; break;
      case operation::kind::drop: row.drop(); break;
    }
  }
  return answers;
}

/// What a row has become.
struct outcome {
  std::string answers = {};
  std::string text = "dropped";
  std::optional<error> failure = {};
};

/// What becomes of a row, done as plainly as it is promised.
class model {
 public:
  explicit model(std::string_view row) {
    for (const std::string& whole : spelled_members(row)) {
      const spelled parts = taken_apart(whole);
      members_.push_back({parts.name, parts.name, whole, parts.key, parts.value});
    }
  }

  std::string apply(const operations& all) {
    std::string answers;
    int number = 0;
    for (const operation& one : all) {
      member* const found = find(one.name);
      ++number;
      switch (one.what) {
        case operation::kind::set:
          if (found == nullptr)
            add(one.name, number);
          else
            set(*found, number);
          break;
        case operation::kind::add: add(one.name, number); break;
        case operation::kind::remove:
          if (found != nullptr) remove(*found);
          answers += found != nullptr ? 'y' : 'n';
          break;
        case operation::kind::rename:
          if (found != nullptr) rename(*found, one.to);
          answers += found != nullptr ? 'y' : 'n';
          break;
        case operation::kind::drop: is_dropped_ = true; break;
      }
    }
    return answers;
  }

  /// Empty where that is what the row has become: the same names and values in the same order, and the same bytes of
  /// all that was not changed.
  std::string difference(const outcome& found) const {
    if (is_dropped_) return found.text == "dropped" ? "" : "it is not dropped";
    const std::optional<std::string> taken = taken_name();
    if (taken.has_value() != found.failure.has_value()) return taken ? "no error" : found.failure->what();
    if (taken) return found.failure->column() == *taken ? "" : found.failure->column() + " is at fault";
    return difference(found.text);
  }

 private:
  struct member {
    std::string was;  // as the row came; empty where it was added
    std::string name;
    std::string whole;  // as it is spelled,
    std::string key;    // empty where it has got another,
    std::string value;  // empty where it has got another
    std::string new_value = {};
    bool is_there = true;
    bool is_added = false;
  };

  /// The first name that an operation gave and that another field has; none where there is no such.
  std::optional<std::string> taken_name() const {
    for (const member& one : members_) {
      const auto has_its_name = [&](const member& other) { return other.is_there && other.name == one.name; };
      if (one.is_there && one.key.empty() && std::ranges::count_if(members_, has_its_name) > 1) return one.name;
    }
    return std::nullopt;
  }

  std::string difference(const std::string& text) const {
    if (!document::accept(text)) return "no JSON";
    list left = spelled_members(text);
    for (const member& one : members_) {
      if (!one.is_there) continue;
      if (left.empty()) return one.name + " is missing";
      const std::string found = left.front();
      left.erase(left.begin());
      if (!one.key.empty() && !one.value.empty()) {
        if (found != one.whole) return found + " instead of " + one.whole;
        continue;
      }
      const spelled parts = taken_apart(found);
      const bool is_same = one.key.empty() ? parts.name == one.name : parts.key == one.key;
      if (!is_same || parts.value != (one.value.empty() ? one.new_value : one.value))
        return found + " is not " + one.name;
    }
    return left.empty() ? "" : left.front() + " is too many";
  }

  member* find(const std::string& name) {
    for (member& one : members_)
      if (!one.is_added && one.was == name) return &one;
    for (member& one : members_)
      if (one.is_added && one.name == name) return &one;
    return nullptr;
  }
  void set(member& one, int value) {
    one.value.clear();
    one.new_value = std::to_string(value);
    one.is_there = true;
  }
  void add(const std::string& name, int value) {
    member& one = members_.emplace_back();
    one.name = name;
    one.is_added = true;
    set(one, value);
  }
  void remove(member& one) {
    if (one.is_added)
      members_.erase(members_.begin() + (&one - members_.data()));
    else
      one.is_there = false;
  }
  void rename(member& one, const std::string& to) {
    one.name = to;
    one.key.clear();
    one.is_there = true;
  }

  std::vector<member> members_;
  bool is_dropped_ = false;
};

/// What each of many sequences of operations makes of the same row: one producer does as many as it can. `make(count)`
/// gives one of that many rows.
template <class Make>
std::vector<outcome> outcomes_of(const std::vector<operations>& sequences, Make make) {
  std::vector<outcome> made(sequences.size());
  for (std::size_t at = 0; at != sequences.size();) {
    const std::size_t first = at;
    auto rows = changing(make(sequences.size() - first), [&](auto& row) {
      outcome& here = made[at];
      here.answers = apply(sequences[at++], row);
    });
    try {
      while (rows.next() == progress::row) made[at - 1].text = rows.text();
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::value);
      CHECK(failed.row() == at - first);
      CHECK(failed.message() == "the row has a field of that name already");
      made[at - 1].failure = failed;
    }
  }
  return made;
}

void compare_with_model(std::string_view row, const std::vector<operations>& sequences, mismatches& found) {
  const model before(row);
  const auto outcomes = outcomes_of(sequences, [&](std::size_t count) { return same_row(row, count); });
  for (std::size_t i = 0; i != sequences.size(); ++i) {
    model expected = before;
    const std::string answers = expected.apply(sequences[i]);
    found.compare(outcomes[i].answers, answers, row, in_words(sequences[i]));
    found.compare(expected.difference(outcomes[i]), std::string(), row, in_words(sequences[i]), outcomes[i].text);
  }
}

/// Whether rows of both kinds came to the same JSON, or to the same error.
void compare_kinds(const outcome& fields, const outcome& text, const operations& done, mismatches& found) {
  const auto in_json = [](const outcome& one) {
    if (one.failure) return "error in " + one.failure->column();
    return one.text == "dropped" ? one.text : document::parse(one.text).dump();
  };
  found.compare(fields.answers, text.answers, in_words(done));
  found.compare(in_json(fields), in_json(text), in_words(done));
}

/// All that can be done at once to a row with fields of these names.
operations everything(const list& names) {
  using enum operation::kind;
  operations all = {{set, "new"}, {add, "more"}, {remove, "none"}, {rename, "none", "some"}, {drop}};
  for (const std::string& name : names) {
    all.push_back({set, name});
    all.push_back({remove, name});
    all.push_back({rename, name, "other"});
  }
  if (!names.empty()) {
    all.push_back({add, names.back()});
    all.push_back({rename, "new", names.front()});
  }
  if (names.size() > 1) {
    all.push_back({rename, names.front(), names.back()});
    all.push_back({rename, names.back(), names.front()});
  }
  return all;
}

/// All sequences of up to `longest` of them.
std::vector<operations> sequences_of(const operations& all, std::size_t longest) {
  std::vector<operations> made = {{}};
  for (std::size_t from = 0; made.back().size() < longest;) {
    const std::size_t to = made.size();
    for (; from != to; ++from)
      for (const operation& one : all) {
        operations longer = made[from];
        longer.push_back(one);
        made.push_back(std::move(longer));
      }
  }
  return made;
}

void check_every_sequence(std::string_view row) {
  mismatches found;
  const std::vector<operations> sequences = sequences_of(everything(names_of(row)), 3);
  compare_with_model(row, sequences, found);
  CHECK(found.first() == "");
}

operations random_operations(const list& names, tests::random& random, std::size_t count) {
  using enum operation::kind;
  operations made;
  const auto any_name = [&] {
    const std::size_t which = random.below(names.size() + 3);
    return which < names.size() ? names[which] : std::string(1, static_cast<char>('x' + (which - names.size())));
  };
  while (made.size() < count) {
    const std::size_t what = random.below(40);
    const std::string name = any_name();
    if (what < 12)
      made.push_back({set, name});
    else if (what < 15)
      made.push_back({add, name});
    else if (what < 28)
      made.push_back({remove, name});
    else if (what < 39)
      made.push_back({rename, name, any_name() + (random.below(3) == 0 ? "" : "\"2\"")});
    else
      made.push_back({drop});
  }
  return made;
}

std::string random_row(tests::random& random) {
  const list keys = {"a",     "b",    "ab", "\\u0061b\\n",  "",      "_", "say \\\"a\\\"", "\xC3\xA9",
                     "{\\\\", "c:d,", "1",  "a longer key", "\\/\\t"};
  const list values = {
      "0",       "-0",   "1.50",     "1E5",          "1e+05",  "12345678901234567890", "-1.0e-300",
      "\"\"",    "true", "null",     "\"{\"",        "\"]}\"", "\"\\\"a\\\":1,\"",     "[]",
      "[1, 2 ]", "{}",   "\"\\\\\"", "{\"a\":[{}]}", "false",  "{ \"b\" : \"}\" }",    "\"\\u00e9\\n\""};
  const auto blanks = [&] { return random.text(random.below(6) == 0 ? random.below(9) : 0, " \n\t\r"); };
  list left = keys;
  std::string text = blanks() + "{" + blanks();
  for (std::size_t count = random.below(7), i = 0; i != count; ++i) {
    const std::size_t which = random.below(left.size());
    std::string value = values[random.below(values.size())];
    if (random.below(12) == 0) value = '"' + random.text(random.below(200), "ab:,{}[] ") + '"';
    if (i != 0) text += "," + blanks();
    text += "\"" + left[which] + "\"" + blanks() + ":" + blanks() + value + blanks();
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(which));
  }
  return text + "}" + blanks();
}

/// One row of one value.
class one_value {
 public:
  explicit one_value(tidemark::field value) : value_(value) {}
  progress next() noexcept { return std::exchange(is_over_, true) ? progress::end : progress::row; }
  std::span<const tidemark::column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t) const noexcept { return value_; }

 private:
  std::vector<tidemark::column> columns_ = {{"v"}};
  tidemark::field value_;
  bool is_over_ = false;
};

/// A value as a stream writes it within a row.
std::string written(tidemark::field value, const json_options& options) {
  const drained all = drain(raw_stream{one_value(value), tidemark::format::array{}, byte_mark{}, options});
  if (all.failure) throw *all.failure;
  return all.bytes.substr(6, all.bytes.size() - 8);
}

/// A value is set, added, and set where it was not, in rows of both kinds.
void check_set_in_both(const change_of<scripted_text>& in_text, const change_of<scripted_fields>& in_fields,
                       const std::string& expected, const json_options& options) {
  const std::string row = "{\"a\":0,\"b\":" + expected + ",\"c\":\"\",\"y\":" + expected + ",\"z\":" + expected + "}";
  CHECK(changed(R"({"a":0,"b":[1],"c":""})", in_text, options) == row);
  CHECK(changed(scripted_fields({"a", "b", "c"}, script().row({0, true, ""})), in_fields, options) == row);
}

template <class Value>
void check_set(const Value& value, const std::string& expected, const json_options& options = {}) {
  const auto change = [&](auto& row) {
    row.set("b", value);
    row.add("y", value);
    row.set("z", value);
  };
  check_set_in_both(change, change, expected, options);
}

template <class Value>
void check_set_as_written(const Value& value, const json_options& options = {}) {
  check_set(value, written(tidemark::conversions::to_field(value), options), options);
}

}  // namespace

TEST_CASE("transform: every sequence of three changes of a plain row does what it says, and nothing else") {
  check_every_sequence("{}");
  check_every_sequence(R"({"a":1})");
  check_every_sequence(R"({"a":1.50,"b":"x","c":null})");
}

TEST_CASE("transform: every sequence of three changes of a row with blanks everywhere does what it says") {
  check_every_sequence(" \n{ } ");
  check_every_sequence(" { \"a\" : \",\" } ");
  check_every_sequence(" {\t\"a\" : 1E5 ,\r\n \"b\":\"\\u0041\\n\" , \"c\" : -0 } \n");
}

TEST_CASE("transform: every sequence of three changes of a row with nested values and braces in strings does too") {
  check_every_sequence(R"({"a":{"b":1,"a":[{}]},"b":[1,"}",{"c":2}],"c":"{\"a\":1}"})");
  check_every_sequence(R"({"ab":"\"a\":1,","a" : [ ], "b":{ } })");
}

TEST_CASE("transform: every sequence of three changes of a row with awkward names and numbers does too") {
  check_every_sequence(R"({"\u0061":12345678901234567890,"b":"[","c\"d":"]}"})");
  check_every_sequence("{\"\":1e+5,\"_\\n\":2,\"\xC3\xA9\":\"\\\\\"}");
}

TEST_CASE("transform: random changes of random rows do what they say, and nothing else") {
  tests::random random(1);
  mismatches found;
  for (int i = 0; i < 1'500; ++i) {
    const std::string row = random_row(random);
    if (!document::accept(row)) FAIL("not what was meant: " << row);
    const list names = names_of(row);
    std::vector<operations> sequences;
    for (std::size_t count = 1; count <= 8; ++count) sequences.push_back(random_operations(names, random, count));
    compare_with_model(row, sequences, found);
  }
  CHECK(found.first() == "");
  CHECK(found.compared() > 10'000);
}

TEST_CASE("transform: many changes of a row with many fields do what they say, in whatever order they are made") {
  tests::random random(5);
  mismatches found;
  for (int i = 0; i < 20; ++i) {
    std::string row = "{";
    for (int j = 0; j < 150; ++j)
      row += (j == 0 ? "\"n" : " , \"n") + std::to_string(j) + "\" : [" + std::to_string(j) + "]";
    row += " }";
    const list names = names_of(row);
    std::vector<operations> sequences;
    for (const std::size_t count : {std::size_t{20}, std::size_t{100}, std::size_t{400}}) {
      operations all = random_operations(names, random, count);
      std::erase_if(all, [](const operation& one) {
        return one.what == operation::kind::add || one.what == operation::kind::drop;
      });
      for (operation& one : all) one.to = one.name + "\n";
      sequences.push_back(std::move(all));
    }
    operations nothing_left;
    for (const std::string& name : names) nothing_left.push_back({operation::kind::remove, name});
    for (std::size_t at = nothing_left.size(); at > 1; --at)
      std::swap(nothing_left[at - 1], nothing_left[random.below(at)]);
    sequences.push_back(nothing_left);
    nothing_left.push_back({operation::kind::add, "last"});
    sequences.push_back(std::move(nothing_left));
    compare_with_model(row, sequences, found);
  }
  CHECK(found.first() == "");
}

TEST_CASE("transform: the same changes make the same of a row of fields as of that row as text") {
  using row = std::tuple<std::int64_t, std::string, std::optional<double>, tidemark::json_text>;
  const std::vector<row> rows(7'000, {-9007199254740993, "say \"hi\"\n\xC3\xA9", std::nullopt, {"[1, {\"b\":2}]"}});
  const list names = {"id", "b", "none", "tags"};
  const auto first_rows = [&](std::size_t count) { return std::span(rows).first(count); };
  const std::string text = lines_of(range(first_rows(1), names)).front();

  tests::random random(2);
  std::vector<operations> sequences = sequences_of(everything(names), 2);
  while (sequences.size() < rows.size()) sequences.push_back(random_operations(names, random, 3 + random.below(4)));
  const auto of_fields = outcomes_of(sequences, [&](std::size_t count) { return range(first_rows(count), names); });
  const auto of_text = outcomes_of(sequences, [&](std::size_t count) { return same_row(text, count); });
  mismatches found;
  for (std::size_t i = 0; i != sequences.size(); ++i) compare_kinds(of_fields[i], of_text[i], sequences[i], found);
  CHECK(found.first() == "");
}

TEST_CASE("transform: the same changes make the same of the rows of a query as of its rows as text") {
  tidemark::sqlite::connection db{":memory:"};
  db.execute(
      "create table track(id integer primary key, name text, price decimal, cover blob, seconds real);"
      "insert into track values (1, 'Ebb', 0.99, x'00ff', 1e300), (2, '\"High\" water' || char(10), null, null, -0.5),"
      "(3, '', '12.50', x'', 5), (9223372036854775807, char(0), 7, zeroblob(100), null)");
  const auto query = [&] { return tidemark::sqlite::query{db, "select * from track"}; };
  const list lines = lines_of(query());
  mismatches found;
  for (const operations& all : sequences_of(everything({"id", "name", "price", "cover"}), 2)) {
    const auto outcome_of = [&](auto rows) {
      outcome made;
      auto stream = stream_of(changing(std::move(rows), [&](auto& row) { made.answers += apply(all, row); }));
      const drained drained_rows = drain(stream);
      made.text = drained_rows.bytes;
      made.failure = drained_rows.failure;
      return made;
    };
    compare_kinds(outcome_of(query()), outcome_of(texts(lines)), all, found);
  }
  CHECK(found.first() == "");
}

TEST_CASE("transform: a row that is not changed is the same, byte for byte, read or not") {
  tests::random random(3);
  list rows = {" {\t\"a\" : 1.50 ,\r\n\"\\u0062\":[1, {\"b\":-0}] } \n", "{}", R"({"a":1,"a":2})"};
  while (rows.size() < 200) rows.push_back(random_row(random));
  std::string array;
  for (const std::string& row : rows) array += (array.empty() ? "[" : ",") + row;
  array += "]";
  const auto check_same = [&](auto read) {
    const bool is_same = bytes_of(changing(texts(rows), read)) == array;
    CHECK(is_same);
  };
  check_same([](auto&) {});
  check_same([](auto& row) {
    for (const auto& [name, value] : row) REQUIRE(row[name].raw().size() == value.raw().size());
    REQUIRE_FALSE(row.contains("none"));
  });
  check_same([](auto& row) {
    REQUIRE_FALSE(row.remove("none"));
    REQUIRE_FALSE(row.rename("none", "other"));
    row.add("none", 1);
    REQUIRE(row.remove("none"));
  });
}

TEST_CASE("transform: rows of fields that are not changed are written as a stream of them is") {
  const auto rows = [] {
    return scripted_fields({"id", "id", "say \"hi\"", std::string(600, 'n'), "text", "double"},
                           script()
                               .row({std::int64_t{9007199254740993}, nullptr, cell::bytes(std::string("\0\xFF", 2)),
                                     cell::decimal("1.50"), "a\xFF", std::numeric_limits<double>::infinity()})
                               .row({1, cell::text_in_pieces(std::string(2'000, '"'), 7), cell::json(" [1,\n2] "), true,
                                     std::string(70'000, '\n'), -0.0}));
  };
  json_options other;
  other.integer = json_options::integers::string_if_unsafe;
  other.decimal = json_options::decimals::string;
  other.not_finite = json_options::non_finite::string;
  other.bytes = json_options::octets::hex;
  other.duplicate_name = json_options::duplicate_names::keep;
  for (const json_options& options : {json_options{}, other}) {
    const drained plain = drain(raw_stream{rows(), tidemark::format::array{}, byte_mark{}, options});
    CHECK(bytes_of(changing(rows(), [](auto&) {}, options)) == plain.bytes);
    CHECK_FALSE(plain.failure);
  }
}

TEST_CASE("transform: blanks stay where they are, but for those beside what is taken out") {
  const std::string row = " { \"a\" : 1 , \"b\" :\t2 ,\n \"c\": 3 } ";
  CHECK(changed(row, [](auto& now) { now.set("a", 7); }) == " { \"a\" : 7 , \"b\" :\t2 ,\n \"c\": 3 } ");
  CHECK(changed(row, [](auto& now) { now.set("b", 7); }) == " { \"a\" : 1 , \"b\" :\t7 ,\n \"c\": 3 } ");
  CHECK(changed(row, [](auto& now) { now.rename("c", "d"); }) == " { \"a\" : 1 , \"b\" :\t2 ,\n \"d\": 3 } ");
  CHECK(changed(row, [](auto& now) { now.remove("a"); }) == " { \"b\" :\t2 ,\n \"c\": 3 } ");
  CHECK(changed(row, [](auto& now) { now.remove("b"); }) == " { \"a\" : 1 , \"c\": 3 } ");
  CHECK(changed(row, [](auto& now) { now.remove("c"); }) == " { \"a\" : 1 , \"b\" :\t2  } ");
  CHECK(changed(row, [](auto& now) { now.add("d", 4); }) == " { \"a\" : 1 , \"b\" :\t2 ,\n \"c\": 3,\"d\":4 } ");
  CHECK(changed(" { } ", [](auto& now) { now.add("d", 4); }) == " {\"d\":4 } ");
}

TEST_CASE(
    "transform: several fields that are added keep their order, and what becomes of them is said by their names") {
  CHECK(changed("{\"a\":0}", [](auto& row) {
          row.add("z", 1);
          row.set("y", 2);
          row.add("x", 3);
          row.set("z", 4);
          REQUIRE(row.rename("y", "w"));
          REQUIRE_FALSE(row.rename("y", "v"));
          row.add("y", 5);
          REQUIRE(row.remove("x"));
          REQUIRE_FALSE(row.remove("x"));
        }) == R"({"a":0,"z":4,"w":2,"y":5})");
  CHECK(changed(scripted_fields({"a"}, script().row({0})), [](auto& row) {
          row.add("z", 1);
          row.set("y", 2);
          REQUIRE(row.remove("z"));
          row.set("z", 3);
        }) == R"({"a":0,"y":2,"z":3})");
}

TEST_CASE("transform: two fields swap their names, and a name that was given up can be taken") {
  const auto swap = [](auto& row) {
    REQUIRE(row.rename("a", "b"));
    REQUIRE(row.rename("b", "a"));
  };
  CHECK(changed(R"({"a":1,"b":2})", swap) == R"({"b":1,"a":2})");
  CHECK(changed(scripted_fields({"a", "b"}, script().row({1, 2})), swap) == R"({"b":1,"a":2})");
  const auto take = [](auto& row) {
    REQUIRE(row.remove("a"));
    row.add("a", "again");
  };
  CHECK(changed(R"({"a":1,"b":2})", take) == R"({"b":2,"a":"again"})");
  CHECK(changed(scripted_fields({"a", "b"}, script().row({1, 2})), take) == R"({"b":2,"a":"again"})");
}

TEST_CASE("transform: a field that is set behind its removal is there again, in its place") {
  const auto change = [](auto& row) {
    REQUIRE(row.remove("a"));
    row.set("a", 7);
    REQUIRE(row.remove("b"));
    row.set("b", nullptr);
    REQUIRE(row.remove("b"));
  };
  CHECK(changed(R"({"a":1,"b":2,"c":3})", change) == R"({"a":7,"c":3})");
  CHECK(changed(scripted_fields({"a", "b", "c"}, script().row({1, 2, 3})), change) == R"({"a":7,"c":3})");
}

TEST_CASE("transform: a name that another field has already is an error that names it and the row, however it came") {
  const std::vector<operations> wrong = {
      {{operation::kind::add, "b"}},
      {{operation::kind::rename, "a", "b"}},
      {{operation::kind::rename, "c", "b"}, {operation::kind::remove, "a"}},
      {{operation::kind::add, "z"}, {operation::kind::rename, "z", "b"}},
      {{operation::kind::rename, "a", "b"}, {operation::kind::rename, "c", "b"}, {operation::kind::remove, "b"}},
      {{operation::kind::remove, "b"}, {operation::kind::add, "b"}, {operation::kind::add, "b"}}};
  for (const operations& all : wrong) {
    INFO(in_words(all));
    const auto change = [&](auto& row) {
      if (row.template get<int>("a") == 2) apply(all, row);
    };
    const list rows = {R"({"a":1,"b":1,"c":1})", R"({"a":2,"b":2,"c":2})", R"({"a":3,"b":3,"c":3})"};
    const script cells = script().row({1, 1, 1}).row({2, 2, 2}).row({3, 3, 3});
    for (const error& failed : {failure_of(changing(texts(rows), change), "[" + rows[0]),
                                failure_of(changing(scripted_fields({"a", "b", "c"}, cells), change), "[" + rows[0])}) {
      CHECK(failed.kind() == failure::value);
      CHECK(failed.message() == "the row has a field of that name already");
      CHECK(failed.row() == std::uint64_t{2});
      CHECK(failed.column() == "b");
    }
  }
}

TEST_CASE(
    "transform: a name that only bytes that are not UTF-8 tell from another is taken, since both are written alike") {
  const auto add_two = [](auto& row) {
    row.add("x\xFF", 1);
    row.add("x\xFE", 2);
  };
  const auto add_what_is_there = [](auto& row) { row.add("b\xFF", 1); };
  const std::string row = "{\"b\xEF\xBF\xBD\":0}";
  const auto fields = [] { return scripted_fields({"b\xEF\xBF\xBD"}, script().row({0})); };
  CHECK_THROWS_AS(changed(row, add_two), error);
  CHECK_THROWS_AS(changed(row, add_what_is_there), error);
  CHECK_THROWS_AS(changed(fields(), add_two), error);
  CHECK_THROWS_AS(changed(fields(), add_what_is_there), error);
}

TEST_CASE("transform: of fields of one name, the first is changed, whatever else was asked for before") {
  using enum operation::kind;
  const operations some = {{set, "a"},   {set, "b"},      {remove, "a"}, {rename, "a", "other"},
                           {set, "new"}, {remove, "none"}};
  mismatches found;
  for (const char* row : {R"({"a":1.0,"b":2,"a":3.0})", R"({"a":1.0,"b":{},"a":3.0})"})
    compare_with_model(row, sequences_of(some, 3), found);
  CHECK(found.first() == "");
}

TEST_CASE("transform: in the function, the row reads as it came, whatever was changed meanwhile") {
  const auto change = [](auto& row) {
    const auto is_as_it_came = [&] {
      std::string all;
      for (const auto& [name, value] : row) ((all += name) += value.raw()) += ' ';
      return all == "a1 b\"x\\\"\" c[1,{\"d\":2}] " && row.template get<int>("a") == 1 &&
             row.template get<std::string_view>("b") == "x\"" && row["c"].array().begin() != row["c"].array().end() &&
             row.contains("a") && row.contains("b") && !row.contains("z") && !row.contains("e") &&
             row.template get<std::optional<int>>("z") == std::nullopt;
    };
    REQUIRE(is_as_it_came());
    row.set("a", row.template get<int>("a") + 1);
    REQUIRE(is_as_it_came());
    row.rename("b", "e");
    row.remove("c");
    REQUIRE(is_as_it_came());
    row.add("z", 5);
    row.set("a", row.template get<int>("a") + 2);
    row.set("c", 4);
    REQUIRE(is_as_it_came());
  };
  CHECK(changed(R"({"a":1,"b":"x\"","c":[1,{"d":2}]})", change) == R"({"a":3,"e":"x\"","c":4,"z":5})");
  CHECK(changed(scripted_fields({"a", "b", "c"}, script().row({1, "x\"", cell::json("[1,{\"d\":2}]")})), change) ==
        R"({"a":3,"e":"x\"","c":4,"z":5})");
}

TEST_CASE("transform: a value of every kind is set as it is written in a row") {
  using namespace std::chrono_literals;
  check_set(true, "true");
  check_set(42, "42");
  check_set(nullptr, "null");
  check_set("say \"hi\"", R"("say \"hi\"")");
  check_set(tidemark::json_text{" [1, {}] "}, " [1, {}] ");
  check_set(tidemark::decimal_text{"1.50"}, "1.50");
  check_set(std::optional<int>{}, "null");

  check_set_as_written(std::numeric_limits<std::int64_t>::min());
  check_set_as_written(std::numeric_limits<std::uint64_t>::max());
  check_set_as_written(static_cast<signed char>(-1));
  for (const double real : {0.0, -0.0, 0.1, 1.5e300, -5e-324, 1e21, std::numeric_limits<double>::quiet_NaN(),
                            -std::numeric_limits<double>::infinity()})
    check_set_as_written(real);
  check_set_as_written(0.25F);
  for (const std::string& text : {std::string(), std::string("\"\\\b\t\n\f\r\x1F/", 9), std::string("a\0b", 3),
                                  std::string("a\xFF\xE2\x82z"), std::string("\xF0\x9F\x8C\x8A")}) {
    check_set_as_written(text);
    check_set_as_written(std::string_view(text));
    check_set_as_written(std::optional(text));
  }
  check_set_as_written(tidemark::decimal_text{"12345678901234567890.1234567890"});
  const std::array<std::byte, 3> octets = {std::byte{0}, std::byte{0xFF}, std::byte{'"'}};
  check_set_as_written(std::span<const std::byte>(octets));
  check_set_as_written(octets);
  check_set_as_written(tidemark::timestamp{86398, 500'000'000, 1, tidemark::timestamp::form::time});
  check_set_as_written(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 12h + 500ms);
  check_set_as_written(std::chrono::year(2024) / 2 / 29);
  check_set_as_written(tidemark::field::integer(-7));
}

TEST_CASE("transform: long values are set whole") {
  for (const std::size_t size : {std::size_t{60}, std::size_t{85}, std::size_t{500}, std::size_t{512},
                                 std::size_t{5'000}, std::size_t{65'536}, std::size_t{100'000}}) {
    INFO(size);
    check_set_as_written(std::string(size, '"'));
    check_set_as_written(std::string(size, '\xFF'));
    check_set_as_written(std::vector<std::byte>(size, std::byte{7}));
    const std::string array = "[" + std::string(size, ' ') + "]", digits(size, '7');
    check_set_as_written(tidemark::json_text{array});
    check_set_as_written(tidemark::decimal_text{digits});
  }
  const auto move_to_a = [](auto& row) { row.set("a", row["b"].as_field()); };
  const std::string text(200'000, 'x');
  CHECK(changed(scripted_fields({"a", "b"}, script().row({1, cell::text_in_pieces(text, 1'000)})), move_to_a) ==
        "{\"a\":\"" + text + "\",\"b\":\"" + text + "\"}");
  CHECK(changed("{\"a\":1,\"b\":\"" + text + "\"}", move_to_a) == "{\"a\":\"" + text + "\",\"b\":\"" + text + "\"}");
}

TEST_CASE(
    "transform: values are set as the options say, and one that has no spelling is an error that names its field") {
  json_options options;
  options.integer = json_options::integers::string_if_unsafe;
  options.decimal = json_options::decimals::string;
  options.not_finite = json_options::non_finite::string;
  options.bytes = json_options::octets::hex;
  const std::array<std::byte, 1> octets = {std::byte{0xFF}};
  check_set(std::int64_t{9007199254740993}, "\"9007199254740993\"", options);
  check_set(tidemark::decimal_text{"1.50"}, "\"1.50\"", options);
  check_set(std::numeric_limits<double>::quiet_NaN(), "\"NaN\"", options);
  check_set(octets, "\"ff\"", options);

  options.not_finite = json_options::non_finite::error;
  options.invalid_utf8 = json_options::bad_utf8::error;
  options.validate = true;
  const auto check_refused = [&](const auto& value) {
    const auto change = [&](auto& row) {
      if (row.template get<int>("a") == 2) row.set("b", value);
    };
    const list rows = {R"({"a":1})", R"({"a":2})"};
    for (const error& failed :
         {failure_of(changing(texts(rows), change, options), "[" + rows[0]),
          failure_of(changing(scripted_fields({"a"}, script().row({1}).row({2})), change, options), "[" + rows[0])}) {
      CHECK(failed.kind() == failure::value);
      CHECK(failed.row() == std::uint64_t{2});
      CHECK(failed.column() == "b");
    }
  };
  check_refused(std::numeric_limits<double>::infinity());
  check_refused("a\xFF");
  check_refused(std::string(100'000, '\xFF'));
  check_refused(tidemark::json_text{"[1,"});
  check_refused(tidemark::json_text{""});
  const error unchecked =
      failure_of(changing(scripted_fields({"j"}, script().row({cell::json("[1,")})), [](auto&) {}, options), "");
  CHECK(unchecked.kind() == failure::value);
  CHECK(unchecked.column() == "j");
  const auto bad_name = [](auto& row) { row.rename("a", "b\xFF"); };
  CHECK(failure_of(changing(one_text("{\"a\":1}"), bad_name, options), "").column() == "b\xFF");
}

TEST_CASE("transform: a change that was refused, and whose error was caught, has changed nothing") {
  json_options options;
  options.not_finite = json_options::non_finite::error;
  options.invalid_utf8 = json_options::bad_utf8::error;
  const double infinity = std::numeric_limits<double>::infinity();
  const auto check_unchanged = [&](auto refused) {
    const auto change = [&](auto& row) { CHECK_THROWS_AS(refused(row), error); };
    const std::string row = R"({"a":1,"b":"x"})";
    CHECK(changed(row, change, options) == row);
    CHECK(changed(scripted_fields({"a", "b"}, script().row({1, "x"})), change, options) == row);
  };
  check_unchanged([&](auto& row) { row.set("a", infinity); });
  check_unchanged([&](auto& row) { row.rename("a", "\xFF"); });
  check_unchanged([&](auto& row) { row.set("new", infinity); });
  check_unchanged([&](auto& row) { row.add("new", infinity); });
  check_unchanged([&](auto& row) { row.add("\xFF", 1); });
  const auto second_try = [&](auto& row) {
    CHECK_THROWS_AS(row.set("new", infinity), error);
    row.set("new", nullptr);
  };
  CHECK(changed("{}", second_try, options) == R"({"new":null})");
}

TEST_CASE("transform: what is set may be a view of the row, or of what is gone behind the call") {
  const auto change = [](auto& row) {
    row.set("a", row.template get<std::string_view>("b"));
    row.set("b", row.template get<std::string_view>("a"));
    row.set("c", row.template get<tidemark::json_text>("c"));
    row.add("d", std::string(1'000, 'x') + row.template get<std::string>("b"));
    row.add(std::string("e") + "f", row["c"].as_field());
    row.rename("c", row.template get<std::string_view>("b"));
  };
  const std::string expected =
      "{\"a\":\"b\\\"\",\"b\":\"A\\n\",\"b\\\"\":[1],\"d\":\"" + std::string(1'000, 'x') + "b\\\"\",\"ef\":[1]}";
  CHECK(changed(R"({"a":"\u0041\n","b":"b\"","c":[1]})", change) == expected);
  CHECK(changed(scripted_fields({"a", "b", "c"}, script().row({"A\n", "b\"", cell::json("[1]")})), change) == expected);
}

TEST_CASE("transform: rows of every size are changed whole, one behind the other") {
  const auto change = [](auto& row) {
    row.set("n", row.template get<std::size_t>("n") + 1);
    row.rename("text", "t");
    row.add("z", nullptr);
  };
  list rows, expected;
  script cells;
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{1'000}, std::size_t{65'500},
                                 std::size_t{65'536}, std::size_t{200'000}, std::size_t{7}}) {
    const std::string text(size, 'x'), number = std::to_string(size);
    rows.push_back("{\"text\":\"" + text + "\",\"n\":" + number + "}");
    expected.push_back("{\"t\":\"" + text + "\",\"n\":" + std::to_string(size + 1) + ",\"z\":null}");
    cells.row({text, size});
  }
  CHECK(lines_of(changing(texts(rows), change)) == expected);
  CHECK(lines_of(changing(scripted_fields({"text", "n"}, cells), change)) == expected);
}

TEST_CASE("transform: rows that are dropped are not there, and the function is called once for each row") {
  std::size_t calls = 0;
  const auto drop_odd = [&calls](auto& row) {
    ++calls;
    row.set("i", -1);
    if (row.template get<int>("i") % 2 == 1) row.drop();
  };
  for (std::size_t count = 0; count <= 5; ++count) {
    list rows;
    script cells;
    for (std::size_t i = 0; i < count; ++i) {
      rows.push_back("{\"i\":" + std::to_string(i) + "}");
      cells.row({std::uint64_t{i}});
    }
    const list expected((count + 1) / 2, "{\"i\":-1}");
    CHECK(lines_of(changing(texts(rows), drop_odd)) == expected);
    CHECK(lines_of(changing(scripted_fields({"i"}, cells), drop_odd)) == expected);
  }
  CHECK(calls == 2 * (1 + 2 + 3 + 4 + 5));
}

TEST_CASE("transform: many ways to change the rows of one result each do what they say") {
  script cells;
  for (int i = 0; i < 200; ++i) cells.row({i, "b", nullptr});
  int at = 0;
  const list made = lines_of(changing(scripted_fields({"a", "b", "c"}, cells), [&](auto& row) {
    for (int bit = 0; bit < 5; ++bit) row.set((at >> bit & 1) == 1 ? "x" + std::to_string(bit) : "a", at);
    if (at % 3 == 0) row.remove("b");
    if (at % 7 == 0) row.rename("c", "d");
    ++at;
  }));
  REQUIRE(made.size() == 200);
  for (int i = 0; i < 200; ++i) {
    document expected = {{"a", i}};
    if (i % 3 != 0) expected["b"] = "b";
    expected[i % 7 == 0 ? "d" : "c"] = nullptr;
    for (int bit = 0; bit < 5; ++bit)
      if ((i >> bit & 1) == 1) expected["x" + std::to_string(bit)] = i;
    REQUIRE(made[static_cast<std::size_t>(i)] == expected.dump());
  }
}

TEST_CASE(
    "transform: rows that are no JSON and that nobody reads pass through, and fail where they are to be checked") {
  const list rows = {"nonsense", "{\"a\":1}", "[", "\xFF", " 7 "};
  const auto pass = [](auto&) {};
  CHECK(bytes_of(changing(texts(rows), pass)) == "[nonsense,{\"a\":1},[,\xFF, 7 ]");
  std::size_t calls = 0;
  const auto drop = [&calls](auto& row) {
    if (++calls != 2) row.drop();
  };
  CHECK(bytes_of(changing(texts(rows), drop)) == "[{\"a\":1}]");
  json_options options;
  options.validate = true;
  const drained all =
      drain(stream_of(changing(texts({"{}", "nonsense"}), pass), tidemark::format::array{}, byte_mark{}, options));
  CHECK(all.bytes == "[{}");
  REQUIRE(all.failure);
  CHECK(all.failure->row() == std::uint64_t{2});
}

TEST_CASE("transform: a row that is read and is no JSON is an error that names it among all rows, wherever it stands") {
  const list bad = {"",
                    " ",
                    "[1]",
                    "7",
                    "nul",
                    "\"{}\"",
                    R"({"i":1)",
                    R"({"i":"x)",
                    "{\"i\":\"a\nb\"}",
                    "{\"i\":\"\xFF\"}",
                    R"({"i":})",
                    R"({"i" 1})",
                    R"({i:1})",
                    R"({"i":1]})",
                    R"({"i":"\x"})",
                    "{",
                    R"({"i":1}x)",
                    R"({"i":tru})"};
  const auto check = [](const std::string& wrong, auto change) {
    for (std::size_t place = 0; place < 4; ++place) {
      INFO(wrong << " at " << place);
      list rows;
      std::string before;
      for (std::size_t i = 0; i < 4; ++i) {
        rows.push_back(i == place ? wrong : "{\"i\":" + std::to_string(i) + "}");
        if (i < place && i % 2 == 0) before += (before.empty() ? "[" : ",") + ("{\"i\":" + std::to_string(i + 1)) + "}";
      }
      const error failed = failure_of(changing(texts(rows), change), before);
      CHECK(failed.kind() == failure::value);
      CHECK(failed.row() == std::uint64_t{place + 1});
    }
  };
  for (const std::string& wrong : bad) {
    check(wrong, [](auto& row) {
      const int i = row["i"].as_field().type() == tidemark::field::kind::decimal ? row.template get<int>("i") : 0;
      row.set("i", i + 1);
      if (i % 2 == 1) row.drop();
      for (const auto& [name, value] : row) (void)value.as_field();
    });
  }
}

TEST_CASE(
    "transform: whatever is done to whatever text, it is an error or comes out, and no byte beside it is touched") {
  const list seeds = {
      R"({"b":" x"a":1,"c})",         R"({"a":1,"b":"x","c":{"a":[2]}})",     R"({"c":"x\\"a":"\"b":2,"b" : 1e+5})",
      R"( {"a" :1 ,"b": "",c:"a"} )", R"({"a":"b","b":[{"c":1},"a"],"":{}})", R"({"a":1"b":]})"};
  const std::string changes = "{}[]\"\"\"\\:,ab1 \n\xFF";
  tests::random random(4);
  std::size_t errors = 0, rows_out = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string row = seeds[random.below(seeds.size())];
    for (std::size_t left = random.below(4); left != 0; --left) {
      const std::size_t at = random.below(row.size());
      switch (random.below(3)) {
        case 0: row.erase(at, 1); break;
        case 1: row.insert(at, 1, changes[random.below(changes.size())]); break;
        default: row[at] = changes[random.below(changes.size())];
      }
    }
    const operations all = random_operations({"a", "b", "c", "a", "b"}, random, 1 + random.below(4));
    const std::unique_ptr<char[]> memory(new char[row.size()]);
    std::copy(row.begin(), row.end(), memory.get());
    auto rows = changing(same_row({memory.get(), row.size()}, 1), [&](auto& now) { apply(all, now); });
    try {
      if (rows.next() != progress::row) continue;
      ++rows_out;
      CHECK(rows.text().size() < 2 * row.size() + 100);
    } catch (const error& failed) {
      ++errors;
      if (failed.kind() != failure::value) FAIL(failed.what());
    }
  }
  CHECK(errors > 5'000);
  CHECK(rows_out > 3'000);
}

TEST_CASE("transform: what the function throws passes through, once, behind the rows before it") {
  const auto change = [](auto& row) {
    const int i = row.template get<int>("i");
    if (i == 0) row.drop();
    if (i == 3) throw std::runtime_error("mine");
    row.set("i", 2 * i);
  };
  const auto check = [&](auto rows) {
    auto stream = stream_of(changing(std::move(rows), change));
    const drained all = drain(stream);
    CHECK(all.bytes == R"([{"i":2},{"i":4})");
    CHECK_FALSE(all.failure);
    CHECK(stream.failed());
    REQUIRE(all.foreign);
    CHECK_THROWS_AS(std::rethrow_exception(all.foreign), std::runtime_error);
  };
  check(texts({R"({"i":0})", R"({"i":1})", R"({"i":2})", R"({"i":3})", R"({"i":4})"}));
  check(scripted_fields({"i"}, script().row({0}).row({1}).row({2}).row({3}).row({4})));

  const auto own = [](auto& row) {
    if (row.template get<int>("i") == 2) throw error(failure::usage, "not like this", "MINE");
    row.drop();
  };
  const error failed = failure_of(changing(texts({R"({"i":1})", R"({"i":2})"}), own), "");
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.code() == "MINE");
  CHECK(failed.row() == std::uint64_t{2});
  const auto missing = [](auto& row) { row.set("i", row.template get<int>("j")); };
  CHECK(failure_of(changing(texts({R"({"j":1,"i":1})", R"({"i":2})"}), missing), R"([{"j":1,"i":1})").column() == "j");
}

TEST_CASE("transform: over itself and over other adaptors, each sees the rows of the one before") {
  list rows;
  for (int i = 0; i < 12; ++i) rows.push_back("{\"i\":" + std::to_string(i) + ",\"s\":\"\\u0041\"}");
  const auto rename = [](auto& row) { row.rename("i", "k"); };
  const auto add_one = [](auto& row) {
    REQUIRE_FALSE(row.contains("i"));
    row.set("k", row.template get<int>("k") + 1);
  };
  const auto is_even = [](const auto& row) { return row.template get<int>("k") % 2 == 0; };
  const auto changed_rows = [&] { return changing(changing(texts(rows), rename), add_one); };
  const auto row_of = [](int k) { return "{\"k\":" + std::to_string(k) + ",\"s\":\"\\u0041\"}"; };
  list all;
  all.reserve(12);
  for (int k = 1; k <= 12; ++k) all.emplace_back(row_of(k));
  CHECK(lines_of(changed_rows()) == all);
  CHECK(lines_of(filter(changed_rows(), is_even)) ==
        list{row_of(2), row_of(4), row_of(6), row_of(8), row_of(10), row_of(12)});
  CHECK(lines_of(tidemark::take(tidemark::skip(changed_rows(), 3), 2)) == list{row_of(4), row_of(5)});
  CHECK(lines_of(changing(filter(changing(tidemark::take(tidemark::skip(texts(rows), 1), 3), rename), is_even),
                          add_one)) == list{row_of(3)});
}

TEST_CASE("transform: every mark gives the same bytes") {
  const auto change = [](auto& row) {
    row.set("b", std::string(row.template get<std::size_t>("a") * 9, '"'));
    row.remove("c");
    if (row.template get<int>("a") == 2) row.drop();
  };
  const auto bytes_at = [&](byte_mark mark, auto rows) {
    const drained all = drain(stream_of(changing(std::move(rows), change), tidemark::format::array{}, mark));
    CHECK_FALSE(all.failure);
    for (const std::size_t size : all.chunk_sizes) REQUIRE(size <= mark.count());
    return all.bytes;
  };
  const auto lines = [] {
    return texts({R"({"a":1,"b":0,"c":0})", R"({"a":2,"b":0,"c":0})", R"({"a":3,"c":0})", R"( {"a" : 4, "c":0 })"});
  };
  const auto cells = [] {
    return scripted_fields({"a", "b", "c"}, script().row({1, 0, 0}).row({2, 0, 0}).row({3, 0, 0}));
  };
  const std::string of_lines = bytes_at({}, lines()), of_cells = bytes_at({}, cells());
  for (std::size_t mark = 1; mark <= of_lines.size() + 1; ++mark) {
    REQUIRE(bytes_at(byte_mark(mark), lines()) == of_lines);
    REQUIRE(bytes_at(byte_mark(mark), cells()) == of_cells);
  }
}

TEST_CASE("transform: its rows are read as objects and as structs, and an error says that they are over") {
  const auto change = [](auto& row) {
    row.set("id", row.template get<int>("id") * 10);
    row.rename("title", "name");
  };
  const auto lines = [](int count) {
    list rows;
    for (int i = 1; i <= count; ++i)
      rows.push_back("{\"id\":" + std::to_string(i) + ",\"title\":\"t" + std::to_string(i) + "\"}");
    return rows;
  };
  for (const std::size_t mark : {std::size_t{1}, std::size_t{2}, std::size_t{16}}) {
    list rows = lines(20);
    rows.emplace_back("{\"id\":}");
    tidemark::object_stream objects{changing(texts(rows), change), tidemark::row_mark(mark)};
    for (int i = 1; i <= 20; ++i) {
      const auto row = objects.pull();
      REQUIRE(row);
      REQUIRE(row->get<int>("id") == 10 * i);
      REQUIRE(row->get<std::string_view>("name") == "t" + std::to_string(i));
    }
    try {
      (void)objects.pull();
      FAIL("nothing was thrown");
    } catch (const error& failed) {
      CHECK(failed.row() == std::uint64_t{21});
      CHECK_FALSE(failed.can_go_on());
    }
    CHECK(objects.failed());
    CHECK(!objects.pull());

    auto structs = tidemark::rows_as<named>(
        changing(scripted_fields({"id", "title"}, script().row({1, "t1"}).row({2, "t2"})), change),
        tidemark::row_mark(mark));
    CHECK(structs.pull()->id == 10);
    CHECK(structs.pull()->name == "t2");
    CHECK(!structs.pull());
  }
}

}  // namespace adapt_transform_tests
