// The best loop for frames: each column has memory of its own, and a message of a thousand rows is written out of all
// of them at once, so that nothing is copied.

#include "../cursor.hpp"
#include "../hand_kernels.hpp"
#include "../orders.hpp"
#include "../peers.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

using hand::kind;

constexpr const auto& columns = hand::columns_of_orders;

constexpr auto rows_of_a_message = 1000;

std::string schema() {
  auto made = std::string{R"({"refId":"A","frameId":"f0","frame":{"schema":{"refId":"A","fields":[)"};
  for (const auto& [name, likely] : columns) {
    if (&name != &columns[0].name) made += ',';
    auto type = likely == kind::integer ? R"("number","typeInfo":{"frame":"int64")"
                : likely == kind::real  ? R"("number","typeInfo":{"frame":"float64")"
                                        : R"("string","typeInfo":{"frame":"string")";
    made.append(R"({"name":")").append(name).append(R"(","type":)").append(type).append(R"(,"nullable":true}})");
  }
  return made + R"(]},"data":{"values":[)";
}

// The values of one column. Grows where a text has no room.
class column {
 public:
  void clear() {
    end_ = begin_.get();
    *end_++ = '[';
  }

  [[gnu::always_inline]] void put(sqlite3_value* value, kind likely) {
    auto type = sqlite3_value_type(value);
    auto out = end_;
    if (likely == kind::integer && type == SQLITE_INTEGER) {
      out = hand::put_integer(out, sqlite3_value_int64(value));
    } else if (likely == kind::real && type == SQLITE_FLOAT) {
      out = hand::put_double(out, sqlite3_value_double(value));
    } else if (likely == kind::text && type == SQLITE_TEXT) {
      auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
      if (static_cast<std::size_t>(limit_ - out) < 6 * size) out = grow(6 * size);
      *out = '"';
      out = hand::put_escaped<true>(out + 1, text, size);
      *out++ = '"';
    } else {
      if (type != SQLITE_NULL) throw std::runtime_error{"a value is of another type than its column"};
      std::memcpy(out, "null", 4);
      out += 4;
    }
    *out = ',';
    end_ = out + 1;
    if (end_ >= limit_) grow(0);
  }

  // Without the comma behind the last value.
  std::string_view close() {
    if (end_[-1] == ',')
      end_[-1] = ']';
    else
      *end_++ = ']';
    return {begin_.get(), static_cast<std::size_t>(end_ - begin_.get())};
  }

 private:
  static constexpr auto scratch = std::size_t{128};

  char* grow(std::size_t more) {
    auto held = static_cast<std::size_t>(end_ - begin_.get());
    capacity_ = 2 * capacity_ + more;
    auto larger = std::make_unique<char[]>(capacity_);
    std::memcpy(larger.get(), begin_.get(), held);
    begin_ = std::move(larger);
    limit_ = begin_.get() + capacity_ - scratch;
    return end_ = begin_.get() + held;
  }

  std::size_t capacity_ = 32768;
  std::unique_ptr<char[]> begin_ = std::make_unique<char[]>(capacity_);
  char* end_ = begin_.get();
  char* limit_ = begin_.get() + capacity_ - scratch;
};

void write_parts(iovec* parts, std::size_t count) {
  while (count > 0) {
    auto written = ::writev(STDOUT_FILENO, parts, static_cast<int>(count));
    if (written < 0) throw std::system_error{errno, std::generic_category(), "writev"};
    for (auto left = static_cast<std::size_t>(written); left > 0 && count > 0;) {
      auto taken = left < parts->iov_len ? left : parts->iov_len;
      parts->iov_base = static_cast<char*>(parts->iov_base) + taken;
      parts->iov_len -= taken;
      left -= taken;
      if (parts->iov_len == 0) {
        ++parts;
        --count;
      }
    }
  }
}

class message {
 public:
  message() { clear(); }

  template <std::size_t... i>
  [[gnu::always_inline]] void add_row(bench::cursor& rows, std::index_sequence<i...>) {
    (values_[i].put(rows.value(static_cast<int>(i)), columns[i].likely), ...);
    ++rows_;
  }
  int rows() const { return rows_; }

  void write() {
    auto parts = std::array<iovec, 2 * columns.size() + 1>{};
    auto count = std::size_t{0};
    auto add = [&](std::string_view text) { parts[count++] = {const_cast<char*>(text.data()), text.size()}; };
    add(head_);
    for (auto& one : values_) {
      if (&one != values_.data()) add(",");
      add(one.close());
    }
    add("]}}}\n");
    write_parts(parts.data(), count);
    head_ = R"({"refId":"A","frameId":"f0","frame":{"data":{"values":[)";
    clear();
  }

 private:
  void clear() {
    for (auto& one : values_) one.clear();
    rows_ = 0;
  }

  std::string head_ = schema();
  std::array<column, columns.size()> values_;
  int rows_ = 0;
};

}  // namespace

void bench::peers::hand_frames(const job& wanted) {
  auto rows = cursor{wanted};
  auto next = message{};
  auto is_first = true;
  while (rows.next()) {
    next.add_row(rows, std::make_index_sequence<columns.size()>{});
    if (next.rows() == rows_of_a_message) {
      next.write();
      is_first = false;
    }
  }
  if (is_first || next.rows() > 0) next.write();
}
