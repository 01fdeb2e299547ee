#pragma once

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>
#include <tidemark/walk/batched_producer.hpp>
#include <tidemark/walk/cursors.hpp>
#include <tidemark/walk/kept_row.hpp>
#include <tidemark/walk/keys.hpp>
#include <tidemark/walk/on.hpp>
#include <tidemark/walk/orphans.hpp>
#include <tidemark/walk/relations.hpp>

namespace tidemark {

/// How the rows of a parent are found.
enum class join {
  by_order,   ///< the rows of all parents are in the order of these, and belong to those whose keys they have: nest()
  by_lookup,  ///< each parent's are asked for with its keys, or those of a batch of parents with theirs: lookup()
};

/// A walk over the rows of several producers, one for each relation: Producers..., or any number of one type. Made by
/// nest() and lookup().
template <join By, flat_producer... Producers>
class joined {
 public:
  static constexpr bool may_be_pending = !(can_block<Producers> && ...);

  /// `relations`: as many as `rows`, the root first, parents before their children. Throws error (usage) where on()
  /// does not fit.
  joined(cursors<Producers...> rows, std::vector<joined_relation> relations) : rows_(std::move(rows)) {
    for (joined_relation& one : relations) add(std::move(one));
  }

  /// Rows without a parent are left out.
  joined&& skip_orphans() && {
    orphans_.skip();
    return std::move(*this);
  }
  /// Rows without a parent are left out, each with a call of `report`, whose error says which row and why.
  joined&& report_orphans(std::function<void(const error&)> report) && {
    orphans_.report(std::move(report));
    return std::move(*this);
  }

  progress next() {
    const progress in_run = run([](const auto&) { return false; });
    if (in_run != progress::leave) [[likely]]
      return in_run;
    for (;;) {
      if (is_left_) leave();
      if (moving_ != none) {
        const std::size_t moved = moving_;
        const progress answer = move();
        if (answer == progress::pending) return answer;
        moving_ = none;
        if (moved == 0) {
          if (answer == progress::row) return reach(0);
          is_over_ = true;
          sought_ = 1;
        }
      } else if (is_over_) {
        if (By == join::by_lookup || !look_for_orphans()) return progress::end;
      } else if (open_ == none) {
        moving_ = 0;
      } else if (sought_ == none) {
        remember_parent();
        is_left_ = true;
        return progress::leave;
      } else if (look_for_child()) {
        return reach(sought_);
      }
    }
  }

  /// Moves on for as long as rows without relations of their own, of one parent, follow each other, which is what most
  /// rows do, and `use` asks for more; see running_walk.
  template <class Use>
  progress run(Use use) {
    if (!is_in_run_) return progress::leave;
    return rows_.visit(moving_, [&](auto& rows) { return run_through(rows, relations_[moving_], use); });
  }

  /// In the rows of a run the first columns do not change where they are the keys.
  std::size_t constant_columns() const noexcept { return is_in_run_ ? relations_[moving_].constant_columns : 0; }

  /// Of the open row's children, those that come before relation r are not wanted (none: no more at all), so that their
  /// queries need not be asked. Those of a batch are passed over one by one all the same, since they are in one result.
  void skip_to(std::size_t r)
    requires(By == join::by_lookup)
  {
    if (is_left_) leave();
    if (open_ == none || sought_ == none || sought_ >= r || (has_batches && is_in_batches(open_))) return;
    sought_ = r;
    moving_ = none;
    is_in_run_ = false;
  }

  std::span<const tidemark::relation> relations() const noexcept { return described_; }
  std::size_t relation() const noexcept { return reached_; }

  template <class Use>
  decltype(auto) visit(std::size_t r, Use&& use) {
    return rows_.visit(r, use);
  }

  std::span<const wait_condition> waits_for()
    requires(cursors<Producers...>::can_say_what)
  {
    return moving_ == none ? std::span<const wait_condition>() : rows_.waits_for(moving_);
  }
  void wait()
    requires(cursors<Producers...>::must_wait)
  {
    if (moving_ != none) rows_.wait(moving_);
  }

  /// Stops the queries of all relations that have a canceller.
  tidemark::canceller canceller()
    requires(cancellable<Producers> || ...)
  {
    return rows_.canceller();
  }

 private:
  static constexpr std::size_t none = relation::none;
  static constexpr bool has_batches = By == join::by_lookup && (batched_producer<Producers> || ...);

