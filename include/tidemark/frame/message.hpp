#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/frame.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/frame/frame_options.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/scan_number.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/json/validate.hpp>

namespace tidemark::frames {

/// Steps through a text that is known to be JSON.
class json_cursor {
 public:
  /// `text`: exactly one JSON value, which has been checked.
  explicit json_cursor(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) { blanks(); }

  /// The first character of what comes next.
  char peek() const noexcept { return *at_; }
  const char* at() const noexcept { return at_; }

  /// Calls `use` with each key of an object, behind which it takes the value.
  template <class Use>
  void members(Use use) {
    each('}', [&] {
      const std::string key = text();
      ++at_;  // the colon
      blanks();
      use(key);
    });
  }
  /// Calls `use` for each element of an array, which it takes.
  template <class Use>
  void elements(Use use) {
    each(']', use);
  }

  bool take_null() noexcept {
    if (*at_ != 'n') return false;
    at_ += 4;
    blanks();
    return true;
  }
  bool boolean() noexcept {
    const bool value = *at_ == 't';
    at_ += value ? 4 : 5;
    blanks();
    return value;
  }
  std::string_view number() noexcept {
    const char* const start = at_;
    while (at_ != end_ && *at_ > ' ' && *at_ != ',' && *at_ != ']' && *at_ != '}') ++at_;
    const std::string_view found(start, static_cast<std::size_t>(at_ - start));
    blanks();
    return found;
  }
  const char* end() const noexcept { return end_; }
  /// Appends what a string stands for.
  void append_text(std::string& to) {
    const std::string_view inside = string();
    const std::size_t before = to.size();
    if (std::memchr(inside.data(), '\\', inside.size()) == nullptr) {
      to.append(inside);
    } else {
      to.resize(before + inside.size());
      const char* const written = json::unescape(to.data() + before, inside);
      to.resize(static_cast<std::size_t>(written - to.data()));
    }
  }
  std::string text() {
    std::string made;
    append_text(made);
    return made;
  }

  /// Passes over a value, and gives its text.
  std::string_view skip() noexcept {
    const char* const start = at_;
    const char* behind = start;
    std::size_t depth = 0;
    do {
      switch (*at_) {
        case '"': string(); break;
        case '{':
        case '[':
          ++depth;
          ++at_;
          break;
        case '}':
        case ']':
          --depth;
          ++at_;
          break;
        case ',':
        case ':': ++at_; break;
        default: number_or_word();
      }
      behind = at_;
      while (behind != start && is_blank(behind[-1])) --behind;
      blanks();
    } while (depth != 0);
    return {start, static_cast<std::size_t>(behind - start)};
  }

 private:
  static bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  void blanks() noexcept {
    while (at_ != end_ && is_blank(*at_)) ++at_;
  }
  void number_or_word() noexcept {
    while (at_ != end_ && !is_blank(*at_) && *at_ != ',' && *at_ != ':' && *at_ != ']' && *at_ != '}') ++at_;
  }

  template <class Use>
  void each(char closing, Use use) {
    ++at_;
    blanks();
    while (*at_ != closing) {
      use();
      if (*at_ == ',') {
        ++at_;
        blanks();
      }
    }
    ++at_;
    blanks();
  }

  /// Passes over a string, and gives its inside.
  std::string_view string() noexcept {
    const char* const start = ++at_;
    for (;;) {
      at_ = json::find_unplain(at_, end_);
      if (*at_ == '"') break;
      at_ += 2;
    }
    const std::string_view inside(start, static_cast<std::size_t>(at_ - start));
    ++at_;
    blanks();
    return inside;
  }

  const char* at_;
  const char* end_;
};

/// Keeps the text of a member. Throws error (value) where an object has it twice: of equal keys, JSON does not say
/// which one counts (RFC 8259, section 4).
inline void set_once(std::string_view& member, std::string_view text, const char* name) {
  if (!member.empty()) throw error(failure::value, "\"" + std::string(name) + "\" stands twice in one object");
  member = text;
}

/// What a line of a chunked answer is about, without its frame being looked into.
struct message {
  std::string ref_id;
  std::string frame_id;
  std::string_view frame;  ///< the text of its frame; empty where the message has none
  std::optional<frame_failure> failure;

