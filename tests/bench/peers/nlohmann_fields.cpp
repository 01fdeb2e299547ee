// nlohmann::json: a value per row.

#include "../lines.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>

void bench::peers::nlohmann_fields(const job& wanted) {
  auto rows = lines{wanted.ndjson};
  auto total = sums{};
  while (rows.next()) {
    auto [data, size] = rows.text();
    auto row = ::nlohmann::json::parse(data, data + size);
    const auto& quantity = row["quantity"];
    total.add(row["id"].get<std::int64_t>(), row["amount"].get<double>(),
              quantity.is_null() ? std::nullopt : std::optional{quantity.get<std::int64_t>()});
  }
  total.print();
}
