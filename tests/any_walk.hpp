#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>

namespace tests {

/// A walk of any type behind a type that is always the same, so that what reads it is compiled once.
class any_walk {
 public:
  template <class Walk>
    requires(!std::same_as<Walk, any_walk> && tidemark::walk<Walk>)
  explicit any_walk(Walk walk) : held_(std::make_unique<holder<Walk>>(std::move(walk))) {}

  tidemark::progress next() { return held_->next(); }
  std::span<const tidemark::relation> relations() { return held_->relations(); }
  std::size_t relation() { return held_->relation(); }
  void wait() { held_->wait(); }

  template <class Use>
  tidemark::progress run(Use use) {
    const std::size_t r = relation();
    return held_->run([&] { return visit(r, use); });
  }
  std::size_t constant_columns() { return held_->constant_columns(); }

  template <class Use>
  decltype(auto) visit(std::size_t r, Use&& use) {
    if (held_->is_text(r)) {
      text_row row{held_.get(), r};
      return use(row);
    }
    fields_row row{held_.get(), r};
    return use(row);
  }

 private:
  struct face {
    face() = default;
    face(const face&) = delete;
    face& operator=(const face&) = delete;
    virtual ~face() = default;
    virtual tidemark::progress next() = 0;
    virtual std::span<const tidemark::relation> relations() = 0;
    virtual std::size_t relation() = 0;
    virtual void wait() = 0;
    virtual tidemark::progress run(const std::function<bool()>& use) = 0;
    virtual std::size_t constant_columns() = 0;
    virtual bool is_text(std::size_t r) = 0;
    virtual std::string_view text(std::size_t r) = 0;
    virtual std::span<const tidemark::column> columns(std::size_t r) = 0;
    virtual tidemark::field field(std::size_t r, std::size_t i) = 0;
  };

  struct text_row {
    face* held;
    std::size_t r;
    std::string_view text() const { return held->text(r); }
  };
  struct fields_row {
    face* held;
    std::size_t r;
    std::span<const tidemark::column> columns() const { return held->columns(r); }
    tidemark::field field(std::size_t i) const { return held->field(r, i); }
  };

  template <class Walk>
  struct holder final : face {
    explicit holder(Walk walk) : rows(std::move(walk)) {}

    tidemark::progress next() override { return rows.next(); }
    std::span<const tidemark::relation> relations() override { return rows.relations(); }
    std::size_t relation() override { return rows.relation(); }
    void wait() override {
      if constexpr (tidemark::has_wait<Walk>) rows.wait();
    }
    tidemark::progress run(const std::function<bool()>& use) override {
      if constexpr (tidemark::running_walk<Walk>) return rows.run([&](auto&) { return use(); });
      return tidemark::progress::leave;
    }
    std::size_t constant_columns() override {
      if constexpr (tidemark::running_walk<Walk>) return rows.constant_columns();
      return 0;
    }
    bool is_text(std::size_t r) override {
      return rows.visit(r, [](auto& row) { return tidemark::row_of_text<std::remove_reference_t<decltype(row)>>; });
    }
    std::string_view text(std::size_t r) override {
      return rows.visit(r, [](auto& row) -> std::string_view {
        if constexpr (tidemark::row_of_text<std::remove_reference_t<decltype(row)>>) return row.text();
        return {};
      });
    }
    std::span<const tidemark::column> columns(std::size_t r) override {
      return rows.visit(r, [](auto& row) -> std::span<const tidemark::column> {
        if constexpr (tidemark::row_of_fields<std::remove_reference_t<decltype(row)>>) return row.columns();
        return {};
      });
    }
    tidemark::field field(std::size_t r, std::size_t i) override {
      return rows.visit(r, [i](auto& row) -> tidemark::field {
        if constexpr (tidemark::row_of_fields<std::remove_reference_t<decltype(row)>>) return row.field(i);
        return tidemark::field::null();
      });
    }

    Walk rows;
  };

  std::unique_ptr<face> held_;
};

}  // namespace tests
