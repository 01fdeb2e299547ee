#include <iostream>

#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>

int main() {
  auto db = tidemark::sqlite::connection{":memory:"};
  auto stream = tidemark::raw_stream{tidemark::sqlite::query{db, "select 1 as a union all select 2"}};
  while (auto chunk = stream.pull()) std::cout.write(chunk->data(), static_cast<std::streamsize>(chunk->size()));
}
