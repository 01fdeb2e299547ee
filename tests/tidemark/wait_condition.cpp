#include <tidemark/wait_condition.hpp>

#include "catch.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace wait_condition_tests {

using tidemark::block_until;
using tidemark::wait_condition;

namespace {

struct pipe_ends {
  pipe_ends() { REQUIRE(::pipe(ends.data()) == 0); }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;
  ~pipe_ends() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int reading() const { return ends[0]; }
  int writing() const { return ends[1]; }

  std::array<int, 2> ends{};
};

std::atomic<int> signals_caught = 0;

double seconds_of(auto&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

constexpr int forever = 1'000'000'000;  // milliseconds: a test that waits for them has failed

}  // namespace

TEST_CASE("a condition of its own waits for nothing in particular") {
  CHECK(wait_condition{}.descriptor == -1);
  CHECK(wait_condition{}.events == 0);
  CHECK(wait_condition{}.milliseconds == -1);
}

TEST_CASE("blocking ends when a descriptor can be read or written") {
  const pipe_ends pipe;
  const std::array writable = {wait_condition{pipe.writing(), POLLOUT, forever}};
  block_until(writable);
  REQUIRE(::write(pipe.writing(), "x", 1) == 1);
  const std::array readable = {wait_condition{pipe.reading(), POLLIN, forever}};
  block_until(readable);
}

TEST_CASE("blocking does not end before the descriptor is ready") {
  const pipe_ends pipe;
  std::atomic<bool> is_written = false;
  std::atomic<bool> is_waiting = false;
  std::thread writer([&] {
    while (!is_waiting) std::this_thread::yield();
    is_written = true;
    CHECK(::write(pipe.writing(), "x", 1) == 1);
  });
  const std::array conditions = {wait_condition{pipe.reading(), POLLIN, -1}};
  is_waiting = true;
  block_until(conditions);
  const bool was_written = is_written;
  writer.join();
  CHECK(was_written);
}

TEST_CASE("blocking ends when one of several descriptors is ready, whichever it is") {
  const pipe_ends first, second, third;
  const std::array conditions = {wait_condition{first.reading(), POLLIN, -1}, wait_condition{second.reading(), POLLIN},
                                 wait_condition{third.reading(), POLLIN, forever}};
  for (const pipe_ends* ready : {&first, &second, &third}) {
    REQUIRE(::write(ready->writing(), "x", 1) == 1);
    block_until(conditions);
    char taken = 0;
    REQUIRE(::read(ready->reading(), &taken, 1) == 1);
  }
}

TEST_CASE("blocking ends when the writer of a pipe is gone") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  ::close(ends[1]);
  block_until(std::array{wait_condition{ends[0], POLLIN, forever}});
  ::close(ends[0]);
}

TEST_CASE("blocking ends after the shortest of all times") {
  const pipe_ends silent;
  const auto waited = [](const std::vector<wait_condition>& any) { return seconds_of([&] { block_until(any); }); };
  CHECK(waited({{silent.reading(), POLLIN, 20}}) >= 0.019);
  CHECK(waited({{-1, 0, 20}}) >= 0.019);
  CHECK(waited({{-1, 0, forever}, {silent.reading(), POLLIN, 20}, {-1, 0, -1}}) >= 0.019);
  CHECK(waited({{-1, 0, 20}, {-1, 0, forever}, {silent.reading(), POLLIN, -1}}) >= 0.019);
}

TEST_CASE("a condition of no time at all does not block") {
  const pipe_ends silent;
  block_until(std::array{wait_condition{silent.reading(), POLLIN, 0}});
  block_until(std::array{wait_condition{-1, 0, 0}, wait_condition{silent.reading(), POLLIN, -1}});
}

TEST_CASE("blocking ends when a signal arrives, without an error") {
  struct sigaction action{}, before{};
  action.sa_handler = [](int) { ++signals_caught; };
  REQUIRE(sigaction(SIGUSR1, &action, &before) == 0);
  const pipe_ends silent;
  const pthread_t waiter = pthread_self();
  std::atomic<bool> is_over = false;
  std::thread sender([&] {
    while (!is_over) {
      pthread_kill(waiter, SIGUSR1);
      std::this_thread::yield();
    }
  });
  block_until(std::array{wait_condition{silent.reading(), POLLIN, -1}});
  is_over = true;
  sender.join();
  CHECK(signals_caught > 0);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("what the system refuses to wait for is a system error") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit fewer = before;
  fewer.rlim_cur = 32;
  const pipe_ends pipe;
  const std::vector<wait_condition> too_many(33, {pipe.writing(), POLLOUT, 0});
  REQUIRE(setrlimit(RLIMIT_NOFILE, &fewer) == 0);
  int code = 0;
  try {
    block_until(too_many);
  } catch (const std::system_error& failed) {
    code = failed.code().value();
  }
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(code == EINVAL);
}

}  // namespace wait_condition_tests
