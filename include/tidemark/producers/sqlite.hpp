#pragma once

// SQLite as a producer: queries whose rows are fields, and queries whose rows are JSON text.
// Needs SQLite 3.40; link tidemark::sqlite.

#include <tidemark/producers/sqlite/connection.hpp>
#include <tidemark/producers/sqlite/query.hpp>
#include <tidemark/producers/sqlite/text_query.hpp>
