#include <tidemark/producers/range.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <ratio>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/string.hpp>

#include "any_rows.hpp"
#include "drain.hpp"

namespace producers_range_tests {

namespace {

struct track {
  int id = 0;
  std::string name;
  std::optional<double> price;
};

struct with_a_base : track {
  bool is_new = false;
};

struct not_described {
  int id;
};

}  // namespace

}  // namespace producers_range_tests

template <>
inline constexpr auto tidemark::members_of<producers_range_tests::track> =
    tidemark::members("id", &producers_range_tests::track::id, "name", &producers_range_tests::track::name, "UnitPrice",
                      &producers_range_tests::track::price);
template <>
inline constexpr auto tidemark::members_of<producers_range_tests::with_a_base> = tidemark::members(
    "name", &producers_range_tests::with_a_base::name, "new", &producers_range_tests::with_a_base::is_new);

namespace producers_range_tests {

namespace {

using tidemark::progress;
using tidemark::range;
using tidemark::row_value;
using tidemark::timestamp;
using value = tidemark::field;

static_assert(tidemark::described<track> && tidemark::described<with_a_base>);
static_assert(!tidemark::described<not_described> && !tidemark::described<int>);

template <class Range, class... Names>
concept makes_a_range = requires(Range&& made, Names... names) { range(std::forward<Range>(made), names...); };
static_assert(makes_a_range<std::vector<std::string>> && makes_a_range<const std::vector<std::string>&>);
static_assert(makes_a_range<const char* (&)[2]>);
static_assert(makes_a_range<std::vector<track>> && !makes_a_range<std::vector<not_described>>);
static_assert(makes_a_range<std::vector<std::pair<int, int>>, std::vector<std::string>>);
static_assert(!makes_a_range<std::vector<std::pair<int, int>>>, "tuples have no names of their own");
static_assert(!makes_a_range<std::vector<int>> && !makes_a_range<std::string> && !makes_a_range<int>);

using texts = decltype(range(std::declval<std::vector<std::string>>()));
using tuples = decltype(range(std::declval<std::vector<std::tuple<int>>>(), {}));
using structs = decltype(range(std::declval<std::vector<track>>()));
static_assert(tidemark::text_producer<texts> && tidemark::always_blocks<texts>);
static_assert(tidemark::field_producer<tuples> && tidemark::always_blocks<tuples>);
static_assert(tidemark::field_producer<structs> && tidemark::always_blocks<structs>);
static_assert(tidemark::flat_producer<texts> && tidemark::flat_producer<tuples> && tidemark::flat_producer<structs>);

// What can stand in a row, and what cannot.
static_assert(row_value<bool> && row_value<signed char> && row_value<unsigned char> && row_value<short>);
static_assert(row_value<long long> && row_value<unsigned long long> && row_value<float> && row_value<long double>);
static_assert(row_value<std::string> && row_value<std::string_view> && row_value<const char*> && row_value<char[4]>);
static_assert(row_value<std::vector<std::byte>> && row_value<std::array<std::byte, 2>>);
static_assert(row_value<std::span<const std::byte>> && row_value<std::span<std::byte>>);
static_assert(row_value<std::nullptr_t> && row_value<std::nullopt_t> && row_value<value> && row_value<timestamp>);
static_assert(row_value<std::optional<std::string>> && row_value<std::optional<std::optional<int>>>);
static_assert(row_value<std::chrono::sys_days> && row_value<std::chrono::year_month_day>);
static_assert(row_value<tidemark::json_text> && row_value<tidemark::decimal_text>);
enum class color { red };
static_assert(!row_value<char> && !row_value<wchar_t> && !row_value<char8_t> && !row_value<char32_t>);
static_assert(!row_value<color> && !row_value<std::vector<int>> && !row_value<track> && !row_value<void*>);
static_assert(!row_value<int*> && !row_value<std::wstring>);
static_assert(!row_value<std::chrono::steady_clock::time_point> && !row_value<std::chrono::seconds>);

std::string text_of(auto producer) {
  const drained all = drain(tidemark::raw_stream{tests::any_flat_rows<decltype(producer)>(std::move(producer))});
  if (all.foreign) std::rethrow_exception(all.foreign);
  if (all.failure) throw *all.failure;
  return all.bytes;
}

/// One value as a row writes it.
template <class Value>
std::string written(Value one) {
  std::vector<std::tuple<Value>> rows;
  rows.emplace_back(std::move(one));
  std::string all = text_of(range(std::move(rows), {"v"}));
  const std::string before = "[{\"v\":", after = "}]";
  if (!all.starts_with(before) || !all.ends_with(after)) return "not a row: " + all;
  return all.substr(before.size(), all.size() - before.size() - after.size());
}

/// A range that can be walked once, whose elements are made when they are looked at; counts how often that is.
class looked_at {
 public:
  struct counts {
    int begins = 0;
    int looks = 0;
    int steps = 0;
  };
  looked_at(int size, counts& seen) : size_(size), seen_(&seen) {}

