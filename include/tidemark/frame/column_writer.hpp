#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/column_format.hpp>
#include <tidemark/frame/lanes.hpp>
#include <tidemark/frame/spelling.hpp>
#include <tidemark/json/bytes.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::frames {

/// Turns rows into the columns of a message: each value is written when its row is there, into the lane of its column.
class column_writer {
  using way = column_format::way;

 public:
  /// `memory`: see lanes.
  column_writer(std::size_t memory, bool grows, const json_options& options)
      : lanes_(memory, grows), is_bounded_(!grows), options_(options) {}

  /// Takes up the columns of a result.
  void set_columns(std::vector<column_format> columns) { columns_ = std::move(columns); }

  std::span<const column_format> columns() const noexcept { return columns_; }
  std::size_t rows() const noexcept { return rows_; }
  std::size_t held() const noexcept { return lanes_.held(); }
  const json_options& options() const noexcept { return options_; }

  /// Begins a message that has `front` bytes of something else before it. False where there is no memory for its lanes.
  bool begin(std::size_t front) {
    extras_.clear();
    rows_ = 0;
    is_begun_ = lanes_.begin(columns_.size(), front);
    for (std::size_t i = 0; is_begun_ && i != columns_.size(); ++i) *lanes_[i].end++ = '[';
    return is_begun_;
  }

  /// The data of a message without rows, as finish() gives it, for which no memory was needed.
  std::string without_rows(std::string_view behind) const {
    std::string made;
    for (std::size_t i = 0; i != columns_.size(); ++i) made += i == 0 ? "[]" : ",[]";
    return made.append("]}").append(behind);
  }

  /// Adds a row. False where there is no room for it, and nothing of it is added then. Throws error (value) for a value
  /// that does not fit its column, and what field() throws; nothing is added then, either.
  template <class Row>
  bool add(Row& row) {
    if (!is_begun_) return false;
    std::size_t i = 0;
    try {
      if (add_values(row, i)) {
        ++rows_;
        return true;
      }
    } catch (...) {
      lanes_.undo_row(i + 1, columns_.size());
      throw;
    }
    lanes_.undo_row(i + 1, columns_.size());
    return false;
  }

  /// Whether the types of all columns are known.
  bool are_decided() const noexcept {
    return std::ranges::none_of(columns_, [](const column_format& one) { return one.written() == way::undecided; });
  }
  /// The type of a column that no value has shown is text.
  void decide_the_rest() noexcept {
    for (column_format& one : columns_)
      if (one.written() == column_format::way::undecided) one.decide(column_type::text);
  }
  /// The same, by a row that is a message of its own.
  template <class Row>
  void decide_by(Row& row) {
    for (std::size_t i = 0; i != columns_.size(); ++i)
      if (columns_[i].written() == column_format::way::undecided) columns_[i].decide(type_of(row.field(i)));
  }

  /// The message's data: {"values":[...],"entities":[...],"nanos":[...]} behind its {"values":[, with `behind` at its
  /// end. Valid until the next begin().
  std::string_view finish(std::string_view behind) {
    is_begun_ = false;
    const bool has_rows = std::exchange(rows_, 0) != 0;
    return lanes_.join([&](auto& into) {
      for (std::size_t i = 0; i != columns_.size(); ++i) {
        if (i != 0) into.put(",");
        into.put_lane(i);
        into.out -= has_rows ? 1 : 0;  // the comma behind the last value
        into.put("]");
      }
      into.put("]");
      put_extras(into, false, R"(,"entities":[)", [&](std::size_t& extra) {
        char joint = '{';
        for (; is_of(extra, column_, false); ++extra) {
          if (is_empty(extra)) continue;
          into.put({&joint, 1});
          into.put("\"");
          into.put(name_of(extras_[extra].which));
          into.put("\":[");
          put_list(into, extra);
          joint = ',';
        }
        into.put("}");
      });
      put_extras(into, true, R"(,"nanos":[)", [&](std::size_t& extra) {
        into.put("[");
        put_list(into, extra++);
      });
      into.put("}");
      into.put(behind);
    });
  }

  /// The bytes before what finish() returned.
  char* front() noexcept { return lanes_.front(); }

  /// Gives the memory back until the next begin().
  void release() noexcept {
    is_begun_ = false;
    rows_ = 0;
    lanes_.release();
  }

  /// A JSON value stands among others: one that is broken would break the whole message. Throws error (value).
  void check_json(std::size_t i, std::string_view text) const {
    try {
      json::check_json(text, true);
    } catch (const error& wrong) {
      throw wrong.in_column(columns_[i].about().name);
    }
  }
  void check_utf8(std::size_t i, std::string_view text) const {
    if (options_.invalid_utf8 == json_options::bad_utf8::error && !json::is_utf8(text))
      throw error(failure::value, "the text is not UTF-8").in_column(columns_[i].about().name);
  }

