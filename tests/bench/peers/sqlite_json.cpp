// SQLite's own JSON functions: an object per row, and the whole array as one value.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace {

// json_object('id',"id",...) for the columns of the query
std::string object_of_columns(const bench::job& wanted) {
  auto rows = bench::cursor{wanted};
  auto sql = std::string{"json_object("};
  for (auto column = 0; column < rows.columns(); ++column) {
    auto name = std::string{rows.name(column)};
    sql.append(column == 0 ? "'" : ",'").append(name).append("',\"").append(name).append("\"");
  }
  return sql + ')';
}

std::string_view text_of(sqlite3_value* value) {
  auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

}  // namespace

void bench::peers::json_object(const job& wanted) {
  auto rows = cursor{wanted.database, "select " + object_of_columns(wanted) + " from (" + wanted.query + ")"};
  auto output = buffered_output{};
  auto separator = "[";
  while (rows.next()) {
    output.append(separator);
    output.append(text_of(rows.value(0)));
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}

void bench::peers::json_group_array(const job& wanted) {
  auto sql = "select json_group_array(" + object_of_columns(wanted) + ") from (" + wanted.query + ")";
  auto rows = cursor{wanted.database, sql};
  while (rows.next()) {
    auto text = text_of(rows.value(0));
    write_all(text.data(), text.size());
  }
}
