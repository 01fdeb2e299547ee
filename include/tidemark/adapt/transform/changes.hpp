#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/field.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/object/lazy_row.hpp>

namespace tidemark {

/// What is to become of one field of a row. Names and values are parts of the memory of `changes`.
struct change {
  struct part {
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  /// Of a field that was added: behind all others.
  static constexpr std::uint32_t added = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t place;              ///< of the field in its row: the offset of its key in the text, or its column
  bool is_removed = false;          ///< nothing else counts then
  bool is_renamed = false;          ///< or added
  part name = {};                   ///< the new one, where is_renamed,
  part key = {};                    ///< and how JSON spells it
  part value = {};                  ///< the new one as JSON; empty where it stays
  lazy_text_row::place field = {};  ///< what it was, where the row is text
};

/// What a function changed of a row, in the order of the row. Values are written as JSON at once, so that they may be
/// views of anything.
class changes {
 public:
  explicit changes(const json_options& options) noexcept : writer_(options, false) {}

  void clear() noexcept {
    all_.clear();
    size_ = 0;
  }

  bool is_empty() const noexcept { return all_.empty(); }
  std::span<const change> all() const noexcept { return all_; }
  std::string_view text(change::part part) const noexcept { return {memory_.data() + part.offset, part.size}; }
  /// No fewer bytes than all keys and values have together.
  std::size_t size() const noexcept { return size_; }

  /// That of the field at a place of the row, there from now on.
  change& at(std::uint32_t place) {
    auto behind = all_.end();
    while (behind != all_.begin() && (behind - 1)->place >= place) --behind;
    if (behind != all_.end() && behind->place == place) return *behind;
    return *all_.insert(behind, {place});
  }

  /// That of a field that was added under this name; null where none was.
  change* added(std::string_view name) noexcept {
    for (change& one : all_)
      if (one.place == change::added && text(one.name) == name) return &one;
    return nullptr;
  }
  change& add(std::string_view name) {
    change made{change::added};
    rename(made, name);
    return all_.emplace_back(made);
  }
  void forget(const change& one) { all_.erase(all_.begin() + (&one - all_.data())); }

  /// Throws error (value) for a name that JSON has no spelling for; the change is what it was then.
  void rename(change& one, std::string_view name) {
    one.key = write(field::text(name));
    one.name = append(name);
    one.is_renamed = true;
    one.is_removed = false;
  }
  static void set(change& one, change::part value) noexcept {
    one.value = value;
    one.is_removed = false;
  }

  /// Writes a value as JSON. Throws error (value) for one that JSON has no spelling for.
  change::part write(const field& value) {
    make_room(room);
    if (const char* const end = writer_.write_short(memory_.data() + size_, memory_.data() + memory_.size(), value)) {
      const std::size_t offset = size_;
      size_ = static_cast<std::size_t>(end - memory_.data());
      return {offset, size_ - offset};
    }
    std::string text;
    json::append_value(text, writer_, value);
    return append(text);
  }

 private:
  change::part append(std::string_view text) {
    make_room(text.size());
    const std::size_t offset = size_;
    size_ += text.size();
    std::copy(text.begin(), text.end(), memory_.begin() + static_cast<std::ptrdiff_t>(offset));
    return {offset, text.size()};
  }

  void make_room(std::size_t size) {
    if (memory_.size() < size_ + size) memory_.resize(2 * (size_ + size));
  }

  static constexpr std::size_t room = 512;  // most values fit

  std::vector<change> all_;  // by place
  json::value_writer writer_;
  std::vector<char> memory_;
  std::size_t size_ = 0;
};

}  // namespace tidemark
