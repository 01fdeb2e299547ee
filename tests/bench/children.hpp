// Parents with children, and the queries that read them.

#pragma once

#include <cstdint>
#include <string>

namespace bench::children {

// Makes a database of `parents` parents with `each` children each, where there is none at `path` yet.
void make(const std::string& path, std::int64_t parents, std::int64_t each);

inline const std::string all_parents = "select id, name, city from parent order by id";
inline const std::string all_children = "select parent, id, name, amount, quantity from child order by parent, id";
inline const std::string of_parent =
    "select parent, id, name, amount, quantity from child where parent = ? order by id";

}  // namespace bench::children
