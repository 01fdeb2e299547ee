// Servers that answer one request, on one thread.

#include "../http_answer.hpp"
#include "../peers.hpp"

#include <tidemark/format/array.hpp>
#include <tidemark/producers/postgres.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/beast.hpp>
#include <tidemark/sinks/string.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/write_to.hpp>

#include <sys/resource.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/optional/optional.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace {

using bench::awaitable;
using bench::job;
using bench::tcp;
using bench::use_awaitable;
namespace http = bench::http;

// Bytes that are there, handed out piece by piece.
class pieces {
 public:
  pieces(std::string_view bytes, std::size_t size) : rest_{bytes}, size_{size} {}

  std::string_view next() {
    auto piece = rest_.substr(0, size_);
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
  std::size_t size_;
};

// As a body for Beast alone.
struct pieces_body {
  using value_type = pieces;

  class writer {
   public:
    using const_buffers_type = boost::asio::const_buffer;

    template <bool is_request, class Fields>
    writer(http::header<is_request, Fields>&, value_type& body) : body_{body} {}

    void init(boost::beast::error_code& failed) { failed = {}; }

    boost::optional<std::pair<const_buffers_type, bool>> get(boost::beast::error_code& failed) {
      failed = {};
      auto piece = body_.next();
      if (piece.empty()) return boost::none;
      return std::pair{const_buffers_type{piece.data(), piece.size()}, true};
    }

   private:
    value_type& body_;
  };
};

// As a stream for the library's sink.
class pieces_stream : pieces {
 public:
  using pieces::pieces;

  tidemark::pulled<std::string_view> try_pull() {
    using pulled = tidemark::pulled<std::string_view>;
    auto piece = next();
    return piece.empty() ? pulled::end() : pulled::item(piece);
  }
  void put_back(std::size_t) {}
  void close() {}
  std::optional<double> seconds_left() const { return std::nullopt; }
  tidemark::stats stats() const { return {}; }
};

double processor_seconds() {
  auto used = rusage{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// `answer`: what writes the response to the socket that it gets.
template <class Answer>
awaitable<void> serve_one(tcp::acceptor& accepting, Answer answer) {
  auto socket = co_await accepting.async_accept(use_awaitable);
  socket.set_option(tcp::no_delay{true});
  co_await bench::read_request(socket);
  auto before = processor_seconds();
  co_await answer(socket);
  std::printf("%.6f\n", processor_seconds() - before);
  socket.shutdown(tcp::socket::shutdown_send);
}

template <class Answer>
void serve(Answer answer) {
  auto loop = boost::asio::io_context{1};
  auto accepting = tcp::acceptor{loop, {boost::asio::ip::address_v4::loopback(), 0}};
  std::printf("%u\n", unsigned{accepting.local_endpoint().port()});
  std::fflush(stdout);
  auto failed = std::exception_ptr{};
  co_spawn(loop, serve_one(accepting, std::move(answer)), [&](std::exception_ptr why) { failed = std::move(why); });
  loop.run();
  if (failed) std::rethrow_exception(failed);
}

// `make`: the stream, when the request is there.
template <class Make>
void serve_stream(Make make) {
  serve([make](tcp::socket& socket) mutable -> awaitable<void> {
    auto response = bench::answer_with<tidemark::stream_body<decltype(make())>>();
    response.body().stream.emplace(make());
    co_await tidemark::async_write(socket, response, use_awaitable);
  });
}

auto stream_of_sqlite(const tidemark::sqlite::connection& db, const job& wanted) {
  return tidemark::raw_stream{tidemark::sqlite::query{db, wanted.query}, tidemark::format::array{},
                              tidemark::byte_mark{wanted.mark}};
}

std::string bytes_of(const job& wanted) {
  auto db = tidemark::sqlite::connection::open_read_only(wanted.database);
  auto stream = stream_of_sqlite(db, wanted);
  auto bytes = std::string{};
  tidemark::write_to(bytes, stream);
  return bytes;
}

}  // namespace

void bench::peers::serve_memory(const job& wanted) {
  auto bytes = bytes_of(wanted);
  serve([&](tcp::socket& socket) -> awaitable<void> {
    auto response = http::response<pieces_body>{answer_with<http::empty_body>().base(), pieces{bytes, wanted.mark}};
    auto serializer = http::response_serializer<pieces_body>{response};
    co_await http::async_write(socket, serializer, use_awaitable);
  });
}

void bench::peers::serve_memory_by_sink(const job& wanted) {
  auto bytes = bytes_of(wanted);
  serve_stream([&] { return pieces_stream{bytes, wanted.mark}; });
}

void bench::peers::serve_sqlite(const job& wanted) {
  auto db = tidemark::sqlite::connection::open_read_only(wanted.database);
  serve_stream([&] { return stream_of_sqlite(db, wanted); });
}

void bench::peers::serve_postgres(const job& wanted) {
  auto db = tidemark::postgres::connection{wanted.postgres};
  serve_stream([&] {
    return tidemark::raw_stream{tidemark::postgres::query{db, wanted.query}, tidemark::format::array{},
                                tidemark::byte_mark{wanted.mark}};
  });
}
