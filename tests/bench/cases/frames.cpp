#include "../cases.hpp"
#include "../contest.hpp"

#include <string>

void bench::cases::frames(const plan& wanted) {
  hold(wanted, {"frames", "frames", wanted.every_order(), "array"}, "select * from orders limit 2500");
  auto each = "select * from orders limit " + std::to_string(wanted.rows / 31 + 1);
  hold(wanted, {"queries", "frames of 31 queries", each, "library"}, "select * from orders limit 2500");
}
