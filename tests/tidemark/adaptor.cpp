#include <tidemark/adaptor.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tidemark/adapt/filter.hpp>
#include <tidemark/adapt/limit_bytes.hpp>
#include <tidemark/adapt/skip.hpp>
#include <tidemark/adapt/take.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/wait_condition.hpp>

#include "any_rows.hpp"
#include "drain.hpp"

namespace adaptor_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::limit_bytes;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::skip;
using tidemark::take;
using tidemark::wait_condition;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::scripted_text;
using tidemark::testing::with_wait;
using tidemark::testing::without_wait;

namespace {

constexpr std::uint64_t all_there_are = 1'000'000;

struct leave_alone {
  void operator()(auto&) const {}
};
struct read_and_keep {
  bool operator()(const auto& row) const { return row.contains("i"); }
};

template <class Producer>
auto transformed(Producer rows) {
  return tidemark::transform(std::move(rows), leave_alone{});
}
template <class Producer>
auto filtered(Producer rows) {
  return tidemark::filter(std::move(rows), read_and_keep{});
}
template <class Producer>
auto through_all(Producer rows) {
  return limit_bytes(take(skip(transformed(filtered(std::move(rows))), 0), all_there_are), all_there_are);
}

/// Calls `use` with each adaptor over a producer, made so that it leaves nothing out.
template <class Make, class Use>
void with_every_adaptor(Make make, Use use) {
  use("transform", transformed(make()));
  use("filter", filtered(make()));
  use("take", take(make(), all_there_are));
  use("skip", skip(make(), 0));
  use("limit_bytes", limit_bytes(make(), all_there_are));
  use("all of them", through_all(make()));
}

using tests::any_fields;
using tests::any_text;
using any_producer = std::variant<any_text, any_fields>;
struct adapted {
  const char* name;
  any_producer rows;
};

/// Each of these adaptors over a producer, so that tests of them are compiled once.
template <class Make>
std::vector<adapted> every_adaptor(Make make) {
  std::vector<adapted> made;
  with_every_adaptor(make, [&]<class Producer>(const char* name, Producer rows) {
    using any = tests::any_flat_rows<Producer>;
    made.push_back({name, any_producer(std::in_place_type<any>, std::move(rows))});
  });
  return made;
}

struct streamed : drained {
  bool is_failed = false;
};

streamed stream_of(any_producer rows) {
  return std::visit(
      [](auto one) {
        raw_stream stream{std::move(one)};
        streamed made{drain(stream)};
        made.is_failed = stream.failed();
        return made;
      },
      std::move(rows));
}

/// The rows as objects: how many there were, each with its number in `i`; where the stream was pending; and how it
/// ended.
struct objects_read {
  std::size_t count = 0;
  std::vector<std::size_t> pending_at = {};
  std::optional<error> failure = {};
};

objects_read objects_of(any_producer rows) {
  objects_read made;
  const auto read = [&](auto one) {
    tidemark::object_stream stream{std::move(one)};
    for (auto next = stream.try_pull(); !next.is_end(); next = stream.try_pull()) {
      if (next.is_pending())
        made.pending_at.push_back(made.count);
      else if (next->template get<std::size_t>("i") == made.count)
        ++made.count;
    }
  };
  try {
    std::visit(read, std::move(rows));
  } catch (const error& failed) {
    made.failure = failed;
  }
  return made;
}

template <class Producer, class Adapted>
constexpr bool is_asked_alike =
    tidemark::always_blocks<Adapted> == tidemark::always_blocks<Producer> &&
    tidemark::has_waits_for<Adapted> == tidemark::has_waits_for<Producer> &&
    tidemark::has_wait<Adapted> == tidemark::has_wait<Producer> &&
    tidemark::declares_pending<Adapted> == tidemark::declares_pending<Producer> &&
    tidemark::can_block<Adapted> == tidemark::can_block<Producer> &&
    tidemark::cancellable<Adapted> == tidemark::cancellable<Producer> && tidemark::flat_producer<Adapted>;

template <class Producer>
constexpr bool all_adaptors_are_asked_alike =
    is_asked_alike<Producer, decltype(transformed(std::declval<Producer>()))> &&
    is_asked_alike<Producer, decltype(filtered(std::declval<Producer>()))> &&
    is_asked_alike<Producer, tidemark::taken<Producer>> && is_asked_alike<Producer, tidemark::skipped<Producer>> &&
    is_asked_alike<Producer, tidemark::limited<Producer>> &&
    is_asked_alike<Producer, decltype(through_all(std::declval<Producer>()))>;

/// A producer that says what it waits for, and can be stopped.
template <class Scripted>
class with_conditions : public Scripted {
 public:
  using Scripted::Scripted;
  std::span<const wait_condition> waits_for() const noexcept { return conditions; }
  tidemark::canceller canceller() { return tidemark::canceller(flag_); }
  const tidemark::cancel_flag& flag() const noexcept { return *flag_; }

