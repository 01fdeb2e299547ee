#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/compare.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/kept_row.hpp>
#include <tidemark/walk/keys.hpp>
#include <tidemark/walk/on.hpp>

namespace tidemark {

/// A column of an interlaced result that the rows of a relation have, and the name that it has there.
struct shared_column {
  std::string column;
  std::string name;

  template <std::convertible_to<std::string> Name>
  shared_column(const Name& both) : column(both), name(both) {}
  shared_column(std::string of_result, std::string of_row) : column(std::move(of_result)), name(std::move(of_row)) {}
};

/// A relation of an interlaced result, and which columns its rows have. Made by many() and one().
struct level {
  std::string name;
  bool to_one;
  std::vector<shared_column> columns;
  on keys;
  std::vector<level> relations;
};

/// A to-many, and a to-one, of interlaced(): rows with the columns of the result that are named. `keys` as for nest().
template <std::same_as<level>... Relations>
level many(std::string name, std::vector<shared_column> columns, on keys, Relations... relations) {
  return {std::move(name), false, std::move(columns), std::move(keys), {std::move(relations)...}};
}
template <std::same_as<level>... Relations>
level one(std::string name, std::vector<shared_column> columns, on keys, Relations... relations) {
  return {std::move(name), true, std::move(columns), std::move(keys), {std::move(relations)...}};
}

/// A result whose rows say by a number which relation they belong to, and by keys which parent: a layout of
/// interlaced_walk. Of each open row its keys are held.
class levels {
 public:
  /// `number`: the column that holds 0 for the root, and for relations their place among all, counted depth-first.
  levels(std::string number, std::vector<shared_column> columns, std::vector<level> relations) {
    number_.name = std::move(number);
    add({"", false, std::move(columns), on(), std::move(relations)}, relation::none);
  }

  std::span<const relation> relations() const noexcept { return described_; }

  /// The relation of the row; none for a row without a parent. Throws error (value).
  template <field_producer Producer>
  std::size_t find(Producer& rows, std::size_t open) {
    if (!is_learned_) learn(rows.columns());
    const std::size_t r = number_of(rows.field(number_.column));
    std::size_t ancestor = open;
    if (r == 0) return r;
    while (ancestor != relation::none && ancestor != described_[r].parent) ancestor = described_[ancestor].parent;
    if (ancestor == relation::none) return none_of(r);
    const auto place = all_[r].keys.place_of(rows, [this](const key_match& pair) { return key_of_open(pair); });
    return place == 0 ? r : none_of(r);
  }

  /// What is wrong with the row for which find() answered none.
  template <field_producer Producer>
  error describe_orphan(Producer& rows, std::size_t open) const {
    const key_path& keys = all_[orphan_].keys;
    const std::size_t parent = described_[orphan_].parent;
    while (open != relation::none && open != parent) open = described_[open].parent;
    const auto shown_parent = [&] {
      return keys.shown_parent([this](const key_match& pair) { return key_of_open(pair); });
    };
    return orphan_error(keys.shown(rows),
                        open == relation::none ? "none is open" : "the one that is open has " + shown_parent())
        .in_relation(path_of(described_, orphan_));
  }

  /// Takes up the keys of a row; false for one that has no relations.
  template <field_producer Producer>
  bool open(std::size_t r, Producer& rows) {
    state& here = all_[r];
    here.key_values.clear();
    for (const key_column& key : here.own_keys) here.key_values.add(rows.field(key.column));
    return here.is_parent;
  }

  template <field_producer Producer>
  void keep(std::size_t r, Producer& rows) {
    all_[r].kept.clear();
    for (const std::size_t source : all_[r].sources) all_[r].kept.add(rows.field(source));
  }

  template <field_producer Producer>
  class row_of;
  /// The row of a relation: where the producer has it, or where it was kept.
  template <field_producer Producer>
  auto row(std::size_t r, Producer* rows) const noexcept {
    return row_of<Producer>(all_[r], rows);
  }

 private:
  struct state {
    std::vector<shared_column> named;
    std::vector<column> columns;
    std::vector<std::size_t> sources;  // which columns of the result these are
    key_path keys;
    std::vector<key_column> own_keys;  // that descendants are compared with
    kept_row key_values;               // of the open row
    kept_row kept;
    bool is_parent = false;
  };

  void add(level one, std::size_t parent) {
    const std::size_t r = all_.size();
    described_.push_back({std::move(one.name), parent, one.to_one});
    state& made = all_.emplace_back();
    for (const shared_column& each : one.columns) made.columns.push_back({each.name});
    made.named = std::move(one.columns);
    made.keys.named = std::move(one.keys);
    made.is_parent = !one.relations.empty();
    if (r != 0)
      made.keys.pairs = match_keys(described_, r, made.keys.named, false,
                                   [this](std::size_t ancestor) -> auto& { return all_[ancestor].own_keys; });
    for (level& each : one.relations) add(std::move(each), r);
  }

  void learn(std::span<const column> columns) {
    const auto find = [&](const std::string& name, std::size_t r) {
      const auto found = std::ranges::find(columns, name, &column::name);
      if (found == columns.end())
        throw error(failure::usage, "the result has no column \"" + name + "\", which " +
                                        (r == 0 ? "interlaced()" : "\"" + path_of(described_, r) + "\"") + " names");
      return static_cast<std::size_t>(found - columns.begin());
    };
    number_.column = find(number_.name, 0);
    for (std::size_t r = 0; r != all_.size(); ++r) {
      for (const shared_column& one : all_[r].named) all_[r].sources.push_back(find(one.column, r));
      for (key_column& key : all_[r].own_keys) key.column = find(key.name, r);
      for (key_match& pair : all_[r].keys.pairs) pair.child.column = find(pair.child.name, r);
    }
    is_learned_ = true;
  }

  std::size_t number_of(const field& value) const {
    if (value.type() == field::kind::integer && value.as_integer() >= 0 &&
        static_cast<std::size_t>(value.as_integer()) < all_.size()) [[likely]]
      return static_cast<std::size_t>(value.as_integer());
    if (conversions::is_ordered_number(value))
      for (std::size_t r = 0; r != all_.size(); ++r)
        if (compare(value, field::integer(static_cast<std::int64_t>(r))) == 0) return r;
    std::string shown;
    append_shown(shown, number_.name, value);
    throw error(failure::value,
                "a row is of no relation: " + shown + ", where there are 0 to " + std::to_string(all_.size() - 1))
        .in_column(number_.name);
  }

  field key_of_open(const key_match& pair) const noexcept { return all_[pair.ancestor].key_values[pair.key]; }

  std::size_t none_of(std::size_t r) noexcept {
    orphan_ = r;
    return relation::none;
  }

  key_column number_;
  std::vector<relation> described_;
  std::vector<state> all_;
  std::size_t orphan_ = 0;
  bool is_learned_ = false;
};

template <field_producer Producer>
class levels::row_of {
 public:
  row_of(const state& of, Producer* rows) noexcept : of_(&of), rows_(rows) {}

  std::span<const column> columns() const noexcept { return of_->columns; }
  tidemark::field field(std::size_t i) const { return rows_ != nullptr ? rows_->field(of_->sources[i]) : of_->kept[i]; }

 private:
  const state* of_;
  Producer* rows_;
};

}  // namespace tidemark
