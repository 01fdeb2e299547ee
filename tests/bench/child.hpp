// Peers run as children, one at a time, so that each one's processor time and memory are its own.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

using command = std::vector<std::string>;

struct usage {
  double seconds = 0;      // of the processor, user and system
  double wall = 0;         // seconds from its start to its end
  double peak_memory = 0;  // MiB resident
};

// Runs the command with its output to /dev/null. Throws where it fails.
usage run(const command& wanted);

// What the command writes. Throws where it fails.
std::string output_of(const command& wanted);
std::uint64_t output_size_of(const command& wanted);

// A command that runs beside this program, and says something on its standard output, line by line.
class companion {
 public:
  explicit companion(const command& wanted);
  ~companion();  // ends it, where nobody has waited for its end
  companion(const companion&) = delete;
  companion& operator=(const companion&) = delete;

  // Its next line, without the line feed. Throws where there is none.
  std::string line();

  // Waits until it ends. Throws where it fails.
  usage wait();

 private:
  command command_;
  std::chrono::steady_clock::time_point begin_;
  pid_t child_ = -1;
  int output_ = -1;
};

// Calls `work` in a child, so that the memory it takes is not handed down to the peers that are started later: a
// child begins with its parent's peak. Throws where it throws; what it threw is on standard error then.
void run_apart(const std::function<void()>& work);

}  // namespace bench
