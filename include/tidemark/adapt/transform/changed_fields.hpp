#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tidemark/adapt/transform/changes.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/object_writer.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/whole_row.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// Writes rows of fields, changed or not, as text.
class changed_fields {
 public:
  explicit changed_fields(const json_options& options) : options_(options) {}

  /// Writes the row that `rows` is at with its changes. The text is valid until the next call. Throws as
  /// json::object_writer does.
  template <field_producer Producer>
  std::string_view write(Producer& rows, const changes& made) {
    shape& wanted = shape_of(rows.columns(), made);
    changed_row<Producer> row{rows, made, wanted.sources};
    return text_.write(wanted.writer, row);
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  /// Where the value of a field comes from.
  struct source {
    std::uint32_t column;  // of the producer, or
    std::uint32_t change;  // where this is not none, the change that may have the value
  };

  /// The columns of rows that were changed in the same way, and their writer. The same few changes are made to most
  /// rows of a result.
  struct shape {
    struct step {
      std::uint32_t place;
      bool is_removed;
      bool is_renamed;
      std::string name;
    };
    std::vector<step> steps;
    std::vector<source> sources;
    json::object_writer writer;

    bool is_of(const changes& made) const noexcept {
      return std::ranges::equal(steps, made.all(), [&](const step& mine, const change& one) {
        return mine.place == one.place && mine.is_removed == one.is_removed && mine.is_renamed == one.is_renamed &&
               mine.name == made.text(one.name);
      });
    }
  };

  template <field_producer Producer>
  struct changed_row {
    Producer& rows;
    const changes& made;
    std::span<const source> sources;

    tidemark::field field(std::size_t i) const {
      const source& from = sources[i];
      if (from.change == none) return rows.field(from.column);
      const change::part value = made.all()[from.change].value;
      return value.size == 0 ? rows.field(from.column) : tidemark::field::json(made.text(value));
    }
  };

  shape& shape_of(std::span<const column> columns, const changes& made) {
    for (const auto& one : shapes_)
      if (one->is_of(made)) return *one;
    if (shapes_.size() == most_shapes) shapes_.clear();
    return *shapes_.emplace_back(make_shape(columns, made));
  }

  std::unique_ptr<shape> make_shape(std::span<const column> columns, const changes& made) const {
    std::vector<shape::step> steps;
    std::vector<source> sources;
    std::vector<column> written;
    const auto name_of = [&](const change& one) { return std::string(made.text(one.name)); };

    std::uint32_t at = 0;  // the change
    const std::span<const change> all = made.all();
    for (const change& one : all) steps.push_back({one.place, one.is_removed, one.is_renamed, name_of(one)});
    for (std::uint32_t i = 0; i != columns.size(); ++i) {
      if (at == all.size() || all[at].place != i) {
        written.push_back(columns[i]);
        sources.push_back({i, none});
        continue;
      }
      const change& one = all[at];
      if (!one.is_removed) {
        written.push_back(one.is_renamed ? column{name_of(one)} : columns[i]);
        sources.push_back({i, at});
      }
      ++at;
    }
    for (; at != all.size(); ++at) {
      written.push_back({name_of(all[at])});
      sources.push_back({none, at});
    }
    return std::make_unique<shape>(std::move(steps), std::move(sources), json::object_writer(written, options_, false));
  }

  static constexpr std::size_t most_shapes = 16;

  json_options options_;
  json::whole_row text_;
  std::vector<std::unique_ptr<shape>> shapes_;
};

}  // namespace tidemark
