#include <tidemark/json/walk_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/cell.hpp>
#include <tidemark/testing/scripted.hpp>

#include "../../drain.hpp"
#include "catch.hpp"
#include "mismatches.hpp"
#include "nlohmann_json.hpp"
#include "random.hpp"
#include "reference.hpp"

namespace json_walk_writer_tests {

using tests::mismatches;
using tidemark::byte_mark;
using tidemark::column;
using tidemark::error;
using tidemark::failure;
using tidemark::json_options;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::relation;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_walk;
using tidemark::testing::with_wait;
namespace format = tidemark::format;

namespace {

constexpr std::size_t any_mark = 1 << 20;

std::string times(std::string_view text, std::size_t count) {
  std::string made;
  while (count-- != 0) made += text;
  return made;
}

bool is_json(const std::string& text) { return tests::is_json(text); }

/// A walk whose rows are text, where the script gives text, and fields where it gives cells. Unlike scripted_walk, it
/// lets a script do what no walk may.
class mixed_walk : public tidemark::testing::player {
 public:
  mixed_walk(std::vector<tidemark::relation> relations, std::vector<std::vector<column>> columns, script what)
      : player(std::move(what)),
        relations_(std::move(relations)),
        columns_(std::move(columns)),
        texts_(relations_.size()),
        cells_(relations_.size(), nullptr) {
    columns_.resize(relations_.size());
  }

  progress next() {
    const progress what = player::next();
    if (what == progress::row && relation() < relations_.size()) {
      texts_[relation()] = now().text;
      cells_[relation()] = &now().cells;
    }
    return what;
  }
  std::span<const tidemark::relation> relations() const noexcept { return relations_; }
  std::size_t relation() const noexcept { return now().relation; }
  template <class Use>
  decltype(auto) visit(std::size_t r, Use use) const {
    const row_of_text text{texts_.at(r)};
    const row_of_fields fields{&columns_.at(r), cells_.at(r)};
    return columns_[r].empty() ? use(text) : use(fields);
  }

 private:
  struct row_of_text {
    std::string_view json;
    std::string_view text() const noexcept { return json; }
  };
  struct row_of_fields {
    const std::vector<column>* names;
    const std::vector<cell>* cells;
    std::span<const column> columns() const noexcept { return *names; }
    tidemark::field field(std::size_t i) const { return cells->at(i).view(); }
  };

  std::vector<tidemark::relation> relations_;
  std::vector<std::vector<column>> columns_;  // none: its rows are text
  std::vector<std::string_view> texts_;
  std::vector<const std::vector<cell>*> cells_;
};

/// A walk over rows of text alone.
mixed_walk texts(std::vector<relation> relations, script what) {
  return mixed_walk(std::move(relations), {}, std::move(what));
}

/// The first `count` calls of a script.
script start_of(const script& all, std::size_t count) {
  script made;
  for (std::size_t i = 0; i != count; ++i) {
    const script::entry& one = all.entries()[i];
    if (one.what == progress::leave)
      made.leave();
    else if (one.what == progress::pending)
      made.pending();
    else if (one.text.empty())
      made.row(one.cells, one.relation);
    else
      made.text(one.text, one.relation);
  }
  return made;
}

script& append(script& made, const script& all, std::size_t from) {
  for (std::size_t i = from; i != all.entries().size(); ++i) {
    const script::entry& one = all.entries()[i];
    if (one.what == progress::leave)
      made.leave();
    else
      made.row(one.cells, one.relation);
  }
  return made;
}

/// Relations, their columns, rows, and what is to come of each root row.
struct sample {
  std::vector<relation> relations;
  std::vector<std::vector<std::string>> columns;
  script rows;
  std::vector<std::string> written;

  scripted_walk walk() const { return {relations, columns, rows}; }
  scripted_walk walk(script other) const { return {relations, columns, std::move(other)}; }

