// Boost.JSON: a value per row in memory that is used again for the next one, by one parser for all.

#include "../lines.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>

void bench::peers::boost_json_fields(const job& wanted) {
  auto rows = lines{wanted.ndjson};
  auto parser = boost::json::parser{};
  unsigned char memory[4096];
  auto total = sums{};
  while (rows.next()) {
    auto resource = boost::json::monotonic_resource{memory};
    parser.reset(&resource);
    parser.write(rows.text().data, rows.text().size);
    auto row = parser.release();
    const auto& quantity = row.at("quantity");
    total.add(row.at("id").as_int64(), row.at("amount").to_number<double>(),
              quantity.is_null() ? std::nullopt : std::optional{quantity.as_int64()});
  }
  total.print();
}
