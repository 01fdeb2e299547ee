#pragma once

// SQLite as a producer: queries whose rows are fields, and queries whose rows are JSON text.
// Needs SQLite 3.14 (sqlite3_column_value on rows, sqlite3_blob_reopen); link tidemark::sqlite.

#include <tidemark/producers/sqlite/connection.hpp>
#include <tidemark/producers/sqlite/query.hpp>
#include <tidemark/producers/sqlite/text_query.hpp>
