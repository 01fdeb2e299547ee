#ifdef TIDEMARK_TOTALS_PROGRAM

#include <filesystem>
#include <string>
#include <vector>

#include <tidemark/producers/sqlite.hpp>

#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"

namespace examples_totals_tests {

namespace {

program_result totals(const std::vector<std::string>& arguments) {
  return run_program(TIDEMARK_TOTALS_PROGRAM, arguments);
}

}  // namespace

TEST_CASE("totals: the same rows give the same sums, as fields and as lines of JSON") {
  const temporary_folder here;
  {
    tidemark::sqlite::connection db{here.file("shop.db")};
    db.execute(
        "create table sale (port text, amount real);"
        "insert into sale values ('Brest', 1.5), ('Saint-Malo', 2), ('Brest', null), (null, 0.25), ('a\"b', 3)");
  }
  const std::string lines = here.file("sales.ndjson",
                                      "{\"port\":\"Brest\",\"amount\":1.5}\n{\"port\":\"Saint-Malo\",\"amount\":2}\n"
                                      "{\"amount\":null,\"port\":\"Brest\"}\n{\"port\":null,\"amount\":0.25}\n"
                                      "{\"amount\":3,\"port\":\"a\\\"b\"}");
  const std::string expected = "Brest\t2\t1.50\nSaint-Malo\t1\t2.00\na\"b\t1\t3.00\nnull\t1\t0.25\n";
  for (const auto& done :
       {totals({"--db", here.file("shop.db"), "--query", "select * from sale", "--by", "port", "--sum", "amount"}),
        totals({"--ndjson", lines, "--by", "port", "--sum", "amount"})}) {
    CHECK(done.err.empty());
    CHECK(done.out == expected);
    CHECK(done.exit_code == 0);
  }
}

TEST_CASE("totals: of a real database, they are those that SQLite itself sums") {
  const std::string chinook = TIDEMARK_SHARED_DATA "/chinook/Chinook_Sqlite.sqlite";
  if (!std::filesystem::exists(chinook)) SKIP_TEST("no Chinook database");
  const program_result done =
      totals({"--db", chinook, "--query", "select * from Invoice", "--by", "BillingCountry", "--sum", "Total"});
  REQUIRE(done.exit_code == 0);

  auto db = tidemark::sqlite::connection::open_read_only(chinook);
  tidemark::sqlite::query sums{db,
                               "select BillingCountry || char(9) || count(*) || char(9) || printf('%.2f', sum(Total)) "
                               "from Invoice group by BillingCountry order by BillingCountry"};
  std::string expected;
  while (sums.next() == tidemark::progress::row) expected.append(sums.field(0).as_view()).append("\n");
  CHECK(done.out == expected);
}

TEST_CASE("totals: what is wrong is said, with the row and the field") {
  const temporary_folder here;
  const std::string lines =
      here.file("sales.ndjson", "{\"port\":\"Brest\",\"amount\":1}\n{\"port\":\"Brest\"}\n{\"amount\":2}\n");
  const program_result done = totals({"--ndjson", lines, "--by", "port", "--sum", "amount"});
  CHECK(done.exit_code == 1);
  CHECK(done.out.empty());
  CHECK(done.err == "totals: " + lines +
                        ": there is no such field, at row 3, column \"port\"; the rows behind it can still be read\n");
  CHECK(totals({"--ndjson", here.file("none"), "--by", "a", "--sum", "b"}).exit_code == 1);
  CHECK(totals({"--ndjson", lines}).exit_code == 2);
  CHECK(totals({}).exit_code == 2);
  CHECK(totals({"--help"}).exit_code == 0);
}

}  // namespace examples_totals_tests

#endif
