// Both cursors stepped and every value of the children read: what no way to join them can do without.

#include "../children.hpp"
#include "../cursor.hpp"
#include "../peers.hpp"

void bench::peers::read_children(const job& wanted) {
  auto parents = cursor{wanted.database, children::all_parents};
  while (parents.next()) {}
  auto rows = cursor{parents, children::all_children};
  auto columns = rows.columns();
  while (rows.next())
    for (auto column = 0; column < columns; ++column) visit(rows.value(column), [](auto) {});
}
