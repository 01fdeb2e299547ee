#pragma once

// Runs a program as a user would, and says what came of it.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// What a program that has ended left behind.
struct program_result {
  int exit_code = -1;  ///< -1 where a signal ended it
  int signal = 0;      ///< that signal
  std::string out;
  std::string err;
};

/// A program that runs. Whatever the test does, it does not outlive this object.
class running_program {
 public:
  enum class errors_to { pipe, terminal };

  /// `arguments`: behind the program's own path. Standard input is empty.
  running_program(const std::string& path, const std::vector<std::string>& arguments,
                  errors_to errors = errors_to::pipe) {
    start(path, arguments, errors);
  }
  running_program(const running_program&) = delete;
  running_program& operator=(const running_program&) = delete;
  ~running_program() {
    close_output();
    ::close(err_);
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      reap();
    }
  }

  /// Reads at least `count` bytes of its standard output; they stand in result().out, too.
  void read_output(std::size_t count) {
    while (result_.out.size() < count)
      if (!take(out_, result_.out)) throw std::runtime_error("the program wrote less than was waited for");
  }

  /// What has been read of its standard output so far.
  const std::string& output() const noexcept { return result_.out; }

  pid_t id() const noexcept { return process_; }
  void send(int signal) const { ::kill(process_, signal); }

  /// Whoever reads its standard output goes away.
  void close_output() {
    if (out_ >= 0) ::close(std::exchange(out_, -1));
  }

  /// Reads all that the program writes and waits for its end. Throws for one that writes nothing for a minute.
  program_result finish() {
    constexpr int minute = 60'000;
    std::array<pollfd, 2> from = {{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};  // negative ones are passed over
    while (from[0].fd >= 0 || from[1].fd >= 0) {
      const int ready = ::poll(from.data(), from.size(), minute);
      if (ready == 0) throw std::runtime_error("the program hangs");
      if (ready < 0) continue;
      if (from[0].revents != 0 && !take(out_, result_.out)) from[0].fd = -1;
      if (from[1].revents != 0 && !take(err_, result_.err)) from[1].fd = -1;
    }
    const int status = reap();
    if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    return std::exchange(result_, {});
  }

 private:
  void start(const std::string& path, const std::vector<std::string>& arguments, errors_to errors) {
    std::vector<std::string> all = {path};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve(all.size() + 1);
    for (std::string& one : all) argv.push_back(one.data());
    argv.push_back(nullptr);

    const auto [out, out_of_program] = make_pipe();
    const auto [err, err_of_program] = errors == errors_to::pipe ? make_pipe() : make_terminal();
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0) throw std::runtime_error("/dev/null");
    out_ = out;
    err_ = err;
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("fork");
    if (process_ == 0) {
      ::dup2(nothing, STDIN_FILENO);
      ::dup2(out_of_program, STDOUT_FILENO);
      ::dup2(err_of_program, STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(nothing);
    ::close(out_of_program);
    ::close(err_of_program);
  }

  using ends = std::pair<int, int>;  // the reading one, and the program's

  static ends make_pipe() {
    std::array<int, 2> made{};
    if (::pipe2(made.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    return {made[0], made[1]};
  }

  static ends make_terminal() {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    std::array<char, 128> name{};
    if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
        ::ptsname_r(master, name.data(), name.size()) != 0)
      throw std::runtime_error("posix_openpt");
    return {master, ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC)};
  }

  /// False at the end, which a terminal tells by EIO.
  static bool take(int from, std::string& all) {
    std::array<char, 65536> piece{};
    const ssize_t count = ::read(from, piece.data(), piece.size());
    if (count < 0) return errno == EINTR;
    all.append(piece.data(), static_cast<std::size_t>(count));
    return count != 0;
  }

  int reap() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
    process_ = -1;
    return status;
  }

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  program_result result_;
};

/// Runs a program to its end.
inline program_result run_program(const std::string& path, const std::vector<std::string>& arguments) {
  return running_program(path, arguments).finish();
}
