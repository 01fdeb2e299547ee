#include "children.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace bench::children {

void make(const std::string& path, std::int64_t parents, std::int64_t each) {
  if (std::filesystem::exists(path)) return;
  auto unfinished = path + ".tmp-" + std::to_string(::getpid());
  auto handle = static_cast<sqlite3*>(nullptr);
  sqlite3_open(unfinished.c_str(), &handle);
  auto database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>{handle, sqlite3_close};
  auto numbers = [](const std::string& name, std::int64_t count) {
    return "with recursive " + name + "(i) as (select 1 union all select i + 1 from " + name + " where i < " +
           std::to_string(count) + ") ";
  };
  auto parent_numbers = numbers("p", parents);
  auto sql =
      "begin; create table parent (id integer primary key, name text, city text);"
      "create table child (parent integer, id integer, name text, amount real, quantity integer, "
      "primary key (parent, id)) without rowid;" +
      parent_numbers +
      "insert into parent select i, 'Customer ' || i * 7919 % 100003, "
      "case i % 4 when 0 then 'Saint-Malo' when 1 then 'Århus' when 2 then 'Brest' else 'Cuxhaven' end from p;" +
      numbers("c", each) +
      "insert into child select parent.id, c.i, "
      "case c.i % 8 when 0 then 'a \"high\" water mark ' else 'line of an order, é ' end || c.i * 31 % 997, "
      "round((parent.id * 37 + c.i * 7919) % 999983 / 100.0, 2), case c.i % 5 when 0 then null else c.i % 90 end "
      "from parent cross join c order by 1, 2; commit; analyze";
  if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error{std::string{"the children cannot be made: "} + sqlite3_errmsg(handle)};
  database.reset();
  std::filesystem::rename(unfinished, path);
}

}  // namespace bench::children