  std::string array() const {
    std::string made;
    for (const std::string& one : written) made += (made.empty() ? "" : ",") + one;
    return "[" + made + "]";
  }
};

template <class Walk, class Format = format::array>
raw_stream<Walk, Format> stream(Walk rows, std::size_t mark = any_mark, Format form = {},
                                const json_options& options = {}) {
  return raw_stream<Walk, Format>{std::move(rows), std::move(form), byte_mark{mark}, options};
}

/// All of it, where nothing may fail.
template <class Walk, class Format = format::array>
std::string write(Walk rows, std::size_t mark = any_mark, Format form = {}, const json_options& options = {}) {
  const drained all = drain(stream(std::move(rows), mark, std::move(form), options));
  if (all.failure) FAIL("failed: " << all.failure->what());
  if (all.foreign) FAIL("failed with another exception");
  return all.bytes;
}

/// That a walk gives these bytes with that mark, and stays within what a stream promises to hold.
template <class Walk, class Format = format::array>
void check_mark(Walk rows, const std::string& expected, std::size_t mark, Format form = {}) {
  auto made = stream(std::move(rows), mark, std::move(form));
  const drained all = drain(made);
  INFO("mark " << mark);
  if (all.failure) FAIL("failed: " << all.failure->what());
  if (all.bytes != expected) {
    mismatches found;
    found.compare(all.bytes, expected);
    FAIL(found.first());
  }
  for (std::size_t i = 0; i != all.chunk_sizes.size(); ++i)
    if (all.chunk_sizes[i] > mark || (i + 1 != all.chunk_sizes.size() && all.chunk_sizes[i] != mark))
      FAIL("chunk " << i << " has " << all.chunk_sizes[i] << " bytes");
  if (made.stats().peak_buffered > mark + 2048) FAIL("held " << made.stats().peak_buffered << " bytes");
  if (made.stats().bytes != expected.size() || made.failed()) FAIL("the stream counts wrong");
}

template <class Visit>
void for_each_format(Visit visit) {
  visit(format::array{});
  visit(format::ndjson{});
  visit(format::json_seq{});
  visit(format::odata{"https://host/$metadata#rows", 3}.next_link("https://host/rows?$skiptoken=3"));
}

/// The framing of rows, as the formats are described.
std::string framed(const format::array&, const std::vector<std::string>& rows) {
  return sample{{}, {}, {}, rows}.array();
}
std::string framed(const format::ndjson&, const std::vector<std::string>& rows) {
  std::string made;
  for (const std::string& row : rows) made += row + "\n";
  return made;
}
std::string framed(const format::json_seq&, const std::vector<std::string>& rows) {
  std::string made;
  for (const std::string& row : rows) made += "\x1e" + row + "\n";
  return made;
}
std::string framed(const format::odata&, const std::vector<std::string>& rows) {
  return R"({"@odata.context":"https://host/$metadata#rows","@odata.count":3,"value":)" +
         sample{{}, {}, {}, rows}.array() + R"(,"@odata.nextLink":"https://host/rows?$skiptoken=3"})";
}

/// Artists with albums that have tracks and a label, and with a manager; all combinations of empty ones.
sample artists() {
  return {
      {{}, {"manager", 0, true}, {"albums", 0, false}, {"label", 2, true}, {"tracks", 2, false}, {"prizes", 0, false}},
      {{"id", "name"}, {"name"}, {"title", "year"}, {"name"}, {"nr", "title"}, {}},
      script()
          .row({1, "A"}, 0)
          .row({"M"}, 1)
          .row({"A1", 1971}, 2)
          .row({"L"}, 3)
          .row({1, "x"}, 4)
          .row({2, "y"}, 4)
          .leave()
          .row({"A2", nullptr}, 2)
          .row({1, "z"}, 4)
          .leave()
          .row({"A3", 1973}, 2)
          .row({"M"}, 3)
          .leave()
          .row({"A4", 1974}, 2)
          .leave()
          .row({}, 5)
          .row({}, 5)
          .leave()
          .row({2, "B"}, 0)
          .leave()
          .row({3, "C"}, 0)
          .row({}, 5)
          .leave()
          .row({4, "D"}, 0)
          .row({"D1", 1}, 2)
          .leave()
          .leave()
          .row({5, "E"}, 0)
          .row({"N"}, 1)
          .leave(),
      {R"({"id":1,"name":"A","manager":{"name":"M"},"albums":[)"
       R"({"title":"A1","year":1971,"label":{"name":"L"},"tracks":[{"nr":1,"title":"x"},{"nr":2,"title":"y"}]},)"
       R"({"title":"A2","year":null,"label":null,"tracks":[{"nr":1,"title":"z"}]},)"
       R"({"title":"A3","year":1973,"label":{"name":"M"},"tracks":[]},)"
       R"({"title":"A4","year":1974,"label":null,"tracks":[]}],"prizes":[{},{}]})",
       R"({"id":2,"name":"B","manager":null,"albums":[],"prizes":[]})",
       R"({"id":3,"name":"C","manager":null,"albums":[],"prizes":[{}]})",
       R"({"id":4,"name":"D","manager":null,"albums":[{"title":"D1","year":1,"label":null,"tracks":[]}],"prizes":[]})",
       R"({"id":5,"name":"E","manager":{"name":"N"},"albums":[],"prizes":[]})"}};
}

// Random walks, and a writer of theirs that is as simple as can be.

struct tree_row {
  std::vector<cell> cells;
  std::vector<std::string> values;              // the cells as JSON
  std::vector<std::vector<tree_row>> children;  // of each child relation
};

struct spelled {
  cell given;
  std::string written;
};

class random_tree {
 public:
  explicit random_tree(std::uint64_t seed) : random_(seed) {
    const std::size_t count = 1 + random_.below(8);
    for (std::size_t r = 0; r != count; ++r) {
      made_.relations.push_back({r == 0 ? "" : name() + std::to_string(r), r == 0 ? relation::none : random_.below(r),
                                 r != 0 && random_.below(3) == 0});
      made_.columns.emplace_back();
      for (std::size_t i = random_.below(4); i != 0; --i)
        made_.columns.back().push_back(name() + "_" + std::to_string(i));
      children_.emplace_back();
      if (r != 0) children_[made_.relations[r].parent].push_back(r);
    }
    for (std::size_t i = random_.below(5); i != 0; --i) {
      const tree_row root = row(0);
      play(0, root);
      made_.written.push_back(written(0, root));
    }
  }

  const sample& made() const noexcept { return made_; }

 private:
  std::string name() {
    switch (random_.below(12)) {
      case 0: return random_.text(25 + random_.below(12), "abc");  // about the size of a block
      case 1: return random_.text(500 + random_.below(20), "x\"");
      case 2: return random_.text(1500, "\xC3\xA4");
      default: return random_.text(random_.below(6), "ab\"\\\n");
    }
  }

  spelled value() {
    switch (random_.below(10)) {
      case 0: return {nullptr, "null"};
      case 1: return {true, "true"};
      case 2: return {2.5, "2.5"};
      case 3: return {cell::json("[1, {}]"), "[1, {}]"};
      case 4: {
        const std::string digits = "1" + random_.text(random_.below(90), "0123456789");
        return {cell::decimal(digits), digits};
      }
      case 5: {
        const std::string text = random_.bytes(random_.below(3) == 0 ? random_.below(2500) : random_.below(40));
        return {text, reference::quoted(text)};
      }
      case 6: {
        const std::string text = random_.text(random_.below(1500), "ab\n\"");
        return {cell::text_in_pieces(text, 1 + random_.below(600)), reference::quoted(text)};
      }
      default: {
        const auto number = static_cast<std::int64_t>(random_.bits()) >> random_.below(64);
        return {number, std::to_string(number)};
      }
    }
  }

