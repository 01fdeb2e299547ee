#ifdef TIDEMARK_SMALLEST_PROGRAM

#include "run_program.hpp"

#include "catch.hpp"

namespace examples_smallest_tests {

TEST_CASE("smallest: the program of the README writes its rows as JSON") {
  const program_result done = run_program(TIDEMARK_SMALLEST_PROGRAM, {});
  CHECK(done.out == R"([{"id":1,"name":"Ebb","price":0.99},{"id":2,"name":"\"High\" water","price":1.29}])");
  CHECK(done.err.empty());
  CHECK(done.exit_code == 0);
}

TEST_CASE("smallest: a database that cannot be opened is named") {
  const program_result done = run_program(TIDEMARK_SMALLEST_PROGRAM, {"/no/such/folder/tracks.db"});
  CHECK(done.out.empty());
  CHECK(done.err.find("/no/such/folder/tracks.db") != std::string::npos);
  CHECK(done.exit_code == 1);
}

}  // namespace examples_smallest_tests

#endif
