#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace tidemark {

/// What a producer offers for its query to be stopped from elsewhere.
class cancel_target {
 public:
  cancel_target() = default;
  cancel_target(const cancel_target&) = delete;
  cancel_target& operator=(const cancel_target&) = delete;
  virtual ~cancel_target() = default;

  /// Asks for the end of this one query. May be called at any time, any number of times, by any thread or signal
  /// handler, also after the query is over: so it does no more than is safe there.
  virtual void cancel() noexcept = 0;
};

/// The simplest target: a flag that the producer looks at.
class cancel_flag final : public cancel_target {
 public:
  void cancel() noexcept override { set_.store(true, std::memory_order_relaxed); }
  bool is_set() const noexcept { return set_.load(std::memory_order_relaxed); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must be able to set it");
  std::atomic<bool> set_ = false;
};

/// A small handle that stops one query, and no other statement on its connection. Another thread or a signal handler
/// may hold it, and it may outlive the stream; then it does nothing. The stream fails with failure::canceled.
///
/// Made by a stream's or a producer's canceller(). Cheap to copy.
class canceller {
 public:
  canceller() noexcept = default;
  explicit canceller(std::shared_ptr<cancel_target> target) noexcept : target_(std::move(target)) {}

  /// Asks for the end of the query and returns at once; the stream's next pull reports it. Never throws. Safe in a
  /// signal handler, as long as the handle itself is not being assigned or destroyed meanwhile.
  void cancel() const noexcept {
    if (target_) target_->cancel();
  }

 private:
  std::shared_ptr<cancel_target> target_;
};

}  // namespace tidemark
