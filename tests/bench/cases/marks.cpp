#include "../cases.hpp"
#include "../table.hpp"

#include <string>
#include <vector>

void bench::cases::marks(const plan& wanted) {
  auto sql = wanted.every_order();
  auto all = std::vector<contestant>{{"best hand loop, 64 KiB", wanted.child("rows", "hand", sql), true}};
  for (auto kib : {1, 4, 16, 64, 256, 1024}) {
    auto work = wanted.child("rows", "library", sql);
    work.insert(work.end(), {"--mark", std::to_string(kib * 1024)});
    all.push_back({"tidemark, " + std::to_string(kib) + " KiB", work});
  }
  measure_and_print("marks, " + std::to_string(wanted.rows) + " rows", all, wanted.rounds);
}