  static constexpr std::array<wait_condition, 2> conditions = {{{-1, 0, 0}, {-1, 0, 7}}};

 private:
  std::shared_ptr<tidemark::cancel_flag> flag_ = std::make_shared<tidemark::cancel_flag>();
};

static_assert(tidemark::always_blocks<scripted_text> && all_adaptors_are_asked_alike<scripted_text>);
static_assert(all_adaptors_are_asked_alike<scripted_fields>);
static_assert(tidemark::has_wait<with_wait<scripted_text>> && all_adaptors_are_asked_alike<with_wait<scripted_text>>);
static_assert(all_adaptors_are_asked_alike<with_wait<scripted_fields>>);
static_assert(!tidemark::can_block<without_wait<scripted_text>>);
static_assert(all_adaptors_are_asked_alike<without_wait<scripted_text>>);
static_assert(all_adaptors_are_asked_alike<without_wait<scripted_fields>>);
static_assert(tidemark::has_waits_for<with_conditions<scripted_text>>);
static_assert(all_adaptors_are_asked_alike<with_conditions<scripted_text>>);
static_assert(all_adaptors_are_asked_alike<with_conditions<scripted_fields>>);
static_assert(tidemark::cancellable<tidemark::sqlite::query>);
static_assert(all_adaptors_are_asked_alike<tidemark::sqlite::query>);
static_assert(all_adaptors_are_asked_alike<tidemark::sqlite::text_query>);
static_assert(all_adaptors_are_asked_alike<tidemark::ndjson::rows<tidemark::ndjson::descriptor>>);

std::string row_text(std::size_t i) { return "{\"i\":" + std::to_string(i) + ",\"s\":\"x\"}"; }

/// Row `i` of a script, of both kinds.
void add_row(script& what, std::size_t i, const scripted_text*) { what.text(row_text(i)); }
void add_row(script& what, std::size_t i, const scripted_fields*) { what.row({std::uint64_t{i}, "x"}); }

template <class Producer>
Producer producer_of(const script& what) {
  if constexpr (tidemark::field_producer<Producer>)
    return Producer({"i", "s"}, what);
  else
    return Producer(what);
}

std::string array_of(std::size_t count) {
  std::string made = "[";
  for (std::size_t i = 0; i < count; ++i) made += (i == 0 ? "" : ",") + row_text(i);
  return made;
}

/// Five rows, and the producer is pending twice before row `place`.
template <class Producer>
Producer pending_at(std::size_t place) {
  script what;
  const Producer* const kind = nullptr;
  for (std::size_t i = 0; i < 5; ++i) {
    if (i == place) what.pending().pending();
    add_row(what, i, kind);
  }
  if (place == 5) what.pending().pending();
  return producer_of<Producer>(what);
}

/// `count` rows, then a failure.
template <class Producer, class Exception>
Producer failing_behind(std::size_t count, Exception with) {
  script what;
  const Producer* const kind = nullptr;
  for (std::size_t i = 0; i < count; ++i) add_row(what, i, kind);
  what.fail(std::move(with));
  return producer_of<Producer>(what);
}

}  // namespace

