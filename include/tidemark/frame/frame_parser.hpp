#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/frame.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/frame/message.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/cursor.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/scan_number.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::frames {

/// Reads the schema and the data of the messages of one frame.
class frame_parser {
 public:
  explicit frame_parser(frame& into) noexcept : into_(into) {}

  /// Adds what a message's frame has: its rows, and its schema where it is the first. Throws error (value); the frame
  /// has the rows then that it had before.
  void add(std::string_view text) {
    std::string_view schema, data;
    json::cursor at(text);
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
  static void expect(const json::cursor& at, char first, const char* what, const char* wanted) {
    if (at.peek() != first) throw error(failure::value, std::string(what) + " is not " + wanted);
  }

  void read_schema(std::string_view text) {
    if (!into_.schema_text.empty()) {  // once more, as some send it with each message
      if (text != into_.schema_text) throw error(failure::value, "a frame has two schemas that differ");
      return;
    }
    json::cursor at(text);
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
    json::cursor of_fields(fields);
    of_fields.elements([&] { into_.columns.emplace_back(read_field(of_fields)); });
    into_.schema_text = text;
  }

  static frame_field read_field(json::cursor& at) {
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
    json::cursor at(text);
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
                [&](json::cursor& list, frame_column& column) { read_entities(list, column, before); });
    read_beside(nanos, "nanos", [&](json::cursor& list, frame_column& column) { read_nanos(list, column, before); });
    for (frame_column& one : into_.columns) one.complete();
  }

  template <class Read>
  void read_beside(std::string_view text, const char* name, Read read) {
    if (text.empty() || text == "null") return;
    json::cursor at(text);
    expect(at, '[', name, "an array");
    each_column(at, name, [&](frame_column& column) { read(at, column); });
  }

  /// Calls `use` for each element, with its column.
  template <class Use>
  void each_column(json::cursor& at, const char* what, Use use) {
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
    json::cursor at(text);
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

  [[noreturn]] static void refuse(json::cursor& at, const frame_column& column) {
    throw error(failure::value, "the value " + std::string(at.skip().substr(0, 40)) + " does not fit a column of " +
                                    std::string(names_of(column.about().type).frame))
        .in_row(column.size() + 1)
        .in_column(column.about().name);
  }
  static bool is_number(const json::cursor& at) noexcept {
    return at.peek() == '-' || (at.peek() >= '0' && at.peek() <= '9');
  }

  static void read_column(json::cursor& at, frame_column& column) {
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

  static bool take_null(json::cursor& at, const frame_column& column) {
    if (at.peek() != 'n') return false;
    if (!column.about().nullable && column.about().type != column_type::json) refuse(at, column);
    return at.take_null();
  }

  template <class Value, class Read>
  static void read_each(json::cursor& at, frame_column& column, std::vector<Value>& values, Read read) {
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
  static void read_whole(json::cursor& at, frame_column& column) {
    using kept = std::conditional_t<std::same_as<Integer, std::uint64_t>, std::uint64_t, std::int64_t>;
    read_each(at, column, column.values<std::vector<kept>>(), [&]() -> kept {
      json::cursor start = at;
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

  static void read_reals(json::cursor& at, frame_column& column) {
    constexpr double beyond_floats = 3.4028235677973366e38;  // halfway to the one there would be behind the largest
    const double beyond =
        column.about().type == column_type::float32 ? beyond_floats : std::numeric_limits<double>::infinity();
    read_each(at, column, column.values<std::vector<double>>(), [&]() -> double {
      json::cursor start = at;
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
  static void read_texts(json::cursor& at, frame_column& column, Append append) {
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
  static std::size_t read_index(json::cursor& at, const frame_column& column, std::size_t before) {
    std::int64_t index = -1;
    if (!is_number(at) || !json::read_short_integer(at.number(), at.end(), index) || index < 0 ||
        static_cast<std::size_t>(index) >= column.size() - before)
      throw error(failure::value, "\"entities\" name a row that the message does not have")
          .in_column(column.about().name);
    return before + static_cast<std::size_t>(index);
  }

  static void read_entities(json::cursor& at, frame_column& column, std::size_t before) {
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

  static void read_nanos(json::cursor& at, frame_column& column, std::size_t before) {
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