  class iterator {
   public:
    using value_type = std::string;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator(int size, counts& seen) : size_(size), seen_(&seen) {}
    std::string operator*() const {
      ++seen_->looks;
      return std::to_string(at_);
    }
    iterator& operator++() {
      ++seen_->steps;
      ++at_;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& i, std::default_sentinel_t) { return i.at_ == i.size_; }

   private:
    int size_;
    counts* seen_;
    int at_ = 0;
  };

  iterator begin() const {
    ++seen_->begins;
    return {size_, *seen_};
  }
  std::default_sentinel_t end() const { return {}; }

 private:
  int size_;
  counts* seen_;
};
static_assert(std::ranges::input_range<looked_at> && !std::ranges::forward_range<looked_at>);

std::string long_text(int i) { return "\"" + std::string(50, static_cast<char>('a' + i)) + "\""; }

}  // namespace

TEST_CASE("a range of texts passes them through as they are") {
  const std::vector<std::string> rows = {"{\"a\":1}", " [2] ", "null"};
  CHECK(text_of(range(rows)) == "[{\"a\":1}, [2] ,null]");
  CHECK(text_of(range(std::list<std::string_view>{"1", "2"})) == "[1,2]");
  const char* const literals[] = {"true", "\"x\""};
  CHECK(text_of(range(literals)) == "[true,\"x\"]");
  CHECK(text_of(range(std::array<const char*, 2>{"1", "2"})) == "[1,2]");
  CHECK(text_of(range(std::forward_list<std::string>{"1", "2"})) == "[1,2]");
}

TEST_CASE("an empty range has no rows, of whatever kind") {
  CHECK(text_of(range(std::vector<std::string>{})) == "[]");
  CHECK(text_of(range(std::vector<std::tuple<int>>{}, {"a"})) == "[]");
  CHECK(text_of(range(std::vector<track>{})) == "[]");
  CHECK(text_of(range(std::views::empty<std::string>)) == "[]");
}

TEST_CASE("elements that a range makes as it goes are kept while their row is written") {
  auto made = std::views::iota(0, 4) | std::views::transform(long_text);
  static_assert(!std::is_reference_v<std::ranges::range_reference_t<decltype(made)>>);
  const std::string all = "[" + long_text(0) + "," + long_text(1) + "," + long_text(2) + "," + long_text(3) + "]";
  CHECK(text_of(range(made)) == all);
  std::string in_bytes;  // a row spans many pulls
  tidemark::write_to(in_bytes, tidemark::raw_stream{range(made), tidemark::format::array{}, tidemark::byte_mark(1)});
  CHECK(in_bytes == all);
  auto tuples_made = std::views::iota(0, 2) | std::views::transform([](int i) {
                       return std::tuple(i, std::string(40, static_cast<char>('a' + i)));
                     });
  CHECK(text_of(range(tuples_made, {"i", "s"})) ==
        "[{\"i\":0,\"s\":\"" + std::string(40, 'a') + "\"},{\"i\":1,\"s\":\"" + std::string(40, 'b') + "\"}]");
}

TEST_CASE("a range that can be read only once is read once") {
  std::istringstream words("1 22 333");
  CHECK(text_of(range(std::views::istream<std::string>(words))) == "[1,22,333]");
  CHECK(words.eof());
}

TEST_CASE("each element of a range is looked at exactly once, and the range begun once") {
  looked_at::counts seen;
  const looked_at rows(5, seen);
  CHECK(text_of(range(rows | std::views::all)) == "[0,1,2,3,4]");
  CHECK(seen.begins == 1);
  CHECK(seen.looks == 5);
  CHECK(seen.steps == 5);
}

TEST_CASE("nothing of a range is looked at before the first row is asked for") {
  looked_at::counts seen;
  auto producer = range(looked_at(5, seen));
  CHECK(seen.begins == 0);
  REQUIRE(producer.next() == progress::row);
  CHECK(seen.looks == 1);
  CHECK(producer.text() == "0");
  CHECK(producer.text() == "0");
  CHECK(seen.looks == 1);
  CHECK(seen.steps == 0);
}

TEST_CASE("a tuple's fields can be asked for again and give the same, without the element being made anew") {
  looked_at::counts seen;
  auto producer = range(looked_at(2, seen) | std::views::transform([](const std::string& text) {
                          return std::tuple(text + std::string(40, 'x'), 1);
                        }),
                        {"text", "one"});
  REQUIRE(producer.next() == progress::row);
  const std::string_view first = producer.field(0).as_view();
  CHECK(producer.field(0).as_view().data() == first.data());
  CHECK(producer.field(1).as_integer() == 1);
  CHECK(first == "0" + std::string(40, 'x'));
  CHECK(seen.looks == 1);
}

TEST_CASE("tuples, pairs and arrays are rows with the names that are given") {
  CHECK(text_of(range(std::vector<std::tuple<int, std::string, bool>>{{1, "a", true}, {2, "b", false}},
                      {"id", "name", "ok"})) == R"([{"id":1,"name":"a","ok":true},{"id":2,"name":"b","ok":false}])");
  const std::map<std::string, double> prices = {{"a", 0.5}, {"b", 2}};
  CHECK(text_of(range(prices, {"name", "price"})) == R"([{"name":"a","price":0.5},{"name":"b","price":2}])");
  CHECK(text_of(range(std::vector<std::array<int, 3>>{{1, 2, 3}}, {"x", "y", "z"})) == R"([{"x":1,"y":2,"z":3}])");
  CHECK(text_of(range(std::vector<std::tuple<int>>{{1}}, {"a \"quoted\" name"})) == R"([{"a \"quoted\" name":1}])");
}

