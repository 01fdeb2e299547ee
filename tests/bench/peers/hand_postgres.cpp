// The loops that the library's rows of PostgreSQL are measured against: libpq's single-row mode, and the whole result
// at once.
//
// As for SQLite, everything that may be known beforehand is: the columns, their names and their types. The server has
// spelled the values already, so that most are copied; only what JSON spells in another way is looked at.

#include "../hand_rows.hpp"
#include "../peers.hpp"
#include "../postgres_rows.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {

// The types' numbers (pg_type.dat), and how their values are written.
enum class kind : Oid {
  boolean = 16,
  integer8 = 20,
  integer4 = 23,
  text = 25,
  real = 701,
  time = 1114,
  numeric = 1700
};

struct column {
  std::string_view name;
  kind type;
};

constexpr auto columns = std::to_array<column>({{"id", kind::integer8},
                                                {"customer", kind::text},
                                                {"city", kind::text},
                                                {"note", kind::text},
                                                {"amount", kind::real},
                                                {"weight", kind::real},
                                                {"price", kind::numeric},
                                                {"quantity", kind::integer4},
                                                {"paid", kind::boolean},
                                                {"created", kind::time}});

template <class Block>
char* put_two_blocks(char* out, const char* text, std::size_t size) {
  Block first, last;
  std::memcpy(&first, text, sizeof first);
  std::memcpy(&last, text + size - sizeof last, sizeof last);
  std::memcpy(out, &first, sizeof first);
  std::memcpy(out + size - sizeof last, &last, sizeof last);
  return out + size;
}

// At most 32 bytes, and at least one, without a call.
[[gnu::always_inline]] inline char* put_short(char* out, const char* text, std::size_t size) {
  if (size >= 16) return put_two_blocks<std::array<char, 16>>(out, text, size);
  if (size >= 8) return put_two_blocks<std::uint64_t>(out, text, size);
  if (size >= 4) return put_two_blocks<std::uint32_t>(out, text, size);
  if (size >= 2) return put_two_blocks<std::uint16_t>(out, text, size);
  *out = *text;
  return out + 1;
}

constexpr auto longest_short = std::size_t{32};

class row_writer {
 public:
  explicit row_writer(hand::buffer& to) : to_{to} {}

  static void check(const PGresult* rows) {
    auto same = PQnfields(rows) == int{columns.size()};
    for (auto i = 0; same && i < PQnfields(rows); ++i) {
      const auto& wanted = columns[static_cast<std::size_t>(i)];
      same = wanted.name == PQfname(rows, i) && static_cast<Oid>(wanted.type) == PQftype(rows, i);
    }
    if (!same) throw std::runtime_error{"the hand loop does not know the columns of this query"};
  }

  // `row` and what stands behind it. `out` is below the limit.
  [[gnu::always_inline]] char* put(char* out, const PGresult* rows, int row) {
    return put_columns(out, rows, row, std::make_index_sequence<columns.size()>{});
  }

 private:
  template <std::size_t... i>
  [[gnu::always_inline]] char* put_columns(char* out, const PGresult* rows, int row, std::index_sequence<i...>) {
    ((out = put_column<i>(out, rows, row)), ...);
    std::memcpy(out, "},", 2);
    return out + 2;
  }

  template <std::size_t i>
  [[gnu::always_inline]] char* put_column(char* out, const PGresult* rows, int row) {
    std::memcpy(out, hand::label_of<columns, i>.bytes.data(), sizeof hand::label::bytes);
    out += hand::label_of<columns, i>.size;
    constexpr auto at = static_cast<int>(i);
    auto size = static_cast<std::size_t>(PQgetlength(rows, row, at));
    if (size == 0 && PQgetisnull(rows, row, at) != 0) {
      std::memcpy(out, "null", 4);
      return out + 4;
    }
    auto text = PQgetvalue(rows, row, at);
    switch (columns[i].type) {
      case kind::text: return to_.put_text(out, text, size);
      case kind::boolean: std::memcpy(out, *text == 't' ? "true" : "false", 5); return out + (*text == 't' ? 4 : 5);
      case kind::integer4:
      case kind::integer8: return put_short(out, text, size);
      case kind::real:
        if (is_plain(text, size)) return put_short(out, text, size);
        return put_odd_real(out, text, size);
      case kind::numeric:
        if (size <= longest_short && text[size - 1] <= '9') return put_short(out, text, size);
        return put_odd_numeric(out, text, size);
      case kind::time:
        if (size < 19 || size > longest_short || text[4] != '-' || text[10] != ' ' || text[size - 1] > '9')
          return to_.put_text(out, text, size);
        *out = '"';
        put_short(out + 1, text, size);
        out[11] = 'T';
        out[size + 1] = '"';
        return out + size + 2;
    }
    return out;
  }

  // Digits and a point: no NaN, no infinity, no exponent, which has a sign and two or three digits.
  static bool is_plain(const char* text, std::size_t size) {
    if (text[size - 1] > '9') return false;
    return size < 5 || (text[size - 3] >= '.' && text[size - 4] >= '.');
  }

  [[gnu::noinline]] static char* put_odd_real(char* out, const char* text, std::size_t size) {
    auto value = 0.0;
    std::from_chars(text, text + size, value);
    return hand::put_double(out, value);
  }

  // NaN and infinities, and digits without end.
  [[gnu::noinline]] char* put_odd_numeric(char* out, const char* text, std::size_t size) {
    if (text[size - 1] > '9') {
      std::memcpy(out, "null", 4);
      return out + 4;
    }
    while (size > 0) {
      out = to_.flush(out);
      auto piece = size < to_.room() ? size : to_.room();
      std::memcpy(out, text, piece);
      out += piece;
      text += piece;
      size -= piece;
    }
    return out > to_.limit() ? to_.flush(out) : out;
  }

  hand::buffer& to_;
};

}  // namespace

void bench::peers::hand_postgres(const job& wanted) {
  auto rows = postgres_rows{wanted};
  auto to = hand::buffer{hand::row_bound<columns>};
  auto writer = row_writer{to};
  auto out = to.begin();
  *out++ = '[';
  if (rows.next()) {
    row_writer::check(rows.result());
    out = writer.put(out, rows.result(), 0);
    while (rows.next()) {
      if (out > to.limit()) out = to.flush(out);
      out = writer.put(out, rows.result(), 0);
    }
    --out;  // the comma after the last row
  }
  *out++ = ']';
  to.flush(out);
}

void bench::peers::hand_postgres_whole(const job& wanted) {
  auto rows = postgres_connection{wanted.postgres}.ask(wanted.query);
  row_writer::check(rows.get());
  auto to = hand::buffer{hand::row_bound<columns>};
  auto writer = row_writer{to};
  auto out = to.begin();
  *out++ = '[';
  for (auto row = 0; row < PQntuples(rows.get()); ++row) {
    if (out > to.limit()) out = to.flush(out);
    out = writer.put(out, rows.get(), row);
  }
  if (PQntuples(rows.get()) > 0) --out;
  *out++ = ']';
  to.flush(out);
}

// The floor: what no way to read rows one by one can do without.
void bench::peers::read_postgres(const job& wanted) {
  auto rows = postgres_rows{wanted};
  while (rows.next()) {}
}