  tree_row row(std::size_t r) {
    tree_row made;
    for (std::size_t i = 0; i != made_.columns[r].size(); ++i) {
      spelled one = value();
      made.cells.push_back(std::move(one.given));
      made.values.push_back(std::move(one.written));
    }
    for (const std::size_t child : children_[r]) {
      made.children.emplace_back();
      const std::size_t most = made_.relations[child].to_one ? 1 : 3;
      for (std::size_t i = random_.below(most + 1); i != 0; --i) made.children.back().push_back(row(child));
    }
    return made;
  }

  void play(std::size_t r, const tree_row& one) {
    made_.rows.row(one.cells, r);
    for (std::size_t i = 0; i != children_[r].size(); ++i)
      for (const tree_row& child : one.children[i]) play(children_[r][i], child);
    if (!children_[r].empty()) made_.rows.leave();
  }

  std::string written(std::size_t r, const tree_row& one) const {
    std::string members;
    const auto add = [&](const std::string& key, const std::string& json) {
      members += (members.empty() ? "" : ",") + reference::quoted(key) + ":" + json;
    };
    for (std::size_t i = 0; i != one.values.size(); ++i) add(made_.columns[r][i], one.values[i]);
    for (std::size_t i = 0; i != children_[r].size(); ++i) {
      const std::size_t child = children_[r][i];
      const bool to_one = made_.relations[child].to_one;
      std::string all;
      for (const tree_row& of_child : one.children[i]) all += (all.empty() ? "" : ",") + written(child, of_child);
      if (!to_one) all = "[" + all + "]";
      add(made_.relations[child].name, all.empty() ? "null" : all);
    }
    return "{" + members + "}";
  }

