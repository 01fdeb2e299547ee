#pragma once

// PostgreSQL as a producer: queries whose rows are fields, row by row as the server sends them, and server cursors.
// Needs libpq 13; link tidemark::postgres.

#include <tidemark/producers/postgres/connection.hpp>
#include <tidemark/producers/postgres/cursor.hpp>
#include <tidemark/producers/postgres/query.hpp>
#include <tidemark/producers/postgres/snapshot.hpp>
