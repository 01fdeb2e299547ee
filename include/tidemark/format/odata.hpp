#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tidemark/json/names.hpp>

namespace tidemark::format {

/// A collection of entities as OData 4.01 answers it (OData JSON Format 4.01, sections 4.5 and 13):
/// `{"@odata.context":"...","@odata.count":2,"value":[{...},{...}],"@odata.nextLink":"..."}`.
///
/// A stream that failed is left open: the specification has an in-stream error leave the response malformed.
class odata {
 public:
  static constexpr std::string_view before = "";
  static constexpr std::string_view between = ",";
  static constexpr std::string_view after = "";
  static constexpr bool one_line = false;
  static constexpr bool single = false;

  odata() = default;

  /// `context`: the URL of the metadata; `count`: how many rows the whole collection has, this page aside.
  explicit odata(std::string context, std::optional<std::uint64_t> count = {})
      : context_(std::move(context)), count_(count) {}

  /// Where the next page is, asked once when the last row is written; empty where there is none.
  odata& next_link(std::function<std::string()> ask) {
    next_link_ = std::move(ask);
    return *this;
  }
  odata& next_link(std::string link) {
    return next_link([link = std::move(link)] { return link; });
  }

  std::string head() const {
    std::string made = "{";
    if (!context_.empty()) made += R"("@odata.context":)" + json::quoted(context_) + ",";
    if (count_) made += R"("@odata.count":)" + std::to_string(*count_) + ",";
    return made + R"("value":[)";
  }
  std::string tail(std::uint64_t) const {
    const std::string link = next_link_ ? next_link_() : "";
    return link.empty() ? "]}" : R"(],"@odata.nextLink":)" + json::quoted(link) + "}";
  }

 private:
  std::string context_;
  std::optional<std::uint64_t> count_;
  std::function<std::string()> next_link_;
};

}  // namespace tidemark::format
