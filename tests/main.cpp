// Only for Catch2 2; Catch2 3 brings a main() of its own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
