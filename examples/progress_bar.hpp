#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include <tidemark/stats.hpp>

/// One line on the terminal: how far an export is, rows, megabytes, rows per second.
class progress_bar {
 public:
  /// `total`: about how many rows there are, so that the bar knows its end; 0 where that is not known.
  progress_bar(bool wanted, std::uint64_t total) : is_shown_(wanted), total_(total) {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// The terminal is left clean also where the export fails: the message follows on a line of its own.
  ~progress_bar() {
    if (is_shown_ && is_drawn_ && !is_finished_) fmt::print(stderr, "\n");
  }

  /// Draws the bar anew, ten times a second at the most.
  void show(const tidemark::stats& now) {
    if (!is_shown_) return;
    const auto time = clock::now();
    if (is_drawn_ && time - drawn_at_ < std::chrono::milliseconds(100)) return;
    drawn_at_ = time;
    draw(now);
  }

  void finish(const tidemark::stats& done) {
    if (!is_shown_) return;
    total_ = std::max<std::uint64_t>(done.rows, 1);
    draw(done);
    fmt::print(stderr, "\n");
    is_finished_ = true;
  }

 private:
  using clock = std::chrono::steady_clock;

  void draw(const tidemark::stats& now) {
    const double rate = now.seconds > 0 ? static_cast<double>(now.rows) / now.seconds : 0;
    const std::string figures =
        fmt::format(" {} rows  {:.1f} MB  {:.0f} rows/s", now.rows, static_cast<double>(now.bytes) / 1e6, rate);
    const std::size_t columns = terminal_width();
    const std::size_t width =
        columns > figures.size() + 13 ? std::min<std::size_t>(columns - figures.size() - 3, 40) : 10;
    fmt::print(stderr, "\r[{}]{}\033[K", bar(now.rows, width), figures);
    std::fflush(stderr);
    is_drawn_ = true;
  }

  /// Filled up to where the export is; where its end is not known, a mark that moves.
  std::string bar(std::uint64_t rows, std::size_t width) {
    std::string made(width, ' ');
    if (total_ != 0) {
      const double part = std::min(1.0, static_cast<double>(rows) / static_cast<double>(total_));
      const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
      std::fill_n(made.begin(), filled, '=');
      if (filled < width) made[filled] = '>';
    } else {
      const std::size_t room = width - 3;
      const std::size_t at = turn_++ % (2 * room);
      made.replace(at < room ? at : 2 * room - at, 3, "<=>");
    }
    return made;
  }

  static std::size_t terminal_width() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : 80;
  }

  bool is_shown_;
  std::uint64_t total_;  // 0: not known
  bool is_drawn_ = false;
  bool is_finished_ = false;
  std::size_t turn_ = 0;
  clock::time_point drawn_at_;
};
