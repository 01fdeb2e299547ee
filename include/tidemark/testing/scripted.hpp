#pragma once

// Producers that do what a script says: rows, pending, failures, the end, at any point. For tests of streams and
// adaptors, of tidemark's own and of others'.

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/testing/cell.hpp>

namespace tidemark::testing {

/// What a producer's next() does, call by call; behind the last entry is the end.
class script {
 public:
  /// A row of fields, of relation `relation`.
  script& row(std::vector<cell> cells, std::size_t relation = 0) {
    return add({progress::row, relation, std::move(cells), {}, {}});
  }
  /// A row of text.
  script& text(std::string json, std::size_t relation = 0) {
    return add({progress::row, relation, {}, std::move(json), {}});
  }
  script& leave() { return add({progress::leave, 0, {}, {}, {}}); }
  script& pending() { return add({progress::pending, 0, {}, {}, {}}); }
  script& end() { return add({progress::end, 0, {}, {}, {}}); }
  template <class Exception>
  script& fail(Exception failure) {
    return add({progress::end, 0, {}, {}, std::make_exception_ptr(std::move(failure))});
  }

  struct entry {
    progress what;
    std::size_t relation;
    std::vector<cell> cells;
    std::string text;
    std::exception_ptr failure;
  };
  const std::vector<entry>& entries() const noexcept { return entries_; }

 private:
  script& add(entry one) {
    entries_.push_back(std::move(one));
    return *this;
  }

  std::vector<entry> entries_;
};

/// What became of a scripted producer, to be looked at from outside while a stream owns it.
struct observed {
  bool is_alive = true;   ///< not destroyed yet
  std::size_t nexts = 0;  ///< calls of next()
  std::size_t waits = 0;  ///< calls of wait()
};

/// Plays a script; the base of the scripted producers. next() after the end or after a failure is a mistake of the
/// caller's and throws std::logic_error.
class player {
 public:
  explicit player(script what) : script_(std::move(what)), seen_(std::make_shared<observed>()) {}
  player(player&&) noexcept = default;
  player& operator=(player&&) = delete;
  ~player() {
    if (seen_) seen_->is_alive = false;
  }

  std::shared_ptr<const observed> watch() const noexcept { return seen_; }

  progress next() {
    ++seen_->nexts;
    if (is_over_) throw std::logic_error("next() was called after the end");
    if (at_ == script_.entries().size()) {
      is_over_ = true;
      return progress::end;
    }
    const script::entry& now = script_.entries()[at_++];
    is_over_ = now.what == progress::end;
    if (now.failure) std::rethrow_exception(now.failure);
    return now.what;
  }

 protected:
  /// The entry that the last next() played.
  const script::entry& now() const noexcept { return script_.entries()[at_ - 1]; }

  void count_wait() noexcept { ++seen_->waits; }

 private:
  script script_;
  std::shared_ptr<observed> seen_;
  std::size_t at_ = 0;
  bool is_over_ = false;
};

/// Flat rows of text.
class scripted_text : public player {
 public:
  using player::player;
  std::string_view text() const noexcept { return now().text; }
};

/// Flat rows of fields.
class scripted_fields : public player {
 public:
  /// `types`: of the columns; of those behind its end, nothing is known.
  scripted_fields(std::vector<std::string> names, script what, const std::vector<column_type>& types = {})
      : player(std::move(what)) {
    for (std::string& name : names) columns_.push_back({std::move(name)});
    for (std::size_t i = 0; i != types.size(); ++i) columns_[i].type = types[i];
  }
  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const { return now().cells.at(i).view(); }

 private:
  std::vector<column> columns_;
};

/// A walk: rows of fields of several relations; see the concept walk for the order that the script has to keep.
class scripted_walk : public player {
 public:
  /// `columns`: the names of the columns of each relation.
  scripted_walk(std::vector<tidemark::relation> relations, std::vector<std::vector<std::string>> columns, script what)
      : player(std::move(what)), relations_(std::move(relations)), open_(relations_.size(), nullptr) {
    for (std::vector<std::string>& names : columns) {
      columns_.emplace_back();
      for (std::string& name : names) columns_.back().push_back({std::move(name)});
    }
  }

  progress next() {
    const progress what = player::next();
    if (what == progress::row) open_.at(now().relation) = &now().cells;
    return what;
  }
  std::span<const tidemark::relation> relations() const noexcept { return relations_; }
  std::size_t relation() const noexcept { return now().relation; }
  template <class Use>
  decltype(auto) visit(std::size_t r, Use use) const {
    const open_row row{&columns_.at(r), open_.at(r)};
    return use(row);
  }

 private:
  struct open_row {
    const std::vector<column>* names;
    const std::vector<cell>* cells;

    std::span<const column> columns() const noexcept { return *names; }
    tidemark::field field(std::size_t i) const { return cells->at(i).view(); }
  };

  std::vector<tidemark::relation> relations_;
  std::vector<std::vector<column>> columns_;    // of each relation
  std::vector<const std::vector<cell>*> open_;  // the open row of each relation, in the script
};

/// A scripted producer that can be pending, and nobody knows for what.
template <class Scripted>
class without_wait : public Scripted {
 public:
  using Scripted::Scripted;
  static constexpr bool may_be_pending = true;
};

/// A scripted producer that can be pending, and blocks in wait().
template <class Scripted>
class with_wait : public Scripted {
 public:
  using Scripted::Scripted;
  void wait() noexcept { this->count_wait(); }
};

}  // namespace tidemark::testing
