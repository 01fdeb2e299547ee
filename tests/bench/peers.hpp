// Everyone who takes part, each in a file of its own in peers/.

#pragma once

#include "job.hpp"

#include <span>
#include <string_view>

namespace bench {

// How a peer's output is checked before anything is timed.
enum class check {
  none,            // it writes nothing
  bytes,           // the same bytes as the one it is compared with
  values,          // JSON of the same values
  fifteen_digits,  // the same, but of doubles only 15 digits are right
  copied_lines,    // the same, but an object to a line, as PostgreSQL's COPY writes texts
  frames           // the same, but as columns, in one frame or in the chunks of one
};

struct peer {
  std::string_view name;   // as it is asked for
  std::string_view title;  // as a table shows it
  void (*run)(const job&);
  check checked;
};

// The peers that do the same work.
struct peer_list {
  std::string_view kind;
  std::span<const peer> peers;
};

// What somebody does who is compared with nobody.
struct named_work {
  std::string_view name;  // "rows/count"
  void (*run)(const job&);
};

// Those of this program.
std::span<const peer_list> peer_lists();
std::span<const named_work> other_works();

std::span<const peer> peers_of(std::string_view kind);

// Does the work of "rows/NAME", "documents/NAME", ... in this process.
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

// Three fields of each line, summed up.
void read_fields(const job&);
void hand_fields(const job&);
void library_fields(const job&);
void on_demand_fields(const job&);
void dom_fields(const job&);
void rapidjson_fields(const job&);
void boost_json_fields(const job&);
void nlohmann_fields(const job&);

// The same three columns of each row; `step` serves here too.
void hand_columns(const job&);
void library_columns(const job&);
void plain_columns(const job&);

// The rows of one JSON text, of a query or of the file of lines, to an array of them with one number changed; the first
// two change nothing.
void library_untouched(const job&);
void library_no_change(const job&);
void library_change(const job&);
void hand_change(const job&);
void dom_change(const job&);
void rapidjson_change(const job&);
void boost_json_change(const job&);
void nlohmann_change(const job&);

// All parents, nested, with their children.
void read_children(const job&);
void hand_children(const job&);
void library_children(const job&);
void hand_lookup(const job&);
void library_lookup(const job&);
void library_batches(const job&);
void library_interlaced(const job&);
void json_group_children(const job&);

// Three columns of each child, summed up.
void hand_expand(const job&);
void library_expand(const job&);

// Rows of fields as the columns of a frame: in chunks, or whole.
void hand_frames(const job&);
void library_frames(const job&);
void library_whole_frame(const job&);

// The rows of one query 31 times, each as a query of its own, on one stream; and with one more beside them that waits
// for ever.
void library_queries(const job&);
void library_queries_and_a_stalled_one(const job&);

// Rows of fields out of PostgreSQL, to an array of objects; the last two let the server write them.
void read_postgres(const job&);
void hand_postgres(const job&);
void library_postgres(const job&);
void library_postgres_binary(const job&);
void library_postgres_chunked(const job&);
void hand_postgres_whole(const job&);
void row_to_json(const job&);
void json_agg(const job&);

// Servers that answer one request with all rows. They write "PORT" to standard output, and then how many seconds of the
// processor the answer took.
void serve_memory(const job&);          // the bytes are there, and Beast sends them
void serve_memory_by_sink(const job&);  // the library's sink does
void serve_sqlite(const job&);
void serve_postgres(const job&);

// Not compared.
void expand_one_each(const job&);  // the same of one child of each parent
void expand_none(const job&);      // of none, but all are there
void first_chunk(const job&);      // "SECONDS_TO_FIRST_CHUNK SECONDS ROWS BYTES" of the library
void count(const job&);            // the number of rows
void stalled(const job&);          // "HEAP RESIDENT" bytes of a server with clients that read nothing
void write_lines(const job&);      // rows of one JSON text as lines: the file that others read

}  // namespace peers

}  // namespace bench
