#pragma once

#include <poll.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <span>
#include <system_error>
#include <vector>

namespace tidemark {

/// One thing that a pending producer waits for: a descriptor that becomes ready, or time that passes.
struct wait_condition {
  int descriptor = -1;    ///< -1: none, only time
  short events = 0;       ///< POLLIN, POLLOUT: as for poll(2)
  int milliseconds = -1;  ///< ask again after this long in any case; -1: no limit
};

/// What a stream waits for while it is pending: nothing that a descriptor or a time could tell, where its producer
/// blocks. Valid until the next pull.
template <class Stream>
std::span<const wait_condition> waits_of(Stream& stream) {
  if constexpr (requires { stream.waits_for(); })
    return stream.waits_for();
  else
    return {};
}

/// Blocks the calling thread until one of `any` is ready, its time is over, or a signal arrives. The caller then asks
/// its producer again, which knows best whether that was enough. Throws std::system_error when poll(2) fails.
inline void block_until(std::span<const wait_condition> any) {
  std::vector<pollfd> descriptors;
  descriptors.reserve(any.size());
  int milliseconds = -1;
  for (const wait_condition& one : any) {
    if (one.descriptor >= 0) descriptors.push_back({one.descriptor, one.events, 0});
    if (one.milliseconds >= 0 && (milliseconds < 0 || one.milliseconds < milliseconds)) milliseconds = one.milliseconds;
  }
  if (::poll(descriptors.data(), descriptors.size(), milliseconds) < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "poll");
}

}  // namespace tidemark
