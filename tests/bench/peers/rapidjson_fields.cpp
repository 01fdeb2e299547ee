// RapidJSON's Reader, in situ: it calls for every member, and builds nothing.

#include "../lines.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <rapidjson/reader.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace {

// The names of these functions are RapidJSON's.
// NOLINTBEGIN(readability-identifier-naming)
class row_handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, row_handler> {
 public:
  explicit row_handler(bench::sums& total) : total_{total} {}

  bool StartObject() {
    quantity_.reset();
    return true;
  }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    auto key = std::string_view{name, size};
    at_ = key == "id"         ? member::id
          : key == "amount"   ? member::amount
          : key == "quantity" ? member::quantity
                              : member::other;
    return true;
  }
  bool Int(int value) { return take(value); }
  bool Uint(unsigned value) { return take(value); }
  bool Int64(std::int64_t value) { return take(value); }
  bool Uint64(std::uint64_t value) { return take(value); }
  bool Double(double value) { return take(value); }
  bool EndObject(rapidjson::SizeType) {
    total_.add(id_, amount_, quantity_);
    return true;
  }

 private:
  enum class member { id, amount, quantity, other };

  template <class Number>
  bool take(Number value) {
    switch (at_) {
      case member::id: id_ = static_cast<std::int64_t>(value); break;
      case member::amount: amount_ = static_cast<double>(value); break;
      case member::quantity: quantity_ = static_cast<std::int64_t>(value); break;
      case member::other: break;
    }
    return true;
  }

  bench::sums& total_;
  member at_ = member::other;
  std::int64_t id_ = 0;
  double amount_ = 0;
  std::optional<std::int64_t> quantity_;
};
// NOLINTEND(readability-identifier-naming)

}  // namespace

void bench::peers::rapidjson_fields(const job& wanted) {
  auto rows = lines{wanted.ndjson};
  auto reader = ::rapidjson::Reader{};
  auto total = sums{};
  auto handler = row_handler{total};
  while (rows.next()) {
    auto [data, size] = rows.text();
    data[size] = '\0';
    auto row = ::rapidjson::InsituStringStream{data};
    if (reader.Parse<::rapidjson::kParseInsituFlag>(row, handler).IsError())
      throw std::runtime_error{"RapidJSON: a row is not JSON"};
  }
  total.print();
}
