#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres/type.hpp>
#include <tidemark/producers/postgres/value.hpp>

namespace tidemark::postgres {

/// The columns of a result, and how the values of each are read.
class result_columns {
 public:
  /// Text of the column of this name is JSON.
  void add_json(std::string name) { json_.push_back(std::move(name)); }

  bool are_known() const noexcept { return !columns_.empty(); }

  /// Takes them from a result. Throws error (usage) where it has none, lacks one that add_json() has named, or is in
  /// binary and has one that is not read in that.
  void learn(const PGresult* result) {
    const int count = PQnfields(result);
    if (count == 0) throw error(failure::usage, "the SQL gives no columns: it is not a query");
    for (int i = 0; i != count; ++i) {
      const Oid type = PQftype(result, i);
      const bool in_binary = PQfformat(result, i) == 1;
      if (in_binary && !is_read_in_binary(type))
        throw error(failure::usage, "values of type " + std::to_string(type) +
                                        " are not read in binary: cast them to text, or do not ask for binary()")
            .in_column(PQfname(result, i));
      columns_.push_back({PQfname(result, i), column_type_of(type)});
      readers_.emplace_back(type, in_binary);
    }
    constexpr Oid json = 114;
    for (const std::string& name : json_) {
      column_reader& reader = reader_named(name);
      columns_[static_cast<std::size_t>(&reader - readers_.data())].type = column_type::json;
      if (type_of(reader.oid()).of != form::json) reader = column_reader(json, reader.is_in_binary());
    }
  }

  std::span<const column> all() const noexcept { return columns_; }

  /// The value of column i of a row of a result; see column_reader.
  field read(const PGresult* result, int row, std::size_t i) {
    const auto at = static_cast<int>(i);
    const int size = PQgetlength(result, row, at);
    if (size == 0 && PQgetisnull(result, row, at) != 0) return field::null();
    return readers_[i].read(PQgetvalue(result, row, at), static_cast<std::size_t>(size));
  }

  /// The same for row_of_spelled_fields.
  [[gnu::always_inline]] field read_spelled(const PGresult* result, int row, std::size_t i) {
    const auto at = static_cast<int>(i);
    const int size = PQgetlength(result, row, at);
    if (size == 0 && PQgetisnull(result, row, at) != 0) return field::null();
    return readers_[i].read_spelled(PQgetvalue(result, row, at), static_cast<std::size_t>(size));
  }

 private:
  column_reader& reader_named(const std::string& name) {
    for (std::size_t i = 0; i != columns_.size(); ++i)
      if (columns_[i].name == name) return readers_[i];
    throw error(failure::usage, "the query has no column \"" + name + "\"");
  }

  std::vector<std::string> json_;
  std::vector<column> columns_;
  std::vector<column_reader> readers_;  // of each column
};

}  // namespace tidemark::postgres
