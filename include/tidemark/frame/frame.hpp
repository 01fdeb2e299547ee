#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame/epoch.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/producer.hpp>

namespace tidemark {

/// Texts one behind the other in one piece of memory.
class text_column {
 public:
  std::size_t size() const noexcept { return ends_.size(); }
  std::string_view operator[](std::size_t i) const noexcept {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {characters_.data() + begin, ends_[i] - begin};
  }

  /// Adds a text that `write` appends to the std::string that it is given.
  template <class Write>
  void append(Write write) {
    write(characters_);
    ends_.push_back(characters_.size());
  }
  void append(const text_column& more) {
    const std::size_t before = characters_.size();
    characters_ += more.characters_;
    ends_.reserve(ends_.size() + more.ends_.size());
    for (const std::size_t end : more.ends_) ends_.push_back(before + end);
  }
  void resize(std::size_t count) {
    characters_.resize(count == 0 ? 0 : ends_[count - 1]);
    ends_.resize(count);
  }

 private:
  std::string characters_;
  std::vector<std::size_t> ends_;  // of each text in characters_
};

/// A column of a frame that was read: what the schema says of it, and its values.
class frame_column {
 public:
  explicit frame_column(frame_field about) : about_(std::move(about)) {
    switch (about_.type) {
      case column_type::float32:
      case column_type::float64:
      case column_type::decimal: values_ = std::vector<double>(); break;
      case column_type::uint64: values_ = std::vector<std::uint64_t>(); break;
      case column_type::boolean: values_ = std::vector<std::uint8_t>(); break;
      case column_type::unknown:
      case column_type::bytes:
      case column_type::text:
      case column_type::json: values_ = text_column(); break;
      default: break;
    }
  }

  const frame_field& about() const noexcept { return about_; }
  std::size_t size() const {
    return std::visit([](const auto& values) { return values.size(); }, values_);
  }

  /// The values, 0, false or empty where they are null: std::vector<std::int64_t> of integers, indexes of enumerations
  /// and milliseconds of the epoch, std::vector<std::uint64_t> of uint64, std::vector<double>,
  /// std::vector<std::uint8_t> of booleans, text_column of text and JSON.
  template <class Values>
  const Values& values() const {
    return std::get<Values>(values_);
  }
  bool is_null(std::size_t i) const noexcept { return !nulls_.empty() && nulls_[i] != 0; }
  /// Of a time, below the millisecond.
  std::uint32_t nanoseconds(std::size_t i) const noexcept { return nanoseconds_.empty() ? 0 : nanoseconds_[i]; }

  /// The value as a field, valid as long as this column is not changed.
  tidemark::field field(std::size_t i) const {
    using tidemark::field;
    if (is_null(i)) return field::null();
    switch (values_.index()) {
      case 0: break;
      case 1: return field::unsigned_integer(std::get<1>(values_)[i]);
      case 2: return field::real(std::get<2>(values_)[i]);
      case 3: return field::boolean(std::get<3>(values_)[i] != 0);
      default: {
        const std::string_view text = std::get<4>(values_)[i];
        return about_.type == column_type::json ? field::json(text) : field::text(text);
      }
    }
    const std::int64_t value = std::get<0>(values_)[i];
    if (about_.type != column_type::time) return field::integer(value);
    return field::time(frames::from_epoch({value, nanoseconds(i)}));
  }

  // For whoever reads them.

  template <class Values>
  Values& values() {
    return std::get<Values>(values_);
  }
  /// Makes the value just added null.
  void add_null() {
    nulls_.resize(size() - 1, 0);
    nulls_.push_back(1);
  }
  void set_not_null(std::size_t i) noexcept {
    if (i < nulls_.size()) nulls_[i] = 0;
  }
  void set_nanoseconds(std::size_t i, std::uint32_t nanoseconds) {
    nanoseconds_.resize(size(), 0);
    nanoseconds_[i] = nanoseconds;
  }
  /// Makes the lists beside the values as long as these, behind the last of them.
  void complete() {
    if (!nulls_.empty()) nulls_.resize(size(), 0);
    if (!nanoseconds_.empty()) nanoseconds_.resize(size(), 0);
  }
  void resize(std::size_t count) {
    std::visit([count](auto& values) { values.resize(count); }, values_);
    if (nulls_.size() > count) nulls_.resize(count);
    if (nanoseconds_.size() > count) nanoseconds_.resize(count);
    complete();
  }

  /// Adds the values of another column, which has the same type, whole vectors at once.
  void append(const frame_column& more) {
    const auto add = [](auto& to, const auto& from, std::size_t before, std::size_t count) {
      if (to.empty() && from.empty()) return;
      to.resize(before, 0);
      to.insert(to.end(), from.begin(), from.end());
      to.resize(before + count, 0);
    };
    add(nulls_, more.nulls_, size(), more.size());
    add(nanoseconds_, more.nanoseconds_, size(), more.size());
    std::visit(
        [&more]<class Values>(Values& to) {
          const auto& from = std::get<Values>(more.values_);
          if constexpr (std::same_as<Values, text_column>)
            to.append(from);
          else
            to.insert(to.end(), from.begin(), from.end());
        },
        values_);
  }

 private:
  frame_field about_;
  std::variant<std::vector<std::int64_t>, std::vector<std::uint64_t>, std::vector<double>, std::vector<std::uint8_t>,
               text_column>
      values_;
  std::vector<std::uint8_t> nulls_;         // 1 for each null; empty where there is none
  std::vector<std::uint32_t> nanoseconds_;  // empty where there are none
};

class frame_rows;

/// A frame that was read.
struct frame {
  std::string ref_id;
  std::string frame_id;
  std::string name;
  std::string meta;  ///< JSON; empty for none
  std::vector<frame_column> columns;
  std::string schema_text;  ///< as it was read; the columns are made of it

  std::size_t row_count() const { return columns.empty() ? 0 : columns.front().size(); }

  /// Adds the rows of another frame with columns of the same types, whole vectors at once. Throws error (usage) for
  /// others, and adds nothing then.
  void append(const frame& more) {
    if (&more == this) return append(frame(more));
    const auto type = [](const frame_column& one) { return one.about().type; };
    if (!std::ranges::equal(columns, more.columns, {}, type, type))
      throw error(failure::usage, "frames with different columns cannot be put together");
    for (std::size_t i = 0; i != columns.size(); ++i) columns[i].append(more.columns[i]);
  }

  /// Its rows, as a producer: of a frame that stays where it is, or of one that is given away.
  frame_rows rows() const&;
  frame_rows rows() &&;
};

/// The rows of a frame as a producer of fields.
class frame_rows {
 public:
  explicit frame_rows(std::shared_ptr<const frame> whose) : frame_(std::move(whose)) {
    for (const frame_column& one : frame_->columns) columns_.push_back({one.about().name, one.about().type});
  }

  progress next() { return next_++ == frame_->row_count() ? progress::end : progress::row; }
  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const { return frame_->columns[i].field(next_ - 1); }

 private:
  std::shared_ptr<const frame> frame_;
  std::vector<column> columns_;
  std::size_t next_ = 0;
};

inline frame_rows frame::rows() const& { return frame_rows({std::shared_ptr<void>(), this}); }
inline frame_rows frame::rows() && { return frame_rows(std::make_shared<const frame>(std::move(*this))); }

}  // namespace tidemark