  struct state {
    std::size_t first_child = none;
    std::size_t next = none;  // relation of the same parent
    key_path keys;
    std::vector<key_column> own_keys;  // that descendants are compared with
    bool is_compared = false;          // its rows say whose they are; otherwise they are those that were asked for
    std::size_t constant_columns = 0;  // in a run
    std::uint64_t rows = 0;
    bool is_started = false;
    bool is_over = false;
    bool is_asked_for = false;  // by_lookup: the keys of the rows are bound
    bool is_expected = false;   // by_lookup: the parent of its row is further on in the batch
    bool has_given = false;     // the open parent has had a row of it
    kept_row last_parent;       // the keys of the last parent that has had a row of it, where rows are compared
  };

  void add(joined_relation one) {
    const std::size_t r = relations_.size();
    described_.push_back(std::move(one.what));
    state& made = relations_.emplace_back();
    made.keys.named = std::move(one.keys);
    if (r == 0) return;
    std::size_t* link = &relations_[parent_of(made)].first_child;
    while (*link != none) link = &relations_[*link].next;
    *link = r;
    match(made);
  }

  std::size_t index_of(const state& here) const noexcept { return static_cast<std::size_t>(&here - relations_.data()); }
  std::size_t parent_of(const state& here) const noexcept { return described_[index_of(here)].parent; }
  std::string name_of(const state& here) const { return path_of(described_, index_of(here)); }

  /// Makes the pairs of columns that say which parent a row of `made` has.
  void match(state& made) {
    const std::size_t parent = parent_of(made);
    const auto keys_of = [this](std::size_t ancestor) -> auto& { return relations_[ancestor].own_keys; };
    made.keys.pairs = match_keys(described_, index_of(made), made.keys.named, By == join::by_lookup, keys_of);
    made.is_compared = By == join::by_order || (has_batches && is_in_batches(parent));
    if (has_batches && made.is_compared && made.keys.named.path().size() != 1)
      throw error(failure::usage,
                  "a batch is looked up with the keys of the parents alone, but on() of the relation \"" +
                      name_of(made) + "\" names " + std::to_string(made.keys.named.path().size()));
  }

  bool is_in_batches(std::size_t r) {
    return rows_.visit(r, [](auto& rows) { return batched_producer<std::remove_reference_t<decltype(rows)>>; });
  }

  /// Moves on from the row that was complete: only now, since it could still be read after progress::leave.
  void leave() noexcept {
    is_left_ = false;
    moving_ = open_;
    sought_ = open_;
    open_ = described_[open_].parent;
  }

  /// Moves the cursor of relation moving_.
  progress move() {
    state& here = relations_[moving_];
    return in_row(here, here.rows + 1, [&] {
      return rows_.visit(moving_, [&](auto& rows) {
        if (By == join::by_lookup && moving_ != 0 && !here.is_asked_for && !ask(rows, here)) {
          here.is_started = here.is_over = true;
          return progress::end;
        }
        const progress answer = rows.next();
        if (answer == progress::row) {
          if (here.rows++ == 0) find_columns(rows, here);
          here.is_expected = false;
          if constexpr (By == join::by_lookup) look_up_anew(rows, here);
        } else if (answer == progress::leave) {
          refuse_leave();
        }
        if (answer == progress::pending) return answer;
        here.is_started = true;
        here.is_over = answer == progress::end;
        return answer;
      });
    });
  }

  /// Asks for the rows of the open row's keys, or those of its batch. False where a key is null: nobody has it.
  template <class Rows>
  bool ask(Rows& rows, state& here) {
    here.is_asked_for = true;
    if constexpr (bindable_producer<Rows>) {
      if (here.is_compared) {
        std::vector<std::string> names;
        names.reserve(here.keys.pairs.size());
        for (const key_match& pair : here.keys.pairs) names.push_back(pair.ancestor_column);
        const tidemark::field keys = rows_.visit(open_, [&](auto& parents) {
          if constexpr (batched_producer<std::remove_reference_t<decltype(parents)>>)
            return tidemark::field::text(parents.keys_of_batch(names));
          else
            return tidemark::field::null();
        });
        rows.bind({&keys, 1});
      } else {
        bound_.clear();
        for (const key_match& pair : here.keys.pairs) {
          bound_.push_back(pair.wanted);
          if (bound_.back().is_null()) return false;
        }
        rows.bind(bound_);
      }
    }
    return true;
  }

  /// Errors of what `act` does name the relation and its row.
  template <class Act>
  [[gnu::always_inline]] auto in_row(const state& here, std::uint64_t row, Act act) const {
    try {
      return act();
    } catch (const error& failed) {
      throw index_of(here) == 0 ? failed : failed.in_relation(name_of(here)).in_row(row);
    }
  }