TEST_CASE("every adaptor: where its producer is pending, it is, and no row is lost or comes twice") {
  const auto check = [](auto make, std::size_t place) {
    const drained plain = drain(raw_stream{make()});
    REQUIRE(plain.bytes == array_of(5) + "]");
    for (adapted& one : every_adaptor(make)) {
      INFO(one.name << ", pending before row " << place);
      const streamed all = stream_of(std::move(one.rows));
      CHECK(all.bytes == plain.bytes);
      CHECK(all.chunk_sizes == plain.chunk_sizes);
      CHECK(all.pendings == plain.pendings);
      CHECK_FALSE(all.failure);
    }
    for (adapted& one : every_adaptor(make)) {
      INFO(one.name << ", pending before row " << place);
      const objects_read all = objects_of(std::move(one.rows));
      CHECK(all.count == 5);
      REQUIRE_FALSE(all.pending_at.empty());
      CHECK(all.pending_at.front() == place);
      CHECK(all.pending_at.back() == place);
    }
  };
  for (std::size_t place = 0; place <= 5; ++place) {
    check([&] { return pending_at<without_wait<scripted_text>>(place); }, place);
    check([&] { return pending_at<without_wait<scripted_fields>>(place); }, place);
  }
}

TEST_CASE("every adaptor: it waits as its producer waits, and for the same") {
  std::shared_ptr<const tidemark::testing::observed> seen;
  const auto blocking = [&] {
    auto rows = pending_at<with_wait<scripted_text>>(2);
    seen = rows.watch();
    return rows;
  };
  with_every_adaptor(blocking, [&](const char* name, auto rows) {
    INFO(name);
    rows.wait();
    CHECK(seen->waits == 1);
  });
  const auto saying = [] { return pending_at<with_conditions<scripted_fields>>(0); };
  with_every_adaptor(saying, [](const char* name, auto rows) {
    INFO(name);
    CHECK(rows.next() == progress::pending);
    CHECK(rows.waits_for().data() == with_conditions<scripted_fields>::conditions.data());
    CHECK(rows.waits_for().size() == 2);
  });
}

TEST_CASE("every adaptor: nothing is asked of its producer before the first pull") {
  std::vector<std::shared_ptr<const tidemark::testing::observed>> seen;
  const auto make = [&] {
    scripted_text rows(script().text(row_text(0)).text(row_text(1)));
    seen.push_back(rows.watch());
    return rows;
  };
  std::vector<adapted> all = every_adaptor(make);
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO(all[i].name);
    CHECK(seen[i]->nexts == 0);
    CHECK(stream_of(std::move(all[i].rows)).bytes == array_of(2) + "]");
    CHECK(seen[i]->nexts == 3);
    CHECK_FALSE(seen[i]->is_alive);
  }
}

TEST_CASE(
    "every adaptor: a failure of its producer comes through once, behind the rows before it, wherever it happens") {
  const error gone(failure::producer, "the disk is gone", "EIO");
  const auto check = [](std::vector<adapted> to_stream, std::vector<adapted> to_read, std::size_t count) {
    for (adapted& one : to_stream) {
      INFO(one.name << ", " << count << " rows");
      const streamed all = stream_of(std::move(one.rows));
      CHECK(all.bytes == (count == 0 ? "" : array_of(count)));
      CHECK(all.is_failed);
      REQUIRE(all.failure);
      CHECK(all.failure->kind() == failure::producer);
      CHECK(all.failure->message() == "the disk is gone");
      CHECK(all.failure->code() == "EIO");
      CHECK(all.failure->row() == count + 1);
      CHECK_FALSE(all.failure->can_go_on());
    }
    for (adapted& one : to_read) {
      INFO(one.name << ", " << count << " rows");
      const objects_read all = objects_of(std::move(one.rows));
      CHECK(all.count == count);
      REQUIRE(all.failure);
      CHECK(all.failure->row() == count + 1);
      CHECK_FALSE(all.failure->can_go_on());
    }
  };
  for (std::size_t count = 0; count <= 4; ++count) {
    const auto texts = [&] { return failing_behind<scripted_text>(count, gone); };
    const auto fields = [&] { return failing_behind<scripted_fields>(count, gone); };
    check(every_adaptor(texts), every_adaptor(texts), count);
    check(every_adaptor(fields), every_adaptor(fields), count);
  }
}