  tests::random random_;
  sample made_;
  std::vector<std::vector<std::size_t>> children_;
};

}  // namespace

TEST_CASE("random walks give what a recursive writer gives, with every mark and in every format") {
  std::size_t rows = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    const random_tree tree(seed);
    const sample& one = tree.made();
    rows += one.rows.entries().size();
    tests::random random(seed);
    for (const std::size_t mark : {std::size_t{1}, std::size_t{2}, 3 + random.below(30), 33 + random.below(200),
                                   300 + random.below(2000), any_mark})
      check_mark(one.walk(), one.array(), mark);
    for_each_format(
        [&](const auto& form) { check_mark(one.walk(), framed(form, one.written), 1 + random.below(100), form); });
    if (one.written.size() == 1) check_mark(one.walk(), one.written[0], 1 + random.below(300), format::one{});
    REQUIRE(is_json(one.array()));
  }
  CHECK(rows > 5'000);
}

TEST_CASE("children stand in their parent behind its own members, in declared order, empty ones too") {
  const sample all = artists();
  CHECK(write(all.walk()) == all.array());
  CHECK(is_json(all.array()));
}

TEST_CASE("a walk gives the same bytes with every mark from 1, in chunks of the mark") {
  const sample all = artists();
  for (std::size_t mark = 1; mark <= 500; ++mark)
    for_each_format([&](const auto& form) { check_mark(all.walk(), framed(form, all.written), mark, form); });
}

TEST_CASE("a walk whose root has no relations is a sequence of flat rows") {
  const std::vector<relation> alone = {{}};
  CHECK(write(scripted_walk(alone, {{"id"}}, script().row({1}).row({2}))) == R"([{"id":1},{"id":2}])");
  CHECK(write(scripted_walk(alone, {{"id"}}, script())) == "[]");
  CHECK(write(scripted_walk(alone, {{}}, script().row({}).row({}))) == "[{},{}]");
  CHECK(write(texts(alone, script().text("1").text(" [] "))) == "[1, [] ]");
}

TEST_CASE("the one row of a walk is bare, and null where there is none") {
  const std::vector<relation> albums = {{}, {"albums", 0, false}};
  for (std::size_t mark = 1; mark <= 60; ++mark) {
    check_mark(scripted_walk(albums, {{"id"}, {"t"}}, script().row({1}).row({"x"}, 1).leave()),
               R"({"id":1,"albums":[{"t":"x"}]})", mark, format::one{});
    check_mark(scripted_walk(albums, {{}, {}}, script()), "null", mark, format::one{});
  }
}

TEST_CASE("of the one row of a walk, what makes it complete is held back until there is no other") {
  const std::vector<relation> albums = {{}, {"albums", 0, false}};
  const script first = script().row({1}).row({"x"}, 1).leave();
  const std::string open = R"({"id":1,"albums":[{"t":"x"}])";
  for (const std::size_t mark : {std::size_t{1}, std::size_t{7}, std::size_t{29}, any_mark}) {
    INFO("mark " << mark);
    const drained twice =
        drain(stream(scripted_walk(albums, {{"id"}, {"t"}}, script(first).row({2})), mark, format::one{}));
    CHECK(twice.bytes == open);
    REQUIRE(twice.failure);
    CHECK(twice.failure->kind() == failure::value);

    script pausing = first;
    for (int i = 0; i != 100; ++i) pausing.pending();  // a stream may ask again before each chunk
    auto waiting =
        stream(with_wait<scripted_walk>(albums, std::vector<std::vector<std::string>>{{"id"}, {"t"}}, pausing), mark,
               format::one{});
    std::string before;
    for (auto chunk = waiting.try_pull(); chunk.is_item(); chunk = waiting.try_pull()) before += *chunk;
    CHECK(before == open);
    const drained rest = drain(waiting);
    CHECK(rest.bytes == "}");
    CHECK(rest.pendings > 0);
  }
}

TEST_CASE("a bare number that is the one row of a walk is held back as a whole, and blanks behind a row are cut") {
  const std::vector<relation> alone = {{}};
  for (const std::string text : {"12", "12.5 ", "{\"a\":1} \n", "[1]  ", "\"x\"\n", "true "}) {
    INFO(text);
    const drained all = drain(stream(texts(alone, script().text(text).text("2")), any_mark, format::one{}));
    REQUIRE(all.failure);
    CHECK(!is_json(all.bytes));
  }
  CHECK(write(texts(alone, script().text("12")), 1, format::one{}) == "12");
}

TEST_CASE("relations are nested as deep as one likes, and any number of levels close at once") {
  for (const std::size_t levels : {std::size_t{3}, std::size_t{5}, std::size_t{300}}) {
    for (const bool to_one : {false, true}) {
      sample deep;
      std::string before;
      for (std::size_t r = 0; r != levels; ++r) {
        deep.relations.push_back({r == 0 ? "" : "r" + std::to_string(r), r == 0 ? relation::none : r - 1, to_one});
        deep.columns.push_back({"id"});
        deep.rows.row({static_cast<int>(r)}, r);
        before +=
            (r == 0 ? "" : ",\"r" + std::to_string(r) + "\":" + (to_one ? "" : "[")) + "{\"id\":" + std::to_string(r);
      }
      const std::string behind = times(to_one ? "}" : "}]", levels - 1) + "}";
      for (std::size_t r = 1; r != levels; ++r) deep.rows.leave();
      const std::string expected = "[" + before + behind + "]";
      REQUIRE(is_json(expected));
      for (std::size_t mark = 1; mark <= 300; mark += levels > 5 ? 37 : 1) check_mark(deep.walk(), expected, mark);
      check_mark(deep.walk(), expected, any_mark);
    }
  }
}

TEST_CASE("many empty relations at once, with names of any length, stay within the mark") {
  for (const std::size_t length : {std::size_t{10}, std::size_t{31}, std::size_t{2000}}) {
    sample wide{{{}}, {{}}, script().row({}).leave().row({}).row({}, 40).leave(), {}};
    std::string empty;
    std::string one_full;
    for (std::size_t r = 1; r <= 60; ++r) {
      const std::string name = std::string(length, 'n') + "\"" + std::to_string(r);
      wide.relations.push_back({name, 0, r % 2 == 1});
      wide.columns.emplace_back();
      const std::string key = (r == 1 ? "{" : ",") + reference::quoted(name) + ":";
      empty += key + (r % 2 == 1 ? "null" : "[]");
      one_full += key + (r == 40 ? "[{}]" : r % 2 == 1 ? "null" : "[]");
    }
    wide.written = {empty + "}", one_full + "}"};
    for (std::size_t mark = 1; mark <= 200; ++mark) check_mark(wide.walk(), wide.array(), mark);
    for (const std::size_t mark : {1023u, 1024u, 1025u, 2000u, 5000u}) check_mark(wide.walk(), wide.array(), mark);
  }
}

TEST_CASE("relations and columns of relations may have any name") {
  for (const std::string& name :
       {std::string(), std::string("say \"hi\"\n"), std::string("\0\x01", 2), std::string(26, 'x'),
        std::string(27, 'x'), std::string(28, 'x'), std::string(32, '"'), std::string(509, 'y'), std::string(513, 'y'),
        times("\xC3\xA4\"", 700), std::string("\xE2\x82\xAC\xF0\x9F\x98\x80"), std::string("\xFF\xC3")}) {
    const std::string key = reference::quoted(name) + ":";
    const std::vector<relation> named = {{}, {name, 0, false}, {name, 1, true}, {"z" + name, 1, false}};
    const std::string z = reference::quoted("z" + name) + ":";
    const std::vector<std::string> columns = {"c" + name};
    const std::string c = reference::quoted("c" + name) + ":";
    const script rows = script().row({}).row({}, 1).row({1}, 2).leave().row({}, 1).row({}, 3).leave().leave();
    const std::string expected =
        "[{" + key + "[{" + key + "{" + c + "1}," + z + "[]},{" + key + "null," + z + "[{}]}]}]";
    for (const std::size_t mark : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}, std::size_t{511},
                                   std::size_t{1024}, any_mark})
      check_mark(scripted_walk(named, {{}, {}, columns, {}}, rows), expected, mark);
  }
}

TEST_CASE("a relation that is called like a column, or like another one, is numbered, kept or an error") {
  const std::vector<relation> named = {{}, {"id", 0, false}, {"id", 0, true}, {"id_2", 0, true}};
  const auto rows = [&] {
    return scripted_walk(named, {{"id"}, {"id"}, {}, {}}, script().row({1}).row({2}, 1).leave());
  };
  json_options options;
  CHECK(write(rows(), any_mark, format::array{}, options) == R"([{"id":1,"id_3":[{"id":2}],"id_4":null,"id_2":null}])");
  options.duplicate_name = json_options::duplicate_names::keep;
  CHECK(write(rows(), any_mark, format::array{}, options) == R"([{"id":1,"id":[{"id":2}],"id":null,"id_2":null}])");
  options.duplicate_name = json_options::duplicate_names::error;
  const drained refused = drain(stream(rows(), any_mark, format::array{}, options));
  REQUIRE(refused.failure);
  CHECK(refused.failure->kind() == failure::value);
  CHECK(refused.failure->column() == "id");
  CHECK(refused.bytes.empty());
}

