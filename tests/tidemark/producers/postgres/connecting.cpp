#include <tidemark/producers/postgres/connecting.hpp>

#include "catch.hpp"

#include <string>
#include <utility>

#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/postgres/query.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/wait_condition.hpp>

#include "drain.hpp"
#include "postgres_server.hpp"

namespace producers_postgres_connecting_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::progress;
using tidemark::postgres::connecting;

namespace {

int wait_for(connecting& making) {
  int waits = 0;
  for (; making.next() == progress::pending; ++waits) tidemark::block_until(making.waits_for());
  return waits;
}

}  // namespace

TEST_CASE("a connection is made without blocking") {
  NEEDS_POSTGRES();
  connecting making(tests::postgres_server());
  CHECK(wait_for(making) > 0);
  tidemark::raw_stream one{tidemark::postgres::query{std::move(making).take(), "select 1 as i"}};
  CHECK(collect(one) == "[{\"i\":1}]");
}

TEST_CASE("where one address refuses, the next one is tried") {
  NEEDS_POSTGRES();
  std::string where = tests::postgres_server();
  const std::size_t host = where.find("host=") + 5;
  where.insert(host, "127.0.0.1,");
  connecting making(where + " port=1,5432");
  wait_for(making);
  const tidemark::postgres::connection made = std::move(making).take();
  CHECK(made.is_usable());
}

TEST_CASE("a connection that cannot be made is an error with libpq's words") {
  const auto failure_with = [](const std::string& where) {
    return thrown_by([&] {
      connecting making(where);
      wait_for(making);
    });
  };
  CHECK(failure_with("host=/nowhere").message().starts_with("cannot connect: "));
  CHECK(failure_with("nonsense").message().find("nonsense") != std::string::npos);
  NEEDS_POSTGRES();
  const error failed = failure_with(tests::postgres_server() + std::string(" dbname=none"));
  CHECK(failed.kind() == failure::producer);
  CHECK(failed.message().find("\"none\" does not exist") != std::string::npos);
}

}  // namespace producers_postgres_connecting_tests
