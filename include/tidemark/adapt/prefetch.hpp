#pragma once

#include <poll.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>
#include <tidemark/wakeup.hpp>
#include <tidemark/walk/kept_row.hpp>

namespace tidemark {

/// Rows of a producer that runs ahead on a thread of its own. Made by prefetch().
template <flat_producer Producer>
  requires(can_block<Producer>)
class prefetched {
 public:
  prefetched(Producer rows, byte_mark mark) : ahead_(std::make_unique<ahead>(std::move(rows), mark.count())) {}
  prefetched(prefetched&&) noexcept = default;
  prefetched& operator=(prefetched&&) = delete;
  ~prefetched() {
    if (ahead_) ahead_->end();
  }

  progress next() {
    ahead_->start();
    ahead_->throw_if_canceled();
    if (++at_ < current_.count()) return progress::row;
    const progress answer = ahead_->take(current_);
    at_ = 0;
    return answer;
  }

  std::string_view text() const noexcept
    requires(text_producer<Producer>)
  {
    return current_.text(at_);
  }
  std::span<const column> columns() const noexcept
    requires(field_producer<Producer>)
  {
    return ahead_->columns();
  }
  tidemark::field field(std::size_t i) const noexcept
    requires(field_producer<Producer>)
  {
    return current_.field(at_, i);
  }

  std::span<const wait_condition> waits_for() const noexcept { return ahead_->waits_for(); }

  /// Stops the query behind the thread, where that can be stopped, and this producer in any case.
  tidemark::canceller canceller() const { return ahead_->canceller(); }

 private:
  /// Copies of rows, in memory that the next ones use again.
  class rows_of_text {
   public:
    void add(Producer& rows) {
      memory_.append(std::string_view(rows.text()));
      ends_.push_back(memory_.size());
    }
    std::size_t count() const noexcept { return ends_.size(); }
    std::size_t memory() const noexcept { return memory_.size() + ends_.size() * sizeof(std::size_t); }
    void clear() noexcept {
      memory_.clear();
      ends_.clear();
    }
    std::string_view text(std::size_t row) const noexcept {
      const std::size_t start = row == 0 ? 0 : ends_[row - 1];
      return std::string_view(memory_).substr(start, ends_[row] - start);
    }

   private:
    std::string memory_;
    std::vector<std::size_t> ends_;
  };

  class rows_of_fields {
   public:
    void add(Producer& rows) {
      width_ = rows.columns().size();
      for (std::size_t i = 0; i != width_; ++i) fields_.add(rows.field(i));
      ++count_;  // only now: a row that cannot be copied is none
    }
    std::size_t count() const noexcept { return count_; }
    std::size_t memory() const noexcept { return fields_.memory(); }
    void clear() noexcept {
      fields_.clear();
      count_ = 0;
    }
    tidemark::field field(std::size_t row, std::size_t i) const noexcept { return fields_[row * width_ + i]; }

   private:
    kept_row fields_;
    std::size_t width_ = 0;
    std::size_t count_ = 0;
  };

  using batch = std::conditional_t<text_producer<Producer>, rows_of_text, rows_of_fields>;

  /// What stops both sides.
  class stop final : public cancel_target {
   public:
    explicit stop(tidemark::canceller query) : query_(std::move(query)) {}

    void cancel() noexcept override {
      flag_.cancel();
      wakeup_.set();
      query_.cancel();
    }
    bool is_asked_for() const noexcept { return flag_.is_set(); }
    int descriptor() const noexcept { return wakeup_.descriptor(); }

   private:
    tidemark::canceller query_;
    cancel_flag flag_;
    wakeup wakeup_;
  };

  /// The thread, and what it shares with whoever takes the rows: two batches, one that is being read and one that is
  /// being filled, so that the two together are the mark.
  class ahead {
   public:
    ahead(Producer rows, std::size_t mark) : rows_(std::move(rows)), limit_(std::max<std::size_t>(mark / 2, 1)) {}

    void start() {
      if (thread_.joinable() || is_ended_) return;
      prepare_stop();
      thread_ = std::thread([this] { run(); });
    }

    void throw_if_canceled() {
      if (!stop_->is_asked_for()) [[likely]]
        return;
      end();
      throw canceled();
    }

    /// Gives what there is for a batch that was read, or says what else there is.
    progress take(batch& read) {
      read.clear();
      std::unique_lock lock(mutex_);
      if (std::exchange(is_signalled_, false)) signal_.clear();
      wanted_ = never;
      if (filling_.count() != 0) {
        std::swap(read, filling_);
        is_patient_ = true;
        lock.unlock();
        has_room_.notify_one();
        return progress::row;
      }
      if (is_over_) {
        const std::exception_ptr failed = failure_;
        const bool is_stopped = stop_->is_asked_for();  // and the thread has seen it, so that rows may be missing
        lock.unlock();
        end();
        if (failed) std::rethrow_exception(failed);
        if (is_stopped) throw canceled();
        return progress::end;
      }
      // For a moment it is better to wait for more than a row; but the rows may be slow ones.
      wanted_ = is_patient_ ? limit_ / 4 : 0;
      waits_ = {{{signal_.descriptor(), POLLIN, is_patient_ ? 1 : -1}, {stop_->descriptor(), POLLIN}}};
      is_patient_ = false;
      return progress::pending;
    }

