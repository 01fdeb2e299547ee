#include <tidemark/sinks/descriptor.hpp>

#include "catch.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

#include <tidemark/error.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>
#include <tidemark/write_to.hpp>

#include "drain.hpp"

namespace sinks_descriptor_tests {

using tidemark::error;
using tidemark::failure;
using tidemark::sinks::descriptor;

namespace {

static_assert(tidemark::sink<descriptor>);
static_assert(!std::is_convertible_v<int, descriptor>);

/// Two connected descriptors: what is written to one end is read from the other.
struct connection {
  connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    stop_reading();
    stop_writing();
  }
  void stop_reading() {
    if (reading >= 0) ::close(std::exchange(reading, -1));
  }
  void stop_writing() {
    if (writing >= 0) ::close(std::exchange(writing, -1));
  }
  int reading = -1;
  int writing = -1;
};

struct pipe_connection : connection {
  pipe_connection() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    reading = ends[0];
    writing = ends[1];
  }
};

struct local_connection : connection {
  local_connection() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    reading = ends[0];
    writing = ends[1];
  }
};

struct tcp_connection : connection {
  tcp_connection() {
    const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(listening >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listening, any, size) == 0);
    REQUIRE(::listen(listening, 1) == 0);
    REQUIRE(::getsockname(listening, any, &size) == 0);
    writing = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(writing >= 0);
    REQUIRE(::connect(writing, any, size) == 0);
    reading = ::accept(listening, nullptr, nullptr);
    ::close(listening);
    REQUIRE(reading >= 0);
  }
};

/// Bytes that tell where they are from.
std::string numbered_bytes(std::size_t size) {
  std::string made;
  for (std::size_t i = 0; made.size() < size; ++i) made += std::to_string(i) + ' ';
  made.resize(size);
  return made;
}

/// Reads to the end, `step` bytes at a time; gives way between two reads, so that the writer has to wait.
std::string read_slowly(int from, std::size_t step) {
  std::string all;
  std::string buffer(step, '?');
  for (;;) {
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count <= 0) return all;
    all.append(buffer, 0, static_cast<std::size_t>(count));
    std::this_thread::yield();
  }
}

/// What came out at the other end of a sink that was given `all` in chunks.
std::string sent(
    connection& between, std::string_view all, std::size_t chunk_size, std::size_t step,
    const std::function<void()>& before_reading = [] {}) {
  std::string received;
  std::thread reader([&] {
    before_reading();
    received = read_slowly(between.reading, step);
  });
  std::optional<error> failed;
  try {
    descriptor sink(between.writing);
    for (std::size_t i = 0; i < all.size(); i += chunk_size) sink.write(all.substr(i, chunk_size));
  } catch (const error& caught) {
    failed = caught;
  }
  between.stop_writing();
  reader.join();
  if (failed) FAIL_CHECK(failed->what());
  return received;
}

/// What a write fails with; nothing where it does not fail, however often it is tried.
std::optional<error> failure_of(int to, std::string_view chunk) {
  try {
    for (int i = 0; i < 1000; ++i) descriptor(to).write(chunk);
  } catch (const error& caught) {
    return caught;
  }
  return std::nullopt;
}

bool is_pending(int signal) {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, signal) == 1;
}

bool is_blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

