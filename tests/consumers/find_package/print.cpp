#include <fmt/format.h>

#include <iostream>
#include <string_view>

#include <tidemark/fmt.hpp>
#include <tidemark/version.hpp>

static_assert(std::string_view{TIDEMARK_VERSION} == PACKAGE_VERSION, "the package and its header differ in version");

int main() { std::cout << fmt::format("{}", tidemark::byte_mark{65536}) << '\n'; }