TEST_CASE("pending anywhere in a walk costs no byte, and what is ready goes out before") {
  const sample all = artists();
  const std::size_t count = all.rows.entries().size();
  for (const std::size_t mark : {std::size_t{1}, std::size_t{10}, any_mark}) {
    std::size_t ready_before = 0;
    for (std::size_t at = 0; at <= count; ++at) {
      INFO("mark " << mark << ", pending at " << at);
      script rows = start_of(all.rows, at).pending().pending();
      append(rows, all.rows, at);
      auto waiting = stream(with_wait<scripted_walk>(all.relations, all.columns, rows), mark);
      std::string ready;
      auto chunk = waiting.try_pull();
      for (; chunk.is_item(); chunk = waiting.try_pull()) ready += *chunk;
      REQUIRE(chunk.is_pending());
      // All that was said so far is out: as much as comes out before a failure at the same place.
      REQUIRE(ready == drain(stream(all.walk(start_of(all.rows, at).fail(std::runtime_error("gone"))))).bytes);
      REQUIRE(ready.size() >= ready_before);
      if (at != 0) REQUIRE(ready.size() > ready_before);
      ready_before = ready.size();
      const drained rest = drain(waiting);
      REQUIRE(rest.pendings <= 1);
      REQUIRE(ready + rest.bytes == all.array());
    }
    CHECK(ready_before + 1 == all.array().size());
  }
}

TEST_CASE("each call of a walk's next is written before the next one") {
  const std::vector<relation> albums = {{}, {"boss", 0, true}, {"albums", 0, false}};
  auto waiting = stream(with_wait<scripted_walk>(albums, std::vector<std::vector<std::string>>{{"id"}, {"n"}, {"t"}},
                                                 script()
                                                     .row({1})
                                                     .pending()
                                                     .pending()
                                                     .row({"x"}, 2)
                                                     .pending()
                                                     .pending()
                                                     .row({"y"}, 2)
                                                     .pending()
                                                     .pending()
                                                     .leave()
                                                     .pending()
                                                     .pending()));
  for (const std::string ready : {R"([{"id":1)", R"(,"boss":null,"albums":[{"t":"x"})", R"(,{"t":"y"})", "]}"}) {
    CHECK(*waiting.try_pull() == ready);
    CHECK(waiting.try_pull().is_pending());
  }
}

TEST_CASE("a walk that fails anywhere leaves an array that is never complete") {
  const sample all = artists();
  const std::size_t count = all.rows.entries().size();
  for (std::size_t at = 0; at <= count; ++at) {
    for (const std::size_t mark : {std::size_t{1}, std::size_t{20}, any_mark}) {
      INFO("mark " << mark << ", failure at " << at);
      const script rows = start_of(all.rows, at).fail(error(failure::producer, "gone", "CODE"));
      auto failing = stream(all.walk(rows), mark);
      const drained made = drain(failing);
      REQUIRE(made.failure);
      CHECK(made.failure->message() == "gone");
      CHECK(made.failure->byte_offset() == made.bytes.size());
      CHECK(failing.failed());
      CHECK(all.array().starts_with(made.bytes));
      CHECK(!is_json(made.bytes));
      CHECK(made.failure->row() == failing.stats().rows + 1);

      const auto od = format::odata{"https://host/$metadata#rows", 3};
      CHECK(!is_json(drain(stream(all.walk(rows), mark, od)).bytes));
    }
  }
}

TEST_CASE("a walk that fails anywhere ends in an error record, where the format has one") {
  const sample all = artists();
  const std::size_t count = all.rows.entries().size();
  for (std::size_t at = 0; at <= count; ++at) {
    INFO("failure at " << at);
    const script rows = start_of(all.rows, at).fail(error(failure::producer, "gone"));
    const drained lines = drain(stream(all.walk(rows), 100, format::ndjson{}));
    REQUIRE(lines.failure);
    REQUIRE(lines.bytes.ends_with("}}\n"));
    const std::string last = lines.bytes.substr(lines.bytes.rfind('\n', lines.bytes.size() - 2) + 1);
    CHECK(tests::parse_json(last).at("error").at("message") == "gone");
    CHECK(tests::parse_json(last).at("error").at("row") == *lines.failure->row());
    // Every line before is a whole row, or the start of the one that was cut.
    const std::string before = lines.bytes.substr(0, lines.bytes.size() - last.size());
    const std::string whole = framed(format::ndjson{}, all.written);
    CHECK((whole.starts_with(before) || whole.starts_with(before.substr(0, before.size() - 1))));

    const drained sequence = drain(stream(all.walk(rows), 100, format::json_seq{}));
    REQUIRE(sequence.failure);
    const std::string record = sequence.bytes.substr(sequence.bytes.rfind('\x1e') + 1);
    CHECK(tests::parse_json(record).at("error").at("message") == "gone");
  }
}

TEST_CASE("the one row of a walk that fails anywhere is never complete") {
  const sample all = artists();
  std::size_t count = 1;  // of the calls for the first row
  while (all.rows.entries()[count].relation != 0 || all.rows.entries()[count].what == progress::leave) ++count;
  for (std::size_t at = 0; at <= count; ++at) {
    for (const std::size_t mark : {std::size_t{1}, any_mark}) {
      INFO("mark " << mark << ", failure at " << at);
      const drained made =
          drain(stream(all.walk(start_of(all.rows, at).fail(std::runtime_error("gone"))), mark, format::one{}));
      REQUIRE(made.foreign);
      CHECK(!is_json(made.bytes));
      CHECK(all.written[0].starts_with(made.bytes));
    }
  }
}

