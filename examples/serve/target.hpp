#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/json/names.hpp>
#include <tidemark/json/options.hpp>

/// What a request asks for, taken apart and decoded (RFC 3986): /tables/NAME?format=array.
class target {
 public:
  explicit target(std::string_view text) {
    const std::size_t question = text.find('?');
    path_ = decoded(text.substr(0, question));
    is_sound_ = is_sound_ && is_text(path_);
    if (question == std::string_view::npos) return;
    for (std::string_view rest = text.substr(question + 1); !rest.empty();) {
      const std::size_t end = std::min(rest.find('&'), rest.size());
      const std::string_view one = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = std::min(one.find('='), one.size());
      parameters_.emplace_back(decoded(one.substr(0, equals)), decoded(one.substr(std::min(equals + 1, one.size()))));
    }
  }

  /// Whether all of it could be decoded.
  bool is_sound() const noexcept { return is_sound_ && path_.starts_with('/'); }

  const std::string& path() const noexcept { return path_; }

  std::optional<std::string> parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters_)
      if (key == name) return value;
    return std::nullopt;
  }

 private:
  std::string decoded(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i != text.size(); ++i) {
      if (text[i] != '%') {
        made += text[i];
        continue;
      }
      const int high = i + 3 <= text.size() ? digit(text[i + 1]) : -1;
      const int low = high >= 0 ? digit(text[i + 2]) : -1;
      if (low < 0) {
        is_sound_ = false;
        return made;
      }
      made += static_cast<char>(high * 16 + low);
      i += 2;
    }
    return made;
  }

  /// UTF-8, without NUL, which no name of a table has.
  static bool is_text(const std::string& decoded) {
    try {
      tidemark::json::quoted(decoded, tidemark::json_options::bad_utf8::error);
    } catch (const tidemark::error&) {
      return false;
    }
    return decoded.find('\0') == std::string::npos;
  }

  static int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  bool is_sound_ = true;
  std::string path_;
  std::vector<std::pair<std::string, std::string>> parameters_;
};
