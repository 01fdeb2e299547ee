#pragma once

#include <string>

#include <tidemark/error.hpp>
#include <tidemark/json/names.hpp>

namespace tidemark::format {

/// What formats with an error record write in it: `{"error":{"kind":"producer","code":"SQLITE_CORRUPT",
/// "message":"...","relation":"albums","row":5001,"byte":1092345}}`, without the members that the error does not have.
inline std::string error_object(const error& failed) {
  std::string made = R"({"error":{"kind":)" + json::quoted(to_string(failed.kind()));
  if (!failed.code().empty()) made += R"(,"code":)" + json::quoted(failed.code());
  made += R"(,"message":)" + json::quoted(failed.message());
  if (!failed.column().empty()) made += R"(,"column":)" + json::quoted(failed.column());
  if (!failed.relation().empty()) made += R"(,"relation":)" + json::quoted(failed.relation());
  if (failed.row()) made += R"(,"row":)" + std::to_string(*failed.row());
  if (failed.byte_offset()) made += R"(,"byte":)" + std::to_string(*failed.byte_offset());
  return made + "}}";
}

}  // namespace tidemark::format
