// What all this is about.

#include "../peers.hpp"

#include <tidemark/format/array.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace {

template <class Query, class Format = tidemark::format::array>
auto stream_of(const bench::job& wanted) {
  auto db = tidemark::sqlite::connection::open_read_only(wanted.database);
  return tidemark::raw_stream{Query{std::move(db), wanted.query}, Format{}, tidemark::byte_mark{wanted.mark}};
}

template <class Query, class Format = tidemark::format::array>
void write(const bench::job& wanted) {
  auto stream = stream_of<Query, Format>(wanted);
  tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
}

}  // namespace

void bench::peers::library(const job& wanted) { write<tidemark::sqlite::query>(wanted); }

void bench::peers::library_documents(const job& wanted) { write<tidemark::sqlite::text_query>(wanted); }

void bench::peers::write_lines(const job& wanted) {
  write<tidemark::sqlite::text_query, tidemark::format::ndjson>(wanted);
}

void bench::peers::first_chunk(const job& wanted) {
  auto nowhere = ::open("/dev/null", O_WRONLY);
  if (nowhere < 0) throw std::system_error{errno, std::generic_category(), "/dev/null"};
  auto stream = stream_of<tidemark::sqlite::query>(wanted);
  auto seen = tidemark::write_to(tidemark::sinks::descriptor{nowhere}, stream);
  ::close(nowhere);
  std::printf("%.9f %.9f %llu %llu\n", seen.first_chunk_seconds, seen.seconds,
              static_cast<unsigned long long>(seen.rows), static_cast<unsigned long long>(seen.bytes));
}
