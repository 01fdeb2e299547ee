#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/adapt/nest/keys.hpp>
#include <tidemark/adapt/nest/on.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/compare.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// A relation, and which of its rows belong to which parent.
struct joined_relation {
  relation what;
  on keys;
};

/// A walk over rows of several producers, one for each relation. Made by nest().
template <keyed_producer... Producers>
class nested {
  static constexpr bool is_all_blocking = (always_blocks<Producers> && ...);
  static constexpr bool is_all_waited_for = ((always_blocks<Producers> || has_waits_for<Producers>) && ...);

 public:
  static constexpr bool may_be_pending = !(can_block<Producers> && ...);

  nested(std::tuple<Producers...> rows, std::vector<joined_relation> relations) : rows_(std::move(rows)) {
    for (joined_relation& one : relations) add(std::move(one));
  }

  /// Rows without a parent are left out.
  nested&& skip_orphans() && {
    return std::move(*this).report_orphans([](const error&) {});
  }
  /// Rows without a parent are left out, each with a call of `report`, whose error says which row and why.
  nested&& report_orphans(std::function<void(const error&)> report) && {
    report_orphan_ = std::move(report);
    return std::move(*this);
  }

  progress next() {
    for (;;) {
      if (is_left_) {
        // Only now, since the row could still be read after progress::leave.
        is_left_ = false;
        moving_ = open_;
        sought_ = open_;
        open_ = relations_[open_].parent;
      }
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
        if (!look_for_orphans()) return progress::end;
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

  std::span<const tidemark::relation> relations() const noexcept { return described_; }
  std::size_t relation() const noexcept { return reached_; }

  template <class Use>
  decltype(auto) visit(std::size_t r, Use&& use) {
    return visit_from<0>(r, use);
  }

  std::span<const wait_condition> waits_for()
    requires(!is_all_blocking && is_all_waited_for)
  {
    if (moving_ == none) return {};
    return visit(moving_, [](auto& rows) -> std::span<const wait_condition> {
      if constexpr (has_waits_for<std::remove_reference_t<decltype(rows)>>) return rows.waits_for();
      return {};
    });
  }
  void wait()
    requires(!is_all_waited_for && !may_be_pending)
  {
    visit(moving_, [](auto& rows) {
      using producer_type = std::remove_reference_t<decltype(rows)>;
      if constexpr (has_waits_for<producer_type>)
        block_until(rows.waits_for());
      else if constexpr (has_wait<producer_type>)
        rows.wait();
    });
  }

  /// Stops the queries of all relations that have a canceller.
  tidemark::canceller canceller()
    requires(cancellable<Producers> || ...)
  {
    struct all final : cancel_target {
      void cancel() noexcept override {
        for (const tidemark::canceller& one : queries) one.cancel();
      }
      std::vector<tidemark::canceller> queries;
    };
    const auto made = std::make_shared<all>();
    const auto add = [&](auto& rows) {
      if constexpr (cancellable<std::remove_reference_t<decltype(rows)>>) made->queries.push_back(rows.canceller());
    };
    std::apply([&](auto&... rows) { (add(rows), ...); }, rows_);
    return tidemark::canceller(made);
  }

 private:
  static constexpr std::size_t none = relation::none;

  struct state {
    std::string name;  // with those of its ancestors: "albums.tracks"
    std::size_t parent = none;
    std::size_t first_child = none;
    std::size_t next = none;  // relation of the same parent
    std::vector<nesting::match> path;
    on keys = on();
    std::vector<nesting::key_column> own_keys;  // that descendants are compared with
    std::uint64_t rows = 0;
    bool is_started = false;
    bool is_over = false;
    bool has_given = false;                      // the open row has had a child
    std::vector<nesting::kept_key> last_parent;  // the keys of the last row that has had children
  };

  void add(joined_relation one) {
    const std::size_t r = relations_.size();
    described_.push_back(one.what);
    state& made = relations_.emplace_back();
    made.name = one.what.name;
    made.parent = one.what.parent;
    made.keys = std::move(one.keys);
    if (r == 0) return;
    state& parent = relations_[made.parent];
    if (made.parent != 0) made.name = parent.name + "." + made.name;
    std::size_t* link = &parent.first_child;
    while (*link != none) link = &relations_[*link].next;
    *link = r;
    match_path(made);
  }

  /// Makes the pairs of columns that say which parent a row of `made` has.
  void match_path(state& made) {
    std::vector<std::size_t> ancestors;
    for (std::size_t at = made.parent; at != none; at = relations_[at].parent) ancestors.insert(ancestors.begin(), at);
    if (made.keys.path().size() != ancestors.size())
      throw error(failure::usage, "the relation \"" + made.name + "\" needs the columns of " +
                                      std::to_string(ancestors.size()) +
                                      " keys, one for each ancestor from the root down; on() names " +
                                      std::to_string(made.keys.path().size()));
    for (std::size_t i = 0; i != ancestors.size(); ++i) {
      const equal& columns = made.keys.path()[i];
      if (columns.ancestor.size() != columns.child.size() || columns.child.empty())
        throw error(failure::usage, "on() of the relation \"" + made.name + "\" has different numbers of columns");
      for (std::size_t k = 0; k != columns.child.size(); ++k)
        made.path.push_back({ancestors[i], key_of(relations_[ancestors[i]], columns.ancestor[k]), {columns.child[k]}});
    }
  }

  static std::size_t key_of(state& ancestor, const std::string& name) {
    for (std::size_t i = 0; i != ancestor.own_keys.size(); ++i)
      if (ancestor.own_keys[i].name == name) return i;
    ancestor.own_keys.push_back({name});
    return ancestor.own_keys.size() - 1;
  }

  template <std::size_t I, class Use>
  decltype(auto) visit_from(std::size_t r, Use& use) {
    if constexpr (I + 1 == sizeof...(Producers)) {
      return use(std::get<I>(rows_));
    } else {
      if (r == I) return use(std::get<I>(rows_));
      return visit_from<I + 1>(r, use);
    }
  }

  /// Moves the cursor of relation moving_.
  progress move() {
    state& here = relations_[moving_];
    return in_row(here, here.rows + 1, [&] {
      return visit(moving_, [&](auto& rows) {
        const progress answer = rows.next();
        if (answer == progress::row) {
          ++here.rows;
          if (!here.is_started) find_columns(rows, here);
        } else if (answer == progress::leave) {
          throw error(failure::usage, "a producer of flat rows answered progress::leave");
        }
        if (answer == progress::pending) return answer;
        here.is_started = true;
        here.is_over = answer == progress::end;
        return answer;
      });
    });
  }

  /// Errors of what `act` does name the relation and its row.
  template <class Act>
  static auto in_row(const state& here, std::uint64_t row, Act act) {
    try {
      return act();
    } catch (const error& failed) {
      throw here.parent == none ? failed : failed.in_relation(here.name).in_row(row);
    }
  }

  template <class Rows>
  void find_columns([[maybe_unused]] Rows& rows, [[maybe_unused]] state& here) {
    if constexpr (field_producer<Rows>) {
      const std::span<const column> columns = rows.columns();
      const auto find = [&](nesting::key_column& key) {
        for (key.column = 0; key.column != columns.size(); ++key.column)
          if (columns[key.column].name == key.name) return;
        throw error(failure::usage, "the rows of " + (here.parent == none ? "the root" : "\"" + here.name + "\"") +
                                        " have no column \"" + key.name + "\", which on() names");
      };
      for (nesting::key_column& key : here.own_keys) find(key);
      for (nesting::match& pair : here.path) find(pair.child);
    }
  }

  template <class Rows>
  static tidemark::field value_of(Rows& rows, const nesting::key_column& key) {
    if constexpr (field_producer<Rows>)
      return rows.field(key.column);
    else
      return rows.key(key.name);
  }

  /// Makes the row that the cursor of relation r is at the one that was reached.
  progress reach(std::size_t r) {
    reached_ = r;
    if (open_ != none) relations_[open_].has_given = true;
    if (relations_[r].first_child == none) [[likely]]
      moving_ = r;
    else
      open(r);
    return progress::row;
  }

  /// Takes up the keys of a row that has relations.
  [[gnu::noinline]] void open(std::size_t r) {
    state& here = relations_[r];
    here.has_given = false;
    for (std::size_t child = here.first_child; child != none; child = relations_[child].next)
      relations_[child].last_parent.clear();
    in_row(here, here.rows, [&] {
      visit(r, [&](auto& rows) {
        for (nesting::key_column& key : here.own_keys) key.value = value_of(rows, key);
      });
      refuse_twin(here);
    });
    open_ = r;
    sought_ = here.first_child;
  }

  /// Two parents of the same key: the children of the one could as well be the other's.
  void refuse_twin(const state& here) const {
    if (here.last_parent.empty()) return;
    for (std::size_t i = 0; i != here.own_keys.size(); ++i)
      if (!here.last_parent[i].is(here.own_keys[i].value)) return;
    throw error(failure::value, "two rows with children have the same key, " + shown_keys(here));
  }

  void remember_parent() {
    state& here = relations_[open_];
    if (!here.has_given) return;
    here.last_parent.clear();
    for (const nesting::key_column& key : here.own_keys) here.last_parent.emplace_back(key.value);
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
        leave_out(here, "the one that is open has ");
      }
    }
    return false;
  }

