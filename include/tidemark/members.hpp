#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace tidemark {

/// One member of a struct and the name of its column.
template <class Struct, class Value>
struct member {
  std::string_view name;
  Value Struct::* pointer;
};

/// The members of a struct, named once for every use: specialize members_of for it.
///
///     template <>
///     inline constexpr auto tidemark::members_of<track> = tidemark::members("id", &track::id, "name", &track::name);
template <class Struct, class Value, class... Rest>
constexpr auto members(std::string_view name, Value Struct::* pointer, Rest... rest) {
  if constexpr (sizeof...(rest) == 0)
    return std::tuple{member<Struct, Value>{name, pointer}};
  else
    return std::tuple_cat(std::tuple{member<Struct, Value>{name, pointer}}, members(rest...));
}

template <class Struct>
inline constexpr auto members_of = nullptr;

template <class Struct>
concept described = !std::is_null_pointer_v<std::remove_const_t<decltype(members_of<Struct>)>>;

}  // namespace tidemark