    /// Stops the thread where it is, and waits for it.
    void end() noexcept {
      is_ended_ = true;
      if (!thread_.joinable()) return;
      stop_->cancel();
      {
        const std::lock_guard lock(mutex_);
        filling_.clear();
      }
      has_room_.notify_one();
      thread_.join();
      rows_.reset();
    }

    std::span<const column> columns() const noexcept { return columns_; }
    std::span<const wait_condition> waits_for() const noexcept { return waits_; }
    tidemark::canceller canceller() {
      prepare_stop();
      return tidemark::canceller(stop_);
    }

   private:
    static error canceled() { return error(failure::canceled, "the query was canceled"); }

    static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

    /// Before the thread runs, since a producer may be asked by one thread at a time.
    void prepare_stop() {
      if (stop_) return;
      tidemark::canceller query;
      if constexpr (cancellable<Producer>) query = rows_->canceller();
      stop_ = std::make_shared<stop>(std::move(query));
    }

    void run() noexcept {
      std::exception_ptr failed;
      try {
        while (!stop_->is_asked_for() && go_on()) {}
      } catch (...) {
        failed = std::current_exception();
      }
      rows_.reset();  // so that the query is over as soon as its rows are here
      const std::lock_guard lock(mutex_);
      failure_ = std::move(failed);
      is_over_ = true;
      if (wanted_ != never) signal();
    }

    bool go_on() {
      switch (rows_->next()) {
        case progress::row: return add();
        case progress::pending: wait(); return true;
        default: learn_columns(); return false;
      }
    }

    bool add() {
      std::unique_lock lock(mutex_);
      learn_columns();
      filling_.add(*rows_);
      if (filling_.memory() >= wanted_) signal();
      has_room_.wait(lock, [this] { return filling_.memory() < limit_ || stop_->is_asked_for(); });
      return true;
    }

    void learn_columns() {
      if constexpr (field_producer<Producer>) {
        if (!columns_.empty()) return;
        const std::span<const column> all = rows_->columns();
        columns_.assign(all.begin(), all.end());
      }
    }

    void wait() {
      if constexpr (has_waits_for<Producer>) {
        const std::span<const wait_condition> those = rows_->waits_for();
        std::vector<wait_condition> any(those.begin(), those.end());
        any.push_back({stop_->descriptor(), POLLIN});
        block_until(any);
      } else if constexpr (has_wait<Producer>) {
        rows_->wait();
      }
    }

    void signal() {
      wanted_ = never;
      is_signalled_ = true;
      signal_.set();
    }

    std::optional<Producer> rows_;  // the thread's, while there is one
    std::size_t limit_;             // of a batch, in bytes
    std::shared_ptr<stop> stop_;
    std::vector<column> columns_;  // before the first row or the end is given, the thread's

    std::mutex mutex_;  // of what follows, up to the thread
    std::condition_variable has_room_;
    batch filling_;
    std::size_t wanted_ = never;  // how many bytes are to be signalled
    bool is_signalled_ = false;
    bool is_over_ = false;
    std::exception_ptr failure_;
    wakeup signal_;

    bool is_patient_ = true;  // the last time there were rows
    bool is_ended_ = false;
    std::array<wait_condition, 2> waits_;
    std::thread thread_;
  };

  std::unique_ptr<ahead> ahead_;  // on the heap, since the thread points to it
  batch current_;
  std::size_t at_ = 0;
};

/// Lets a producer run ahead on a thread of its own: for one that blocks (SQLite, a file) beside an event loop, and so
/// that rows are read while others are written. The thread starts with the first next() and is joined when the rows are
/// over or the producer is destroyed, which stops a query that can be stopped.
///
/// `mark`: how far it runs ahead, in bytes. Rows are copied, values that come in pieces as a whole; what is held is at
/// most the mark and two rows. What the producer throws is thrown once, behind the rows before it. While no row is
/// ready, next() answers pending, with a descriptor to wait for.
///
/// The producer, and what it uses, are the thread's alone from the first next() on: a connection must serve nobody else
/// meanwhile.
template <flat_producer Producer>
  requires(can_block<Producer>)
prefetched<Producer> prefetch(Producer rows, byte_mark mark = {}) {
  return {std::move(rows), mark};
}

}  // namespace tidemark
