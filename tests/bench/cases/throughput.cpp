#include "../cases.hpp"
#include "../checks.hpp"
#include "../peers.hpp"
#include "../table.hpp"

#include <span>
#include <string>
#include <vector>

namespace {

using namespace bench;

struct contest {
  std::string kind;
  std::string title;
  std::span<const peer> peers;
  std::string query;          // of all rows
  std::string checked_query;  // of a few
};

void check(const plan& wanted, const contest& held) {
  auto expected = output_of(wanted.child(held.kind, "hand", held.checked_query));
  auto outputs = std::vector<checked_output>{};
  for (const auto& each : held.peers)
    if (wanted.includes(each.name) && each.checked != check::none)
      outputs.push_back({&each, output_of(wanted.child(held.kind, each.name, held.checked_query))});
  check_outputs(expected, outputs);
}

void hold(const plan& wanted, const contest& held) {
  run_apart([&] { ::check(wanted, held); });
  auto all = std::vector<contestant>{};
  for (const auto& each : held.peers)
    if (wanted.includes(each.name))
      all.push_back({std::string{each.title}, wanted.child(held.kind, each.name, held.query), each.name == "hand"});
  measure_and_print(held.title + ", " + std::to_string(wanted.rows) + " rows", all, wanted.rounds);
}

}  // namespace

void bench::cases::rows(const plan& wanted) {
  hold(wanted, {"rows", "rows", row_peers(), wanted.every_order(), "select * from orders limit 1000"});
}

void bench::cases::documents(const plan& wanted) {
  hold(wanted, {"documents", "documents", document_peers(), wanted.query("doc", "documents"),
                "select doc from documents limit 1000"});
}
