#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/any_stream.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// Several streams on one connection: a stream of chunks in which their records stand whole, one behind the other.
///
///     tidemark::multiplex both{tidemark::raw_stream{std::move(orders), tidemark::format::ndjson{}},
///                              tidemark::raw_stream{std::move(lines), tidemark::format::ndjson{}}};
///     tidemark::write_to(socket, both);
///
/// The streams take turns, each with a chunk at most, and one that waits is passed over. All have one format, whose
/// records end with a mark of their own (ndjson, sse). Each stream keeps its own mark, which is the longest chunk here,
/// too. The beginning of a record whose end is in the next chunk is kept, up to a mark; of a record that is longer than
/// that, the beginning goes out, and the other streams wait for its end.
///
/// A stream that fails ends, with its error record, and the others go on. When all are over, the failure that came
/// first is thrown: a response is then cut, as for a single stream. failure_of() tells them apart. Where the error
/// records are all that a reader needs, as in chunked answers (frame_stream), contain_failures() lets none be thrown.
///
/// In sse each stream has its own last event (end, failed): a page has to count them before it closes its EventSource.
class multiplex : public pull_interface<multiplex, std::string_view> {
 public:
  static constexpr bool can_pull = true;

  /// Throws error (usage) where the streams' formats differ or have no end of a record.
  explicit multiplex(std::vector<any_stream> streams) {
    for (any_stream& one : streams) add(std::move(one));
  }
  template <class... Streams>
    requires(sizeof...(Streams) != 0 && (std::convertible_to<Streams, any_stream> && ...))
  explicit multiplex(Streams... streams) {
    (add(std::move(streams)), ...);
  }

  /// One more stream, also while others are under way; gives its index. Throws as the constructor.
  std::size_t add(any_stream stream) {
    const std::string_view end = stream.record_end();
    if (end.empty())
      throw error(failure::usage,
                  "streams can share a connection only in a format whose records have an end: ndjson, sse");
    if (!lanes_.empty() && end != record_end_) throw error(failure::usage, "the streams have different formats");
    record_end_ = end;
    if (limit_) stream.limit_time(*limit_);
    if (stream.mark().count() > mark_.count()) mark_ = stream.mark();
    lanes_.push_back({std::move(stream), {}, {}, {}, {}});
    return lanes_.size() - 1;
  }

  /// The next chunk, of whole records where these are no longer than a mark; borrowed until the next call. Pending
  /// where all streams that are left are.
  pulled<std::string_view> try_pull() {
    if (unread_ != 0) return item(chunk_.substr(chunk_.size() - std::exchange(unread_, 0)));
    if (!behind_.empty()) return item(std::exchange(behind_, {}));
    chunk_ = {};
    last_.reset();
    bool is_anything_left = false;
    for (std::size_t passed_over = 0; passed_over != lanes_.size(); ++passed_over) {
      lane& now = lanes_[turn_];
      source_ = turn_;
      if (advance(now)) {
        if (!now.is_within_record) pass_on();
        return item(chunk_);
      }
      if (now.is_within_record) {  // a record of which more was expected is not continued by another one's
        if (!now.is_over()) return pulled<std::string_view>::pending();
        now.is_within_record = false;
        return item(record_end_);
      }
      is_anything_left = is_anything_left || !now.is_over();
      pass_on();
    }
    if (is_anything_left) return pulled<std::string_view>::pending();
    if (first_failure_ && !contains_failures_) std::rethrow_exception(std::exchange(first_failure_, nullptr));
    return pulled<std::string_view>::end();
  }

  /// Which stream the chunk last pulled is of, in the order in which they were added.
  std::size_t source() const noexcept { return source_; }

  /// What a stream has failed with so far; null where it has not.
  std::exception_ptr failure_of(std::size_t which) const { return lanes_.at(which).failure; }

  /// Lets the failure of a stream be told by its error record, and by failure_of(), alone.
  void contain_failures() noexcept { contains_failures_ = true; }

