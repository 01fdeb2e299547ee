// The loop one writes without measuring: std::to_chars, and text appended in spans between what has to be escaped.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  char room[32];
  out.append(room, std::to_chars(room, room + sizeof room, value).ptr);
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\t': out += "\\t"; break;
    case '\n': out += "\\n"; break;
    case '\f': out += "\\f"; break;
    case '\r': out += "\\r"; break;
    default:
      out += "\\u00";
      out += "0123456789abcdef"[c >> 4];
      out += "0123456789abcdef"[c & 15];
  }
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  auto from = std::size_t{0};
  for (auto at = from; at < text.size(); ++at) {
    auto c = text[at];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, from, at - from);
    append_escape(out, c);
    from = at + 1;
  }
  out.append(text, from);
  out += '"';
}

struct append_value {
  std::string& out;
  void operator()(std::nullptr_t) const { out += "null"; }
  void operator()(std::int64_t value) const { append_number(out, value); }
  void operator()(double value) const { append_number(out, value); }
  void operator()(std::string_view text) const { append_text(out, text); }
};

}  // namespace

void bench::peers::plain(const job& wanted) {
  auto rows = cursor{wanted};
  auto columns = rows.columns();
  auto names = std::vector<std::string>{};
  for (auto column = 0; column < columns; ++column) {
    names.emplace_back(column == 0 ? "{" : ",");
    append_text(names.back(), rows.name(column));
    names.back() += ':';
  }
  auto output = buffered_output{};
  auto& out = output.bytes();
  auto first = true;
  out += '[';
  while (rows.next()) {
    if (!first) out += ',';
    first = false;
    for (auto column = 0; column < columns; ++column) {
      out += names[static_cast<std::size_t>(column)];
      visit(rows.value(column), append_value{out});
    }
    out += '}';
    output.row_done();
  }
  out += ']';
  output.flush();
}
