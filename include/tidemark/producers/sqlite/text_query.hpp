#pragma once

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite/connection.hpp>
#include <tidemark/producers/sqlite/statement.hpp>
#include <tidemark/producers/sqlite/value.hpp>

namespace tidemark::sqlite {

/// The rows of an SQL query of one column that holds JSON text, passed through as they are:
///
///     tidemark::sqlite::text_query{db, "select payload from orders"}
///
/// NULL and infinities become null, numbers are written as such. Arguments as for query. A blob is an error.
class text_query {
 public:
  /// Throws error (producer, usage), also where the query has more columns than one.
  template <class... Parameters>
  text_query(lease db, std::string_view sql, const Parameters&... parameters)
      : statement_(std::move(db), sql, parameters...) {
    if (statement_.column_count() != 1)
      throw error(failure::usage, "a query for JSON text must have one column, this one has " +
                                      std::to_string(statement_.column_count()));
  }

  /// Starts anew, with keys for the parameters that were left open; see lookup(). Throws error (usage).
  void bind(std::span<const tidemark::field> keys) { statement_.bind(keys); }

  progress next() { return statement_.step() ? progress::row : progress::end; }

  std::string_view text() {
    sqlite3_value* const value = statement_.value(0);
    if (sqlite3_value_type(value) == SQLITE_TEXT) [[likely]]
      return read_text(value);
    return text_of(read_value(value));
  }

  tidemark::canceller canceller() { return statement_.canceller(); }

 private:
  [[gnu::noinline]] std::string_view text_of(const tidemark::field& value) {
    const auto digits = [this](const char* end) {
      return std::string_view(digits_.data(), static_cast<std::size_t>(end - digits_.data()));
    };
    switch (value.type()) {
      case field::kind::integer: return digits(json::write_integer(digits_.data(), value.as_integer()));
      case field::kind::real:
        if (json::is_finite(value.as_real())) return digits(json::write_real(digits_.data(), value.as_real()));
        return "null";
      case field::kind::null: return "null";
      default: throw error(failure::value, "the row is a blob where JSON text is expected");
    }
  }

  statement statement_;
  std::array<char, json::longest_number> digits_{};
};

}  // namespace tidemark::sqlite
