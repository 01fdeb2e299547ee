#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/frame/frame_field.hpp>
#include <tidemark/frame/spelling.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/json/options.hpp>

namespace tidemark {

/// What a reader is told where a query failed.
struct frame_failure {
  std::string message;
  int status = 0;                 ///< of HTTP (RFC 9110, section 15); 0 for none
  std::string error_source = {};  ///< "downstream" for the source of the rows, "plugin" for whoever wrote them
};

/// The words of the error; what the database says is downstream, what was asked for in a wrong way is not.
inline frame_failure describe_failure(const error& failed) {
  constexpr const char* downstream = "downstream";
  switch (failed.kind()) {
    case failure::usage: return {failed.what(), 400, "plugin"};
    case failure::producer: return {failed.what(), 500, downstream};
    case failure::canceled: return {failed.what(), 499, downstream};  // nginx's "client closed request"
    case failure::timed_out: return {failed.what(), 504, downstream};
    case failure::value:
    case failure::sink:
    case failure::reader_gone: break;
  }
  return {failed.what(), 500, "plugin"};
}

/// How a frame_stream writes its rows.
struct frame_options {
  std::string ref_id = "A";     ///< which query of a request this answers
  std::string frame_id = "f0";  ///< which frame of that answer
  std::string name = {};        ///< of the frame, as a display shows it; empty for none
  /// A message has as many rows, at least 1, or as many as a mark has room for.
  std::size_t rows_per_chunk = 1000;
  byte_mark mark = {};
  /// In seconds: where the producer would wait, rows that have waited so long for their message to be full go out as
  /// they are. None: they wait, until flush().
  std::optional<double> flush_after = {};
  std::map<std::string, std::string> labels = {};  ///< of every field but those of time, and those that have their own
  std::string meta = {};                           ///< JSON; empty for none
  /// What is known of some columns better than by their producer, by their names. A name that the result does not have
  /// is an error.
  std::vector<frame_field> fields = {};
  /// Whether values become what their column is where they can: numbers text, whole numbers reals that are not exact.
  /// Those of columns to which `fields` give a type always do.
  bool widen = false;
  /// How octets are spelled, and whether text that is not UTF-8 is an error. The rest of the options does not apply.
  json_options values = {};
  std::function<frame_failure(const error&)> describe = describe_failure;
};

namespace frames {

/// What a message of a frame begins with, up to its schema or its data.
inline std::string envelope(const frame_options& options) {
  return R"({"refId":)" + quoted(options.ref_id, json::escapes::html) + R"(,"frameId":)" +
         quoted(options.frame_id, json::escapes::html) + R"(,"frame":)";
}

/// The message that says that a query failed.
inline std::string failure_message(std::string_view ref_id, const frame_failure& failed) {
  std::string made = R"({"refId":)" + quoted(ref_id, json::escapes::html) + R"(,"error":)" +
                     quoted(failed.message, json::escapes::html);
  if (failed.status != 0) made += R"(,"status":)" + std::to_string(failed.status);
  if (!failed.error_source.empty()) made += R"(,"errorSource":)" + quoted(failed.error_source, json::escapes::html);
  return made + "}\n";
}

// A whole answer: {"results":{"A":{"status":200,"frames":[...]},...}}.

inline constexpr std::string_view answer_start = R"({"results":{)";
inline constexpr std::string_view result_end = "]}";
inline constexpr std::string_view answer_end = "}}";

/// What a query's result begins with, up to its frames: behind them stands result_end. `failed`: null where it has not.
inline void append_result_start(std::string& to, std::string_view ref_id, const frame_failure* failed) {
  to += quoted(ref_id, json::escapes::necessary) + ":{";
  int status = 200;
  if (failed != nullptr) {
    to += R"("error":)" + quoted(failed->message, json::escapes::necessary) + R"(,"errorSource":)" +
          quoted(failed->error_source, json::escapes::necessary) + ",";
    status = failed->status == 0 ? 500 : failed->status;
  }
  to += R"("status":)" + std::to_string(status) + R"(,"frames":[)";
}

/// One field of a schema.
inline std::string schema_of(const frame_field& field) {
  const type_names names = names_of(field.type);
  std::string made = "{";
  if (!field.name.empty()) made += R"("name":)" + quoted(field.name, json::escapes::necessary) + ",";
  made.append(R"("type":")").append(names.type).append(R"(","typeInfo":{"frame":")").append(names.frame).append("\"");
  made += field.nullable ? R"(,"nullable":true})" : "}";
  if (!field.labels.empty()) made += R"(,"labels":)" + object_of(field.labels);
  if (!field.config.empty()) made += R"(,"config":)" + field.config;
  return made + "}";
}

/// The schema of a frame without its fields, up to where these stand.
inline std::string schema_start(const frame_options& options) {
  std::string made = "{";
  if (!options.name.empty()) made += R"("name":)" + quoted(options.name, json::escapes::necessary) + ",";
  if (!options.ref_id.empty()) made += R"("refId":)" + quoted(options.ref_id, json::escapes::necessary) + ",";
  if (!options.meta.empty()) made += R"("meta":)" + options.meta + ",";
  return made + R"("fields":[)";
}

}  // namespace frames

}  // namespace tidemark
