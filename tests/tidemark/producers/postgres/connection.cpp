#include <tidemark/producers/postgres/connection.hpp>

#include <string>

#include <tidemark/collect.hpp>
#include <tidemark/producers/postgres/query.hpp>
#include <tidemark/raw_stream.hpp>

#include "catch.hpp"
#include "postgres_server.hpp"

namespace producers_postgres_connection_tests {

TEST_CASE("postgres: a quoted identifier is that name, whatever is in it") {
  using tidemark::postgres::quoted_identifier;
  CHECK(quoted_identifier("orders") == "\"orders\"");
  CHECK(quoted_identifier("") == "\"\"");
  NEEDS_POSTGRES();
  tidemark::postgres::connection db(tests::postgres_server());
  const std::string odd = "it's \"odd\"; drop table x --";
  CHECK(collect(tidemark::raw_stream{tidemark::postgres::query{db, "select 1 as " + quoted_identifier(odd)}}) ==
        R"([{"it's \"odd\"; drop table x --":1}])");
}

}  // namespace producers_postgres_connection_tests
