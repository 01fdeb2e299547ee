// The same rows as the columns of a frame.

#include "../peers.hpp"
#include "../standard_output.hpp"

#include <tidemark/any_stream.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/wait_condition.hpp>
#include <tidemark/write_to.hpp>

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

auto stream_of(const bench::job& wanted, std::string ref_id = "A") {
  auto db = tidemark::sqlite::connection::open_read_only(wanted.database);
  auto options = tidemark::frame_options{};
  options.ref_id = std::move(ref_id);
  options.mark = tidemark::byte_mark{wanted.mark};
  return tidemark::frame_stream{tidemark::sqlite::query{std::move(db), wanted.query}, std::move(options)};
}

// Rows that never come.
class stalled_rows {
 public:
  stalled_rows() {
    auto ends = std::array<int, 2>{};
    if (::pipe(ends.data()) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    never_ = {ends[0], POLLIN, -1};
  }

  static tidemark::progress next() { return tidemark::progress::pending; }
  static std::span<const tidemark::column> columns() { return {}; }
  static tidemark::field field(std::size_t) { return tidemark::field::null(); }
  std::span<const tidemark::wait_condition> waits_for() const { return {&never_, 1}; }

 private:
  tidemark::wait_condition never_{};
};

auto queries_of(const bench::job& wanted) {
  auto all = std::vector<tidemark::any_stream>{};
  for (auto i = 0; i < 31; ++i) all.emplace_back(stream_of(wanted, "Q" + std::to_string(i)));
  return tidemark::multiplex{std::move(all)};
}

// Until all that are left are pending.
void write_what_comes(tidemark::multiplex all) {
  for (auto next = all.try_pull(); next.is_item(); next = all.try_pull()) bench::write_all(next->data(), next->size());
}

}  // namespace

void bench::peers::library_queries(const job& wanted) { write_what_comes(queries_of(wanted)); }

void bench::peers::library_queries_and_a_stalled_one(const job& wanted) {
  auto all = queries_of(wanted);
  all.add(tidemark::frame_stream{stalled_rows{}});
  write_what_comes(std::move(all));
}

void bench::peers::library_frames(const job& wanted) {
  auto stream = stream_of(wanted);
  tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
}

void bench::peers::library_whole_frame(const job& wanted) {
  auto whole = collect(stream_of(wanted));
  write_all(whole.data(), whole.size());
}
