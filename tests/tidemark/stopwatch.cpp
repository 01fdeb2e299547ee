#include <tidemark/stopwatch.hpp>

#include "catch.hpp"

namespace stopwatch_tests {

using tidemark::stopwatch;

TEST_CASE("a stopwatch shows 0 until it is started, counts, and stands still once it is stopped") {
  stopwatch watch;
  CHECK(watch.seconds() == 0);
  watch.stop();
  CHECK(watch.seconds() == 0);

  watch.start();
  while (watch.seconds() == 0) continue;
  const double early = watch.seconds();
  while (watch.seconds() <= early) continue;

  watch.stop();
  const double late = watch.seconds();
  CHECK(late > early);
  watch.start();
  watch.stop();
  for (int i = 0; i < 1000; ++i) REQUIRE(watch.seconds() == late);
}

}  // namespace stopwatch_tests
