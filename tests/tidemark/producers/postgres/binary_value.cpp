#include <tidemark/producers/postgres/binary_value.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producers/postgres/cursor.hpp>
#include <tidemark/producers/postgres/query.hpp>
#include <tidemark/raw_stream.hpp>

#include "drain.hpp"
#include "postgres_tools.hpp"

namespace producers_postgres_binary_value_tests {

using tests::connected;
using tests::value_of;
using tidemark::error;
using tidemark::failure;
using tidemark::raw_stream;
using tidemark::postgres::binary_value;
using tidemark::postgres::connection;
using tidemark::postgres::cursor;
using tidemark::postgres::query;

TEST_CASE("postgres: in binary, values are the same") {
  NEEDS_POSTGRES();
  const char* const tables[] = {
      "select -1::int2 as a, (-2147483648)::int4 as b, 9223372036854775807 as c, 4294967295::oid as d, null::int as e",
      "select f from unnest('{0,-0,0.1,5,1e300,1e20,1.5e-7,5e-324,NaN,Infinity,-Infinity}'::float8[]) as f",
      "select f from unnest('{0,-0,0.1,5,3.4e38,1e20,1.5e-7,1e-45,NaN,Infinity,-Infinity}'::float4[]) as f",
      "select n from unnest('{0,1,-1,0.0,0.00,9999,10000,10001,-12345678.9,0.0001,0.00001,0.000000012345,1e30,1e-30,"
      "123456789012345678901234567890.123456789,2.50,0.10000,NaN,Infinity,-Infinity}'::numeric[]) as n",
      // Every place of the point among digits of base 10,000, with zeros at both ends.
      "select digits * power(10::numeric, places) as n, round(-digits * power(10::numeric, places), 7) as m "
      "from unnest('{1,9,10,99,1000,12345,10203040,99990000}'::numeric[]) as digits, generate_series(-30, 30) as "
      "places",
      "select true as a, false as b, '' as c, 'a\"b' as d, 'x'::\"char\" as e, 'ab'::char(4) as f, 'n'::name as g, "
      "'v'::varchar as h, '<a/>'::xml as i, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as j",
      "select '{\"b\" : [1, 2.50]}'::json as a, '{\"b\" : 2.50}'::jsonb as b, '\\x00ff10'::bytea as c, ''::bytea as d",
      "select d, d::timestamp + t as e, (d::timestamp + t)::timestamptz as f, t from "
      "unnest('{0001-01-01,1969-12-31,1970-01-01,1999-12-31,2000-01-01,2024-02-29,9999-12-31}'::date[]) as d, "
      "unnest('{00:00:00,12:34:56.5,23:59:59.999999,00:00:00.000010}'::time[]) as t",
      "select d, d::timestamp as e, d::timestamptz as f, time '24:00' as g from unnest('{infinity,-infinity}'::date[]) "
      "as d",
      "select '{1,NULL,-3}'::int[] as a, '{}'::int[] as b, '{{1,2},{3,4}}'::int8[] as c, '[0:1]={5,6}'::int2[] as d",
      "select array['plain', 'a b', 'c\"d\\e', 'NULL', null, ''] as a, array['x'::name] as b, array['y'::varchar] as c",
      "select array[true, null] as a, array[1.5, 'NaN', 0.1]::float8[] as b, array[0.1]::float4[] as c, array[1.50, 2] "
      "as "
      "d, array['{\"k\": \"v\"}'::json, 'null'] as e, array['{\"k\": 1}'::jsonb] as f, array['\\x00ff'::bytea, ''] as "
      "g, "
      "array[timestamptz '2024-01-01 00:00Z', 'infinity'] as h, array[date '2024-02-29'] as i, array[time '12:00'] as "
      "j, "
      "array[timestamp '2024-01-01 00:00:00.25'] as k, array['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid] as l"};
  for (const char* const sql : tables) {
    const std::string as_text = collect(raw_stream{query{connected(), sql}});
    CHECK(collect(raw_stream{query{connected(), sql}.binary()}) == as_text);
    connection db = connected();
    db.execute("begin");
    CHECK(collect(raw_stream{cursor{db, sql}.binary()}) == as_text);
  }
  CHECK(collect(raw_stream{query{connected(), "select '[1]'::text as a, '[1]'::jsonb as b"}.binary().json("a").json(
            "b")}) == R"([{"a":[1],"b":[1]}])");
  // Years that have four digits for the server alone.
  CHECK(collect(raw_stream{
            query{connected(), "select date '0044-03-15 BC' as a, timestamp '10000-01-01 00:00:00' as b"}.binary()}) ==
        R"([{"a":"-000043-03-15","b":"+010000-01-01T00:00:00"}])");
  connection db = connected();
  raw_stream stream{query{db, "select 1 as a, '1 day'::interval as span"}.binary()};
  const error refused = thrown_by([&] { collect(stream); });
  CHECK(refused.kind() == failure::usage);
  CHECK(refused.message() ==
        "values of type 1186 are not read in binary: cast them to text, or do not ask for binary()");
  CHECK(refused.column() == "span");
  CHECK(value_of(db, "select 'usable'") == "usable");
}

TEST_CASE("postgres: in binary, a value that is cut anywhere is an error") {
  using namespace std::string_view_literals;
  struct whole {
    Oid oid;
    std::string_view bytes;
  };
  // 20 and 23: int8 and int4; 701: float8; 1700: numeric, 12345.6789; 1114: timestamp; 2950: uuid; 1007: int4[],
  // {{1,NULL}}
  for (const whole& each :
       {whole{20, "\0\0\0\0\0\0\0\1"sv}, whole{23, "\0\0\0\1"sv}, whole{701, "\x3f\xf0\0\0\0\0\0\0"sv},
        whole{1700, "\0\3\0\1\0\0\0\4\0\1\x09\x29\x1a\x85"sv}, whole{1114, "\0\0\0\0\0\0\0\1"sv},
        whole{2950, "0123456789abcdef"sv},
        whole{1007, "\0\0\0\2\0\0\0\1\0\0\0\x17\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\1\xff\xff\xff\xff"sv}}) {
    std::string made;
    CHECK(binary_value(each.bytes).read(each.oid, made).type() != tidemark::field::kind::null);
    for (std::size_t size = 0; size != each.bytes.size(); ++size) {
      CAPTURE(each.oid, size);
      const error refused = thrown_by([&] {
        std::string unused;
        binary_value(each.bytes.substr(0, size)).read(each.oid, unused);
      });
      CHECK(refused.kind() == failure::producer);
    }
  }
}

}  // namespace producers_postgres_binary_value_tests
