#pragma once

#include <exception>
#include <memory>
#include <span>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/stopwatch.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// What every stream has beside its items: its producer, which it owns, what that failed with, and what was done so
/// far. The producer is on the heap, since an open row, and views that point into the producer, must survive when the
/// stream is moved.
template <producer Producer>
class stream_base {
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

  /// Whether the rows failed: what was handed out is not the whole. True from the moment of the failure, for good. A
  /// row that costs no other (error::can_go_on) is none.
  bool failed() const noexcept { return failed_; }

  tidemark::stats stats() const noexcept {
    tidemark::stats now = stats_;
    now.seconds = clock_.seconds();
    return now;
  }

 protected:
  explicit stream_base(Producer rows) : producer_(std::make_unique<Producer>(std::move(rows))) {}

  /// Moves on. Pending only where the producer may be, and progress::leave only from a walk: other answers throw error
  /// (usage).
  progress next() {
    const progress answer = producer_->next();
    if constexpr (!walk<Producer>)
      if (answer == progress::leave) throw error(failure::usage, "a producer of flat rows answered progress::leave");
    if constexpr (always_blocks<Producer>)
      if (answer == progress::pending)
        throw error(failure::usage, "a producer answered pending, but has nothing to wait for: see has_waits_for");
    return answer;
  }

  /// Lets go of the producer and keeps what is to be thrown when the items before it are out.
  void fail(std::exception_ptr why) noexcept {
    failed_ = true;
    failure_ = std::move(why);
    producer_.reset();
  }

  /// Called where there are no more items: throws what the producer failed with, once.
  void finish() {
    clock_.stop();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  /// Lets go of the producer; a failure that was not thrown yet is forgotten.
  void release() noexcept {
    producer_.reset();
    failure_ = nullptr;
    clock_.stop();
  }

  std::unique_ptr<Producer> producer_;  // none when the rows are over
  std::exception_ptr failure_;          // not thrown yet
  stopwatch clock_;
  tidemark::stats stats_;

 private:
  bool failed_ = false;
};

}  // namespace tidemark
