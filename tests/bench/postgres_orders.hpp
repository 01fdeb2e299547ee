// The table `orders` in PostgreSQL: the rows of SQLite's, each column of the type that it would have there.

#pragma once

#include "plan.hpp"

#include <string>

namespace bench::postgres_orders {

inline const std::string every_order = "select * from orders";

// Makes it anew, out of the rows that `wanted` is about. Throws where there is no server.
void make(const plan& wanted);

}  // namespace bench::postgres_orders
