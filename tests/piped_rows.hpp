#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tests {

/// Rows that come when somebody writes a byte into a pipe: "." for a row, "!" for a failure; the end when it is closed.
class piped_rows {
 public:
  piped_rows() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
    from_ = ends[0];
    into_ = std::make_shared<writing_end>(ends[1]);
    waits_[0] = {from_, POLLIN};
  }
  piped_rows(piped_rows&& other) noexcept
      : from_(std::exchange(other.from_, -1)),
        into_(std::move(other.into_)),
        alive_(std::move(other.alive_)),
        waits_(other.waits_) {}
  piped_rows& operator=(piped_rows&&) = delete;
  ~piped_rows() {
    if (from_ >= 0) ::close(from_);
  }

  struct writing_end {
    explicit writing_end(int given) : number(given) {}
    writing_end(const writing_end&) = delete;
    writing_end& operator=(const writing_end&) = delete;
    ~writing_end() { close(); }
    void give(const char* what) const {
      if (::write(number, what, 1) != 1) throw std::system_error(errno, std::generic_category(), "write");
    }
    void close() {
      if (number >= 0) ::close(std::exchange(number, -1));
    }
    int number;
  };
  std::shared_ptr<writing_end> writer() const { return into_; }
  std::weak_ptr<int> watch() const { return alive_; }

  tidemark::progress next() {
    char what = 0;
    const ssize_t count = ::read(from_, &what, 1);
    if (count < 0) return tidemark::progress::pending;
    if (count == 0) return tidemark::progress::end;
    if (what == '!') throw tidemark::error(tidemark::failure::producer, "the source is lost", "08006");
    return tidemark::progress::row;
  }
  std::string_view text() const { return "{\"row\":1}"; }
  std::span<const tidemark::wait_condition> waits_for() const { return waits_; }

 private:
  int from_ = -1;
  std::shared_ptr<writing_end> into_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  std::array<tidemark::wait_condition, 1> waits_{};
};

}  // namespace tests