  /// `line` is borrowed. Throws error (value) for one that is no such message.
  static message read(std::string&& line) = delete;
  static message read(std::string_view line) {
    json::validator check(line);
    if (const char* problem = check.problem())
      throw error(failure::value, "not JSON: " + std::string(problem) + " at byte " + std::to_string(check.offset()));
    json_cursor at(line);
    if (at.peek() != '{') throw error(failure::value, "not an object");
    message made;
    const auto text = [&at](const char* name) {
      if (at.peek() != '"') throw error(failure::value, "\"" + std::string(name) + "\" is not a string");
      return at.text();
    };
    frame_failure failed;
    bool has_failed = false;
    at.members([&](const std::string& key) {
      if (key == "refId") {
        made.ref_id = text("refId");
      } else if (key == "frameId") {
        made.frame_id = text("frameId");
      } else if (key == "error") {
        if (at.take_null()) return;
        failed.message = text("error");
        has_failed = has_failed || !failed.message.empty();
      } else if (key == "errorSource") {
        failed.error_source = text("errorSource");
      } else if (key == "status") {
        failed.status = from_field<int>(field::decimal(number(at, "status")));
      } else if (key == "frame") {
        if (at.take_null()) return;
        if (at.peek() != '{') throw error(failure::value, "\"frame\" is not an object");
        set_once(made.frame, at.skip(), "frame");
      } else {
        at.skip();
      }
    });
    constexpr int least_error = 400;
    if (has_failed || failed.status >= least_error) made.failure = std::move(failed);
    return made;
  }

  static std::string_view number(json_cursor& at, std::string_view name) {
    if (at.peek() != '-' && (at.peek() < '0' || at.peek() > '9'))
      throw error(failure::value, "\"" + std::string(name) + "\" is not a number");
    return at.number();
  }
};

/// Reads the schema and the data of the messages of one frame.
class frame_parser {
 public:
  explicit frame_parser(frame& into) noexcept : into_(into) {}

  /// Adds what a message's frame has: its rows, and its schema where it is the first. Throws error (value); the frame
  /// has the rows then that it had before.
  void add(std::string_view text) {
    std::string_view schema, data;
    json_cursor at(text);
    at.members([&](const std::string& key) {
      if (key == "schema")
        set_once(schema, at.skip(), "schema");
      else if (key == "data")
        set_once(data, at.skip(), "data");
      else
        at.skip();
    });
    if (!schema.empty())
      read_schema(schema);
    else if (into_.schema_text.empty())
      throw error(failure::value, "the first message of a frame has no schema");
    if (data.empty()) return;
    const std::size_t before = into_.row_count();
    try {
      read_data(data, before);
    } catch (...) {
      for (frame_column& one : into_.columns) one.resize(before);
      throw;
    }
  }

 private:
  static void expect(const json_cursor& at, char first, const char* what, const char* wanted) {
    if (at.peek() != first) throw error(failure::value, std::string(what) + " is not " + wanted);
  }

  void read_schema(std::string_view text) {
    if (!into_.schema_text.empty()) {  // once more, as some send it with each message
      if (text != into_.schema_text) throw error(failure::value, "a frame has two schemas that differ");
      return;
    }
    json_cursor at(text);
    expect(at, '{', "the schema", "an object");
    std::string_view fields;
    at.members([&](const std::string& key) {
      if (key == "name" && at.peek() == '"') {
        into_.name = at.text();
      } else if (key == "meta") {
        if (!at.take_null()) into_.meta = at.skip();
      } else if (key == "fields") {
        expect(at, '[', "\"fields\" of the schema", "an array");
        set_once(fields, at.skip(), "fields");
      } else {
        at.skip();
      }
    });
    if (fields.empty()) throw error(failure::value, "the schema has no \"fields\"");
    json_cursor of_fields(fields);
    of_fields.elements([&] { into_.columns.emplace_back(read_field(of_fields)); });
    into_.schema_text = text;
  }

  static frame_field read_field(json_cursor& at) {
    expect(at, '{', "a field of the schema", "an object");
    frame_field made;
    std::string type, frame_type;
    at.members([&](const std::string& key) {
      if (key == "name" && at.peek() == '"') {
        made.name = at.text();
      } else if (key == "type" && at.peek() == '"') {
        type = at.text();
      } else if (key == "typeInfo" && at.peek() == '{') {
        made.nullable = false;  // unless it says so
        at.members([&](const std::string& inner) {
          if (inner == "frame" && at.peek() == '"')
            frame_type = at.text();
          else if (inner == "nullable" && (at.peek() == 't' || at.peek() == 'f'))
            made.nullable = at.boolean();
          else
            at.skip();
        });
      } else if (key == "labels" && at.peek() == '{') {
        at.members([&](const std::string& label) {
          expect(at, '"', "a label", "a string");
          made.labels[label] = at.text();
        });
      } else if (key == "config" && at.peek() == '{') {
        made.config = at.skip();
      } else {
        at.skip();
      }
    });
    made.type = type_of(type, frame_type, made.name);
    return made;
  }

