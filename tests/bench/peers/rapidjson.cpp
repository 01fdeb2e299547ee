// RapidJSON's Writer into one StringBuffer, emptied whenever it holds 64 KiB.

#include "../cursor.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using writer = rapidjson::Writer<rapidjson::StringBuffer>;

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

struct write_value {
  writer& out;
  void operator()(std::nullptr_t) const { out.Null(); }
  void operator()(std::int64_t value) const { out.Int64(value); }
  void operator()(double value) const { out.Double(value); }
  void operator()(std::string_view text) const { out.String(text.data(), size_of(text)); }
};

}  // namespace

void bench::peers::rapidjson(const job& wanted) {
  auto rows = cursor{wanted};
  auto names = std::vector<std::string>{};
  for (auto column = 0; column < rows.columns(); ++column) names.emplace_back(rows.name(column));

  auto buffer = ::rapidjson::StringBuffer{};
  auto out = writer{buffer};
  auto flush = [&] {
    write_all(buffer.GetString(), buffer.GetSize());
    buffer.Clear();
  };
  out.StartArray();
  while (rows.next()) {
    out.StartObject();
    auto column = 0;
    for (const auto& name : names) {
      out.Key(name.data(), size_of(name));
      visit(rows.value(column++), write_value{out});
    }
    out.EndObject();
    if (buffer.GetSize() >= buffered_output::capacity) flush();
  }
  out.EndArray();
  flush();
}
