#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tidemark/canceller.hpp>
#include <tidemark/field.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// What a producer's next() came to. Exactly one of these is true after each call.
enum class progress {
  row,      ///< there is a row, readable until the next call
  leave,    ///< walks only: the innermost open row that has relations is complete; it is still readable
  pending,  ///< no row yet, and none without waiting: nothing was lost, ask again later
  end,      ///< there are no more rows; next() is not called again
};

/// A column of a result.
struct column {
  std::string name;
};

/// Where rows come from. next() moves to the next row, which stays readable until next() is called again. It throws
/// on failure and is not called after that, nor after progress::end. Destroying a producer, at any point, releases
/// what it holds (cursor, connection) in a usable state.
template <class P>
concept producer = std::move_constructible<P> && requires(P& p) {
  { p.next() } -> std::same_as<progress>;
};

/// A view of text that is not the memory of a temporary: a std::string_view, a const char*, or a reference to a string.
template <class T>
concept borrowed_text = std::convertible_to<T, std::string_view> &&
                        (std::is_lvalue_reference_v<T> || std::is_trivially_copyable_v<std::remove_cvref_t<T>>);

/// A producer whose row is text: text() is one JSON value, which passes through unparsed.
template <class P>
concept text_producer = producer<P> && requires(P& p) {
  { p.text() } -> borrowed_text;
};

/// A producer of text whose next rows may be in memory already. Where one is, next_in_place() makes it the row; it lies
/// behind the one before, with nothing but blanks between, and that one stays readable until next() is called. Where
/// none is, it answers false, and next() goes on. Called only where next() or this has given a row.
template <class P>
concept in_place_producer = text_producer<P> && requires(P& p) {
  { p.next_in_place() } -> std::same_as<bool>;
};

/// A producer whose row is fields: field(i) is the value of column i, 0 <= i < columns().size(). Asking again gives
/// the same. columns() may be asked once next() has given a row or the end, and does not change from then on.
template <class P>
concept field_producer = producer<P> && requires(P& p, std::size_t i) {
  { p.columns() } -> std::convertible_to<std::span<const column>>;
  { p.field(i) } -> std::same_as<field>;
};

/// A producer of one flat sequence of rows: text or fields, not both.
template <class P>
concept flat_producer = (text_producer<P> && !field_producer<P>) || (field_producer<P> && !text_producer<P>);

/// A named to-many or to-one from a row to child rows.
struct relation {
  static constexpr std::size_t root = static_cast<std::size_t>(-1);

  std::string name;                  ///< the key under which the children stand in their parent; empty for the root
  std::size_t parent = root;         ///< index of the relation that the parent rows belong to
  bool to_one = false;               ///< at most one child: an object or null, where to-many is an array
  std::vector<column> columns = {};  ///< of the rows of this relation, where they are fields
};

/// A producer whose rows have relations, any number of levels deep: each parent before its children, depth-first, the
/// relations of one parent in declared order.
///
/// - relations(): what there is, fixed before the first row; entry 0 is the root, a parent stands before its children.
/// - relation(): the index of the relation that the row just reached belongs to.
/// - field(r, i): column i of the open row of relation r: the row just reached, or an ancestor of it;
///   or text(r), where the rows are text.
/// - next() answers progress::leave when an open row that has relations is complete, while it can still be read and
///   before its cursor moves: once for each such row, innermost first.
template <class P>
concept walk = producer<P> && requires(P& p) {
  { p.relations() } -> std::convertible_to<std::span<const relation>>;
  { p.relation() } -> std::same_as<std::size_t>;
} && (requires(P& p, std::size_t r, std::size_t i) {
  { p.field(r, i) } -> std::same_as<field>;
} || requires(P& p, std::size_t r) {
  { p.text(r) } -> borrowed_text;
});

/// A producer that says what it waits for while it is pending. The span is valid until its next call to next().
template <class P>
concept has_waits_for = requires(P& p) {
  { p.waits_for() } -> std::convertible_to<std::span<const wait_condition>>;
};

/// A producer that can block until it is worth asking again.
template <class P>
concept has_wait = requires(P& p) { p.wait(); };

/// A producer that declares that it may answer pending although it cannot say what it waits for:
/// `static constexpr bool may_be_pending = true;`. Whoever pulls from it must know on its own when to ask again.
template <class P>
concept declares_pending = requires { requires P::may_be_pending; };

/// A producer that never answers pending: SQLite, a file, a range.
template <class P>
concept always_blocks = !has_waits_for<P> && !has_wait<P> && !declares_pending<P>;

/// A producer from which a stream can offer pull(), which blocks: it never waits, or says for what, or waits itself.
template <class P>
concept can_block = always_blocks<P> || has_waits_for<P> || has_wait<P>;

/// A producer whose query can be stopped from another thread.
template <class P>
concept cancellable = requires(P& p) {
  { p.canceller() } -> std::same_as<canceller>;
};

}  // namespace tidemark
