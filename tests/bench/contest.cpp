#include "contest.hpp"

#include "peers.hpp"

namespace bench {

std::vector<checked_output> outputs_of(const plan& wanted, const std::string& kind, const std::string& query) {
  auto outputs = std::vector<checked_output>{};
  for (const auto& each : peers_of(kind))
    if (wanted.includes(each.name) && each.checked != check::none)
      outputs.push_back({&each, output_of(wanted.child(kind, each.name, query))});
  return outputs;
}

void hold(const plan& wanted, const contest& held, const std::string& checked_query) {
  run_apart([&] {
    auto expected = output_of(wanted.child(held.kind, held.yardstick, checked_query));
    check_outputs(expected, expected, outputs_of(wanted, held.kind, checked_query));
  });
  measure(wanted, held);
}

void measure(const plan& wanted, const contest& held) {
  auto all = std::vector<contestant>{};
  for (const auto& each : peers_of(held.kind))
    if (wanted.includes(each.name))
      all.push_back(
          {std::string{each.title}, wanted.child(held.kind, each.name, held.query), each.name == held.yardstick});
  measure_and_print(held.title + ", " + std::to_string(wanted.rows) + " rows", all, wanted.rounds, held.shown);
}

}  // namespace bench
