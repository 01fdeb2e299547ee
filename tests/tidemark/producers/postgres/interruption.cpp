#include <tidemark/producers/postgres/interruption.hpp>

#include "catch.hpp"

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include <tidemark/canceller.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/producers/postgres/query.hpp>
#include <tidemark/raw_stream.hpp>

#include "postgres_server.hpp"

namespace producers_postgres_interruption_tests {

using tidemark::canceller;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::postgres::connection;
using tidemark::postgres::query;

namespace {

/// A thread that fires each canceller it is given once, a little later or at once.
class firing {
 public:
  firing() : thread_([this] { run(); }) {}
  firing(const firing&) = delete;
  firing& operator=(const firing&) = delete;
  ~firing() {
    is_over_ = true;
    turn_ = turn::thread;
    turn_.notify_one();
    thread_.join();
  }

  void fire(canceller handle, int spins) {
    handle_ = std::move(handle);
    spins_ = spins;
    turn_ = turn::thread;
    turn_.notify_one();
  }
  void wait() { turn_.wait(turn::thread); }

 private:
  enum class turn { owner, thread };

  void run() {
    for (;;) {
      turn_.wait(turn::owner);
      if (is_over_) return;
      for (std::atomic<int> spins = spins_; spins != 0;) --spins;
      handle_.cancel();
      turn_ = turn::owner;
      turn_.notify_one();
    }
  }

  std::atomic<turn> turn_ = turn::owner;
  std::atomic<bool> is_over_ = false;
  canceller handle_;
  int spins_ = 0;
  std::thread thread_;
};

/// How often; the whole of it takes a minute.
int cancellations() {
  const char* const given = std::getenv("TIDEMARK_CANCELLATIONS");
  return given != nullptr ? std::atoi(given) : 3000;
}

}  // namespace

TEST_CASE("postgres: a canceller that is fired at any moment hits its own query or none, and never the next one") {
  NEEDS_POSTGRES();
  connection db(tests::postgres_server());
  firing other;
  int hits = 0;
  const int count = cancellations();
  for (int i = 0; i != count; ++i) {
    try {
      raw_stream stream{query{db, "select generate_series(1, 3) as i"}};
      other.fire(stream.canceller(), i * 37 % 8000);
      collect(stream);
    } catch (const error& failed) {
      REQUIRE(failed.kind() == failure::canceled);
      ++hits;
    }
    REQUIRE(collect(raw_stream{query{db, "select 7 as next"}}) == "[{\"next\":7}]");
    other.wait();
  }
  CHECK(hits > 0);
  CHECK(hits < count);
}

}  // namespace producers_postgres_interruption_tests
