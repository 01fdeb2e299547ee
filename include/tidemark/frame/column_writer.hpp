#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/frame/lanes.hpp>
#include <tidemark/frame/spelling.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/scan_number.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/json/time.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::frames {

/// What of a value does not stand in the array of its column.
struct beside {
  enum class entity : std::uint8_t { none, nan, infinity, negative_infinity };

  entity which = entity::none;    ///< the value is null, and this
  std::uint32_t nanoseconds = 0;  ///< below a millisecond
};

/// The name of an entity in the format.
constexpr std::string_view name_of(beside::entity which) noexcept {
  switch (which) {
    case beside::entity::nan: return "NaN";
    case beside::entity::infinity: return "Inf";
    case beside::entity::negative_infinity: return "NegInf";
    case beside::entity::none: break;
  }
  return "";
}

/// One column of a frame, and how its values are written.
class column_format {
 public:
  /// How most values of a column are written.
  enum class way : std::uint8_t { undecided, integer, real, short_real, text, boolean, time, json };

  /// `widens`: values of another type become this one where they can. `own`: what the producer says of the column.
  column_format(frame_field about, bool widens, column_type own)
      : widens_(widens), takes_spelling_(own == about.type), field_(std::move(about)) {
    decide(field_.type);
    takes_spelling_ = takes_spelling_ && (way_ == way::integer || (way_ == way::real && own == column_type::float64) ||
                                          way_ == way::short_real);
  }

  const frame_field& about() const noexcept { return field_; }
  way written() const noexcept { return way_; }
  bool is_nullable() const noexcept { return field_.nullable; }
  /// Whether decimals of spelled_field() are written as they are.
  bool takes_spelling() const noexcept { return takes_spelling_; }
  bool holds(std::int64_t value) const noexcept { return value >= least_ && value <= most_; }

  /// Takes the type of the first value there is, or text where there was none.
  void decide(column_type type) noexcept {
    field_.type = type;
    const auto whole = [this](auto of) {
      way_ = way::integer;
      least_ = std::numeric_limits<decltype(of)>::min();
      most_ = std::in_range<std::int64_t>(std::numeric_limits<decltype(of)>::max())
                  ? static_cast<std::int64_t>(std::numeric_limits<decltype(of)>::max())
                  : std::numeric_limits<std::int64_t>::max();
    };
    switch (type) {
      case column_type::unknown: way_ = way::undecided; return;
      case column_type::boolean: way_ = way::boolean; return;
      case column_type::int8: return whole(std::int8_t{});
      case column_type::int16: return whole(std::int16_t{});
      case column_type::int32: return whole(std::int32_t{});
      case column_type::int64: return whole(std::int64_t{});
      case column_type::uint8: return whole(std::uint8_t{});
      case column_type::enumeration:
      case column_type::uint16: return whole(std::uint16_t{});
      case column_type::uint32: return whole(std::uint32_t{});
      case column_type::uint64: return whole(std::uint64_t{});
      case column_type::float32: way_ = way::short_real; return;
      case column_type::float64:
      case column_type::decimal: way_ = way::real; return;
      case column_type::json: way_ = way::json; return;
      case column_type::time: way_ = way::time; return;
      case column_type::text:
      case column_type::bytes: way_ = way::text; return;
    }
  }

  /// Whether write_short() does not write this value: its text may be of any length.
  bool is_long(const field& value) const noexcept {
    switch (value.type()) {
      case kind::text: return way_ == way::text || way_ == way::json;
      case kind::bytes:
      case kind::long_text:
      case kind::long_bytes: return way_ == way::text;
      case kind::decimal: return widens_ && (way_ == way::text || way_ == way::json);
      case kind::json: return way_ == way::json || (way_ == way::text && widens_);
      default: return false;
    }
  }

