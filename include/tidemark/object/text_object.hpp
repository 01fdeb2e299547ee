#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/json/parse.hpp>
#include <tidemark/object/text_source.hpp>
#include <tidemark/object/tokens.hpp>

namespace tidemark {

class text_object;
class text_array;

/// A value of a row of text, or of what stands in it: looked at when it is asked for something, each time anew.
/// Borrowed like its row.
class text_value {
 public:
  /// `key`: the token of the key that the value, or the array that it is in, stands behind; or text_source::no_key.
  text_value(text_source& source, std::uint32_t token, std::uint32_t key) noexcept
      : source_(&source), token_(token), key_(key) {}

  bool is_null() const { return first() == 'n' && as_field().is_null(); }
  bool is_object() const noexcept { return first() == '{'; }
  bool is_array() const noexcept { return first() == '['; }

  /// As a field: null, a boolean, text, a decimal (any number), or JSON (an object or an array).
  field as_field() const {
    const char start = first();
    switch (start) {
      case '"': return field::text(source_->string(token_, key_));
      case '{':
      case '[': return field::json(raw());
      default: break;
    }
    const std::string_view word = source_->found.text(token_, token_ + 1);
    if (start == '-' || (start >= '0' && start <= '9')) return field::decimal(word);
    if (word == "true" || word == "false") return field::boolean(word == "true");
    if (word == "null") return field::null();
    source_->fail("bad JSON: not a value: " + conversions::start_of(word), key_);
  }

  /// As a T: see readable_value, and besides json_text (the value's own bytes), text_object, text_array, and
  /// std::optional of all these (none for null). Throws error (value).
  template <class T>
  T get() const;

  /// The value's own bytes.
  std::string_view raw() const { return source_->found.text(token_, source_->behind(token_, key_)); }

  /// As an object or an array. Throws error (value) where it is something else.
  text_object object() const;
  text_array array() const;

  /// The value of an object's member: object()[name].
  text_value operator[](std::string_view name) const;

 private:
  char first() const noexcept { return source_->at(token_); }

  /// Any value, as a field first.
  template <class T>
  T read() const;

  text_source* source_;
  std::uint32_t token_;
  std::uint32_t key_;
};

/// An object: a row of text, or what stands in one. Members are looked for when they are asked for, from the one last
/// asked for onward and around, so that asking in the order of the row is fastest. Names are compared as what they
/// stand for, escapes or not. Of members of the same name the next one is found.
class text_object {
 public:
  using value_type = text_value;

  text_object() = default;  ///< of no row
  /// `token`: the object's {. `key`: see text_value.
  text_object(text_source& source, std::uint32_t token, std::uint32_t key) noexcept
      : source_(&source), token_(token), last_(token + 1), key_(key) {}

  /// The value of a member. Throws error (value) where there is no such member.
  [[gnu::always_inline]] text_value operator[](std::string_view name) const {
    const std::uint32_t key = find(name);
    if (key == none) source_->fail_named("there is no such field", name);
    return {*source_, key + 2, key};
  }

  /// The value of a member as a T: see text_value::get. std::optional is none where there is no such member, too.
  template <class T>
  T get(std::string_view name) const;

  bool contains(std::string_view name) const { return find(name) != none; }

  /// The token of a member's key, or text_source::no_key. Inlined, so that a literal name is compared by its known size
  /// and bytes, which halves what a look-up costs.
  [[gnu::always_inline]] std::uint32_t find(std::string_view name) const {
    return is_plain(name) ? find_plain(name) : find_around(name);
  }

  /// All of the object's own bytes.
  std::string_view raw() const { return source_->found.text(token_, source_->behind(token_, key_)); }

  struct member {
    std::string_view name;  ///< borrowed like the row
    text_value value;
  };

  /// Walks over all members, and checks on its way that they are what JSON allows.
  class iterator {
   public:
    using value_type = member;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    /// `token`: the object's {.
    iterator(text_source& source, std::uint32_t token)
        : source_(&source), token_(token), key_(source.first_key(token)) {
      read_name();
    }

    member operator*() const noexcept { return {name_, {*source_, key_ + 2, key_}}; }
    iterator& operator++() {
      key_ = source_->next_key(token_, key_);
      read_name();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
      return at.key_ == text_source::no_key;
    }

   private:
    void read_name() {
      if (key_ != none) name_ = source_->string(key_, none);
    }

