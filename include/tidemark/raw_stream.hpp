#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/format.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/row_writer.hpp>
#include <tidemark/json/walk_writer.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stream_base.hpp>

namespace tidemark {

/// The rows of a producer as chunks of JSON, in bytes: the stream for downloads and exports.
///
///     auto rows = tidemark::raw_stream{tidemark::sqlite::query{db, "select * from Track"}};
///     while (auto chunk = rows.pull()) out.write(chunk->data(), chunk->size());
///
/// Rows that have relations (a walk, such as nest() makes) are written nested: a to-many as an array in its parent,
/// behind the parent's own members, a to-one as an object or null. Chunks end in the middle of children, too.
///
/// Nothing happens until somebody pulls. No chunk is longer than the mark, whatever the length of a row; beside the
/// producer's own row the stream holds the mark, 2 KiB, the names of the columns and the format's own head and tail.
/// Whatever the mark, the bytes are the same. After a failure, what was ready goes out, then the format's error record
/// if it has one; then the error is thrown, once. What is thrown says in which row and behind which byte, unless it is
/// not a tidemark::error.
///
/// Owns its producer, and lets go of it at once when the rows are over, when they fail, in close() and when destroyed.
/// A stream serves one thread at a time. A stream that has been moved from can only be destroyed or assigned to.
template <row_producer Producer, format_type Format = format::array>
class raw_stream : public pull_interface<raw_stream<Producer, Format>, std::string_view>, public stream_base<Producer> {
 public:
  /// `mark`: the longest chunk, in bytes. Allocates the buffer; asks nothing of the producer.
  explicit raw_stream(Producer rows, Format format = {}, byte_mark mark = {}, json_options options = {})
      : stream_base<Producer>(std::move(rows)),
        format_(std::move(format)),
        mark_(mark),
        buffer_(mark.count()),
        row_(options) {}

  /// The next chunk of 1 to mark bytes, borrowed until the next call; or pending, where the producer would have to wait
  /// and nothing is ready; or the end, which stays the end. Throws what the producer failed with, once.
  pulled<std::string_view> try_pull() {
    if (unread_ != 0) return pulled<std::string_view>::item(chunk_.substr(chunk_.size() - std::exchange(unread_, 0)));
    clock_.start();
    buffer_.drop(std::exchange(chunk_, {}).size());

    // A full buffer is handed out first, unless it holds what may not go out before the producer has said more.
    const filled so_far = buffer_.is_full() && held_back_ == 0 ? filled::full : fill();
    stats_.peak_buffered = std::max(stats_.peak_buffered, buffer_.size());
    chunk_ = buffer_.chunk(held_back_);
    if (!chunk_.empty()) {
      count_chunk();
      return pulled<std::string_view>::item(chunk_);
    }
    if (so_far == filled::pending) return pulled<std::string_view>::pending();
    this->finish();
    return pulled<std::string_view>::end();
  }

  /// Gives the last `count` bytes of the chunk last pulled back to the stream: the next pull begins with them.
  void put_back(std::size_t count) {
    if (count > chunk_.size()) throw error(failure::usage, "more bytes were put back than the last chunk has");
    unread_ = count;
  }

  /// Lets go of the producer and of all that is held, at once. The next pull says end; failed() stays what it was.
  void close() noexcept {
    this->release();
    stage_ = stage::closed;
    held_back_ = 0;
    unread_ = 0;
    chunk_ = {};
    buffer_.drop(buffer_.size());
  }

  tidemark::stats stats() const noexcept {
    tidemark::stats now = stream_base<Producer>::stats();
    now.buffered = buffer_.size();
    return now;
  }

  /// What each record ends with, and has nowhere else; empty where the format has none. See multiplex.
  static constexpr std::string_view record_end() noexcept {
    return Format::one_line ? std::string_view(Format::after) : std::string_view();
  }

  /// The longest chunk.
  byte_mark mark() const noexcept { return mark_; }

 private:
  using stream_base<Producer>::producer_;
  using stream_base<Producer>::failure_;
  using stream_base<Producer>::clock_;
  using stream_base<Producer>::stats_;

  enum class stage { head, rows, tail, closed };
  enum class filled { full, pending, over };

  static constexpr json::row_shape shape{Format::one_line, Format::single};
  using flat_writer =
      std::conditional_t<text_producer<Producer>, json::text_row_writer<shape>, json::field_row_writer<shape>>;
  using row_writer = std::conditional_t<walk<Producer>, json::walk_writer<shape>, flat_writer>;

  /// Writes until the mark is reached, the producer would have to wait, or all is written. A failure is noted, and
  /// thrown when what precedes it is out.
  filled fill() {
    try {
      return write();
    } catch (...) {
      fail_with(std::current_exception());
    }
    return write();  // the error record, which cannot fail
  }

