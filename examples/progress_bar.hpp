#pragma once

#include <sqlite3.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include <tidemark/producers/sqlite.hpp>
#include <tidemark/stats.hpp>

/// One line on the terminal: how far an export is, rows, megabytes, rows per second.
class progress_bar {
 public:
  /// `table`: whose rows are counted beforehand, so that the bar knows its end; empty where that is not known.
  progress_bar(bool wanted, sqlite3* database, const std::string& table) : is_shown_(wanted) {
    if (is_shown_ && !table.empty()) total_ = count(database, table);
  }
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

  /// 0 where counting would take long: SQLite counts by reading the whole table.
  static std::uint64_t count(sqlite3* database, const std::string& table) {
    const auto number = [database](const std::string& sql) {
      tidemark::sqlite::statement query(database, sql);
      return query.step() ? sqlite3_value_int64(query.value(0)) : 0;
    };
    constexpr std::int64_t largest_database = 1 << 30;
    if (number("pragma page_count") * number("pragma page_size") > largest_database) return 0;
    return static_cast<std::uint64_t>(number("select count(*) from " + tidemark::sqlite::quoted_identifier(table)));
  }

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
  bool is_drawn_ = false;
  bool is_finished_ = false;
  std::uint64_t total_ = 0;  // 0: not known
  std::size_t turn_ = 0;
  clock::time_point drawn_at_;
};
