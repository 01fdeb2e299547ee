// tidemark::objects brings simdjson: its header, and the library that the header needs.

#include <iostream>

#include <simdjson.h>
#include <tidemark/version.hpp>

int main() {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string text{R"([{"a":1},{"a":2}])", 17};
  auto rows = parser.iterate(text);
  std::cout << rows.count_elements().value() << '\n';
}
