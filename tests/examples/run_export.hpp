#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "nlohmann_json.hpp"
#include "run_program.hpp"

// Runs examples/export.cpp, the real program.

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#else
inline constexpr bool is_sanitized = false;
#endif

inline std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline program_result run_export(const std::vector<std::string>& arguments) {
  return run_program(TIDEMARK_EXPORT_PROGRAM, arguments);
}

/// What an export that must succeed, and say nothing, writes.
inline std::string exported(const std::vector<std::string>& arguments) {
  const program_result done = run_export(arguments);
  CHECK(done.err == "");
  CHECK(done.exit_code == 0);
  return done.out;
}

inline void check_export_fails(const program_result& done, const std::vector<std::string>& words) {
  INFO(done.err);
  CHECK(done.exit_code == 1);
  CHECK(std::count(done.err.begin(), done.err.end(), '\n') == 1);
  CHECK((!done.err.empty() && done.err.back() == '\n'));
  for (const std::string& word : words) {
    INFO(word);
    CHECK(done.err.find(word) != std::string::npos);
  }
}

/// Lets a program under AddressSanitizer give freed memory back, as it does without; otherwise its peak is all that it
/// ever asked for.
class without_quarantine {
 public:
  without_quarantine() {
    const char* const before = std::getenv(name);
    if (before != nullptr) before_ = before;
    ::setenv(name, (before_ + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0").c_str(), 1);
  }
  without_quarantine(const without_quarantine&) = delete;
  without_quarantine& operator=(const without_quarantine&) = delete;
  ~without_quarantine() { ::setenv(name, before_.c_str(), 1); }

 private:
  static constexpr const char* name = "ASAN_OPTIONS";
  std::string before_;
};

inline nlohmann::json stats_of(const program_result& done) {
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  REQUIRE(std::count(done.err.begin(), done.err.end(), '\n') == 1);
  return tests::parse_json(done.err);
}
