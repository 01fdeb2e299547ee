#include "../cases.hpp"
#include "../contest.hpp"

void bench::cases::columns(const plan& wanted) {
  hold(wanted, {"columns", "columns, SQLite", wanted.every_order()}, wanted.every_order());
}
