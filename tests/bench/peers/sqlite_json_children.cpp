// SQLite's own JSON functions: the children of each parent as one value, by a subquery.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <cstddef>
#include <string_view>

void bench::peers::json_group_children(const job& wanted) {
  auto rows = cursor{wanted.database,
                     "select json_object('id', id, 'name', name, 'city', city, 'children', (select json_group_array("
                     "json_object('parent', parent, 'id', id, 'name', name, 'amount', amount, 'quantity', quantity)) "
                     "from child where parent = parent.id)) from parent order by id"};
  auto output = buffered_output{};
  auto separator = "[";
  while (rows.next()) {
    output.append(separator);
    auto text = reinterpret_cast<const char*>(sqlite3_value_text(rows.value(0)));
    output.append({text, static_cast<std::size_t>(sqlite3_value_bytes(rows.value(0)))});
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}
