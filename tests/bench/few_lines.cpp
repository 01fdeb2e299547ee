#include "few_lines.hpp"

#include "lines.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bench {

few_lines::few_lines(const std::string& file, std::int64_t count) : file_{std::tmpfile()} {
  auto fail = [] { throw std::system_error{errno, std::generic_category(), "a file for a few lines"}; };
  if (!file_) fail();
  auto from = lines{file};
  for (; count > 0 && from.next(); --count) {
    auto [data, size] = from.text();
    std::fwrite(data, 1, size, file_.get());
    std::fputc('\n', file_.get());
  }
  if (std::fflush(file_.get()) != 0 || std::ferror(file_.get()) != 0) fail();
}

std::string few_lines::path() const {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fileno(file_.get()));
}

}  // namespace bench
