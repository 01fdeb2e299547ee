#pragma once

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres/cancel.hpp>
#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/producers/postgres/interruption.hpp>
#include <tidemark/producers/postgres/parameters.hpp>
#include <tidemark/producers/postgres/read_off.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark::postgres {

/// One statement under way on a connection: sent without blocking, and its results taken as they come.
///
/// Destroyed before its end, it cancels the statement and reads off what the server had sent already, so that the
/// connection can be used further; where the server does not answer within five seconds, the connection is shut down.
/// Where it owns the connection, it waits for nothing.
class exchange {
 public:
  explicit exchange(lease db) noexcept : db_(std::move(db)), running_(nullptr, ender{db_.is_owner()}) {}
  exchange(exchange&&) noexcept = default;
  exchange& operator=(exchange&&) = delete;  // the statement would have to end before its connection is closed

  PGconn* database() const noexcept { return db_.handle(); }
  bool owns_database() const noexcept { return db_.is_owner(); }

  /// How the rows of a statement come.
  struct delivery {
    static constexpr int all = 0;
    int rows = 1;  ///< of a result, at the most; `all`: in one, which is there when the last row is
    bool in_binary = false;
  };

  /// Sends a statement. Throws error (producer), and error (usage) where another one is under way on the connection.
  void send(const std::string& sql, const parameters& values, delivery how) {
    PGconn* const db = database();
    if (PQstatus(db) != CONNECTION_OK) throw connection_error(db);
    if (PQtransactionStatus(db) == PQTRANS_ACTIVE)
      throw error(failure::usage,
                  "another query is under way on this connection: use cursors, or a connection for each");
    PQsetnonblocking(db, 1);
    running_.reset(db);
    running_.get_deleter() = {db_.is_owner()};
    if (!values.send(db, sql.c_str(), how.in_binary)) {
      const error failed = connection_error(db);
      running_.reset();
      throw failed;
    }
    if (how.rows != delivery::all) bound_results(db, how.rows);
  }
  bool is_running() const noexcept { return running_ != nullptr; }

  /// Moves to the next result (progress::row): some rows, or where the statement is complete, those that were not
  /// given; progress::end where all is over, and the connection is free again. Throws error (producer) for whatever the
  /// server answers else, and error (canceled); the connection is then free, or broken.
  progress next() {
    PGconn* const db = database();
    if (is_canceled()) [[unlikely]]
      stop();
    for (;;) {
      if (PQisBusy(db)) {
        if (!PQconsumeInput(db)) fail(connection_error(db));
        if (PQisBusy(db)) {
          is_writing_ = PQflush(db) == 1;
          return progress::pending;
        }
      }
      result_.reset(PQgetResult(db));
      if (!result_) return finish();
      switch (PQresultStatus(result())) {
        case PGRES_SINGLE_TUPLE:
#ifdef LIBPQ_HAS_CHUNK_MODE
        case PGRES_TUPLES_CHUNK:
#endif
          return progress::row;
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK: running_.get_deleter().is_over = true; return progress::row;
        case PGRES_EMPTY_QUERY: fail(error(failure::usage, "the SQL holds no statement"));
        case PGRES_COPY_OUT:
        case PGRES_COPY_IN:
        case PGRES_COPY_BOTH: fail(error(failure::usage, "COPY gives no rows: select them"));
        default: running_.get_deleter().is_over = true; fail(result_error(result()));
      }
    }
  }

  /// What next() has reached; none behind the end.
  PGresult* result() const noexcept { return result_.get(); }

  /// The same, for the caller to keep.
  result_handle take_result() noexcept { return std::move(result_); }

  /// What a pending next() waits for.
  std::span<const wait_condition> waits_for() noexcept {
    if (!running_) return {};
    waits_[0] = {PQsocket(database()), static_cast<short>(is_writing_ ? POLLIN | POLLOUT : POLLIN)};
    if (!interruption_) return std::span(waits_).first(1);
    waits_[1] = {interruption_->descriptor(), POLLIN};
    return waits_;
  }

  /// A handle that stops this statement, and no other on the connection.
  tidemark::canceller canceller() {
    if (!interruption_) interruption_ = std::make_shared<interruption>();
    return tidemark::canceller(interruption_);
  }

  bool is_canceled() const noexcept { return interruption_ && interruption_->is_asked_for(); }

  /// Throws error (canceled) where that was asked for before anything was sent.
  void check() const {
    if (is_canceled()) throw canceled();
  }

  /// Ends what is under way, so that something else can be sent. Blocks as the destructor does.
  void end() noexcept {
    running_.get_deleter().is_owner = false;  // who owns it may go on with it
    let_go();
  }

 private:
  static void bound_results(PGconn* db, [[maybe_unused]] int rows) noexcept {
#ifdef LIBPQ_HAS_CHUNK_MODE
    if (rows > 1) {
      PQsetChunkedRowsMode(db, rows);
      return;
    }
#endif
    PQsetSingleRowMode(db);
  }

  /// Leaves the connection as it was before.
  struct ender {
    bool is_owner;         // the connection is closed next
    bool is_over = false;  // the server has said so

    void operator()(PGconn* db) const noexcept {
      if (is_owner) {
        if (!is_over) request_cancel(db, true);
        return;
      }
      if (!is_over && !cancel(db)) shut_down(db);
      read_off(db, is_over ? statement::goes_on : statement::is_to_stop);
      PQsetnonblocking(db, 0);
    }
  };

  void let_go() noexcept {
    result_.reset();
    running_.reset();
  }

  static error canceled() { return error(failure::canceled, "the query was canceled", "57014"); }

  [[noreturn]] void stop() {
    let_go();
    throw canceled();
  }

  [[noreturn]] void fail(const error& why) {
    if (PQstatus(database()) != CONNECTION_OK) running_.get_deleter().is_over = true;  // there is nobody to be asked
    let_go();
    throw why;
  }

  progress finish() {
    if (!running_.get_deleter().is_over) fail(error(failure::producer, "the server's answer ended in the middle"));
    end();
    return progress::end;
  }

  lease db_;
  std::shared_ptr<interruption> interruption_;
  std::unique_ptr<PGconn, ender> running_;  // behind db_: ended before the connection is closed
  result_handle result_;
  bool is_writing_ = false;
  std::array<wait_condition, 2> waits_;
};

}  // namespace tidemark::postgres
