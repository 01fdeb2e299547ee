// nlohmann::ordered_json: a value per row, dumped into a string.

#include "../discount.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"
#include "../text_rows.hpp"

#include <nlohmann/json.hpp>

void bench::peers::nlohmann_change(const job& wanted) {
  auto rows = text_rows{wanted};
  auto output = buffered_output{};
  auto separator = "[";
  while (rows.next()) {
    auto row = ::nlohmann::ordered_json::parse(rows.text());
    auto& amount = row["amount"];
    amount = bench::discounted(amount.get<double>());
    output.append(separator);
    output.append(row.dump());
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}
