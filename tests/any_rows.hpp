#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>

namespace tests {

/// A producer of text of any type behind a type that is always the same, so that the stream over it is compiled once.
class any_text {
 public:
  template <class Producer>
    requires(!std::same_as<Producer, any_text> && tidemark::text_producer<Producer>)
  explicit any_text(Producer rows) : rows_(std::make_unique<holder<Producer>>(std::move(rows))) {}
  static constexpr bool may_be_pending = true;
  tidemark::progress next() { return rows_->next(); }
  std::string_view text() { return rows_->text(); }

 private:
  struct interface {
    interface() = default;
    interface(const interface&) = delete;
    interface& operator=(const interface&) = delete;
    virtual ~interface() = default;
    virtual tidemark::progress next() = 0;
    virtual std::string_view text() = 0;
  };
  template <class Producer>
  struct holder final : interface {
    explicit holder(Producer given) : rows(std::move(given)) {}
    tidemark::progress next() override { return rows.next(); }
    std::string_view text() override { return rows.text(); }
    Producer rows;
  };

  std::unique_ptr<interface> rows_;
};

/// The same for a producer of fields.
class any_fields {
 public:
  template <class Producer>
    requires(!std::same_as<Producer, any_fields> && tidemark::field_producer<Producer>)
  explicit any_fields(Producer rows) : rows_(std::make_unique<holder<Producer>>(std::move(rows))) {}
  static constexpr bool may_be_pending = true;
  tidemark::progress next() { return rows_->next(); }
  std::span<const tidemark::column> columns() { return rows_->columns(); }
  tidemark::field field(std::size_t i) { return rows_->field(i); }

 private:
  struct interface {
    interface() = default;
    interface(const interface&) = delete;
    interface& operator=(const interface&) = delete;
    virtual ~interface() = default;
    virtual tidemark::progress next() = 0;
    virtual std::span<const tidemark::column> columns() = 0;
    virtual tidemark::field field(std::size_t i) = 0;
  };
  template <class Producer>
  struct holder final : interface {
    explicit holder(Producer given) : rows(std::move(given)) {}
    tidemark::progress next() override { return rows.next(); }
    std::span<const tidemark::column> columns() override { return rows.columns(); }
    tidemark::field field(std::size_t i) override { return rows.field(i); }
    Producer rows;
  };

  std::unique_ptr<interface> rows_;
};

/// Which of them a producer can be.
template <class Producer>
using any_flat_rows = std::conditional_t<tidemark::text_producer<Producer>, any_text, any_fields>;

}  // namespace tests
