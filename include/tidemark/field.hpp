#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <tidemark/timestamp.hpp>
#include <tidemark/value_reader.hpp>

namespace tidemark {

/// One value of a row: a small tagged view of what the producer holds. 24 bytes, trivially copyable.
///
/// Everything that a field points to is the producer's own memory, valid until the producer's next row.
class field {
 public:
  enum class kind : std::uint8_t {
    null,
    boolean,
    integer,           ///< a signed integer of up to 64 bits
    unsigned_integer,  ///< an unsigned integer of up to 64 bits
    real,              ///< a double, NaN and infinities included
    decimal,           ///< digits of any length, spelled as a JSON number (RFC 8259, section 6)
    text,              ///< characters, meant to be UTF-8, NUL included
    json,              ///< one JSON value, passed through as it is
    time,              ///< a timestamp
    bytes,             ///< octets
    long_text,         ///< as text, drawn in pieces
    long_bytes,        ///< as bytes, drawn in pieces
  };

  static constexpr field null() noexcept { return field(kind::null); }
  static constexpr field boolean(bool value) noexcept {
    field made(kind::boolean);
    made.integer_ = value ? 1 : 0;
    return made;
  }
  static constexpr field integer(std::int64_t value) noexcept {
    field made(kind::integer);
    made.integer_ = value;
    return made;
  }
  static constexpr field unsigned_integer(std::uint64_t value) noexcept {
    field made(kind::unsigned_integer);
    made.unsigned_ = value;
    return made;
  }
  static constexpr field real(double value) noexcept {
    field made(kind::real);
    made.real_ = value;
    return made;
  }
  /// `digits` must be a JSON number; a producer whose decimals may be something else (NaN) says text or null then.
  static constexpr field decimal(std::string_view digits) noexcept { return field(kind::decimal, digits); }
  static constexpr field text(std::string_view characters) noexcept { return field(kind::text, characters); }
  /// `value` must be exactly one JSON value; it is checked only where json_options::validate asks for it.
  static constexpr field json(std::string_view value) noexcept { return field(kind::json, value); }
  static constexpr field time(timestamp value) noexcept {
    field made(kind::time);
    made.time_ = value;
    return made;
  }
  static field bytes(std::span<const std::byte> octets) noexcept {
    return field(kind::bytes, {reinterpret_cast<const char*>(octets.data()), octets.size()});
  }
  static constexpr field long_text(value_reader& pieces) noexcept { return field(kind::long_text, pieces); }
  static constexpr field long_bytes(value_reader& pieces) noexcept { return field(kind::long_bytes, pieces); }

  constexpr kind type() const noexcept { return kind_; }
  constexpr bool is_null() const noexcept { return kind_ == kind::null; }

  // What is inside. Each may be asked only of the kinds that it names.
  constexpr bool as_boolean() const noexcept { return integer_ != 0; }
  constexpr std::int64_t as_integer() const noexcept { return integer_; }
  constexpr std::uint64_t as_unsigned_integer() const noexcept { return unsigned_; }
  constexpr double as_real() const noexcept { return real_; }
  constexpr timestamp as_time() const noexcept { return time_; }
  constexpr value_reader& as_reader() const noexcept { return *reader_; }
  /// The characters of text, decimal and json, or the octets of bytes.
  constexpr std::string_view as_view() const noexcept { return {view_.data, view_.size}; }

 private:
  constexpr explicit field(kind type) noexcept : kind_(type), integer_(0) {}
  constexpr field(kind type, std::string_view memory) noexcept : kind_(type), view_{memory.data(), memory.size()} {}
  constexpr field(kind type, value_reader& pieces) noexcept : kind_(type), reader_(&pieces) {}

  struct view {
    const char* data;
    std::size_t size;
  };

  kind kind_;
  union {
    std::int64_t integer_;
    std::uint64_t unsigned_;
    double real_;
    timestamp time_;
    view view_;
    value_reader* reader_;
  };
};

/// Marks a text as JSON, which passes through as it is: json_text{order.payload}. Holds a view.
struct json_text {
  std::string_view value;
};

/// Marks a text as the digits of a decimal, spelled as a JSON number: decimal_text{"12.50"}. Holds a view.
struct decimal_text {
  std::string_view value;
};

}  // namespace tidemark
