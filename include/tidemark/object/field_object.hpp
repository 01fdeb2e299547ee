#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/object/text_object.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/value_reader.hpp>

namespace tidemark {

/// A row of fields, that which a producer is at, and for each column what reading more than a plain value needs.
template <row_of_fields Row>
class field_row {
 public:
  /// Takes up a row, with its number, counted from 1.
  void begin(Row& rows, std::uint64_t row) {
    rows_ = &rows;
    columns_ = rows.columns();
    row_ = row;
    if (followers_.size() != columns_.size()) [[unlikely]]
      followers_.resize(columns_.size());
  }

  /// Says of which relation the rows are, for errors.
  void set_relation(std::string name) { relation_ = std::move(name); }

  std::size_t size() const noexcept { return columns_.size(); }
  const std::string& name(std::size_t column) const noexcept { return columns_[column].name; }

  /// The column of a name, or size(). Rows are mostly asked for the same names in the same order: what was asked for
  /// behind the last one is tried first. Inlined, so that a literal name is compared by its known size and bytes.
  [[gnu::always_inline]] std::size_t find(std::string_view name) noexcept {
    if (asked_ < followers_.size()) [[likely]] {
      const std::size_t guess = followers_[asked_];
      const std::string& there = columns_[guess].name;
      if (there.size() == name.size() && std::memcmp(there.data(), name.data(), name.size()) == 0) [[likely]]
        return asked_ = guess;
    }
    return find_anew(name);
  }

  /// The value of a column; one that its producer gives in pieces is put together.
  [[gnu::always_inline]] field value(std::size_t column) {
    const field value = rows_->field(column);
    if (value.type() != field::kind::long_text && value.type() != field::kind::long_bytes) [[likely]]
      return value;
    return drawn(column, value);
  }

  /// A value that its producer gives in pieces, put together.
  [[gnu::noinline]] field drawn(std::size_t column, const field& value) {
    more& here = more_of(column);
    if (here.drawn_of != row_) draw(value.as_reader(), here);
    here.drawn_of = row_;
    if (value.type() == field::kind::long_text) return field::text(here.drawn);
    return field::bytes(std::as_bytes(std::span(here.drawn)));
  }

  /// The value of a column as JSON.
  std::string_view json(std::size_t column) {
    const field found = value(column);
    if (found.type() == field::kind::json) return found.as_view();
    more& here = more_of(column);
    json::value_writer writer({}, false);
    here.text.clear();
    json::append_value(here.text, writer, found);
    return here.text;
  }

  /// Where a column that holds JSON is read from. Null where it holds something else.
  text_source* nested(std::size_t column) {
    const field found = value(column);
    if (found.type() != field::kind::json) return nullptr;
    text_source& source = more_of(column).nested;
    if (source.row == row_) return &source;
    source.column = name(column);
    source.relation = relation_;
    source.row = row_;
    if (const char* const problem = source.found.find(found.as_view())) {
      source.row = 0;
      fail(std::string("bad JSON: ") + problem, column);
    }
    source.end = source.found.count();
    return &source;
  }

  [[noreturn]] void fail(const std::string& message, std::size_t column) const { fail_named(message, name(column)); }
  [[noreturn]] void fail_named(const std::string& message, std::string_view name) const {
    throw error(failure::value, message).going_on(true).in_relation(relation_).in_row(row_).in_column(name);
  }

 private:
  struct more {
    std::string text;            // what was written of the value
    std::string drawn;           // the value, put together
    std::uint64_t drawn_of = 0;  // the row it is of
    text_source nested;
  };

  [[gnu::noinline]] std::size_t find_anew(std::string_view name) noexcept {
    const auto found = std::ranges::find(columns_, name, &column::name);
    if (found == columns_.end()) return columns_.size();
    const auto column = static_cast<std::size_t>(found - columns_.begin());
    followers_[asked_] = column;
    return asked_ = column;
  }

  more& more_of(std::size_t column) {
    if (more_.size() < columns_.size()) more_.resize(columns_.size());
    return more_[column];
  }

  static void draw(value_reader& pieces, more& into) {
    constexpr std::size_t piece = 65536;
    into.drawn.clear();
    for (std::size_t size = 0;;) {
      into.drawn.resize(size + piece);
      const std::size_t count = pieces.read(std::span(into.drawn).subspan(size));
      size += count;
      if (count == 0) return into.drawn.resize(size);
    }
  }

  Row* rows_ = nullptr;
  std::span<const column> columns_;
  std::size_t asked_ = 0;               // the column last asked for
  std::vector<std::size_t> followers_;  // for each column, that which was asked for behind it
  std::uint64_t row_ = 0;
  std::string relation_;
  std::deque<more> more_;
};

/// A value of a row of fields. Borrowed like its row.
template <row_of_fields Row>
class field_value {
 public:
  field_value(field_row<Row>& source, std::size_t column) noexcept : source_(&source), column_(column) {}