namespace {

const std::vector<relation> music = {{}, {"albums", 0, false}, {"tracks", 1, false}, {"label", 1, true}};
const std::vector<std::vector<std::string>> music_columns = {{"id"}, {"title"}, {"nr", "gain"}, {"name"}};

/// Two artists with two albums each, of two tracks each, the last of which has this for its gain.
script up_to(const cell& gain) {
  script rows;
  for (int artist = 1; artist <= 2; ++artist) {
    rows.row({artist});
    for (int album = 1; album <= 2; ++album) {
      rows.row({"t"}, 1).row({1, 0.5}, 2);
      if (artist == 2 && album == 2) return rows.row({2, gain}, 2).row({3, 0.5}, 2).leave().leave();
      rows.row({2, 0.5}, 2).leave();
    }
    rows.leave();
  }
  return rows;
}

}  // namespace

TEST_CASE("a value of a child that cannot be written is an error that names its relation, row and column") {
  json_options options;
  options.not_finite = json_options::non_finite::error;
  options.invalid_utf8 = json_options::bad_utf8::error;
  for (const cell& bad :
       {cell(std::numeric_limits<double>::quiet_NaN()), cell("a\xFF"), cell(std::string(3000, 'x') + "\xFF"),
        cell::text_in_pieces(std::string(3000, 'x') + "\xFF", 7)}) {
    for (const std::size_t mark : {std::size_t{1}, std::size_t{50}, any_mark}) {
      auto failing = stream(scripted_walk(music, music_columns, up_to(bad)), mark, format::array{}, options);
      const drained made = drain(failing);
      REQUIRE(made.failure);
      CHECK(made.failure->kind() == failure::value);
      CHECK(made.failure->relation() == "albums.tracks");
      CHECK(made.failure->row() == 8u);
      CHECK(made.failure->column() == "gain");
      CHECK(made.failure->byte_offset() == made.bytes.size());
      CHECK(failing.failed());
      CHECK(!is_json(made.bytes));
    }
  }
  const drained lines =
      drain(stream(scripted_walk(music, music_columns, up_to(std::numeric_limits<double>::infinity())), 64,
                   format::ndjson{}, options));
  CHECK(lines.bytes.find(R"("column":"gain","relation":"albums.tracks","row":8,)") != std::string::npos);
}

TEST_CASE("a child's value in pieces that fails is an error of its row") {
  const auto torn = std::make_exception_ptr(error(failure::producer, "torn"));
  const std::string text(3000, 'x');
  for (const std::size_t mark : {std::size_t{1}, any_mark}) {
    const drained made =
        drain(stream(scripted_walk(music, music_columns, up_to(cell::text_in_pieces(text, 100, torn))), mark));
    REQUIRE(made.failure);
    CHECK(made.failure->message() == "torn");
    CHECK(made.failure->relation() == "albums.tracks");
    CHECK(made.failure->row() == 8u);
    CHECK(made.bytes.ends_with(",\"gain\":\"" + text));
  }
}

TEST_CASE("a value of a root row that cannot be written is an error of that row, of no relation") {
  json_options options;
  options.not_finite = json_options::non_finite::error;
  const drained made = drain(stream(
      scripted_walk(music, music_columns,
                    script().row({1}).row({"t"}, 1).leave().leave().row({std::numeric_limits<double>::infinity()})),
      any_mark, format::array{}, options));
  REQUIRE(made.failure);
  CHECK(made.failure->relation() == "");
  CHECK(made.failure->row() == 2u);
  CHECK(made.failure->column() == "id");
}

TEST_CASE("a second row of a to-one relation is an error that names relation and row") {
  const script rows =
      script().row({1}).row({"t"}, 1).row({"L"}, 3).leave().row({"u"}, 1).row({"M"}, 3).row({"N"}, 3).leave().leave();
  for (const std::size_t mark : {std::size_t{1}, any_mark}) {
    auto failing = stream(scripted_walk(music, music_columns, rows), mark);
    const drained made = drain(failing);
    REQUIRE(made.failure);
    CHECK(made.failure->kind() == failure::value);
    CHECK(made.failure->relation() == "albums.label");
    CHECK(made.failure->row() == 3u);
    CHECK(failing.failed());
    CHECK(made.bytes == R"([{"id":1,"albums":[{"title":"t","tracks":[],"label":{"name":"L"}},)"
                        R"({"title":"u","tracks":[],"label":{"name":"M"})");
  }
}

TEST_CASE("a walk that does not keep its order is an error of usage, and never complete") {
  const std::string row = "{}";
  struct {
    const char* what;
    script rows;
  } const all[] = {
      {"leave before the first row", script().leave()},
      {"a child before the first row", script().text(row, 1)},
      {"one leave too many", script().text(row).leave().leave()},
      {"one leave too many, behind children", script().text(row).text(row, 1).leave().leave().leave()},
      {"a child behind the end of its parent", script().text(row).leave().text(row, 1)},
      {"a grandchild without its parent", script().text(row).text(row, 2)},
      {"a grandchild behind the end of its parent", script().text(row).text(row, 1).leave().text(row, 2)},
      {"an uncle, while its nephew's parent is open", script().text(row).text(row, 1).text(row, 1)},
      {"a root row within the one before", script().text(row).text(row)},
      {"a root row within its child", script().text(row).text(row, 1).text(row)},
      {"a relation that is over", script().text(row).text(row, 1).text(row, 3).text(row, 2)},
      {"a relation of the root that is over", script().text(row).text(row, 4).text(row, 1)},
      {"a relation that there is not", script().text(row).text(row, 5)},
      {"no relation", script().text(row).text(row, relation::none)},
      {"a root row of a relation that there is not", script().text(row, 5)},
      {"the end within the first row", script().text(row)},
      {"the end within a child", script().text(row).leave().text(row).text(row, 1)},
      {"the end within the root, behind a child", script().text(row).text(row, 1).leave()},
  };
  const std::vector<relation> relations = {
      {}, {"albums", 0, false}, {"tracks", 1, false}, {"label", 1, true}, {"prizes", 0, false}};
  for (const auto& one : all) {
    for (const std::size_t mark : {std::size_t{1}, any_mark}) {
      INFO(one.what << ", mark " << mark);
      auto failing = stream(texts(relations, one.rows), mark);
      const drained made = drain(failing);
      CHECK(failing.failed());
      CHECK(!is_json(made.bytes));
      if (!made.failure) {
        FAIL_CHECK("no error");
        continue;
      }
      CHECK(made.failure->kind() == failure::usage);
      CHECK(!is_json(drain(stream(texts(relations, one.rows), mark, format::one{})).bytes));
    }
  }
}

