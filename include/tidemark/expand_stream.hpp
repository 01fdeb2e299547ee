#pragma once

#include <memory>
#include <span>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/expand/expanded_row.hpp>
#include <tidemark/expand/expansion.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// The rows of a walk as objects whose relations are streams of such objects, to any depth:
///
///     for (auto&& artist : expand_stream{nest(artists, many("albums", albums, on("ArtistId")))})
///       for (auto&& album : artist.child("albums"))
///         count(artist.get<std::string_view>("Name"), album.get<std::string_view>("Title"));
///
/// Each row is read where its producer has it; no child is fetched before it is pulled, and none is kept. A stream may
/// be left at any point: what was not read of a row's children is passed over when its own stream is pulled again. The
/// fields of a row can be read as long as it is borrowed, which is until then.
///
/// When the walk fails, whichever of the streams is pulled throws it, once; all others are over then, and failed()
/// stays true. A row of text that is no object is an error (value) with can_go_on(): the next pull gives the next row.
///
/// Owns its walk, and lets go of it at once when the rows are over, when they fail, in close() and when destroyed.
/// A stream serves one thread at a time. A stream that has been moved from can only be destroyed or assigned to; its
/// rows and their streams go along.
template <walk Walk>
class expand_stream : public pull_interface<expand_stream<Walk>, expanded_row<Walk>> {
 public:
  static constexpr bool can_pull = can_block<Walk>;

  explicit expand_stream(Walk rows) : rows_(std::make_unique<expansion<Walk>>(std::move(rows))) {}

  /// The next row of the root, borrowed until the next call; or pending, where the walk would have to wait; or the end,
  /// which stays the end.
  pulled<expanded_row<Walk>> try_pull() { return rows_->pull_root(); }

  /// As those of every stream; see stream_base. stats().rows counts the rows that were handed out, children too.
  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Walk>)
  {
    return rows_->waits_for();
  }
  void wait()
    requires(can_block<Walk>)
  {
    rows_->wait();
  }
  void limit_time(double seconds) noexcept { rows_->limit_time(seconds); }
  tidemark::canceller canceller()
    requires(cancellable<Walk>)
  {
    return rows_->canceller();
  }
  bool failed() const noexcept { return rows_->failed(); }
  tidemark::stats stats() const noexcept { return rows_->stats(); }

  /// Lets go of the walk at once. The next pull says end.
  void close() noexcept { rows_->close(); }

 private:
  std::unique_ptr<expansion<Walk>> rows_;  // on the heap: rows and their streams point to it
};

}  // namespace tidemark
