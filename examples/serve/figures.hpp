#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include <fmt/format.h>

#include <tidemark/any_stream.hpp>
#include <tidemark/stats.hpp>

/// What the server has done so far and is doing now.
class figures {
 public:
  enum class outcome { completed, failed, cancelled };

  /// A stream that is being answered with, from now until this is destroyed.
  class active {
   public:
    active(figures& all, const tidemark::any_stream& rows) : all_(&all), rows_(&rows) { all_->active_.insert(rows_); }
    active(const active&) = delete;
    active& operator=(const active&) = delete;
    ~active() {
      all_->active_.erase(rows_);
      const tidemark::stats done = rows_->stats();
      all_->rows_ += done.rows;
      all_->bytes_ += done.bytes;
      ++(how_ == outcome::completed ? all_->completed_ : how_ == outcome::failed ? all_->failed_ : all_->cancelled_);
    }

    void ended(outcome how) noexcept { how_ = how; }

   private:
    figures* all_;
    const tidemark::any_stream* rows_;
    outcome how_ = outcome::cancelled;  // unless it is said otherwise
  };

  std::string as_json() const {
    std::uint64_t rows = rows_;
    std::uint64_t bytes = bytes_;
    std::size_t buffered = 0;
    for (const tidemark::any_stream* one : active_) {
      const tidemark::stats now = one->stats();
      rows += now.rows;
      bytes += now.bytes;
      buffered += now.buffered;
    }
    return fmt::format(R"({{"active_streams":{},"streams_completed":{},"streams_failed":{},"streams_cancelled":{},)"
                       R"("rows":{},"bytes":{},"buffered_bytes":{}}})",
                       active_.size(), completed_, failed_, cancelled_, rows, bytes, buffered);
  }

 private:
  std::set<const tidemark::any_stream*> active_;
  std::uint64_t completed_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t cancelled_ = 0;
  std::uint64_t rows_ = 0;   // of the streams that are over
  std::uint64_t bytes_ = 0;  // of those, too
};
