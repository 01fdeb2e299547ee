// Boost.JSON: an object per row in memory that is used again for the next one, then its serializer.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <boost/json/src.hpp>  // the library itself, so that nothing has to be linked

#include <string>
#include <string_view>
#include <vector>

namespace {

struct append_value {
  boost::json::object& row;
  std::string_view name;
  template <class Type>
  void operator()(Type value) const {
    row.emplace(name, value);
  }
};

}  // namespace

void bench::peers::boost_json(const job& wanted) {
  auto rows = cursor{wanted};
  auto names = std::vector<std::string>{};
  for (auto column = 0; column < rows.columns(); ++column) names.emplace_back(rows.name(column));

  auto output = buffered_output{};
  auto serializer = boost::json::serializer{};
  unsigned char memory[4096];
  char room[4096];
  auto separator = "[";
  while (rows.next()) {
    auto resource = boost::json::monotonic_resource{memory};
    auto row = boost::json::object{&resource};
    row.reserve(names.size());
    auto column = 0;
    for (const auto& name : names) visit(rows.value(column++), append_value{row, name});
    output.append(separator);
    serializer.reset(&row);
    while (!serializer.done()) output.append(serializer.read(room));
    output.row_done();
    separator = ",";
  }
  output.append(*separator == '[' ? "[]" : "]");
  output.flush();
}
