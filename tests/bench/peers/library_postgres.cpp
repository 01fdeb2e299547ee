// The library's rows of PostgreSQL.

#include "../peers.hpp"

#include <tidemark/format/array.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

#include <unistd.h>

void bench::peers::library_postgres(const job& wanted) {
  auto db = tidemark::postgres::connection{wanted.postgres};
  auto stream = tidemark::raw_stream{tidemark::postgres::query{db, wanted.query}, tidemark::format::array{},
                                     tidemark::byte_mark{wanted.mark}};
  tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
}
