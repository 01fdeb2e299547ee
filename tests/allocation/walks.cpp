// What walks take of memory: none behind the first rows, and at no allocation does a lack of it look like an end.

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"

#include <tidemark/adapt/interlaced.hpp>
#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

#include "counted.hpp"
#include "fail_everywhere.hpp"

namespace allocation_walks_tests {

namespace {

using namespace tidemark;

/// Rows of two numbers that take no memory of their own: `each` for every one of `parents`.
class numbers {
 public:
  numbers(std::int64_t parents, std::int64_t each) : parents_(parents), each_(each) {}

  progress next() noexcept {
    if (++n_ == each_) {
      n_ = 0;
      ++parent_;
    }
    return parent_ < parents_ ? progress::row : progress::end;
  }
  void bind(std::span<const tidemark::field> keys) noexcept {
    parent_ = keys[0].as_integer();
    parents_ = parent_ + 1;
    n_ = -1;
  }
  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept { return tidemark::field::integer(i == 0 ? parent_ : n_); }

 private:
  std::vector<column> columns_ = {{"id"}, {"n"}};
  std::int64_t parents_;
  std::int64_t each_;
  std::int64_t parent_ = 0;
  std::int64_t n_ = -1;
};

/// One result of parents (level 0) and `each` children for every one of them.
class interlaced_numbers {
 public:
  interlaced_numbers(std::int64_t parents, std::int64_t each) : parents_(parents), each_(each) {}

  progress next() noexcept {
    if (n_++ == each_) {
      n_ = 0;
      ++parent_;
    }
    return parent_ < parents_ ? progress::row : progress::end;
  }
  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept {
    if (i == 0) return tidemark::field::integer(n_ == 0 ? 0 : 1);
    return tidemark::field::integer(i == 1 ? parent_ : n_);
  }

 private:
  std::vector<column> columns_ = {{"level"}, {"id"}, {"n"}};
  std::int64_t parents_;
  std::int64_t each_;
  std::int64_t parent_ = 0;
  std::int64_t n_ = -1;
};

constexpr std::int64_t parent_count = 5;

auto nested(std::int64_t each) {
  return nest(numbers(parent_count, 1), many("c", numbers(parent_count, each), on("id")));
}
auto looked_up(std::int64_t each) {
  return lookup(numbers(parent_count, 1), many("c", numbers(parent_count, each), on("id")));
}
auto out_of_one(std::int64_t each) {
  return interlaced(interlaced_numbers(parent_count, each), "level", {"id"}, many("c", {"id", "n"}, on("id")));
}

/// Calls `use` where no allocation succeeds.
template <class Use>
void without_memory(Use use) {
  bool has_found_none = false;
  try {
    const fuse lit(new_left, 0);
    use();
  } catch (const std::bad_alloc&) {
    has_found_none = true;
  }
  CHECK_FALSE(has_found_none);
}

template <class Walk>
void check_raw(Walk rows) {
  raw_stream stream{std::move(rows), format::array{}, byte_mark{1000}};
  while (stream.stats().rows < 2) REQUIRE(stream.pull());
  without_memory([&] {
    while (stream.pull()) continue;
  });
  CHECK(stream.stats().rows == parent_count);
}

/// Reads `count` of the children of each parent; those of the first parent may take memory.
template <class Walk>
void check_objects(Walk rows, std::int64_t count) {
  expand_stream stream{std::move(rows)};
  std::int64_t sum = 0, parents = 0;
  const auto read = [&](const auto& parent) {
    ++parents;
    auto children = parent.child("c");
    for (std::int64_t i = 0; i != count; ++i) {
      const auto child = children.pull();
      if (!child) return;
      sum += child->template get<std::int64_t>("id") - parent.template get<std::int64_t>("id") + 1;
    }
  };
  read(*stream.pull());
  read(*stream.pull());
  without_memory([&] {
    while (const auto parent = stream.pull()) read(*parent);
  });
  CHECK(parents == parent_count);
  CHECK(sum == parent_count * count);
}

}  // namespace

TEST_CASE("children take no memory, however many one parent has: nested JSON") {
  constexpr std::int64_t each = 60'000;
  check_raw(nested(each));
  check_raw(looked_up(each));
  check_raw(out_of_one(each));
}

TEST_CASE("children take no memory, however many one parent has: objects, read, passed over, or both") {
  constexpr std::int64_t each = 60'000;
  for (const std::int64_t count : {std::int64_t{0}, std::int64_t{1}, each / 2, each}) {
    check_objects(nested(each), count);
    check_objects(looked_up(each), count);
    check_objects(out_of_one(each), count);
  }
}

TEST_CASE("a walk that finds no memory never looks complete, at whichever allocation") {
  fail_everywhere(new_left, [] { return raw_stream{nested(3), format::array{}, byte_mark{100}}; }, is_json);
  fail_everywhere(new_left, [] { return raw_stream{out_of_one(3), format::array{}, byte_mark{100}}; }, is_json);
  sqlite::connection db{":memory:"};
  const auto batches = [&] {
    return raw_stream{
        lookup(in_batches(sqlite::query{db, "select column1 as id from (values (1), (2), (3), (4))"}),
               many("c", sqlite::query{db, "select value as id, 'some text' as t from json_each(?)"}, on("id"))),
        format::array{}, byte_mark{100}};
  };
  fail_everywhere(new_left, batches, is_json);
}

TEST_CASE("an expand_stream that finds no memory throws, and is not over as if all rows had been read") {
  for (std::size_t count = 0;; ++count) {
    std::size_t rows = 0;
    bool is_whole = false;
    try {
      const fuse lit(new_left, count);
      expand_stream stream{out_of_one(3)};
      while (const auto parent = stream.pull()) {
        ++rows;
        auto children = parent->child("c");
        while (children.pull()) ++rows;
      }
      is_whole = !stream.failed();
    } catch (const std::bad_alloc&) {}
    INFO("allocation " << count + 1);
    if (is_whole) {
      REQUIRE(rows == parent_count * 4);
      REQUIRE(count > 5);
      break;
    }
  }
}

}  // namespace allocation_walks_tests
