#pragma once

// PostgreSQL as a producer: queries whose rows are fields, row by row as the server sends them, cursors that share a
// connection, and snapshots that connections share.
// Needs libpq 13; link tidemark::postgres.

#include <tidemark/producers/postgres/connecting.hpp>
#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/producers/postgres/cursor.hpp>
#include <tidemark/producers/postgres/query.hpp>
#include <tidemark/producers/postgres/snapshot.hpp>
