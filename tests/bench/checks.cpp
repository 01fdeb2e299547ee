#include "checks.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace bench {

namespace {

using nlohmann::json;

json parse(const peer& who, const std::string& bytes) {
  try {
    return json::parse(bytes);
  } catch (const json::exception& error) {
    throw std::runtime_error{std::string{who.title} + " does not write JSON: " + error.what()};
  }
}

[[noreturn]] void differ(const peer& who, const std::string& where, const std::string& has, const std::string& wanted) {
  throw std::runtime_error{std::string{who.title} + " differs " + where + ": it has " + has + " where it should have " +
                           wanted};
}

void check_bytes(const peer& who, const std::string& bytes, const std::string& expected) {
  if (bytes == expected) return;
  auto shorter = std::min(bytes.size(), expected.size());
  auto at = static_cast<std::size_t>(
      std::mismatch(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(shorter), expected.begin()).first -
      bytes.begin());
  auto from = at < 40 ? 0 : at - 40;
  differ(who, "at byte " + std::to_string(at), "..." + bytes.substr(from, 80), "..." + expected.substr(from, 80));
}

// COPY doubles the backslashes of what it writes, and ends each row with a line feed.
std::string array_of_copied_lines(std::string_view lines) {
  auto result = std::string{"["};
  for (auto at = std::size_t{0}; at < lines.size(); ++at) {
    if (lines[at] == '\\') ++at;
    if (lines[at] != '\n')
      result += lines[at];
    else if (at + 1 < lines.size())
      result += ',';
  }
  return result + ']';
}

// Of chunks, or of a whole answer.
json rows_of_frames(std::string_view text) {
  auto schema = json{}, rows = json::array();
  auto add = [&](const json& frame) {
    if (frame.contains("schema")) schema = frame["schema"]["fields"];
    const auto& values = frame["data"]["values"];
    for (auto row = std::size_t{0}; row < values[0].size(); ++row) {
      rows.push_back(json::object());
      for (auto i = std::size_t{0}; i < values.size(); ++i)
        rows.back()[schema[i]["name"].get<std::string>()] = values[i][row];
    }
  };
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto message = json::parse(text.substr(0, end));
    add(message.contains("results") ? message["results"]["A"]["frames"][0] : message["frame"]);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rows;
}

bool same(const json& value, const json& wanted, bool fifteen_digits) {
  if (!fifteen_digits || !wanted.is_number_float()) return value == wanted;
  if (!value.is_number()) return false;
  auto number = wanted.get<double>();
  return std::fabs(value.get<double>() - number) <= std::fabs(number) * 1e-14;
}

void check_values(const peer& who, const json& rows, const json& wanted, bool fifteen_digits) {
  if (rows.size() != wanted.size())
    differ(who, "in length", std::to_string(rows.size()) + " rows", std::to_string(wanted.size()));
  for (auto i = std::size_t{0}; i < wanted.size(); ++i) {
    auto row = "in row " + std::to_string(i + 1);
    auto place = [&](const std::string& name) { return std::string{row}.append(", ").append(name); };
    if (rows[i].size() != wanted[i].size()) differ(who, row, rows[i].dump(), wanted[i].dump());
    for (const auto& [name, value] : wanted[i].items())
      if (!rows[i].contains(name) || !same(rows[i][name], value, fifteen_digits))
        differ(who, place(name), rows[i].dump(), wanted[i].dump());
  }
}

}  // namespace

void check_outputs(const std::string& bytes, const std::string& values, const std::vector<checked_output>& outputs) {
  auto wanted = json{};
  for (const auto& [who, output] : outputs) {
    if (who->checked == check::none) continue;
    if (who->checked == check::bytes) {
      check_bytes(*who, output, bytes);
      continue;
    }
    if (wanted.is_null()) wanted = parse(*who, values);
    if (who->checked == check::frames) {
      check_values(*who, rows_of_frames(output), wanted, false);
      continue;
    }
    auto array = who->checked == check::copied_lines ? array_of_copied_lines(output) : output;
    check_values(*who, parse(*who, array), wanted, who->checked == check::fifteen_digits);
  }
}

}  // namespace bench
