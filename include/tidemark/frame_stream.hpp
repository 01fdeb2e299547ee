#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/frame/column_writer.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/frame/frame_options.hpp>
#include <tidemark/frame/row_message.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stopwatch.hpp>
#include <tidemark/stream_base.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// The rows of a producer as columns, for dashboards: lines of JSON (text/jsonl), each a message with some of the rows
/// of one frame, as Grafana's chunked queries have them.
///
///     tidemark::frame_stream up{tidemark::sqlite::query{db, "select time, value from up"}, {.ref_id = "A"}};
///     tidemark::write_to(response, up);
///
///     {"refId":"A","frameId":"f0","frame":{"schema":{...},"data":{"values":[[1700000000000],[1.5]]}}}
///     {"refId":"A","frameId":"f0","frame":{"data":{"values":[[1700000001000],[null]]}}}
///
/// The first message has the schema, also where there are no rows. A message has as many rows as frame_options say, or
/// fewer where the mark has no room for them; a row that has none at all is a message of its own, which spans chunks.
/// No chunk is longer than the mark, whatever the length of a row or a value; beside the producer's own row the stream
/// holds the mark, 2 KiB, and the schema until it is out. Where the producer would wait, rows are kept until their
/// message is full: see flush(), and frame_options::flush_after.
///
/// A column has one type: its producer's, or else that of its first value that is not null. So the first message waits
/// for that, too, as long as the mark has room; a column that has shown no value then is one of text. A value of
/// another type is an error (value) that names row and column, unless it can be written as what the column is without
/// loss, or is to be widened: see frame_options. Times are milliseconds of the epoch and nanoseconds beside them,
/// octets are strings, and json columns hold JSON. What is no row of fields (rows of text, walks) has no columns.
///
/// After a failure, the rows before it go out, then a message that says which query failed and how; then the error is
/// thrown, once.
///
/// Owns its producer, and lets go of it at once when the rows are over, when they fail, in close() and when destroyed.
/// A stream serves one thread at a time. A stream that has been moved from can only be destroyed or assigned to.
template <field_producer Producer>
class frame_stream : public pull_interface<frame_stream<Producer>, std::string_view>, public stream_base<Producer> {
 public:
  /// Throws error (usage) where a message would have no rows, and error (value) for a config or meta that is not JSON.
  explicit frame_stream(Producer rows, frame_options options = {})
      : frame_stream(std::move(rows), checked(std::move(options)), extent::message) {}

  /// The next chunk of 1 to mark bytes, borrowed until the next call; or pending, where the producer would have to
  /// wait; or the end, which stays the end. Throws what the producer failed with, once.
  pulled<std::string_view> try_pull() {
    if (unread_ != 0) return pulled<std::string_view>::item(chunk_.substr(chunk_.size() - std::exchange(unread_, 0)));
    clock_.start();
    chunk_ = {};
    for (;;) {
      if (take_chunk()) {
        count_chunk();
        return pulled<std::string_view>::item(chunk_);
      }
      bool is_pending = false;
      try {
        is_pending = stage_ != stage::over && write() == written::pending;
      } catch (...) {
        fail_with(std::current_exception());
        continue;
      }
      stats_.peak_buffered = std::max(stats_.peak_buffered, held());
      if (is_pending) return pulled<std::string_view>::pending();
      if (stage_ == stage::over && !has_pieces()) break;
    }
    this->finish();
    return pulled<std::string_view>::end();
  }

  /// Lets the next pull hand out the rows that are there, however few; where there are none yet, the next pull that has
  /// some and would be pending.
  void flush() noexcept { is_flushed_ = true; }

