#pragma once

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace tidemark {

/// The producers of a walk, one for each relation, found by the relation's index.
template <class... Producers>
class cursors {
 public:
  explicit cursors(std::tuple<Producers...> all) : all_(std::move(all)) {}

  /// Calls `use` with the producer of relation r.
  template <class Use>
  decltype(auto) visit(std::size_t r, Use&& use) {
    return visit_from<0>(r, use);
  }

  template <class Use>
  void for_each(Use use) {
    std::apply([&](Producers&... one) { (use(one), ...); }, all_);
  }

 private:
  template <std::size_t I, class Use>
  decltype(auto) visit_from(std::size_t r, Use& use) {
    if constexpr (I + 1 == sizeof...(Producers)) {
      return use(std::get<I>(all_));
    } else {
      if (r == I) return use(std::get<I>(all_));
      return visit_from<I + 1>(r, use);
    }
  }

  std::tuple<Producers...> all_;
};

/// Any number of producers of one type.
template <class Producer>
class cursors<Producer> {
 public:
  explicit cursors(std::vector<Producer> all) : all_(std::move(all)) {}

  template <class Use>
  decltype(auto) visit(std::size_t r, Use&& use) {
    return use(all_[r]);
  }

  template <class Use>
  void for_each(Use use) {
    for (Producer& one : all_) use(one);
  }

 private:
  std::vector<Producer> all_;
};

}  // namespace tidemark
