#include <tidemark/format/format.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/one.hpp>

#include "catch.hpp"

namespace format_format_tests {

using tidemark::format_type;
using tidemark::has_error_record;

namespace {

/// The least that is a format.
struct bare {
  static constexpr std::string_view before = "", between = "", after = "";
  static constexpr bool one_line = false, single = false;
  std::string head() { return {}; }
  std::string tail(std::uint64_t) { return {}; }
};
static_assert(format_type<bare>);
static_assert(!has_error_record<bare>);

struct with_literals : bare {
  static constexpr const char* between = ", ";
  static constexpr int single = 1;
};
static_assert(format_type<with_literals>);

// Near misses.
class without_before : public bare {
  using bare::before;  // private now
};
static_assert(!format_type<without_before>);

struct number_between : bare {
  static constexpr int between = 1;
};
static_assert(!format_type<number_between>);

struct after_of_an_instance : bare {
  std::string_view after() const { return {}; }
};
static_assert(!format_type<after_of_an_instance>);

struct one_line_of_words : bare {
  static constexpr std::string_view one_line = "yes";
};
static_assert(!format_type<one_line_of_words>);

class without_single : public bare {
  using bare::single;
};
static_assert(!format_type<without_single>);

struct head_of_a_view : bare {
  std::string_view head() { return {}; }
};
static_assert(!format_type<head_of_a_view>);

struct tail_without_a_count : bare {
  std::string tail() { return {}; }
};
static_assert(!format_type<tail_without_a_count>);

struct not_movable : bare {
  not_movable() = default;
  not_movable(const not_movable&) = delete;
  not_movable& operator=(const not_movable&) = delete;
};
static_assert(!format_type<not_movable>);
static_assert(!format_type<int>);

struct with_record : bare {
  static std::string error_record(const tidemark::error& failed, bool) { return failed.message(); }
};
static_assert(format_type<with_record>);
static_assert(has_error_record<with_record>);

struct record_of_an_instance : bare {
  std::string error_record(const tidemark::error&, bool) { return {}; }
};
static_assert(!has_error_record<record_of_an_instance>);

struct record_without_a_place : bare {
  static std::string error_record(const tidemark::error&) { return {}; }
};
static_assert(!has_error_record<record_without_a_place>);

struct record_of_a_view : bare {
  static std::string_view error_record(const tidemark::error&, bool) { return {}; }
};
static_assert(!has_error_record<record_of_a_view>);

template <class Format>
std::size_t longest_around_a_row() {
  return std::max({Format::before.size(), Format::between.size(), Format::after.size()});
}

}  // namespace

TEST_CASE("what stands around every row is at most 8 bytes long, in each format") {
  CHECK(longest_around_a_row<tidemark::format::array>() <= 8);
  CHECK(longest_around_a_row<tidemark::format::json_seq>() <= 8);
  CHECK(longest_around_a_row<tidemark::format::ndjson>() <= 8);
  CHECK(longest_around_a_row<tidemark::format::odata>() <= 8);
  CHECK(longest_around_a_row<tidemark::format::one>() <= 8);
}

}  // namespace format_format_tests