  /// A writer that knows nothing of Go's types says only what a page has to know.
  static column_type type_of(const std::string& type, const std::string& frame_type, const std::string& name) {
    if (const auto known = frames::type_named(frame_type)) return *known;
    if (frame_type.empty()) {
      if (type == "number") return column_type::float64;
      if (type == "string") return column_type::text;
      if (type == "boolean") return column_type::boolean;
      if (type == "time") return column_type::time;
      if (type == "enum") return column_type::enumeration;
      if (type == "other") return column_type::json;
    }
    throw error(failure::value,
                "the schema has a field of an unknown type \"" + (frame_type.empty() ? type : frame_type) + "\"")
        .in_column(name);
  }

  void read_data(std::string_view text, std::size_t before) {
    std::string_view values, entities, nanos;
    json_cursor at(text);
    expect(at, '{', "\"data\"", "an object");
    at.members([&](const std::string& key) {
      if (key == "values")
        set_once(values, at.skip(), "values");
      else if (key == "entities")
        set_once(entities, at.skip(), "entities");
      else if (key == "nanos")
        set_once(nanos, at.skip(), "nanos");
      else
        at.skip();
    });
    if (values.empty()) return;
    read_values(values, before);
    read_beside(entities, "entities",
                [&](json_cursor& list, frame_column& column) { read_entities(list, column, before); });
    read_beside(nanos, "nanos", [&](json_cursor& list, frame_column& column) { read_nanos(list, column, before); });
    for (frame_column& one : into_.columns) one.complete();
  }

  template <class Read>
  void read_beside(std::string_view text, const char* name, Read read) {
    if (text.empty() || text == "null") return;
    json_cursor at(text);
    expect(at, '[', name, "an array");
    each_column(at, name, [&](frame_column& column) { read(at, column); });
  }

  /// Calls `use` for each element, with its column.
  template <class Use>
  void each_column(json_cursor& at, const char* what, Use use) {
    std::size_t i = 0;
    at.elements([&] {
      if (i == into_.columns.size())
        throw error(failure::value, std::string(what) + " has more arrays than the schema has fields");
      use(into_.columns[i++]);
    });
    if (i != into_.columns.size())
      throw error(failure::value, std::string(what) + " has " + std::to_string(i) + " arrays for the schema's " +
                                      std::to_string(into_.columns.size()) + " fields");
  }

  void read_values(std::string_view text, std::size_t before) {
    json_cursor at(text);
    expect(at, '[', "values", "an array");
    each_column(at, "values", [&](frame_column& column) {
      if (at.peek() != '[') throw error(failure::value, "the values are not an array").in_column(column.about().name);
      read_column(at, column);
    });
    for (const frame_column& one : into_.columns)
      if (one.size() != into_.columns.front().size())
        throw error(failure::value, "the columns differ in length: " + std::to_string(one.size() - before) +
                                        " values where the first has " +
                                        std::to_string(into_.columns.front().size() - before))
            .in_column(one.about().name);
  }

  [[noreturn]] static void refuse(json_cursor& at, const frame_column& column) {
    throw error(failure::value, "the value " + std::string(at.skip().substr(0, 40)) + " does not fit a column of " +
                                    std::string(names_of(column.about().type).frame))
        .in_row(column.size() + 1)
        .in_column(column.about().name);
  }
  static bool is_number(const json_cursor& at) noexcept {
    return at.peek() == '-' || (at.peek() >= '0' && at.peek() <= '9');
  }

  static void read_column(json_cursor& at, frame_column& column) {
    switch (column.about().type) {
      case column_type::int8: return read_whole<std::int8_t>(at, column);
      case column_type::int16: return read_whole<std::int16_t>(at, column);
      case column_type::int32: return read_whole<std::int32_t>(at, column);
      case column_type::uint8: return read_whole<std::uint8_t>(at, column);
      case column_type::enumeration:
      case column_type::uint16: return read_whole<std::uint16_t>(at, column);
      case column_type::uint32: return read_whole<std::uint32_t>(at, column);
      case column_type::uint64: return read_whole<std::uint64_t>(at, column);
      case column_type::int64:
      case column_type::time: return read_whole<std::int64_t>(at, column);
      case column_type::float32:
      case column_type::float64:
      case column_type::decimal: return read_reals(at, column);
      case column_type::boolean:
        return read_each(at, column, column.values<std::vector<std::uint8_t>>(), [&]() -> std::uint8_t {
          if (at.peek() != 't' && at.peek() != 'f') refuse(at, column);
          return at.boolean() ? 1 : 0;
        });
      case column_type::json: return read_texts(at, column, [&](std::string& to) { to += at.skip(); });
      case column_type::unknown:
      case column_type::bytes:
      case column_type::text:
        return read_texts(at, column, [&](std::string& to) {
          if (at.peek() != '"') refuse(at, column);
          at.append_text(to);
        });
    }
  }

  static bool take_null(json_cursor& at, const frame_column& column) {
    if (at.peek() != 'n') return false;
    if (!column.about().nullable && column.about().type != column_type::json) refuse(at, column);
    return at.take_null();
  }

