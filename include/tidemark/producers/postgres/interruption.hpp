#pragma once

#include <tidemark/canceller.hpp>
#include <tidemark/wakeup.hpp>

namespace tidemark::postgres {

/// A flag that wakes who waits for the server.
///
/// The query itself tells the server then, on the thread that reads its rows. So nothing is ever sent on behalf of a
/// query that is over, and no later one on the connection is hit.
class interruption final : public cancel_target {
 public:
  void cancel() noexcept override {
    flag_.cancel();
    wakeup_.set();
  }
  bool is_asked_for() const noexcept { return flag_.is_set(); }
  int descriptor() const noexcept { return wakeup_.descriptor(); }

 private:
  cancel_flag flag_;
  wakeup wakeup_;
};

}  // namespace tidemark::postgres
