#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producers/sqlite/bind.hpp>
#include <tidemark/producers/sqlite/connection.hpp>

namespace tidemark::sqlite {

/// A parameter bound by its name, as it stands in the SQL: named(":day", "2024-02-29").
template <class T>
struct named_parameter {
  const char* name;
  const T& value;
};
template <class T>
named_parameter<T> named(const char* name, const T& value) noexcept {
  return {name, value};
}

/// One prepared SELECT on a connection, with its parameters: what the producers of SQLite stand on.
class statement {
 public:
  /// Prepares `sql`, which must be one statement that gives columns, and binds `parameters`: integers, bool, floating
  /// point, anything that is a std::string_view (text), std::span<const std::byte> (blob), nullptr and std::nullopt
  /// (NULL), std::optional of these; by position, or by name with named(). Their values are copied.
  ///
  /// Throws error (producer) with SQLite's words, and error (usage) for too many parameters. Those that are left open
  /// are for bind().
  template <class... Parameters>
  statement(lease db, std::string_view sql, const Parameters&... parameters) : db_(std::move(db)) {
    prepare(sql);
    for (int i = 1; i <= sqlite3_bind_parameter_count(handle()); ++i) missing_.push_back(i);
    [[maybe_unused]] int position = 0;
    (give(parameters, position), ...);
    is_unbound_ = !missing_.empty();
  }

  /// Starts anew, with `keys` for the parameters that were left open, in their order. They are copied. Throws error
  /// (usage) for too many or too few, and for a value that SQLite cannot hold.
  void bind(std::span<const field> keys) {
    sqlite3_reset(handle());
    if (keys.size() != missing_.size())
      throw error(failure::usage, "the SQL has " + std::to_string(missing_.size()) +
                                      " parameters without a value, for " + std::to_string(keys.size()) + " keys");
    for (std::size_t i = 0; i != keys.size(); ++i) bind_at(missing_[i], keys[i]);
    is_unbound_ = false;
  }

  sqlite3* database() const noexcept { return db_.handle(); }
  sqlite3_stmt* handle() const noexcept { return statement_.get(); }
  int column_count() const noexcept { return sqlite3_column_count(handle()); }

  /// The value of column `i` of the row that step() reached. The hottest call of the library: one look-up, after which
  /// sqlite3_value_* reads without asking which statement is meant.
  sqlite3_value* value(std::size_t i) const noexcept { return sqlite3_column_value(handle(), static_cast<int>(i)); }

  /// Moves to the next row; false at the end. Throws error (producer or canceled), and error (usage) where a parameter
  /// has no value.
  [[gnu::always_inline]] bool step() {
    if (is_unbound_) [[unlikely]]
      refuse_missing();
    const int code = interruption_ ? step_until_canceled() : sqlite3_step(handle());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw last_error(database());
  }

  /// A handle that ends this statement and no other on the connection. From then on the statement uses the
  /// connection's progress handler (every 1000 operations); it replaces one that was there, and leaves none behind.
  tidemark::canceller canceller() {
    if (!interruption_) interruption_ = std::make_shared<interruption>();
    return tidemark::canceller(interruption_);
  }

  statement(statement&&) noexcept = default;
  statement& operator=(statement&&) = delete;
  ~statement() {
    if (statement_ && interruption_) sqlite3_progress_handler(database(), 0, nullptr, nullptr);
  }

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };

  void prepare(std::string_view sql) {
    if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      throw error(failure::usage, "the SQL is too long");
    sqlite3_stmt* made = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v2(database(), sql.data(), static_cast<int>(sql.size()), &made, &rest) != SQLITE_OK)
      throw last_error(database());
    statement_.reset(made);
    if (made == nullptr) throw error(failure::usage, "the SQL holds no statement");
    if (column_count() == 0) throw error(failure::usage, "the SQL gives no columns: it is not a query");
    refuse_second_statement(rest, sql.data() + sql.size());
  }

  /// Of two statements only the first would run; better to say so. Blanks and comments may follow.
  void refuse_second_statement(const char* rest, const char* end) const {
    sqlite3_stmt* second = nullptr;
    while (rest < end && second == nullptr) {
      const char* const from = rest;
      const int code = sqlite3_prepare_v2(database(), from, static_cast<int>(end - from), &second, &rest);
      if (code != SQLITE_OK || second != nullptr) {
        sqlite3_finalize(second);
        throw error(failure::usage, "the SQL holds more than one statement");
      }
      if (rest == from) break;
    }
  }

  /// What a canceller hits. sqlite3_interrupt() would stop whatever runs on the connection; this is looked at by a
  /// progress handler, and counts only while this statement is the one that runs.
  class interruption final : public cancel_target {
   public:
    void cancel() noexcept override { flag_.cancel(); }
    bool is_asked_for() const noexcept { return flag_.is_set(); }

    static int look(void* self) noexcept {
      const auto& here = *static_cast<const interruption*>(self);
      return here.is_running && here.is_asked_for() ? 1 : 0;
    }
    bool is_running = false;

   private:
    cancel_flag flag_;
  };

  int step_until_canceled() {
    constexpr int operations = 1000;  // costs 0.3 %
    int code = SQLITE_INTERRUPT;
    if (!interruption_->is_asked_for()) {
      // Each time, since another query on the connection may have put its own in place.
      sqlite3_progress_handler(database(), operations, &interruption::look, interruption_.get());
      interruption_->is_running = true;
      code = sqlite3_step(handle());
      interruption_->is_running = false;
    }
    if (code == SQLITE_INTERRUPT && interruption_->is_asked_for())
      throw error(failure::canceled, "the query was canceled", "SQLITE_INTERRUPT");
    return code;
  }

  template <class T>
  void give(const named_parameter<T>& parameter, int&) {
    const int index = sqlite3_bind_parameter_index(handle(), parameter.name);
    if (index == 0) throw error(failure::usage, "the SQL has no parameter " + std::string(parameter.name));
    give_at(index, parameter.value);
  }
  template <class T>
  void give(const T& value, int& position) {
    give_at(++position, value);
  }

  template <class T>
  void give_at(int index, const T& value) {
    const int count = sqlite3_bind_parameter_count(handle());
    if (index > count)
      throw error(failure::usage, "more values were given than the SQL has parameters (" + std::to_string(count) + ")");
    bind_at(index, value);
    std::erase(missing_, index);
  }

  template <class T>
  void bind_at(int index, const T& value) {
    if (bind_value(handle(), index, value) != SQLITE_OK) throw last_error(database());
  }

  [[noreturn]] void refuse_missing() const {
    const char* const name = sqlite3_bind_parameter_name(handle(), missing_.front());
    throw error(failure::usage, "no value was given for parameter " + std::to_string(missing_.front()) +
                                    (name != nullptr ? " (" + std::string(name) + ")" : "") + " of the SQL");
  }

  lease db_;
  std::unique_ptr<sqlite3_stmt, finalizer> statement_;  // behind db_: finalized before the connection closes
  std::shared_ptr<interruption> interruption_;
  std::vector<int> missing_;  // parameters that no value was given for, but bind() may give one
  bool is_unbound_ = false;   // they have none yet
};

}  // namespace tidemark::sqlite
