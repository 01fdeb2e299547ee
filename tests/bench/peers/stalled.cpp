// A server, on one thread, with clients that ask and then read nothing, so that what it holds for each can be told.

#include "../http_answer.hpp"
#include "../http_client.hpp"
#include "../peers.hpp"

#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/beast.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <future>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using bench::awaitable;
using bench::tcp;
using bench::use_awaitable;

// Rows out of nothing, about 10 MB of JSON, so that all that is held is held by the stream.
class made_rows {
 public:
  tidemark::progress next() { return ++row_ > 100'000 ? tidemark::progress::end : tidemark::progress::row; }
  std::span<const tidemark::column> columns() const { return all_columns; }
  tidemark::field field(std::size_t i) const {
    return i == 0 ? tidemark::field::integer(row_) : tidemark::field::text("a note that says the same in each row");
  }

 private:
  static inline const auto all_columns = std::to_array<tidemark::column>({{"id"}, {"note"}});
  std::int64_t row_ = 0;
};

class server {
 public:
  explicit server(std::size_t mark) : mark_{mark} {
    // What the system holds for a connection is not of interest: a little.
    accepting_.set_option(boost::asio::socket_base::send_buffer_size{16384});
    co_spawn(loop_, accept(), boost::asio::detached);
  }

  std::uint16_t port() const { return accepting_.local_endpoint().port(); }

  // Works until nothing more can be done without the clients.
  void settle() {
    while (loop_.run_for(std::chrono::milliseconds{50}) != 0) {}
  }

  void run_for(std::chrono::milliseconds time) { loop_.run_for(time); }

 private:
  awaitable<void> accept() {
    for (;;) co_spawn(loop_, answer(co_await accepting_.async_accept(use_awaitable)), boost::asio::detached);
  }

  awaitable<void> answer(tcp::socket socket) {
    using stream = tidemark::raw_stream<made_rows>;
    co_await bench::read_request(socket);
    auto response = bench::answer_with<tidemark::stream_body<stream>>();
    response.body().stream.emplace(made_rows{}, tidemark::format::array{}, tidemark::byte_mark{mark_});
    try {
      co_await tidemark::async_write(socket, response, use_awaitable);
    } catch (const tidemark::error&) {
      // The client is gone.
    }
  }

  std::size_t mark_;
  boost::asio::io_context loop_{1};
  tcp::acceptor accepting_{loop_, {boost::asio::ip::address_v4::loopback(), 0}};
};

// Two for each client, since both ends are here.
void allow_descriptors(std::size_t count) {
  auto limit = rlimit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < count) throw std::runtime_error{"this system does not allow so many clients (ulimit -n)"};
}

std::size_t heap_bytes() {
  auto used = mallinfo2();
  return used.uordblks + used.hblkhd;
}

std::size_t resident_bytes() {
  auto all = std::size_t{0}, resident = std::size_t{0};
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void bench::peers::stalled(const job& wanted) {
  allow_descriptors(2 * wanted.clients + 64);
  auto serving = server{wanted.mark};
  auto clients = std::vector<http_client::request>{};
  clients.reserve(wanted.clients);
  for (auto i = std::size_t{0}; i < wanted.clients; ++i) {
    clients.emplace_back(serving.port(), 16384);
    serving.run_for(std::chrono::milliseconds{0});
  }
  serving.settle();
  std::printf("%zu %zu\n", heap_bytes(), resident_bytes());

  // None of them keeps another one from being served.
  auto one_more = std::async(std::launch::async, [&] { return http_client::request{serving.port()}.read_all(); });
  while (one_more.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
    serving.run_for(std::chrono::milliseconds{1});
  if (one_more.get() < 1'000'000) throw std::runtime_error{"the last client did not get all rows"};
}