  template <class Rows>
  void find_columns(Rows& rows, state& here) {
    const std::string whose = index_of(here) == 0 ? "the root" : "\"" + name_of(here) + "\"";
    for (key_column& key : here.own_keys) find_column(rows, key, whose);
    if (!here.is_compared) return;
    for (key_match& pair : here.keys.pairs) find_column(rows, pair.child, whose);
    const auto is_key = [&](std::size_t i) {
      return std::ranges::any_of(here.keys.pairs, [i](const key_match& pair) { return pair.child.column == i; });
    };
    if constexpr (field_producer<Rows>)
      while (is_key(here.constant_columns)) ++here.constant_columns;
  }

  /// Makes the row that the cursor of relation r is at the one that was reached.
  progress reach(std::size_t r) {
    reached_ = r;
    relations_[r].has_given = true;
    if (relations_[r].first_child == none) {
      moving_ = r;
      is_in_run_ = r != 0 && relations_[r].keys.named.order() != on::ordering::compared;
    } else {
      open(r);
    }
    return progress::row;
  }

  /// The rows of a run, `here` being its relation. Where the run is over, the cursor stands at the row behind it.
  template <class Rows, class Use>
  progress run_through(Rows& rows, state& here, Use& use) {
    for (;;) {
      const progress answer = in_row(here, here.rows + 1, [&] { return rows.next(); });
      if (answer != progress::row) [[unlikely]] {
        if (answer == progress::pending) return answer;
        if (answer == progress::leave) refuse_leave();
        here.is_over = true;
        break;
      }
      ++here.rows;
      here.is_expected = false;
      if (here.is_compared && !in_row(here, here.rows, [&] { return here.keys.is_plainly_wanted(rows); })) break;
      if (!use(rows)) return answer;
    }
    is_in_run_ = false;
    moving_ = none;
    return progress::leave;
  }

  [[noreturn]] static void refuse_leave() {
    throw error(failure::usage, "a producer of flat rows answered progress::leave");
  }

  /// Takes up the keys of a row that has relations.
  [[gnu::noinline]] void open(std::size_t r) {
    state& here = relations_[r];
    in_row(here, here.rows, [&] {
      rows_.visit(r, [&](auto& rows) {
        for (key_column& key : here.own_keys) key.value = key_value(rows, key);
      });
      for (std::size_t child = here.first_child; child != none; child = relations_[child].next) {
        state& its = relations_[child];
        its.has_given = false;
        for (key_match& pair : its.keys.pairs) pair.wanted = relations_[pair.ancestor].own_keys[pair.key].value;
        refuse_twin(its);
      }
    });
    open_ = r;
    sought_ = here.first_child;
  }

  /// Forgets the rows that were asked for with the keys of the row before, or of the batch before.
  template <class Rows>
  void look_up_anew([[maybe_unused]] Rows& rows, const state& here) {
    if constexpr (batched_producer<Rows>)
      if (!rows.is_first_of_batch()) return;
    for (std::size_t child = here.first_child; child != none; child = relations_[child].next) {
      relations_[child].is_started = relations_[child].is_over = relations_[child].is_asked_for = false;
      relations_[child].last_parent.clear();
    }
  }

  /// Two parents with rows of a relation and the same key: those of the one could as well be the other's.
  void refuse_twin(const state& child) const {
    std::size_t same = 0;
    for (; same != child.last_parent.size(); ++same) {
      const key_match& pair = child.keys.pairs[same];
      if (order_of_keys(child.keys.named, pair.ancestor_column, child.last_parent[same], pair.wanted) != 0) return;
    }
    if (same != 0)
      throw error(failure::value, "two parents of \"" + described_[index_of(child)].name + "\" have the same key, " +
                                      child.keys.shown_parent(wanted_key));
  }

  void remember_parent() {
    for (std::size_t r = relations_[open_].first_child; r != none; r = relations_[r].next) {
      state& child = relations_[r];
      if (!child.is_compared || !child.has_given) continue;
      child.last_parent.clear();
      for (const key_match& pair : child.keys.pairs) child.last_parent.add(pair.wanted);
    }
  }

