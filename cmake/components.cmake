# The components: what of tidemark needs somebody else's library, one line each. The build, the installed package and
# the pkg-config files all read this list; each says first what tidemark_component() is to do with a line.
# "Otherwise" is where to fetch the library from when it is not installed (git address@release), or what to install. A "-" stands for what pkg-config does not know.
#
#                  name     CMake package  oldest  CMake target           pkg-config  otherwise
tidemark_component(objects  simdjson       3.0     simdjson::simdjson     simdjson    https://github.com/simdjson/simdjson.git@v3.10.1)
tidemark_component(sqlite   SQLite3        3.40    SQLite::SQLite3        sqlite3     libsqlite3-dev)
tidemark_component(postgres PostgreSQL     13      PostgreSQL::PostgreSQL libpq       libpq-dev)
tidemark_component(asio     Boost          1.81    Boost::headers         -           libboost-dev)
tidemark_component(httplib  httplib        0.11    httplib::httplib       cpp-httplib https://github.com/yhirose/cpp-httplib.git@v0.18.7)
tidemark_component(fmt      fmt            9       fmt::fmt               fmt         https://github.com/fmtlib/fmt.git@11.0.2)
