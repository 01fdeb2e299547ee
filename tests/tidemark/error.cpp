#include <tidemark/error.hpp>

#include "catch.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace error_tests {

using tidemark::error;
using tidemark::failure;

static_assert(std::is_base_of_v<std::exception, error>);
static_assert(std::is_nothrow_copy_constructible_v<error> && std::is_nothrow_copy_assignable_v<error>);
static_assert(std::is_nothrow_move_constructible_v<error> && std::is_nothrow_move_assignable_v<error>);
static_assert(!std::is_constructible_v<error, std::string>, "an error has a kind");
static_assert(!std::is_convertible_v<failure, int>);

TEST_CASE("an error says in one line what happened, with which code, and in which row, column and byte") {
  const error plain(failure::producer, "the disk is gone");
  const error coded(failure::producer, "the disk is gone", "EIO");
  const auto what = [](const error& failed) { return std::string(failed.what()); };

  CHECK(what(plain) == "the disk is gone");
  CHECK(what(plain.in_column("id")) == "the disk is gone, at column \"id\"");
  CHECK(what(plain.in_row(3).at_byte(40)) == "the disk is gone, at row 3, byte 40 of the output");
  CHECK(what(plain.in_row(3).at_byte(40).in_column("id")) ==
        "the disk is gone, at row 3, column \"id\", byte 40 of the output");
  CHECK(what(coded) == "the disk is gone (EIO)");
  CHECK(what(coded.in_column("id")) == "the disk is gone (EIO), at column \"id\"");
  CHECK(what(coded.in_row(3).at_byte(40)) == "the disk is gone (EIO), at row 3, byte 40 of the output");
  CHECK(what(coded.in_row(3).at_byte(40).in_column("id")) ==
        "the disk is gone (EIO), at row 3, column \"id\", byte 40 of the output");
}

TEST_CASE("the parts of an error can be asked for one by one, and are empty where there are none") {
  const error bare(failure::value, "not a number");
  CHECK(bare.kind() == failure::value);
  CHECK(bare.message() == "not a number");
  CHECK(bare.code().empty());
  CHECK(bare.column().empty());
  CHECK(bare.row() == std::nullopt);
  CHECK(bare.byte_offset() == std::nullopt);

  const error full =
      error(failure::producer, "malformed", "SQLITE_CORRUPT").in_column("payload").in_row(5001).at_byte(1092345);
  CHECK(full.kind() == failure::producer);
  CHECK(full.message() == "malformed");
  CHECK(full.code() == "SQLITE_CORRUPT");
  CHECK(full.column() == "payload");
  CHECK(full.row() == std::uint64_t{5001});
  CHECK(full.byte_offset() == std::uint64_t{1092345});
}

TEST_CASE("a place at the very start or end of what can be counted is a place") {
  const error first = error(failure::value, "bad").in_row(0).at_byte(0);
  CHECK(first.row() == std::uint64_t{0});
  CHECK(first.byte_offset() == std::uint64_t{0});
  CHECK(std::string(first.what()) == "bad, at row 0, byte 0 of the output");
  const error last = error(failure::value, "bad").in_row(UINT64_MAX).at_byte(UINT64_MAX);
  CHECK(std::string(last.what()) == "bad, at row 18446744073709551615, byte 18446744073709551615 of the output");
}

TEST_CASE("a place and a column that an error already has stay") {
  const error placed = error(failure::value, "bad").in_row(7).at_byte(70).in_column("inner");
  const error again = placed.in_row(8).at_byte(80).in_column("outer");
  CHECK(again.row() == std::uint64_t{7});
  CHECK(again.byte_offset() == std::uint64_t{70});
  CHECK(again.column() == "inner");
  CHECK(std::string(again.what()) == placed.what());
}

TEST_CASE("adding a place makes a new error and leaves the old one as it was") {
  const error before(failure::sink, "full", "ENOSPC");
  const error after = before.in_row(1).at_byte(2).in_column("c");
  CHECK(std::string(before.what()) == "full (ENOSPC)");
  CHECK(before.row() == std::nullopt);
  CHECK(before.column().empty());
  CHECK(after.kind() == failure::sink);
  CHECK(after.code() == "ENOSPC");
}

TEST_CASE("copies of an error share what it says, and keep it when the first is gone") {
  std::optional<error> original(error(failure::producer, std::string(1000, 'x'), "08006").in_row(1).at_byte(2));
  const error copy = *original;
  error assigned(failure::usage, "another");
  assigned = *original;
  CHECK(copy.what() == original->what());
  CHECK(assigned.what() == original->what());
  CHECK(&copy.message() == &original->message());
  CHECK(&copy.code() == &original->code());
  CHECK(&copy.column() == &original->column());
  original.reset();
  CHECK(copy.message() == std::string(1000, 'x'));
  CHECK(assigned.code() == "08006");
}

TEST_CASE("an error is caught as a std::exception, and as itself when it went through an exception_ptr") {
  const error thrown = error(failure::canceled, "stopped").in_row(4).at_byte(5);
  try {
    throw thrown;
  } catch (const std::exception& caught) {
    CHECK(std::string(caught.what()) == "stopped, at row 4, byte 5 of the output");
  }
  const std::exception_ptr carried = std::make_exception_ptr(thrown);
  try {
    std::rethrow_exception(carried);
  } catch (const error& caught) {
    CHECK(caught.kind() == failure::canceled);
    CHECK(caught.what() == thrown.what());
  }
}

TEST_CASE("each kind of failure has a name") {
  CHECK(to_string(failure::usage) == "usage");
  CHECK(to_string(failure::producer) == "producer");
  CHECK(to_string(failure::value) == "value");
  CHECK(to_string(failure::sink) == "sink");
  CHECK(to_string(failure::reader_gone) == "reader_gone");
  CHECK(to_string(failure::canceled) == "canceled");
  CHECK(to_string(failure::timed_out) == "timed_out");
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): that is what is tried
  CHECK(to_string(static_cast<failure>(1000)) == "unknown");
  static_assert(tidemark::to_string(failure::sink) == "sink");
}

}  // namespace error_tests
