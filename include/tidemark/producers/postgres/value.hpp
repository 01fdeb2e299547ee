#pragma once

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/scan_number.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producers/postgres/binary_value.hpp>
#include <tidemark/producers/postgres/type.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark::postgres {

/// The octets of a bytea, put behind `to`: hex ("\x0aff"), or what bytea_output = escape gives. False for anything
/// else.
inline bool append_octets(std::string& to, std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (text.starts_with("\\x")) {
    text.remove_prefix(2);
    if (text.size() % 2 != 0) return false;
    const std::size_t start = to.size();
    to.resize(start + text.size() / 2);
    for (std::size_t i = 0; i != text.size(); i += 2) {
      const int high = digit(text[i]), low = digit(text[i + 1]);
      if (high < 0 || low < 0) return false;
      to[start + i / 2] = static_cast<char>(high << 4 | low);
    }
    return true;
  }
  for (std::size_t i = 0; i != text.size(); ++i) {
    if (text[i] != '\\') {
      to += text[i];
    } else if (i + 1 != text.size() && text[i + 1] == '\\') {
      to += text[++i];
    } else {
      unsigned octet = 0;
      if (text.size() - i < 4 || std::from_chars(&text[i + 1], &text[i + 1] + 3, octet, 8).ptr != &text[i + 1] + 3)
        return false;
      to += static_cast<char>(octet);
      i += 3;
    }
  }
  return true;
}

/// Writes the text of an array ({1,NULL,"a b"}; postgresql.org/docs/current/arrays.html, section "Array Input and
/// Output Syntax") as a JSON array, of arrays where it has several dimensions.
class array_writer {
 public:
  explicit array_writer(form elements) noexcept : elements_(elements) {}

  /// Puts it behind `to`. Throws error (producer) where the text is no array.
  void append(std::string& to, std::string_view text) {
    at_ = text.data();
    end_ = at_ + text.size();
    if (at_ != end_ && *at_ == '[')
      at_ = std::find(at_, end_, '=') + 1;  // bounds that do not begin at 1: [0:2]={1,2,3}
    if (at_ >= end_ || *at_ != '{') refuse();
    while (at_ != end_) {
      switch (*at_) {
        case '{': to += '['; break;
        case '}': to += ']'; break;
        case ',': to += ','; break;
        default: append_element(to); continue;
      }
      ++at_;
    }
  }

 private:
  [[noreturn]] static void refuse() { throw error(failure::producer, "the server sent an array that is none"); }

  void append_element(std::string& to) {
    element_.clear();
    if (*at_ != '"') {
      const char* const end = std::find_if(at_, end_, [](char c) { return c == ',' || c == '}'; });
      element_.assign(at_, end);
      at_ = end;
      if (element_ == "NULL") {
        to += "null";
        return;
      }
    } else {
      for (++at_; at_ != end_ && *at_ != '"'; ++at_) {
        if (*at_ == '\\') ++at_;
        if (at_ == end_) break;
        element_ += *at_;
      }
      if (at_ == end_) refuse();
      ++at_;
    }
    json::append_value(to, writer_, value());
  }

  field value() {
    switch (elements_) {
      case form::boolean: return field::boolean(element_ == "t");
      case form::integer: return field::decimal(element_);
      case form::json: return field::json(element_);
      case form::real:
      case form::decimal: return json::is_number(element_) ? field::decimal(element_) : field::null();
      case form::octets:
        octets_.clear();
        if (!append_octets(octets_, element_)) refuse();
        return field::bytes(std::as_bytes(std::span(octets_)));
      case form::time: {
        timestamp time;
        if (json::time_reader(element_).read(time)) return field::time(time);
        break;
      }
      case form::text: break;
    }
    return field::text(element_);
  }

  form elements_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::string element_, octets_;
  json::value_writer writer_{json_options{}, false};
};

/// Reads the values of one column.
class column_reader {
 public:
  /// `in_binary`: its values come in the server's binary form.
  explicit column_reader(Oid oid, bool in_binary) noexcept
      : type_(type_of(oid)),
        usual_(in_binary || type_.is_array ? form::json : type_.of),
        oid_(oid),
        in_binary_(in_binary) {}

  Oid oid() const noexcept { return oid_; }
  bool is_in_binary() const noexcept { return in_binary_; }

