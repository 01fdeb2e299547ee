#ifdef TIDEMARK_DISCOUNT_PROGRAM

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <tidemark/collect.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"
#include "music_shop.hpp"
#include "nlohmann_json.hpp"

namespace examples_discount_tests {

using nlohmann::ordered_json;

namespace {

program_result discount(const std::vector<std::string>& arguments) {
  return run_program(TIDEMARK_DISCOUNT_PROGRAM, arguments);
}

}  // namespace

TEST_CASE("discount: of a table, one field is less and the others are as they were") {
  const temporary_folder here;
  {
    tidemark::sqlite::connection db{here.file("shop.db")};
    db.execute(
        "create table \"the goods\" (id integer, \"price, net\" real, note text);"
        "insert into \"the goods\" values (1, 10, 'x'), (2, null, '\"y\"'), (9007199254740993, 0.99, null)");
  }
  const program_result done =
      discount({"--db", here.file("shop.db"), "--table", "the goods", "--field", "price, net", "--percent", "15"});
  CHECK(done.err.empty());
  CHECK(done.exit_code == 0);
  CHECK(done.out == R"([{"id":1,"price, net":8.5,"note":"x"},{"id":2,"price, net":null,"note":"\"y\""},)"
                    R"({"id":9007199254740993,"price, net":0.84,"note":null}])");
}

TEST_CASE("discount: of lines of JSON, every byte of the other fields is as it was") {
  const temporary_folder here;
  const std::string lines = here.file("goods.ndjson",
                                      "{ \"id\": 1.50, \"price\" : 1e1 , \"note\":\"\\u0041\" }\n"
                                      "{\"price\":null,\"id\":12345678901234567890}\n"
                                      "{\"nested\":{\"price\":1},\"price\":20}");
  const program_result done = discount({"--ndjson", lines, "--field", "price", "--percent", "50"});
  CHECK(done.err.empty());
  CHECK(done.exit_code == 0);
  CHECK(done.out ==
        "[{ \"id\": 1.50, \"price\" : 5 , \"note\":\"\\u0041\" },{\"price\":null,\"id\":12345678901234567890},"
        "{\"nested\":{\"price\":1},\"price\":10}]");
}

TEST_CASE("discount: of the tracks of the music shop, every price is less and all else is as it was") {
  const program_result done =
      discount({"--db", tests::music_shop(), "--table", "Track", "--field", "UnitPrice", "--percent", "10"});
  REQUIRE(done.exit_code == 0);
  const auto changed = tests::parse_ordered_json(done.out);
  REQUIRE(changed.size() == 3503);
  const auto db = tidemark::sqlite::connection::open_read_only(tests::music_shop());
  auto before = tests::parse_ordered_json(
      tidemark::collect(tidemark::raw_stream{tidemark::sqlite::query{db, "select * from Track order by TrackId"}}));
  REQUIRE(before.size() == 3503);
  for (std::size_t i = 0; i != before.size(); ++i) {
    // In whole tenths of cents, which are exact; five of them are rounded up to a cent.
    const auto cents = (std::llround(before[i]["UnitPrice"].get<double>() * 100) * 9 + 5) / 10;
    REQUIRE(changed[i]["UnitPrice"].get<double>() == static_cast<double>(cents) / 100);
    REQUIRE(changed[i].size() == 9);
    before[i]["UnitPrice"] = changed[i]["UnitPrice"];
    REQUIRE(changed[i] == before[i]);
  }
}

TEST_CASE("discount: what is wrong is said, with the row and the field, and the array stays open") {
  const temporary_folder here;
  const std::string lines = here.file("goods.ndjson", "{\"price\":1}\n{\"price\":\"two\"}\n");
  const program_result done = discount({"--ndjson", lines, "--field", "price", "--percent", "50"});
  CHECK(done.exit_code == 1);
  CHECK(done.out == "[{\"price\":0.5}");
  CHECK(done.err == "discount: " + lines +
                        ": the value is text, not a number, at row 2, column \"price\", byte 14 of the output\n");
  CHECK(
      discount({"--ndjson", lines, "--field", "cost", "--percent", "1"}).err.find("there is no such field, at row 1") !=
      std::string::npos);
  CHECK(discount({"--ndjson", here.file("none"), "--field", "a", "--percent", "1"}).exit_code == 1);
}

TEST_CASE("discount: wrong usage ends with 2") {
  CHECK(discount({}).exit_code == 2);
  CHECK(discount({"--field", "a", "--percent", "1"}).exit_code == 2);
  CHECK(discount({"--db", "x", "--field", "a", "--percent", "1"}).exit_code == 2);
  CHECK(discount({"--ndjson", "x", "--field", "a", "--percent", "101"}).exit_code == 2);
  CHECK(discount({"--help"}).exit_code == 0);
}

}  // namespace examples_discount_tests

#endif
