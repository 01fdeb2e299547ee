// The library's stream of objects, over lines of JSON and over a query.

#include "../peers.hpp"
#include "../sums.hpp"

#include <tidemark/object_stream.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/sqlite.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace {

template <class Producer>
void add_all(Producer producer) {
  auto total = bench::sums{};
  for (auto&& row : tidemark::object_stream{std::move(producer)}) {
    // One after the other: arguments of one call may be read in any order, and in another one than the row's it costs
    // more.
    auto id = row.template get<std::int64_t>("id");
    auto amount = row.template get<double>("amount");
    auto quantity = row.template get<std::optional<std::int64_t>>("quantity");
    total.add(id, amount, quantity);
  }
  total.print();
}

}  // namespace

void bench::peers::library_fields(const job& wanted) {
  add_all(tidemark::ndjson::rows{tidemark::ndjson::file{wanted.ndjson}});
}

void bench::peers::library_columns(const job& wanted) {
  add_all(tidemark::sqlite::query{tidemark::sqlite::connection::open_read_only(wanted.database), wanted.query});
}
