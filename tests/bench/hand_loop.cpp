// The loop that the library is measured against: the rows of the table `orders`.

#include "cursor.hpp"
#include "hand_rows.hpp"
#include "orders.hpp"
#include "peers.hpp"

#include <cstring>

void bench::peers::hand(const job& wanted) {
  auto rows = cursor{wanted};
  auto to = hand::buffer{hand::row_bound<hand::columns_of_orders>};
  auto row = hand::row_writer<hand::columns_of_orders>{rows, to};
  const auto put = [&](char* out) {
    out = row.put(out);
    std::memcpy(out, "},", 2);
    return out + 2;
  };
  auto out = to.begin();
  *out++ = '[';
  if (rows.next()) {
    out = put(out);
    while (rows.next()) {
      if (out > to.limit()) out = to.flush(out);
      out = put(out);
    }
    --out;  // the comma after the last row
  }
  *out++ = ']';
  to.flush(out);
}
