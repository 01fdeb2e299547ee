// The change that the case `change` makes to a price: a tenth less, in whole cents, as prices are.

#pragma once

#include <cmath>

namespace bench {

inline double discounted(double price) { return std::round(price * 90) / 100; }

}  // namespace bench
