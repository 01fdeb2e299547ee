#include "../cases.hpp"
#include "../contest.hpp"
#include "../few_lines.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace {

using namespace bench;

// Untouched rows are those of the table, and changed ones have the values that nlohmann::json gives them.
void compare(const plan& wanted, const std::string& query) {
  auto untouched = output_of(wanted.child("documents", "hand", "select doc from documents limit 1000"));
  auto changed = output_of(wanted.child("change", "nlohmann", query));
  check_outputs(untouched, changed, outputs_of(wanted, "change", query));
}

}  // namespace

void bench::cases::change(const plan& wanted) {
  run_apart([&] { compare(wanted, "select doc from documents limit 1000"); });
  measure(wanted, {"change", "change, SQLite", wanted.every_document(), "untouched"});

  run_apart([&] {
    auto first_lines = few_lines{wanted.ndjson, 1000};
    auto few = wanted;
    few.ndjson = first_lines.path();
    compare(few, "");
  });
  measure(wanted, {"change", "change, NDJSON", "", "untouched"});
}
