// The command line shell of SQLite, in place of this program.

#include "../peers.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

void bench::peers::sqlite_shell(const job& wanted) {
  execlp("sqlite3", "sqlite3", "-batch", "-readonly", "-json", wanted.database.c_str(), wanted.query.c_str(), nullptr);
  throw std::system_error{errno, std::generic_category(), "cannot start sqlite3"};
}
