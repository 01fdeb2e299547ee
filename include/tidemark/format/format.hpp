#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include <tidemark/error.hpp>

namespace tidemark {

/// How rows are framed as bytes. A format is a small value; what stands around every row is constant (at most 8 bytes
/// each), what stands around all of them is asked for once.
///
/// - F::before, F::between, F::after: written before each row, between two rows, and behind each row.
/// - f.head(): written when the first row is there, or the end; f.tail(rows): written behind the last of `rows` rows.
/// - F::one_line: rows may not contain line breaks.
/// - F::single: there is at most one row.
/// - F::error_record(failed, within_row): where the format has one, what tells a reader that the stream failed,
///   possibly in the middle of a row. A format without it is left open.
template <class F>
concept format_type = std::movable<F> && requires(F& f, std::uint64_t rows) {
  { F::before } -> std::convertible_to<std::string_view>;
  { F::between } -> std::convertible_to<std::string_view>;
  { F::after } -> std::convertible_to<std::string_view>;
  { F::one_line } -> std::convertible_to<bool>;
  { F::single } -> std::convertible_to<bool>;
  { f.head() } -> std::same_as<std::string>;
  { f.tail(rows) } -> std::same_as<std::string>;
};

template <class F>
concept has_error_record = requires(const error& failed, bool within_row) {
  { F::error_record(failed, within_row) } -> std::same_as<std::string>;
};

}  // namespace tidemark
