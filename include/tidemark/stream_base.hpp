#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

  /// What a pending stream waits for, the end of its time included; valid until the next pull.
  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Producer>)
  {
    if (!producer_) return {};
    if (!time_limit_) return producer_->waits_for();
    const std::span<const wait_condition> those = producer_->waits_for();
    waits_.assign(those.begin(), those.end());
    waits_.push_back({-1, 0, static_cast<int>(std::min(*seconds_left() * 1000 + 1, 1e9))});
    return waits_;
  }

  /// Blocks until it is worth asking a pending producer again.
  void wait()
    requires(can_block<Producer>)
  {
    if (!producer_) return;
    if constexpr (has_waits_for<Producer>)
      block_until(waits_for());
    else if constexpr (has_wait<Producer>)
      producer_->wait();
  }

  /// Lets the stream fail with failure::timed_out as soon as `seconds` have passed since its first pull; like any other
  /// failure, that lets go of the producer at once. The time is looked at before each row and where the stream is
  /// pending; a producer that blocks, or waits by itself, is not interrupted (see prefetch).
  void limit_time(double seconds) noexcept { time_limit_ = seconds; }

  /// What is left of its time, in seconds: for those who wait in its place, such as a sink whose reader takes nothing.
  std::optional<double> seconds_left() const noexcept {
    if (!time_limit_) return std::nullopt;
    return std::max(*time_limit_ - clock_.seconds(), 0.0);
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
    check_time();
    const progress answer = producer_->next();
    if constexpr (!walk<Producer>)
      if (answer == progress::leave) throw error(failure::usage, "a producer of flat rows answered progress::leave");
    if constexpr (always_blocks<Producer>)
      if (answer == progress::pending)
        throw error(failure::usage, "a producer answered pending, but has nothing to wait for: see has_waits_for");
    return answer;
  }

  /// Throws error (timed_out) where the time is over.
  void check_time() const {
    if (time_limit_ && clock_.seconds() >= *time_limit_) [[unlikely]]
      throw_timed_out();
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
  [[noreturn]] void throw_timed_out() const {
    std::string limit = std::to_string(*time_limit_);
    limit.erase(std::max(limit.find_last_not_of('0'), limit.find('.') + 1) + 1);
    throw error(failure::timed_out, "the time limit of " + limit + " seconds is over");
  }

  bool failed_ = false;
  std::optional<double> time_limit_;  // seconds
  std::vector<wait_condition> waits_;
};

}  // namespace tidemark
