// The library's stream of objects whose relations are streams: all children summed up, one of each parent, or none.

#include "../children.hpp"
#include "../peers.hpp"
#include "../sums.hpp"

#include <tidemark/adapt/nest.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/producers/sqlite.hpp>

#include <cstdint>
#include <limits>
#include <optional>

namespace {

void add(const bench::job& wanted, std::int64_t most) {
  using namespace tidemark;
  auto db = sqlite::connection::open_read_only(wanted.database);
  auto total = bench::sums{};
  for (auto&& parent : expand_stream{
           nest(sqlite::query{db, bench::children::all_parents},
                many("children", sqlite::query{db, bench::children::all_children}, on(equal("id", "parent"))))}) {
    auto left = most;
    if (left == 0) continue;
    for (auto&& child : parent.child("children")) {
      auto id = child.get<std::int64_t>("id");
      auto amount = child.get<double>("amount");
      auto quantity = child.get<std::optional<std::int64_t>>("quantity");
      total.add(id, amount, quantity);
      if (--left == 0) break;
    }
  }
  total.print();
}

}  // namespace

void bench::peers::library_expand(const job& wanted) { add(wanted, std::numeric_limits<std::int64_t>::max()); }

void bench::peers::expand_one_each(const job& wanted) { add(wanted, 1); }

void bench::peers::expand_none(const job& wanted) { add(wanted, 0); }
