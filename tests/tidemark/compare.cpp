#include <tidemark/compare.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/timestamp.hpp>
#include <tidemark/value_reader.hpp>

#include "catch.hpp"
#include "json/mismatches.hpp"
#include "json/random.hpp"

namespace compare_tests {

using tidemark::compare;
using tidemark::error;
using tidemark::failure;
using tidemark::field;
using form = tidemark::timestamp::form;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

int sign(std::weak_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

/// -1, 0 or 1, asked from both sides.
int order(const field& a, const field& b) {
  const int made = sign(compare(a, b));
  CHECK(sign(compare(b, a)) == -made);
  return made;
}

/// That each value is less than all behind it, and equal to itself.
void check_ascending(const std::vector<field>& all) {
  for (std::size_t i = 0; i != all.size(); ++i)
    for (std::size_t j = 0; j != all.size(); ++j) {
      INFO("values " << i << " and " << j);
      CHECK(sign(compare(all[i], all[j])) == (i < j ? -1 : i > j ? 1 : 0));
    }
}

void check_equal(const std::vector<field>& all) {
  for (std::size_t i = 0; i != all.size(); ++i)
    for (std::size_t j = 0; j != all.size(); ++j) {
      INFO("values " << i << " and " << j);
      CHECK(sign(compare(all[i], all[j])) == 0);
    }
}

class no_value final : public tidemark::value_reader {
 public:
  std::size_t read(std::span<char>) override { return 0; }
};

}  // namespace

TEST_CASE("numbers are compared by their exact value, whatever their kinds") {
  const std::string hundred(100, '7');
  check_ascending({field::real(-infinity),
                   field::decimal("-1e400"),
                   field::real(-1e300),
                   field::integer(std::numeric_limits<std::int64_t>::min()),
                   field::real(-2.5),
                   field::decimal("-2.4999"),
                   field::integer(-1),
                   field::real(-5e-324),
                   field::decimal("-1e-400"),
                   field::integer(0),
                   field::decimal("1e-400"),
                   field::real(5e-324),
                   field::decimal("0.1"),
                   field::real(0.1),
                   field::decimal("0.1000000000000000055511151231257827021181583404541015626"),
                   field::integer(1),
                   field::decimal("1.5"),
                   field::real(9007199254740992.0),
                   field::integer(9007199254740993),
                   field::decimal("9007199254740993.5"),
                   field::real(9007199254740994.0),
                   field::integer(std::numeric_limits<std::int64_t>::max()),
                   field::real(9223372036854775808.0),
                   field::unsigned_integer(9223372036854775809u),
                   field::unsigned_integer(std::numeric_limits<std::uint64_t>::max()),
                   field::real(18446744073709551616.0),
                   field::decimal(hundred),
                   field::decimal("1e400"),
                   field::real(infinity)});
}

TEST_CASE("numbers that are spelled differently are equal where their values are") {
  check_equal({field::integer(1), field::unsigned_integer(1), field::real(1), field::decimal("1"),
               field::decimal("1.0"), field::decimal("1e0"), field::decimal("100e-2"), field::decimal("0.01E+2")});
  check_equal({field::decimal("1.5"), field::decimal("1.50"), field::real(1.5), field::decimal("15e-1")});
  check_equal({field::integer(100), field::decimal("1e+2"), field::decimal("100.000"), field::real(100)});
  check_equal({field::real(0.1), field::decimal("0.1000000000000000055511151231257827021181583404541015625")});
  check_equal({field::decimal("-9007199254740993.0"), field::integer(-9007199254740993)});
}

TEST_CASE("all spellings of zero are equal") {
  check_equal({field::integer(0), field::unsigned_integer(0), field::real(0.0), field::real(-0.0), field::decimal("0"),
               field::decimal("-0"), field::decimal("0.00"), field::decimal("-0.0"), field::decimal("0e5")});
}

TEST_CASE("decimals whose exponents are beyond all measure are compared in their order") {
  check_ascending({field::decimal("-1e9223372036854775807"), field::decimal("1e-99999999999999999999"),
                   field::decimal("1e-400"), field::decimal("1e400"), field::decimal("1e9223372036854775807"),
                   field::real(infinity)});
  CHECK(order(field::decimal("0.01e-9223372036854775808"), field::integer(1)) == -1);
}

TEST_CASE("text and octets are compared by their bytes") {
  check_ascending({field::text(""), field::text(std::string_view("\0", 1)), field::text("A"), field::text("a"),
                   field::text("ab"), field::text("\xC3\xA4"), field::text("\xFF")});
  const auto octets = [](std::string_view of) { return field::bytes(std::as_bytes(std::span(of))); };
  check_ascending({octets(""), octets("a"), octets("ab"), octets("\x7F"), octets("\x80"), octets("\xFF")});
}

TEST_CASE("booleans and times of one form have an order") {
  check_ascending({field::boolean(false), field::boolean(true)});
  for (const form what : {form::date, form::time, form::date_time, form::date_time_utc}) {
    check_ascending({field::time({-2, 999'999'999, 9, what}), field::time({-1, 0, 0, what}),
                     field::time({-1, 5, 9, what}), field::time({0, 0, 0, what}), field::time({1, 0, 0, what})});
    check_equal({field::time({1, 500'000'000, 1, what}), field::time({1, 500'000'000, 3, what})});
  }
}

TEST_CASE("values that have no order are refused") {
  no_value pieces;
  const std::vector<field> all = {field::null(),
                                  field::boolean(true),
                                  field::integer(1),
                                  field::unsigned_integer(1),
                                  field::real(1),
                                  field::decimal("1"),
                                  field::real(not_a_number),
                                  field::text("1"),
                                  field::json("1"),
                                  field::time({0, 0, 0, form::date}),
                                  field::time({0, 0, 0, form::date_time_utc}),
                                  field::bytes({}),
                                  field::long_text(pieces),
                                  field::long_bytes(pieces)};
  const auto is_number = [](std::size_t i) { return i >= 2 && i <= 5; };
  const auto is_ordered = [](std::size_t i) { return i == 1 || i == 7 || (i >= 9 && i <= 11); };
  for (std::size_t i = 0; i != all.size(); ++i)
    for (std::size_t j = 0; j != all.size(); ++j) {
      INFO("values " << i << " and " << j);
      if ((is_number(i) && is_number(j)) || (i == j && is_ordered(i))) {
        CHECK(sign(compare(all[i], all[j])) == 0);
        continue;
      }
      try {
        static_cast<void>(compare(all[i], all[j]));
        FAIL_CHECK("not refused");
      } catch (const error& failed) {
        CHECK(failed.kind() == failure::value);
      }
    }
}

TEST_CASE("the order of random decimals is that of their integers over a common power of ten") {
  tests::random random(1);
  struct number {
    std::int64_t thousandths;
    std::string digits;
  };
  std::vector<number> all;
  for (int i = 0; i != 300; ++i) {
    const auto whole = static_cast<std::int64_t>(random.below(random.below(2) == 0 ? 12 : 2'000'000'000));
    const auto scale = static_cast<int>(random.below(4));  // digits behind the point
    const bool is_negative = random.below(2) == 0;
    std::int64_t thousandths = whole;
    for (int k = scale; k != 3; ++k) thousandths *= 10;
    std::string digits = std::to_string(whole);
    switch (random.below(3)) {
      case 0: digits += "e-" + std::to_string(scale); break;
      case 1: digits += "00E-" + std::to_string(scale + 2); break;
      default:
        while (digits.size() <= static_cast<std::size_t>(scale)) digits.insert(0, "0");
        if (scale != 0) digits.insert(digits.size() - static_cast<std::size_t>(scale), ".");
    }
    if (digits.size() > 1 && digits[0] == '0' && digits[1] == '0') digits = "0" + digits.substr(2);  // of 000E-3
    all.push_back({is_negative ? -thousandths : thousandths, (is_negative ? "-" : "") + digits});
  }
  tests::mismatches found;
  for (const number& a : all)
    for (const number& b : all)
      found.compare(sign(compare(field::decimal(a.digits), field::decimal(b.digits))),
                    sign(a.thousandths <=> b.thousandths), a.digits, b.digits);
  CHECK(found.first() == "");
  // An order by which all can be sorted is one that is transitive.
  std::ranges::sort(all, [](const number& a, const number& b) {
    return compare(field::decimal(a.digits), field::decimal(b.digits)) < 0;
  });
  CHECK(std::ranges::is_sorted(all, {}, &number::thousandths));
}

}  // namespace compare_tests
