#pragma once

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark::postgres {

/// A connection in the making, for whoever must not block: ask next() until it answers progress::end, wait for what
/// waits_for() says in between, and take() the connection.
///
/// libpq looks up the names of hosts as it comes to them, which can block; numeric addresses (hostaddr) and sockets do
/// not. It has no limit of time here (connect_timeout): that is for who waits.
class connecting {
 public:
  /// `where`: as for connection. Starts; throws error (producer) where libpq cannot read it.
  explicit connecting(const std::string& where) : made_(PQconnectStart(where.c_str())) { check(); }

  /// progress::pending, or progress::end when the connection is there. Throws error (producer) with libpq's words.
  progress next() {
    // Asked before the address has answered, libpq would not go on to the next one where it refuses.
    if (!std::exchange(is_under_way_, true)) return progress::pending;
    switch (PQconnectPoll(made_.handle())) {
      case PGRES_POLLING_OK: return progress::end;
      case PGRES_POLLING_READING: events_ = POLLIN; break;
      case PGRES_POLLING_WRITING: events_ = POLLOUT; break;
      default: throw connection_error(made_.handle(), "cannot connect: ");
    }
    return progress::pending;
  }

  /// What a pending next() waits for; another descriptor each time, maybe.
  std::span<const wait_condition> waits_for() noexcept {
    waits_[0] = {PQsocket(made_.handle()), events_};
    return waits_;
  }

  connection take() && { return std::move(made_); }

 private:
  void check() const {
    if (PQstatus(made_.handle()) == CONNECTION_BAD) throw connection_error(made_.handle(), "cannot connect: ");
  }

  connection made_;
  bool is_under_way_ = false;
  short events_ = POLLOUT;
  std::array<wait_condition, 1> waits_;
};

}  // namespace tidemark::postgres
