#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <tidemark/adapt/transform/changes.hpp>
#include <tidemark/error.hpp>
#include <tidemark/object/lazy_row.hpp>
#include <tidemark/object/text_source.hpp>
#include <tidemark/object/tokens.hpp>

namespace tidemark {

/// Writes changed rows of text: the bytes between the changes are copied as they are.
class changed_text {
 public:
  /// Writes the row with its changes. The text is valid until the next call. Throws error (value) where the row turns
  /// out to be no JSON.
  std::string_view write(const lazy_text_row& row, const changes& made) {
    constexpr std::size_t around = 2;  // a colon and a comma
    reserve(row.text().size() + made.size() + made.all().size() * around);
    out_ = memory_.get();
    copied_ = row.text().data();

    const std::span<const change> all = made.all();
    auto one = all.begin();
    bool is_empty = false;
    for (; one != all.end() && one->place != change::added; ++one) {
      if (one->is_removed) {
        is_empty = remove(row.whole_source(), one, all.end());
        continue;
      }
      if (one->is_renamed) replace(one->field.key_text(), made.text(one->key));
      if (one->value.size != 0) replace(one->field.value_text(), made.text(one->value));
    }
    if (one != all.end()) {
      text_source& whole = row.whole_source();
      const std::uint32_t closing = whole.end - 1;
      is_empty = is_empty || closing == whole.first + 1;
      copy_up_to(std::max(copied_, end_of(whole.found.text(closing - 1, closing))));
      for (; one != all.end(); ++one) {
        if (!std::exchange(is_empty, false)) put(",");
        put(made.text(one->key));
        put(":");
        put(made.text(one->value));
      }
    }
    copy_up_to(end_of(row.text()));
    return {memory_.get(), static_cast<std::size_t>(out_ - memory_.get())};
  }

 private:
  static const char* end_of(std::string_view text) noexcept { return text.data() + text.size(); }

  void reserve(std::size_t size) {
    if (size <= capacity_) return;
    capacity_ = size + size / 2;
    memory_.reset(new char[capacity_]);
  }

  void put(std::string_view text) noexcept {
    std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }

  void copy_up_to(const char* end) {
    // In text that is not JSON, what was taken for two values may be one.
    if (end < copied_) throw error(failure::value, "bad JSON: the fields to be changed overlap");
    put({copied_, static_cast<std::size_t>(end - copied_)});
    copied_ = end;
  }

  void replace(std::string_view old, std::string_view now) {
    copy_up_to(old.data());
    put(now);
    copied_ = end_of(old);
  }

  /// Leaves out the field of `one` and all that are removed right behind it, so that the comma that goes with them is
  /// known; `one` is the last of them then. Returns whether no field is left.
  bool remove(text_source& whole, std::span<const change>::iterator& one, std::span<const change>::iterator end) {
    const tokens& found = whole.found;
    const std::uint32_t first = found.token_at(one->place);
    std::uint32_t next = whole.next_key(whole.first, first);
    while (next != text_source::no_key && one + 1 != end && one[1].is_removed && one[1].place == found.offset(next)) {
      ++one;
      next = whole.next_key(whole.first, next);
    }
    const bool is_first = first == whole.first + 1;
    const bool is_last = next == text_source::no_key;
    copy_up_to(found.at(is_last && !is_first ? first - 1 : first));
    copied_ = is_last ? end_of(one->field.value_text()) : found.at(next);
    return is_first && is_last;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  char* out_ = nullptr;
  const char* copied_ = nullptr;  // of the row, up to here
};

}  // namespace tidemark
