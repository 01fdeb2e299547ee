#include "../cases.hpp"
#include "../child.hpp"
#include "../few_lines.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

using namespace bench;

void print(const std::string& what, std::string_view title, const command& work) {
  auto used = run(work);
  std::printf("%-26s %-28s %11.1f %8.3f\n", what.c_str(), std::string{title}.c_str(), used.peak_memory, used.seconds);
  std::fflush(stdout);
}

}  // namespace

void bench::cases::memory(const plan& wanted) {
  std::printf("%-26s %-28s %11s %8s\n", "memory", "", "memory MiB", "CPU s");
  auto count_of_few = std::max<std::int64_t>(wanted.rows / 1000, 1);
  auto few = std::to_string(count_of_few) + " rows";
  auto all = std::to_string(wanted.rows) + " rows";
  auto ten_times = std::to_string(wanted.rows * 10) + " rows";
  auto few_orders = "select * from orders limit " + std::to_string(count_of_few);
  print(few, "tidemark", wanted.child("rows", "library", few_orders));
  print(all, "tidemark", wanted.child("rows", "library", wanted.every_order()));
  print(ten_times, "tidemark", wanted.child("rows", "library", wanted.orders_ten_times()));
  print(ten_times, "step and read every value", wanted.child("rows", "read", wanted.orders_ten_times()));

  print(few, "tidemark, frames", wanted.child("frames", "library", few_orders));
  print(all, "tidemark, frames", wanted.child("frames", "library", wanted.every_order()));
  print(ten_times, "tidemark, frames", wanted.child("frames", "library", wanted.orders_ten_times()));

  print(few, "tidemark, objects of SQLite", wanted.child("columns", "library", few_orders));
  print(all, "tidemark, objects of SQLite", wanted.child("columns", "library", wanted.every_order()));
  auto first_lines = few_lines{wanted.ndjson, count_of_few};
  auto of_few = wanted;
  of_few.ndjson = first_lines.path();
  print(few, "tidemark, objects of NDJSON", of_few.child("fields", "library"));
  print(all, "tidemark, objects of NDJSON", wanted.child("fields", "library"));

  // SQLite holds a value of a result as a whole: that row alone is what the library has to be compared with. This one
  // is padded with spaces; because of the column in it SQLite does not keep a copy, as it does of constants.
  auto long_value = std::string{"select printf('%*s', 268435456, id) as value from orders limit 1"};
  print("one value of 256 MiB", "tidemark", wanted.child("rows", "library", long_value));
  print("one value of 256 MiB", "step and read every value", wanted.child("rows", "read", long_value));
  std::printf("\n");
}
