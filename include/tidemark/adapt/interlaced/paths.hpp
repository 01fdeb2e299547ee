#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/for_each_member.hpp>
#include <tidemark/json/names.hpp>
#include <tidemark/json/open_object.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/keys.hpp>

namespace tidemark {

/// A result whose rows are JSON text and say by a path where they belong: a layout of interlaced_walk. The columns:
///
///   _path_     $[1] for a row of the root, and for a child the path of its parent with ].books[2: the number of a row
///              among its parent's, in any number of digits, and no closing bracket at the end. Digits are not
///              compared.
///   _json_     the row's own members, as an object
///   _expands_  the relations that it may have: {"books":[],"author":null}, a to-many and a to-one
///   _blobs_    an object whose names are those of the blob columns that the row has
///   and one for each blob: written behind the row's other members
///
/// All rows of one relation have the same _expands_. Of each open row the path is held.
class paths {
 public:
  explicit paths(const json_options& options) : options_(options), described_(1), all_(1) {}

  std::span<const relation> relations() const noexcept { return described_; }

  template <field_producer Producer>
  std::size_t find(Producer& rows, std::size_t open) {
    if (!is_learned_) learn(rows.columns());
    const std::string_view path = text_of(rows, path_);
    for (std::size_t r = open; r != relation::none; r = described_[r].parent) {
      const std::string& parent = all_[r].path;
      if (!path.starts_with(parent) || !path.substr(parent.size()).starts_with("].")) continue;
      return child_of(r, path.substr(parent.size() + 2));
    }
    constexpr std::string_view root = "$[";
    return path.starts_with(root) && is_number(path.substr(root.size())) ? 0 : relation::none;
  }

  template <field_producer Producer>
  error describe_orphan(Producer& rows, std::size_t open) const {
    return orphan_error("_path_ " + std::string(text_of(rows, path_)),
                        open == relation::none ? "none is open" : "the one that is open has " + all_[open].path);
  }

  /// Takes up the path of a row, and its text; false for one that has no relations.
  template <field_producer Producer>
  bool open(std::size_t r, Producer& rows) {
    const std::string_view expands = text_of(rows, expands_);
    if (!all_[r].is_known) {
      add_relations(r, expands);
    } else if (expands != all_[r].expands) {
      throw error(failure::value, "rows of one relation must have the same relations: this one has " +
                                      std::string(expands) + ", those before it have " + all_[r].expands)
          .in_column("_expands_");
    }
    add_blobs(rows);
    state& here = all_[r];
    if (here.is_parent) here.path = text_of(rows, path_);
    return here.is_parent;
  }

  template <field_producer Producer>
  void keep(std::size_t r, Producer& rows) {
    all_[r].kept = row_text(rows);
  }

  struct row_of {
    std::string_view json;
    std::string_view text() const noexcept { return json; }
  };
  template <field_producer Producer>
  row_of row(std::size_t r, Producer* rows) const {
    return {rows != nullptr ? row_text(*rows) : std::string_view(all_[r].kept)};
  }

 private:
  struct state {
    std::string path;     // of the open row
    std::string expands;  // of all rows
    std::string kept;
    bool is_known = false;  // a row was there
    bool is_parent = false;
  };
  struct blob {
    std::size_t column;
    std::string key;  // "image":
  };

  void learn(std::span<const column> columns) {
    const auto find = [&](const char* name) {
      const auto found = std::ranges::find(columns, name, &column::name);
      if (found == columns.end())
        throw error(failure::usage, std::string("an interlaced result needs the columns _path_, _blobs_, _expands_ and "
                                                "_json_; there is no ") +
                                        name);
      return static_cast<std::size_t>(found - columns.begin());
    };
    path_ = find("_path_");
    blobs_ = find("_blobs_");
    expands_ = find("_expands_");
    json_ = find("_json_");
    for (const column& one : columns) names_.push_back(one.name);
    is_learned_ = true;
  }

