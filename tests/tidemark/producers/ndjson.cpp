#include <tidemark/producers/ndjson.hpp>

#include "catch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <tidemark/error.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/raw_stream.hpp>

namespace producers_ndjson_tests {

using tidemark::byte_mark;
using tidemark::error;
using tidemark::failure;
using tidemark::object_stream;
using tidemark::progress;
using tidemark::raw_stream;
namespace ndjson = tidemark::ndjson;

namespace {

using list = std::vector<std::string>;

/// Gives a text in pieces of a given size; fails at its end where that is asked for.
class pieces {
 public:
  pieces(std::string all, std::size_t step, bool fails = false) : all_(std::move(all)), step_(step), fails_(fails) {}

  std::size_t read(std::span<char> into) {
    const std::size_t count = std::min({into.size(), step_, all_.size() - at_});
    if (count == 0 && fails_) throw error(failure::producer, "the line is cut");
    std::memcpy(into.data(), all_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string all_;
  std::size_t step_;
  bool fails_;
  std::size_t at_ = 0;
};

template <class Producer>
list rows_of(Producer rows) {
  list made;
  while (rows.next() == progress::row) made.emplace_back(rows.text());
  return made;
}

/// A file with a given content, removed in the end.
class written_file {
 public:
  explicit written_file(std::string_view content)
      : path_((std::filesystem::temp_directory_path() / ("tidemark-ndjson-" + std::to_string(::getpid()))).string()) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  written_file(const written_file&) = delete;
  written_file& operator=(const written_file&) = delete;
  ~written_file() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class non_blocking_pipe {
 public:
  non_blocking_pipe() {
    REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0);
    REQUIRE(::fcntl(ends_[0], F_SETFL, O_NONBLOCK) == 0);
  }
  non_blocking_pipe(const non_blocking_pipe&) = delete;
  non_blocking_pipe& operator=(const non_blocking_pipe&) = delete;
  ~non_blocking_pipe() {
    ::close(ends_[0]);
    finish();
  }
  int reading() const { return ends_[0]; }
  bool write(std::string_view text) const {
    return ::write(ends_[1], text.data(), text.size()) == ssize_t(text.size());
  }
  void finish() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2]{};
};

static_assert(tidemark::always_blocks<ndjson::rows<ndjson::file>>);
static_assert(tidemark::always_blocks<ndjson::rows<ndjson::stream>>);
static_assert(tidemark::has_waits_for<ndjson::rows<ndjson::descriptor>>);
static_assert(tidemark::flat_producer<ndjson::rows<pieces>> && tidemark::text_producer<ndjson::rows<pieces>>);

}  // namespace

TEST_CASE("lines are the rows, however the bytes come in and whatever the mark is") {
  const std::string text = "\xEF\xBB\xBF{\"a\":1}\r\n\n  \t\r\n{\"b\": \"two\\n\"}\n \n\r\n[3]\r\r\n\n{\"long\":\"" +
                           std::string(100, 'x') + "\"}\n  {\"blanks\":5} \n{\"last\":6}";
  const list expected{
      "{\"a\":1}",         "{\"b\": \"two\\n\"}", "[3]\r", "{\"long\":\"" + std::string(100, 'x') + "\"}",
      "  {\"blanks\":5} ", "{\"last\":6}"};
  for (const std::string end : {"", "\n", "\r\n", "\n\n\n", "\r"}) {
    for (std::size_t mark = 1; mark <= 150; ++mark)
      for (const std::size_t step : std::initializer_list<std::size_t>{1, 2, 3, 7, 64, 1000})
        REQUIRE(rows_of(ndjson::rows(pieces(text + end, step), byte_mark(mark))) == expected);
  }
}

TEST_CASE("where there are no lines there are no rows") {
  for (const std::string nothing : {"", "\n", "\r\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n", "   ", " \n \r\n\t\n"})
    CHECK(rows_of(ndjson::rows(pieces(nothing, 1))).empty());
  CHECK(rows_of(ndjson::rows(pieces("\n\xEF\xBB\xBF{}", 1))) == list{"\xEF\xBB\xBF{}"});
}

TEST_CASE("a line much longer than the mark is a row, and so are those behind it") {
  const std::string long_line = "\"" + std::string(1'000'000, 'x') + "\"";
  for (const std::size_t mark : std::initializer_list<std::size_t>{1, 10, 4096}) {
    const list rows = rows_of(ndjson::rows(pieces("1\n" + long_line + "\n2\n" + long_line, 100'000), byte_mark(mark)));
    REQUIRE(rows.size() == 4);
    CHECK(rows[0] == "1");
    CHECK(rows[1] == long_line);
    CHECK(rows[2] == "2");
    CHECK(rows[3] == long_line);
  }
}

TEST_CASE("a file is read from its path, and one that cannot be is an error with the path") {
  const written_file lines("{\"a\":1}\n{\"a\":2}\n");
  CHECK(rows_of(ndjson::rows(ndjson::file(lines.path()))) == list{"{\"a\":1}", "{\"a\":2}"});
  try {
    ndjson::file missing("/no/such/file.ndjson");
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.kind() == failure::producer);
    CHECK(failed.message() == "cannot open \"/no/such/file.ndjson\": No such file or directory");
  }
  ndjson::rows folder(ndjson::file("/"));
  try {
    (void)folder.next();
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(failed.message() == "cannot read the lines: Is a directory");
  }
}

TEST_CASE("a stream of the standard library is read to its end, and one that is bad is an error") {
  std::istringstream lines("{\"a\":1}\n{\"a\":2}");
  CHECK(rows_of(ndjson::rows(ndjson::stream(lines))) == list{"{\"a\":1}", "{\"a\":2}"});

  std::istringstream bad("{\"a\":1}\n");
  bad.setstate(std::ios::badbit);
  ndjson::rows rows{ndjson::stream(bad)};
  CHECK_THROWS_AS(rows.next(), error);
}

TEST_CASE("a descriptor that does not block gives what is there, and is pending in between") {
  non_blocking_pipe pipe;
  ndjson::rows rows{ndjson::descriptor(pipe.reading())};
  CHECK(rows.next() == progress::pending);
  CHECK(rows.waits_for()[0].descriptor == pipe.reading());
  REQUIRE(pipe.write("{\"a\":1}\n{\"b\""));
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.text() == "{\"a\":1}");
  CHECK(rows.next() == progress::pending);
  CHECK(rows.next() == progress::pending);
  REQUIRE(pipe.write(":2}\n"));
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.text() == "{\"b\":2}");
  REQUIRE(pipe.write("3"));
  CHECK(rows.next() == progress::pending);
  pipe.finish();
  REQUIRE(rows.next() == progress::row);
  CHECK(rows.text() == "3");
  CHECK(rows.next() == progress::end);
}

TEST_CASE("a loop over a descriptor that does not block waits for its lines") {
  non_blocking_pipe pipe;
  object_stream stream{ndjson::rows{ndjson::descriptor(pipe.reading())}};
  std::thread writer([&pipe] {
    for (int i = 0; i < 500; ++i) {
      const std::string line = "{\"i\":" + std::to_string(i) + "}\n";
      for (const char byte : line)
        if (!pipe.write({&byte, 1})) return;
    }
    pipe.finish();
  });
  int count = 0;
  for (auto&& row : stream) {
    if (row.get<int>("i") != count) break;
    ++count;
  }
  writer.join();
  CHECK(count == 500);
}

TEST_CASE("lines that come from one format go to another as they are") {
  const std::string lines = "{\"a\": 1.50}\n[ 2 ]\n\"three\"\n";
  raw_stream same{ndjson::rows{pieces(lines, 5)}, tidemark::format::ndjson{}, byte_mark(3)};
  std::string made;
  while (const auto chunk = same.pull()) made += *chunk;
  CHECK(made == lines);
  raw_stream array{ndjson::rows{pieces(lines, 5)}};
  CHECK(*array.pull() == "[{\"a\": 1.50},[ 2 ],\"three\"]");
}

TEST_CASE("when the source fails, the rows before come out, then the error once") {
  object_stream stream{ndjson::rows{pieces("{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n{\"i\"", 3, true)}};
  for (int i = 0; i < 3; ++i) CHECK(stream.pull()->get<int>("i") == i);
  try {
    (void)stream.pull();
    FAIL("nothing was thrown");
  } catch (const error& failed) {
    CHECK(std::string(failed.what()) == "the line is cut, at row 4");
  }
  CHECK(stream.failed());
  CHECK(!stream.pull());
}

}  // namespace producers_ndjson_tests
