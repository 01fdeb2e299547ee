#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>

#include <tidemark/from_field.hpp>
#include <tidemark/json/find_member.hpp>
#include <tidemark/object/field_object.hpp>
#include <tidemark/object/text_object.hpp>
#include <tidemark/object/text_source.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// The row of text that a producer is at, as an object: looked at when it is asked for something, where it is, and no
/// further than that takes. One field or two of a short row are found without its other tokens; what is not looked at
/// is not checked, but for the row's last brace. See text_object, which it otherwise reads like.
class lazy_text_row {
 public:
  using value_type = text_value;

  /// A field: where it is read, and the token of its key.
  struct place {
    text_source* source = nullptr;  ///< null where there is no such field
    std::uint32_t key = 0;

    bool is_there() const noexcept { return source != nullptr; }
    text_value value() const noexcept { return {*source, key + 2, key}; }

    // What the row has there: its key with the quotes, and all of its value.
    std::uint32_t offset() const noexcept { return source->found.offset(key); }
    std::string_view key_text() const noexcept { return source->found.text(key, key + 1); }
    std::string_view value_text() const {
      const char first = source->at(key + 2);
      const std::uint32_t behind = first == '{' || first == '[' ? source->behind(key + 2, key) : key + 3;
      return source->found.text(key + 2, behind);
    }
  };

  /// Takes up the row, with its number, counted from 1. Borrowed until the producer moves on.
  template <text_producer Producer>
  void begin(Producer& rows, std::uint64_t number) {
    text_ = rows.text();
    members_.row = whole_.row = number;
    members_.found.begin(text_);
    members_.is_utf8 = false;
    is_whole_ = false;
    last_ = 0;
  }

  /// The first field of that name. Throws error (value) for text that is not an object.
  place find(std::string_view name) const {
    if (!is_whole_ && text_.size() <= std::numeric_limits<std::uint32_t>::max() && ends_with_brace()) {
      if (last_ != 0 && last_name_ == name) return {&members_, last_};
      if (const auto found = json::find_member(text_, name)) {
        last_ = members_.found.add({found->key, found->colon, found->value, found->behind});
        last_name_ = text_.substr(found->key + 1, name.size());
        members_.end = members_.found.count();
        return {&members_, last_};
      }
    }
    text_object from_start = whole();
    const std::uint32_t key = from_start.find(name);
    return {key == text_source::no_key ? nullptr : &whole_, key};
  }

  text_value operator[](std::string_view name) const {
    const place found = find(name);
    if (!found.is_there()) whole_.fail_named("there is no such field", name);
    return found.value();
  }

  template <class T>
  T get(std::string_view name) const {
    if constexpr (conversions::is_optional<T>) {
      const place found = find(name);
      if (!found.is_there()) return std::nullopt;
      return found.value().template get<T>();
    } else {
      return (*this)[name].template get<T>();
    }
  }

  bool contains(std::string_view name) const { return find(name).is_there(); }
  text_object::iterator begin() const { return whole().begin(); }
  std::default_sentinel_t end() const noexcept { return {}; }

  std::string_view text() const noexcept { return text_; }

  /// All of the row, and its tokens. Throws error (value) for text that is not an object.
  const text_object& whole() const {
    if (!is_whole_) {
      whole_.start_row(text_);
      object_ = {whole_, 0, text_source::no_key};
      is_whole_ = true;
    }
    return object_;
  }
  text_source& whole_source() const {
    whole();
    return whole_;
  }

 private:
  /// A row that was cut must not pass because nobody asked for what is missing.
  bool ends_with_brace() const noexcept {
    if (text_.ends_with('}')) [[likely]]
      return true;
    const std::size_t last = text_.find_last_not_of(" \t\n\r");
    return last != std::string_view::npos && text_[last] == '}';
  }

  std::string_view text_;
  mutable text_source members_;     // those that were found without the others
  mutable std::uint32_t last_ = 0;  // the one found last
  mutable std::string_view last_name_;
  mutable text_source whole_;
  mutable text_object object_;
  mutable bool is_whole_ = false;
};

/// The row of fields that a producer is at, as an object. See field_object, which it reads like.
template <field_producer Producer>
class lazy_field_row {
 public:
  using value_type = field_value<Producer>;

  /// A field: its column.
  struct place {
    std::uint32_t column;
    bool is_column;

    bool is_there() const noexcept { return is_column; }
  };

  void begin(Producer& rows, std::uint64_t number) { source_.begin(rows, number); }

  place find(std::string_view name) const noexcept {
    const std::size_t column = source_.find(name);
    return {static_cast<std::uint32_t>(column), column != source_.size()};
  }

  field_value<Producer> operator[](std::string_view name) const { return object()[name]; }
  template <class T>
  T get(std::string_view name) const {
    return object().template get<T>(name);
  }
  bool contains(std::string_view name) const noexcept { return object().contains(name); }
  auto begin() const noexcept { return object().begin(); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  field_object<Producer> object() const noexcept { return field_object<Producer>(source_); }

  mutable field_row<Producer> source_;
};

template <flat_producer Producer>
struct lazy_row_of {
  using type = lazy_text_row;
};
template <flat_producer Producer>
  requires field_producer<Producer>
struct lazy_row_of<Producer> {
  using type = lazy_field_row<Producer>;
};

/// The row that a producer is at, as an object.
template <flat_producer Producer>
using lazy_row = typename lazy_row_of<Producer>::type;

}  // namespace tidemark
