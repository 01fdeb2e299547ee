#ifdef TIDEMARK_TOTALS_PROGRAM

#include <cstddef>
#include <string>
#include <vector>

#include <tidemark/producers/sqlite.hpp>

#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"
#include "music_shop.hpp"

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

TEST_CASE("totals: of the invoices of the music shop, they are those that SQLite itself sums") {
  const program_result done = totals(
      {"--db", tests::music_shop(), "--query", "select * from Invoice", "--by", "BillingCountry", "--sum", "Total"});
  REQUIRE(done.exit_code == 0);

  auto db = tidemark::sqlite::connection::open_read_only(tests::music_shop());
  tidemark::sqlite::query sums{
      db,
      "select coalesce(BillingCountry, 'null') as country, count(*), printf('%.2f', sum(Total)) "
      "from Invoice group by country order by country"};
  std::string expected;
  std::size_t groups = 0;
  for (; sums.next() == tidemark::progress::row; ++groups) {
    expected.append(sums.field(0).as_view()).append("\t").append(std::to_string(sums.field(1).as_integer()));
    expected.append("\t").append(sums.field(2).as_view()).append("\n");
  }
  CHECK(groups == 14);  // thirteen countries, and the invoices without one
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
