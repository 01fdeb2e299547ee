// The same rows as the columns of a frame.

#include "../peers.hpp"
#include "../standard_output.hpp"

#include <tidemark/frame_stream.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/write_to.hpp>

#include <unistd.h>

#include <utility>

namespace {

auto stream_of(const bench::job& wanted) {
  auto db = tidemark::sqlite::connection::open_read_only(wanted.database);
  auto options = tidemark::frame_options{};
  options.mark = tidemark::byte_mark{wanted.mark};
  return tidemark::frame_stream{tidemark::sqlite::query{std::move(db), wanted.query}, std::move(options)};
}

}  // namespace

void bench::peers::library_frames(const job& wanted) {
  auto stream = stream_of(wanted);
  tidemark::write_to(tidemark::sinks::descriptor{STDOUT_FILENO}, stream);
}

void bench::peers::library_whole_frame(const job& wanted) {
  auto whole = collect(stream_of(wanted));
  write_all(whole.data(), whole.size());
}
