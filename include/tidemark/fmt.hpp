#pragma once

// Formatters of the {fmt} library for errors, statistics and marks. Link tidemark::fmt.

#include <fmt/format.h>

#include <string_view>

#include <tidemark/error.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/stats.hpp>

/// An error as its what(): what happened, in whose words, and where.
template <>
struct fmt::formatter<tidemark::error> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const tidemark::error& failed, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(failed.what(), context);
  }
};

/// A kind of failure by its name.
template <>
struct fmt::formatter<tidemark::failure> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(tidemark::failure kind, Context& context) const {
    const std::string_view name = tidemark::to_string(kind);
    return fmt::formatter<fmt::string_view>::format({name.data(), name.size()}, context);
  }
};

/// A mark with its unit: "65536 bytes".
template <class Unit>
struct fmt::formatter<tidemark::high_water_mark<Unit>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(tidemark::high_water_mark<Unit> mark, Context& context) const {
    return fmt::format_to(context.out(), "{} {}", mark.count(), Unit::name);
  }
};

/// Statistics as one JSON object on one line.
template <>
struct fmt::formatter<tidemark::stats> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const tidemark::stats& done, Context& context) const {
    return fmt::format_to(context.out(),
                          R"({{"rows":{},"bytes":{},"chunks":{},"largest_chunk":{},"peak_buffered":{},)"
                          R"("first_chunk_seconds":{:.6f},"seconds":{:.6f}}})",
                          done.rows, done.bytes, done.chunks, done.largest_chunk, done.peak_buffered,
                          done.first_chunk_seconds, done.seconds);
  }
};
