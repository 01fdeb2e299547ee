#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

namespace tidemark {

/// A coroutine that yields rows, and the input range of them; range() makes a producer of it:
///
///     tidemark::generator<std::string> documents(cursor from) {
///       while (from.step()) co_yield "{\"id\":" + std::to_string(from.id()) + "}";
///     }
///     tidemark::raw_stream rows{tidemark::range(documents(cursor))};
///
/// Runs no further than to the row that it was asked for. What is yielded lives until the next row is asked for. What
/// the coroutine throws passes through. Destroying the generator destroys what the coroutine holds, at once. C++23's
/// std::generator serves as well, where there is one.
template <std::movable Row>
class generator {
 public:
  class promise_type {
   public:
    generator get_return_object() noexcept {
      return generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(const Row& row) noexcept {
      row_ = std::addressof(row);
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() { throw; }  // out of resume(), to whoever asked for the row

   private:
    friend class generator;
    const Row* row_ = nullptr;
  };

  generator(generator&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  generator& operator=(generator&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~generator() {
    if (coroutine_) coroutine_.destroy();
  }

  class iterator {
   public:
    using value_type = Row;
    using difference_type = std::ptrdiff_t;

    iterator(iterator&&) noexcept = default;
    iterator& operator=(iterator&&) noexcept = default;
    iterator(const iterator&) = delete;
    iterator& operator=(const iterator&) = delete;
    ~iterator() = default;

    const Row& operator*() const noexcept { return *coroutine_.promise().row_; }
    iterator& operator++() {
      coroutine_.resume();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept { return at.coroutine_.done(); }

   private:
    friend class generator;
    explicit iterator(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    std::coroutine_handle<promise_type> coroutine_;
  };

  /// Runs to the first row. To be called once.
  iterator begin() {
    coroutine_.resume();
    return iterator(coroutine_);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  explicit generator(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}

  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace tidemark
