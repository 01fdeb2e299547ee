#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/adaptor.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/frame.hpp>
#include <tidemark/frame/frame_options.hpp>
#include <tidemark/frame/frame_parser.hpp>
#include <tidemark/frame/message.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// Which frame of a chunked answer is meant.
struct frame_key {
  std::string ref_id;
  std::string frame_id;
};

/// The rows of one frame of a chunked answer, as they come: of its lines, each of which is a row of text. Made by
/// from_frames().
template <text_producer Lines>
class frame_lines : public adaptor<Lines> {
 public:
  frame_lines(Lines lines, frame_key which) : adaptor<Lines>(std::move(lines)), which_(std::move(which)) {}

  /// Throws what the lines throw, error (value) for a line that is no message of a chunked answer, and error (producer)
  /// where the answer says that the query failed.
  progress next() {
    while (next_ == count_) {
      if (failed_)
        throw error(failure::producer, failed_->message, failed_->status == 0 ? "" : std::to_string(failed_->status));
      const progress answer = this->rows_.next();
      if (answer != progress::row) return answer;
      ++line_;
      try {
        take(frames::message::read(this->rows_.text()));
      } catch (const error& failed) {
        throw error(failed.kind(), "line " + std::to_string(line_) + ": " + failed.message(), failed.code())
            .in_column(failed.column());
      }
    }
    ++next_;
    return progress::row;
  }

  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const { return frame_.columns[i].field(next_ - 1); }

 private:
  void take(const frames::message& told) {
    if (told.ref_id != which_.ref_id) return;
    failed_ = told.failure;  // behind the rows of its message
    if (told.frame.empty() || told.frame_id != which_.frame_id) return;
    for (frame_column& one : frame_.columns) one.resize(0);
    frames::frame_parser(frame_).add(told.frame);
    if (columns_.empty())
      for (const frame_column& one : frame_.columns) columns_.push_back({one.about().name, one.about().type});
    count_ = frame_.row_count();
    next_ = 0;
  }

  frame_key which_;
  frame frame_;  // with the rows of one message
  std::vector<column> columns_;
  std::size_t next_ = 0;  // of them
  std::size_t count_ = 0;
  std::optional<frame_failure> failed_;
  std::uint64_t line_ = 0;
};

/// Makes a producer of the rows of one frame out of the lines of a chunked answer, wherever these come from:
///
///     from_frames(tidemark::ndjson::rows{tidemark::ndjson::descriptor{socket}}, {"A", "f0"})
///
/// Holds the rows of one message. Columns and their types are those of the frame's schema; where the answer does not
/// have the frame, there are neither columns nor rows.
template <text_producer Lines>
frame_lines<Lines> from_frames(Lines lines, frame_key which) {
  return {std::move(lines), std::move(which)};
}

}  // namespace tidemark
