#pragma once

#include <cstdint>
#include <utility>

#include <tidemark/adaptor.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The first rows of a producer. Made by take().
template <flat_producer Producer>
class taken : public row_adaptor<Producer> {
 public:
  taken(Producer rows, std::uint64_t count) : row_adaptor<Producer>(std::move(rows)), left_(count) {}

  progress next() {
    if (left_ == 0 && is_begun_) return progress::end;
    const progress answer = this->rows_.next();
    if (answer != progress::row) return answer;
    is_begun_ = true;  // also where no row is taken: the columns are known only now
    if (left_ == 0) return progress::end;
    --left_;
    return answer;
  }

 private:
  std::uint64_t left_;
  bool is_begun_ = false;
};

/// The first `count` rows of a producer, which is not asked for more.
template <flat_producer Producer>
taken<Producer> take(Producer rows, std::uint64_t count) {
  return {std::move(rows), count};
}

}  // namespace tidemark