  /// Lets the next pulls hand out what the streams have that wait for more: see frame_stream.
  void flush() noexcept {
    for (lane& one : lanes_)
      if (!one.is_over()) one.stream->flush();
  }

  void put_back(std::size_t count) {
    if (count > chunk_.size()) throw error(failure::usage, "more bytes were put back than the last chunk has");
    unread_ = count;
  }

  /// What the streams wait for that are pending; valid until the next pull.
  std::span<const wait_condition> waits_for() {
    waits_.clear();
    for (lane& one : lanes_) {
      if (!is_waited_for(one)) continue;
      const std::span<const wait_condition> those = one.stream->waits_for();
      waits_.insert(waits_.end(), those.begin(), those.end());
    }
    return waits_;
  }
  /// Blocks until that comes. Where a producer can say nothing of what it waits for, until it has something.
  void wait() {
    for (lane& one : lanes_)
      if (is_waited_for(one) && one.stream->waits_for().empty()) return one.stream->wait();
    block_until(waits_for());
  }

  /// Stops all that are here by now.
  tidemark::canceller canceller() {
    struct all_of_them final : cancel_target {
      void cancel() noexcept override {
        for (const tidemark::canceller& one : each) one.cancel();
      }
      std::vector<tidemark::canceller> each;
    };
    auto made = std::make_shared<all_of_them>();
    for (lane& one : lanes_)
      if (!one.is_over()) made->each.push_back(one.stream->canceller());
    return tidemark::canceller(std::move(made));
  }

  /// Of each of them, those that are added later, too; see stream_base.
  void limit_time(double seconds) {
    limit_ = seconds;
    for (lane& one : lanes_)
      if (!one.is_over()) one.stream->limit_time(seconds);
  }
  std::optional<double> seconds_left() const noexcept {
    std::optional<double> least;
    for (const lane& one : lanes_)
      if (const auto left = one.is_over() ? std::nullopt : one.stream->seconds_left())
        least = std::min(*left, least.value_or(*left));
    return least;
  }

  std::string_view record_end() const noexcept { return record_end_; }

  /// The longest chunk: the largest of the streams' marks.
  byte_mark mark() const noexcept { return mark_; }

  /// Whether any of them failed.
  bool failed() const noexcept {
    return std::ranges::any_of(
        lanes_, [](const lane& one) { return one.failure != nullptr || (one.stream && one.stream->failed()); });
  }

  /// Those of all together.
  tidemark::stats stats() const noexcept {
    tidemark::stats all;
    for (const lane& one : lanes_) {
      const tidemark::stats its = one.is_over() ? one.last_stats : one.stream->stats();
      if (its.first_chunk_seconds != 0 &&
          (all.first_chunk_seconds == 0 || its.first_chunk_seconds < all.first_chunk_seconds))
        all.first_chunk_seconds = its.first_chunk_seconds;
      all.rows += its.rows;
      all.bytes += its.bytes;
      all.chunks += its.chunks;
      all.largest_chunk = std::max(all.largest_chunk, its.largest_chunk);
      all.buffered += its.buffered + one.kept.size();
      all.peak_buffered += its.peak_buffered;
      all.seconds = std::max(all.seconds, its.seconds);
    }
    return all;
  }

  /// Lets go of all streams; the next pull says end.
  void close() noexcept {
    for (std::size_t i = 0; i != lanes_.size(); ++i) {
      lanes_[i].is_within_record = false;
      close(i);
    }
    first_failure_ = nullptr;
    chunk_ = behind_ = {};
    unread_ = 0;
  }
  /// Lets go of one of them. A record of which the beginning is out already is completed by a stream that can: see
  /// frame_stream::cut().
  void close(std::size_t which) noexcept {
    lane& one = lanes_[which];
    if (one.is_over()) return;
    if (one.is_within_record) return one.stream->cut();
    one.stream->close();
    any_stream closed = one.end();
    if (source_ == which) last_ = std::move(closed);
    one.kept.clear();
  }

