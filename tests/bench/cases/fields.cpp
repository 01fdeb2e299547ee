#include "../cases.hpp"
#include "../contest.hpp"

void bench::cases::fields(const plan& wanted) { hold(wanted, {"fields", "fields, NDJSON", ""}, ""); }
