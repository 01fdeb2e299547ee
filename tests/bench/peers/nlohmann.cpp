// nlohmann::ordered_json: an object per row, dumped into a string.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

void bench::peers::nlohmann(const job& wanted) {
  auto rows = cursor{wanted};
  auto names = std::vector<std::string>{};
  for (auto column = 0; column < rows.columns(); ++column) names.emplace_back(rows.name(column));

  auto output = buffered_output{};
  auto separator = "[";
  while (rows.next()) {
    auto row = ::nlohmann::ordered_json::object();
    auto column = 0;
    for (const auto& name : names) visit(rows.value(column++), [&](auto value) { row.emplace(name, value); });
    output.append(separator);
    output.append(row.dump());
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}
