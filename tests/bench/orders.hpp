// What the hand loops know of the table `orders`.

#pragma once

#include <array>
#include <string_view>

namespace hand {

// Which type the values of a column most likely have.
enum class kind { integer, real, text };

struct column {
  std::string_view name;
  kind likely;
};

inline constexpr auto columns_of_orders = std::to_array<column>({{"id", kind::integer},
                                                                 {"customer", kind::text},
                                                                 {"city", kind::text},
                                                                 {"note", kind::text},
                                                                 {"amount", kind::real},
                                                                 {"weight", kind::real},
                                                                 {"price", kind::text},
                                                                 {"quantity", kind::integer},
                                                                 {"paid", kind::integer},
                                                                 {"created", kind::text}});

}  // namespace hand
