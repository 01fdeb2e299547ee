#include "../cases.hpp"
#include "../child.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

using namespace bench;

void print(const plan& wanted, const std::string& what, std::string_view title, std::string_view peer,
           const std::string& sql) {
  auto used = run(wanted.child("rows", peer, sql));
  std::printf("%-26s %-28s %11.1f %8.3f\n", what.c_str(), std::string{title}.c_str(), used.peak_memory, used.seconds);
  std::fflush(stdout);
}

}  // namespace

void bench::cases::memory(const plan& wanted) {
  std::printf("%-26s %-28s %11s %8s\n", "memory", "", "memory MiB", "CPU s");
  auto few = std::max<std::int64_t>(wanted.rows / 1000, 1);
  auto few_rows = "select * from orders limit " + std::to_string(few);
  print(wanted, std::to_string(few) + " rows", "tidemark", "library", few_rows);
  print(wanted, std::to_string(wanted.rows) + " rows", "tidemark", "library", wanted.every_order());
  print(wanted, std::to_string(wanted.rows * 10) + " rows", "tidemark", "library", wanted.orders_ten_times());
  print(wanted, std::to_string(wanted.rows * 10) + " rows", "step and read every value", "read",
        wanted.orders_ten_times());

  // SQLite holds a value of a result as a whole: that row alone is what the library has to be compared with. This one
  // is padded with spaces; because of the column in it SQLite does not keep a copy, as it does of constants.
  auto long_value = std::string{"select printf('%*s', 268435456, id) as value from orders limit 1"};
  print(wanted, "one value of 256 MiB", "tidemark", "library", long_value);
  print(wanted, "one value of 256 MiB", "step and read every value", "read", long_value);
  std::printf("\n");
}
