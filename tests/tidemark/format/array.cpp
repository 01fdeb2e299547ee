#include <tidemark/format/array.hpp>

#include <tidemark/format/format.hpp>

#include "catch.hpp"

namespace format_array_tests {

using tidemark::format::array;

static_assert(tidemark::format_type<array>);
static_assert(!tidemark::has_error_record<array>);
static_assert(!array::single);
static_assert(!array::one_line);

TEST_CASE("an array has brackets around its rows and commas between them") {
  const array format;
  CHECK(format.head() == "[");
  CHECK(array::before == "");
  CHECK(array::between == ",");
  CHECK(array::after == "");
  CHECK(format.tail(0) == "]");
  CHECK(format.tail(5) == "]");
}

}  // namespace format_array_tests
