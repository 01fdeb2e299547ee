#pragma once

#include <libpq-fe.h>

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace tidemark::postgres {

/// How long a server is given to answer before its connection is shut down.
inline constexpr std::chrono::seconds patience{5};

/// Asks the server to cancel what runs on a connection, on a thread of its own: libpq connects to the server for that,
/// and waits for it, which takes minutes where it cannot be reached. What is returned is ready when the server has
/// taken the request, or will not; the connection itself is not needed for it any more. Invalid where there is no
/// memory for it, or no thread.
///
/// A server that has not begun with a statement takes no notice; `and_again`: it is asked once more a little later, for
/// whoever does not wait to see.
inline std::future<void> request_cancel(PGconn* db, bool and_again) noexcept try {
  std::shared_ptr<PGcancel> request(PQgetCancel(db), PQfreeCancel);
  std::packaged_task<void()> asking([request = std::move(request), and_again] {
    const auto ask = [&] {
      std::array<char, 256> complaint;
      PQcancel(request.get(), complaint.data(), static_cast<int>(complaint.size()));
    };
    ask();
    if (!and_again) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ask();
  });
  std::future<void> asked = asking.get_future();
  std::thread(std::move(asking)).detach();
  return asked;
} catch (...) {
  return {};
}

/// The same, and waits for it; false where that took too long, so that the request may still be on its way.
inline bool cancel(PGconn* db) noexcept {
  const std::future<void> asked = request_cancel(db, false);
  return asked.valid() && asked.wait_for(patience) == std::future_status::ready;
}

}  // namespace tidemark::postgres
