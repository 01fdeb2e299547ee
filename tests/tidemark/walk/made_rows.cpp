#include <tidemark/walk/made_rows.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/wait_condition.hpp>

#include "drain.hpp"

namespace walk_made_rows_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::field;
using tidemark::made_rows;
using tidemark::progress;
using tidemark::testing::observed;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

namespace {

using keys = std::span<const field>;
template <class Rows>
using maker = std::function<Rows(keys)>;

template <class Rows>
using made_from = made_rows<maker<Rows>>;

struct keyed_text : scripted_text {
  using scripted_text::scripted_text;
  tidemark::field key(std::string_view name) const { return tidemark::field::text(name); }
};
struct waiting_for : scripted_fields {
  using scripted_fields::scripted_fields;
  std::span<const tidemark::wait_condition> waits_for() const { return {}; }
};

static_assert(tidemark::bindable_producer<made_from<scripted_fields>>);
static_assert(tidemark::field_producer<made_from<scripted_fields>>);
static_assert(!tidemark::text_producer<made_from<scripted_fields>>);
static_assert(tidemark::always_blocks<made_from<scripted_fields>>);
static_assert(tidemark::bindable_producer<made_from<scripted_text>>);
static_assert(tidemark::text_producer<made_from<scripted_text>>);
static_assert(!tidemark::keyed_producer<made_from<scripted_text>>);
static_assert(tidemark::keyed_producer<made_from<keyed_text>>);
static_assert(tidemark::has_wait<made_from<with_wait<scripted_fields>>>);
static_assert(!tidemark::has_waits_for<made_from<with_wait<scripted_fields>>>);
static_assert(tidemark::has_waits_for<made_from<waiting_for>>);
static_assert(tidemark::declares_pending<made_from<without_wait<scripted_fields>>>);
static_assert(!tidemark::can_block<made_from<without_wait<scripted_fields>>>);

struct makes_nothing {
  void operator()(keys) const;
};
struct makes_a_walk {
  tidemark::testing::scripted_walk operator()(keys) const;
};
struct makes_without_keys {
  scripted_fields operator()() const;
};
static_assert(tidemark::makes_rows<maker<scripted_fields>>);
static_assert(!tidemark::makes_rows<makes_nothing>);
static_assert(!tidemark::makes_rows<makes_a_walk>);
static_assert(!tidemark::makes_rows<makes_without_keys>);
static_assert(!tidemark::makes_rows<scripted_fields>);

/// As many rows as the key says, of one column.
scripted_fields counted(std::int64_t count, const std::string& name = "n") {
  script made;
  for (std::int64_t i = 1; i <= count; ++i) made.row({i});
  return {{name}, std::move(made)};
}

}  // namespace

TEST_CASE("made_rows: rows are those of the keys that were bound last") {
  std::vector<std::string> asked;
  made_rows rows([&](keys of) {
    asked.push_back(std::to_string(of.size()) + ":" + std::to_string(of[0].as_integer()));
    return counted(of[0].as_integer());
  });
  const auto bind = [&](std::int64_t count) {
    const field key = field::integer(count);
    rows.bind({&key, 1});
  };
  bind(2);
  CHECK(rows.next() == progress::row);
  REQUIRE(rows.columns().size() == 1);
  CHECK(rows.columns()[0].name == "n");
  CHECK(rows.field(0).as_integer() == 1);
  CHECK(rows.next() == progress::row);
  CHECK(rows.field(0).as_integer() == 2);
  CHECK(rows.next() == progress::end);
  bind(0);
  CHECK(rows.next() == progress::end);
  bind(5);
  CHECK(rows.next() == progress::row);
  bind(1);  // what is left of those before is passed over
  CHECK(rows.next() == progress::row);
  CHECK(rows.field(0).as_integer() == 1);
  CHECK(rows.next() == progress::end);
  CHECK(asked == std::vector<std::string>{"1:2", "1:0", "1:5", "1:1"});
}

TEST_CASE("made_rows: without keys there are no rows, and saying so is all that happens") {
  made_rows rows([](keys) { return counted(1); });
  const error failed = thrown_by([&] { rows.next(); });
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "the keys of the rows are not known: such rows are for lookup()");
}

TEST_CASE("made_rows: the rows of one key are gone before those of the next are made") {
  std::shared_ptr<const observed> last;
  made_rows rows([&](keys) {
    if (last) CHECK_FALSE(last->is_alive);
    scripted_fields made = counted(3);
    last = made.watch();
    return made;
  });
  for (int i = 0; i != 3; ++i) {
    rows.bind({});
    REQUIRE(last);
    CHECK(last->is_alive);
    CHECK(last->nexts == 0);
    CHECK(rows.next() == progress::row);
    CHECK(last->nexts == 1);
  }
}

TEST_CASE("made_rows: names of columns are those of all keys") {
  made_rows rows([](keys of) { return counted(of[0].as_integer(), of[1].as_view() == "n" ? "n" : "m"); });
  const auto bind = [&](std::int64_t count, const char* name) {
    const field all[] = {field::integer(count), field::text(name)};
    rows.bind(all);
  };
  bind(1, "n");
  CHECK(rows.next() == progress::row);
  const tidemark::column* const before = rows.columns().data();
  bind(2, "n");
  CHECK(rows.next() == progress::row);
  CHECK(rows.columns().data() == before);  // also while the row changes
  bind(0, "m");                            // no row, so nothing that could be wrong
  CHECK(rows.next() == progress::end);
  bind(1, "m");
  const error failed = thrown_by([&] { rows.next(); });
  CHECK(failed.kind() == failure::usage);
  CHECK(failed.message() == "the rows of one key have other columns than those of another");
}

TEST_CASE("made_rows: a function that throws leaves no rows behind, and may be asked again") {
  made_rows rows([](keys of) {
    if (of.empty()) throw error(failure::producer, "there is no such file");
    return counted(1);
  });
  const field key = field::null();
  rows.bind({&key, 1});
  CHECK(rows.next() == progress::row);
  CHECK(thrown_by([&] { rows.bind({}); }).message() == "there is no such file");
  CHECK(thrown_by([&] { rows.next(); }).kind() == failure::usage);
  rows.bind({&key, 1});
  CHECK(rows.next() == progress::row);
}

TEST_CASE("made_rows: rows of text, their keys, pending and waiting pass through") {
  made_rows text([](keys) { return keyed_text(script().text("{ }").text("[ ]")); });
  text.bind({});
  CHECK(text.next() == progress::row);
  CHECK(text.text() == "{ }");
  CHECK(text.key("id").as_view() == "id");
  CHECK(text.next() == progress::row);
  CHECK(text.text() == "[ ]");
  CHECK(text.next() == progress::end);

  std::shared_ptr<const observed> seen;
  made_rows pending([&](keys) {
    with_wait<scripted_fields> made({"n"}, script().pending().row({1}));
    seen = made.watch();
    return made;
  });
  pending.wait();  // nothing to wait for yet
  pending.bind({});
  CHECK(pending.next() == progress::pending);
  pending.wait();
  CHECK(seen->waits == 1);
  CHECK(pending.next() == progress::row);
  CHECK(pending.field(0).as_integer() == 1);

  made_rows waiting([](keys) { return waiting_for({"n"}, script()); });
  CHECK(waiting.waits_for().empty());
  waiting.bind({});
  CHECK(waiting.waits_for().empty());
}

}  // namespace walk_made_rows_tests
