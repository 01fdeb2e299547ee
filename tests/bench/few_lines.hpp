// The first lines of a file as a file of its own, which has no name and so is gone when this program ends.

#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace bench {

class few_lines {
 public:
  few_lines(const std::string& file, std::int64_t count);

  // Where this program and its children find it.
  std::string path() const;

 private:
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, closer> file_;
};

}  // namespace bench