    text_source* source_;
    std::uint32_t token_;
    std::uint32_t key_;
    std::string_view name_;
  };
  iterator begin() const { return {*source_, token_}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  static constexpr std::uint32_t none = text_source::no_key;

  /// Whether a name could stand in a row as it is. For a literal, the compiler knows.
  [[gnu::always_inline]] static bool is_plain(std::string_view name) noexcept {
    return __builtin_memchr(name.data(), '\\', name.size()) == nullptr;
  }

  [[gnu::always_inline]] std::uint32_t find_plain(std::string_view name) const {
    const char* const text = source_->found.text();
    const std::uint32_t* const offsets = source_->found.offsets();
    const std::uint32_t* const end = offsets + source_->end;
    for (const std::uint32_t* key = offsets + last_; key + 3 < end; key += 4) {
      const char* const start = text + key[0];
      const char* const colon = text + key[1];
      if (*start != '"' || *colon != ':') break;
      if (is_spelled(start, colon, name)) return last_ = static_cast<std::uint32_t>(key - offsets);
      if (is_opening(text[key[2]]) || text[key[3]] != ',') break;
    }
    return find_around(name);
  }

  static bool is_opening(char token) noexcept {
    static_assert('{' == ('[' | 0x20));
    return (token | 0x20) == '{';
  }

  /// As find(), where that is not simply one of the next members that hold no others.
  [[gnu::noinline]] std::uint32_t find_around(std::string_view name) const {
    if (source_->at(token_ + 1) == '}') return none;
    const tokens& found = source_->found;
    if (is_plain(name)) {
      const std::uint32_t key =
          search([&](std::uint32_t at) { return is_spelled(found.at(at), found.at(at + 1), name); });
      if (key != none) return key;
    }
    return search([&](std::uint32_t at) {
      const std::string_view quoted = source_->found.text(at, at + 1);
      return std::memchr(quoted.data(), '\\', quoted.size()) != nullptr && source_->string(at, none) == name;
    });
  }

  /// Whether the key that starts at `key`, before the colon, is spelled as a name that needs no escapes.
  static bool is_spelled(const char* key, const char* colon, std::string_view name) noexcept {
    return static_cast<std::size_t>(colon - key) >= name.size() + 2 && key[name.size() + 1] == '"' &&
           std::memcmp(key + 1, name.data(), name.size()) == 0;
  }

  /// The first key that `is_it`, from the one last found onward and around.
  template <class Predicate>
  std::uint32_t search(Predicate is_it) const {
    const std::uint32_t start = source_->checked_key(last_);
    std::uint32_t key = start;
    do {
      if (is_it(key)) return last_ = key;
      key = source_->next_key(token_, key);
      if (key == none) key = token_ + 1;
    } while (key != start);
    return none;
  }

  text_source* source_ = nullptr;
  std::uint32_t token_ = 0;
  mutable std::uint32_t last_ = 0;  // the key last found
  std::uint32_t key_ = 0;
};

/// An array that stands in a row.
class text_array {
 public:
  /// `token`: the array's [. `key`: see text_value.
  text_array(text_source& source, std::uint32_t token, std::uint32_t key) noexcept
      : source_(&source), token_(token), key_(key) {}

  /// Walks over all elements, and checks on its way that they are what JSON allows.
  class iterator {
   public:
    using value_type = text_value;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    /// `token`: the array's [.
    iterator(text_source& source, std::uint32_t token, std::uint32_t key)
        : source_(&source), array_(token), token_(token + 1), key_(key) {
      if (source.at(token_) == ']') finish();
    }

    text_value operator*() const noexcept { return {*source_, token_, key_}; }
    iterator& operator++() {
      token_ = source_->behind(token_, key_);
      switch (source_->at(token_)) {
        case ',': ++token_; break;
        case ']': finish(); break;
        default: source_->fail("bad JSON: a comma or ] is missing", key_);
      }
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
      return at.token_ == text_source::no_key;
    }

   private:
    void finish() {
      source_->check_end(array_, token_);
      token_ = text_source::no_key;
    }

    text_source* source_;
    std::uint32_t array_;
    std::uint32_t token_;  // of the element; none is the first of a text
    std::uint32_t key_;
  };
  iterator begin() const { return {*source_, token_, key_}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  text_source* source_;
  std::uint32_t token_;
  std::uint32_t key_;
};

inline text_object text_value::object() const {
  if (!is_object())
    source_->fail("the value is " + std::string(to_string(as_field().type())) + ", not an object", key_);
  return {*source_, token_, key_};
}

inline text_array text_value::array() const {
  if (!is_array()) source_->fail("the value is " + std::string(to_string(as_field().type())) + ", not an array", key_);
  return {*source_, token_, key_};
}

inline text_value text_value::operator[](std::string_view name) const { return object()[name]; }

namespace conversions {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace conversions

template <class T>
T text_value::get() const {
  if constexpr (conversions::is_optional<T>) {
    if (is_null()) return std::nullopt;
    return get<typename T::value_type>();
  } else if constexpr (std::same_as<T, json_text>) {
    return {raw()};
  } else if constexpr (std::same_as<T, text_object>) {
    return object();
  } else if constexpr (std::same_as<T, text_array>) {
    return array();
  } else {
    // What most numbers are: short, and with the next token right behind them.
    if constexpr (std::integral<T> && !std::same_as<T, bool>) {
      std::int64_t value = 0;
      if (json::read_short_integer(source_->found.with_blanks(token_), source_->found.text_end(), value) &&
          std::in_range<T>(value)) [[likely]]
        return static_cast<T>(value);
    } else if constexpr (std::same_as<T, double>) {
      double value = 0;
      if (json::read_short_real(source_->found.with_blanks(token_), source_->found.text_end(), value)) [[likely]]
        return value;
    }
    return read<T>();
  }
}

template <class T>
[[gnu::noinline]] T text_value::read() const {
  const field value = as_field();
  try {
    return from_field<T>(value);
  } catch (const error& failed) {
    source_->fail(failed.message(), key_);
  }
}

template <class T>
[[gnu::always_inline]] inline T text_object::get(std::string_view name) const {
  if constexpr (conversions::is_optional<T>) {
    const std::uint32_t key = find(name);
    if (key == none) return std::nullopt;
    return text_value(*source_, key + 2, key).get<T>();
  } else {
    return (*this)[name].template get<T>();
  }
}

}  // namespace tidemark
