#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/any_stream.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/json/validate.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/range.hpp>

/// One query of a request: {"refId":"A","table":"Track"}.
struct table_query {
  std::string ref_id;
  std::string table;
};

/// Reads {"queries":[...]}, the body of a request. Members that are not known are passed over, as a dashboard sends
/// many. Throws tidemark::error for anything else, and for a refId that stands twice.
inline std::vector<table_query> parse_queries(std::string_view body) {
  constexpr std::size_t most = 32;  // each has a connection of its own
  tidemark::json::check_json(body, true);
  std::vector<table_query> all;
  std::set<std::string> names;
  const std::array<std::string_view, 1> texts{body};
  tidemark::object_stream request{tidemark::range(texts)};
  const auto asked = request.pull();
  for (const auto& one : asked->operator[]("queries").array()) {
    const auto query = one.object();
    all.push_back({query.get<std::string>("refId"), query.get<std::string>("table")});
    if (!names.insert(all.back().ref_id).second)
      throw tidemark::error(tidemark::failure::usage, "two queries have the refId \"" + all.back().ref_id + "\"");
    if (all.size() > most) throw tidemark::error(tidemark::failure::usage, "more than 32 queries in one request");
  }
  if (all.empty()) throw tidemark::error(tidemark::failure::usage, "there are no queries");
  return all;
}

/// Rows of a query that could not be asked.
class refused_rows {
 public:
  explicit refused_rows(std::exception_ptr why) : why_(std::move(why)) {}

  tidemark::progress next() { std::rethrow_exception(why_); }
  static std::span<const tidemark::column> columns() noexcept { return {}; }
  static tidemark::field field(std::size_t) noexcept { return tidemark::field::null(); }

 private:
  std::exception_ptr why_;
};

/// What stands in the answer in place of such a query's rows.
inline tidemark::any_stream refused_query(std::string ref_id, std::exception_ptr why, int status) {
  tidemark::frame_options options;
  options.ref_id = std::move(ref_id);
  options.describe = [status](const tidemark::error& failed) {
    return tidemark::frame_failure{failed.message(), status, status < 500 ? "plugin" : "downstream"};
  };
  return tidemark::frame_stream{refused_rows(std::move(why)), std::move(options)};
}
