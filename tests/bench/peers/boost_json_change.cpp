// Boost.JSON: a value per row in memory that is used again for the next one, by one parser and one serializer for all.

#include "../discount.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"
#include "../text_rows.hpp"

#include <boost/json.hpp>

void bench::peers::boost_json_change(const job& wanted) {
  auto rows = text_rows{wanted};
  auto parser = boost::json::parser{};
  auto serializer = boost::json::serializer{};
  auto output = buffered_output{};
  unsigned char memory[4096];
  char room[4096];
  auto separator = "[";
  while (rows.next()) {
    auto resource = boost::json::monotonic_resource{memory};
    parser.reset(&resource);
    parser.write(rows.text().data(), rows.text().size());
    auto row = parser.release();
    auto& amount = row.at("amount");
    amount = bench::discounted(amount.to_number<double>());
    output.append(separator);
    serializer.reset(&row);
    while (!serializer.done()) output.append(serializer.read(room));
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}
