#pragma once

#include <concepts>
#include <span>
#include <tuple>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/members.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// A row as a struct: each member that members_of names is read from the field of that name. A field that is missing is
/// an error, but for a std::optional; fields that the struct does not name are not looked at. Throws error (value).
template <described Struct, object Object>
  requires std::default_initializable<Struct>
Struct row_as(const Object& row) {
  Struct made{};
  std::apply(
      [&]<class... Values>(const member<Struct, Values>&... one) {
        ((made.*one.pointer = row.template get<Values>(one.name)), ...);
      },
      members_of<Struct>);
  return made;
}

/// The rows of a producer as structs; see row_as(). Made by rows_as(). Otherwise as object_stream.
template <described Struct, flat_producer Producer>
class struct_stream : public pull_interface<struct_stream<Struct, Producer>, Struct> {
 public:
  static constexpr bool can_pull = object_stream<Producer>::can_pull;

  explicit struct_stream(Producer rows, row_mark mark = {}) : rows_(std::move(rows), mark) {}

  /// The next row; or pending, or the end, which stays the end. What it holds views of is borrowed until the next call.
  /// Throws error (value) with can_go_on() for a row that is not such a struct, and what the producer failed with,
  /// once.
  pulled<Struct> try_pull() {
    const auto next = rows_.try_pull();
    if (next.is_pending()) return pulled<Struct>::pending();
    if (next.is_end()) return pulled<Struct>::end();
    return pulled<Struct>::item(row_as<Struct>(*next));
  }

  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Producer>)
  {
    return rows_.waits_for();
  }
  void wait()
    requires(can_block<Producer>)
  {
    rows_.wait();
  }
  tidemark::canceller canceller()
    requires(cancellable<Producer>)
  {
    return rows_.canceller();
  }

  void close() noexcept { rows_.close(); }
  bool failed() const noexcept { return rows_.failed(); }
  tidemark::stats stats() const noexcept { return rows_.stats(); }

 private:
  object_stream<Producer> rows_;
};

/// The rows of a producer as structs whose members are named once (see members_of):
///
///     for (const track& one : tidemark::rows_as<track>(tidemark::sqlite::query{db, "select * from Track"})) ...
template <described Struct, flat_producer Producer>
struct_stream<Struct, Producer> rows_as(Producer rows, row_mark mark = {}) {
  return struct_stream<Struct, Producer>(std::move(rows), mark);
}

}  // namespace tidemark