  filled write() {
    for (;;) {
      switch (stage_) {
        case stage::head:
          if (!framing_.write(buffer_)) return filled::full;
          stage_ = stage::rows;
          break;
        case stage::rows:
          if (const filled so_far = write_rows(*producer_); stage_ == stage::rows) return so_far;
          break;
        case stage::tail:
          if (!framing_.write(buffer_)) return filled::full;
          stage_ = stage::closed;
          return filled::over;
        case stage::closed: return filled::over;
      }
    }
  }

  /// Writes rows; returns where the stage changes, too.
  filled write_rows(Producer& rows) {
    for (;;) {
      if (is_taken_up_) {
        if (!row_.write(buffer_, rows)) return filled::full;
        is_taken_up_ = false;
        if (row_.is_whole()) end_row();
      }
      if (buffer_.is_full() && held_back_ == 0) return filled::full;
      if constexpr (running_walk<Producer>) {
        if (within_row_) {
          this->check_time();
          const progress answer = row_.write_run(buffer_, rows);
          is_taken_up_ = answer == progress::row && row_.is_cut();
          if (answer == progress::row) return filled::full;
          if (answer == progress::pending) return filled::pending;
        }
      }
      const progress answer = this->next();
      if (answer == progress::pending) return filled::pending;
      if (answer == progress::end) {
        end_rows();
        return filled::over;
      }
      if (within_row_) {
        row_.take_up(rows, answer);
        is_taken_up_ = true;
        continue;
      }
      if (stats_.rows == 0) {
        row_.take_up(rows, answer);
        start_framing(stage::head, format_.head().append(Format::before));
        is_taken_up_ = within_row_ = true;
        return filled::over;
      }
      if constexpr (Format::single) throw error(failure::value, "there is more than one row where one was asked for");
      row_.take_up(rows, answer);
      put(Format::between);
      put(Format::before);
      is_taken_up_ = within_row_ = true;
    }
  }

  void end_row() noexcept {
    put(Format::after);
    within_row_ = false;
    ++stats_.rows;
    if constexpr (Format::single) held_back_ = row_.holds_back();
  }

  void end_rows() {
    if (within_row_) throw error(failure::usage, "the walk ended, but a row that has relations is not complete");
    producer_.reset();
    std::string rest = stats_.rows == 0 ? format_.head() : std::string();
    start_framing(stage::tail, rest.append(format_.tail(stats_.rows)));
    held_back_ = 0;
  }

  void fail_with(std::exception_ptr why) noexcept {
    this->fail(std::move(why));
    buffer_.set_out(buffer_.out() - std::exchange(held_back_, 0));
    stage_ = stage::closed;
    try {
      describe_failure();
    } catch (...) {
      // No memory to say more: the error itself is still thrown.
    }
  }

  void describe_failure() {
    const auto placed = [this](const error& failed) {
      return failed.in_row(stats_.rows + 1).at_byte(stats_.bytes + buffer_.size()).going_on(false);
    };
    try {
      std::rethrow_exception(failure_);
    } catch (const error& failed) {
      const error with_place = placed(failed);
      failure_ = std::make_exception_ptr(with_place);
      start_error_record(with_place);
    } catch (const std::exception& failed) {
      start_error_record(placed(error(failure::producer, failed.what())));
    } catch (...) {
      start_error_record(placed(error(failure::producer, "unknown exception")));
    }
  }

  void start_error_record([[maybe_unused]] const error& failed) {
    if constexpr (has_error_record<Format>) start_framing(stage::tail, Format::error_record(failed, within_row_));
  }

  /// Framing is short, so that it stands behind the mark if it must.
  void put(std::string_view framing) noexcept {
    std::memcpy(buffer_.out(), framing.data(), framing.size());
    buffer_.set_out(buffer_.out() + framing.size());
  }

  void start_framing(stage where, std::string_view text) {
    framing_text_.assign(text.begin(), text.end());
    framing_.start_json({framing_text_.data(), framing_text_.size()}, false);
    stage_ = where;
  }

  void count_chunk() noexcept {
    if (stats_.chunks++ == 0) stats_.first_chunk_seconds = clock_.seconds();
    stats_.bytes += chunk_.size();
    stats_.largest_chunk = std::max(stats_.largest_chunk, chunk_.size());
  }

  Format format_;
  byte_mark mark_;
  json::chunk_buffer buffer_;
  row_writer row_;
  json::long_value framing_;
  std::vector<char> framing_text_;  // not a string: framing_ points to it, also when the stream is moved
  stage stage_ = stage::rows;
  bool within_row_ = false;   // of what is out, a row is not whole
  bool is_taken_up_ = false;  // row_ has something to write
  std::size_t held_back_ = 0;
  std::size_t unread_ = 0;
  std::string_view chunk_;
};

}  // namespace tidemark
