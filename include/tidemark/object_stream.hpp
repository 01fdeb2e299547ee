#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object/field_object.hpp>
#include <tidemark/object/text_window.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stream_base.hpp>

namespace tidemark {

/// What the objects of a stream are read from: rows of text that were gathered, or the producer's row of fields.
template <flat_producer Producer>
struct rows_read {
  using type = text_window;
};
template <flat_producer Producer>
  requires field_producer<Producer>
struct rows_read<Producer> {
  using type = field_row<Producer>;
};

/// The rows of a producer as objects, read lazily: the stream for those who compute.
///
///     for (auto&& track : tidemark::object_stream{tidemark::sqlite::query{db, "select * from Track"}})
///       total += track.get<double>("UnitPrice");
///
/// Rows of fields are read where they are. Rows of text are gathered into a window, whose tokens are found in one go;
/// it begins with one row and doubles up to the marks in rows and in bytes. A longer row is read where it is, and so
/// are those of an in_place_producer. Nothing happens until somebody pulls; an object is borrowed until the next pull.
///
/// A row that is not JSON is an error (value) of its own, with can_go_on(): the next pull gives the next row. When the
/// producer fails, the rows that are ready are given first; then what it failed with is thrown, once.
///
/// Owns its producer, and lets go of it at once when the rows are over, when they fail, in close() and when destroyed.
/// A stream serves one thread at a time. A stream that has been moved from can only be destroyed or assigned to.
template <flat_producer Producer>
class object_stream : public pull_interface<object_stream<Producer>, object_of<Producer>>,
                      public stream_base<Producer> {
 public:
  using object = object_of<Producer>;

  /// How much is read ahead at the most, where rows are text: `mark` rows, in `window` bytes.
  explicit object_stream(Producer rows, row_mark mark = {}, byte_mark window = {})
      : stream_base<Producer>(std::move(rows)), reader_(make_reader(window)), mark_(mark.count()) {}

  /// The next row, borrowed until the next call; or pending, where the producer would have to wait and no row is ready;
  /// or the end, which stays the end. Throws error (value) with can_go_on() for a row that is not an object, and what
  /// the producer failed with, once.
  pulled<object> try_pull() {
    clock_.start();
    if (!is_ready()) {
      switch (fetch()) {
        case progress::row: break;
        case progress::pending: return pulled<object>::pending();
        default: this->finish(); return pulled<object>::end();
      }
    }
    ++stats_.rows;
    if (stats_.rows == 1) stats_.first_chunk_seconds = clock_.seconds();
    return pulled<object>::item(take());
  }

  /// Lets go of the producer and of all that is held, at once. The next pull says end; failed() stays what it was.
  void close() noexcept {
    reader_.reset();
    this->release();
  }

 private:
  using stream_base<Producer>::producer_;
  using stream_base<Producer>::clock_;
  using stream_base<Producer>::stats_;
  static constexpr bool is_text = text_producer<Producer>;

  // What objects point to: on the heap, so that they survive when the stream is moved.
  using reader = typename rows_read<Producer>::type;

  static std::unique_ptr<reader> make_reader([[maybe_unused]] byte_mark window) {
    if constexpr (is_text)
      return std::make_unique<reader>(window.count());
    else
      return std::make_unique<reader>();
  }

  bool is_ready() const noexcept {
    if constexpr (is_text)
      return reader_ && !reader_->is_empty();
    else
      return false;
  }

  object take() {
    if constexpr (is_text)
      return reader_->next(stats_.rows);
    else
      return object(*reader_);
  }

  /// Gets the rows that come next. What the producer throws is kept until those before it have been handed out.
  progress fetch() {
    if (!producer_) return progress::end;
    try {
      return gather();
    } catch (const error& failed) {
      this->fail(std::make_exception_ptr(failed.in_row(stats_.rows + gathered_ + 1).going_on(false)));
    } catch (...) {
      this->fail(std::current_exception());
    }
    return is_ready() ? progress::row : progress::end;
  }

  progress gather()
    requires(!is_text)
  {
    const progress answer = this->next();
    if (answer == progress::row) reader_->begin(*producer_, stats_.rows + 1);
    if (answer == progress::end) producer_.reset();
    return answer;
  }

  progress gather()
    requires(is_text)
  {
    for (gathered_ = 0; gathered_ != limit_; ++gathered_) {
      const progress answer = std::exchange(is_held_over_, false) ? progress::row : next_to_gather();
      if (answer == progress::end) producer_.reset();
      if (answer != progress::row) return is_ready() ? progress::row : answer;
      const std::string_view text = producer_->text();
      if (in_place_producer<Producer> ? reader_->add_in_place(text) : limit_ > 1 && reader_->add(text)) continue;
      if (is_ready())
        is_held_over_ = true;
      else
        reader_->add_in_place(text);
      break;
    }
    limit_ = std::min(2 * limit_, mark_);
    return progress::row;
  }

  /// Moves on; where rows are read in place, only to those that leave the ones before where they are.
  progress next_to_gather() {
    if constexpr (in_place_producer<Producer>)
      if (gathered_ != 0) return producer_->next_in_place() ? progress::row : progress::pending;
    return this->next();
  }

  std::unique_ptr<reader> reader_;
  std::size_t mark_;
  std::size_t limit_ = 1;      // rows to gather next
  std::size_t gathered_ = 0;   // rows gathered last
  bool is_held_over_ = false;  // the producer's row is not gathered yet: there was no room for it
};

}  // namespace tidemark
