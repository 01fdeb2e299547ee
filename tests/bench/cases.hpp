// What is measured: each case prints one table. They throw where a peer fails or does something else than the others.

#pragma once

#include "plan.hpp"

#include <span>
#include <string_view>

namespace bench {

struct named_case {
  std::string_view name;
  void (*run)(const plan&);
};

// Those of this program.
std::span<const named_case> all_cases();

namespace cases {

void rows(const plan& wanted);         // a table to an array of objects, all peers
void documents(const plan& wanted);    // JSON text passed through
void fields(const plan& wanted);       // three fields of each of a file's lines, all peers
void columns(const plan& wanted);      // three columns of a table's rows
void change(const plan& wanted);       // rows of JSON text with one field changed, all peers
void children(const plan& wanted);     // parents with their children, nested, all peers
void expand(const plan& wanted);       // the same as objects, and what children take of memory
void frames(const plan& wanted);       // a table to chunks of columns, and whole, against an array
void memory(const plan& wanted);       // peak memory against the number of rows, and of one very long value
void first_chunk(const plan& wanted);  // how soon the first bytes are there
void marks(const plan& wanted);        // the library at several marks
void postgres(const plan& wanted);     // a table of PostgreSQL's to an array of objects, all peers, and their memory
void http(const plan& wanted);         // a table as the answer to a request, against the same bytes out of memory
void stalled(const plan& wanted);      // what a server holds for each client that reads nothing

}  // namespace cases

}  // namespace bench
