// RapidJSON's Reader, in situ, and its Writer: what the one calls for, the other writes. Numbers stay text, so that the
// others keep their digits.

#include "../discount.hpp"
#include "../peers.hpp"
#include "../standard_output.hpp"
#include "../text_rows.hpp"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace {

using writer = rapidjson::Writer<rapidjson::StringBuffer>;

// The names of these functions are RapidJSON's.
// NOLINTBEGIN(readability-identifier-naming)
class row_handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, row_handler> {
 public:
  explicit row_handler(writer& out) : out_{out} {}

  bool StartObject() { return out_.StartObject(); }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    is_amount_ = std::string_view{name, size} == "amount";
    return out_.Key(name, size);
  }
  bool Null() { return out_.Null(); }
  bool Bool(bool value) { return out_.Bool(value); }
  bool String(const char* text, rapidjson::SizeType size, bool) { return out_.String(text, size); }
  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    if (!is_amount_) return out_.RawValue(digits, size, rapidjson::kNumberType);
    auto amount = 0.0;
    return std::from_chars(digits, digits + size, amount).ptr == digits + size &&
           out_.Double(bench::discounted(amount));
  }
  bool EndObject(rapidjson::SizeType) { return out_.EndObject(); }
  bool StartArray() { return out_.StartArray(); }
  bool EndArray(rapidjson::SizeType) { return out_.EndArray(); }

 private:
  writer& out_;
  bool is_amount_ = false;
};
// NOLINTEND(readability-identifier-naming)

}  // namespace

void bench::peers::rapidjson_change(const job& wanted) {
  auto rows = text_rows{wanted};
  auto reader = ::rapidjson::Reader{};
  auto buffer = ::rapidjson::StringBuffer{};
  auto out = writer{buffer};
  auto handler = row_handler{out};
  auto flush = [&] {
    write_all(buffer.GetString(), buffer.GetSize());
    buffer.Clear();
  };
  out.StartArray();
  while (rows.next()) {
    auto [data, size] = rows.own();
    data[size] = '\0';
    auto row = ::rapidjson::InsituStringStream{data};
    constexpr auto flags = ::rapidjson::kParseInsituFlag | ::rapidjson::kParseNumbersAsStringsFlag;
    if (reader.Parse<flags>(row, handler).IsError()) throw std::runtime_error{"RapidJSON: a row is not JSON"};
    if (buffer.GetSize() >= buffered_output::capacity) flush();
  }
  out.EndArray();
  flush();
}
