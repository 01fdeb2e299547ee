#include <iostream>

#include <tidemark/version.hpp>

int main() { std::cout << TIDEMARK_VERSION << '\n'; }
