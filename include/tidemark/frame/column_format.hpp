#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/epoch.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/frame/spelling.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/scan_number.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/timestamp.hpp>

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
    const auto whole = [this]<class Integer>(Integer) {
      way_ = way::integer;
      using most = std::numeric_limits<std::int64_t>;
      constexpr int spare = most::digits - std::min(std::numeric_limits<Integer>::digits, most::digits);
      least_ = std::numeric_limits<Integer>::is_signed ? most::min() >> spare : 0;
      most_ = most::max() >> spare;
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
      case kind::decimal: return way_ == way::json || (way_ == way::text && widens_);
      case kind::json: return way_ == way::json || (way_ == way::text && widens_);
      default: return false;
    }
  }

  /// The room that write_short() needs.
  static constexpr std::size_t longest_short = 64;

  /// Writes a value that is not null and not long, and returns its end. Throws error (value) where it does not fit the
  /// column.
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
      case way::json: return write_as_json(out, value);
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
      case kind::real: {
        char digits[json::longest_number];
        if (!json::is_finite(value.as_real())) break;
        const char* const end = json::write_real(digits, value.as_real());
        if (write_whole(out, {digits, static_cast<std::size_t>(end - digits)})) return out;
        break;
      }
      case kind::decimal:
        if (write_whole(out, value.as_view())) return out;
        break;
      case kind::boolean:
        if (widens_) return json::write_integer(out, std::uint64_t{value.as_boolean() ? 1U : 0U});
        break;
      default: break;
    }
    refuse(value);
  }

  /// The same of digits, where they are a whole number that the column holds, however it is spelled; moves `out` to its
  /// end.
  bool write_whole(char*& out, std::string_view digits) const {
    json::scanned_number number;
    if (!json::scan_number(digits, number) || !number.is_exact) return false;
    for (; number.exponent < 0 && number.digits % 10 == 0 && number.digits != 0; ++number.exponent) number.digits /= 10;
    for (; number.exponent > 0 && number.digits != 0; --number.exponent)
      if (__builtin_mul_overflow(number.digits, 10U, &number.digits)) return false;
    if (number.exponent != 0 && number.digits != 0) return false;
    constexpr std::uint64_t most_negative = std::uint64_t{1} << 63;
    if (number.is_negative && number.digits != 0) {
      if (number.digits > most_negative || !holds(static_cast<std::int64_t>(~number.digits + 1))) return false;
      *out++ = '-';
    } else if (field_.type != column_type::uint64 &&
               (number.digits >= most_negative || !holds(static_cast<std::int64_t>(number.digits)))) {
      return false;
    }
    out = json::write_integer(out, number.digits);
    return true;
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
        if (!json::scan_number(value.as_view(), number)) break;
        const double real = json::to_real(number, value.as_view());
        if (!json::is_finite(real)) refuse(value, "beyond its range");
        return real;
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
      case kind::integer:
        if (widens_) return from_epoch({value.as_integer(), 0});
        break;
      default: break;
    }
    refuse(value);
  }

  char* write_epoch(char* out, const timestamp& time, beside& more) const {
    epoch_time made;
    if (!to_epoch(time, made)) refuse(field::time(time), "beyond the milliseconds that 64 bits count");
    more.nanoseconds = made.nanoseconds;
    return json::write_integer(out, made.milliseconds);
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

  /// Numbers and booleans are JSON already.
  char* write_as_json(char* out, const field& value) const {
    switch (value.type()) {
      case kind::boolean:
      case kind::integer:
      case kind::unsigned_integer: return write_usual(out, value);
      case kind::real:
        if (widens_ || json::is_finite(value.as_real())) return write_usual(out, value);
        break;
      case kind::time:
        if (widens_) return write_usual(out, value);
        break;
      default: break;
    }
    refuse(value);
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

}  // namespace tidemark::frames
