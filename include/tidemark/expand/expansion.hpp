#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/expand/child_stream.hpp>
#include <tidemark/expand/expanded_row.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stream_base.hpp>

namespace tidemark {

/// The one place where a walk moves on behind an expand_stream and the child streams of its rows, whichever of them is
/// pulled. Rows that nobody wants are passed over; of those that are read, none is kept.
///
/// One answer of the walk is looked at ahead: that which tells a stream that its rows are over.
template <walk Walk>
class expansion : public stream_base<Walk> {
 public:
  explicit expansion(Walk rows) : stream_base<Walk>(std::move(rows)) {}

  /// The next row of the root.
  pulled<expanded_row<Walk>> pull_root() {
    clock_.start();
    for (;;) {
      if (open_ != relation::none) skip_to(relation::none);
      switch (look_ahead()) {
        case progress::row:
          if (producer_->relation() == 0) return take(0);
          pass(producer_->relation());
          break;
        case progress::leave: leave(); break;
        case progress::pending: return pulled<expanded_row<Walk>>::pending();
        case progress::end: return over();
      }
    }
  }

  /// The next row of relation r in the row `parent`.
  pulled<expanded_row<Walk>> pull_child(std::size_t r, std::uint64_t parent) {
    if (!producer_) return over();
    const std::size_t p = producer_->relations()[r].parent;
    check_open(p, parent);
    if (levels_[p].asked_for > r) refuse_passed(p, r);
    for (;;) {
      skip_to(open_ == p ? r : relation::none);
      switch (look_ahead()) {
        case progress::row: {
          const std::size_t reached = producer_->relation();
          if (reached == r) return take(r);
          if (open_ == p && reached > r) return pulled<expanded_row<Walk>>::end();
          pass(reached);
          break;
        }
        case progress::leave:
          if (open_ == p) return pulled<expanded_row<Walk>>::end();
          leave();
          break;
        case progress::pending: return pulled<expanded_row<Walk>>::pending();
        case progress::end: return over();
      }
    }
  }

  /// The children of the row `parent` of relation p.
  child_stream<Walk> child(std::size_t p, std::uint64_t parent, std::string_view name) {
    if (!producer_) throw error(failure::usage, "the stream is over, and with it all relations of its rows");
    check_open(p, parent);
    const std::span<const relation> all = producer_->relations();
    std::string names;
    for (std::size_t r = p + 1; r < all.size(); ++r) {
      if (all[r].parent != p) continue;
      if (all[r].name == name) {
        if (levels_[p].asked_for >= r) refuse_passed(p, r);
        levels_[p].asked_for = r;
        return {*this, r, parent};
      }
      names.append(names.empty() ? "\"" : ", \"").append(all[r].name).append("\"");
    }
    throw error(failure::usage, "the row has no relation \"" + std::string(name) + "\"; " +
                                    (names.empty() ? "it has none" : "there are " + names));
  }

  void close() noexcept {
    this->release();
    is_ahead_ = false;
  }

 private:
  using stream_base<Walk>::producer_;
  using stream_base<Walk>::clock_;
  using stream_base<Walk>::stats_;

  struct level {
    std::uint64_t rows = 0;
    std::uint64_t serial = 0;                  // of its open row; 0 where none is open
    std::uint64_t parent = 0;                  // serial of the row whose child the last one was
    std::size_t asked_for = 0;                 // the relation of the open row that was asked for last
    std::unique_ptr<row_source<Walk>> source;  // made when a row is first read
  };

  /// What the walk has to say next, which take(), pass() or leave() then take up.
  progress look_ahead() {
    if (is_ahead_) return ahead_;
    if (!producer_) return progress::end;
    try {
      ahead_ = this->next();
      if (ahead_ == progress::row) arrive(producer_->relation());
      if (ahead_ == progress::leave && open_ == relation::none) misuse("progress::leave, but no row is open");
      if (ahead_ == progress::end && open_ != relation::none) misuse("the end, but a row is not complete");
      is_ahead_ = ahead_ == progress::row || ahead_ == progress::leave;
    } catch (const error& failed) {
      ahead_ = progress::end;
      this->fail(std::make_exception_ptr(failed.in_row(levels_.empty() ? 1 : levels_[0].rows + 1).going_on(false)));
    } catch (...) {
      ahead_ = progress::end;
      this->fail(std::current_exception());
    }
    return ahead_;
  }

