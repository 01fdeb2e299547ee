#include <tidemark/format/one.hpp>

#include <tidemark/format/format.hpp>

#include "catch.hpp"

namespace format_one_tests {

using tidemark::format::one;

static_assert(tidemark::format_type<one>);
static_assert(!tidemark::has_error_record<one>);
static_assert(one::single);
static_assert(!one::one_line);

TEST_CASE("the one row has nothing around it, and no row is null") {
  const one format;
  CHECK(format.head() == "");
  CHECK(one::before == "");
  CHECK(one::between == "");
  CHECK(one::after == "");
  CHECK(format.tail(0) == "null");
  CHECK(format.tail(1) == "");
}

}  // namespace format_one_tests