  /// Writes a value that is not null and not long, and returns its end; `out` has room for lanes::padding bytes. Throws
  /// error (value) where it does not fit the column.
  char* write_short(char* out, const field& value, beside& more) const {
    switch (way_) {
      case way::integer: return write_whole(out, value);
      case way::real:
        if (value.type() == kind::decimal && is_shortest(value.as_view())) return write_shortest(out, value.as_view());
        return write_entity_or(out, to_real(value), more, [&](double real) { return write_real(out, real); });
      case way::short_real:
        return write_entity_or(out, to_real(value), more,
                               [&](double real) { return write_real(out, narrowed(real, value)); });
      case way::boolean: return json::write_boolean(out, to_boolean(value));
      case way::time: return write_epoch(out, to_time(value), more);
      case way::text: return write_as_text(out, value);
      case way::json:
        if (widens_) return write_usual(out, value);
        break;
      case way::undecided: break;
    }
    refuse(value);
  }

  /// Throws error (value): it is not a value of this column.
  [[noreturn]] void refuse(const field& value, std::string_view why = {}) const {
    throw error(failure::value, "the value is " + std::string(to_string(value.type())) +
                                    (why.empty() ? "" : " " + std::string(why)) + ", which does not fit a column of " +
                                    std::string(names_of(field_.type).frame) +
                                    ": convert it in the query, or give the field another type")
        .in_column(field_.name);
  }

 private:
  using kind = field::kind;

  char* write_whole(char* out, const field& value) const {
    switch (value.type()) {
      case kind::integer:
        if (holds(value.as_integer())) return json::write_integer(out, value.as_integer());
        break;
      case kind::unsigned_integer: {
        const std::uint64_t whole = value.as_unsigned_integer();
        if (field_.type == column_type::uint64 ||
            (std::in_range<std::int64_t>(whole) && holds(static_cast<std::int64_t>(whole))))
          return json::write_integer(out, whole);
        break;
      }
      case kind::real:
      case kind::decimal: {
        // A whole number, however it is spelled.
        if (field_.type == column_type::uint64) {
          std::uint64_t whole = 0;
          if (is_whole(value, whole)) return json::write_integer(out, whole);
        } else {
          std::int64_t whole = 0;
          if (is_whole(value, whole) && holds(whole)) return json::write_integer(out, whole);
        }
        break;
      }
      case kind::boolean:
        if (widens_) return json::write_integer(out, std::uint64_t{value.as_boolean() ? 1U : 0U});
        break;
      default: break;
    }
    refuse(value);
  }

  template <class Integer>
  static bool is_whole(const field& value, Integer& into) {
    try {
      into = from_field<Integer>(value);
      return true;
    } catch (const error&) {
      return false;
    }
  }

  double to_real(const field& value) const {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    const std::int64_t most = way_ == way::short_real ? std::int64_t{1} << 24 : exact;
    switch (value.type()) {
      case kind::real: return value.as_real();
      case kind::integer:
        if (widens_ || (value.as_integer() >= -most && value.as_integer() <= most))
          return static_cast<double>(value.as_integer());
        refuse(value, "beyond what that holds exactly");
      case kind::unsigned_integer:
        if (widens_ || value.as_unsigned_integer() <= static_cast<std::uint64_t>(most))
          return static_cast<double>(value.as_unsigned_integer());
        refuse(value, "beyond what that holds exactly");
      case kind::decimal: {
        json::scanned_number number;
        if (json::scan_number(value.as_view(), number)) return json::to_real(number, value.as_view());
        break;
      }
      default: break;
    }
    refuse(value);
  }

  /// The float nearest to a double; none beyond all floats.
  float narrowed(double real, const field& value) const {
    constexpr double beyond = 3.4028235677973366e38;  // halfway from the largest float to the next one there would be
    if (real >= beyond || real <= -beyond) refuse(value, "beyond its range");
    return static_cast<float>(real);
  }

