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

/// A producer that reads a batch of rows ahead, so that one query can find the children of all of them:
/// is_first_of_batch() and count_behind() say where its row stands among them, field_behind(n, i) is column i of the
/// n-th of those behind it, counted from 0, and keys_of_batch(names) are the values of those columns in all of them, as
/// one JSON array.
template <class P>
concept batched_producer = flat_producer<P> && requires(P& p, std::size_t n, std::span<const std::string> names) {
  { p.is_first_of_batch() } -> std::same_as<bool>;
  { p.count_behind() } -> std::same_as<std::size_t>;
  { p.field_behind(n, n) } -> std::same_as<field>;
  { p.keys_of_batch(names) } -> std::convertible_to<std::string_view>;
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
    std::vector<key_match> path;
    on keys = on();
    std::vector<key_column> own_keys;  // that descendants are compared with
    std::size_t constant_columns = 0;  // in a run
    std::uint64_t rows = 0;
    bool is_started = false;
    bool is_over = false;
    bool is_asked_for = false;  // by_lookup: the keys of the rows are bound
    bool is_expected = false;   // by_lookup: the parent of its row is further on in the batch
    bool has_given = false;     // the open parent has had a row of it
    kept_row last_parent;       // by_order: the keys of the last row that has had children
                                // by_lookup: those of the last parent in the batch that has had a row of it
  };

  void add(joined_relation one) {
    const std::size_t r = relations_.size();
    described_.push_back(std::move(one.what));
    state& made = relations_.emplace_back();
    made.keys = std::move(one.keys);
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
    const auto keys_of = [this](std::size_t ancestor) -> auto& { return relations_[ancestor].own_keys; };
    made.path = match_keys(described_, index_of(made), made.keys, By == join::by_lookup, keys_of);
    if (has_batches && made.keys.path().size() != 1 && is_in_batches(parent_of(made)))
      throw error(failure::usage,
                  "a batch is looked up with the keys of the parents alone, but on() of the relation \"" +
                      name_of(made) + "\" names " + std::to_string(made.keys.path().size()));
  }

  bool is_in_batches(std::size_t r) {
    return rows_.visit(r, [](auto& rows) { return batched_producer<std::remove_reference_t<decltype(rows)>>; });
  }

  /// Whether the rows of a relation say whose they are; otherwise they are those that were asked for.
  bool is_compared(const state& here) {
    return By == join::by_order || (has_batches && is_in_batches(parent_of(here)));
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
      if (is_compared(here)) {
        std::vector<std::string> names;
        names.reserve(here.path.size());
        for (const key_match& pair : here.path) names.push_back(relations_[pair.ancestor].own_keys[pair.key].name);
        const tidemark::field keys = rows_.visit(open_, [&](auto& parents) {
          if constexpr (batched_producer<std::remove_reference_t<decltype(parents)>>)
            return tidemark::field::text(parents.keys_of_batch(names));
          else
            return tidemark::field::null();
        });
        rows.bind({&keys, 1});
      } else {
        bound_.clear();
        for (const key_match& pair : here.path) {
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
    if (index_of(here) == 0 || !is_compared(here)) return;
    for (key_match& pair : here.path) find_column(rows, pair.child, whose);
    const auto is_key = [&](std::size_t column) {
      return std::ranges::any_of(here.path, [column](const key_match& pair) { return pair.child.column == column; });
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
      is_in_run_ = r != 0 && relations_[r].keys.order() != on::ordering::compared;
    } else {
      open(r);
    }
    return progress::row;
  }

  /// The rows of a run, `here` being its relation. Where the run is over, the cursor stands at the row behind it.
  template <class Rows, class Use>
  progress run_through(Rows& rows, state& here, Use& use) {
    const std::span<const key_match> path = is_compared(here) ? here.path : std::span<const key_match>();
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
      const bool is_child = in_row(here, here.rows, [&] {
        return std::ranges::all_of(
            path, [&](const key_match& pair) { return is_same_integer(key_value(rows, pair.child), pair.wanted); });
      });
      if (!is_child) break;
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
    for (std::size_t child = here.first_child; child != none; child = relations_[child].next) {
      relations_[child].has_given = false;
      if (By == join::by_order) relations_[child].last_parent.clear();
    }
    in_row(here, here.rows, [&] {
      rows_.visit(r, [&](auto& rows) {
        for (key_column& key : here.own_keys) key.value = key_value(rows, key);
      });
      if constexpr (By == join::by_order) refuse_twin(here);
    });
    for (std::size_t child = here.first_child; child != none; child = relations_[child].next)
      for (key_match& pair : relations_[child].path) pair.wanted = relations_[pair.ancestor].own_keys[pair.key].value;
    if constexpr (has_batches) in_row(here, here.rows, [&] { refuse_twin_of_batch(here); });
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

  /// Two parents of the same key: the children of the one could as well be the other's.
  void refuse_twin(const state& here) const {
    if (here.last_parent.size() == 0) return;
    const on& keys = relations_[here.first_child].keys;
    for (std::size_t i = 0; i != here.own_keys.size(); ++i) {
      const key_column& key = here.own_keys[i];
      if (order_of_keys(keys, key.name, here.last_parent[i], key.value) != 0) return;
    }
    throw error(failure::value, "two rows with children have the same key, " + shown_keys(here));
  }

  /// In a batch these need not be one behind the other, but for another one's children between them.
  void refuse_twin_of_batch(const state& here) const {
    for (std::size_t r = here.first_child; r != none; r = relations_[r].next) {
      const state& child = relations_[r];
      std::size_t same = 0;
      while (same != child.last_parent.size() && order_of_keys(child.keys, child.path[same].child.name,
                                                               child.last_parent[same], child.path[same].wanted) == 0)
        ++same;
      if (same == child.path.size())
        throw error(failure::value, "two rows of a batch have children and the same key, " + shown_parent(child));
    }
  }

  void remember_parent() {
    bool has_given = false;
    for (std::size_t r = relations_[open_].first_child; r != none; r = relations_[r].next) {
      state& child = relations_[r];
      if (!child.has_given) continue;
      has_given = true;
      if (By == join::by_order || !is_compared(child)) continue;
      child.last_parent.clear();
      for (const key_match& pair : child.path) child.last_parent.add(pair.wanted);
    }
    if (By == join::by_lookup || !has_given) return;
    state& here = relations_[open_];
    here.last_parent.clear();
    for (const key_column& key : here.own_keys) here.last_parent.add(key.value);
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
    if (By == join::by_lookup && !is_compared(here)) return std::weak_ordering::equivalent;
    const std::weak_ordering place = rows_.visit(sought_, [&](auto& rows) -> std::weak_ordering {
      std::weak_ordering order = std::weak_ordering::equivalent;
      for (const key_match& pair : here.path) {
        const tidemark::field child = key_value(rows, pair.child);
        if (child.is_null()) return std::weak_ordering::less;  // the child of nobody
        if (order != 0) continue;
        if (is_same_integer(child, pair.wanted) && here.keys.order() != on::ordering::compared) [[likely]]
          continue;
        order = order_of_keys(here.keys, pair.child.name, child, pair.wanted);
      }
      return order;
    });
    if (By == join::by_order || place == 0) return place;
    // Those of a batch are in the order of their parents, whatever that is.
    return is_expected(here) ? std::weak_ordering::greater : std::weak_ordering::less;
  }

  /// Whether the parent of the row that relation sought_ is at is further on in the batch.
  bool is_expected(state& here) {
    if (here.is_expected) return true;
    bound_.clear();
    rows_.visit(sought_, [&](auto& rows) {
      for (const key_match& pair : here.path) bound_.push_back(key_value(rows, pair.child));
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
    for (std::size_t i = 0; i != here.path.size(); ++i) {
      const key_match& pair = here.path[i];
      const tidemark::field parent = parents.field_behind(n, relations_[pair.ancestor].own_keys[pair.key].column);
      if (bound_[i].is_null() || order_of_keys(here.keys, pair.child.name, bound_[i], parent) != 0) return false;
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
      return orphan_error(shown_path(here), open_ == none ? why : why + shown_parent(here))
          .in_relation(name_of(here))
          .in_row(here.rows);
    });
    moving_ = sought_;
  }

  static std::string shown_keys(const state& of) {
    std::string text;
    for (const key_column& key : of.own_keys) append_shown(text, key.name, key.value);
    return text;
  }
  std::string shown_path(const state& of) {
    std::string text;
    rows_.visit(sought_, [&](auto& rows) {
      for (const key_match& pair : of.path) append_shown(text, pair.child.name, key_value(rows, pair.child));
    });
    return text;
  }
  std::string shown_parent(const state& of) const {
    std::string text;
    for (const key_match& pair : of.path) {
      append_shown(text, relations_[pair.ancestor].own_keys[pair.key].name, pair.wanted);
    }
    return text;
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
