#pragma once

#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
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
#include <tidemark/producers/postgres/read_off.hpp>
#include <tidemark/producers/postgres/result_columns.hpp>
#include <tidemark/stopwatch.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark::postgres {

/// The rows of an SQL query as fields, fetched some at a time through a cursor of the server. Between two fetches the
/// connection is free, so any number of cursors share one, as nest() over several relations needs:
///
///     db.execute("begin isolation level repeatable read read only");
///     auto artists = nest(cursor{db, "select * from artist order by id"},
///                         many("albums", cursor{db, "select * from album order by artist"},
///                              on(equal("id", "artist"))));
///
/// Parameters, the types of values, json(), waiting and errors are as in query. The connection must be in a
/// transaction; where it is not, the first next() throws error (usage). The transaction is the caller's to end, behind
/// the cursors.
///
/// The rows of a fetch are read off together and held by libpq until they are used up. The first fetch is of one row,
/// each one behind it of four times as many as the one before, up to 256 (see fetch_size()), or up to as many as make
/// 64 KiB if all are as long as the longest of the fetch before. So the longest row bounds the memory, or where rows
/// get longer all at once, as many of these as were asked for.
///
/// Where a row fails, the server gives none of its fetch: those of the fetches before it are handed out, then the error
/// is thrown. The transaction is aborted then, and with it every other cursor on the connection. A timeout of
/// statements is one of each fetch.
///
/// Destroyed early, it closes the cursor at the server. Where its fetch is under way (next() has answered pending), it
/// cancels that, as exchange does, which aborts the transaction; where another one's is, it leaves the cursor open.
///
/// While a fetch is under way, the connection cannot be used, and another cursor that has to fetch throws error
/// (usage). nest() stays with a producer until it has given a row, so it never asks another one meanwhile.
class cursor {
 public:
  template <class... Parameters>
  cursor(lease db, std::string_view sql, const Parameters&... values)
      : open_(nullptr, closer{new_name(), db.is_owner()}),
        exchange_(std::move(db)),
        sql_(sql),
        parameters_(values...),
        given_(parameters_.count()) {}

  /// Text of this column is JSON and passes through as it is. A name that the result does not have is an error (usage)
  /// of the first next().
  cursor&& json(std::string name) && {
    columns_.add_json(std::move(name));
    return std::move(*this);
  }

  /// Values come in the server's binary form; see query.
  cursor&& binary() && {
    in_binary_ = true;
    return std::move(*this);
  }

  /// About how much one fetch holds. A longer row is fetched by itself.
  cursor&& fetch_size(byte_mark most) && {
    most_bytes_ = most.count();
    return std::move(*this);
  }

  /// How many rows one fetch holds at the most; 256 where this is not said.
  cursor&& fetch_size(row_mark most) && {
    most_rows_ = std::min(most.count(), std::size_t{1} << 30);  // FETCH takes no more
    return std::move(*this);
  }

  /// Starts anew, with keys for the parameters behind those that have a value; see lookup(). What is under way is read
  /// off first, and the cursor is closed and declared again: three statements for each call. Throws error (usage).
  void bind(std::span<const tidemark::field> keys) {
    parameters_.replace(given_, keys);
    drop_rows();
    if (step_ == step::over) step_ = step::declare;
    if (step_ == step::declare && !exchange_.is_running()) return;
    if (step_ == step::fetch && !exchange_.is_running()) step_ = step::close;
    is_anew_ = true;
  }

  progress next() {
    for (;;) {
      if (!exchange_.is_running()) {
        exchange_.check();
        if (++row_ < count_) [[likely]]
          return progress::row;
        drop_rows();
        if (step_ == step::over) return progress::end;
        send_step();
      }
      for (progress answer = exchange_.next(); answer != progress::end; answer = exchange_.next()) {
        if (answer == progress::pending) return answer;
        if (step_ == step::fetch) rows_ = exchange_.take_result();
      }
      take_step();
    }
  }

  std::span<const column> columns() const noexcept { return columns_.all(); }

  tidemark::field field(std::size_t i) { return columns_.read(rows_.get(), row_, i); }

  /// See row_of_spelled_fields.
  [[gnu::always_inline]] tidemark::field spelled_field(std::size_t i) {
    return columns_.read_spelled(rows_.get(), row_, i);
  }

  std::span<const wait_condition> waits_for() noexcept { return exchange_.waits_for(); }

  /// Stops this cursor, and nothing else on its connection but what shares its transaction: see interruption. Its
  /// next() throws then, also where rows were fetched already.
  tidemark::canceller canceller() { return exchange_.canceller(); }

 private:
  enum class step : std::uint8_t { declare, fetch, close, over };

