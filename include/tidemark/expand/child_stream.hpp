#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <tidemark/expand/expanded_row.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// The rows of one relation of one row: a stream like the expand_stream that it belongs to. It may be read to its end,
/// in part, or not at all. A to-one is a stream of one row, or none.
///
/// Borrowed like the row that it is of. Pulled after that has been passed, or after a later relation of it was asked
/// for, it throws error (usage), unless it was over.
template <walk Walk>
class child_stream : public pull_interface<child_stream<Walk>, expanded_row<Walk>> {
 public:
  static constexpr bool can_pull = can_block<Walk>;

  child_stream(expansion<Walk>& of, std::size_t relation, std::uint64_t parent) noexcept
      : of_(&of), relation_(relation), parent_(parent) {}

  /// The next row, borrowed until the next call; or pending; or the end, which stays the end. Throws error (value) with
  /// can_go_on() for a row of text that is no object, and what the walk failed with, once for all of its streams.
  pulled<expanded_row<Walk>> try_pull() {
    if (is_over_) return pulled<expanded_row<Walk>>::end();
    auto next = of_->pull_child(relation_, parent_);
    is_over_ = next.is_end();
    return next;
  }

  /// As those of the expand_stream.
  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Walk>)
  {
    return of_->waits_for();
  }
  void wait()
    requires(can_block<Walk>)
  {
    of_->wait();
  }

 private:
  expansion<Walk>* of_;
  std::size_t relation_;
  std::uint64_t parent_;
  bool is_over_ = false;
};

template <walk Walk>
child_stream<Walk> expanded_row<Walk>::child(std::string_view name) const {
  return of_->child(relation_, serial_, name);
}

}  // namespace tidemark
