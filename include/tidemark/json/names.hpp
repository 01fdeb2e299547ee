#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/text.hpp>
#include <tidemark/producer.hpp>

namespace tidemark::json {

/// `text` as a JSON string with its quotes. Throws error (value) for bad UTF-8 where that is asked for.
inline std::string quoted(std::string_view text, json_options::bad_utf8 policy = json_options::bad_utf8::replace) {
  std::string made(text.size() * escaped_size + 18, '"');
  const char* const end = text.data() + text.size();
  const text_progress progress = write_text(made.data() + 1, text.data(), end, end, policy);
  if (progress.in != end)
    throw error(failure::value, "not UTF-8 at byte " + std::to_string(progress.in - text.data()) + " of the text");
  *progress.out = '"';
  made.resize(static_cast<std::size_t>(progress.out + 1 - made.data()));
  return made;
}

/// The keys of an object, rendered once for a whole result: `{"first":` and `,"second":`, each beginning with a block
/// of fixed size, since copying 32 bytes always is faster than asking how many.
class names {
 public:
  static constexpr std::size_t block = 32;

  struct rendered {
    std::array<char, block> start;  ///< the first bytes of `whole`, padded
    std::size_t size;               ///< of `whole`
    std::string whole;
    std::string plain;  ///< the name itself
    int copies = 1;     ///< how many columns were called so
  };

  /// Throws error (value) for a name that is not UTF-8 or that stands twice, where the options say so. Quadratic in
  /// the number of columns, which takes microseconds for fifty and milliseconds for the 2,000 that SQLite allows.
  names(std::span<const column> columns, const json_options& options) : names(columns, {}, options) {}
  /// `behind`: further keys of the object.
  names(std::span<const column> columns, std::span<const std::string> behind, const json_options& options)
      : invalid_utf8_(options.invalid_utf8) {
    all_.reserve(columns.size() + behind.size());
    for (const column& one : columns) render(all_.emplace_back(), one.name, json::quoted(one.name, invalid_utf8_));
    for (const std::string& one : behind) render(all_.emplace_back(), one, json::quoted(one, invalid_utf8_));
    if (options.duplicate_name == json_options::duplicate_names::keep) return;
    for (rendered& one : all_) {
      rendered& first = *find(key_of(one));
      if (&first == &one) continue;
      if (options.duplicate_name == json_options::duplicate_names::error)
        throw error(failure::value, "two columns have the same name: give one of them another (\"as\")")
            .in_column(one.plain);
      number(one, first.copies);
    }
  }

  std::size_t size() const noexcept { return all_.size(); }

  /// All of them, in the order of the columns. They stay where they are as long as this object, moved or not.
  const rendered* begin() const noexcept { return all_.data(); }
  const rendered& operator[](std::size_t i) const noexcept { return all_[i]; }

 private:
  // Compared as they are written: names that differ only in bytes that are not UTF-8 become the same key.
  static std::string_view key_of(const rendered& one) noexcept {
    return std::string_view(one.whole).substr(1, one.whole.size() - 2);
  }

  rendered* find(std::string_view key) noexcept {
    for (rendered& one : all_)
      if (key_of(one) == key) return &one;
    return nullptr;
  }

  /// Gives `one` the next number under which no column goes.
  void number(rendered& one, int& copies) {
    std::string name;
    std::string key;
    do {
      name = one.plain + "_" + std::to_string(++copies);
      key = json::quoted(name, invalid_utf8_);
    } while (find(key) != nullptr);
    render(one, std::move(name), key);
  }

  void render(rendered& into, std::string name, const std::string& key) const {
    into.whole = (&into == all_.data() ? '{' : ',') + key + ':';
    into.plain = std::move(name);
    into.size = into.whole.size();
    into.start.fill(' ');
    std::memcpy(into.start.data(), into.whole.data(), std::min(block, into.size));
  }

  std::vector<rendered> all_;
  json_options::bad_utf8 invalid_utf8_;
};

}  // namespace tidemark::json