/// What a program does with SIGPIPE, put back as it was afterwards.
class sigpipe_disposition {
 public:
  explicit sigpipe_disposition(void (*handler)(int)) {
    struct sigaction wanted{};
    wanted.sa_handler = handler;
    sigaction(SIGPIPE, &wanted, &before_);
  }
  sigpipe_disposition(const sigpipe_disposition&) = delete;
  sigpipe_disposition& operator=(const sigpipe_disposition&) = delete;
  ~sigpipe_disposition() { sigaction(SIGPIPE, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

class sigpipe_mask {
 public:
  explicit sigpipe_mask(bool blocked) {
    sigset_t only_pipe;
    sigemptyset(&only_pipe);
    sigaddset(&only_pipe, SIGPIPE);
    pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &only_pipe, &before_);
  }
  sigpipe_mask(const sigpipe_mask&) = delete;
  sigpipe_mask& operator=(const sigpipe_mask&) = delete;
  ~sigpipe_mask() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

std::atomic<int> pipe_signals = 0;
void count_pipe_signal(int) { ++pipe_signals; }

/// Writes to each kind of connection whose reader is gone: an error each time, no signal, and the mask as it was.
void check_reader_gone() {
  const bool was_blocked = is_blocked(SIGPIPE);
  const bool was_pending = is_pending(SIGPIPE);
  const auto check = [&](const char* kind, auto between) {
    INFO(kind);
    between.stop_reading();
    for (int i = 0; i < 3; ++i) {
      const std::optional<error> failed = failure_of(between.writing, "{}");
      REQUIRE(failed);
      CHECK(failed->kind() == failure::reader_gone);
      CHECK(failed->code() == "EPIPE");
      CHECK(is_blocked(SIGPIPE) == was_blocked);
      CHECK(is_pending(SIGPIPE) == was_pending);
    }
  };
  check("pipe", pipe_connection());
  check("local socket", local_connection());
  check("TCP", tcp_connection());
}

class temporary_file {
 public:
  temporary_file() { REQUIRE(descriptor_ >= 0); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    ::close(descriptor_);
    ::unlink(name_.c_str());
  }
  int number() const { return descriptor_; }
  std::string text() const {
    std::ifstream in(name_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string name_ = (std::filesystem::temp_directory_path() / "tidemark-XXXXXX").string();
  int descriptor_ = ::mkstemp(name_.data());
};

}  // namespace

TEST_CASE("a file descriptor gets all chunks in order, and is not closed") {
  const temporary_file file;
  const std::string all = numbered_bytes(100'000);
  {
    descriptor sink(file.number());
    for (std::size_t i = 0; i < all.size(); i += 777) sink.write(std::string_view(all).substr(i, 777));
    sink.write("");
  }
  CHECK(file.text() == all);
  CHECK(::fcntl(file.number(), F_GETFD) != -1);
}

TEST_CASE("a whole stream goes through a pipe to a slow reader") {
  tidemark::testing::script rows;
  std::string all = "[";
  for (int i = 0; i < 3000; ++i) {
    const std::string row = "{\"i\":" + std::to_string(i) + ",\"text\":\"" + std::string(100, 'x') + "\"}";
    rows.text(row);
    all += (i == 0 ? "" : ",") + row;
  }
  all += "]";
  pipe_connection pipe;
  std::string received;
  std::thread reader([&] { received = read_slowly(pipe.reading, 1000); });
  const tidemark::stats done =
      tidemark::write_to(descriptor(pipe.writing), tidemark::raw_stream{tidemark::testing::scripted_text(rows)});
  pipe.stop_writing();
  reader.join();
  CHECK(done.bytes == all.size());
  CHECK((received == all));
}

TEST_CASE("a chunk that is far longer than a pipe holds is written whole") {
  pipe_connection pipe;
  const std::string all = numbered_bytes(1'000'000);
  CHECK((sent(pipe, all, all.size(), 4096) == all));
}

TEST_CASE("a descriptor that does not block is waited for, and partial writes go on where they stopped") {
  const std::string all = numbered_bytes(300'000);
  for (const std::size_t chunk_size : {std::size_t{10'007}, all.size()}) {
    INFO("chunks of " << chunk_size);
    local_connection between;
    const int smallest = 1;  // the system makes it as small as it can
    REQUIRE(::setsockopt(between.writing, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest) == 0);
    REQUIRE(::fcntl(between.writing, F_SETFL, O_NONBLOCK) == 0);
    REQUIRE(::write(between.writing, all.data(), all.size()) < static_cast<ssize_t>(all.size()));  // partial, that is
    std::string received = sent(between, all, chunk_size, 500);
    REQUIRE(received.size() > all.size());
    received.erase(0, received.size() - all.size());
    CHECK((received == all));
  }
}

TEST_CASE("a pipe that does not block and is full is waited for") {
  pipe_connection pipe;
  REQUIRE(::fcntl(pipe.writing, F_SETFL, O_NONBLOCK) == 0);
  const std::string filling(4096, 'x');
  std::size_t before = 0;
  for (ssize_t count = 0; (count = ::write(pipe.writing, filling.data(), filling.size())) > 0;)
    before += static_cast<std::size_t>(count);
  const std::string all = numbered_bytes(50'000);
  const std::string received = sent(pipe, all, 999, 1024);
  CHECK((received == std::string(before, 'x') + all));
}

TEST_CASE("a storm of signals that interrupt writing loses and repeats nothing") {
  static std::atomic<int> caught;
  caught = 0;
  struct sigaction action{}, before{};
  action.sa_handler = [](int) { ++caught; };  // and no SA_RESTART
  REQUIRE(sigaction(SIGUSR1, &action, &before) == 0);
  const pthread_t writer = pthread_self();
  std::atomic<bool> is_over = false;
  const std::string all = numbered_bytes(400'000);
  for (const bool blocks : {true, false}) {
    INFO((blocks ? "blocking" : "not blocking"));
    is_over = false;
    caught = 0;
    std::thread storm([&] {
      while (!is_over) {
        pthread_kill(writer, SIGUSR1);
        std::this_thread::yield();
      }
    });
    pipe_connection pipe;
    if (!blocks) REQUIRE(::fcntl(pipe.writing, F_SETFL, O_NONBLOCK) == 0);
    // Nobody reads until writing was interrupted many times, in the middle of a chunk that the pipe cannot hold.
    const std::string received = sent(pipe, all, all.size(), 4096, [] {
      while (caught < 200) std::this_thread::yield();
    });
    is_over = true;
    storm.join();
    CHECK(caught >= 200);
    CHECK((received == all));
  }
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("a reader that went away is an error without a signal, where SIGPIPE would end the program") {
  const sigpipe_disposition deadly(SIG_DFL);
  const sigpipe_mask open(false);
  check_reader_gone();
}

TEST_CASE("a reader that went away is an error where the program ignores SIGPIPE") {
  const sigpipe_disposition ignoring(SIG_IGN);
  const sigpipe_mask open(false);
  check_reader_gone();
}

TEST_CASE("a reader that went away is an error, and no call, where the program handles SIGPIPE") {
  pipe_signals = 0;
  const sigpipe_disposition handling(&count_pipe_signal);
  const sigpipe_mask open(false);
  check_reader_gone();
  CHECK(pipe_signals == 0);
  raise(SIGPIPE);
  CHECK(pipe_signals == 1);  // a signal of the program's own still arrives
}

TEST_CASE("a reader that went away leaves no SIGPIPE behind where the program has blocked it") {
  const sigpipe_disposition deadly(SIG_DFL);
  const sigpipe_mask blocked(true);
  check_reader_gone();
  CHECK(is_blocked(SIGPIPE));
  CHECK(!is_pending(SIGPIPE));
}

TEST_CASE("a SIGPIPE that was pending before a reader went away stays pending") {
  pipe_signals = 0;
  const sigpipe_disposition handling(&count_pipe_signal);
  {
    const sigpipe_mask blocked(true);
    raise(SIGPIPE);
    REQUIRE(is_pending(SIGPIPE));
    check_reader_gone();
    CHECK(is_pending(SIGPIPE));
    CHECK(pipe_signals == 0);
  }
  CHECK(pipe_signals == 1);
}

TEST_CASE("the other signals that a thread has blocked stay blocked, and the open ones open") {
  sigset_t wanted, before, after;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGUSR2);
  sigaddset(&wanted, SIGTERM);
  pthread_sigmask(SIG_SETMASK, &wanted, &before);
  pipe_connection pipe;
  descriptor(pipe.writing).write("x");
  pipe.stop_reading();
  const auto failed = failure_of(pipe.writing, "x");
  pthread_sigmask(SIG_SETMASK, &before, &after);
  REQUIRE(failed);
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP})
    CHECK(sigismember(&after, signal) == sigismember(&wanted, signal));
}

TEST_CASE("a reader that goes away while a write waits for it is an error, too") {
  for (const bool blocks : {true, false}) {
    pipe_connection pipe;
    if (!blocks) REQUIRE(::fcntl(pipe.writing, F_SETFL, O_NONBLOCK) == 0);
    std::thread reader([&] {
      char first = 0;
      while (::read(pipe.reading, &first, 1) != 1) continue;
      pipe.stop_reading();
    });
    const auto failed = failure_of(pipe.writing, std::string(200'000, 'x'));
    reader.join();
    REQUIRE(failed);
    CHECK(failed->kind() == failure::reader_gone);
  }
}

TEST_CASE("a full disk is an error of the sink, in the system's words") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) SKIP_TEST("there is no /dev/full");
  const auto failed = failure_of(full, "{}");
  ::close(full);
  REQUIRE(failed);
  CHECK(failed->kind() == failure::sink);
  CHECK(std::string(failed->what()).find("No space left on device") != std::string::npos);
}

TEST_CASE("a full disk closes the stream at once") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) SKIP_TEST("there is no /dev/full");
  tidemark::testing::scripted_text rows(tidemark::testing::script().text("1"));
  const auto seen = rows.watch();
  tidemark::raw_stream stream{std::move(rows), tidemark::format::array{}, tidemark::byte_mark(1)};
  CHECK_THROWS_AS(tidemark::write_to(descriptor(full), stream), error);
  ::close(full);
  CHECK(!seen->is_alive);
}

TEST_CASE("a descriptor that cannot be written is an error of the sink") {
  const auto closed = failure_of(-1, "x");
  REQUIRE(closed);
  CHECK(closed->kind() == failure::sink);
  CHECK(closed->message().find("Bad file descriptor") != std::string::npos);
  pipe_connection pipe;
  const auto wrong_end = failure_of(pipe.reading, "x");
  REQUIRE(wrong_end);
  CHECK(wrong_end->kind() == failure::sink);
}

TEST_CASE("a connection that the reader tore down is a reader that went away") {
  tcp_connection between;
  const linger at_once{1, 0};
  REQUIRE(::setsockopt(between.reading, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  between.stop_reading();
  const auto failed = failure_of(between.writing, "x");
  REQUIRE(failed);
  CHECK(failed->kind() == failure::reader_gone);
  CHECK(failed->code() == "ECONNRESET");
}

TEST_CASE("a reader that takes nothing for longer than the patience lasts is an error, in a pipe and in a socket") {
  const auto check = [](const connection& ends) {
    tidemark::raw_stream stream{
        tidemark::testing::scripted_text(tidemark::testing::script().text("\"" + std::string(1'000'000, 'x') + "\""))};
    descriptor sink(ends.writing, 0.03);
    try {
      write_to(sink, stream);
      FAIL("it was written");
    } catch (const error& failed) {
      CHECK(failed.kind() == failure::timed_out);
      CHECK(failed.message() == "the reader of the output took nothing for 30 milliseconds");
    }
    CHECK(stream.try_pull().is_end());
  };
  check(pipe_connection());
  check(local_connection());
}

TEST_CASE("signals that arrive meanwhile do not prolong the patience, nor end it") {
  struct sigaction ignored{}, before{};
  ignored.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &ignored, &before);
  std::atomic<bool> is_over = false;
  std::thread disturbing([&, reader = ::pthread_self()] {
    while (!is_over) {
      ::pthread_kill(reader, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  const auto check = [](const connection& ends) {
    tidemark::raw_stream stream{
        tidemark::testing::scripted_text(tidemark::testing::script().text("\"" + std::string(1'000'000, 'x') + "\""))};
    descriptor sink(ends.writing, 0.1);
    CHECK(thrown_by([&] { write_to(sink, stream); }).kind() == failure::timed_out);
  };
  check(pipe_connection());
  check(local_connection());
  is_over = true;
  disturbing.join();
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("a reader that is slow, but takes something in time, gets everything") {
  const auto check = [](const connection& ends) {
    const std::string all(400'000, 'x');
    std::string got;
    std::thread reader([&] {
      std::array<char, 10'000> some;
      while (got.size() != all.size()) {
        const ssize_t count = ::read(ends.reading, some.data(), some.size());
        if (count <= 0) break;
        got.append(some.data(), static_cast<std::size_t>(count));
      }
    });
    descriptor(ends.writing, 20).write(all);
    reader.join();
    CHECK((got == all));
  };
  check(pipe_connection());
  check(local_connection());
}

}  // namespace sinks_descriptor_tests
