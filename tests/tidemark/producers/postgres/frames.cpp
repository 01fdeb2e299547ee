#include <tidemark/producers/postgres.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/frame_stream.hpp>
#include <tidemark/high_water_mark.hpp>

#include "chunked_answer.hpp"
#include "nlohmann_json.hpp"
#include "postgres_tools.hpp"

namespace producers_postgres_frames_tests {

using nlohmann::json;
using tests::connected;
using tests::drain_waiting;
using tidemark::byte_mark;
using tidemark::frame_options;
using tidemark::frame_stream;
using tidemark::postgres::query;

namespace {

struct expected_column {
  const char* sql;
  const char* type;
  json values;  // of two rows, the second of which is null
  const char* name;
};

const std::vector<expected_column>& columns() {
  static const std::vector<expected_column> all{
      {"(-1)::int2", "int16", {-1, nullptr}, "a"},
      {"2147483647::int4", "int32", {2147483647, nullptr}, "b"},
      {"9007199254740993::int8", "int64", {9007199254740993, nullptr}, "c"},
      {"4294967295::oid", "uint32", {4294967295, nullptr}, "d"},
      {"0.1::float4", "float32", {0.1, nullptr}, "e"},
      {"1e-7::float8", "float64", {1e-7, nullptr}, "f"},
      {"1e15::float8", "float64", {1e15, nullptr}, "g"},
      {"12.50::numeric", "float64", {12.5, nullptr}, "h"},
      {"true", "bool", {true, nullptr}, "i"},
      {"timestamp '2024-02-29 12:00:00.123456'", "time.Time", {1709208000123, nullptr}, "j"},
      {"timestamptz '2024-02-29 12:00:00+02'", "time.Time", {1709200800000, nullptr}, "k"},
      {"date '1969-12-31'", "time.Time", {-86400000, nullptr}, "l"},
      {"time '12:00:00'", "string", {"12:00:00", nullptr}, "m"},
      {"'<x>'::text", "string", {"<x>", nullptr}, "n"},
      {"'{\"a\": 1}'::json", "json.RawMessage", {{{"a", 1}}, nullptr}, "o"},
      {"'\\x00ff'::bytea", "string", {"AP8=", nullptr}, "p"},
      {"array[1, 2]", "json.RawMessage", {{1, 2}, nullptr}, "q"},
      {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
       "string",
       {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", nullptr},
       "r"},
      {"'-infinity'::float8", "float64", {nullptr, nullptr}, "s"},
      {"'NaN'::float4", "float32", {nullptr, nullptr}, "t"}};
  return all;
}

std::string two_rows() {
  std::string sql = "select case when n = 1 then ";
  for (const expected_column& one : columns()) {
    if (&one != columns().data()) sql += ", case when n = 1 then ";
    sql += std::string(one.sql) + " end as " + one.name;
  }
  return sql + " from generate_series(1, 2) as s(n)";
}

}  // namespace

TEST_CASE("postgres: rows of every type are frames, as text and in binary, beside others and alone") {
  for (const bool in_binary : {false, true})
    for (const std::size_t mark : {65'536U, 50U}) {
      frame_options options;
      options.mark = byte_mark{mark};
      frame_stream stream{in_binary ? query{connected(), two_rows()}.binary() : query{connected(), two_rows()},
                          options};
      const drained out = drain_waiting(stream);
      REQUIRE_FALSE(out.failure);
      const auto frame = tests::chunked_answer(out.bytes).frames.at({"A", "f0"});
      REQUIRE(frame.columns.size() == columns().size());
      for (std::size_t i = 0; i != columns().size(); ++i) {
        INFO(columns()[i].sql);
        CHECK(frame.schema.at("fields").at(i).at("typeInfo").at("frame") == columns()[i].type);
        CHECK(frame.columns[i] == columns()[i].values);
      }
      CHECK(frame.entities.at({18, 0}) == "NegInf");
      CHECK(frame.entities.at({19, 0}) == "NaN");
      CHECK(frame.nanos.at({9, 0}) == 456000);
      CHECK(out.bytes.find("1e-07") != std::string::npos);
      CHECK(out.bytes.find("[1000000000000000,null]") + out.bytes.find("[1000000000000000]") + 1 != std::string::npos);
    }
}

TEST_CASE("postgres: numbers of frames are spelled as they would be had they been taken apart") {
  // As the server spells them, and by way of a type that has to be converted.
  for (const char* type : {"int2", "int4", "int8"}) {
    const std::string values =
        "select (i * 137)::" + std::string(type) + " as v from generate_series(-200, 200) as s(i)";
    frame_options converted;
    converted.fields = {{"v", tidemark::column_type::float64}};
    const auto data = [](const std::string& line) { return line.substr(line.find("\"values\"")); };
    frame_stream copied{query{connected(), values}};
    frame_stream written{query{connected(), values}, converted};
    CHECK(data(drain_waiting(copied).bytes) == data(drain_waiting(written).bytes));
  }
  // Reals of every size, against the same doubles.
  const std::string reals =
      "select (random() * 10.0 ^ (i / 4))::float8 as v, ((random() * 10.0 ^ (i / 4))::float8)::numeric as w "
      "from generate_series(-60, 80) as s(i)";
  frame_stream stream{query{connected(), reals}};
  const std::string line = drain_waiting(stream).bytes;
  const json values = tests::parse_json(line).at("frame").at("data").at("values");
  for (const json& column : values)
    for (const json& one : column) {
      char text[tidemark::json::longest_number];
      const std::string spelled(text, tidemark::frames::write_real(text, one.get<double>()));
      INFO(spelled);
      CHECK(line.find(spelled) != std::string::npos);
    }
}

}  // namespace producers_postgres_frames_tests
