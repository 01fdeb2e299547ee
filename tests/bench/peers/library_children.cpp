// The library's ways to make a walk, written nested.

#include "../children.hpp"
#include "../peers.hpp"

#include <tidemark/adapt/interlaced.hpp>
#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

#include <unistd.h>

#include <string>
#include <utility>

namespace {

using tidemark::equal;
using tidemark::many;
using tidemark::on;
using tidemark::sqlite::connection;
using tidemark::sqlite::query;

template <class Walk>
void write(const bench::job& wanted, Walk walk) {
  auto stream = tidemark::raw_stream{std::move(walk), tidemark::format::array{}, tidemark::byte_mark{wanted.mark}};
  tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
}

}  // namespace

void bench::peers::library_children(const job& wanted) {
  auto db = connection::open_read_only(wanted.database);
  write(wanted, nest(query{db, children::all_parents},
                     many("children", query{db, children::all_children}, on(equal("id", "parent")))));
}

void bench::peers::library_lookup(const job& wanted) {
  auto db = connection::open_read_only(wanted.database);
  write(wanted, lookup(query{db, children::all_parents}, many("children", query{db, children::of_parent}, on("id"))));
}

void bench::peers::library_batches(const job& wanted) {
  auto db = connection::open_read_only(wanted.database);
  auto of_batch = query{db,
                        "select c.* from json_each(?) k join (select parent, id, name, amount, quantity from child) c "
                        "on c.parent = k.value order by k.key, c.id"};
  write(wanted, lookup(tidemark::in_batches(query{db, children::all_parents}),
                       many("children", std::move(of_batch), on(equal("id", "parent")))));
}

void bench::peers::library_interlaced(const job& wanted) {
  auto db = connection::open_read_only(wanted.database);
  // NULL comes first, and with it each parent before its children. Ordered by level, too, SQLite would sort all
  // children of a parent, though its index has them in order.
  auto both = query{db,
                    "select 0 as level, id as parent, null as id, name, city, null as amount, null as quantity from "
                    "parent union all select 1, parent, id, name, null, amount, quantity from child "
                    "order by parent, id"};
  write(wanted, interlaced(std::move(both), "level", {{"parent", "id"}, "name", "city"},
                           many("children", {"parent", "id", "name", "amount", "quantity"}, on("parent"))));
}
