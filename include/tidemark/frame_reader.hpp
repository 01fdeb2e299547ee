#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/frame/frame.hpp>
#include <tidemark/frame/frame_options.hpp>
#include <tidemark/frame/frame_parser.hpp>
#include <tidemark/frame/message.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/read.hpp>

namespace tidemark {

/// What a chunked answer says to one query.
struct frame_answer {
  std::string ref_id;
  std::vector<frame> frames;             ///< in the order of their first messages
  std::optional<frame_failure> failure;  ///< the frames are what came before it
};

/// Puts a chunked answer (text/jsonl, see frame_stream) together again, of fragments that may end anywhere:
///
///     tidemark::frame_reader answer;
///     while (const auto size = socket.read(buffer)) answer.read({buffer, size});
///     answer.finish();
///     for (const tidemark::frame& up : answer.find("A")->frames) plot(up);
///
/// Rows of one refId and frameId become one frame, whose columns are typed; the answer is as large as its values. Where
/// it is not to be held as a whole, from_frames() reads its rows as they come.
class frame_reader {
 public:
  /// `longest_message`: in bytes; a message that is longer is an error.
  explicit frame_reader(byte_mark longest_message = byte_mark{64 << 20}) : longest_(longest_message.count()) {}

  /// Takes the next bytes. Throws error (value), with the number of the line, for what is no message of a chunked
  /// answer: what is not JSON, the first message of a frame without a schema, values that do not fit it. The messages
  /// before it have been taken then, and of that one nothing.
  void read(std::string_view fragment) {
    while (!fragment.empty()) {
      const std::size_t end = fragment.find('\n');
      if (rest_.size() + std::min(end, fragment.size()) > longest_)
        throw error(failure::value, place() + "the message is longer than " + std::to_string(longest_) + " bytes");
      if (end == std::string_view::npos) {
        rest_.append(fragment);
        return;
      }
      const std::string_view here = fragment.substr(0, end);
      fragment.remove_prefix(end + 1);
      if (rest_.empty()) {
        take(here);
      } else {
        rest_.append(here);
        const std::string line = std::exchange(rest_, {});
        take(line);
      }
    }
  }

  /// The end of the answer. Throws error (value) where it ends within a message.
  void finish() {
    const std::string line = std::exchange(rest_, {});
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    try {
      take(line);
    } catch (const error& failed) {
      throw error(failure::value, failed.message() + "; the answer may be cut: it does not end with a line feed");
    }
  }

  /// The answers so far, in the order in which the queries were first heard of. Valid until the next read().
  std::span<const frame_answer> answers() const noexcept { return answers_; }

  /// The answer to a query; null where there was none. Valid until the next read().
  const frame_answer* find(std::string_view ref_id) const noexcept {
    const auto found = std::ranges::find(answers_, ref_id, &frame_answer::ref_id);
    return found == answers_.end() ? nullptr : &*found;
  }
  /// One frame of it; null where there is none.
  const frame* find(std::string_view ref_id, std::string_view frame_id) const noexcept {
    const frame_answer* const answer = find(ref_id);
    if (answer == nullptr) return nullptr;
    const auto found = std::ranges::find(answer->frames, frame_id, &frame::frame_id);
    return found == answer->frames.end() ? nullptr : &*found;
  }

  /// Gives the answers away.
  std::vector<frame_answer> take_answers() && { return std::move(answers_); }

 private:
  std::string place() const { return "line " + std::to_string(line_ + 1) + ": "; }

  void take(std::string_view line) {
    try {
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) add(frames::message::read(line));
    } catch (const error& failed) {
      error placed(failed.kind(), place() + failed.message(), failed.code());
      if (failed.row()) placed = placed.in_row(*failed.row());
      throw placed.in_column(failed.column());
    }
    ++line_;
  }

  void add(frames::message told) {
    const auto [place, is_new] = queries_.try_emplace(told.ref_id, answers_.size());
    if (is_new) answers_.push_back({told.ref_id, {}, {}});
    frame_answer& answer = answers_[place->second];
    try {
      if (!told.frame.empty()) add_rows(answer, told);
    } catch (...) {
      if (is_new) {
        answers_.pop_back();
        queries_.erase(place);
      }
      throw;
    }
    if (told.failure) answer.failure = std::move(told.failure);
  }

  void add_rows(frame_answer& answer, const frames::message& told) {
    const std::pair key{told.ref_id, told.frame_id};
    if (const auto known = frames_.find(key); known != frames_.end())
      return frames::frame_parser(answer.frames[known->second]).add(told.frame);
    frame made;
    made.ref_id = told.ref_id;
    made.frame_id = told.frame_id;
    frames::frame_parser(made).add(told.frame);
    frames_.emplace(key, answer.frames.size());
    answer.frames.push_back(std::move(made));
  }

  std::size_t longest_;
  std::string rest_;  // the beginning of a line
  std::uint64_t line_ = 0;
  std::vector<frame_answer> answers_;
  // Where they are among those.
  std::map<std::string, std::size_t> queries_;
  std::map<std::pair<std::string, std::string>, std::size_t> frames_;  // by refId and frameId
};

/// Answers that were read, as they would have been without chunks: {"results":{"A":{"status":200,"frames":[...]},...}},
/// in the order of their refIds.
inline std::string whole_answer(std::span<const frame_answer> answers) {
  std::vector<const frame_answer*> sorted;
  for (const frame_answer& one : answers) sorted.push_back(&one);
  std::ranges::sort(sorted, {}, &frame_answer::ref_id);
  std::string made(frames::answer_start);
  for (const frame_answer* const one : sorted) {
    if (one != sorted.front()) made += ',';
    frames::append_result_start(made, one->ref_id, one->failure ? &*one->failure : nullptr);
    for (const frame& each : one->frames) {
      frame_options options;
      options.ref_id = each.ref_id;
      options.name = each.name;
      options.meta = each.meta;
      for (const frame_column& column : each.columns) options.fields.push_back(column.about());
      if (&each != &one->frames.front()) made += ',';
      frame_stream(each.rows(), std::move(options)).append_whole_frame(made);
    }
    made += frames::result_end;
  }
  return made.append(frames::answer_end);
}

}  // namespace tidemark
