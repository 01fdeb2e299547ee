#include <tidemark/high_water_mark.hpp>

#include "catch.hpp"

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>

#include <tidemark/error.hpp>

namespace high_water_mark_tests {

using tidemark::byte_mark;
using tidemark::row_mark;

static_assert(byte_mark{}.count() == 65536);
static_assert(row_mark{}.count() == 16);
static_assert(byte_mark{1}.count() == 1);
static_assert(byte_mark{} == byte_mark{65536});
static_assert(byte_mark{1} != byte_mark{2});

// A unit is part of the type.
static_assert(!std::is_convertible_v<byte_mark, row_mark> && !std::is_convertible_v<row_mark, byte_mark>);
static_assert(!std::is_constructible_v<byte_mark, row_mark> && !std::is_constructible_v<row_mark, byte_mark>);
static_assert(!std::is_assignable_v<byte_mark&, row_mark> && !std::is_assignable_v<row_mark&, byte_mark>);
static_assert(!std::is_invocable_v<std::equal_to<>, byte_mark, row_mark>);

// A bare number is not a mark, and a mark not a number.
static_assert(!std::is_convertible_v<int, byte_mark> && !std::is_convertible_v<std::size_t, byte_mark>);
static_assert(!std::is_convertible_v<int, row_mark> && !std::is_convertible_v<std::size_t, row_mark>);
static_assert(!std::is_assignable_v<byte_mark&, std::size_t> && !std::is_assignable_v<row_mark&, std::size_t>);
static_assert(!std::is_convertible_v<byte_mark, std::size_t> && !std::is_constructible_v<std::size_t, byte_mark>);
static_assert(std::is_constructible_v<byte_mark, std::size_t>);

namespace {

template <class Mark>
void check_refused(std::size_t count, const std::string& reason) {
  INFO(count);
  try {
    const Mark mark(count);
    FAIL_CHECK("no error, but a mark of " << mark.count());
  } catch (const tidemark::error& failed) {
    CHECK(failed.kind() == tidemark::failure::usage);
    CHECK(std::string(failed.what()).find(reason) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a mark that is not given is 64 KiB or 16 rows") {
  CHECK(byte_mark().count() == std::size_t{64} * 1024);
  CHECK(row_mark().count() == 16);
}

TEST_CASE("a mark keeps the count that it is given") {
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 2;
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{4096}, largest}) {
    CHECK(byte_mark(count).count() == count);
    CHECK(row_mark(count).count() == count);
  }
  CHECK(byte_mark(7) == byte_mark(7));
  CHECK(byte_mark(7) != byte_mark(8));
}

TEST_CASE("a mark of zero is a usage error") {
  check_refused<byte_mark>(0, "at least 1");
  check_refused<row_mark>(0, "at least 1");
}

TEST_CASE("a mark beyond half the address space, such as a negative number, is a usage error") {
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
  for (const std::size_t count : {largest / 2 + 1, largest - 1, largest, static_cast<std::size_t>(-5)}) {
    check_refused<byte_mark>(count, "half the address space");
    check_refused<row_mark>(count, "half the address space");
  }
}

}  // namespace high_water_mark_tests
