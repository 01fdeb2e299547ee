#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/adaptor.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/keys.hpp>
#include <tidemark/walk/orphans.hpp>

namespace tidemark {

/// A walk over one result that holds the rows of all relations, in the order of a walk. `Layout` knows how a row says
/// which relation and which parent it has. Made by interlaced().
///
/// A row that was followed by another is held only where that was asked for: see keeping_walk.
template <field_producer Producer, class Layout>
class interlaced_walk : public adaptor<Producer> {
 public:
  interlaced_walk(Producer rows, Layout layout) : adaptor<Producer>(std::move(rows)), layout_(std::move(layout)) {}

  /// Rows without a parent are left out.
  interlaced_walk&& skip_orphans() && {
    orphans_.skip();
    return std::move(*this);
  }
  /// Rows without a parent are left out, each with a call of `report`, whose error says which row and why.
  interlaced_walk&& report_orphans(std::function<void(const error&)> report) && {
    orphans_.report(std::move(report));
    return std::move(*this);
  }

  progress next() {
    for (;;) {
      if (std::exchange(is_left_, false)) open_ = relations()[open_].parent;
      if (!is_ahead_ && !is_over_ && fetch() == progress::pending) return progress::pending;
      if (is_over_ ? open_ != relation::none : open_ != relations()[found_].parent) {
        is_left_ = true;
        return progress::leave;
      }
      if (is_over_) return progress::end;
      if (reach()) open_ = found_;
      return progress::row;
    }
  }

  /// Moves on for as long as rows without relations of their own, of one parent, follow each other; see running_walk.
  template <class Use>
  progress run(Use use) {
    if (is_ahead_ || is_over_ || open_ == relation::none || open_ == reached_) return progress::leave;
    for (;;) {
      if (fetch() == progress::pending) return progress::pending;
      if (is_over_ || found_ != reached_) return progress::leave;
      reach();
      auto row = layout_.row(reached_, &this->rows_);
      if (!use(row)) return progress::row;
    }
  }
  std::size_t constant_columns() const noexcept { return 0; }

  std::span<const tidemark::relation> relations() const noexcept { return layout_.relations(); }
  std::size_t relation() const noexcept { return reached_; }

  /// See keeping_walk.
  void keep(std::size_t r) {
    layout_.keep(r, this->rows_);
    is_kept_ = true;
  }

  template <class Use>
  decltype(auto) visit(std::size_t r, Use&& use) {
    const bool is_there = r == reached_ && !is_ahead_ && !is_over_ && !is_kept_;
    auto row = layout_.row(r, is_there ? &this->rows_ : nullptr);
    return use(row);
  }

 private:
  /// Gets the next row that is no orphan, which is_ahead_ then; or finds that there is none.
  progress fetch() {
    for (;;) {
      const progress answer = in_row(row_ + 1, [&] { return this->rows_.next(); });
      if (answer == progress::leave) throw error(failure::usage, "a producer of flat rows answered progress::leave");
      if (answer == progress::row) {
        is_ahead_ = in_row(++row_, [&] { return find(); });
        if (!is_ahead_) continue;
      }
      is_over_ = answer == progress::end;
      return answer;
    }
  }

  /// Makes the row that was fetched the one that was reached; false where it has no relations.
  bool reach() {
    is_ahead_ = is_kept_ = false;
    reached_ = found_;
    return in_row(row_, [&] { return layout_.open(found_, this->rows_); });
  }

  /// Finds out whose row it is that was fetched; false for an orphan, which is left out.
  bool find() {
    found_ = layout_.find(this->rows_, open_);
    if (found_ != relation::none) return true;
    orphans_.leave_out([&] { return layout_.describe_orphan(this->rows_, open_).in_row(row_); });
    return false;
  }

  /// Errors of what `act` does name the row of the result.
  template <class Act>
  [[gnu::always_inline]] auto in_row(std::uint64_t row, Act act) {
    try {
      return act();
    } catch (const error& failed) {
      throw failed.in_row(row);
    }
  }

  Layout layout_;
  orphans orphans_;
  std::uint64_t row_ = 0;              // of the result, counted from 1
  std::size_t found_ = 0;              // the relation of the row that was fetched
  std::size_t reached_ = 0;            // that of the row that was reached last
  std::size_t open_ = relation::none;  // of the innermost open row that has relations
  bool is_ahead_ = false;              // a row was fetched, but not reached: others are to be left first
  bool is_kept_ = false;               // the row that was reached last has been copied
  bool is_left_ = false;               // the open row has been announced to be complete
  bool is_over_ = false;
};

}  // namespace tidemark
