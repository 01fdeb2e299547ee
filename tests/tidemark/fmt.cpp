#include <tidemark/fmt.hpp>

#include "catch.hpp"

#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/string.hpp>
#include <tidemark/testing/scripted.hpp>

#include "nlohmann_json.hpp"

namespace fmt_tests {

using tidemark::error;
using tidemark::failure;

TEST_CASE("an error is formatted as its what()") {
  const error failed = error(failure::producer, "the disk is {gone}", "EIO").in_row(3).at_byte(40);
  CHECK(fmt::format("{}", failed) == failed.what());
  CHECK(fmt::format("<{:>60}>", failed) ==
        "<" + std::string(60 - std::string(failed.what()).size(), ' ') + failed.what() + ">");
  CHECK(fmt::format("{:.8}", failed) == "the disk");
}

TEST_CASE("a kind of failure is formatted as its name") {
  for (const failure kind : {failure::usage, failure::producer, failure::value, failure::sink, failure::reader_gone,
                             failure::canceled, failure::timed_out})
    CHECK(fmt::format("{}", kind) == std::string(to_string(kind)));
  CHECK(fmt::format("{:_<9}", failure::value) == "value____");
}

TEST_CASE("a mark is formatted with its unit") {
  CHECK(fmt::format("{}", tidemark::byte_mark()) == "65536 bytes");
  CHECK(fmt::format("{}", tidemark::row_mark()) == "16 rows");
  CHECK(fmt::format("{}/{}", tidemark::byte_mark(1), tidemark::row_mark(SIZE_MAX / 2)) ==
        "1 bytes/9223372036854775807 rows");
}

TEST_CASE("statistics are formatted as one line of JSON with all that they hold") {
  tidemark::stats done;
  done.rows = UINT64_MAX;
  done.bytes = 1'000'000'000'000;
  done.chunks = 3;
  done.largest_chunk = 65536;
  done.peak_buffered = 66000;
  done.first_chunk_seconds = 0.25;
  done.seconds = 123456.5;
  const std::string line = fmt::format("{}", done);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(tests::parse_json(line) == nlohmann::json{{"rows", UINT64_MAX},
                                                  {"bytes", 1'000'000'000'000},
                                                  {"chunks", 3},
                                                  {"largest_chunk", 65536},
                                                  {"peak_buffered", 66000},
                                                  {"first_chunk_seconds", 0.25},
                                                  {"seconds", 123456.5}});
}

TEST_CASE("statistics of nothing are JSON, too") {
  const auto made = tests::parse_json(fmt::format("{}", tidemark::stats{}));
  CHECK(made.size() == 7);
  for (const auto& [name, value] : made.items()) {
    INFO(name);
    CHECK(value == 0);
  }
}

TEST_CASE("statistics of a stream read back as what the stream did") {
  std::string text;
  const tidemark::stats done = tidemark::write_to(
      text, tidemark::raw_stream{tidemark::testing::scripted_text(tidemark::testing::script().text("1").text("2"))});
  const auto made = tests::parse_json(fmt::format("{}", done));
  CHECK(made["rows"] == 2);
  CHECK(made["bytes"] == text.size());
  CHECK(made["seconds"].get<double>() >= made["first_chunk_seconds"].get<double>());
}

}  // namespace fmt_tests