  template <class Value, class Read>
  static void read_each(json_cursor& at, frame_column& column, std::vector<Value>& values, Read read) {
    at.elements([&] {
      if (take_null(at, column)) {
        values.push_back(Value{});
        column.add_null();
      } else {
        values.push_back(read());
      }
    });
  }

  /// Whole numbers of a type, which are kept as 64 bits.
  template <class Integer>
  static void read_whole(json_cursor& at, frame_column& column) {
    using kept = std::conditional_t<std::same_as<Integer, std::uint64_t>, std::uint64_t, std::int64_t>;
    read_each(at, column, column.values<std::vector<kept>>(), [&]() -> kept {
      json_cursor start = at;
      if (!is_number(at)) refuse(at, column);
      const std::string_view digits = at.number();
      std::int64_t small = 0;
      if (json::read_short_integer(digits, at.end(), small) && std::in_range<Integer>(small)) [[likely]]
        return static_cast<kept>(small);
      try {
        return from_field<Integer>(field::decimal(digits));
      } catch (const error&) {
        refuse(start, column);
      }
    });
  }

  static void read_reals(json_cursor& at, frame_column& column) {
    constexpr double beyond_floats = 3.4028235677973366e38;  // halfway to the one there would be behind the largest
    const double beyond =
        column.about().type == column_type::float32 ? beyond_floats : std::numeric_limits<double>::infinity();
    read_each(at, column, column.values<std::vector<double>>(), [&]() -> double {
      json_cursor start = at;
      if (!is_number(at)) refuse(at, column);
      const std::string_view digits = at.number();
      double value = 0;
      if (json::read_short_real(digits, at.end(), value)) [[likely]]
        return value;
      json::scanned_number number;
      json::scan_number(digits, number);
      value = json::to_real(number, digits);
      if (value >= beyond || value <= -beyond) refuse(start, column);
      return value;
    });
  }

  template <class Append>
  static void read_texts(json_cursor& at, frame_column& column, Append append) {
    auto& values = column.values<text_column>();
    at.elements([&] {
      if (take_null(at, column)) {
        values.append([](std::string&) {});
        column.add_null();
      } else {
        values.append(append);
      }
    });
  }

  /// The index of a row among those of the message.
  static std::size_t read_index(json_cursor& at, const frame_column& column, std::size_t before) {
    std::int64_t index = -1;
    if (!is_number(at) || !json::read_short_integer(at.number(), at.end(), index) || index < 0 ||
        static_cast<std::size_t>(index) >= column.size() - before)
      throw error(failure::value, "\"entities\" name a row that the message does not have")
          .in_column(column.about().name);
    return before + static_cast<std::size_t>(index);
  }

  static void read_entities(json_cursor& at, frame_column& column, std::size_t before) {
    if (at.take_null()) return;
    const auto wrong = [&](const char* what) { throw error(failure::value, what).in_column(column.about().name); };
    if (at.peek() != '{') wrong("\"entities\" are not an object");
    const bool is_real = column.about().type == column_type::float64 || column.about().type == column_type::float32;
    at.members([&](const std::string& key) {
      double value = std::numeric_limits<double>::quiet_NaN();
      if (key == "Inf") value = std::numeric_limits<double>::infinity();
      if (key == "NegInf") value = -std::numeric_limits<double>::infinity();
      const bool is_undefined = key == "Undef";  // of pages: there was no value
      if (key != "NaN" && key != "Inf" && key != "NegInf" && !is_undefined) wrong("\"entities\" have an unknown name");
      if (at.peek() != '[') wrong("the rows of \"entities\" are not an array");
      at.elements([&] {
        const std::size_t row = read_index(at, column, before);
        if (is_undefined) return;
        if (!is_real) wrong("\"entities\" of a column that is not of reals");
        column.values<std::vector<double>>()[row] = value;
        column.set_not_null(row);
      });
    });
  }

  static void read_nanos(json_cursor& at, frame_column& column, std::size_t before) {
    if (at.take_null()) return;
    const auto wrong = [&](const char* what) { throw error(failure::value, what).in_column(column.about().name); };
    if (at.peek() != '[' || column.about().type != column_type::time) wrong("\"nanos\" are not of a column of times");
    std::size_t row = before;
    at.elements([&] {
      std::int64_t nanoseconds = -1;
      if (row == column.size() || !is_number(at) || !json::read_short_integer(at.number(), at.end(), nanoseconds) ||
          nanoseconds < 0 || nanoseconds > 999'999)
        wrong("\"nanos\" are not 0 to 999999 for each row");
      if (nanoseconds != 0) column.set_nanoseconds(row, static_cast<std::uint32_t>(nanoseconds));
      ++row;
    });
    if (row != column.size()) wrong("\"nanos\" are not 0 to 999999 for each row");
  }

  frame& into_;
};

}  // namespace tidemark::frames
