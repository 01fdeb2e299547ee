#include <tidemark/frame/spelling.hpp>

#include "catch.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../json/random.hpp"

namespace frame_spelling_tests {

using namespace tidemark;

namespace {

template <class Real>
std::string spelled(Real value) {
  char text[json::longest_number];
  return {text, frames::write_real(text, value)};
}

}  // namespace

TEST_CASE("frames: floats are written in their shortest form") {
  tests::random random(3);
  for (int i = 0; i != 300'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random.bits()));
    if (!std::isfinite(value)) continue;
    const std::string text = spelled(value);
    float back = 0;
    REQUIRE(std::from_chars(text.data(), text.data() + text.size(), back).ptr == text.data() + text.size());
    REQUIRE(std::bit_cast<std::uint32_t>(back) == std::bit_cast<std::uint32_t>(value));
    char shortest[64];
    const auto end = std::to_chars(shortest, shortest + 64, value, std::chars_format::scientific).ptr;
    const auto digits = [](std::string of) {
      of = of.substr(0, of.find('e'));
      std::erase_if(of, [](char c) { return c < '0' || c > '9'; });
      const std::size_t first = of.find_first_not_of('0');
      return first == std::string::npos ? "" : of.substr(first, of.find_last_not_of('0') + 1 - first);
    };
    REQUIRE(digits(text) == digits({shortest, end}));
    const double size = std::fabs(static_cast<double>(value));
    REQUIRE((text.find('e') != std::string::npos) ==
            (size != 0 && (size < static_cast<double>(1e-6F) || size >= 1e21)));
  }
}

TEST_CASE("frames: exponents have two digits at least") {
  CHECK(spelled(1e-7) == "1e-07");
  CHECK(spelled(-1.5e-9) == "-1.5e-09");
  CHECK(spelled(1e-10) == "1e-10");
  CHECK(spelled(1e-300) == "1e-300");
  CHECK(spelled(1e21) == "1e+21");
  CHECK(spelled(0.000001) == "0.000001");
  CHECK(spelled(-0.0) == "-0");
}

TEST_CASE("frames: names and texts are escaped as the format has it") {
  const std::string odd = "<a>&\"\\\b\f\n\r\t\x01\x7F\u2028\u2029\u00e9\xE2\x82\xFF\xC0";
  CHECK(frames::quoted(odd, json::escapes::html) == R"("\u003ca\u003e\u0026\"\\\u0008\u000c\n\r\t\u0001)"
                                                    "\x7F"
                                                    R"(\u2028\u2029é\ufffd\ufffd\ufffd\ufffd")");
  CHECK(frames::quoted(odd, json::escapes::necessary) == R"("<a>&\"\\\u0008\u000c\n\r\t\u0001)"
                                                         "\x7F\u2028\u2029"
                                                         R"(é\ufffd\ufffd\ufffd\ufffd")");
  CHECK(frames::escaped_length(odd) + 2 == frames::quoted(odd, json::escapes::html).size());
  CHECK(frames::object_of({{"b", "<"}, {"a", "\""}}) == R"({"a":"\"","b":"\u003c"})");
}

}  // namespace frame_spelling_tests
