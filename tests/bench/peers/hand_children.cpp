// Parents with their children by hand: two ordered cursors, merged by their keys as they advance, or the children's
// query asked again for each parent.

#include "../children.hpp"
#include "../cursor.hpp"
#include "../hand_rows.hpp"
#include "../peers.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace {

using hand::kind;

constexpr auto parent_columns =
    std::to_array<hand::column>({{"id", kind::integer}, {"name", kind::text}, {"city", kind::text}});
constexpr auto child_columns = std::to_array<hand::column>({{"parent", kind::integer},
                                                            {"id", kind::integer},
                                                            {"name", kind::text},
                                                            {"amount", kind::real},
                                                            {"quantity", kind::integer}});
// What a row of children takes holds a row of parents, and what stands between rows.
constexpr auto bound = hand::row_bound<child_columns>;

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

std::int64_t key_of(const bench::cursor& rows) {
  auto value = rows.value(0);
  if (sqlite3_value_type(value) != SQLITE_INTEGER) throw std::runtime_error{"a key that is no whole number"};
  return sqlite3_value_int64(value);
}

// Writes all parents. `next_child(parent)` moves to the next child of the parent with that key, if there is one.
template <class Next>
void write_parents(bench::cursor& parents, bench::cursor& children, Next next_child) {
  auto to = hand::buffer{bound};
  auto parent = hand::row_writer<parent_columns>{parents, to};
  auto child = hand::row_writer<child_columns>{children, to};
  auto out = to.begin();
  auto separator = '[';
  while (parents.next()) {
    if (out > to.limit()) out = to.flush(out);
    *out++ = separator;
    separator = ',';
    out = put(parent.put(out), ",\"children\":[");
    auto key = key_of(parents);
    if (next_child(key)) {
      do {
        if (out > to.limit()) out = to.flush(out);
        out = put(child.put(out), "},");
      } while (next_child(key));
      --out;  // the comma after the last child
    }
    out = put(out, "]}");
  }
  if (separator == '[') *out++ = '[';
  *out++ = ']';
  to.flush(out);
}

}  // namespace

void bench::peers::hand_children(const job& wanted) {
  auto parents = cursor{wanted.database, children::all_parents};
  auto rows = cursor{wanted.database, children::all_children};
  auto is_fetched = false, is_over = false;
  write_parents(parents, rows, [&](std::int64_t parent) {
    if (!is_over && !is_fetched) {
      is_over = !rows.next();
      is_fetched = !is_over;
    }
    if (is_over) return false;
    auto key = key_of(rows);
    if (key < parent) throw std::runtime_error{"a child without a parent"};
    is_fetched = key != parent;
    return !is_fetched;
  });
  if (is_fetched || (!is_over && rows.next())) throw std::runtime_error{"a child without a parent"};
}

void bench::peers::hand_lookup(const job& wanted) {
  auto parents = cursor{wanted.database, children::all_parents};
  auto rows = cursor{wanted.database, children::of_parent};
  // One transaction: otherwise each query would lock the file and let go of it.
  sqlite3_exec(sqlite3_db_handle(rows.statement()), "begin", nullptr, nullptr, nullptr);
  auto asked = std::int64_t{0};
  auto is_asked = false;
  write_parents(parents, rows, [&](std::int64_t parent) {
    if (!is_asked || asked != parent) {
      sqlite3_reset(rows.statement());
      sqlite3_bind_int64(rows.statement(), 1, parent);
      asked = parent;
      is_asked = true;
    }
    return rows.next();
  });
}