TEST_CASE("more or fewer names than the tuples have elements are a usage error") {
  const std::vector<std::pair<int, int>> rows = {{1, 2}};
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{}, std::vector<std::string>{"a"}, std::vector<std::string>{"a", "b", "c"}}) {
    INFO(names.size() << " names");
    try {
      (void)range(rows, names);
      FAIL_CHECK("no error");
    } catch (const tidemark::error& failed) {
      CHECK(failed.kind() == tidemark::failure::usage);
      CHECK(failed.message() == std::to_string(names.size()) + " names were given for tuples of 2");
    }
  }
}

TEST_CASE("tuples of references and of values that cannot be copied are rows, too") {
  const std::string name = "shared";
  std::vector<int> sevens = {7};
  CHECK(text_of(range(std::vector<std::tuple<const std::string&, int&>>{{name, sevens[0]}}, {"a", "b"})) ==
        R"([{"a":"shared","b":7}])");
  struct only_moved {
    only_moved() = default;
    only_moved(only_moved&&) = default;
    operator std::string_view() const { return *text; }
    std::unique_ptr<std::string> text = std::make_unique<std::string>("moved");
  };
  static_assert(row_value<only_moved> && !std::copy_constructible<only_moved>);
  std::vector<std::tuple<only_moved>> rows(2);
  const std::string text = text_of(range(std::move(rows), {"a"}));
  CHECK(text == R"([{"a":"moved"},{"a":"moved"}])");
}

TEST_CASE("structs are rows with the members that members_of names, in its order") {
  const std::vector<track> tracks = {{1, "a", 0.99}, {2, "b", std::nullopt}};
  CHECK(text_of(range(tracks)) == R"([{"id":1,"name":"a","UnitPrice":0.99},{"id":2,"name":"b","UnitPrice":null}])");
  with_a_base derived;
  derived.name = "c";
  derived.is_new = true;
  CHECK(text_of(range(std::vector<with_a_base>{derived})) == R"([{"name":"c","new":true}])");
  auto made = std::views::iota(1, 3) |
              std::views::transform([](int i) { return track{i, std::string(40, 'x'), std::nullopt}; });
  CHECK(text_of(range(made | std::views::take(1))) ==
        R"([{"id":1,"name":")" + std::string(40, 'x') + R"(","UnitPrice":null}])");
}