 private:
  /// A list beside the values: of the indexes of an entity, or of nanoseconds.
  struct extra_list {
    beside::entity which;  ///< none: nanoseconds
    std::size_t column;

    bool is_nanos() const noexcept { return which == beside::entity::none; }
    friend bool operator==(const extra_list&, const extra_list&) = default;
    /// In the order of the message.
    friend bool operator<(const extra_list& a, const extra_list& b) noexcept {
      if (a.is_nanos() != b.is_nanos()) return b.is_nanos();
      return a.column != b.column ? a.column < b.column : a.which < b.which;
    }
  };

  static constexpr std::size_t longest_spelling = 32;
  static_assert(column_format::longest_short + lanes::free_for_joints <= lanes::padding);

  template <class Row>
  [[gnu::always_inline]] static field value_of(Row& row, std::size_t i, const column_format& format) {
    if constexpr (row_of_spelled_fields<Row>)
      if (format.takes_spelling()) return row.spelled_field(i);
    return row.field(i);
  }

  template <class Row>
  bool add_values(Row& row, std::size_t& reached) {
    if (!extras_.empty()) [[unlikely]]
      lanes_.begin_row(columns_.size());
    const std::size_t count = columns_.size();
    const column_format* const formats = columns_.data();
    lanes::lane* all = lanes_.data();
    for (std::size_t i = 0; i != count; ++i) {
      reached = i;  // and `i` a variable of its own, so that it can stay in a register
      const column_format& format = formats[i];
      lanes::lane& to = all[i];
      char* const out = to.end;
      to.row = out;
      field value = value_of(row, i, format);  // not const: g++ keeps no constant of several members in registers
      if (!to.is_full()) [[likely]] {
        switch (format.written()) {
          case way::integer:
            if (value.type() == field::kind::integer && format.holds(value.as_integer())) [[likely]] {
              to.end = end_value(json::write_integer(out, value.as_integer()));
              continue;
            }
            if constexpr (row_of_spelled_fields<Row>) {
              if (value.type() == field::kind::decimal && format.takes_spelling() &&
                  value.as_view().size() <= longest_spelling) [[likely]] {
                to.end = end_value(json::write_decimal(out, value.as_view()));
                continue;
              }
            }
            break;
          case way::text:
            if (value.type() == field::kind::text) [[likely]] {
              const std::string_view text = value.as_view();
              if (text.size() * json::escaped_size <= static_cast<std::size_t>(to.limit - out)) [[likely]] {
                const char* const end = text.data() + text.size();
                *out = '"';
                const json::text_progress progress =
                    json::write_text<json::escapes::html>(out + 1, text.data(), end, end, options_.invalid_utf8);
                if (progress.in == end) [[likely]] {
                  *progress.out = '"';
                  to.end = end_value(progress.out + 1);
                  continue;
                }
              }
            }
            break;
          case way::real:
            if (value.type() == field::kind::real && json::is_finite(value.as_real())) [[likely]] {
              to.end = end_value(write_real(out, value.as_real()));
              continue;
            }
            if constexpr (row_of_spelled_fields<Row>) {
              if (value.type() == field::kind::decimal && format.takes_spelling() &&
                  value.as_view().size() <= longest_spelling && value.as_view().find('e') == std::string_view::npos)
                  [[likely]] {  // spelled e-7 there, and e-07 here
                to.end = end_value(json::write_decimal(out, value.as_view()));
                continue;
              }
            }
            break;
          default: break;
        }
        if (value.is_null() && format.is_nullable() && format.written() != way::time) {
          to.end = end_value(json::write_null(out));
          continue;
        }
      }
      const field kept = value;
      if (!add_rarer(i, kept)) return false;
      all = lanes_.data();
    }
    return true;
  }

  static char* end_value(char* out) noexcept {
    *out = ',';
    return out + 1;
  }

  /// Adds a value of any kind, or of a column of any type, or where room is scarce.
  [[gnu::noinline]] bool add_rarer(std::size_t i, const field& value) {
    column_format& format = columns_[i];
    if (format.written() == way::undecided && !value.is_null()) format.decide(type_of(value));
    if (value.is_null()) {
      if (!format.is_nullable()) format.refuse(value);
      if (!lanes_.make_room(i, lanes::padding)) return false;
      lanes_[i].end = end_value(json::write_null(lanes_[i].end));
      return format.written() != way::time || add_nanos(i, 0);
    }
    if (format.is_long(value)) return add_long(i, value);
    if (!lanes_.make_room(i, lanes::padding)) return false;
    beside more;
    lanes_[i].end = end_value(format.write_short(lanes_[i].end, value, more));
    if (more.which != beside::entity::none) return add_entity(i, more.which);
    return format.written() != way::time || add_nanos(i, more.nanoseconds);
  }

