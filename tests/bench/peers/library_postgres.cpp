// The library's rows of PostgreSQL.

#include "../peers.hpp"

#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

#include <unistd.h>

#include <utility>

namespace {

void write(tidemark::postgres::query rows, const bench::job& wanted) {
  auto stream = tidemark::raw_stream{std::move(rows), tidemark::format::array{}, tidemark::byte_mark{wanted.mark}};
  tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
}

tidemark::postgres::query query_of(const bench::job& wanted) {
  return {tidemark::postgres::connection{wanted.postgres}, wanted.query};
}

}  // namespace

void bench::peers::library_postgres(const job& wanted) { write(query_of(wanted), wanted); }

void bench::peers::library_postgres_binary(const job& wanted) { write(query_of(wanted).binary(), wanted); }

void bench::peers::library_postgres_chunked(const job& wanted) {
  write(query_of(wanted).chunked_rows(tidemark::row_mark{256}), wanted);
}
