#include "child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

[[noreturn]] void become(const command& wanted, int output) {
  auto arguments = std::vector<char*>{};
  for (const auto& argument : wanted) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  dup2(output, STDOUT_FILENO);
  execvp(arguments[0], arguments.data());
  std::perror(arguments[0]);
  _exit(127);
}

pid_t start(const command& wanted, int output) {
  std::fflush(nullptr);
  auto child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(wanted, output);
  return child;
}

using wall_clock = std::chrono::steady_clock;

usage wait_for(pid_t child, const command& wanted, wall_clock::time_point begin) {
  auto status = 0;
  auto used = rusage{};
  while (wait4(child, &status, 0, &used) < 0)
    if (errno != EINTR) fail("wait4");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    auto line = std::string{"this failed:"};
    for (const auto& argument : wanted) line += " '" + argument + "'";
    throw std::runtime_error{line};
  }
  auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(used.ru_utime) + seconds(used.ru_stime),
          std::chrono::duration<double>(wall_clock::now() - begin).count(), static_cast<double>(used.ru_maxrss) / 1024};
}

template <class Function>
void read_output(const command& wanted, Function&& use) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail("pipe");
  auto begin = wall_clock::now();
  auto child = start(wanted, ends[1]);
  close(ends[1]);
  char bytes[65536];
  auto count = ssize_t{0};
  while ((count = read(ends[0], bytes, sizeof bytes)) != 0) {
    if (count > 0)
      use(bytes, static_cast<std::size_t>(count));
    else if (errno != EINTR)
      fail("read");
  }
  close(ends[0]);
  wait_for(child, wanted, begin);
}

}  // namespace

usage run(const command& wanted) {
  auto nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) fail("/dev/null");
  auto begin = wall_clock::now();
  auto child = start(wanted, nowhere);
  close(nowhere);
  return wait_for(child, wanted, begin);
}

std::string output_of(const command& wanted) {
  auto result = std::string{};
  read_output(wanted, [&](const char* bytes, std::size_t size) { result.append(bytes, size); });
  return result;
}

std::uint64_t output_size_of(const command& wanted) {
  auto result = std::uint64_t{0};
  read_output(wanted, [&](const char*, std::size_t size) { result += size; });
  return result;
}

companion::companion(const command& wanted) : command_{wanted}, begin_{wall_clock::now()} {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail("pipe");
  child_ = start(wanted, ends[1]);
  output_ = ends[0];
  close(ends[1]);
}

companion::~companion() {
  close(output_);
  if (child_ < 0) return;
  kill(child_, SIGTERM);
  waitpid(child_, nullptr, 0);
}

std::string companion::line() {
  auto result = std::string{};
  auto c = '\0';
  for (;;) {
    auto count = read(output_, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw std::runtime_error{"a line was expected of '" + command_.front() + "'"};
    if (c == '\n') return result;
    result += c;
  }
}

usage companion::wait() { return wait_for(std::exchange(child_, -1), command_, begin_); }

void run_apart(const std::function<void()>& work) {
  std::fflush(nullptr);
  auto begin = wall_clock::now();
  auto child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    try {
      work();
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bench: %s\n", error.what());
      _exit(1);
    }
  }
  wait_for(child, {"the comparison of what the peers write"}, begin);
}

}  // namespace bench
