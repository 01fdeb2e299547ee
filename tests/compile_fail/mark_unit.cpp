// A stream of chunks counts bytes: a mark in rows is not taken for one.
// expected: row_mark|unit::rows

#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

namespace mark_unit {

void make(tidemark::sqlite::connection& db) {
#ifdef MUST_NOT_COMPILE
  const auto mark = tidemark::row_mark{16};
#else
  const auto mark = tidemark::byte_mark{16};
#endif
  auto stream = tidemark::raw_stream{tidemark::sqlite::query{db, "select 1"}, tidemark::format::array{}, mark};
}

}  // namespace mark_unit
