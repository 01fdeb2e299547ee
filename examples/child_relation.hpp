#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <tidemark/producer.hpp>
#include <tidemark/walk/on.hpp>
#include <tidemark/walk/relations.hpp>

/// What one --child of the export says.
struct child_relation {
  std::string path;  ///< its name behind those of its ancestors: "albums.tracks"
  tidemark::joined_relation joined;
  std::string sql;
};

/// What stands between the separators.
inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t end = text.find(separator); end != std::string::npos; end = text.find(separator, start)) {
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

/// Reads NAME:KEYS:SQL. `before`: the relations that were declared before this one. Throws CLI::ValidationError, which
/// quotes the argument and says what it should be like.
inline child_relation parse_child(const std::string& argument, const std::vector<child_relation>& before) {
  const auto require = [&argument](bool is_right, const std::string& otherwise) {
    if (!is_right)
      throw CLI::ValidationError(fmt::format("--child \"{}\"", argument),
                                 otherwise +
                                     "; wanted is NAME:KEYS:SQL, with PARENTCOLUMN=CHILDCOLUMN in KEYS for "
                                     "each ancestor from the root down, separated by commas");
  };

  const std::size_t name_end = argument.find(':');
  require(name_end != std::string::npos, "there are no KEYS and no SQL");
  const std::size_t keys_end = argument.find(':', name_end + 1);
  require(keys_end != std::string::npos, "there is no SQL");
  const std::string path = argument.substr(0, name_end);
  const std::string keys = argument.substr(name_end + 1, keys_end - name_end - 1);
  std::string sql = argument.substr(keys_end + 1);
  require(!path.empty(), "NAME is empty");
  require(!keys.empty(), "KEYS is empty");
  require(!sql.empty(), "SQL is empty");

  std::vector<std::string> names = split(path, '.');
  require(std::ranges::count(names, "") == 0, "one of the names in NAME is empty");
  const auto place_of = [&before](const std::string& declared) {
    return static_cast<std::size_t>(std::ranges::find(before, declared, &child_relation::path) - before.begin());
  };
  require(place_of(path) == before.size(), fmt::format("\"{}\" is declared twice", path));
  std::size_t parent = 0;  // the rows themselves
  if (names.size() > 1) {
    const std::string parent_path = path.substr(0, path.rfind('.'));
    parent = place_of(parent_path) + 1;
    require(parent <= before.size(),
            fmt::format("its parent \"{}\" is not declared yet: a parent's --child stands before its children's",
                        parent_path));
  }

  std::vector<tidemark::equal> columns;
  for (const std::string& pair : split(keys, ',')) {
    std::vector<std::string> sides = split(pair, '=');
    require(sides.size() == 2 && !sides[0].empty() && !sides[1].empty(),
            fmt::format("\"{}\" is not PARENTCOLUMN=CHILDCOLUMN", pair));
    columns.emplace_back(std::move(sides[0]), std::move(sides[1]));
  }
  require(columns.size() == names.size(),
          fmt::format("the number of its KEYS is {}, that of its ancestors {}", columns.size(), names.size()));
  return {path, {{std::move(names.back()), parent}, tidemark::on(std::move(columns))}, std::move(sql)};
}

/// Reads them all, parents before their children.
inline std::vector<child_relation> parse_children(const std::vector<std::string>& arguments) {
  std::vector<child_relation> children;
  children.reserve(arguments.size());
  for (const std::string& argument : arguments) children.push_back(parse_child(argument, children));
  return children;
}
