// The loop that the library is measured against: the rows of the table `orders`.

#include "cursor.hpp"
#include "hand_rows.hpp"
#include "peers.hpp"

#include <array>
#include <cstring>

namespace {

using hand::kind;

constexpr auto columns = std::to_array<hand::column>({{"id", kind::integer},
                                                      {"customer", kind::text},
                                                      {"city", kind::text},
                                                      {"note", kind::text},
                                                      {"amount", kind::real},
                                                      {"weight", kind::real},
                                                      {"price", kind::text},
                                                      {"quantity", kind::integer},
                                                      {"paid", kind::integer},
                                                      {"created", kind::text}});

}  // namespace

void bench::peers::hand(const job& wanted) {
  auto rows = cursor{wanted};
  auto to = hand::buffer{hand::row_bound<columns>};
  auto row = hand::row_writer<columns>{rows, to};
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
