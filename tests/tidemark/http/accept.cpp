#include <tidemark/http/accept.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "catch.hpp"

namespace http_accept_tests {

using tidemark::http::negotiate;
using tidemark::http::preferred;
using tidemark::http::response_format;

namespace {

constexpr std::array<std::string_view, 3> offered = {"application/json", "application/x-ndjson",
                                                     "text/plain;charset=utf-8"};

std::string chosen(std::string_view accept) {
  const auto which = preferred(accept, offered);
  return which ? std::string(offered.at(*which)) : "none";
}

}  // namespace

TEST_CASE("no Accept header and */* get the server's favourite") {
  CHECK(chosen("") == "application/json");
  CHECK(chosen("  ") == "application/json");
  CHECK(chosen("*/*") == "application/json");
  CHECK_FALSE(preferred("*/*", {}));
  CHECK_FALSE(preferred("", {}));
}

TEST_CASE("the highest weight decides, and the server's order among equals") {
  CHECK(chosen("application/x-ndjson") == "application/x-ndjson");
  CHECK(chosen("application/x-ndjson, application/json") == "application/json");
  CHECK(chosen("application/json;q=0.5, application/x-ndjson;q=0.501") == "application/x-ndjson");
  CHECK(chosen("application/json ; Q=0.1,application/x-ndjson; q=0.2") == "application/x-ndjson");
  CHECK(chosen("text/html, application/json;q=0.9, */*;q=0.8") == "application/json");
  CHECK(chosen("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") == "application/json");
}

TEST_CASE("the closest range decides over a type, wherever it stands") {
  CHECK(chosen("*/*, application/json;q=0") == "application/x-ndjson");
  CHECK(chosen("application/json;q=0, */*") == "application/x-ndjson");
  CHECK(chosen("application/*;q=0.1, text/*;q=0.2") == "text/plain;charset=utf-8");
  CHECK(chosen("application/*, application/json;q=0.3") == "application/x-ndjson");
  CHECK(chosen("text/plain;charset=utf-8") == "text/plain;charset=utf-8");
  CHECK(chosen("text/plain;charset=latin1") == "none");
  CHECK(chosen("text/plain;q=0.1, text/plain;charset=utf-8, application/json;q=0.5") == "text/plain;charset=utf-8");
}

TEST_CASE("where nothing is acceptable, nothing is chosen") {
  CHECK(chosen("text/html") == "none");
  CHECK(chosen("*/*;q=0") == "none");
  CHECK(chosen("application/json;q=0.000") == "none");
  CHECK(chosen("application/jsonx") == "none");
}

TEST_CASE("types are compared without their case, and quotes hide what is in them") {
  CHECK(chosen("APPLICATION/X-NDJSON") == "application/x-ndjson");
  CHECK(chosen("text/x;note=\"a, application/json;q=1, \\\" */*\"") == "none");
  CHECK(chosen("text/x;note=\"a,b\", application/x-ndjson") == "application/x-ndjson");
}

TEST_CASE("what is not spelled as the RFC has it is passed over") {
  for (const char* const weight : {"2", "1.5", "1.001", "0.1234", ".5", "-1", "x", "", "0,5", "01"})
    CHECK(chosen("application/json;q=" + std::string(weight) + ", application/x-ndjson;q=0.1") ==
          "application/x-ndjson");
  for (const char* const odd : {",", ";", ";;q=1", "\"", "application/json;q", "/", "a;\"\\"})
    CHECK((chosen(odd) == "none" || chosen(odd) == "application/json"));
}

TEST_CASE("any header at all is read without reading past its end") {
  const std::string header = R"(text/x;n="a\",b";q=0.25, */*;q=0.1, application/json;v=1;q=0)";
  for (std::size_t size = 0; size <= header.size(); ++size) {
    // A copy of its own, so that a sanitizer sees what is read behind it.
    const std::string exact = header.substr(0, size);
    const auto which = preferred(std::string_view(exact.data(), exact.size()), offered);
    CHECK((!which || *which < offered.size()));
  }
}

TEST_CASE("each format is known by its media types, and the client's own name is answered") {
  struct expected {
    std::string_view accept;
    response_format format;
    std::string_view type;
  };
  for (const expected& one : std::array<expected, 8>{{
           {"", response_format::array, "application/json"},
           {"application/json", response_format::array, "application/json"},
           {"application/x-ndjson", response_format::ndjson, "application/x-ndjson"},
           {"application/ndjson", response_format::ndjson, "application/ndjson"},
           {"application/jsonl", response_format::ndjson, "application/jsonl"},
           {"application/json-seq", response_format::json_seq, "application/json-seq"},
           {"text/event-stream", response_format::sse, "text/event-stream"},
           {"text/*", response_format::sse, "text/event-stream"},
       }}) {
    const auto given = negotiate(one.accept);
    REQUIRE(given);
    CHECK(given->format == one.format);
    CHECK(given->media_type == one.type);
  }
  CHECK_FALSE(negotiate("text/html"));
}

}  // namespace http_accept_tests
