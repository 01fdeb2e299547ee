#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// What holds producers of several types, found by their index.
template <class... Producers>
class producer_list {
 public:
  explicit producer_list(std::tuple<Producers...> all) : all_(std::move(all)) {}

  template <class Use>
  decltype(auto) visit(std::size_t i, Use&& use) {
    return visit_from<0>(i, use);
  }

  template <class Use>
  void for_each(Use use) {
    std::apply([&](Producers&... one) { (use(one), ...); }, all_);
  }

 private:
  template <std::size_t I, class Use>
  decltype(auto) visit_from(std::size_t i, Use& use) {
    if constexpr (I + 1 == sizeof...(Producers)) {
      return use(std::get<I>(all_));
    } else {
      if (i == I) return use(std::get<I>(all_));
      return visit_from<I + 1>(i, use);
    }
  }

  std::tuple<Producers...> all_;
};

/// Any number of producers of one type.
template <class Producer>
class producer_list<Producer> {
 public:
  explicit producer_list(std::vector<Producer> all) : all_(std::move(all)) {}

  template <class Use>
  decltype(auto) visit(std::size_t i, Use&& use) {
    return use(all_[i]);
  }

  template <class Use>
  void for_each(Use use) {
    for (Producer& one : all_) use(one);
  }

 private:
  std::vector<Producer> all_;
};

/// The producers of a walk, one for each relation. visit(r, use) calls `use` with that of relation r.
template <producer... Producers>
class cursors : public producer_list<Producers...> {
 public:
  using producer_list<Producers...>::producer_list;

  /// Whether one of them may be pending and all of those say what they wait for; otherwise whether all of them can
  /// wait.
  static constexpr bool can_say_what =
      !(always_blocks<Producers> && ...) && ((always_blocks<Producers> || has_waits_for<Producers>) && ...);
  static constexpr bool must_wait =
      !((always_blocks<Producers> || has_waits_for<Producers>) && ...) && (can_block<Producers> && ...);

  /// What that of relation r waits for, or the waiting itself.
  std::span<const wait_condition> waits_for(std::size_t r) {
    return this->visit(r, [](auto& rows) -> std::span<const wait_condition> {
      if constexpr (has_waits_for<std::remove_reference_t<decltype(rows)>>) return rows.waits_for();
      return {};
    });
  }
  void wait(std::size_t r) {
    this->visit(r, [](auto& rows) {
      using producer_type = std::remove_reference_t<decltype(rows)>;
      if constexpr (has_waits_for<producer_type>)
        block_until(rows.waits_for());
      else if constexpr (has_wait<producer_type>)
        rows.wait();
    });
  }

  /// Stops the queries of all that have a canceller.
  tidemark::canceller canceller() {
    struct all final : cancel_target {
      void cancel() noexcept override {
        for (const tidemark::canceller& one : queries) one.cancel();
      }
      std::vector<tidemark::canceller> queries;
    };
    const auto made = std::make_shared<all>();
    this->for_each([&](auto& rows) {
      if constexpr (cancellable<std::remove_reference_t<decltype(rows)>>) made->queries.push_back(rows.canceller());
    });
    return tidemark::canceller(made);
  }
};

}  // namespace tidemark
