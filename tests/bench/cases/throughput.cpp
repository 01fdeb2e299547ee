#include "../cases.hpp"
#include "../contest.hpp"

void bench::cases::rows(const plan& wanted) {
  hold(wanted, {"rows", "rows", wanted.every_order()}, "select * from orders limit 1000");
}

void bench::cases::documents(const plan& wanted) {
  hold(wanted, {"documents", "documents", wanted.every_document()}, "select doc from documents limit 1000");
}
