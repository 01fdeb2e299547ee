#pragma once

#include <concepts>
#include <tuple>
#include <utility>

#include <tidemark/high_water_mark.hpp>
#include <tidemark/members.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/pull.hpp>

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
class struct_stream : public pull_interface<struct_stream<Struct, Producer>, Struct>, private object_stream<Producer> {
  using pulls = pull_interface<struct_stream, Struct>;
  using rows = object_stream<Producer>;

 public:
  explicit struct_stream(Producer producer, row_mark mark = {}, byte_mark window = {})
      : rows(std::move(producer), mark, window) {}

  /// The next row; or pending, or the end, which stays the end. What it holds views of is borrowed until the next call.
  /// Throws error (value) with can_go_on() for a row that is not such a struct, and what the producer failed with,
  /// once.
  pulled<Struct> try_pull() {
    const auto next = rows::try_pull();
    if (next.is_pending()) return pulled<Struct>::pending();
    if (next.is_end()) return pulled<Struct>::end();
    return pulled<Struct>::item(row_as<Struct>(*next));
  }

  using pulls::begin;
  using pulls::end;
  using pulls::pull;
  using rows::can_pull;
  using rows::canceller;
  using rows::close;
  using rows::failed;
  using rows::stats;
  using rows::wait;
  using rows::waits_for;
};

/// The rows of a producer as structs whose members are named once (see members_of):
///
///     for (const track& one : tidemark::rows_as<track>(tidemark::sqlite::query{db, "select * from Track"})) ...
template <described Struct, flat_producer Producer>
struct_stream<Struct, Producer> rows_as(Producer rows, row_mark mark = {}, byte_mark window = {}) {
  return struct_stream<Struct, Producer>(std::move(rows), mark, window);
}

}  // namespace tidemark
