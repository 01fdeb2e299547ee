#pragma once

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include <tidemark/producers/postgres/cancel.hpp>
#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/stopwatch.hpp>

namespace tidemark::postgres {

/// So that nobody takes the connection for usable.
inline void shut_down(PGconn* db) noexcept {
  ::shutdown(PQsocket(db), SHUT_RDWR);
  // Behind all that lies there already is the end, by which libpq knows.
  while (PQstatus(db) == CONNECTION_OK && PQconsumeInput(db)) {}
}

/// What is to become of a statement whose answer is read off. One that is to stop was canceled before; where the server
/// says nothing after that, the request may have come before it began, so it is asked again.
enum class statement { goes_on, is_to_stop };

/// Reads off all that the server still has to say of what was sent, so that something else can be sent, and gives the
/// last of it. Where that takes more than five seconds the connection is shut down.
inline result_handle read_off(PGconn* db, statement what = statement::goes_on) noexcept {
  stopwatch waited;
  waited.start();
  result_handle last;
  for (;;) {
    const short events = PQflush(db) == 1 ? POLLIN | POLLOUT : POLLIN;
    while (!PQisBusy(db)) {
      result_handle next(PQgetResult(db));
      if (!next) return last;
      last.swap(next);
      const ExecStatusType status = PQresultStatus(last.get());
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
        shut_down(db);
        return nullptr;
      }
    }
    pollfd ready = {PQsocket(db), events, 0};
    const int count = ::poll(&ready, 1, 200);
    // A request that is still on its way must not find the statement that comes next.
    const bool is_out_of_reach = count == 0 && what == statement::is_to_stop && !cancel(db);
    if (is_out_of_reach || (count < 0 && errno != EINTR) ||
        waited.seconds() > std::chrono::duration<double>(patience).count()) {
      shut_down(db);
      return nullptr;
    }
    if (!PQconsumeInput(db)) return nullptr;
  }
}

}  // namespace tidemark::postgres
