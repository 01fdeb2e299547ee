// The library's transform, which changes one field or none, and the rows as they are for comparison.

#include "../discount.hpp"
#include "../peers.hpp"

#include <tidemark/adapt/transform.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

#include <unistd.h>

#include <utility>

namespace {

// `adapt` makes of a producer the one that is written.
template <class Function>
void write(const bench::job& wanted, Function adapt) {
  auto write_rows = [&](auto producer) {
    auto stream = tidemark::raw_stream{adapt(std::move(producer))};
    tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
  };
  if (wanted.query.empty())
    write_rows(tidemark::ndjson::rows{tidemark::ndjson::file{wanted.ndjson}});
  else
    write_rows(
        tidemark::sqlite::text_query{tidemark::sqlite::connection::open_read_only(wanted.database), wanted.query});
}

}  // namespace

void bench::peers::library_untouched(const job& wanted) {
  write(wanted, [](auto producer) { return producer; });
}

void bench::peers::library_no_change(const job& wanted) {
  write(wanted, [](auto producer) { return tidemark::transform(std::move(producer), [](auto&) {}); });
}

void bench::peers::library_change(const job& wanted) {
  write(wanted, [](auto producer) {
    return tidemark::transform(std::move(producer), [](auto& row) {
      row.set("amount", bench::discounted(row.template get<double>("amount")));
    });
  });
}
