#pragma once

#include <cstddef>

constexpr std::size_t never = static_cast<std::size_t>(-1);

/// How many more calls of operator new succeed; `never`: all of them.
extern std::size_t new_left;

/// Whether one more allocation may succeed.
inline bool may_go_on(std::size_t& left) {
  if (left == never) return true;
  if (left == 0) return false;
  --left;
  return true;
}

/// Lets `count` allocations succeed and the next ones fail, as long as it lives.
class fuse {
 public:
  fuse(std::size_t& which, std::size_t count) : which_(which) { which_ = count; }
  ~fuse() { which_ = never; }
  fuse(const fuse&) = delete;
  fuse& operator=(const fuse&) = delete;

 private:
  std::size_t& which_;
};
