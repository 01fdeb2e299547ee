// PostgreSQL's own JSON functions, by its command line shell, in place of this program.

#include "../peers.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace {

[[noreturn]] void become_psql(const bench::job& wanted, const std::string& sql) {
  execlp("psql", "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", wanted.postgres.c_str(),
         "--command", sql.c_str(), nullptr);
  throw std::system_error{errno, std::generic_category(), "cannot start psql"};
}

}  // namespace

void bench::peers::row_to_json(const job& wanted) {
  become_psql(wanted, "copy (select row_to_json(t) from (" + wanted.query + ") t) to stdout");
}

void bench::peers::json_agg(const job& wanted) {
  become_psql(wanted, "select json_agg(t) from (" + wanted.query + ") t");
}
