#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
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
  /// Throws error (producer) with SQLite's words, and error (usage) for too few or too many parameters.
  template <class... Parameters>
  statement(lease db, std::string_view sql, const Parameters&... parameters) : db_(std::move(db)) {
    prepare(sql);
    binder binding(*this);
    (binding.bind(parameters), ...);
    binding.check();
  }

  sqlite3* database() const noexcept { return db_.handle(); }
  sqlite3_stmt* handle() const noexcept { return statement_.get(); }
  int column_count() const noexcept { return sqlite3_column_count(handle()); }

  /// The value of column `i` of the row that step() reached. The hottest call of the library: one look-up, after which
  /// sqlite3_value_* reads without asking which statement is meant.
  sqlite3_value* value(std::size_t i) const noexcept { return sqlite3_column_value(handle(), static_cast<int>(i)); }

  /// Moves to the next row; false at the end. Throws error (producer or canceled).
  bool step() {
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

  /// Binds parameters one by one, and knows in the end which are missing.
  class binder {
   public:
    explicit binder(statement& to)
        : to_(to), is_bound_(static_cast<std::size_t>(sqlite3_bind_parameter_count(to.handle()))) {}

    template <class T>
    void bind(const named_parameter<T>& parameter) {
      const int index = sqlite3_bind_parameter_index(to_.handle(), parameter.name);
      if (index == 0) throw error(failure::usage, "the SQL has no parameter " + std::string(parameter.name));
      bind_at(index, parameter.value);
    }

    template <class T>
    void bind(const T& value) {
      bind_at(++position_, value);
    }

    void check() const {
      for (std::size_t i = 0; i < is_bound_.size(); ++i) {
        if (is_bound_[i]) continue;
        const char* const name = sqlite3_bind_parameter_name(to_.handle(), static_cast<int>(i + 1));
        throw error(failure::usage, "no value was given for parameter " + std::to_string(i + 1) +
                                        (name != nullptr ? " (" + std::string(name) + ")" : "") + " of the SQL");
      }
    }

   private:
    template <class T>
    void bind_at(int index, const T& value) {
      if (static_cast<std::size_t>(index) > is_bound_.size())
        throw error(failure::usage,
                    "more values were given than the SQL has parameters (" + std::to_string(is_bound_.size()) + ")");
      if (bind_value(index, value) != SQLITE_OK) throw last_error(to_.database());
      is_bound_[static_cast<std::size_t>(index - 1)] = true;
    }

    template <class T>
    int bind_value(int index, const std::optional<T>& value) {
      return value ? bind_value(index, *value) : bind_value(index, nullptr);
    }
    int bind_value(int index, std::nullptr_t) { return sqlite3_bind_null(to_.handle(), index); }
    int bind_value(int index, std::nullopt_t) { return sqlite3_bind_null(to_.handle(), index); }
    int bind_value(int index, std::floating_point auto value) {
      return sqlite3_bind_double(to_.handle(), index, static_cast<double>(value));
    }
    template <std::integral T>
      requires(!std::same_as<T, bool>)
    int bind_value(int index, T value) {
      if (!std::in_range<std::int64_t>(value))
        throw error(failure::usage, "the value of parameter " + std::to_string(index) + " is beyond a 64-bit integer");
      return sqlite3_bind_int64(to_.handle(), index, static_cast<sqlite3_int64>(value));
    }
    int bind_value(int index, std::same_as<bool> auto value) {
      return sqlite3_bind_int(to_.handle(), index, value ? 1 : 0);
    }
    int bind_value(int index, std::string_view text) {
      return sqlite3_bind_text64(to_.handle(), index, text.empty() ? "" : text.data(), text.size(), copied(),
                                 SQLITE_UTF8);
    }
    int bind_value(int index, std::span<const std::byte> octets) {
      if (octets.empty()) return sqlite3_bind_zeroblob(to_.handle(), index, 0);
      return sqlite3_bind_blob64(to_.handle(), index, octets.data(), octets.size(), copied());
    }

    // SQLITE_TRANSIENT, without the old-style cast of the macro.
    static sqlite3_destructor_type copied() noexcept {
      return reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
    }

    statement& to_;
    std::vector<bool> is_bound_;
    int position_ = 0;
  };

  lease db_;
  std::unique_ptr<sqlite3_stmt, finalizer> statement_;  // behind db_: finalized before the connection closes
  std::shared_ptr<interruption> interruption_;
};

}  // namespace tidemark::sqlite
