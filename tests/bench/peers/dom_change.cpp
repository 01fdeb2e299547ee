// simdjson's DOM: a document per row, written by hand, since simdjson's own `minify` takes a string for every value.

#include "../discount.hpp"
#include "../hand_kernels.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"
#include "../text_rows.hpp"

#include <simdjson.h>

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace {

using simdjson::dom::element_type;

char* put_string(char* out, std::string_view text) {
  *out++ = '"';
  out = hand::put_escaped(out, text.data(), text.size());
  *out++ = '"';
  return out;
}

char* put_literal(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_value(char* out, simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::STRING: return put_string(out, value);
    case element_type::INT64: return hand::put_integer(out, value);
    case element_type::DOUBLE: return hand::put_double(out, value);
    case element_type::BOOL: return put_literal(out, bool{value} ? "true" : "false");
    case element_type::NULL_VALUE: return put_literal(out, "null");
    default: throw std::runtime_error{"the rows have no members but numbers, strings and words"};
  }
}

char* put_row(char* out, simdjson::dom::object row) {
  *out++ = '{';
  for (auto [name, value] : row) {
    out = put_string(out, name);
    *out++ = ':';
    out = name == "amount" ? hand::put_double(out, bench::discounted(double{value})) : put_value(out, value);
    *out++ = ',';
  }
  out[-1] = '}';
  return out;
}

}  // namespace

void bench::peers::dom_change(const job& wanted) {
  auto rows = text_rows{wanted};
  auto parser = simdjson::dom::parser{};
  auto memory = std::vector<char>(buffered_output::capacity);
  auto used = std::size_t{0};
  auto flush = [&] {
    write_all(memory.data(), used);
    used = 0;
  };
  auto any = false;
  memory[used++] = '[';
  while (rows.next()) {
    auto [data, size] = rows.own();
    auto bound = 32 * size + hand::slack;  // no character of a row becomes more: a digit may become a long number
    if (memory.size() - used < bound) flush();
    if (memory.size() < bound) memory.resize(bound);
    auto out = put_row(memory.data() + used, parser.parse(data, size, false));  // false: it has its padding
    *out++ = ',';
    used = static_cast<std::size_t>(out - memory.data());
    any = true;
  }
  if (any) --used;  // the comma after the last row
  memory[used++] = ']';
  flush();
}
