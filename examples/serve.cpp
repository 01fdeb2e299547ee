// Serves the tables of a database as JSON over HTTP, any size, to any number of clients, on one thread.
//
//     serve --db shop.db --port 8080
//     curl http://127.0.0.1:8080/tables/orders
//
// GET /tables             the names of all tables and views
// GET /tables/NAME        the rows of one, as Accept or ?format=array|ndjson|json-seq|odata|sse|frames asks for
// POST /query             {"queries":[{"refId":"A","table":"orders"},...]}: frames of several, as a dashboard asks for
//                         them; in chunks (Accept: text/jsonl), or whole
// GET /stats              what the server is doing
// GET /                   a page on which a table fills as its rows arrive

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <tidemark/high_water_mark.hpp>
#include <tidemark/version.hpp>

#include "serve/database.hpp"
#include "serve/server.hpp"

namespace {

struct arguments {
  std::string database;
  std::uint16_t port = 8080;
  std::size_t high_water_mark = tidemark::byte_mark{}.count();
  double stall_limit = 300;
  double time_limit = 0;

  server_options options() const {
    server_options made;
    made.mark = tidemark::byte_mark{high_water_mark};
    if (stall_limit > 0) made.limits.stall = std::chrono::milliseconds(static_cast<std::int64_t>(stall_limit * 1000));
    if (time_limit > 0) made.time_limit = time_limit;
    return made;
  }
};

/// Fills `wanted`; gives the exit code where there is nothing more to do.
std::optional<int> parse(int argc, char** argv, arguments& wanted) {
  CLI::App app{"Serves the tables of a database as JSON on 127.0.0.1."};
  app.add_option("--db", wanted.database, "an SQLite database, opened read-only, or postgresql://...")
      ->required()
      ->type_name("FILE|URL");
  app.add_option("--port", wanted.port, "0 takes a free one")->type_name("N")->capture_default_str();
  app.add_option("--high-water-mark", wanted.high_water_mark, "the longest chunk of a response, in bytes")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30))
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_option("--stall-limit", wanted.stall_limit,
                 "how long a client may take nothing of its response before that is cut; 0 for ever")
      ->check(CLI::Range(0.0, 1e9))
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--time-limit", wanted.time_limit, "how long a response may take as a whole; 0 for ever")
      ->check(CLI::Range(0.0, 1e9))
      ->type_name("SECONDS")
      ->capture_default_str();
  app.set_version_flag("--version", "serve of tidemark " TIDEMARK_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong);
    return 2;
  }
  return std::nullopt;
}

/// As many clients as the system lets this program have.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void run(const arguments& wanted) {
  const std::unique_ptr<database> tables = open_database(wanted.database);
  boost::asio::io_context loop(1);
  server serving(loop, *tables, wanted.port, wanted.options());
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& failed, int) {
    if (failed) return;
    serving.stop(std::chrono::seconds(4));
    signals.clear();  // a second one ends the program at once
  });
  fmt::print("listening on http://127.0.0.1:{}\n", serving.port());
  std::fflush(stdout);
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  arguments wanted;
  try {
    if (const auto code = parse(argc, argv, wanted)) return *code;
    allow_many_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    run(wanted);
    return 0;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "serve: {}\n", failed.what());
    return 1;
  }
}