TEST_CASE("relations that cannot be walked are an error of usage") {
  for (const std::vector<relation>& wrong : {std::vector<relation>{},
                                             {{}, {"a", 1, false}},
                                             {{}, {"a", 2, false}, {"b", 0, false}},
                                             {{}, {"a"}},
                                             {{}, {"a", 7, false}},
                                             {{"root", 0, false}}}) {
    const drained made = drain(stream(texts(wrong, script().text("{}").text("{}", 1).leave().leave())));
    REQUIRE(made.failure);
    CHECK(made.failure->kind() == failure::usage);
    CHECK(made.bytes.empty());
  }
}

TEST_CASE("nothing of a walk is asked for before what precedes it is out") {
  const sample all = artists();
  scripted_walk rows = all.walk();
  const auto seen = rows.watch();
  auto lazy = stream(std::move(rows), 1);
  CHECK(seen->nexts == 0);
  std::string made;
  const auto pull_to = [&](std::string_view end) {
    while (!made.ends_with(end)) made += *lazy.try_pull();
  };
  pull_to("[{");
  CHECK(seen->nexts == 1);
  pull_to(R"("name":"A")");
  CHECK(seen->nexts == 1);
  pull_to(R"("manager":{)");
  CHECK(seen->nexts == 2);
  pull_to(R"("albums":[{)");
  CHECK(seen->nexts == 3);
  pull_to(R"("label":{)");
  CHECK(seen->nexts == 4);
  pull_to(R"("x"})");
  CHECK(seen->nexts == 5);
  CHECK(seen->is_alive);
  lazy.close();
  CHECK(!seen->is_alive);
  CHECK(lazy.try_pull().is_end());
}

TEST_CASE("a walk goes on when its stream is moved, between any two chunks") {
  const random_tree tree(3);
  for (const sample& all : {artists(), tree.made()}) {
    for (const std::size_t mark : {std::size_t{1}, std::size_t{3}, std::size_t{50}, std::size_t{700}}) {
      auto at = std::make_unique<raw_stream<scripted_walk>>(stream(all.walk(), mark));
      std::string made;
      for (;;) {
        at = std::make_unique<raw_stream<scripted_walk>>(std::move(*at));
        const auto chunk = at->try_pull();
        if (chunk.is_end()) break;
        made += *chunk;
      }
      REQUIRE(made == all.array());
    }
  }
}

TEST_CASE("a walk's stream that has long names of relations to write can be moved") {
  const std::string name = times("ab\"", 1000);
  const std::vector<relation> named = {{}, {name, 0, false}, {name + "2", 0, true}};
  const std::string expected = "[{" + reference::quoted(name) + ":[{}]," + reference::quoted(name + "2") + ":null}]";
  auto at = std::make_unique<raw_stream<scripted_walk>>(
      stream(scripted_walk(named, {{}, {}, {}}, script().row({}).row({}, 1).leave()), 5));
  std::string made;
  for (;;) {
    at = std::make_unique<raw_stream<scripted_walk>>(std::move(*at));
    const auto chunk = at->try_pull();
    if (chunk.is_end()) break;
    made += *chunk;
  }
  CHECK(made == expected);
}

// Rows of text

TEST_CASE("children are written into a row of text that is an object, behind its own members") {
  const std::vector<relation> albums = {{}, {"boss", 0, true}, {"albums", 0, false}};
  const std::vector<std::pair<std::string, std::string>> all = {
      {"{}", R"({"boss":null,"albums":[1]})"},
      {"{ }", R"({"boss":null,"albums":[1]})"},
      {"{\"a\":1}", R"({"a":1,"boss":null,"albums":[1]})"},
      {"{ \"a\" : 1 }", R"({ "a" : 1,"boss":null,"albums":[1]})"},
      {R"({"a":{"b":{}}})", R"({"a":{"b":{}},"boss":null,"albums":[1]})"},
      {R"({"a":"}"})", R"({"a":"}","boss":null,"albums":[1]})"},
      {"{\"a\":\"" + std::string(3000, '}') + "\"}",
       "{\"a\":\"" + std::string(3000, '}') + R"(","boss":null,"albums":[1]})"},
  };
  for (const auto& [text, expected] : all) {
    for (const std::string blanks : {"", " ", " \t\r\n", "\n\n"}) {
      for (const std::size_t mark : {std::size_t{1}, std::size_t{2}, std::size_t{9}, std::size_t{100}, any_mark}) {
        INFO(text.substr(0, 30) << " with " << blanks.size() << " blanks, mark " << mark);
        const script rows = script().text(blanks + text + blanks).text("1", 2).leave();
        const std::string made = write(texts(albums, rows), mark);
        CHECK(tests::parse_ordered_json(made) == tests::parse_ordered_json("[" + expected + "]"));
        if (blanks.empty()) CHECK(made == "[" + expected + "]");
      }
    }
  }
}

