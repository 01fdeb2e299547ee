#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <tidemark/field.hpp>
#include <tidemark/timestamp.hpp>

namespace tidemark {

namespace conversions {

template <class T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

constexpr field to_field(field value) noexcept { return value; }
constexpr field to_field(std::nullptr_t) noexcept { return field::null(); }
constexpr field to_field(std::nullopt_t) noexcept { return field::null(); }
constexpr field to_field(const json_text& value) noexcept { return field::json(value.value); }
constexpr field to_field(const decimal_text& value) noexcept { return field::decimal(value.value); }
constexpr field to_field(const timestamp& value) noexcept { return field::time(value); }
inline field to_field(std::span<const std::byte> value) noexcept { return field::bytes(value); }

constexpr field to_field(std::same_as<bool> auto value) noexcept { return field::boolean(value); }
template <std::signed_integral T>
  requires(!character<T>)
constexpr field to_field(T value) noexcept {
  return field::integer(value);
}
template <std::unsigned_integral T>
  requires(!character<T> && !std::same_as<T, bool>)
constexpr field to_field(T value) noexcept {
  return field::unsigned_integer(value);
}
constexpr field to_field(std::floating_point auto value) noexcept { return field::real(static_cast<double>(value)); }

template <class T>
  requires(std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>)
constexpr field to_field(const T& value) noexcept {
  return field::text(value);
}

/// A point in time: in UTC, with as many digits as its resolution has.
template <class Duration>
constexpr field to_field(std::chrono::sys_time<Duration> value) noexcept {
  using seconds = std::chrono::seconds;
  const auto since = value.time_since_epoch();
  const seconds whole = std::chrono::floor<seconds>(since);
  auto rest = std::chrono::nanoseconds(0);
  if constexpr (std::chrono::treat_as_floating_point_v<typename Duration::rep>) {
    rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - whole);
  } else {
    rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since % seconds(1));
    if (rest.count() < 0) rest += seconds(1);
  }
  constexpr unsigned width = std::chrono::hh_mm_ss<Duration>::fractional_width;
  constexpr auto digits = static_cast<std::uint8_t>(width < 9 ? width : 9);
  return field::time({whole.count(), static_cast<std::uint32_t>(rest.count()), digits, timestamp::form::date_time_utc});
}
constexpr field to_field(std::chrono::year_month_day value) noexcept {
  const auto days = std::chrono::sys_days(value).time_since_epoch();
  return field::time({std::chrono::duration_cast<std::chrono::seconds>(days).count(), 0, 0, timestamp::form::date});
}

template <class T>
struct inside_optionals {
  using type = T;
};
template <class T>
struct inside_optionals<std::optional<T>> : inside_optionals<T> {};

template <class T>
  requires requires(const typename inside_optionals<T>::type& value) { to_field(value); }
constexpr field to_field(const std::optional<T>& value) noexcept {
  return value ? to_field(*value) : field::null();
}

}  // namespace conversions

/// A type whose values can stand in a row: bool, integers, floating point, whatever is a std::string_view, octets
/// (std::span<const std::byte>), std::chrono::sys_time and year_month_day, timestamp, json_text, decimal_text, field,
/// nullptr_t, and std::optional of these.
template <class T>
concept row_value = requires(const T& value) {
  { conversions::to_field(value) } -> std::same_as<field>;
};

}  // namespace tidemark