  template <field_producer Producer>
  std::string_view text_of(Producer& rows, std::size_t i) const {
    const field value = rows.field(i);
    switch (value.type()) {
      case field::kind::text:
      case field::kind::json: return value.as_view();
      case field::kind::null: return i == path_ || i == json_ ? "" : "{}";
      default: throw error(failure::value, "the value is not text").in_column(names_[i]);
    }
  }

  template <field_producer Producer>
  std::string_view row_text(Producer& rows) const {
    return row_blobs_.empty() ? text_of(rows, json_) : std::string_view(text_);
  }

  static bool is_number(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  }

  /// The relation of a row by what stands in its path behind its parent's: books[2.
  std::size_t child_of(std::size_t parent, std::string_view rest) const {
    const std::size_t bracket = rest.rfind('[');
    if (bracket != std::string_view::npos && is_number(rest.substr(bracket + 1)))
      for (std::size_t r = parent + 1; r < described_.size(); ++r)
        if (described_[r].parent == parent && described_[r].name == rest.substr(0, bracket)) return r;
    for (std::size_t r = parent + 1; r < described_.size(); ++r)
      if (described_[r].parent == parent && rest.starts_with(described_[r].name + "[")) return relation::none;
    throw error(failure::value,
                "the path ends in " + std::string(rest) + ", which is no relation that _expands_ of its parent names")
        .in_column("_path_");
  }

  void add_relations(std::size_t r, std::string_view expands) {
    try {
      json::for_each_member(expands, [&](std::string_view name, std::string_view empty) {
        if (empty != "null" && !empty.starts_with('['))
          throw error(failure::value, "a relation is [] or null, not " + std::string(empty));
        described_.push_back({std::string(name), r, empty == "null"});
        all_.emplace_back();
        all_[r].is_parent = true;
      });
    } catch (const error& failed) {
      throw failed.in_column("_expands_");
    }
    all_[r].expands = expands;
    all_[r].is_known = true;
  }

  /// Writes the text of a row that has blobs: they stand in columns of their own.
  template <field_producer Producer>
  void add_blobs(Producer& rows) {
    const std::string_view described = text_of(rows, blobs_);
    if (described != last_blobs_) learn_blobs(described);
    if (row_blobs_.empty()) return;
    const json::open_object own = open_row(rows);
    text_.assign(own.text);
    bool has_members = own.has_members;
    json::value_writer writer(options_, false);
    for (const blob& one : row_blobs_) {
      if (std::exchange(has_members, true)) text_ += ',';
      text_ += one.key;
      json::append_value(text_, writer, rows.field(one.column));
    }
    text_ += '}';
  }

  template <field_producer Producer>
  json::open_object open_row(Producer& rows) const {
    try {
      return json::cut_end(text_of(rows, json_), "a row that has blobs must be an object");
    } catch (const error& failed) {
      throw failed.in_column("_json_");
    }
  }

  void learn_blobs(std::string_view described) {
    row_blobs_.clear();
    try {
      json::for_each_member(described, [&](std::string_view name, std::string_view) {
        const auto found = std::ranges::find(names_, name);
        if (found == names_.end())
          throw error(failure::value, "there is no column \"" + std::string(name) + "\" for a blob");
        row_blobs_.push_back({static_cast<std::size_t>(found - names_.begin()), json::quoted(name) + ":"});
      });
    } catch (const error& failed) {
      throw failed.in_column("_blobs_");
    }
    last_blobs_ = described;
  }

  json_options options_;
  std::vector<relation> described_;
  std::deque<state> all_;           // views of kept rows stay where they are
  std::vector<std::string> names_;  // of the result's columns
  std::size_t path_ = 0, blobs_ = 0, expands_ = 0, json_ = 0;
  bool is_learned_ = false;
  std::string last_blobs_ = "{}";
  std::vector<blob> row_blobs_;  // of the row
  std::string text_;             // of the row, where it has blobs
};

}  // namespace tidemark
