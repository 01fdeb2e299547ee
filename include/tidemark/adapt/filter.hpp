#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

#include <tidemark/adaptor.hpp>
#include <tidemark/error.hpp>
#include <tidemark/object/lazy_row.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The rows that a predicate keeps. Made by filter().
template <flat_producer Producer, class Predicate>
class filtered : public row_adaptor<Producer> {
 public:
  filtered(Producer rows, Predicate keep) : row_adaptor<Producer>(std::move(rows)), keep_(std::move(keep)) {}

  progress next() {
    for (;;) {
      try {
        const progress answer = this->rows_.next();
        if (answer != progress::row) return answer;
        row_.begin(this->rows_, number_);
        const bool is_kept = std::invoke(keep_, std::as_const(row_));
        ++number_;
        if (is_kept) return answer;
      } catch (const error& failed) {
        throw failed.in_row(number_);
      }
    }
  }

 private:
  Predicate keep_;
  lazy_row<Producer> row_;
  std::uint64_t number_ = 1;  // of the row that comes next
};

/// The rows of a producer for which `keep` is true, as they are:
///
///     tidemark::filter(std::move(orders), [](const auto& order) { return order.template get<bool>("paid"); })
///
/// `keep` is called with each row as an object, a const lazy_row<Producer>&. What it throws passes through; errors name
/// the row of `rows`, counted from 1. Rows of text are looked at no further than `keep` asks.
template <flat_producer Producer, std::predicate<const lazy_row<Producer>&> Predicate>
filtered<Producer, Predicate> filter(Producer rows, Predicate keep) {
  return {std::move(rows), std::move(keep)};
}

}  // namespace tidemark
