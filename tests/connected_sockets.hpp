#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/read.hpp>
#include <boost/system/error_code.hpp>

#include <tidemark/error.hpp>
#include <tidemark/stats.hpp>

#include "drain.hpp"

namespace tests {

/// An event loop with two sockets that are connected, one for the stream and one for its reader. `Protocol`: ip::tcp,
/// or local::stream_protocol.
template <class Protocol>
struct connected_sockets {
  boost::asio::io_context loop;
  typename Protocol::socket ours{loop};
  typename Protocol::socket theirs{loop};

  connected_sockets() {
    if constexpr (std::is_same_v<Protocol, boost::asio::ip::tcp>) {
      boost::asio::ip::tcp::acceptor accepting(loop, {boost::asio::ip::address_v4::loopback(), 0});
      theirs.connect(accepting.local_endpoint());
      accepting.accept(ours);
    } else {
      boost::asio::local::connect_pair(ours, theirs);
    }
  }

  /// Runs the loop until something has arrived.
  void run_until_readable() {
    while (theirs.available() == 0) loop.run_for(std::chrono::milliseconds(1));
  }

  /// All that comes until the other side is closed, and how it was closed.
  std::pair<std::string, boost::system::error_code> read_all() {
    std::string all;
    boost::system::error_code over;
    boost::asio::read(theirs, boost::asio::dynamic_buffer(all), over);
    return {std::move(all), over};
  }
};

/// How a writing ended.
struct outcome {
  std::exception_ptr failed;
  std::optional<tidemark::stats> done;

  /// What async_write is given.
  auto taker() {
    return [this](std::exception_ptr why, tidemark::stats figures) {
      failed = std::move(why);
      done = figures;
    };
  }
  tidemark::error failure_thrown() const {
    return thrown_by([&] {
      if (failed) std::rethrow_exception(failed);
    });
  }
};

}  // namespace tests