  /// Whether a decimal that loses the zeros at its end is the shortest form of its double: numbers of up to 15 digits
  /// never share one (DBL_DIG).
  static bool is_shortest(std::string_view digits) noexcept {
    constexpr std::size_t most = 15;
    return digits.size() <= most && digits.find_first_of("eE") == std::string_view::npos &&
           digits.find("0.00000") == std::string_view::npos;  // what is small has an exponent
  }
  static char* write_shortest(char* out, std::string_view digits) noexcept {
    out = json::write_decimal(out, digits);
    if (digits.find('.') == std::string_view::npos) return out;
    while (out[-1] == '0') --out;
    return out[-1] == '.' ? out - 1 : out;
  }

  template <class Write>
  static char* write_entity_or(char* out, double real, beside& more, Write write) {
    if (json::is_finite(real)) return write(real);
    using entity = beside::entity;
    more.which = json::is_nan(real)        ? entity::nan
                 : json::is_negative(real) ? entity::negative_infinity
                                           : entity::infinity;
    return json::write_null(out);
  }

  bool to_boolean(const field& value) const {
    if (value.type() == kind::boolean) return value.as_boolean();
    if (widens_ && value.type() == kind::integer && (value.as_integer() == 0 || value.as_integer() == 1))
      return value.as_integer() == 1;
    refuse(value);
  }

  timestamp to_time(const field& value) const {
    timestamp made;
    switch (value.type()) {
      case kind::time:
        made = value.as_time();
        if (made.what != timestamp::form::time) return made;
        refuse(value, "of day without a date");
      case kind::text:
        if (json::time_reader(value.as_view()).read(made) && made.what != timestamp::form::time) return made;
        refuse(value, "not spelled as RFC 3339 has it");
      case kind::integer: {
        if (!widens_) break;
        const std::int64_t milliseconds = value.as_integer();
        made.seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0);
        made.nanoseconds = static_cast<std::uint32_t>(milliseconds - made.seconds * 1000) * 1'000'000;
        return made;
      }
      default: break;
    }
    refuse(value);
  }

  char* write_epoch(char* out, const timestamp& time, beside& more) const {
    std::int64_t milliseconds = 0;
    if (__builtin_mul_overflow(time.seconds, 1000, &milliseconds) ||
        __builtin_add_overflow(milliseconds, time.nanoseconds / 1'000'000, &milliseconds))
      refuse(field::time(time), "beyond the milliseconds that 64 bits count");
    more.nanoseconds = time.nanoseconds % 1'000'000;
    return json::write_integer(out, milliseconds);
  }

  /// What is no text, as one.
  char* write_as_text(char* out, const field& value) const {
    if (value.type() != kind::time && !widens_) refuse(value);
    const bool has_quotes =
        value.type() == kind::time || (value.type() == kind::real && !json::is_finite(value.as_real()));
    if (has_quotes) return write_usual(out, value);
    *out = '"';
    char* const end = write_usual(out + 1, value);
    *end = '"';
    return end + 1;
  }

  static char* write_usual(char* out, const field& value) {
    if (value.type() == kind::real && json::is_finite(value.as_real())) return write_real(out, value.as_real());
    static const json::value_writer usual(json_options{.not_finite = json_options::non_finite::string}, true);
    return usual.write_short(out, out + json::long_value::reserve, value);
  }

  way way_ = way::undecided;
  bool widens_;
  bool takes_spelling_;
  std::int64_t least_ = 0;
  std::int64_t most_ = 0;
  frame_field field_;
};

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

  template <class Row>
  [[gnu::always_inline]] static field value_of(Row& row, std::size_t i, const column_format& format) {
    if constexpr (row_of_spelled_fields<Row>)
      if (format.takes_spelling()) return row.spelled_field(i);
    return row.field(i);
  }

  template <class Row>
  bool add_values(Row& row, std::size_t& i) {
    if (!extras_.empty()) [[unlikely]]
      lanes_.begin_row(columns_.size());
    const std::size_t count = columns_.size();
    const column_format* const formats = columns_.data();
    lanes::lane* all = lanes_.data();
    for (i = 0; i != count; ++i) {
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
              if (value.type() == field::kind::decimal && format.takes_spelling()) [[likely]] {
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
                  value.as_view().find('e') == std::string_view::npos) [[likely]] {  // spelled e-7 there, and e-07 here
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
