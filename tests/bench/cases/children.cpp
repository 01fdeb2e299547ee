#include "../children.hpp"

#include "../cases.hpp"
#include "../contest.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

using namespace bench;

struct shape {
  std::int64_t parents;
  std::int64_t each;

  std::string title() const { return std::to_string(parents) + " x " + std::to_string(each); }
};

// Twenty thousand parents with fifty children each, and three with three hundred thousand; fewer of both with --rows.
shape many_parents(const plan& wanted) { return {std::max<std::int64_t>(wanted.rows / 50, 1), 50}; }
shape few_parents(const plan& wanted) { return {3, std::max<std::int64_t>(wanted.rows * 3 / 10, 1)}; }

plan plan_of(const plan& wanted, const shape& rows) {
  auto own = wanted;
  own.database += "-" + std::to_string(rows.parents) + "x" + std::to_string(rows.each);
  own.rows = rows.parents * rows.each;
  children::make(own.database, rows.parents, rows.each);
  return own;
}

void hold_children(const plan& wanted, const std::string& kind, const shape& rows) {
  measure(plan_of(wanted, rows), {kind, kind + ", " + rows.title(), ""});
}

// Of some parents, and of children that fill several chunks.
void compare(const plan& wanted, const std::string& kind) {
  run_apart([&] {
    for (const auto& rows : {shape{20, 50}, shape{3, 1000}}) {
      auto few = plan_of(wanted, rows);
      auto expected = output_of(few.child(kind, "hand"));
      check_outputs(expected, expected, outputs_of(few, kind, ""));
    }
  });
}

void print_memory(const plan& wanted, const shape& rows) {
  auto own = plan_of(wanted, rows);
  auto print = [&](std::string_view title, const command& work) {
    auto used = run(work);
    std::printf("%-26s %-36s %11.1f %8.3f\n", rows.title().c_str(), std::string{title}.c_str(), used.peak_memory,
                used.seconds);
    std::fflush(stdout);
  };
  print("tidemark, nested JSON", own.child("children", "library"));
  print("tidemark, objects, all children", own.child("expand", "library"));
  print("tidemark, objects, one child of each", own.child("expand", "one_each"));
  print("tidemark, objects, no children", own.child("expand", "none"));
  print("json_group_array(...)", own.child("children", "json_group_array"));
}

}  // namespace

void bench::cases::children(const plan& wanted) {
  compare(wanted, "children");
  hold_children(wanted, "children", many_parents(wanted));
  hold_children(wanted, "children", few_parents(wanted));
}

void bench::cases::expand(const plan& wanted) {
  compare(wanted, "expand");
  hold_children(wanted, "expand", many_parents(wanted));
  hold_children(wanted, "expand", few_parents(wanted));
  std::printf("%-26s %-36s %11s %8s\n", "memory of children", "", "memory MiB", "CPU s");
  print_memory(wanted, {3, 1000});
  print_memory(wanted, few_parents(wanted));
  print_memory(wanted, many_parents(wanted));
  std::printf("\n");
}
