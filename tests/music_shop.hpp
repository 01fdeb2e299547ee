#pragma once

#include <string>

namespace tests {

/// The database of a music shop, as a file of SQLite. data/make_music_shop.cpp says what it holds.
inline const std::string& music_shop() {
  static const std::string path = TIDEMARK_MUSIC_SHOP ".sqlite";
  return path;
}

/// A script of SQL that makes the same tables in PostgreSQL.
inline const std::string& music_shop_script() {
  static const std::string path = TIDEMARK_MUSIC_SHOP ".sql";
  return path;
}

}  // namespace tests
