#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/bytes.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/text.hpp>

namespace tidemark::json {

/// Copies text that is JSON already and returns its end. `one_line`: line breaks, which inside JSON can only be white
/// space between tokens, become blanks, since the format ends its rows with them.
inline char* copy_json(char* out, std::string_view text, bool one_line) noexcept {
  if (text.empty()) return out;
  std::memcpy(out, text.data(), text.size());
  char* const end = out + text.size();
  if (one_line) {
    for (const char line_break : {'\n', '\r'}) {
      void* found = out;
      while ((found = std::memchr(found, line_break, static_cast<std::size_t>(end - static_cast<char*>(found)))) !=
             nullptr)
        *static_cast<char*>(found) = ' ';
    }
  }
  return end;
}

/// A value, or a piece of framing, that may not fit the chunk: written segment by segment, it can stop anywhere and go
/// on in the next chunk. What it remembers in between is an offset in the source.
class long_value {
 public:
  /// Kept free behind all that is written, for what needs no look: closing quotes, braces, separators, and blocks of
  /// fixed size.
  static constexpr std::size_t reserve = 64;

  /// Text that is JSON already; see copy_json(). Like every source here, it stays the caller's until all is written.
  void start_json(std::string_view text, bool one_line) noexcept {
    one_line_ = one_line;
    start(step::json, text);
  }
  /// Characters, written as a string.
  void start_text(std::string_view text, json_options::bad_utf8 policy, escapes which = escapes::necessary) noexcept {
    policy_ = policy;
    escapes_ = which;
    start(step::opening_text, text);
  }
  /// Octets, written as a string of the given spelling.
  void start_octets(std::string_view octets, json_options::octets spelling) noexcept {
    spelling_ = spelling;
    start(step::opening_octets, octets);
  }
  /// Characters or octets that their producer gives in pieces.
  void start_text(value_reader& pieces, json_options::bad_utf8 policy, escapes which = escapes::necessary) noexcept {
    policy_ = policy;
    escapes_ = which;
    start(step::opening_text, pieces);
  }
  void start_octets(value_reader& pieces, json_options::octets spelling) noexcept {
    spelling_ = spelling;
    start(step::opening_octets, pieces);
  }

  /// Writes on until the value is whole (true) or the mark is reached (false: call again with the next chunk). Throws
  /// error (value) for bad UTF-8 where that is asked for, and what a value_reader throws; all that precedes the failure
  /// is in the buffer then.
  bool write(chunk_buffer& buffer) {
    if (buffer.is_full()) return false;
    switch (step_) {
      case step::json: return write_json(buffer);
      case step::opening_text: open(buffer, step::text); [[fallthrough]];
      case step::text: return reader_ != nullptr ? write_text_pieces(buffer) : write_text_segments(buffer);
      case step::opening_octets: open(buffer, step::octets); [[fallthrough]];
      case step::octets: return reader_ != nullptr ? write_octet_pieces(buffer) : write_octet_segments(buffer);
    }
    return true;
  }

 private:
  enum class step { json, opening_text, text, opening_octets, octets };

  void start(step first, std::string_view text) noexcept {
    step_ = first;
    in_ = begin_ = text.data();
    end_ = text.data() + text.size();
    reader_ = nullptr;
  }
  void start(step first, value_reader& pieces) noexcept {
    step_ = first;
    reader_ = &pieces;
    carried_ = 0;
    drawn_ = 0;
  }

