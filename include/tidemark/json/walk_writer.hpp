#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/json/chunk_buffer.hpp>
#include <tidemark/json/long_value.hpp>
#include <tidemark/json/names.hpp>
#include <tidemark/json/object_writer.hpp>
#include <tidemark/json/open_object.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/row_writer.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::json {

/// Writes the rows of a walk, nested: each child where it stands in its parent, behind the parent's own members.
///
/// The steps of a walk are taken up and written one by one, so that writing can stop anywhere, also where many levels
/// close at once. What is remembered is of the size of the relations, never of their rows.
template <row_shape Shape>
class walk_writer {
 public:
  explicit walk_writer(const json_options& options) noexcept : options_(options) {}

  /// Takes up what next() of `rows` answered: a row, or that the innermost open row is complete. Throws error (value)
  /// for a second row of a to-one relation and for text that is not an object, and error (usage) where a walk does not
  /// keep its order; nothing of that row is written then.
  template <walk Walk>
  void take_up(Walk& rows, progress answer) {
    if (const std::span<const relation> all = rows.relations(); all.size() != relations_.size()) learn(all);
    if (answer == progress::leave) {
      if (open_ == relation::none) misuse("progress::leave, but no row is open");
      at_ = open_;
      written_ = at_;
      goal_ = relations_[at_].children.size();
      step_ = step::closing;
      return;
    }
    at_ = rows.relation();
    if (at_ >= relations_.size()) misuse("a row of a relation that there is not");
    if (relations_[at_].parent != open_) misuse("a row whose parent is not open");
    state& here = relations_[at_];
    ++here.rows;
    in_relation([&] {
      if (at_ != 0) turn_to(here);
      rows.visit(at_, [this](auto& row) { this->begin(row); });
    });
    written_ = here.parent;
    step_ = at_ == 0 ? step::row : step::before_row;
  }

  /// Writes on until what was taken up is written (true) or the mark is reached (false).
  template <walk Walk>
  bool write(chunk_buffer& buffer, Walk& rows) {
    if (step_ == step::row) [[likely]]
      return write_row(buffer, rows);
    if (!write_between(buffer)) return false;
    if (step_ == step::closing) {
      open_ = relations_[at_].parent;
      return true;
    }
    step_ = step::row;
    return write_row(buffer, rows);
  }

  /// Writes on behind a child that is written: further ones of its relation, each with its comma, as long as `rows` has
  /// them and the mark is not reached. Answers as running_walk::run() does: progress::row where the mark is reached,
  /// and is_cut() tells whether write() is to be called for the rest of that row. Throws as take_up() and write().
  template <running_walk Walk>
  progress write_run(chunk_buffer& buffer, Walk& rows) {
    state& here = relations_[at_];
    if (step_ != step::row || here.to_one) return progress::leave;
    const std::size_t constant = rows.constant_columns();
    bool is_first = true;
    const auto write_next = [&, this](auto& row) __attribute__((always_inline)) {
      constexpr bool is_text = row_of_text<std::remove_reference_t<decltype(row)>>;
      ++here.rows;
      bool is_whole = false;
      in_relation([&] {
        if constexpr (is_text) begin(row);  // before the comma: text that is refused leaves nothing behind
        *buffer.out() = ',';
        buffer.set_out(buffer.out() + 1);
        if constexpr (is_text) {
          is_whole = write_one(buffer, row);
        } else {
          if (std::exchange(is_first, false)) [[unlikely]]
            here.objects->remember_start(row, constant);
          is_whole = here.objects->write_alike(buffer, row);
        }
      });
      is_cut_ = !is_whole;
      return is_whole && !buffer.is_full();
    };
    return rows.run(write_next);
  }
  bool is_cut() const noexcept { return is_cut_; }

  /// Whether a row of the root and all its children are written.
  bool is_whole() const noexcept { return open_ == relation::none; }

  /// Where there is one row, and it is whole: how many of its last bytes make it complete; see hold_back_end().
  std::size_t holds_back() const noexcept { return held_back_; }

 private:
  enum class step { row, before_row, closing };

  /// A relation, and how far the open row of it has been written.
  struct state {
    std::string name;  // with those of its ancestors: "albums.tracks"
    std::string key;
    std::size_t parent = relation::none;
    bool to_one = false;
    std::size_t place = 0;              // among its parent's relations
    std::vector<std::size_t> children;  // in declared order
    std::string opening;                // `,"albums":[`
    std::string empty;                  // `,"albums":[]`
    std::optional<object_writer> objects;
    std::uint64_t rows = 0;

    std::size_t at = 0;       // the child relation that comes next, or is being written
    bool is_within = false;   // rows of it are written
    bool has_members = true;  // of its own, where the row is text
  };

  void learn(std::span<const relation> all) {
    for (std::size_t r = relations_.size(); r < all.size(); ++r) {
      if (r != 0 && all[r].parent >= r) misuse("a relation that stands before its parent");
      state& made = relations_.emplace_back();
      made.name = path_of(all, r);
      made.key = all[r].name;
      made.parent = all[r].parent;
      made.to_one = all[r].to_one;
      if (r == 0) continue;
      state& parent = relations_[made.parent];
      made.place = parent.children.size();
      parent.children.push_back(r);
    }
  }

  [[noreturn]] static void misuse(const char* what) {
    throw error(failure::usage, std::string("the walk gave ") + what);
  }

