#pragma once

#include <chrono>
#include <thread>

namespace tests {

/// Whether that becomes true within half a minute; it is asked every few milliseconds.
template <class Condition>
bool comes_true(Condition is_so) {
  for (int i = 0; i != 10'000; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  return false;
}

}  // namespace tests
