// The best loop that changes one number: simdjson's On Demand says where it stands, and everything else is copied.

#include "../discount.hpp"
#include "../hand_kernels.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"
#include "../text_rows.hpp"

#include <simdjson.h>

#include <array>
#include <string_view>

void bench::peers::hand_change(const job& wanted) {
  auto rows = text_rows{wanted};
  auto parser = simdjson::ondemand::parser{};
  auto output = buffered_output{};
  auto room = std::array<char, 2 * hand::slack>{};
  auto separator = "[";
  while (rows.next()) {
    auto [data, size] = rows.own();
    simdjson::ondemand::document document = parser.iterate(data, size, size + padding);
    simdjson::ondemand::value amount = document.get_object().find_field("amount");
    auto digits = amount.raw_json_token();
    auto before = static_cast<std::size_t>(digits.data() - data);
    auto behind = before + digits.size();
    auto end = hand::put_double(room.data(), bench::discounted(amount.get_double()));
    output.append(separator);
    output.append({data, before});
    output.append({room.data(), static_cast<std::size_t>(end - room.data())});
    output.append({data + behind, size - behind});
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}