  bool add_long(std::size_t i, const field& value) {
    const auto put = [&](std::size_t size, auto write) {
      if (!lanes_.make_room(i, size + lanes::padding)) return false;
      lanes_[i].end = end_value(write(lanes_[i].end));
      return true;
    };
    const std::string_view text =
        value.type() == field::kind::long_text || value.type() == field::kind::long_bytes ? "" : value.as_view();
    if (columns_[i].written() == way::json) {
      check_json(i, text);
      return put(text.size(), [&](char* out) { return json::copy_json(out, text, true); });
    }
    switch (value.type()) {
      case field::kind::bytes: {
        return put(text.size() * 2 + 4, [&](char* out) {
          *out = '"';
          char* const end = json::write_octets(out + 1, text.data(), text.size(), options_.bytes);
          *end = '"';
          return end + 1;
        });
      }
      case field::kind::long_text:
      case field::kind::long_bytes: {
        // Of unknown length: a row of its own, which is drawn as it is written, but where everything is held anyway.
        if (is_bounded_) return false;
        std::string drawn;
        char piece[4096];
        while (const std::size_t size = value.as_reader().read(piece)) drawn.append(piece, size);
        return add_long(i, value.type() == field::kind::long_text ? field::text(drawn)
                                                                  : field::bytes(std::as_bytes(std::span(drawn))));
      }
      default:
        check_utf8(i, text);
        return put(escaped_length(text) + 2, [&](char* out) {
          const char* const end = text.data() + text.size();
          *out = '"';
          out = json::write_text<json::escapes::html>(out + 1, text.data(), end, end, options_.invalid_utf8).out;
          *out = '"';
          return out + 1;
        });
    }
  }

  bool add_entity(std::size_t column, beside::entity which) {
    const std::size_t at = extra_lane({which, column});
    if (at == none || !lanes_.make_room(at, lanes::padding)) return false;
    lanes_[at].end = end_value(json::write_integer(lanes_[at].end, std::uint64_t{rows_}));
    return true;
  }

  /// Once a value has some, all values of its column in the message have.
  bool add_nanos(std::size_t column, std::uint32_t nanoseconds) {
    const extra_list wanted{beside::entity::none, column};
    const auto found = std::ranges::find(extras_, wanted);
    if (found == extras_.end() && nanoseconds == 0) return true;
    const bool is_first = found == extras_.end();
    const std::size_t at = extra_lane(wanted);
    if (at == none || !lanes_.make_room(at, (is_first ? 2 * rows_ : 0) + lanes::padding)) return false;
    char* out = lanes_[at].end;
    for (std::size_t row = 0; is_first && row != rows_; ++row, out += 2) std::memcpy(out, "0,", 2);
    lanes_[at].end = end_value(json::write_integer(out, std::uint64_t{nanoseconds}));
    return true;
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// The lane of a list beside the values, made where it is not there yet.
  std::size_t extra_lane(const extra_list& wanted) {
    const auto at = std::ranges::lower_bound(extras_, wanted, std::less<>{});
    const auto lane = columns_.size() + static_cast<std::size_t>(at - extras_.begin());
    if (at != extras_.end() && *at == wanted) return lane;
    if (!lanes_.insert(lane)) return none;
    extras_.insert(at, wanted);
    return lane;
  }

  /// Of a row that was taken back, nothing may be left.
  bool is_empty(std::size_t extra) const noexcept { return lanes_[columns_.size() + extra].size() == 0; }
  bool is_of(std::size_t extra, std::size_t column, bool nanos) const noexcept {
    return extra != extras_.size() && extras_[extra].is_nanos() == nanos && extras_[extra].column == column;
  }

  /// Puts what `put_one` puts for each column that has lists of a kind, and null for all others; nothing where none
  /// has.
  template <class Into, class PutOne>
  void put_extras(Into& into, bool nanos, std::string_view opening, PutOne put_one) {
    std::size_t extra = 0;
    while (extra != extras_.size() && (extras_[extra].is_nanos() != nanos || is_empty(extra))) ++extra;
    if (extra == extras_.size()) return;
    into.put(opening);
    for (column_ = 0; column_ != columns_.size(); ++column_) {
      if (column_ != 0) into.put(",");
      while (is_of(extra, column_, nanos) && is_empty(extra)) ++extra;
      if (is_of(extra, column_, nanos))
        put_one(extra);
      else
        into.put("null");
    }
    into.put("]");
  }
  template <class Into>
  void put_list(Into& into, std::size_t extra) {
    into.put_lane(columns_.size() + extra);
    --into.out;
    into.put("]");
  }

  lanes lanes_;
  bool is_bounded_;
  json_options options_;
  std::vector<column_format> columns_;
  std::vector<extra_list> extras_;  // in the order of the message, and of their lanes behind those of the columns
  std::size_t rows_ = 0;
  bool is_begun_ = false;
  std::size_t column_ = 0;  // while a message is put together
};

}  // namespace tidemark::frames
