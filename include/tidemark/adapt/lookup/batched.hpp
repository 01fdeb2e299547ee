#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/adaptor.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/json/value_writer.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/walk/kept_row.hpp>

namespace tidemark {

/// Rows of fields that are read ahead, a batch at a time. Made by in_batches().
template <field_producer Producer>
class batched : public adaptor<Producer> {
 public:
  batched(Producer rows, row_mark mark) : adaptor<Producer>(std::move(rows)), mark_(mark.count()) {}

  /// The batches of other keys; see bindable_producer.
  void bind(std::span<const tidemark::field> keys)
    requires(bindable_producer<Producer>)
  {
    // Also where it failed among rows that nobody read: it is not asked again then.
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    this->rows_.bind(keys);
    count_ = at_ = 0;
    is_over_ = false;
  }

  progress next() {
    if (at_ + 1 < count_) {
      ++at_;
      return progress::row;
    }
    count_ = at_ = 0;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (is_over_) return progress::end;
    while (count_ != limit_) {
      const progress answer = read();
      if (answer == progress::row) continue;
      if (answer == progress::end) is_over_ = true;
      if (count_ == 0) return answer;
      break;
    }
    limit_ = std::min(2 * limit_, mark_);
    return progress::row;
  }

  std::span<const column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t i) const noexcept { return (*kept_[at_])[i]; }

  bool is_first_of_batch() const noexcept { return at_ == 0; }
  std::size_t count_behind() const noexcept { return count_ - at_ - 1; }
  tidemark::field field_behind(std::size_t n, std::size_t i) const noexcept { return (*kept_[at_ + 1 + n])[i]; }

  /// The values of the columns `names` in all rows of the batch: `[1,2,4]`, of several columns `[[1,"a"],[2,"b"]]`.
  /// Valid until the next call. Throws error (usage) for blobs, for which JSON has no spelling, and text that is not
  /// UTF-8.
  std::string_view keys_of_batch(std::span<const std::string> names) {
    const json_options options{.invalid_utf8 = json_options::bad_utf8::error};
    json::value_writer writer(options, false);
    std::vector<std::size_t> wanted;
    for (const std::string& name : names)
      wanted.push_back(static_cast<std::size_t>(std::ranges::find(columns_, name, &column::name) - columns_.begin()));
    keys_.assign("[");
    for (std::size_t row = 0; row != count_; ++row) {
      if (row != 0) keys_ += ',';
      if (wanted.size() > 1) keys_ += '[';
      for (const std::size_t i : wanted) {
        if (i != wanted.front()) keys_ += ',';
        const tidemark::field value = (*kept_[row])[i];
        if (value.type() == tidemark::field::kind::bytes)
          throw error(failure::usage, "a blob cannot be a key of a batch: JSON has no blobs")
              .in_column(columns_[i].name);
        json::append_value(keys_, writer, value);
      }
      if (wanted.size() > 1) keys_ += ']';
    }
    return keys_ += ']';
  }

 private:
  /// Reads one row more; what fails is kept until those before it have been handed out.
  progress read() {
    try {
      const progress answer = this->rows_.next();
      if (answer != progress::row) return answer;
      if (columns_.empty()) columns_.assign(this->rows_.columns().begin(), this->rows_.columns().end());
      if (kept_.size() == count_) kept_.push_back(std::make_unique<kept_row>());
      kept_[count_]->keep(this->rows_);
      ++count_;
      return answer;
    } catch (...) {
      if (count_ == 0) throw;
      failure_ = std::current_exception();
      return progress::end;
    }
  }

  std::size_t mark_;
  std::size_t limit_ = 1;  // rows of the next batch
  std::vector<std::unique_ptr<kept_row>> kept_;
  std::size_t count_ = 0;  // rows of the batch
  std::size_t at_ = 0;     // the row among them
  bool is_over_ = false;
  std::exception_ptr failure_;
  std::vector<column> columns_;
  std::string keys_;
};

/// The rows of a producer, up to `mark` of them read ahead and kept, so that lookup() asks once for the children of all
/// of them. The first batch is one row, each one behind it twice as many. Long values are kept whole.
template <field_producer Producer>
batched<Producer> in_batches(Producer rows, row_mark mark = row_mark{100}) {
  return {std::move(rows), mark};
}

}  // namespace tidemark