TEST_CASE("every adaptor: an exception that is not tidemark's passes through as it is") {
  const auto check = [](std::vector<adapted> all_of_them) {
    for (adapted& one : all_of_them) {
      INFO(one.name);
      const streamed all = stream_of(std::move(one.rows));
      CHECK(all.bytes == array_of(2));
      CHECK_FALSE(all.failure);
      CHECK(all.is_failed);
      REQUIRE(all.foreign);
      CHECK_THROWS_AS(std::rethrow_exception(all.foreign), std::out_of_range);
    }
  };
  check(every_adaptor([] { return failing_behind<scripted_text>(2, std::out_of_range("mine")); }));
  check(every_adaptor([] { return failing_behind<scripted_fields>(2, std::out_of_range("mine")); }));
}

TEST_CASE("every adaptor: a value that fails while it is drawn is an error of its row, and nothing looks complete") {
  const auto make = [] {
    const auto gone = std::make_exception_ptr(error(failure::producer, "the disk is gone"));
    const script what = script().row({1, "x"}).row({2, cell::text_in_pieces("abc", 1, gone)}).row({3, "x"});
    return scripted_fields({"i", "s"}, what);
  };
  for (adapted& one : every_adaptor(make)) {
    INFO(one.name);
    const streamed all = stream_of(std::move(one.rows));
    CHECK(all.bytes.starts_with(R"([{"i":1,"s":"x"})"));
    CHECK_FALSE(all.bytes.ends_with("]"));
    REQUIRE(all.failure);
    CHECK(all.failure->message() == "the disk is gone");
    CHECK(all.failure->row() == std::uint64_t{2});
  }
}

TEST_CASE("every adaptor: the canceller of its query comes through, and stops it") {
  const tidemark::sqlite::connection db{":memory:"};
  const std::string endless =
      "with recursive n(i) as (select 0 union all select i + 1 from n) select i, 'x' as s from n";
  const auto check = [](const char* name, auto rows) {
    INFO(name);
    const tidemark::canceller stop = rows.canceller();
    REQUIRE(rows.next() == progress::row);
    stop.cancel();
    try {
      while (rows.next() == progress::row) continue;
      FAIL("nothing was thrown");
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::canceled);
    }
    stop.cancel();
  };
  with_every_adaptor([&] { return tidemark::sqlite::query{db, endless}; }, check);
}

TEST_CASE("every adaptor: a query whose rows are all left out can be stopped, too") {
  const tidemark::sqlite::connection db{":memory:"};
  const std::string endless = "with recursive n(i) as (select 0 union all select i + 1 from n) select i from n";
  const auto check = [](const char* name, auto rows) {
    INFO(name);
    raw_stream stream{std::move(rows)};
    std::thread other([stop = stream.canceller()] {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      stop.cancel();
    });
    const drained all = drain(stream);
    other.join();
    CHECK(all.bytes == "");
    REQUIRE(all.failure);
    CHECK(all.failure->kind() == failure::canceled);
  };
  const auto query = [&] { return tidemark::sqlite::query{db, endless}; };
  check("transform", tidemark::transform(query(), [](auto& row) { row.drop(); }));
  check("filter", tidemark::filter(query(), [](const auto&) { return false; }));
  check("skip", skip(query(), ~std::uint64_t{0}));
}

TEST_CASE("every adaptor: a failure of the producer behind rows that were left out names its row among all") {
  const error gone(failure::producer, "the disk is gone");
  const auto check = [](const char* name, any_text rows) {
    INFO(name);
    const streamed all = stream_of(std::move(rows));
    CHECK(all.bytes == "[" + row_text(3));
    REQUIRE(all.failure);
    CHECK(all.failure->row() == std::uint64_t{5});
  };
  const auto rows = [&] { return failing_behind<scripted_text>(4, gone); };
  check("filter", any_text(tidemark::filter(rows(), [](const auto& row) { return row.template get<int>("i") == 3; })));
  check("transform", any_text(tidemark::transform(rows(), [](auto& row) {
          if (row.template get<int>("i") != 3) row.drop();
        })));
}

}  // namespace adaptor_tests
