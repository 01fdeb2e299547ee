#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/field.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// What every adaptor (a producer over a producer) has of the one behind it, which it owns: what that waits for, and
/// its canceller.
template <producer Producer>
class adaptor {
 public:
  static constexpr bool may_be_pending = declares_pending<Producer>;

  std::span<const wait_condition> waits_for()
    requires(has_waits_for<Producer>)
  {
    return rows_.waits_for();
  }

  void wait()
    requires(has_wait<Producer>)
  {
    rows_.wait();
  }

  tidemark::canceller canceller()
    requires(cancellable<Producer>)
  {
    return rows_.canceller();
  }

 protected:
  explicit adaptor(Producer rows) : rows_(std::move(rows)) {}

  Producer rows_;
};

/// An adaptor that hands on rows as they are.
template <flat_producer Producer>
class row_adaptor : public adaptor<Producer> {
 public:
  decltype(auto) text()
    requires(text_producer<Producer>)
  {
    return this->rows_.text();
  }

  tidemark::field key(std::string_view name)
    requires(text_producer<Producer> && keyed_producer<Producer>)
  {
    return this->rows_.key(name);
  }

  std::span<const column> columns()
    requires(field_producer<Producer>)
  {
    return this->rows_.columns();
  }
  tidemark::field field(std::size_t i)
    requires(field_producer<Producer>)
  {
    return this->rows_.field(i);
  }

 protected:
  using adaptor<Producer>::adaptor;
};

}  // namespace tidemark
