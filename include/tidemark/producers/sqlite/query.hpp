#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite/connection.hpp>
#include <tidemark/producers/sqlite/incremental_blob.hpp>
#include <tidemark/producers/sqlite/reading.hpp>
#include <tidemark/producers/sqlite/statement.hpp>
#include <tidemark/producers/sqlite/value.hpp>

namespace tidemark::sqlite {

/// The rows of an SQL query as fields.
///
///     tidemark::sqlite::query{db, "select id, payload from orders where day > ?", "2024-02-29"}.json("payload")
///
/// `db`: a connection or sqlite3*, borrowed, or a connection&&, which the query then owns. Further arguments: the
/// values of the parameters, see statement. Each value is what SQLite stored, not what the column was declared as,
/// but for columns declared BOOLEAN (0 and 1 become false and true) and DECIMAL or NUMERIC (numbers follow
/// json_options::decimals; SQLite itself stores '12.50' there as 12.5, and keeps all digits only in text columns).
/// Values are written from SQLite's own memory.
class query {
 public:
  /// Prepares the query and binds its parameters; nothing is read yet. Throws error (producer, usage). A parameter that
  /// has no value is for bind(); where that was not called, it is an error (usage) of the first next().
  template <class... Parameters>
  query(lease db, std::string_view sql, const Parameters&... parameters)
      : statement_(std::move(db), sql, parameters...), mutex_(sqlite3_db_mutex(statement_.database())) {}

  // How a column is read, by its name in the result. A name that the result does not have is an error (usage) of the
  // first next().

  /// Text of this column is JSON and passes through as it is.
  query&& json(std::string name) && { return std::move(*this).read({std::move(name), reading::role::json}); }
  /// 0 and 1 of this column are false and true.
  query&& boolean(std::string name) && { return std::move(*this).read({std::move(name), reading::role::boolean}); }
  /// Numbers of this column, and text that is a number, are decimals.
  query&& decimal(std::string name) && { return std::move(*this).read({std::move(name), reading::role::decimal}); }
  /// This column holds rowids (or NULL); each stands for the value stored there, which is drawn in pieces:
  /// `query{db, "select name, rowid as scan from documents"}.draw("scan", {"documents", "scan"})`.
  /// Throws error (producer) where there is no such table or column.
  query&& draw(std::string name, stored_in where) && {
    return std::move(*this).read(
        {std::move(name), std::make_unique<incremental_blob>(statement_.database(), std::move(where))});
  }

  /// Starts anew, with keys for the parameters that were left open; see lookup(). Throws error (usage).
  void bind(std::span<const tidemark::field> keys) { statement_.bind(keys); }

  progress next() {
    if (mutex_ != nullptr) [[unlikely]]
      return next_under_mutex();
    return step() ? progress::row : progress::end;
  }

  std::span<const column> columns() const noexcept { return columns_; }

  tidemark::field field(std::size_t i) {
    if (is_plain_[i] != 0) [[likely]]
      return read_value(statement_.value(i));
    return read_specially(i);
  }

  /// Stops this query, and no other statement on its connection. See statement::canceller().
  tidemark::canceller canceller() { return statement_.canceller(); }

 private:
  query&& read(reading how) && {
    asked_for_.push_back(std::move(how));
    return std::move(*this);
  }

  bool step() {
    const bool is_row = statement_.step();
    if (columns_.empty()) [[unlikely]]
      learn_columns();  // only now: the first step may prepare the statement anew
    return is_row;
  }

  // On a connection that several threads may use, values are safe only under its mutex: the row is read at once.
  [[gnu::noinline]] progress next_under_mutex() {
    struct held {
      explicit held(sqlite3_mutex* which) : mutex(which) { sqlite3_mutex_enter(mutex); }
      ~held() { sqlite3_mutex_leave(mutex); }
      held(const held&) = delete;
      held& operator=(const held&) = delete;
      sqlite3_mutex* mutex;
    } const lock(mutex_);
    if (!step()) return progress::end;
    for (std::size_t i = 0; i < readings_.size(); ++i) readings_[i].keep(statement_.value(i));
    return progress::row;
  }

  [[gnu::noinline]] tidemark::field read_specially(std::size_t i) {
    return mutex_ != nullptr ? readings_[i].kept() : readings_[i].read(statement_.value(i));
  }

  [[gnu::noinline]] void learn_columns() {
    for (int i = 0; i < statement_.column_count(); ++i) {
      const char* const name = sqlite3_column_name(statement_.handle(), i);
      if (name == nullptr) throw std::bad_alloc();
      const char* const declared = sqlite3_column_decltype(statement_.handle(), i);
      columns_.push_back({name, reading::declared_type(declared)});
      readings_.emplace_back(name, reading::declared(declared));
    }
    for (reading& how : asked_for_) reading_of(how.column()) = std::move(how);
    for (std::size_t i = 0; i != columns_.size(); ++i) columns_[i].type = readings_[i].type(columns_[i].type);
    for (const reading& how : readings_) is_plain_.push_back(mutex_ == nullptr && how.is_plain() ? 1 : 0);
  }

  reading& reading_of(const std::string& name) {
    for (reading& how : readings_)
      if (how.column() == name) return how;
    throw error(failure::usage, "the query has no column \"" + name + "\"");
  }

  statement statement_;
  sqlite3_mutex* mutex_;  // of the connection; null where it has none
  std::vector<column> columns_;
  std::vector<char> is_plain_;      // of each column: read it as it is stored; never where mutex_ is not null
  std::vector<reading> readings_;   // of each column
  std::vector<reading> asked_for_;  // in place of what the columns were declared
};

}  // namespace tidemark::sqlite
