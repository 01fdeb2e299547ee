// smallest [DATABASE]    writes the table `track` as JSON; without DATABASE, of a database made in memory

#include <exception>
#include <iostream>

#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/ostream.hpp>

int main(int count, char** given) {
  try {
    tidemark::sqlite::connection db{count > 1 ? given[1] : ":memory:"};
    db.execute("create table if not exists track (id integer primary key, name text, price real)");
    if (count == 1) db.execute("insert into track (name, price) values ('Ebb', 0.99), ('\"High\" water', 1.29)");

    tidemark::raw_stream rows{tidemark::sqlite::query{db, "select * from track"}};
    tidemark::write_to(std::cout, rows);
  } catch (const std::exception& failed) {
    std::cerr << failed.what() << '\n';
    return 1;
  }
}
