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

[[noreturn]] void refuse_orphan() { throw std::runtime_error{"a child without a parent"}; }

// The children of all parents from one ordered cursor, which moves along with theirs.
class merged {
 public:
  explicit merged(const bench::cursor& parents) : rows_{parents, bench::children::all_children} {}

  bench::cursor& rows() { return rows_; }

  void begin(std::int64_t) {}

  // Moves to the next child of the parent with that key, if there is one.
  bool next(std::int64_t parent) {
    if (!is_fetched_ && !fetch()) return false;
    auto key = key_of(rows_);
    if (key < parent) refuse_orphan();
    is_fetched_ = key != parent;
    return !is_fetched_;
  }

  // Behind the last parent.
  void end() {
    if (is_fetched_ || fetch()) refuse_orphan();
  }

 private:
  bool fetch() {
    is_over_ = is_over_ || !rows_.next();
    return !is_over_;
  }

  bench::cursor rows_;
  bool is_fetched_ = false;  // the row belongs to a parent further on
  bool is_over_ = false;
};

// The children of each parent from a query that is asked again for it. On the parents' connection, whose own query
// keeps the file locked meanwhile.
class looked_up {
 public:
  explicit looked_up(const bench::cursor& parents) : rows_{parents, bench::children::of_parent} {}

  bench::cursor& rows() { return rows_; }
  void begin(std::int64_t parent) { rows_.ask(parent); }
  bool next(std::int64_t) { return rows_.next(); }
  void end() {}

 private:
  bench::cursor rows_;
};

template <class Children>
void write_parents(const bench::job& wanted) {
  auto parents = bench::cursor{wanted.database, bench::children::all_parents};
  auto children = Children{parents};
  auto to = hand::buffer{bound};
  auto parent = hand::row_writer<parent_columns>{parents, to};
  auto child = hand::row_writer<child_columns>{children.rows(), to};
  auto out = to.begin();
  auto separator = '[';
  while (parents.next()) {
    if (out > to.limit()) out = to.flush(out);
    *out++ = separator;
    separator = ',';
    auto key = key_of(parents);
    out = put(parent.put(out, key), ",\"children\":[");
    children.begin(key);
    if (children.next(key)) {
      do {
        if (out > to.limit()) out = to.flush(out);
        out = put(child.put(out, key), "},");
      } while (children.next(key));
      --out;  // the comma after the last child
    }
    out = put(out, "]}");
  }
  children.end();  // before the array is closed: what failed is not to look complete
  if (separator == '[') *out++ = '[';
  *out++ = ']';
  to.flush(out);
}

}  // namespace

void bench::peers::hand_children(const job& wanted) { write_parents<merged>(wanted); }

void bench::peers::hand_lookup(const job& wanted) { write_parents<looked_up>(wanted); }
