#pragma once

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/scan_number.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite/incremental_blob.hpp>
#include <tidemark/producers/sqlite/value.hpp>

namespace tidemark::sqlite {

/// How the values of one column become fields, where that is not simply what SQLite stored.
class reading {
 public:
  enum class role : std::uint8_t {
    plain,    ///< as stored
    json,     ///< text is JSON
    boolean,  ///< 0 and 1 are false and true
    decimal,  ///< numbers, and text that is a number, are decimals
    drawn,    ///< rowids stand for values that are drawn in pieces
  };

  /// `column`: its name in the result.
  reading(std::string column, role what) : column_(std::move(column)), role_(what) {}
  reading(std::string column, std::unique_ptr<incremental_blob> source)
      : column_(std::move(column)), role_(role::drawn), source_(std::move(source)) {}

  /// The role of a column declared as `type` (sqlite3_column_decltype; null for an expression).
  static role declared(const char* type) noexcept {
    const auto begins = [type](const char* word, int size) { return sqlite3_strnicmp(type, word, size) == 0; };
    if (type == nullptr) return role::plain;
    if (begins("BOOLEAN", 8) || begins("BOOL", 5)) return role::boolean;  // all of it: their 0 counts too
    if (begins("DECIMAL", 7) || begins("NUMERIC", 7)) return role::decimal;
    return role::plain;
  }

  /// What the values of a column declared as `type` are, by the words of the declaration that SQLite goes by (Datatypes
  /// In SQLite, section 3.1), and by those of times and dates. SQLite stores other values there, too.
  static column_type declared_type(const char* type) noexcept {
    if (type == nullptr) return column_type::unknown;
    const auto has = [type](const char* pattern) { return sqlite3_strlike(pattern, type, 0) == 0; };
    if (has("%INT%")) return column_type::int64;
    if (has("%CHAR%") || has("%CLOB%") || has("%TEXT%")) return column_type::text;
    if (has("%BLOB%")) return column_type::bytes;
    if (has("%REAL%") || has("%FLOA%") || has("%DOUB%")) return column_type::float64;
    if (has("BOOL%")) return column_type::boolean;
    if (has("DECIMAL%") || has("NUMERIC%")) return column_type::decimal;
    if (has("DATE%") || has("TIMESTAMP%")) return column_type::time;
    return column_type::unknown;
  }

  /// What this column's values are. `declared`: see declared_type().
  column_type type(column_type declared) const noexcept {
    switch (role_) {
      case role::json: return column_type::json;
      case role::boolean: return column_type::boolean;
      case role::decimal: return column_type::decimal;
      case role::drawn: return column_type::text;
      case role::plain: break;
    }
    return declared;
  }

  const std::string& column() const noexcept { return column_; }
  bool is_plain() const noexcept { return role_ == role::plain; }

  /// The value as a field, valid until the statement moves.
  field read(sqlite3_value* value) {
    const field stored = read_value(value);
    using kind = field::kind;
    switch (role_) {
      case role::plain: break;
      case role::json:
        if (stored.type() == kind::text) return field::json(stored.as_view());
        break;
      case role::boolean:
        if (stored.type() == kind::integer && (stored.as_integer() == 0 || stored.as_integer() == 1))
          return field::boolean(stored.as_integer() == 1);
        break;
      case role::decimal: return decimal(stored);
      case role::drawn:
        if (stored.type() == kind::integer) return source_->open(stored.as_integer());
        if (!stored.is_null()) throw error(failure::usage, "a column that is drawn in pieces must hold rowids or NULL");
        break;
    }
    return stored;
  }

  /// Reads now what kept() gives until the statement moves.
  void keep(sqlite3_value* value) { kept_ = read(value); }
  const field& kept() const noexcept { return kept_; }

 private:
  field decimal(const field& stored) {
    char* const begin = digits_.data();
    const auto made = [begin](const char* end) {
      return field::decimal({begin, static_cast<std::size_t>(end - begin)});
    };
    switch (stored.type()) {
      case field::kind::integer: return made(json::write_integer(begin, stored.as_integer()));
      case field::kind::real:
        return json::is_finite(stored.as_real()) ? made(json::write_real(begin, stored.as_real())) : stored;
      case field::kind::text: return json::is_number(stored.as_view()) ? field::decimal(stored.as_view()) : stored;
      default: return stored;
    }
  }

  std::string column_;
  role role_;
  std::unique_ptr<incremental_blob> source_;
  field kept_ = field::null();
  std::array<char, json::longest_number> digits_{};  // of a decimal that SQLite stored as a number
};

}  // namespace tidemark::sqlite
