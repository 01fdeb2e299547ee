#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <tidemark/error.hpp>

/// Where the JSON goes: a file that is opened when the query is known to be sound, or standard output.
class output_file {
 public:
  /// `name`: - for standard output. What the file held is gone.
  explicit output_file(const std::string& name) {
    if (name == "-") return;
    descriptor_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail("cannot open", name);
    name_ = name;
  }
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  ~output_file() {
    if (!name_.empty()) ::close(descriptor_);
  }

  int descriptor() const noexcept { return descriptor_; }

  /// Some file systems say only now that the disk is full.
  void close() {
    if (!std::exchange(name_, {}).empty() && ::close(descriptor_) != 0) fail("cannot write", "the output");
  }

 private:
  [[noreturn]] static void fail(const char* doing, const std::string& name) {
    throw tidemark::error(tidemark::failure::sink,
                          fmt::format("{} {}: {}", doing, name, std::generic_category().message(errno)));
  }

  int descriptor_ = STDOUT_FILENO;
  std::string name_;
};
