#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/object/tokens.hpp>

namespace tidemark {

/// The row of text that is read, in tokens: what text_object, text_value and text_array look at.
struct text_source {
  tokens found;
  std::uint32_t first = 0;    ///< the row's first token
  std::uint32_t end = 0;      ///< the token behind the row
  std::uint64_t row = 0;      ///< its number, counted from 1; 0 where it is not known
  std::string column = {};    ///< that the text is the value of, where it is not the row
  bool is_utf8 = true;        ///< whether that is known
  std::string relation = {};  ///< of the row

  /// Makes the tokens from `begin` to `behind` the row. Throws error (value) where they are not an object's.
  void start_row(std::uint32_t begin, std::uint32_t behind) {
    first = begin;
    end = behind;
    if (first == end) fail("bad JSON: the text is empty", no_key);
    if (at(first) != '{') fail("the row is not an object", no_key);
    if (at(end - 1) != '}') fail("bad JSON: the row does not end with }", no_key);
  }

  /// Makes a whole text the row. Throws error (value).
  void start_row(std::string_view text) {
    end = 0;
    if (const char* const problem = found.find(text)) fail(std::string("bad JSON: ") + problem, no_key);
    start_row(0, found.count());
  }

  /// The first character of a token, or 0 behind the row.
  char at(std::uint32_t token) const noexcept { return token < end ? *found.at(token) : '\0'; }

  /// No key is the first token of a text.
  static constexpr std::uint32_t no_key = 0;

  /// Throws error (value) that names the row and, where `key` is the token of one, the member.
  [[noreturn]] void fail(std::string message, std::uint32_t key) { fail_named(std::move(message), name_of(key)); }
  [[noreturn]] void fail_named(std::string message, std::string_view name) const {
    error failed = error(failure::value, std::move(message)).going_on(true);
    if (row != 0) failed = failed.in_relation(relation).in_row(row);
    throw name.empty() ? failed : failed.in_column(name);
  }
  std::string_view name_of(std::uint32_t key) { return key == no_key ? std::string_view(column) : string(key, no_key); }

  /// The token behind the value at `token`. Only brackets are looked at.
  std::uint32_t behind(std::uint32_t token, std::uint32_t key) {
    std::size_t depth = 0;
    do {
      switch (at(token++)) {
        case '{':
        case '[': ++depth; break;
        case '}':
        case ']':
          if (depth == 0) fail("bad JSON: a value is missing", key);
          --depth;
          break;
        case ',':
        case ':':
          if (depth == 0) fail("bad JSON: a value is missing", key);
          break;
        case '\0': fail("bad JSON: the text ends too early", key);
        default: break;
      }
    } while (depth != 0);
    return token;
  }

  /// The key of the first member of the object at `object`, or no_key where it has none; and that of the member behind
  /// the one at `key`. Throws error (value) for what JSON does not allow on the way.
  std::uint32_t first_key(std::uint32_t object) {
    if (at(object + 1) != '}') return checked_key(object + 1);
    check_end(object, object + 1);
    return no_key;
  }
  std::uint32_t next_key(std::uint32_t object, std::uint32_t key) {
    const std::uint32_t next = behind(key + 2, key);
    switch (at(next)) {
      case ',': return checked_key(next + 1);
      case '}': check_end(object, next); return no_key;
      default: fail("bad JSON: a comma or } is missing", key);
    }
  }
  std::uint32_t checked_key(std::uint32_t key) {
    if (at(key) != '"') fail("bad JSON: a key in double quotes is missing", no_key);
    if (at(key + 1) != ':') fail("bad JSON: a colon is missing", no_key);
    return key;
  }

  /// Called where the object or array at `token` ends, with the bracket at `closing`: where that is the whole row,
  /// nothing may follow.
  void check_end(std::uint32_t token, std::uint32_t closing) {
    if (token == first && closing + 1 != end) fail("bad JSON: something follows the row", no_key);
  }

  /// What a string stands for; a view of the text, or of memory beside it where it has escapes.
  std::string_view string(std::uint32_t token, std::uint32_t key) {
    const std::string_view quoted = found.text(token, token + 1);
    if (quoted.size() < 2 || quoted.back() != '"') fail("bad JSON: something follows a string", key);
    const std::string_view inside = quoted.substr(1, quoted.size() - 2);
    if (!is_utf8 && !json::is_utf8(inside)) fail("bad JSON: not UTF-8", key);
    if (std::memchr(inside.data(), '\\', inside.size()) == nullptr) return inside;
    char* const space = found.space_for(token);
    const char* const stop = json::unescape(space, inside);
    if (stop == nullptr) fail("bad JSON: an escape that JSON does not have", key);
    return {space, static_cast<std::size_t>(stop - space)};
  }
};

}  // namespace tidemark
