#pragma once

#include <libpq-fe.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/producers/postgres/exchange.hpp>
#include <tidemark/producers/postgres/parameters.hpp>
#include <tidemark/producers/postgres/result_columns.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark::postgres {

/// The rows of an SQL query as fields, one by one as the server sends them.
///
///     tidemark::postgres::query{db, "select id, payload from orders where day > $1", "2024-02-29"}
///
/// `db`: a connection or PGconn*, borrowed, or a connection&&, which the query then owns. A connection serves one query
/// at a time. Further arguments: the values of the parameters ($1, $2): integers, bool, floating point, anything that
/// is a std::string_view (text), std::span<const std::byte> (bytea), nullptr and std::nullopt (NULL), std::optional of
/// these. Their values are copied, and the server infers their types.
///
/// Whole numbers are integers, float4 and float8 reals, numeric is a decimal, json and jsonb pass through, bytea is
/// octets, dates and times are those of ISO 8601 (timestamptz in UTC), arrays of these JSON arrays; all else is text as
/// the server spells it, uuid and composite types too.
///
/// Nothing is sent before the first next(). While the server has nothing to give, next() answers pending; pull() of a
/// stream waits. libpq holds the whole row, so the longest row bounds the memory, or with chunked_rows() the longest
/// chunk of them. Destroyed early, it cancels the query; see exchange. A lost connection is an error, never the end.
class query {
 public:
  template <class... Parameters>
  query(lease db, std::string_view sql, const Parameters&... values)
      : exchange_(std::move(db)), sql_(sql), parameters_(values...), given_(parameters_.count()) {}

  /// Text of this column is JSON and passes through as it is. A name that the result does not have is an error (usage)
  /// of the first next().
  query&& json(std::string name) && {
    columns_.add_json(std::move(name));
    return std::move(*this);
  }

  /// Values come in the server's binary form: the same ones, but for years before Christ, which ISO 8601 spells other
  /// than the server. A column of a type without a spelling in binary (composite types, enumerations, intervals) is an
  /// error (usage) of the first next(): cast it to text.
  query&& binary() && {
    delivery_.in_binary = true;
    return std::move(*this);
  }

  /// Rows come up to `most` at a time, which costs libpq less for each (PQsetChunkedRowsMode). The first of them waits
  /// for the last, and where the query fails in the middle of them, libpq gives none. One by one where libpq is older
  /// than version 17.
  query&& chunked_rows(row_mark most) && {
    delivery_.rows = static_cast<int>(std::min<std::size_t>(most.count(), std::numeric_limits<int>::max()));
    return std::move(*this);
  }

  /// Starts anew, with keys for the parameters behind those that have a value; see lookup(). Throws error (usage).
  void bind(std::span<const tidemark::field> keys) {
    exchange_.end();
    parameters_.replace(given_, keys);
    is_sent_ = false;
    row_ = count_ = 0;
  }

  progress next() {
    if (!is_sent_) send();
    if (row_ + 1 < count_ && !exchange_.is_canceled()) {
      ++row_;
      return progress::row;
    }
    for (;;) {
      row_ = count_ = 0;
      const progress answer = exchange_.next();
      if (answer != progress::row) return answer;
      if (!columns_.are_known()) learn_columns();
      count_ = PQntuples(exchange_.result());
      if (count_ != 0) return progress::row;
    }
  }

  std::span<const column> columns() const noexcept { return columns_.all(); }

  tidemark::field field(std::size_t i) { return columns_.read(exchange_.result(), row_, i); }

  /// See row_of_spelled_fields: integers and times are not taken apart to be put together again.
  [[gnu::always_inline]] tidemark::field spelled_field(std::size_t i) {
    return columns_.read_spelled(exchange_.result(), row_, i);
  }

  std::span<const wait_condition> waits_for() noexcept { return exchange_.waits_for(); }

  /// Stops this query, and no other on its connection: see interruption. The server is told when the query is asked for
  /// its next row, or destroyed.
  tidemark::canceller canceller() { return exchange_.canceller(); }

 private:
  void send() {
    exchange_.check();
    exchange_.send(sql_, parameters_, delivery_);
    is_sent_ = true;
  }

  void learn_columns() {
    try {
      columns_.learn(exchange_.result());
    } catch (const error&) {
      exchange_.end();
      throw;
    }
  }

  exchange exchange_;
  std::string sql_;
  parameters parameters_;
  std::size_t given_;  // how many of them bind() leaves alone
  exchange::delivery delivery_;
  result_columns columns_;
  bool is_sent_ = false;
  int row_ = 0;    // of the result
  int count_ = 0;  // of its rows
};

}  // namespace tidemark::postgres
