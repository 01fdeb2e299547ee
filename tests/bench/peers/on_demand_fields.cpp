// simdjson's On Demand, a parser for every row: nothing is copied, since the lines that follow are the padding.

#include "../lines.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <simdjson.h>

#include <cstdint>
#include <optional>

void bench::peers::on_demand_fields(const job& wanted) {
  auto rows = lines{wanted.ndjson};
  auto parser = simdjson::ondemand::parser{};
  auto total = sums{};
  while (rows.next()) {
    auto [data, size] = rows.text();
    simdjson::ondemand::document document = parser.iterate(data, size, size + padding);
    simdjson::ondemand::object row = document.get_object();
    auto id = std::int64_t{row.find_field("id")};
    auto amount = double{row.find_field("amount")};
    simdjson::ondemand::value quantity = row.find_field("quantity");
    if (quantity.is_null())
      total.add(id, amount, std::nullopt);
    else
      total.add(id, amount, std::int64_t{quantity});
  }
  total.print();
}
