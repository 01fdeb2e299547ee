#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <set>
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

/// The keys of an object, rendered once for a whole result: `{"first":` and `,"second":`, each padded to blocks of
/// fixed size, since copying 32 bytes always is faster than asking how many.
class names {
 public:
  static constexpr std::size_t block = 32;

  struct rendered {
    std::array<char, block> start;  ///< the first bytes of it, padded
    std::size_t size;               ///< of the whole
  };

  /// Throws error (value) for a name that is not UTF-8 or that stands twice, where the options say so.
  names(std::span<const column> columns, const json_options& options) {
    // Compared as they are written: names that differ only in bytes that are not UTF-8 become the same key.
    std::set<std::string> taken, used;
    for (const column& one : columns) taken.insert(json::quoted(one.name, options.invalid_utf8));
    rendered_.reserve(columns.size());
    texts_.reserve(columns.size());
    for (const column& one : columns) {
      std::string name = one.name;
      std::string key = json::quoted(name, options.invalid_utf8);
      if (options.duplicate_name != json_options::duplicate_names::keep && used.contains(key)) {
        if (options.duplicate_name == json_options::duplicate_names::error)
          throw error(failure::value, "two columns have the same name: give one of them another (\"as\")")
              .in_column(name);
        for (int number = 2; used.contains(key) || taken.contains(key); ++number) {
          name = one.name + "_" + std::to_string(number);
          key = json::quoted(name, options.invalid_utf8);
        }
      }
      add(std::move(name), key);
      used.insert(std::move(key));
    }
  }

  std::size_t size() const noexcept { return rendered_.size(); }
  const rendered* begin() const noexcept { return rendered_.data(); }

  /// All of a rendered name, and the name itself. Both stay where they are as long as this object, moved or not.
  std::string_view whole(std::size_t i) const noexcept { return texts_[i].whole; }
  const std::string& plain(std::size_t i) const noexcept { return texts_[i].plain; }

 private:
  void add(std::string name, const std::string& key) {
    const char before = texts_.empty() ? '{' : ',';
    const std::string& whole = texts_.emplace_back(before + key + ':', std::move(name)).whole;
    rendered& made = rendered_.emplace_back();
    made.start.fill(' ');
    made.size = whole.size();
    std::memcpy(made.start.data(), whole.data(), std::min(block, whole.size()));
  }

  struct text {
    text(std::string all, std::string name) : whole(std::move(all)), plain(std::move(name)) {}
    std::string whole;
    std::string plain;
  };

  std::vector<rendered> rendered_;  // what every row needs, close together
  std::vector<text> texts_;
};

}  // namespace tidemark::json
