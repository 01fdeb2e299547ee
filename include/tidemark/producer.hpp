#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
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

/// What the values of a column are, as far as that is known before they come.
enum class column_type : std::uint8_t {
  unknown,
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  decimal,  ///< digits of any length
  text,
  json,         ///< any JSON values
  time,         ///< points in time; times of day are text
  bytes,        ///< octets
  enumeration,  ///< indexes, 0 to 65,535, of words that stand somewhere else
};

/// A column of a result.
struct column {
  std::string name;
  column_type type = column_type::unknown;  ///< a value of another type may come all the same: see frame_stream
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

/// What has a row of text: text() is one JSON value, which passes through unparsed.
template <class R>
concept row_of_text = requires(R& row) {
  { row.text() } -> borrowed_text;
};

/// What has a row of fields: field(i) is the value of column i, 0 <= i < columns().size(). Asking again gives the same.
template <class R>
concept row_of_fields = requires(R& row, std::size_t i) {
  { row.columns() } -> std::convertible_to<std::span<const column>>;
  { row.field(i) } -> std::same_as<field>;
};

/// What has the JSON of some of its values already: spelled_field(i) is field(i), or, where field(i) is written to the
/// same bytes while json_options say nothing else, a decimal whose "digits" are these bytes; where column i is said to
/// be of integers or floats of some width, these are of that. For writers alone.
template <class R>
concept row_of_spelled_fields = row_of_fields<R> && requires(R& row, std::size_t i) {
  { row.spelled_field(i) } -> std::same_as<field>;
};

/// A producer whose row is text.
template <class P>
concept text_producer = producer<P> && row_of_text<P>;

/// A producer of text whose next rows may be in memory already. Where one is, next_in_place() makes it the row; it lies
/// behind the one before, with nothing but blanks between, and that one stays readable until next() is called. Where
/// none is, it answers false, and next() goes on. Called only where next() or this has given a row.
template <class P>
concept in_place_producer = text_producer<P> && requires(P& p) {
  { p.next_in_place() } -> std::same_as<bool>;
};

/// A producer whose row is fields. columns() may be asked once next() has given a row or the end, and does not change
/// from then on.
template <class P>
concept field_producer = producer<P> && row_of_fields<P>;

/// A producer whose rows have keys, by which they can be joined: fields, or text with key(name), a field of the row
/// that is valid as long as that.
template <class P>
concept keyed_producer = field_producer<P> || (text_producer<P> && requires(P& p, std::string_view name) {
                           { p.key(name) } -> std::same_as<field>;
                         });

/// A producer of one flat sequence of rows: text or fields, not both.
template <class P>
concept flat_producer = (text_producer<P> && !field_producer<P>) || (field_producer<P> && !text_producer<P>);

/// A named to-many or to-one from a row to child rows.
struct relation {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::string name;           ///< the key under which the children stand in their parent; empty for the root
  std::size_t parent = none;  ///< index of the relation that the parent rows belong to; none for the root
  bool to_one = false;        ///< at most one child: an object or null, where to-many is an array
};

/// The name of a relation with those of its ancestors, as errors give it: "albums.tracks". Empty for the root.
inline std::string path_of(std::span<const relation> all, std::size_t which) {
  std::string path;
  for (; which != 0; which = all[which].parent) path.insert(0, path.empty() ? all[which].name : all[which].name + ".");
  return path;
}

namespace producers {
/// What a row of a walk must do.
struct row_reader {
  template <class R>
    requires(row_of_text<R> != row_of_fields<R>)
  void operator()(R&) const {}
};
}  // namespace producers

/// A producer whose rows have relations, any number of levels deep: each parent before its children, depth-first, the
/// relations of one parent in declared order.
///
/// - relations(): what there is; entry 0 is the root, a parent stands before its children. Those of a row are known, in
///   declared order, when the first row of its relation is there, and do not change from then on.
/// - relation(): the index of the relation that the row just reached belongs to.
/// - visit(r, f): calls f with the open row of relation r, the row just reached or an ancestor of it: something that
/// has
///   text(), or columns() and field(i). What one relation has is always the same. See also keeping_walk.
/// - next() answers progress::leave when an open row that has relations is complete, while it can still be read: once
///   for each such row, innermost first.
template <class P>
concept walk = producer<P> && requires(P& p, std::size_t r) {
  { p.relations() } -> std::convertible_to<std::span<const relation>>;
  { p.relation() } -> std::same_as<std::size_t>;
  p.visit(r, producers::row_reader{});
};

/// A walk that holds no row but the one just reached, unless it is asked to: keep(r), called while the row of relation
/// r is that one, makes a copy that can be read until progress::leave. What was read of the row before is no longer
/// valid.
template <class P>
concept keeping_walk = walk<P> && requires(P& p, std::size_t r) { p.keep(r); };

namespace producers {
/// What a walk may be asked to do with the rows of a run.
struct run_reader {
  template <class R>
    requires(row_of_text<R> != row_of_fields<R>)
  bool operator()(R&) const {
    return true;
  }
};
}  // namespace producers

/// A walk that goes through runs by itself: rows of one relation behind each other, which have one parent and no
/// relations of their own. run(use), called behind a row, moves on like next() and calls use(row) for each further row
/// of its run, in place of relation() and visit(). It answers progress::row where `use` has answered false, at that
/// row; progress::pending; and progress::leave where the run is over, behind which next() tells what comes. As many of
/// the first columns as constant_columns() says have one value in all rows that run() gives.
template <class P>
concept running_walk = walk<P> && requires(P& p) {
  { p.run(producers::run_reader{}) } -> std::same_as<progress>;
  { p.constant_columns() } -> std::same_as<std::size_t>;
};

/// A producer whose rows are those of a key, and which can be asked for another one's: bind(keys) leaves out what is
/// left of its rows, and the next call of next() gives the first one of these keys. That, and nothing else, may be
/// called before the first next() and behind progress::end. The keys are not looked at behind the call.
template <class P>
concept bindable_producer = flat_producer<P> && requires(P& p, std::span<const field> keys) { p.bind(keys); };

/// A producer that a stream can write: of flat rows, or of rows that have relations.
template <class P>
concept row_producer = flat_producer<P> || walk<P>;

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