  void open(chunk_buffer& buffer, step next) noexcept {
    *buffer.out() = '"';
    buffer.set_out(buffer.out() + 1);
    step_ = next;
  }
  static bool close(chunk_buffer& buffer) noexcept {
    *buffer.out() = '"';
    buffer.set_out(buffer.out() + 1);
    return true;
  }

  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - in_); }

  bool write_json(chunk_buffer& buffer) noexcept {
    const std::size_t size = std::min(left(), buffer.space() - reserve);
    buffer.set_out(copy_json(buffer.out(), {in_, size}, one_line_));
    in_ += size;
    return in_ == end_;
  }

  text_progress escape(char* out, const char* in, const char* stop, const char* end) const noexcept {
    if (escapes_ == escapes::html) return write_text<escapes::html>(out, in, stop, end, policy_);
    return write_text(out, in, stop, end, policy_);
  }

  bool write_text_segments(chunk_buffer& buffer) {
    while (in_ != end_) {
      if (buffer.is_full()) return false;
      const char* stop = in_ + std::min(left(), (buffer.space() - reserve) / escaped_size);
      const text_progress progress = escape(buffer.out(), in_, stop, end_);
      buffer.set_out(progress.out);
      in_ = progress.in;
      if (in_ < stop) throw_bad_utf8(static_cast<std::size_t>(in_ - begin_));
    }
    return close(buffer);
  }

  bool write_octet_segments(chunk_buffer& buffer) noexcept {
    const octet_group group = group_of(spelling_);
    while (in_ != end_) {
      if (buffer.is_full()) return false;
      const std::size_t size = std::min(left(), (buffer.space() - reserve) / group.characters * group.octets);
      buffer.set_out(write_octets(buffer.out(), in_, size, spelling_));
      in_ += size;
    }
    return close(buffer);
  }

  // Pieces are read into the far end of the free space and written from there to its front, so that they need no
  // memory of their own. What cannot be written yet (a sequence of UTF-8 or a group of octets that is cut) is carried.
  struct piece {
    char* begin;
    char* end;
    bool is_last;
  };

  piece draw(chunk_buffer& buffer, std::size_t size) {
    char* const begin = buffer.out() + buffer.space() - reserve - size - sizeof carry_;
    std::memcpy(begin, carry_, carried_);
    const std::size_t count = reader_->read({begin + carried_, size});
    char* const end = begin + carried_ + count;
    carried_ = 0;
    return {begin, end, count == 0};
  }

  void carry(const char* from, const char* end) noexcept {
    carried_ = static_cast<std::size_t>(end - from);
    std::memcpy(carry_, from, carried_);
  }

  bool write_text_pieces(chunk_buffer& buffer) {
    for (;;) {
      if (buffer.is_full()) return false;
      const piece drawn = draw(buffer, (buffer.space() - 2 * reserve) / (escaped_size + 1));
      const char* stop = drawn.is_last ? drawn.end : drawn.end - utf8::cut_sequence(drawn.begin, drawn.end);
      const text_progress progress = escape(buffer.out(), drawn.begin, stop, stop);
      buffer.set_out(progress.out);
      drawn_ += static_cast<std::size_t>(progress.in - drawn.begin);
      if (progress.in < stop) throw_bad_utf8(drawn_);
      if (drawn.is_last) return close(buffer);
      carry(stop, drawn.end);
    }
  }

  bool write_octet_pieces(chunk_buffer& buffer) {
    const octet_group group = group_of(spelling_);
    for (;;) {
      if (buffer.is_full()) return false;
      const std::size_t groups = (buffer.space() - 2 * reserve) / (group.characters + group.octets);
      const piece drawn = draw(buffer, groups * group.octets);
      auto size = static_cast<std::size_t>(drawn.end - drawn.begin);
      if (!drawn.is_last) size -= size % group.octets;
      const char* const rest = drawn.begin + size;
      carry(rest, drawn.end);
      buffer.set_out(write_octets(buffer.out(), drawn.begin, size, spelling_));
      if (drawn.is_last) return close(buffer);
    }
  }

  [[noreturn]] static void throw_bad_utf8(std::size_t offset) {
    throw error(failure::value, "the text is not UTF-8 at byte " + std::to_string(offset) + " of the value");
  }

  step step_ = step::json;
  bool one_line_ = false;
  json_options::bad_utf8 policy_{};
  escapes escapes_ = escapes::necessary;
  json_options::octets spelling_{};
  const char* begin_ = nullptr;
  const char* in_ = nullptr;
  const char* end_ = nullptr;
  value_reader* reader_ = nullptr;
  std::size_t drawn_ = 0;
  std::size_t carried_ = 0;
  char carry_[4] = {};
};

}  // namespace tidemark::json
