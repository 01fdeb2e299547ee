#include <tidemark/field.hpp>

#include "catch.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tidemark/timestamp.hpp>
#include <tidemark/value_reader.hpp>

namespace field_tests {

using tidemark::field;
using tidemark::timestamp;

static_assert(sizeof(field) == 24);
static_assert(std::is_trivially_copyable_v<field> && std::is_trivially_destructible_v<field>);
static_assert(!std::is_default_constructible_v<field>, "a field has a kind");
static_assert(!std::is_constructible_v<field, std::int64_t> && !std::is_constructible_v<field, std::string_view>);
static_assert(!std::is_constructible_v<field, bool> && !std::is_constructible_v<field, field::kind>);

// All but bytes() can be made while compiling.
static_assert(field::null().is_null());
static_assert(field::boolean(true).as_boolean() && !field::boolean(false).as_boolean());
static_assert(field::integer(-5).as_integer() == -5);
static_assert(field::text("abc").as_view() == "abc");

static_assert(!std::is_copy_constructible_v<tidemark::value_reader>, "the producer's own");
static_assert(!std::is_copy_assignable_v<tidemark::value_reader>);
static_assert(!std::is_destructible_v<tidemark::value_reader>, "nobody but the producer destroys it");

namespace {

class no_value final : public tidemark::value_reader {
 public:
  std::size_t read(std::span<char>) override { return 0; }
};

}  // namespace

TEST_CASE("a null field is null, and no other field is") {
  CHECK(field::null().type() == field::kind::null);
  CHECK(field::null().is_null());
  no_value pieces;
  for (const field& other : {field::boolean(false), field::integer(0), field::unsigned_integer(0), field::real(0),
                             field::decimal("0"), field::text(""), field::json("null"), field::time({}),
                             field::bytes({}), field::long_text(pieces), field::long_bytes(pieces)})
    CHECK(!other.is_null());
}

TEST_CASE("a field gives back the boolean that it was made of") {
  for (const bool value : {true, false}) {
    CHECK(field::boolean(value).type() == field::kind::boolean);
    CHECK(field::boolean(value).as_boolean() == value);
  }
}

TEST_CASE("a field gives back the signed integer that it was made of") {
  using limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t value : {limits::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, limits::max()}) {
    CHECK(field::integer(value).type() == field::kind::integer);
    CHECK(field::integer(value).as_integer() == value);
  }
}

TEST_CASE("a field gives back the unsigned integer that it was made of") {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{UINT64_MAX}}) {
    CHECK(field::unsigned_integer(value).type() == field::kind::unsigned_integer);
    CHECK(field::unsigned_integer(value).as_unsigned_integer() == value);
  }
}

TEST_CASE("a field gives back the double that it was made of, infinities, NaN and the sign of zero included") {
  using limits = std::numeric_limits<double>;
  for (const double value :
       {0.0, 0.1, -2.5, limits::max(), limits::denorm_min(), limits::infinity(), -limits::infinity()}) {
    CHECK(field::real(value).type() == field::kind::real);
    CHECK(!(field::real(value).as_real() < value));
    CHECK(!(field::real(value).as_real() > value));
  }
  CHECK(std::signbit(field::real(-0.0).as_real()));
  CHECK(std::isnan(field::real(limits::quiet_NaN()).as_real()));
}

TEST_CASE("a field points to the very characters of its text, decimal or JSON, NUL included") {
  const std::string characters("12\0 34", 6);
  const auto check = [&](const field& made, field::kind kind) {
    CHECK(made.type() == kind);
    CHECK(made.as_view() == characters);
    CHECK(made.as_view().data() == characters.data());
  };
  check(field::text(characters), field::kind::text);
  check(field::decimal(characters), field::kind::decimal);
  check(field::json(characters), field::kind::json);
  CHECK(field::text("").as_view().empty());
  CHECK(field::text({}).as_view().empty());
}

TEST_CASE("a field points to the very octets of its bytes") {
  const std::vector<std::byte> octets = {std::byte{0}, std::byte{255}, std::byte{34}};
  const field made = field::bytes(octets);
  CHECK(made.type() == field::kind::bytes);
  CHECK(made.as_view() == std::string_view("\0\xff\"", 3));
  CHECK(static_cast<const void*>(made.as_view().data()) == octets.data());
  CHECK(field::bytes({}).as_view().empty());
}

TEST_CASE("a field gives back the timestamp that it was made of") {
  for (const auto form :
       {timestamp::form::date, timestamp::form::time, timestamp::form::date_time, timestamp::form::date_time_utc}) {
    const timestamp value{-62135596800, 999'999'999, 9, form};
    CHECK(field::time(value).type() == field::kind::time);
    CHECK(field::time(value).as_time() == value);
  }
}

TEST_CASE("two timestamps are equal only when every part is") {
  const timestamp one{1, 2, 3, timestamp::form::date_time};
  CHECK(one == timestamp{1, 2, 3, timestamp::form::date_time});
  CHECK(one != timestamp{0, 2, 3, timestamp::form::date_time});
  CHECK(one != timestamp{1, 0, 3, timestamp::form::date_time});
  CHECK(one != timestamp{1, 2, 0, timestamp::form::date_time});
  CHECK(one != timestamp{1, 2, 3, timestamp::form::date});
}

TEST_CASE("a field of a long value refers to the producer's own reader") {
  no_value pieces;
  CHECK(field::long_text(pieces).type() == field::kind::long_text);
  CHECK(&field::long_text(pieces).as_reader() == &pieces);
  CHECK(field::long_bytes(pieces).type() == field::kind::long_bytes);
  CHECK(&field::long_bytes(pieces).as_reader() == &pieces);
}

TEST_CASE("a copy of a field is the same view of the same value") {
  const std::string characters = "abc";
  const field original = field::text(characters);
  field copy = field::null();
  copy = original;
  CHECK(copy.type() == field::kind::text);
  CHECK(copy.as_view().data() == characters.data());
}

}  // namespace field_tests
