// simdjson's DOM: every row parsed as a whole, window by window. Its load_many would do the same to the whole file in
// memory, and takes longer.

#include "../lines.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <stdexcept>

void bench::peers::dom_fields(const job& wanted) {
  auto input = windows{wanted.ndjson};
  auto parser = simdjson::dom::parser{};
  auto total = sums{};
  while (input.next()) {
    simdjson::dom::document_stream rows = parser.parse_many(input.text().data, input.text().size, windows::capacity);
    for (simdjson::dom::object row : rows) {
      auto id = std::int64_t{row["id"]};
      auto amount = double{row["amount"]};
      simdjson::dom::element quantity = row["quantity"];
      if (quantity.is_null())
        total.add(id, amount, std::nullopt);
      else
        total.add(id, amount, std::int64_t{quantity});
    }
    if (rows.truncated_bytes() != 0) throw std::runtime_error{"simdjson: the last line is cut"};
  }
  total.print();
}
