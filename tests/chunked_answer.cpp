#include "chunked_answer.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "nlohmann_json.hpp"

namespace tests {

bool chunked_answer::frame::operator==(const frame& other) const {
  return schema == other.schema && columns == other.columns && entities == other.entities && nanos == other.nanos;
}

void chunked_answer::add_lines(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) throw std::logic_error("the last line has no end: " + std::string(lines));
    add(tests::parse_json(lines.substr(0, end)));
    lines.remove_prefix(end + 1);
  }
}

void chunked_answer::add_rows(frame& to, const nlohmann::json& told) {
  if (told.contains("schema")) {
    if (!to.schema.is_null()) throw std::logic_error("a second schema");
    to.schema = told.at("schema");
    to.columns.assign(to.schema.at("fields").size(), nlohmann::json::array());
  } else if (to.schema.is_null()) {
    throw std::logic_error("no schema");
  }
  const nlohmann::json& values = told.at("data").at("values");
  const std::size_t before = to.rows();
  if (values.size() != to.columns.size()) throw std::logic_error("the number of columns changes");
  for (std::size_t i = 0; i != values.size(); ++i) {
    if (values[i].size() != values[0].size()) throw std::logic_error("columns differ in length");
    for (const nlohmann::json& one : values[i]) to.columns[i].push_back(one);
  }
  to.rows_of_messages.push_back(to.rows() - before);
  if (const auto lists = told.at("data").find("entities"); lists != told.at("data").end())
    for (std::size_t i = 0; i != lists->size(); ++i)
      for (const auto& [name, rows] : (*lists)[i].items())
        for (const nlohmann::json& row : rows) to.entities[{i, before + row.get<std::size_t>()}] = name;
  if (const auto lists = told.at("data").find("nanos"); lists != told.at("data").end()) {
    if (lists->size() != values.size()) throw std::logic_error("nanos are not of each column");
    for (std::size_t i = 0; i != lists->size(); ++i) {
      if ((*lists)[i].is_null()) continue;
      if ((*lists)[i].size() != values[0].size()) throw std::logic_error("nanos are not of each row");
      for (std::size_t row = 0; row != (*lists)[i].size(); ++row)
        if (const auto nanos = (*lists)[i][row].get<std::size_t>(); nanos != 0) to.nanos[{i, before + row}] = nanos;
    }
  }
}

void chunked_answer::add(const nlohmann::json& message) {
  const std::string ref_id = message.at("refId");
  if (message.contains("error")) {
    if (failures.contains(ref_id)) throw std::logic_error("a query fails twice");
    failures[ref_id] = message;
    return;
  }
  if (failures.contains(ref_id)) throw std::logic_error("rows behind a failure");
  add_rows(frames[{ref_id, message.at("frameId")}], message.at("frame"));
}

chunked_answer::frame frame_of_whole_answer(std::string_view answer, const std::string& ref_id) {
  const nlohmann::json result = tests::parse_json(answer).at("results").at(ref_id);
  if (result.at("status") != 200 || result.at("frames").size() != 1) throw std::logic_error("not one frame");
  chunked_answer::frame made;
  chunked_answer::add_rows(made, result.at("frames").at(0));
  return made;
}

}  // namespace tests