TEST_CASE("the first relation of a row of text without members needs no comma, whatever comes of it") {
  const std::vector<relation> both = {{}, {"a", 0, false}, {"b", 0, true}};
  const std::string text = " { } ";
  CHECK(write(texts(both, script().text(text).leave())) == R"([ {"a":[],"b":null}])");
  CHECK(write(texts(both, script().text(text).text("1", 1).text("2", 1).leave())) == R"([ {"a":[1,2],"b":null}])");
  CHECK(write(texts(both, script().text(text).text("1", 2).leave())) == R"([ {"a":[],"b":1}])");
  CHECK(write(texts(both, script().text("{}").leave().text("{\"x\":1}").leave().text("{}").leave())) ==
        R"([{"a":[],"b":null},{"x":1,"a":[],"b":null},{"a":[],"b":null}])");
}

TEST_CASE("a row of text that has no relations may be any JSON, and passes through as it is") {
  const std::vector<relation> albums = {{}, {"boss", 0, true}, {"albums", 0, false}};
  const std::string long_array = "[" + times("1, ", 1000) + "2]";
  CHECK(write(texts(albums, script()
                                .text("{}")
                                .text(" null ", 1)
                                .text("1.50", 2)
                                .text(" [ ] ", 2)
                                .text("\"x\"", 2)
                                .text(long_array, 2)
                                .leave()),
              3) == "[{\"boss\": null ,\"albums\":[1.50, [ ] ,\"x\"," + long_array + "]}]");
}

TEST_CASE("line breaks in the rows of text of a walk become blanks where rows are lines") {
  const std::vector<relation> albums = {{}, {"albums", 0, false}};
  const script rows = script().text("{\n\"a\":\r\n1\n}\n").text("\n[\n]\n", 1).leave();
  const std::string expected = "{ \"a\":  1,\"albums\":[ [ ] ]}\n";
  for (std::size_t mark = 1; mark <= 40; ++mark) check_mark(texts(albums, rows), expected, mark, format::ndjson{});
}

TEST_CASE("a row of text that has relations and is no object is an error of that row") {
  const std::vector<relation> nested = {{}, {"albums", 0, false}, {"tracks", 1, false}};
  for (const std::string text : {"[]", "1", "null", "\"{}\"", "{", "}", " ", "[{}", "{]", "\n{\n", ""}) {
    INFO("'" << text << "'");
    if (!text.empty()) {  // which this walk takes for a row of no fields, too
      const drained made = drain(stream(texts(nested, script().text("{}").leave().text(text).leave())));
      REQUIRE(made.failure);
      CHECK(made.failure->kind() == failure::value);
      CHECK(made.failure->row() == 2u);
      CHECK(made.failure->relation() == "");
      CHECK(made.bytes == R"([{"albums":[]})");
    }
    const drained child =
        drain(stream(texts(nested, script().text("{}").text("{}", 1).leave().text(text, 1).leave().leave())));
    REQUIRE(child.failure);
    CHECK(child.failure->kind() == failure::value);
    CHECK(child.failure->row() == 2u);
    CHECK(child.failure->relation() == "albums");
    CHECK(child.bytes == R"([{"albums":[{"tracks":[]})");
  }
}

TEST_CASE("the rows of text of a walk are checked where that is asked for") {
  const std::vector<relation> albums = {{}, {"albums", 0, false}};
  json_options options;
  options.validate = true;
  const drained root = drain(stream(texts(albums, script().text("{1}").leave()), any_mark, format::array{}, options));
  REQUIRE(root.failure);
  CHECK(root.failure->kind() == failure::value);
  CHECK(root.bytes.empty());
  const drained child = drain(stream(texts(albums, script().text("{}").text("1", 1).text("01", 1).leave()), any_mark,
                                     format::array{}, options));
  REQUIRE(child.failure);
  CHECK(child.failure->relation() == "albums");
  CHECK(child.failure->row() == 2u);
  CHECK(child.bytes == R"([{"albums":[1)");
  CHECK(write(texts(albums, script().text("{\"a\":1}").text("1", 1).leave()), any_mark, format::array{}, options) ==
        R"([{"a":1,"albums":[1]}])");
}

TEST_CASE("rows of text and rows of fields may be each other's children") {
  const std::vector<relation> mixed = {{}, {"fields", 0, false}, {"texts", 1, false}, {"more", 2, true}};
  const std::vector<std::vector<column>> columns = {{}, {{"id"}}, {}, {{"n"}}};
  const script rows = script()
                          .text("{\"root\":1}")
                          .row({1}, 1)
                          .text("{}", 2)
                          .row({2}, 3)
                          .leave()
                          .text("{\"t\":[]}", 2)
                          .leave()
                          .leave()
                          .row({3}, 1)
                          .leave()
                          .leave();
  const std::string expected =
      R"([{"root":1,"fields":[{"id":1,"texts":[{"more":{"n":2}},{"t":[],"more":null}]},{"id":3,"texts":[]}]}])";
  for (std::size_t mark = 1; mark <= 150; ++mark) check_mark(mixed_walk(mixed, columns, rows), expected, mark);
}

TEST_CASE(
    "a name of a relation that is not UTF-8 is an error where that is asked for, whatever its parent's rows are") {
  const std::vector<relation> named = {{}, {"a\xFF", 0, false}};
  json_options options;
  options.invalid_utf8 = json_options::bad_utf8::error;
  const drained fields =
      drain(stream(scripted_walk(named, {{"id"}, {}}, script().row({1}).leave()), any_mark, format::array{}, options));
  REQUIRE(fields.failure);
  CHECK(fields.failure->kind() == failure::value);
  const drained text = drain(stream(texts(named, script().text("{}").leave()), any_mark, format::array{}, options));
  REQUIRE(text.failure);
  CHECK(text.failure->kind() == failure::value);
}

}  // namespace json_walk_writer_tests
