#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// What try_pull() came to: an item, the end, or pending (the producer would have to wait).
///
/// Does not convert to bool: a loop that forgot pending would truncate its output without a word.
template <class Item>
class pulled {
 public:
  static pulled item(Item value) { return pulled(state::item, std::move(value)); }
  static pulled pending() { return pulled(state::pending, {}); }
  static pulled end() { return pulled(state::end, {}); }

  bool is_item() const noexcept { return state_ == state::item; }
  bool is_pending() const noexcept { return state_ == state::pending; }
  bool is_end() const noexcept { return state_ == state::end; }
  explicit operator bool() const = delete;  // ask is_item(), is_pending(), is_end()

  /// The item, borrowed from the stream until the next pull. Only where is_item().
  const Item& operator*() const noexcept { return item_; }
  const Item* operator->() const noexcept { return &item_; }

 private:
  enum class state { item, pending, end };
  pulled(state what, Item value) : state_(what), item_(std::move(value)) {}

  state state_;
  Item item_;
};

/// What every stream has, made from its try_pull(): pull(), and begin() and end() for range-for.
///
/// `Stream` derives from this and has `pulled<Item> try_pull()`, `void wait()` and the constant `can_pull`.
template <class Stream, class Item>
class pull_interface {
 public:
  /// The next item, borrowed until the next pull, or none at the end, which stays the end. Blocks if it must. Throws
  /// what the producer failed with, once, after everything that was ready has been handed out.
  ///
  /// Not there when the producer may be pending and nobody knows for what: use try_pull().
  std::optional<Item> pull()
    requires(Stream::can_pull)
  {
    for (;;) {
      auto next = self().try_pull();
      if (next.is_item()) return *next;
      if (next.is_end()) return std::nullopt;
      self().wait();
    }
  }

  /// An input iterator over the items. A stream is read once: a second begin() throws error (usage).
  class iterator {
   public:
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    explicit iterator(Stream& stream) : stream_(&stream), item_(stream.pull()) {}

    const Item& operator*() const noexcept { return *item_; }
    iterator& operator++() {
      item_ = stream_->pull();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept { return !at.item_; }

   private:
    Stream* stream_;
    std::optional<Item> item_;
  };

  iterator begin()
    requires(Stream::can_pull)
  {
    if (std::exchange(begun_, true))
      throw error(failure::usage, "begin() was called twice: a stream can be read only once");
    return iterator(self());
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  Stream& self() noexcept { return static_cast<Stream&>(*this); }

  bool begun_ = false;
};

}  // namespace tidemark
