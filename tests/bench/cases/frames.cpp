#include "../cases.hpp"
#include "../contest.hpp"

void bench::cases::frames(const plan& wanted) {
  hold(wanted, {"frames", "frames", wanted.every_order(), "array"}, "select * from orders limit 2500");
}