  /// Closes a cursor before its end, where that is of use.
  struct closer {
    std::string name;
    bool is_owner;        // nobody else uses the connection
    bool is_open = true;  // at the server

    void operator()(PGconn* db) const noexcept try {
      // It is gone with its transaction, failed or ended. Where another cursor fetches, there is no asking.
      if (is_owner || !is_open || PQtransactionStatus(db) != PQTRANS_INTRANS) return;
      // Closing one that is gone would make the transaction fail, which may be another one by now.
      const std::string there = "select from pg_cursors where name = '" + name + "'";
      if (PQsendQuery(db, there.c_str()) == 0 || PQntuples(read_off(db).get()) == 0) return;
      if (PQsendQuery(db, ("close " + name).c_str()) != 0) read_off(db);
    } catch (...) {
      // No memory left: it is closed with its transaction.
    }
  };

  /// One that no other cursor of this process has.
  static std::string new_name() {
    static std::atomic<std::uint64_t> count = 0;
    return "tidemark_" + std::to_string(++count);
  }
  const std::string& name() const noexcept { return open_.get_deleter().name; }

  void send_step() {
    PGconn* const db = exchange_.database();
    switch (PQtransactionStatus(db)) {
      case PQTRANS_ACTIVE:
        throw error(failure::usage, "another query or fetch is under way on this connection: go on with that first");
      case PQTRANS_IDLE:
        if (step_ == step::declare)
          throw error(failure::usage, "a cursor needs a transaction: begin one on its connection first");
        break;
      default: break;
    }
    switch (step_) {
      case step::declare: exchange_.send("declare " + name() + " no scroll cursor for " + sql_, parameters_, {}); break;
      case step::fetch:
        taken_ = {};
        taken_.start();
        exchange_.send("fetch forward " + std::to_string(asked_) + " from " + name(), {},
                       {exchange::delivery::all, in_binary_});
        break;
      case step::close: exchange_.send("close " + name(), {}, {}); break;
      case step::over: break;
    }
  }

  /// What a step that is done leads to.
  void take_step() {
    switch (step_) {
      case step::declare:
        open_.reset(exchange_.database());
        open_.get_deleter().is_open = true;
        step_ = step::fetch;
        break;
      case step::fetch:
        take_rows();
        if (is_anew_) drop_rows();
        break;
      case step::close:
        open_.get_deleter().is_open = false;
        open_.reset();
        step_ = std::exchange(is_anew_, false) ? step::declare : step::over;
        break;
      case step::over: break;
    }
  }

  void take_rows() {
    count_ = PQntuples(rows_.get());
    step_ = is_anew_ || count_ < static_cast<int>(asked_) ? step::close : step::fetch;
    if (!columns_.are_known()) columns_.learn(rows_.get());
    if (count_ != 0) adapt(longest_row());
  }

  void drop_rows() noexcept {
    rows_.reset();
    row_ = -1;
    count_ = 0;
  }

  /// In bytes, with what libpq notes about each value.
  std::size_t longest_row() const noexcept {
    constexpr std::size_t noted = 16;
    const auto columns = static_cast<int>(columns_.all().size());
    std::size_t longest = 0;
    for (int row = 0; row != count_; ++row) {
      std::size_t size = 0;
      for (int i = 0; i != columns; ++i) size += static_cast<std::size_t>(PQgetlength(rows_.get(), row, i)) + noted;
      longest = std::max(longest, size);
    }
    return longest;
  }

  /// Says how many rows are fetched next.
  void adapt(std::size_t longest) noexcept {
    constexpr double long_wait = 0.1;  // seconds; rows are not held back for longer, for those behind them
    constexpr std::size_t growth = 4;
    const std::size_t wanted = taken_.seconds() > long_wait ? asked_ / growth : asked_ * growth;
    asked_ = std::max<std::size_t>(std::min({wanted, most_bytes_ / longest, most_rows_}), 1);
  }

  std::unique_ptr<PGconn, closer> open_;  // before exchange_: closed when nothing is under way any more
  exchange exchange_;
  std::string sql_;
  parameters parameters_;
  std::size_t given_;  // how many of them bind() leaves alone
  bool in_binary_ = false;
  result_columns columns_;
  result_handle rows_;         // of the last fetch
  int row_ = -1;               // which of them is the row
  int count_ = 0;              // of them
  step step_ = step::declare;  // under way, or next
  bool is_anew_ = false;       // bound to other keys meanwhile
  stopwatch taken_;            // by the fetch
  std::size_t asked_ = 1;      // rows of a fetch
  std::size_t most_bytes_ = byte_mark{}.count();
  std::size_t most_rows_ = 256;
};

}  // namespace tidemark::postgres
