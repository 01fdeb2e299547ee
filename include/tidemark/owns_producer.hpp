#pragma once

#include <memory>
#include <span>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// What every stream has of its producer, which it owns: on the heap, since an open row, and views that point into the
/// producer, must survive when the stream is moved.
template <producer Producer>
class owns_producer {
 public:
  static constexpr bool can_pull = can_block<Producer>;

  /// What a pending stream waits for; valid until the next pull.
  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Producer>)
  {
    if (!producer_) return {};
    return producer_->waits_for();
  }

  /// Blocks until it is worth asking a pending producer again.
  void wait()
    requires(can_block<Producer>)
  {
    if (!producer_) return;
    if constexpr (has_waits_for<Producer>)
      block_until(producer_->waits_for());
    else if constexpr (has_wait<Producer>)
      producer_->wait();
  }

  /// A handle that stops the query from elsewhere and may outlive the stream.
  tidemark::canceller canceller()
    requires(cancellable<Producer>)
  {
    return producer_ ? producer_->canceller() : tidemark::canceller{};
  }

 protected:
  explicit owns_producer(Producer rows) : producer_(std::make_unique<Producer>(std::move(rows))) {}

  /// Moves on. Pending only where the producer may be, and never progress::leave: other answers throw error (usage).
  progress next() {
    const progress answer = producer_->next();
    if (answer == progress::leave) throw error(failure::usage, "a producer of flat rows answered progress::leave");
    if constexpr (always_blocks<Producer>)
      if (answer == progress::pending)
        throw error(failure::usage, "a producer answered pending, but has nothing to wait for: see has_waits_for");
    return answer;
  }

  std::unique_ptr<Producer> producer_;  // none when the rows are over
};

}  // namespace tidemark