  /// Where the row of a relation belongs: to a parent before the open one (less), to that, or to one behind it.
  std::weak_ordering place_of(const state& here) {
    return visit(sought_, [&](auto& rows) -> std::weak_ordering {
      std::weak_ordering order = std::weak_ordering::equivalent;
      for (const nesting::match& pair : here.path) {
        const tidemark::field child = value_of(rows, pair.child);
        if (child.is_null()) return std::weak_ordering::less;  // the child of nobody
        if (order != 0) continue;
        const tidemark::field& parent = relations_[pair.ancestor].own_keys[pair.key].value;
        if (child.type() == tidemark::field::kind::integer && parent.type() == tidemark::field::kind::integer &&
            child.as_integer() == parent.as_integer() && here.keys.order() != on::ordering::compared) [[likely]]
          continue;
        order = order_of(here.keys, pair.child.name, child, parent);
      }
      return order;
    });
  }

  [[gnu::noinline]] static std::weak_ordering order_of(const on& keys, std::string_view name,
                                                       const tidemark::field& child, const tidemark::field& parent) {
    if (parent.is_null()) return std::weak_ordering::greater;
    try {
      switch (keys.order()) {
        case on::ordering::ascending: return compare(child, parent);
        case on::ordering::descending: return compare(parent, child);
        case on::ordering::compared: return keys.compare()(child, parent);
        case on::ordering::any: return compare(child, parent) == 0 ? 0 <=> 0 : 1 <=> 0;
      }
    } catch (const error& failed) {
      throw failed.in_column(name);
    }
    return std::weak_ordering::equivalent;
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
  void leave_out(const state& here, std::string why) {
    if (open_ != none) why += shown_parent(here);
    const error orphan = error(failure::value, "no parent has the key of this row, " + shown_path(here) + ": " + why)
                             .in_relation(here.name)
                             .in_row(here.rows);
    if (!report_orphan_) throw orphan;
    report_orphan_(orphan);
    moving_ = sought_;
  }

  static std::string shown_keys(const state& of) {
    std::string text;
    for (const nesting::key_column& key : of.own_keys) nesting::add_shown(text, key.name, key.value);
    return text;
  }
  std::string shown_path(const state& of) {
    std::string text;
    visit(sought_, [&](auto& rows) {
      for (const nesting::match& pair : of.path) nesting::add_shown(text, pair.child.name, value_of(rows, pair.child));
    });
    return text;
  }
  std::string shown_parent(const state& of) const {
    std::string text;
    for (const nesting::match& pair : of.path) {
      const nesting::key_column& key = relations_[pair.ancestor].own_keys[pair.key];
      nesting::add_shown(text, key.name, key.value);
    }
    return text;
  }

  std::tuple<Producers...> rows_;
  std::vector<tidemark::relation> described_;
  std::vector<state> relations_;
  std::function<void(const error&)> report_orphan_;
  std::size_t reached_ = 0;    // the relation of the row that was reached last
  std::size_t open_ = none;    // of the innermost open row that has relations
  std::size_t sought_ = none;  // which child of it comes next; none where all are over
  std::size_t moving_ = 0;     // whose cursor is to be moved first
  bool is_left_ = false;       // the open row has been announced to be complete
  bool is_over_ = false;       // there are no more parents
};

}  // namespace tidemark
