#pragma once

// Rows changed on their way.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/adapt/transform/changed_fields.hpp>
#include <tidemark/adapt/transform/changed_text.hpp>
#include <tidemark/adapt/transform/changes.hpp>
#include <tidemark/adaptor.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/object/lazy_row.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/to_field.hpp>

namespace tidemark {

/// A row that may be changed before it goes on: what the function of transform() gets.
///
/// It is read like any object, and lazily. What is read is the row as it came, whatever was changed meanwhile; and the
/// names that are given to set(), remove() and rename() are those of the row as it came, or of fields that were added.
/// Changes show in what is written. Borrowed for the call of the function.
template <flat_producer Producer>
class editable_row {
 public:
  using value_type = typename lazy_row<Producer>::value_type;

  explicit editable_row(const json_options& options) : changes_(options), writer_(make_writer(options)) {}

  /// As objects have them. Throw error (value).
  value_type operator[](std::string_view name) const { return row_[name]; }
  template <class T>
  T get(std::string_view name) const {
    return row_.template get<T>(name);
  }
  bool contains(std::string_view name) const { return row_.contains(name); }
  auto begin() const { return row_.begin(); }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// Gives a field another value, in its place; where there is none of that name, adds it behind all others. The value
  /// is written at once. Throws error (value) for one that JSON has no spelling for.
  template <row_value T>
  void set(std::string_view name, const T& value) {
    set_field(name, conversions::to_field(value));
  }

  /// Adds a field behind all others. That no other has its name is seen when the row is written: error (value).
  template <row_value T>
  void add(std::string_view name, const T& value) {
    add_field(name, conversions::to_field(value));
  }

  /// Takes a field out. False where there is none of that name.
  bool remove(std::string_view name) {
    change* const one = find(name);
    if (one == nullptr) return false;
    if (one->place == change::added)
      changes_.forget(*one);
    else
      one->is_removed = true;
    return true;
  }

  /// Gives a field another name, in its place. False where there is none of the name `from`. That no other has the name
  /// `to` is seen when the row is written: error (value).
  bool rename(std::string_view from, std::string_view to) {
    change* const one = find(from);
    if (one != nullptr) naming(to, [&] { changes_.rename(*one, to); });
    return one != nullptr;
  }

  /// Leaves the whole row out.
  void drop() noexcept { is_dropped_ = true; }

 private:
  template <flat_producer, class>
  friend class transformed;

  static constexpr bool is_text = text_producer<Producer>;

  static auto make_writer([[maybe_unused]] const json_options& options) {
    if constexpr (is_text)
      return changed_text{};
    else
      return changed_fields{options};
  }

  void take_up(Producer& rows, std::uint64_t number) {
    row_.begin(rows, number);
    is_dropped_ = false;
    changes_.clear();
  }

  /// What the row has become.
  std::string_view written(Producer& rows) {
    if constexpr (is_text) {
      if (changes_.is_empty()) return row_.text();
      check_names();
      return writer_.write(row_, changes_);
    } else {
      check_names();
      return writer_.write(rows, changes_);
    }
  }

  void set_field(std::string_view name, const field& value) {
    naming(name, [&] {
      const change::part written = changes_.write(value);  // first, so that what is refused changes nothing
      change* const one = find(name);
      changes::set(one != nullptr ? *one : changes_.add(name), written);
    });
  }
  void add_field(std::string_view name, const field& value) {
    naming(name, [&] {
      const change::part written = changes_.write(value);
      changes::set(changes_.add(name), written);
    });
  }

  /// The change of a field of the row as it came, or of one that was added; null where there is none of that name.
  change* find(std::string_view name) {
    const auto found = row_.find(name);
    if (!found.is_there()) return changes_.added(name);
    if constexpr (is_text) {
      change& one = changes_.at(found.offset());
      one.field = found;
      return &one;
    } else {
      return &changes_.at(found.column);
    }
  }

  /// A name that a change gave must be the only one of its kind.
  void check_names() {
    const auto gives_name = [](const change& one) { return one.is_renamed && !one.is_removed; };
    for (const change& one : changes_.all()) {
      if (!gives_name(one)) continue;
      const std::string_view name = changes_.text(one.name);
      const auto is_taken_by = [&](const change& other) {
        return &other != &one && gives_name(other) && changes_.text(other.key) == changes_.text(one.key);
      };
      // Names are the same where they are written alike: bytes that are not UTF-8 are replaced.
      const std::string_view key = changes_.text(one.key);
      const std::string_view written = key.substr(1, key.size() - 2);
      if (stays(name) || (written != name && written.find('\\') == std::string_view::npos && stays(written)) ||
          std::ranges::any_of(changes_.all(), is_taken_by))
        throw error(failure::value, "the row has a field of that name already").in_column(name);
    }
  }

  /// Whether the row has a field of a name as it came, and keeps it.
  bool stays(std::string_view name) const {
    const auto found = row_.find(name);
    if (!found.is_there()) return false;
    const std::uint32_t place = [&] {
      if constexpr (is_text)
        return found.offset();
      else
        return found.column;
    }();
    return std::ranges::none_of(changes_.all(), [&](const change& other) {
      return other.place == place && (other.is_renamed || other.is_removed);
    });
  }

  template <class Write>
  static void naming(std::string_view name, Write write) {
    try {
      write();
    } catch (const error& failed) {
      throw failed.in_column(name);
    }
  }

  lazy_row<Producer> row_;
  bool is_dropped_ = false;
  changes changes_;
  std::conditional_t<is_text, changed_text, changed_fields> writer_;
};

/// A producer whose rows a function changes. Made by transform().
template <flat_producer Producer, class Function>
class transformed : public adaptor<Producer> {
 public:
  transformed(Producer rows, Function change, const json_options& options)
      : adaptor<Producer>(std::move(rows)), change_(std::move(change)), row_(options) {}

  progress next() {
    for (;;) {
      try {
        const progress answer = this->rows_.next();
        if (answer != progress::row) return answer;
        row_.take_up(this->rows_, number_);
        change_(row_);
        if (!row_.is_dropped_) text_ = row_.written(this->rows_);
        ++number_;
        if (!row_.is_dropped_) return answer;
      } catch (const error& failed) {
        throw failed.in_row(number_);
      }
    }
  }

  std::string_view text() const noexcept { return text_; }

  /// A field of the row as it came, to join it by. Throws error (value) where there is none of that name.
  tidemark::field key(std::string_view name) const { return row_[name].as_field(); }

 private:
  Function change_;
  editable_row<Producer> row_;
  std::uint64_t number_ = 1;  // of the row that comes next
  std::string_view text_;
};

/// The rows of a producer as a function leaves them, as rows of text:
///
///     auto discounted = tidemark::transform(std::move(tracks), [](auto& track) {
///       track.set("price", track.template get<double>("price") * 0.9);
///       track.remove("cost");
///     });
///     tidemark::raw_stream rows{std::move(discounted)};
///
/// `change` is called with an editable_row<Producer>& for each row, once. What it does not touch keeps its bytes:
/// number spelling, escapes, order, and blanks. A row of text that is not even read passes through unparsed; one that
/// is read must be an object. Rows of fields are written as `options` say, as are values that are set. What `change`
/// throws passes through; errors name the row of `rows`, counted from 1.
///
/// Holds one row: its text, and where that is fields or was changed, as much again.
template <flat_producer Producer, std::invocable<editable_row<Producer>&> Function>
transformed<Producer, Function> transform(Producer rows, Function change, json_options options = {}) {
  return {std::move(rows), std::move(change), options};
}

}  // namespace tidemark
