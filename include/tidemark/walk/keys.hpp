#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/compare.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/on.hpp>

namespace tidemark {

/// A column of a relation's rows that is a key.
struct key_column {
  std::string name;
  std::string named_by;         // the relation whose on() names it
  std::size_t column = 0;       // where the rows are fields
  field value = field::null();  // of the row it is at, where that has children
};

/// A column of the children and the key of an ancestor that it equals.
struct key_match {
  std::size_t ancestor;
  std::size_t key;  // of the ancestor's keys
  std::string ancestor_column;
  key_column child;
  field wanted = field::null();  // what that key is in the open ancestor
};

/// Finds the column of a key in rows of fields. `whose`: the rows, for the error (usage) where they have no such
/// column.
template <flat_producer Rows>
void find_column([[maybe_unused]] Rows& rows, [[maybe_unused]] key_column& key,
                 [[maybe_unused]] const std::string& whose) {
  if constexpr (field_producer<Rows>) {
    const std::span<const column> columns = rows.columns();
    const auto found = std::ranges::find(columns, key.name, &column::name);
    if (found == columns.end())
      throw error(failure::usage, "the rows of " + whose + " have no column \"" + key.name + "\", which on() of \"" +
                                      key.named_by + "\" names");
    key.column = static_cast<std::size_t>(found - columns.begin());
  }
}

/// The value of a key in the row that `rows` is at.
template <flat_producer Rows>
field key_value([[maybe_unused]] Rows& rows, const key_column& key) {
  if constexpr (field_producer<Rows>)
    return rows.field(key.column);
  else if constexpr (keyed_producer<Rows>)
    return rows.key(key.name);
  else
    throw error(failure::usage, "rows of text have no key \"" + key.name + "\" unless transform() reads them");
}

/// The pairs of columns that say which parent a row of relation `r` has. `keys_of(ancestor)` is the list of that
/// ancestor's keys, to which those that are not there yet are added. Throws error (usage) where on() names not one key
/// for each ancestor; the first of them may be left out where that is said.
template <class KeysOf>
std::vector<key_match> match_keys(std::span<const relation> all, std::size_t r, const on& keys, bool may_leave_out,
                                  KeysOf keys_of) {
  std::vector<std::size_t> ancestors;
  for (std::size_t at = all[r].parent; at != relation::none; at = all[at].parent)
    ancestors.insert(ancestors.begin(), at);
  const std::vector<equal>& named = keys.path();
  if (named.size() > ancestors.size() || (may_leave_out ? named.empty() : named.size() != ancestors.size()))
    throw error(failure::usage,
                "the relation \"" + path_of(all, r) + "\" needs the columns of " + std::to_string(ancestors.size()) +
                    " keys, one for each ancestor from the root down; on() names " + std::to_string(named.size()));
  std::vector<key_match> path;
  for (std::size_t i = 0; i != named.size(); ++i) {
    const equal& columns = named[i];
    if (columns.ancestor.size() != columns.child.size() || columns.child.empty())
      throw error(failure::usage, "on() of the relation \"" + path_of(all, r) + "\" has different numbers of columns");
    const std::size_t ancestor = ancestors[ancestors.size() - named.size() + i];
    std::vector<key_column>& own = keys_of(ancestor);
    for (std::size_t k = 0; k != columns.child.size(); ++k) {
      const auto found = std::ranges::find(own, columns.ancestor[k], &key_column::name);
      const auto key = static_cast<std::size_t>(found - own.begin());
      if (found == own.end()) own.push_back({columns.ancestor[k], path_of(all, r)});
      path.push_back({ancestor, key, columns.ancestor[k], {columns.child[k], path_of(all, r)}});
    }
  }
  return path;
}

/// Whether both keys are the same whole number, as most are: the quick way to what order_of_keys() would say.
inline bool is_same_integer(const field& a, const field& b) noexcept {
  return a.type() == field::kind::integer && b.type() == field::kind::integer && a.as_integer() == b.as_integer();
}

/// Adds a column and its value to what a message says of a row: `id 7, year 2024`.
inline void append_shown(std::string& to, std::string_view name, const field& value) {
  json::value_writer writer({}, false);
  to.append(to.empty() ? "" : ", ").append(name).append(" ");
  json::append_value(to, writer, value);
}

/// Where a child with a key belongs: before the parent with another one (less), to that, or behind it; as `keys` order
/// them. A parent without a key has no children. Throws error (value) for keys of two sorts.
[[gnu::noinline]] inline std::weak_ordering order_of_keys(const on& keys, std::string_view name, const field& child,
                                                          const field& parent) {
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

/// What says whose the rows of a relation are: the keys of their ancestors, from the root down, as its on() names them.
struct key_path {
  on named = on();
  std::vector<key_match> pairs;

  /// Whether all keys of the row that `rows` is at are whole numbers and those that are wanted. Of no use where a
  /// comparison says what is equal.
  template <flat_producer Rows>
  [[gnu::always_inline]] bool is_plainly_wanted(Rows& rows) const {
    return std::ranges::all_of(
        pairs, [&](const key_match& pair) { return is_same_integer(key_value(rows, pair.child), pair.wanted); });
  }

  /// Where that row belongs: to a parent before the one whose keys `of_parent(pair)` gives (less), to that, or to one
  /// behind it. One with a key of NULL is nobody's. Throws error (value) for keys of two sorts.
  template <flat_producer Rows, class OfParent>
  std::weak_ordering place_of(Rows& rows, OfParent of_parent) const {
    std::weak_ordering place = std::weak_ordering::equivalent;
    for (const key_match& pair : pairs) {
      const field child = key_value(rows, pair.child);
      if (child.is_null()) return std::weak_ordering::less;
      if (place != 0) continue;
      const field parent = of_parent(pair);
      if (is_same_integer(child, parent) && named.order() != on::ordering::compared) [[likely]]
        continue;
      place = order_of_keys(named, pair.child.name, child, parent);
    }
    return place;
  }

  /// The keys of that row, and those that are wanted, as messages show them.
  template <flat_producer Rows>
  std::string shown(Rows& rows) const {
    std::string text;
    for (const key_match& pair : pairs) append_shown(text, pair.child.name, key_value(rows, pair.child));
    return text;
  }
  template <class OfParent>
  std::string shown_parent(OfParent of_parent) const {
    std::string text;
    for (const key_match& pair : pairs) append_shown(text, pair.ancestor_column, of_parent(pair));
    return text;
  }
};

/// The key of the ancestor that is open now.
inline field wanted_key(const key_match& pair) noexcept { return pair.wanted; }

/// The error of a child that has no parent. `keys` and `why` as messages say them.
inline error orphan_error(const std::string& keys, const std::string& why) {
  return error(failure::value, "no parent has the key of this row, " + keys + ": " + why);
}

}  // namespace tidemark