  /// What a pending stream waits for; valid until the next pull.
  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Producer>)
  {
    const std::span<const wait_condition> those = stream_base<Producer>::waits_for();
    if (!options_.flush_after || columns_.rows() == 0) return those;
    waits_.assign(those.begin(), those.end());
    const double left = std::max(*options_.flush_after - since_first_row_.seconds(), 0.0);
    waits_.push_back({-1, 0, static_cast<int>(std::min(left * 1000 + 1, 1e9))});
    return waits_;
  }

  /// Blocks until it is worth asking a pending producer again.
  void wait()
    requires(can_block<Producer>)
  {
    if constexpr (has_waits_for<Producer>)
      block_until(waits_for());
    else
      stream_base<Producer>::wait();
  }

  /// Ends the stream with the message that is half out, if any: the next pulls give the rest of it, and then say end.
  /// Rows that are in no message yet are left out.
  void cut() noexcept {
    if (stage_ == stage::row) {
      is_last_ = true;
    } else {
      this->release();
      stage_ = stage::over;
      is_begun_ = false;
    }
  }

  /// Gives the last `count` bytes of the chunk last pulled back to the stream: the next pull begins with them.
  void put_back(std::size_t count) {
    if (count > chunk_.size()) throw error(failure::usage, "more bytes were put back than the last chunk has");
    unread_ = count;
  }

  /// Lets go of the producer and of all that is held, at once. The next pull says end; failed() stays what it was.
  void close() noexcept {
    this->release();
    stage_ = stage::over;
    pieces_.fill({});
    chunk_ = {};
    unread_ = 0;
    is_begun_ = false;
    if (row_buffer_) row_buffer_->drop(row_buffer_->size());
  }

  tidemark::stats stats() const noexcept {
    tidemark::stats now = stream_base<Producer>::stats();
    now.buffered = held();
    return now;
  }

  /// What each message ends with, and has nowhere else. See multiplex.
  static constexpr std::string_view record_end() noexcept { return "\n"; }

  /// The longest chunk.
  byte_mark mark() const noexcept { return options_.mark; }

  /// Appends all rows to a text as one frame, {"schema":{...},"data":{...}}, without the mark as a limit, and lets go
  /// of the producer. Blocks where it must. For a stream that has not been pulled. Throws what the stream throws, and
  /// error (usage); what the text held is still there then.
  void append_whole_frame(std::string& to)
    requires(can_block<Producer>)
  {
    if (!producer_ || has_columns_) throw error(failure::usage, "the rows have been pulled already");
    frame_stream all(std::move(*producer_), options_, extent::whole);
    if (const std::optional<double> time = this->seconds_left()) all.limit_time(*time);
    close();
    const std::size_t before = to.size();
    try {
      while (const auto chunk = all.pull()) {
        if (to.size() == before) to.reserve(before + chunk->size() + all.held());
        to.append(*chunk);
      }
    } catch (...) {
      to.resize(before);
      throw;
    }
  }

  const frame_options& options() const noexcept { return options_; }

 private:
  using stream_base<Producer>::producer_;
  using stream_base<Producer>::failure_;
  using stream_base<Producer>::clock_;
  using stream_base<Producer>::stats_;

  enum class stage { rows, row, over };
  enum class written { message, pending };
  enum class extent { message, whole };

  static frame_options checked(frame_options options) {
    if (options.rows_per_chunk == 0) throw error(failure::usage, "a message must have at least one row");
    const auto check = [](std::string& text, const std::string& what) {
      if (text.empty()) return;
      json::validator of(text);
      if (const char* problem = of.problem())
        throw error(failure::value, "the " + what + " is not JSON: " + std::string(problem) + " at byte " +
                                        std::to_string(of.offset()));
      std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    };
    check(options.meta, "meta");
    for (frame_field& one : options.fields) check(one.config, "config of field \"" + one.name + "\"");
    return options;
  }

  frame_stream(Producer rows, frame_options options, extent how_much)
      : stream_base<Producer>(std::move(rows)),
        options_(std::move(options)),
        columns_(options_.mark.count(), how_much == extent::whole, options_.values) {
    if (how_much == extent::whole) {
      options_.rows_per_chunk = std::numeric_limits<std::size_t>::max();
      options_.flush_after.reset();
      closing_ = "}";
    } else {
      opening_ = frames::envelope(options_);
      closing_ = "}}\n";
    }
    head_ = opening_ + R"({"data":{"values":[)";
  }

  /// Makes the next piece of what is written the chunk; false where there is none.
  bool take_chunk() {
    for (std::string_view& piece : pieces_) {
      if (piece.empty()) continue;
      chunk_ = piece.substr(0, options_.mark.count());
      piece.remove_prefix(chunk_.size());
      return true;
    }
    return false;
  }
  bool has_pieces() const noexcept {
    return std::ranges::any_of(pieces_, [](std::string_view piece) { return !piece.empty(); });
  }

  /// Writes on, until there are pieces, the producer would have to wait, or all is written.
  written write() {
    if (stage_ == stage::row) return write_row();
    if (is_flushed_ && columns_.rows() != 0) return end_message();
    for (;;) {
      if (!is_at_row_) {
        const progress answer = this->next();
        if (answer == progress::pending) {
          return columns_.rows() != 0 && is_to_be_flushed() ? end_message() : written::pending;
        }
        is_at_row_ = answer == progress::row;
        if (!has_columns_) learn_columns();
        if (answer == progress::end) {
          producer_.reset();
          stage_ = stage::over;
          if (columns_.rows() == 0 && is_schema_out_) return written::message;
          begin_message();
          return end_message();
        }
      }
      begin_message();
      if (columns_.add(*producer_)) {
        if (columns_.rows() == 1 && options_.flush_after) {
          since_first_row_ = {};
          since_first_row_.start();
        }
        is_at_row_ = false;
        ++stats_.rows;
        if (columns_.rows() >= options_.rows_per_chunk && (is_schema_out_ || columns_.are_decided()))
          return end_message();
      } else if (columns_.rows() != 0) {
        return end_message();
      } else {
        return start_row();
      }
    }
  }

  bool is_to_be_flushed() const noexcept {
    return is_flushed_ || (options_.flush_after && since_first_row_.seconds() >= *options_.flush_after);
  }

  void learn_columns() {
    std::vector<frames::column_format> formats;
    std::vector<frame_field> known = options_.fields;
    for (const column& one : producer_->columns()) {
      frame_field about{one.name, one.type, true, {}, {}};
      bool widens = options_.widen;
      const auto better = std::ranges::find(known, one.name, &frame_field::name);
      if (better != known.end()) {
        about = std::move(*better);
        known.erase(better);
        if (about.type == column_type::unknown)
          about.type = one.type;
        else
          widens = true;
      }
      formats.emplace_back(std::move(about), widens, one.type);
    }
    if (formats.empty() && is_at_row_) throw error(failure::usage, "the rows have no columns");
    if (!known.empty()) throw error(failure::usage, "the rows have no column \"" + known.front().name + "\"");
    columns_.set_columns(std::move(formats));
    has_columns_ = true;
  }

  void begin_message() {
    if (std::exchange(is_begun_, true)) return;
    constexpr std::size_t longest_front = 512;
    if (is_schema_out_) std::string().swap(schema_);
    front_ = is_schema_out_ && head_.size() <= longest_front ? head_.size() : 0;
    has_room_ = columns_.begin(front_);
  }

  /// Puts the rows together that are there.
  written end_message() {
    if (!has_room_) schema_ = std::string(head()) + columns_.without_rows(closing_);
    const std::string_view body = has_room_ ? columns_.finish(closing_) : std::string_view();
    if (!has_room_) {
      pieces_[0] = schema_;
    } else if (front_ != 0) {
      std::memcpy(columns_.front(), head_.data(), front_);
      pieces_[1] = {columns_.front(), front_ + body.size()};
    } else {
      pieces_[0] = head();
      pieces_[1] = body;
    }
    is_schema_out_ = true;
    is_begun_ = is_flushed_ = false;
    return written::message;
  }

  /// What the next message begins with, the first one with the schema.
  std::string_view head() {
    if (is_schema_out_) return head_;
    columns_.decide_the_rest();
    schema_ = opening_ + R"({"schema":)" + frames::schema_start(options_);
    const char* joint = "";
    for (const frames::column_format& one : columns_.columns()) {
      frame_field about = one.about();
      if (about.labels.empty() && about.type != column_type::time) about.labels = options_.labels;
      schema_ += std::exchange(joint, ",") + frames::schema_of(about);
    }
    return schema_ += R"(]},"data":{"values":[)";
  }

  /// The row that the producer is at has no room beside others.
  written start_row() {
    columns_.release();
    is_begun_ = false;
    columns_.decide_by(*producer_);
    row_.start(std::string(head()), closing_);
    is_schema_out_ = true;
    row_buffer_.emplace(options_.mark.count());
    stage_ = stage::row;
    return written::message;
  }

  written write_row() {
    json::chunk_buffer& buffer = *row_buffer_;
    buffer.drop(std::exchange(row_chunk_, 0));
    if (!is_row_whole_ && !buffer.is_full())
      is_row_whole_ = producer_ ? row_.write(buffer, columns_, *producer_) : row_.write_rest(buffer, columns_);
    pieces_[1] = buffer.chunk(0);
    row_chunk_ = pieces_[1].size();
    if (row_chunk_ != 0) return written::message;

    is_row_whole_ = is_at_row_ = false;
    row_buffer_.reset();
    stage_ = producer_ && !is_last_ ? stage::rows : stage::over;
    if (producer_) ++stats_.rows;
    if (is_last_) this->release();
    pieces_[2] = failure_message_;
    return written::message;
  }

  void fail_with(std::exception_ptr why) noexcept {
    if (this->failed()) {  // no memory to complete the message with
      stage_ = stage::over;
      pieces_.fill({});
      return;
    }
    this->fail(std::move(why));
    try {
      if (stage_ == stage::row)
        row_.cut(*row_buffer_);
      else if (columns_.rows() != 0)
        end_message();
      describe();
    } catch (...) {
      // No memory to say more: the error itself is still thrown.
    }
    if (stage_ == stage::row) return;
    stage_ = stage::over;
    pieces_[2] = failure_message_;
  }

  void describe() {
    std::size_t waiting = row_buffer_ ? row_buffer_->size() : 0;
    for (const std::string_view piece : pieces_) waiting += piece.size();
    const auto tell = [&](const error& failed) {
      error placed = failed.in_row(stats_.rows + 1).at_byte(stats_.bytes + waiting).going_on(false);
      frame_failure told = describe_failure(placed);
      try {
        if (options_.describe) told = options_.describe(placed);
      } catch (...) {
        // That one cannot be described in other words does not keep it from being told.
      }
      if (told.message.empty()) told.message = to_string(placed.kind());
      failure_message_ = frames::failure_message(options_.ref_id, told);
      return placed;
    };
    try {
      std::rethrow_exception(failure_);
    } catch (const error& failed) {
      failure_ = std::make_exception_ptr(tell(failed));
    } catch (const std::exception& failed) {
      tell(error(failure::producer, failed.what()));
    } catch (...) {
      tell(error(failure::producer, "unknown exception"));
    }
  }

  void count_chunk() noexcept {
    if (stats_.chunks++ == 0) stats_.first_chunk_seconds = clock_.seconds();
    stats_.bytes += chunk_.size();
    stats_.largest_chunk = std::max(stats_.largest_chunk, chunk_.size());
  }

  std::size_t held() const noexcept {
    std::size_t sum = is_begun_ ? front_ + columns_.held() : 0;
    if (row_buffer_) return sum + row_buffer_->size();
    for (const std::string_view piece : pieces_) sum += piece.size();
    return sum;
  }

  frame_options options_;
  std::string opening_;       // of a message
  std::string_view closing_;  // a literal
  std::string head_;          // of a message without a schema
  std::string schema_;        // the head of the first one
  frames::column_writer columns_;
  bool has_columns_ = false;
  frames::row_message row_;
  std::optional<json::chunk_buffer> row_buffer_;  // in place of the columns, while a row is a message
  std::size_t row_chunk_ = 0;                     // how much of it is handed out
  bool is_row_whole_ = false;
  std::array<std::string_view, 3> pieces_;  // what is to be handed out: head, columns or row, failure
  std::string failure_message_;
  stage stage_ = stage::rows;
  bool is_at_row_ = false;  // the producer is at a row that is in no message yet
  bool is_begun_ = false;   // a message is
  bool is_schema_out_ = false;
  bool is_flushed_ = false;
  bool is_last_ = false;       // the row's message is the last
  bool has_room_ = false;      // for rows side by side
  std::size_t front_ = 0;      // of the message that is begun
  stopwatch since_first_row_;  // of that message, where flush_after is set
  std::vector<wait_condition> waits_;
  std::size_t unread_ = 0;
  std::string_view chunk_;
};

/// The whole answer at once, unchunked: {"results":{"A":{"status":200,"frames":[...]}}}, as a server answers that does
/// not send chunks. Takes as much memory as that needs. Throws what the stream throws, and then nothing is returned.
template <field_producer Producer>
std::string collect(frame_stream<Producer> rows) {
  std::string made(frames::answer_start);
  frames::append_result_start(made, rows.options().ref_id, nullptr);
  rows.append_whole_frame(made);
  return made.append(frames::result_end).append(frames::answer_end);
}

}  // namespace tidemark
