// What the program `bench_network` measures: rows of PostgreSQL, and answers over HTTP. A program of its own, since
// PostgreSQL's library alone takes four megabytes and ten milliseconds.

#include "cases.hpp"
#include "peers.hpp"

#include <libpq-fe.h>

#include <array>
#include <span>

namespace bench {

namespace {

std::span<const peer> postgres_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"read", "rows received, nothing read", peers::read_postgres, check::none},
      {"hand", "best hand loop, row by row", peers::hand_postgres, check::values},
      {"library", "tidemark", peers::library_postgres, check::bytes},
      {"binary", "tidemark, binary()", peers::library_postgres_binary, check::bytes},
#ifdef LIBPQ_HAS_CHUNK_MODE
      {"chunked", "tidemark, chunked_rows(256)", peers::library_postgres_chunked, check::bytes},
#endif
      {"whole", "PQexec, the same loop", peers::hand_postgres_whole, check::bytes},
      {"row_to_json", "psql, COPY of row_to_json", peers::row_to_json, check::copied_lines},
      {"json_agg", "psql, json_agg", peers::json_agg, check::values},
  });
  return list;
}

std::span<const peer> http_peers() {
  static constexpr auto list = std::to_array<peer>({
      {"memory", "bytes in memory, Beast alone", peers::serve_memory, check::none},
      {"sink", "bytes in memory, tidemark's sink", peers::serve_memory_by_sink, check::none},
      {"sqlite", "tidemark, rows of SQLite", peers::serve_sqlite, check::none},
      {"postgres", "tidemark, rows of PostgreSQL", peers::serve_postgres, check::none},
  });
  return list;
}

}  // namespace

std::span<const peer_list> peer_lists() {
  static const auto lists = std::to_array<peer_list>({{"postgres", postgres_peers()}, {"http", http_peers()}});
  return lists;
}

std::span<const named_work> other_works() {
  static constexpr auto list =
      std::to_array<named_work>({{"rows/count", peers::count}, {"stalled/library", peers::stalled}});
  return list;
}

std::span<const named_case> all_cases() {
  static constexpr auto list =
      std::to_array<named_case>({{"postgres", cases::postgres}, {"http", cases::http}, {"stalled", cases::stalled}});
  return list;
}

}  // namespace bench
