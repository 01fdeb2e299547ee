#pragma once

#include <compare>
#include <concepts>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/field.hpp>

namespace tidemark {

/// The columns of one ancestor and those of the child that hold the same key.
struct equal {
  std::vector<std::string> ancestor;
  std::vector<std::string> child;

  /// One column, of the same name in both.
  template <std::convertible_to<std::string> Name>
  equal(const Name& name) : ancestor{name}, child{name} {}
  /// One column of each.
  equal(std::string of_ancestor, std::string of_child) : ancestor{std::move(of_ancestor)}, child{std::move(of_child)} {}
  /// Several columns of each, in their order.
  equal(std::initializer_list<std::string> of_ancestor, std::initializer_list<std::string> of_child)
      : ancestor(of_ancestor), child(of_child) {}
};

/// Which children belong to which parent: for each ancestor of a child, from the root down, the columns that are equal.
///
///     on("ArtistId")                          // of albums, whose parents are artists
///     on("ArtistId", equal("Id", "AlbumId"))  // of tracks, whose parents are albums (Id), and theirs artists
///
/// Rows of all relations are in the order of these columns, ascending unless something else is said: numbers by their
/// value, text and octets by their bytes.
class on {
 public:
  template <std::convertible_to<equal>... Columns>
  explicit on(const Columns&... columns) : path_{equal(columns)...} {}
  /// The same of a number of ancestors that is known only when the program runs.
  explicit on(std::vector<equal> columns) : path_(std::move(columns)) {}

  enum class ordering { ascending, descending, compared, any };

  /// What decides which of two keys comes first: the key of a child, and that of an ancestor.
  using comparison = std::function<std::weak_ordering(const field& child, const field& ancestor)>;

  /// The rows are in descending order.
  on&& descending() && {
    order_ = ordering::descending;
    return std::move(*this);
  }
  /// The rows are in the order of a comparison: that of the collation by which a database has sorted them, for example.
  on&& compared_by(comparison compare) && {
    order_ = ordering::compared;
    compare_ = std::move(compare);
    return std::move(*this);
  }
  /// The rows are in any order that parents and children share. A child without a parent is found only when all parents
  /// are over; those behind it are then without one, too.
  on&& in_any_order() && {
    order_ = ordering::any;
    return std::move(*this);
  }

  const std::vector<equal>& path() const noexcept { return path_; }
  ordering order() const noexcept { return order_; }
  const comparison& compare() const noexcept { return compare_; }

 private:
  std::vector<equal> path_;
  ordering order_ = ordering::ascending;
  comparison compare_;
};

}  // namespace tidemark
