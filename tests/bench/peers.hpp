// Everyone who takes part, each in a file of its own in peers/.

#pragma once

#include "job.hpp"

#include <span>
#include <string_view>

namespace bench {

// How a peer's output is checked before anything is timed.
enum class check {
  none,           // it writes nothing
  bytes,          // the same bytes as the hand loop
  values,         // JSON of the same values
  fifteen_digits  // the same, but doubles have only SQLite's own 15 digits
};

struct peer {
  std::string_view name;   // as it is asked for
  std::string_view title;  // as a table shows it
  void (*run)(const job&);
  check checked;
};

std::span<const peer> row_peers();
std::span<const peer> document_peers();

// Does the work of "rows/NAME" or "documents/NAME" in this process.
void run_peer(std::string_view name, const job& wanted);

namespace peers {

// Rows of fields to an array of objects.
void step(const job&);
void read(const job&);
void hand(const job&);
void library(const job&);
void plain(const job&);
void rapidjson(const job&);
void boost_json(const job&);
void nlohmann(const job&);
void json_object(const job&);
void json_group_array(const job&);
void sqlite_shell(const job&);

// Rows of one JSON text to an array of them; `step` and `read` serve here too.
void hand_documents(const job&);
void library_documents(const job&);

// Not compared: these write something else than JSON.
void first_chunk(const job&);  // "SECONDS_TO_FIRST_CHUNK SECONDS ROWS BYTES" of the library
void count(const job&);        // the number of rows

}  // namespace peers

}  // namespace bench