 private:
  struct lane {
    std::optional<any_stream> stream;  // none: it is over, and what it held is given back
    std::vector<char> kept;            // the beginning of a record whose end has not come
    std::string last_bytes;            // of that record, as many as may be the beginning of its end
    std::exception_ptr failure;
    tidemark::stats last_stats;     // of a stream that is over
    bool is_within_record = false;  // its beginning is out

    bool is_over() const noexcept { return !stream; }
    any_stream end() noexcept {
      last_stats = stream->stats();
      last_stats.buffered = 0;
      any_stream ended = std::move(*stream);
      stream.reset();
      return ended;
    }
  };

  /// While a record is half out, nobody else is pulled.
  bool is_waited_for(const lane& one) const noexcept {
    return !one.is_over() && (!lanes_[turn_].is_within_record || &one == &lanes_[turn_]);
  }

  pulled<std::string_view> item(std::string_view chunk) noexcept {
    chunk_ = chunk;
    return pulled<std::string_view>::item(chunk);
  }

  void pass_on() noexcept { turn_ = turn_ + 1 == lanes_.size() ? 0 : turn_ + 1; }

  /// Whether there is something of this stream that can go out: in chunk_, and what goes out next in behind_. Not where
  /// it is pending or over.
  bool advance(lane& one) {
    while (!one.is_over()) {
      std::string_view chunk;
      try {
        const auto next = one.stream->try_pull();
        if (next.is_pending()) return false;
        if (next.is_item()) chunk = *next;
        if (next.is_end()) one.end();
      } catch (...) {
        one.failure = std::current_exception();
        if (!first_failure_) first_failure_ = one.failure;
        one.end();
      }
      if (!chunk.empty() && give(one, chunk)) return true;
    }
    return false;
  }

  /// Takes whole records out of a chunk, with what was kept of the first one, and keeps the beginning of the last.
  bool give(lane& one, std::string_view chunk) {
    const std::size_t end = end_of_records(one.last_bytes, chunk);
    const bool is_too_long = one.kept.size() + chunk.size() > one.stream->mark().count();
    const std::string_view given = end == 0 && (is_too_long || one.is_within_record) ? chunk : chunk.substr(0, end);
    const std::string_view rest = chunk.substr(given.size());
    if (end != 0) one.last_bytes.clear();
    const std::size_t may_be_of_end = record_end_.size() - 1;
    one.last_bytes.append(end != 0 ? rest : chunk);
    if (one.last_bytes.size() > may_be_of_end) one.last_bytes.erase(0, one.last_bytes.size() - may_be_of_end);
    if (given.empty()) {
      one.kept.insert(one.kept.end(), rest.begin(), rest.end());
      return false;
    }
    one.is_within_record = end == 0;
    started_.swap(one.kept);
    one.kept.assign(rest.begin(), rest.end());
    chunk_ = started_.empty() ? given : std::string_view(started_.data(), started_.size());
    behind_ = started_.empty() ? std::string_view() : given;
    return true;
  }

  /// How much of a chunk is up to the end of its last record, which may have begun in the chunk before.
  std::size_t end_of_records(std::string_view last_bytes, std::string_view chunk) const noexcept {
    if (const std::size_t at = chunk.rfind(record_end_); at != std::string_view::npos) return at + record_end_.size();
    for (std::size_t before = record_end_.size() - 1; before != 0; --before)
      if (last_bytes.ends_with(record_end_.substr(0, before)) && chunk.starts_with(record_end_.substr(before)))
        return record_end_.size() - before;
    return 0;
  }

  std::vector<lane> lanes_;
  std::string_view record_end_;
  byte_mark mark_{1};
  std::optional<double> limit_;
  std::size_t turn_ = 0;
  std::size_t source_ = 0;
  std::vector<char> started_;       // what chunk_ points to, where it was kept; a std::string may move its bytes along
  std::optional<any_stream> last_;  // closed, but holds what chunk_ and behind_ point to
  std::string_view chunk_;          // pulled last
  std::string_view behind_;         // of the same stream, to be given next
  std::size_t unread_ = 0;
  std::exception_ptr first_failure_;
  bool contains_failures_ = false;
  std::vector<wait_condition> waits_;
};

}  // namespace tidemark
