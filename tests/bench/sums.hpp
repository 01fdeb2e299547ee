// What is asked for where rows are read and not written: three of their ten fields, summed up.

#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>

namespace bench {

class sums {
 public:
  // In the order of the rows, so that every peer's sum of doubles is the same to the last bit.
  void add(std::int64_t id, double amount, std::optional<std::int64_t> quantity) {
    ++rows_;
    ids_ += static_cast<std::uint64_t>(id);
    amount_ += amount;
    if (!quantity) return;
    ++quantities_;
    quantity_ += *quantity;
  }

  void print() const {
    std::printf(R"([{"rows":%llu,"id":%llu,"amount":%.17g,"quantities":%llu,"quantity":%lld}])", rows_, ids_, amount_,
                quantities_, quantity_);
  }

 private:
  unsigned long long rows_ = 0;
  unsigned long long ids_ = 0;  // they wrap around
  double amount_ = 0;
  unsigned long long quantities_ = 0;  // that are not null
  long long quantity_ = 0;
};

}  // namespace bench