  /// The value that `text` spells, NUL-terminated behind its `size` bytes. Valid as long as `text`, and until the next
  /// call. Throws error (producer) for what the server does not send.
  field read(const char* text, std::size_t size) {
    const std::string_view all(text, size);
    switch (usual_) {
      case form::integer:
        if (size - 1 < 2 * json::few_digits::most) [[likely]]  // and not empty, as none is
          return field::integer(short_integer(text, text + size));
        break;
      case form::time: {
        timestamp time;
        // "infinity", years before Christ, and other styles than ISO (DateStyle) stay as they are.
        if (json::time_reader(all).read(time)) [[likely]]
          return field::time(time);
        return field::text(all);
      }
      default: return read_spelled(text, size);
    }
    return read_rarer(all);
  }

  /// The same as row_of_spelled_fields has it.
  [[gnu::always_inline]] field read_spelled(const char* text, std::size_t size) {
    const std::string_view all(text, size);
    switch (usual_) {
      case form::text: return field::text(all);
      case form::integer: return field::decimal(all);
      case form::real:
        // The server's digits are the shortest of this double or float already (extra_float_digits), and spelled as
        // they would be here but for exponents.
        if (!has_exponent(all) && is_finite(all)) [[likely]]
          return field::decimal(all);
        break;
      case form::decimal:
        if (is_finite(all)) [[likely]]
          return field::decimal(all);
        break;
      case form::boolean: return field::boolean(*text == 't');
      case form::time:
        if (is_usual_time(all)) [[likely]]
          return field::decimal(spelled_time(text));
        return read(text, size);
      default: break;
    }
    return read_rarer(all);
  }

 private:
  /// Of at most 16 characters, which are not looked at: the server spells its integers.
  static std::int64_t short_integer(const char* at, const char* end) noexcept {
    constexpr auto most = static_cast<std::ptrdiff_t>(json::few_digits::most);
    const bool is_negative = *at == '-';
    if (is_negative) ++at;
    std::uint64_t number = 0;
    if (end - at > most) {
      number = json::few_digits(at, static_cast<std::size_t>(end - at - most), end).value() * 100'000'000;
      at = end - most;
    }
    number += json::few_digits(at, static_cast<std::size_t>(end - at), end).value();
    return is_negative ? -static_cast<std::int64_t>(number) : static_cast<std::int64_t>(number);
  }

  /// "2024-02-29 23:59:59", which no other type and no other style has. The server sends only days that there are.
  static constexpr std::size_t usual_time_size = 19;
  static bool is_usual_time(std::string_view text) noexcept {
    return text.size() == usual_time_size && text[4] == '-' && text[7] == '-' && text[10] == ' ' && text[13] == ':' &&
           text[16] == ':';
  }

  /// Of a usual time, the string that JSON has for it.
  std::string_view spelled_time(const char* text) {
    if (made_.size() != usual_time_size + 2) made_.assign(usual_time_size + 2, '"');
    std::memcpy(&made_[1], text, usual_time_size);
    made_[11] = 'T';
    return made_;
  }

  /// NaN and infinities are no decimals.
  static bool is_finite(std::string_view text) noexcept { return text.back() <= '9'; }

  /// An exponent has a sign and two or three digits (float8out): so there is a sign at one of two places, which a
  /// number without an exponent has at its start alone.
  static bool has_exponent(std::string_view text) noexcept {
    constexpr std::size_t shortest = 5;  // 1e+15
    const auto is_sign = [](char c) { return c < '.'; };
    return text.size() >= shortest && (is_sign(text[text.size() - 3]) || is_sign(text[text.size() - 4]));
  }

  [[gnu::noinline]] field read_rarer(std::string_view text) {
    made_.clear();
    if (in_binary_) return binary_value(text).read(oid_, made_);
    if (type_.is_array) {
      array_writer(type_.of).append(made_, text);
      return field::json(made_);
    }
    switch (type_.of) {
      case form::integer: {
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return field::integer(value);
      }
      case form::real:
      case form::decimal: return read_real(text);
      case form::json: return field::json(text);
      case form::octets:
        if (!append_octets(made_, text)) throw error(failure::producer, "the server sent a bytea that is none");
        return field::bytes(std::as_bytes(std::span(made_)));
      default: break;
    }
    return field::text(text);
  }

  static field read_real(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);  // NaN, Infinity and -Infinity, too
    return field::real(value);
  }

  type type_;
  form usual_;  // form::json for what read_rarer() reads anyway
  Oid oid_;
  bool in_binary_;
  std::string made_;
};

}  // namespace tidemark::postgres
