#include "postgres_orders.hpp"

#include "cursor.hpp"
#include "postgres_rows.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench::postgres_orders {

namespace {

template <class Number>
void append_number(std::string& line, Number value) {
  char room[32];
  line.append(room, std::to_chars(room, room + sizeof room, value).ptr);
}

// As COPY reads it.
struct append_value {
  std::string& line;
  void operator()(std::nullptr_t) const { line += "\\N"; }
  void operator()(std::int64_t value) const { append_number(line, value); }
  void operator()(double value) const { append_number(line, value); }
  void operator()(std::string_view text) const {
    for (auto c : text) switch (c) {
        case '\\': line += "\\\\"; break;
        case '\n': line += "\\n"; break;
        case '\r': line += "\\r"; break;
        case '\t': line += "\\t"; break;
        default: line += c;
      }
  }
};

void put(const postgres_connection& server, std::string& lines) {
  if (PQputCopyData(server.handle(), lines.data(), static_cast<int>(lines.size())) != 1) server.fail();
  lines.clear();
}

}  // namespace

void make(const plan& wanted) {
  if (wanted.postgres.empty())
    throw std::runtime_error{"there is no PostgreSQL server: run this with tests/with_postgres, or give --postgres"};
  auto rows = cursor{wanted.database, wanted.every_order()};
  auto server = postgres_connection{wanted.postgres};
  // Unlogged and frozen, so that nothing is left that the server would do while something is timed; and every scan
  // begins with the first row.
  server.ask(
      "set client_min_messages = warning; alter role current_user set synchronize_seqscans = off;"
      "drop table if exists orders;"
      "create unlogged table orders (id bigint, customer text, city text, note text, amount float8, "
      "weight float8, price numeric(10, 2), quantity integer, paid boolean, created timestamp)");
  server.ask("copy orders from stdin");
  auto lines = std::string{};
  while (rows.next()) {
    for (auto column = 0; column < rows.columns(); ++column) {
      if (column != 0) lines += '\t';
      visit(rows.value(column), append_value{lines});
    }
    lines += '\n';
    if (lines.size() >= 65536) put(server, lines);
  }
  put(server, lines);
  if (PQputCopyEnd(server.handle(), nullptr) != 1) server.fail();
  server.check(postgres_result{PQgetResult(server.handle())}.get());
  while (postgres_result{PQgetResult(server.handle())}) {}
  server.ask("vacuum (freeze, analyze) orders");
}

}  // namespace bench::postgres_orders
