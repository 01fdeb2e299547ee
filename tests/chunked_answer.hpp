#pragma once

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlohmann_json.hpp"

namespace tests {

/// The frames of a chunked answer, put together by a parser of somebody else's. What is odd about a message is thrown.
class chunked_answer {
 public:
  struct frame {
    nlohmann::json schema;
    std::vector<nlohmann::json> columns;                                  // arrays of values
    std::map<std::pair<std::size_t, std::size_t>, std::string> entities;  // of a column and a row
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> nanos;     // those that are not 0
    std::vector<std::size_t> rows_of_messages;

    std::size_t rows() const { return columns.empty() ? 0 : columns[0].size(); }
    bool operator==(const frame& other) const;
  };

  explicit chunked_answer(std::string_view lines) { add_lines(lines); }

  void add_lines(std::string_view lines);

  std::map<std::pair<std::string, std::string>, frame> frames;  // by refId and frameId
  std::map<std::string, nlohmann::json> failures;               // by refId

  static void add_rows(frame& to, const nlohmann::json& told);

 private:
  void add(const nlohmann::json& message);
};

/// The one frame of a whole answer, as if it had come in chunks.
chunked_answer::frame frame_of_whole_answer(std::string_view answer, const std::string& ref_id);

}  // namespace tests