  /// Looks whether the row that relation sought_ is at is a child of the open row; moves on where it is not.
  bool look_for_child() {
    state& here = relations_[sought_];
    if (!here.is_started) {
      moving_ = sought_;
    } else if (here.is_over) {
      sought_ = here.next;
    } else {
      const std::weak_ordering place = in_row(here, here.rows, [&] { return place_of(here); });
      if (place == 0) return true;
      if (place > 0) {
        sought_ = here.next;
      } else {
        leave_out(here, By == join::by_order ? "the one that is open has "
                                             : "none that is left of the batch has it, the one that is open has ");
      }
    }
    return false;
  }

  /// Where the row of a relation belongs: to a parent before the open one (less), to that, or to one behind it.
  std::weak_ordering place_of(state& here) {
    if (!here.is_compared) return std::weak_ordering::equivalent;
    const std::weak_ordering place =
        rows_.visit(sought_, [&](auto& rows) { return here.keys.place_of(rows, wanted_key); });
    if (By == join::by_order || place == 0) return place;
    // Those of a batch are in the order of their parents, whatever that is.
    return is_expected(here) ? std::weak_ordering::greater : std::weak_ordering::less;
  }

  /// Whether the parent of the row that relation sought_ is at is further on in the batch.
  bool is_expected(state& here) {
    if (here.is_expected) return true;
    bound_.clear();
    rows_.visit(sought_, [&](auto& rows) {
      for (const key_match& pair : here.keys.pairs) bound_.push_back(key_value(rows, pair.child));
    });
    rows_.visit(open_, [&](auto& parents) {
      if constexpr (batched_producer<std::remove_reference_t<decltype(parents)>>)
        for (std::size_t n = 0; n != parents.count_behind() && !here.is_expected; ++n)
          here.is_expected = is_bound_to(here, parents, n);
    });
    return here.is_expected;
  }
  /// Whether bound_ is the key of the row that is n further on.
  template <class Parents>
  bool is_bound_to(const state& here, Parents& parents, std::size_t n) const {
    for (std::size_t i = 0; i != here.keys.pairs.size(); ++i) {
      const key_match& pair = here.keys.pairs[i];
      const tidemark::field parent = parents.field_behind(n, relations_[pair.ancestor].own_keys[pair.key].column);
      if (bound_[i].is_null() || order_of_keys(here.keys.named, pair.child.name, bound_[i], parent) != 0) return false;
    }
    return true;
  }

  /// Behind the last parent every row that is left is an orphan. False where there is none left.
  bool look_for_orphans() {
    for (; sought_ < relations_.size(); ++sought_) {
      state& here = relations_[sought_];
      if (here.is_started && here.is_over) continue;
      if (here.is_started)
        leave_out(here, "there are no more parents");
      else
        moving_ = sought_;
      return true;
    }
    return false;
  }

  /// The row that relation sought_ is at has no parent.
  void leave_out(const state& here, const std::string& why) {
    orphans_.leave_out([&] {
      const std::string keys = rows_.visit(sought_, [&](auto& rows) { return here.keys.shown(rows); });
      return orphan_error(keys, open_ == none ? why : why + here.keys.shown_parent(wanted_key))
          .in_relation(name_of(here))
          .in_row(here.rows);
    });
    moving_ = sought_;
  }

  cursors<Producers...> rows_;
  std::vector<tidemark::relation> described_;
  std::vector<state> relations_;
  orphans orphans_;
  std::vector<tidemark::field> bound_;
  std::size_t reached_ = 0;    // the relation of the row that was reached last
  std::size_t open_ = none;    // of the innermost open row that has relations
  std::size_t sought_ = none;  // which child of it comes next; none where all are over
  std::size_t moving_ = 0;     // whose cursor is to be moved first
  bool is_in_run_ = false;     // the row that was reached last has no relations; moving_ is its cursor
  bool is_left_ = false;       // the open row has been announced to be complete
  bool is_over_ = false;       // there are no more parents
};

/// The walk over these producers: of any number where all are of one type, so that their code is there once.
template <join By, class Parents, class... Children>
auto make_joined(Parents parents, std::tuple<Children...> children, std::vector<joined_relation> relations) {
  return std::apply(
      [&](Children&... rows) {
        if constexpr ((std::same_as<Parents, Children> && ...)) {
          std::vector<Parents> all;
          all.reserve(1 + sizeof...(Children));
          all.push_back(std::move(parents));
          (all.push_back(std::move(rows)), ...);
          return joined<By, Parents>(cursors<Parents>(std::move(all)), std::move(relations));
        } else {
          using rows_type = cursors<Parents, Children...>;
          return joined<By, Parents, Children...>(rows_type({std::move(parents), std::move(rows)...}),
                                                  std::move(relations));
        }
      },
      children);
}

}  // namespace tidemark