TEST_CASE("the columns of a range are known before its first row") {
  auto described = range(std::vector<track>{});
  REQUIRE(described.columns().size() == 3);
  CHECK(described.columns()[2].name == "UnitPrice");
  auto named = range(std::vector<std::tuple<int, int>>{}, {"a", "b"});
  REQUIRE(named.columns().size() == 2);
  CHECK(named.columns()[1].name == "b");
}

TEST_CASE("the columns of a range have the types of their values") {
  using tidemark::column_type;
  const std::vector<
      std::tuple<std::int8_t, std::uint16_t, std::optional<std::int32_t>, std::uint64_t, float, double, bool,
                 std::string, tidemark::json_text, tidemark::decimal_text, tidemark::timestamp, std::nullptr_t>>
      none;
  const auto rows = tidemark::range(none, {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"});
  std::vector<column_type> types;
  for (const tidemark::column& one : rows.columns()) types.push_back(one.type);
  CHECK(types == std::vector<column_type>{column_type::int8, column_type::uint16, column_type::int32,
                                          column_type::uint64, column_type::float32, column_type::float64,
                                          column_type::boolean, column_type::text, column_type::json,
                                          column_type::decimal, column_type::unknown, column_type::unknown});
}

TEST_CASE("an optional of what cannot stand in a row cannot stand in a row") {
  CHECK(!row_value<std::optional<color>>);
  CHECK(!row_value<std::optional<std::optional<char>>>);
  CHECK(row_value<std::optional<std::optional<int>>>);
}

TEST_CASE("integers of every width and sign keep their value in a range") {
  CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(written(std::numeric_limits<signed char>::min()) == "-128");
  CHECK(written(std::numeric_limits<unsigned char>::max()) == "255");
  CHECK(written(std::numeric_limits<short>::min()) == "-32768");
  CHECK(written(std::numeric_limits<unsigned>::max()) == "4294967295");
  CHECK(written(std::numeric_limits<long long>::max()) == "9223372036854775807");
  CHECK(written(true) == "true");
  CHECK(written(false) == "false");
}

TEST_CASE("floating point keeps its value in a range") {
  CHECK(written(0.1) == "0.1");
  CHECK(written(-0.0) == "-0");
  CHECK(written(1.5F) == "1.5");
  CHECK(written(2.5L) == "2.5");
  CHECK(written(std::nan("")) == "null");
}

TEST_CASE("whatever is a string_view is text in a range") {
  CHECK(written(std::string("a\0\"b", 4)) == R"("a\u0000\"b")");
  CHECK(written(std::string_view("sv")) == R"("sv")");
  CHECK(written("literal") == R"("literal")");
  CHECK(written(std::string()) == R"("")");
}

TEST_CASE("octets, JSON and decimals keep their kind in a range") {
  CHECK(written(std::vector<std::byte>{std::byte{0}, std::byte{0xff}}) == R"("AP8=")");
  CHECK(written(std::array<std::byte, 1>{std::byte{1}}) == R"("AQ==")");
  CHECK(written(std::vector<std::byte>{}) == R"("")");
  CHECK(written(tidemark::json_text{R"({"a":[1, 2]})"}) == R"({"a":[1, 2]})");
  CHECK(written(tidemark::decimal_text{"12345678901234567890.50"}) == "12345678901234567890.50");
  CHECK(written(value::unsigned_integer(7)) == "7");
}

TEST_CASE("what is not there is null in a range") {
  CHECK(written(nullptr) == "null");
  CHECK(written(std::nullopt) == "null");
  CHECK(written(std::optional<int>()) == "null");
  CHECK(written(std::optional<int>(0)) == "0");
  CHECK(written(std::optional<std::string>("a")) == R"("a")");
  CHECK(written(std::optional<std::string>()) == "null");
  CHECK(written(std::optional<std::optional<bool>>(std::optional<bool>())) == "null");
  CHECK(written(std::optional<std::optional<bool>>(std::optional<bool>(false))) == "false");
  CHECK(written(std::optional<std::vector<std::byte>>({std::byte{1}})) == R"("AQ==")");
  CHECK(written(std::optional<std::chrono::year_month_day>()) == "null");
}

TEST_CASE("points in time have as many digits as their resolution, in a range") {
  using namespace std::chrono;
  const sys_days day = 2024y / February / 29;
  CHECK(written(day) == R"("2024-02-29T00:00:00Z")");
  CHECK(written(sys_time<hours>(day + 5h)) == R"("2024-02-29T05:00:00Z")");
  CHECK(written(sys_time<minutes>(day + 61min)) == R"("2024-02-29T01:01:00Z")");
  CHECK(written(sys_seconds(day + 59s)) == R"("2024-02-29T00:00:59Z")");
  CHECK(written(sys_time<milliseconds>(day + 1ms)) == R"("2024-02-29T00:00:00.001Z")");
  CHECK(written(sys_time<microseconds>(day + 1us)) == R"("2024-02-29T00:00:00.000001Z")");
  CHECK(written(sys_time<nanoseconds>(day + 1ns)) == R"("2024-02-29T00:00:00.000000001Z")");
  CHECK(written(year_month_day(day)) == R"("2024-02-29")");
  CHECK(written(timestamp{3600, 500'000'000, 1, timestamp::form::time}) == R"("01:00:00.5")");
}

TEST_CASE("points in time before 1970 count forward, in a range") {
  using namespace std::chrono;
  CHECK(written(sys_time<milliseconds>(-1ms)) == R"("1969-12-31T23:59:59.999Z")");
  CHECK(written(sys_time<nanoseconds>(-1ns)) == R"("1969-12-31T23:59:59.999999999Z")");
  CHECK(written(year_month_day(1900y / March / 1)) == R"("1900-03-01")");
  CHECK(written(year_month_day(-1y / January / 1)) == R"("-000001-01-01")");
}

TEST_CASE("points in time of unusual resolutions lose none of their digits in a range") {
  using namespace std::chrono;
  using tenths = duration<std::int64_t, std::ratio<1, 10>>;
  using hundred_microseconds = duration<std::int64_t, std::ratio<1, 10'000>>;
  using hundred_nanoseconds = duration<std::int64_t, std::ratio<1, 10'000'000>>;  // Windows, .NET, other databases
  const auto fraction = [](const std::string& text) {
    const std::size_t begin = text.find('.') + 1;
    std::string digits = text.substr(begin, text.find('Z') - begin);
    digits.resize(9, '0');
    return digits;
  };
  CHECK(fraction(written(sys_time<tenths>(tenths(3)))) == "300000000");
  CHECK(fraction(written(sys_time<hundred_microseconds>(hundred_microseconds(1234)))) == "123400000");
  CHECK(fraction(written(sys_time<hundred_nanoseconds>(hundred_nanoseconds(1'234'567)))) == "123456700");
}

TEST_CASE("a range that is an lvalue is borrowed: what it holds when it is read counts") {
  std::vector<std::string> rows = {"1", "2"};
  auto producer = range(rows);
  rows[0] = "changed";
  CHECK(text_of(producer) == "[changed,2]");
}

TEST_CASE("a range that is an rvalue is taken over, also where it can only be moved") {
  const auto made = [] {
    std::vector<std::unique_ptr<int>> numbers;
    numbers.reserve(3);
    for (int i = 0; i < 3; ++i) numbers.push_back(std::make_unique<int>(i));
    return numbers;
  };
  auto producer = [&] {
    std::vector<std::string> rows = {"1", "2"};
    return range(std::move(rows));
  }();
  const std::string text = text_of(std::move(producer));
  CHECK(text == "[1,2]");
  CHECK(text_of(range(made() | std::views::transform([](const auto& number) { return std::tuple(*number); }), {"n"})) ==
        R"([{"n":0},{"n":1},{"n":2}])");
}

TEST_CASE("a producer over a range that it has taken over can be moved before its first row") {
  auto first = range(std::array<std::string, 2>{"1", "2"});
  auto second = std::move(first);
  const std::string text = text_of(std::move(second));
  CHECK(text == "[1,2]");
}

TEST_CASE("what iterating throws passes through a stream as it is, behind the rows before it") {
  struct broken {
    int row;
  };
  auto rows = std::views::iota(0) | std::views::transform([](int i) {
                if (i == 2) throw broken{i};
                return std::to_string(i);
              });
  std::string all;
  int row = 0;
  tidemark::raw_stream stream{range(rows)};
  try {
    tidemark::write_to(all, stream);
  } catch (const broken& failed) {
    row = failed.row;
  }
  CHECK(row == 2);
  CHECK(all == "[0,1");
  CHECK(stream.failed());
  CHECK(stream.pull() == std::nullopt);
}

}  // namespace producers_range_tests
