#pragma once

#include <libpq-fe.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/json/number.hpp>
#include <tidemark/json/time.hpp>

namespace tidemark::postgres {

/// The values of a query's parameters ($1, $2), copied, as libpq wants them: as text whose type the server infers, or
/// octets as they are.
class parameters {
 public:
  parameters() = default;
  template <class... Values>
  explicit parameters(const Values&... values) {
    (add(values), ...);
  }

  std::size_t count() const noexcept { return all_.size(); }

  /// Puts `keys` behind the first `kept` values, in place of those that are there. Throws error (usage).
  void replace(std::size_t kept, std::span<const field> keys) {
    all_.resize(kept);
    for (const field& key : keys) add(key);
  }

  /// Sends `sql` with these values, and says whether its results are to come in binary. False where libpq cannot.
  bool send(PGconn* to, const char* sql, bool in_binary) const {
    std::vector<Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
    for (const one& each : all_) {
      types.push_back(each.is_octets ? octets_type : 0);
      values.push_back(each.is_null ? nullptr : each.value.c_str());
      lengths.push_back(static_cast<int>(each.value.size()));
      formats.push_back(each.is_octets ? 1 : 0);
    }
    return PQsendQueryParams(to, sql, static_cast<int>(count()), types.data(), values.data(), lengths.data(),
                             formats.data(), in_binary ? 1 : 0) == 1;
  }

 private:
  static constexpr Oid octets_type = 17;  // bytea

  struct one {
    std::string value;
    bool is_null = false;
    bool is_octets = false;
  };

  void add(std::nullptr_t) { all_.push_back({{}, true, false}); }
  void add(std::nullopt_t) { add(nullptr); }
  void add(std::same_as<bool> auto value) { all_.push_back({value ? "t" : "f", false, false}); }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void add(T value) {
    all_.push_back({std::to_string(value), false, false});
  }
  void add(std::floating_point auto value) {
    const auto real = static_cast<double>(value);
    if (json::is_nan(real)) {
      all_.push_back({"NaN", false, false});
    } else if (!json::is_finite(real)) {
      all_.push_back({real < 0 ? "-Infinity" : "Infinity", false, false});
    } else {
      std::array<char, json::longest_number> digits;
      const auto end = json::write_real(digits.data(), real);
      all_.push_back({std::string(digits.data(), end), false, false});
    }
  }
  void add(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
      throw error(failure::usage,
                  "the text of parameter " + std::to_string(count() + 1) + " holds NUL, which PostgreSQL cannot hold");
    add_any(std::string(text), false);
  }
  void add(std::span<const std::byte> octets) {
    add_any(std::string(reinterpret_cast<const char*>(octets.data()), octets.size()), true);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    value ? add(*value) : add(nullptr);
  }
  /// A value of another row.
  void add(const field& value) {
    switch (value.type()) {
      case field::kind::null: return add(nullptr);
      case field::kind::boolean: return add(value.as_boolean());
      case field::kind::integer: return add(value.as_integer());
      case field::kind::unsigned_integer: return add(value.as_unsigned_integer());
      case field::kind::real: return add(value.as_real());
      case field::kind::decimal:
      case field::kind::text:
      case field::kind::json: return add(value.as_view());
      case field::kind::bytes: return add(std::as_bytes(std::span(value.as_view())));
      case field::kind::time: {
        std::array<char, json::longest_time> text;
        const auto end = json::write_time(text.data(), value.as_time());
        return add_any(std::string(text.data(), end), false);
      }
      default:
        throw error(failure::usage, "the value of parameter " + std::to_string(count() + 1) +
                                        " comes in pieces, which cannot be bound");
    }
  }

  void add_any(std::string value, bool is_octets) {
    if (value.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      throw error(failure::usage, "the value of parameter " + std::to_string(count() + 1) + " is too long");
    all_.push_back({std::move(value), false, is_octets});
  }

  std::vector<one> all_;
};

}  // namespace tidemark::postgres
