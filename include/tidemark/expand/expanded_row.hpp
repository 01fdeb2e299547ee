#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include <tidemark/expand/open_row.hpp>
#include <tidemark/field.hpp>
#include <tidemark/object/field_object.hpp>
#include <tidemark/object/text_object.hpp>
#include <tidemark/object/text_source.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

template <walk Walk>
class expansion;
template <walk Walk>
class child_stream;

/// What the rows of one relation are read with.
template <walk Walk>
struct row_source {
  row_source(Walk& rows, std::size_t relation) : row(rows, relation), is_text(row.is_text()) {}

  /// Takes up the open row, with its number, counted from 1. Throws error (value), with can_go_on(), for text that is
  /// no object.
  void begin(std::uint64_t number) {
    if (is_text) {
      text.row = number;
      text.start_row(row.json());
    } else {
      fields.begin(row, number);
    }
  }

  open_row<Walk> row;
  bool is_text;
  text_source text;
  field_row<open_row<Walk>> fields;
};

/// A value of an expanded_row: of text or of fields, read alike. Borrowed like its row. See text_value, field_value.
template <walk Walk>
class expanded_value {
 public:
  expanded_value(row_source<Walk>& source, text_value of_text) noexcept
      : text_(of_text), field_(source.fields, 0), is_text_(true) {}
  expanded_value(row_source<Walk>& source, field_value<open_row<Walk>> of_fields) noexcept
      : text_(source.text, 0, text_source::no_key), field_(of_fields), is_text_(false) {}

  bool is_null() const { return is_text_ ? text_.is_null() : field_.is_null(); }
  bool is_object() const { return is_text_ ? text_.is_object() : field_.is_object(); }
  bool is_array() const { return is_text_ ? text_.is_array() : field_.is_array(); }
  field as_field() const { return is_text_ ? text_.as_field() : field_.as_field(); }
  template <class T>
  T get() const {
    return is_text_ ? text_.template get<T>() : field_.template get<T>();
  }
  std::string_view raw() const { return is_text_ ? text_.raw() : field_.raw(); }
  text_object object() const { return is_text_ ? text_.object() : field_.object(); }
  text_array array() const { return is_text_ ? text_.array() : field_.array(); }
  text_value operator[](std::string_view name) const { return object()[name]; }

 private:
  text_value text_;
  field_value<open_row<Walk>> field_;
  bool is_text_;
};

/// A row of a walk as an object (see text_object and field_object), whose relations are streams: child("albums").
///
/// Borrowed until the stream that gave it is pulled again: its fields can be read while its children are, and after.
template <walk Walk>
class expanded_row {
 public:
  using value_type = expanded_value<Walk>;

  expanded_row() = default;  ///< of no row
  /// `serial`: tells the row from all others of the walk.
  expanded_row(expansion<Walk>& of, std::size_t relation, std::uint64_t serial, row_source<Walk>& source) noexcept
      : of_(&of), relation_(relation), serial_(serial), source_(&source), fields_(source.fields) {
    if (source.is_text) text_ = {source.text, source.text.first, text_source::no_key};
  }

  /// The value of a field. Throws error (value) where there is no such field.
  value_type operator[](std::string_view name) const {
    if (source_->is_text) return {*source_, text_[name]};
    return {*source_, fields_[name]};
  }

  /// The value of a field as a T; std::optional is none where there is no such field, too.
  template <class T>
  T get(std::string_view name) const {
    return source_->is_text ? text_.template get<T>(name) : fields_.template get<T>(name);
  }

  bool contains(std::string_view name) const {
    return source_->is_text ? text_.contains(name) : fields_.contains(name);
  }

  /// The rows of a relation of this row, as a stream. Relations are read in the order in which they are declared, each
  /// once; what is not read of them is passed over. Throws error (usage) where there is no such relation, where it has
  /// been passed or asked for already, and where this row itself has been passed.
  child_stream<Walk> child(std::string_view name) const;

  struct member {
    std::string_view name;
    value_type value;
  };

  /// Walks over the fields, not the relations.
  class iterator {
   public:
    using value_type = member;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    explicit iterator(const expanded_row& row) : source_(row.source_), field_(row.fields_.begin()) {
      if (source_->is_text) text_.emplace(row.text_.begin());
    }

    member operator*() const {
      if (text_) {
        const text_object::member one = **text_;
        return {one.name, {*source_, one.value}};
      }
      const auto one = *field_;
      return {one.name, {*source_, one.value}};
    }
    iterator& operator++() {
      if (text_)
        ++*text_;
      else
        ++field_;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t end) noexcept {
      return at.text_ ? *at.text_ == end : at.field_ == end;
    }

   private:
    row_source<Walk>* source_;
    std::optional<text_object::iterator> text_;
    typename field_object<open_row<Walk>>::iterator field_;
  };
  iterator begin() const { return iterator(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  expansion<Walk>* of_ = nullptr;
  std::size_t relation_ = 0;
  std::uint64_t serial_ = 0;
  row_source<Walk>* source_ = nullptr;
  text_object text_;
  field_object<open_row<Walk>> fields_;
};

}  // namespace tidemark
