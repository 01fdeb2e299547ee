#pragma once

// Catch2 2 and 3 differ in where their header is; the tests use what both have.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <cstdio>

// Ends this test, which ctest then lists as skipped. `reason`: what is missing, as a string literal.
#define SKIP_TEST(reason)                          \
  do {                                             \
    SUCCEED();                                     \
    std::puts("\nThis test was skipped: " reason); \
    return;                                        \
  } while (false)