  /// Of the children of the innermost open row, those of relations before r are not wanted: a walk may want to know.
  void skip_to(std::size_t r) {
    if constexpr (requires { producer_->skip_to(r); })
      if (producer_ && !is_ahead_) producer_->skip_to(r);
  }

  void arrive(std::size_t r) {
    const std::span<const relation> all = producer_->relations();
    if (r >= all.size()) misuse("a row of a relation that there is not");
    if (all[r].parent != open_) misuse("a row whose parent is not open");
    while (levels_.size() < all.size()) levels_.emplace_back();
    level& here = levels_[r];
    ++here.rows;
    if (r == 0) return;
    const std::uint64_t parent = levels_[open_].serial;
    if (std::exchange(here.parent, parent) == parent && all[r].to_one)
      throw error(failure::value, "a second row where there may be one").in_relation(path_of(all, r)).in_row(here.rows);
  }

  [[noreturn]] static void misuse(const char* what) {
    throw error(failure::usage, std::string("the walk gave ") + what);
  }

  /// Moves past a row; its children are still to come.
  void pass(std::size_t r) noexcept {
    is_ahead_ = false;
    level& here = levels_[r];
    here.serial = ++serials_;
    here.asked_for = 0;
    for (const relation& one : producer_->relations())
      if (one.parent == r) open_ = r;
  }

  void leave() noexcept {
    is_ahead_ = false;
    levels_[open_].serial = 0;
    open_ = producer_->relations()[open_].parent;
  }

  /// Hands out the row that was reached.
  pulled<expanded_row<Walk>> take(std::size_t r) {
    pass(r);
    level& here = levels_[r];
    if (!here.source) [[unlikely]]
      make_source(r);
    if constexpr (keeping_walk<Walk>)
      if (open_ == r) producer_->keep(r);
    if (++stats_.rows == 1) stats_.first_chunk_seconds = clock_.seconds();
    here.source->begin(here.rows);
    return pulled<expanded_row<Walk>>::item({*this, r, here.serial, *here.source});
  }

  void make_source(std::size_t r) {
    levels_[r].source = std::make_unique<row_source<Walk>>(*producer_, r);
    const std::string name = path_of(producer_->relations(), r);
    levels_[r].source->text.relation = name;
    levels_[r].source->fields.set_relation(name);
  }

  pulled<expanded_row<Walk>> over() {
    producer_.reset();
    this->finish();
    return pulled<expanded_row<Walk>>::end();
  }

  void check_open(std::size_t r, std::uint64_t serial) const {
    if (levels_[r].serial != serial)
      throw error(failure::usage,
                  "the row whose children these are has been passed: a row is borrowed until its stream "
                  "is pulled again");
  }

  [[noreturn]] void refuse_passed(std::size_t p, std::size_t r) const {
    const std::span<const relation> all = producer_->relations();
    const std::size_t last = levels_[p].asked_for;
    throw error(failure::usage, "the relation \"" + path_of(all, r) + "\" " +
                                    (last == r ? "was asked for before; its rows are read once"
                                               : "has been passed: relations are read in the order in which they are "
                                                 "declared, and \"" +
                                                     path_of(all, last) + "\" was asked for"));
  }

  std::deque<level> levels_;  // of each relation
  std::uint64_t serials_ = 0;
  std::size_t open_ = relation::none;  // of the innermost row that has relations and is not complete
  progress ahead_ = progress::end;     // of the walk, not taken up yet where
  bool is_ahead_ = false;
};

}  // namespace tidemark
