#include <tidemark/format/sse.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/format.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "catch.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"

namespace format_sse_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::format::sse;
using tidemark::testing::script;
using tidemark::testing::scripted_text;

static_assert(tidemark::format_type<sse>);
static_assert(tidemark::has_error_record<sse>);

namespace {

struct event {
  std::string type;
  std::string data;
  friend bool operator==(const event&, const event&) = default;
};

/// Reads an event stream as a browser does (WHATWG HTML, section 9.2.6); what has no empty line behind it is dropped.
std::vector<event> events_of(std::string_view bytes) {
  std::vector<event> all;
  event now;
  bool has_data = false;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.empty()) {
      if (has_data) all.push_back({now.type.empty() ? "message" : now.type, now.data});
      now = {};
      has_data = false;
    } else if (line.starts_with("data: ")) {
      if (std::exchange(has_data, true)) now.data += '\n';
      now.data += line.substr(6);
    } else if (line.starts_with("event: ")) {
      now.type = line.substr(7);
    }
  }
  return all;
}

std::string written(script rows, std::size_t mark) {
  return drain(tidemark::raw_stream{scripted_text(std::move(rows)), sse{}, tidemark::byte_mark{mark}}).bytes;
}

}  // namespace

TEST_CASE("an event stream has a message for each row, and tells its end") {
  const script two = script().text("{\"a\":\n1}").text("{\"a\":2}");
  CHECK(written(two, 1000) == "data: {\"a\": 1}\n\ndata: {\"a\":2}\n\nevent: end\ndata: {\"rows\":2}\n\n");
  CHECK(events_of(written(script(), 1)) == std::vector<event>{{"end", "{\"rows\":0}"}});
}

TEST_CASE("a failed event stream has no end, and its last event holds the error") {
  const script one = script().text("{\"a\":1}").fail(error(failure::producer, "line one\nline two", "XX000"));
  for (const std::size_t mark : std::vector<std::size_t>{1, 7, 64, 1000}) {
    const auto events = events_of(written(one, mark));
    REQUIRE(events.size() == 2);
    CHECK(events[0] == event{"message", "{\"a\":1}"});
    CHECK(events[1].type == "failed");
    CHECK(tests::parse_json(events[1].data)["error"]["code"] == "XX000");
  }
}

TEST_CASE("a row that was cut is never a message") {
  const auto events = events_of("data: {\"a\":" + sse::error_record(error(failure::producer, "lost"), true));
  REQUIRE(events.size() == 1);
  CHECK(events[0].type == "failed");
  const std::string& data = events[0].data;
  CHECK(data.substr(0, data.find('\n')) == "{\"a\":");
  CHECK(tests::parse_json(data.substr(data.find('\n') + 1))["error"]["message"] == "lost");
}

}  // namespace format_sse_tests
