#pragma once

#include <cstdint>
#include <utility>

#include <tidemark/adaptor.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The rows of a producer behind its first ones. Made by skip().
template <flat_producer Producer>
class skipped : public row_adaptor<Producer> {
 public:
  skipped(Producer rows, std::uint64_t count) : row_adaptor<Producer>(std::move(rows)), left_(count) {}

  progress next() {
    for (;;) {
      const progress answer = this->rows_.next();
      if (answer != progress::row || left_ == 0) return answer;
      --left_;
    }
  }

 private:
  std::uint64_t left_;
};

/// The rows of a producer but for the first `count`, which are pulled and passed over: where the source can do that
/// (OFFSET), it does it faster.
template <flat_producer Producer>
skipped<Producer> skip(Producer rows, std::uint64_t count) {
  return {std::move(rows), count};
}

}  // namespace tidemark