  /// Errors of what `act` does name the relation and its row.
  template <class Act>
  [[gnu::always_inline]] void in_relation(Act act) const {
    if (at_ == 0) return act();
    const state& here = relations_[at_];
    try {
      act();
    } catch (const error& failed) {
      throw failed.in_relation(here.name).in_row(here.rows);
    }
  }

  /// Makes a child of the open row, which `here` has, what comes next.
  void turn_to(const state& here) {
    const state& parent = relations_[open_];
    if (here.place < parent.at) misuse("a row of a relation that is over");
    if (here.place == parent.at && parent.is_within && here.to_one)
      throw error(failure::value, "a second row where there may be one");
    goal_ = here.place;
  }

  /// Takes up a row of relation at_.
  template <row_of_fields Row>
  void begin(Row& row) {
    state& here = relations_[at_];
    if (!here.objects) [[unlikely]] {
      here.objects.emplace(row.columns(), options_, Shape.one_line, keys(here));
      for (std::size_t i = 0; i != here.children.size(); ++i)
        render(relations_[here.children[i]], here.objects->key_behind(i));
    }
    open(here);
  }
  template <row_of_text Row>
  void begin(Row& row) {
    state& here = relations_[at_];
    text_ = row.text();
    is_resumed_ = false;
    if (text_.empty() || options_.validate) check_json(text_, options_.validate);
    if (here.children.empty()) {
      if (Shape.single && at_ == 0) held_back_ = hold_back_end(text_);
    } else {
      const open_object cut = cut_end(text_, "a row that has relations must be an object");
      text_ = cut.text;
      here.has_members = cut.has_members;
      for (const std::size_t child : here.children)
        if (relations_[child].opening.empty())
          render(relations_[child], "," + json::quoted(relations_[child].key, options_.invalid_utf8) + ":");
    }
    open(here);
  }

  void open(state& here) noexcept {
    if (here.children.empty()) return;
    here.at = 0;
    here.is_within = false;
    open_ = at_;
  }

  std::vector<std::string> keys(const state& of) const {
    std::vector<std::string> made;
    made.reserve(of.children.size());
    for (const std::size_t child : of.children) made.push_back(relations_[child].key);
    return made;
  }

  static void render(state& child, const std::string& key) {
    child.opening = key + (child.to_one ? "" : "[");
    child.empty = key + (child.to_one ? "null" : "[]");
  }

  template <walk Walk>
  bool write_row(chunk_buffer& buffer, Walk& rows) {
    bool is_written = false;
    in_relation([&] { is_written = rows.visit(at_, [&](auto& row) { return write_one(buffer, row); }); });
    return is_written;
  }
  template <row_of_fields Row>
  bool write_one(chunk_buffer& buffer, Row& row) {
    return relations_[at_].objects->write(buffer, row);
  }
  template <row_of_text Row>
  bool write_one(chunk_buffer& buffer, Row&) {
    if (!is_resumed_ && text_.size() + long_value::reserve <= buffer.space()) [[likely]] {
      buffer.set_out(copy_json(buffer.out(), text_, Shape.one_line));
      return true;
    }
    if (!std::exchange(is_resumed_, true)) long_.start_json(text_, Shape.one_line);
    return long_.write(buffer);
  }

  /// What stands between the rows: what closes the relation that is over, those that are empty, and what opens the one
  /// at the goal; or, where the row is complete, all of its relations and its end.
  bool write_between(chunk_buffer& buffer) {
    for (;;) {
      if (is_long_ && !long_.write(buffer)) return false;
      is_long_ = false;
      if (is_between_written_) break;
      const std::string_view piece = next_piece();
      if (piece.size() + long_value::reserve <= buffer.space()) {
        buffer.set_out(copy_json(buffer.out(), piece, false));
      } else {
        long_.start_json(piece, false);
        is_long_ = true;
      }
    }
    is_between_written_ = false;
    return true;
  }

  std::string_view next_piece() {
    state& parent = relations_[written_];
    if (parent.is_within && parent.at == goal_) {
      is_between_written_ = true;
      return ",";
    }
    if (std::exchange(parent.is_within, false)) return relations_[parent.children[parent.at++]].to_one ? "" : "]";
    if (parent.at == goal_ && step_ == step::closing) {
      is_between_written_ = true;
      return "}";
    }
    const state& child = relations_[parent.children[parent.at]];
    std::string_view piece = child.empty;
    if (parent.at == goal_) {
      piece = child.opening;
      parent.is_within = true;
      is_between_written_ = true;
    } else {
      ++parent.at;
    }
    if (child.place == 0 && !parent.has_members) piece.remove_prefix(1);
    return piece;
  }

  json_options options_;
  std::vector<state> relations_;
  std::size_t open_ = relation::none;  // of the innermost row that has relations and is not complete
  std::size_t at_ = 0;                 // of the row, or the end of one, that was taken up
  std::size_t written_ = 0;            // of the row whose children are written
  std::size_t goal_ = 0;               // the child relation before which all others are to be written
  step step_ = step::row;
  bool is_cut_ = false;  // write_run() has written a row in part
  bool is_between_written_ = false;
  bool is_long_ = false;  // long_ writes a piece of what stands between
  std::size_t held_back_ = 1;
  std::string_view text_;
  bool is_resumed_ = false;  // long_ writes text_
  long_value long_;
};

}  // namespace tidemark::json