  bool is_null() const { return as_field().is_null() || first_of_json() == 'n'; }
  bool is_object() const { return first_of_json() == '{'; }
  bool is_array() const { return first_of_json() == '['; }

  /// As its producer gives it; what it gives in pieces is put together.
  field as_field() const { return source_->value(column_); }

  /// As a T: see readable_value, and besides json_text (written as JSON where it is something else), text_object and
  /// text_array (of a JSON field), and std::optional of all these (none for null). Throws error (value).
  template <class T>
  T get() const {
    if constexpr (conversions::is_optional<T>) {
      using value_type = typename T::value_type;
      if constexpr (readable_value<value_type>)
        if (const field value = as_field(); value.type() != field::kind::json) [[likely]]
          return value.is_null() ? T() : T(convert<value_type>(value));
      if (is_null()) return std::nullopt;
      return get<value_type>();
    } else if constexpr (std::same_as<T, json_text>) {
      return {raw()};
    } else if constexpr (std::same_as<T, text_object>) {
      return object();
    } else if constexpr (std::same_as<T, text_array>) {
      return array();
    } else {
      const field value = as_field();
      if (value.type() == field::kind::json) [[unlikely]]
        return nested().template get<T>();
      return convert<T>(value);
    }
  }

  /// As JSON, borrowed like the row.
  std::string_view raw() const { return source_->json(column_); }

  /// What stands in a JSON field. Throws error (value) where it is something else.
  text_object object() const { return nested().object(); }
  text_array array() const { return nested().array(); }
  text_value operator[](std::string_view name) const { return object()[name]; }

 private:
  template <class T>
  T convert(const field& value) const {
    using enum field::kind;
    // What most are, without a call.
    if constexpr (std::integral<T> && !std::same_as<T, bool>) {
      if (value.type() == integer && std::in_range<T>(value.as_integer())) [[likely]]
        return static_cast<T>(value.as_integer());
    } else if constexpr (std::same_as<T, double>) {
      if (value.type() == real) [[likely]]
        return value.as_real();
    }
    if constexpr (std::same_as<T, decimal_text>)
      if (value.type() == integer || value.type() == unsigned_integer) return {raw()};
    try {
      return from_field<T>(value);
    } catch (const error& failed) {
      source_->fail(failed.message(), column_);
    }
  }

  text_value nested() const {
    text_source* const source = source_->nested(column_);
    if (source == nullptr)
      source_->fail("the value is " + std::string(to_string(as_field().type())) + ", not an object or an array",
                    column_);
    return {*source, 0, text_source::no_key};
  }

  char first_of_json() const {
    const field value = as_field();
    if (value.type() != field::kind::json) return '\0';
    const std::size_t first = value.as_view().find_first_not_of(" \t\n\r");
    return first == std::string_view::npos ? '\0' : value.as_view()[first];
  }

  field_row<Row>* source_;
  std::size_t column_;
};

/// A row of fields, read where they are: no JSON is made.
template <row_of_fields Row>
class field_object {
 public:
  using value_type = field_value<Row>;

  field_object() = default;  ///< of no row
  explicit field_object(field_row<Row>& source) noexcept : source_(&source) {}

  /// The value of a column. Throws error (value) where there is no such column.
  [[gnu::always_inline]] field_value<Row> operator[](std::string_view name) const {
    const std::size_t column = source_->find(name);
    if (column == source_->size()) source_->fail_named("there is no such field", name);
    return {*source_, column};
  }

  /// The value of a column as a T: see field_value::get. std::optional is none where there is no such column, too.
  template <class T>
  [[gnu::always_inline]] T get(std::string_view name) const {
    if constexpr (conversions::is_optional<T>) {
      const std::size_t column = source_->find(name);
      if (column == source_->size()) return std::nullopt;
      return field_value<Row>(*source_, column).template get<T>();
    } else {
      return (*this)[name].template get<T>();
    }
  }

  bool contains(std::string_view name) const noexcept { return source_->find(name) != source_->size(); }

  struct member {
    std::string_view name;
    field_value<Row> value;
  };

  class iterator {
   public:
    using value_type = member;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator(field_row<Row>& source, std::size_t column) noexcept : source_(&source), column_(column) {}

    member operator*() const noexcept { return {source_->name(column_), {*source_, column_}}; }
    iterator& operator++() noexcept {
      ++column_;
      return *this;
    }
    void operator++(int) noexcept { ++column_; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
      return at.column_ == at.source_->size();
    }

   private:
    field_row<Row>* source_;
    std::size_t column_;
  };
  iterator begin() const noexcept { return {*source_, 0}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  field_row<Row>* source_ = nullptr;
};

}  // namespace tidemark
