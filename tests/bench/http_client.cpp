#include "http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace bench::http_client {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

constexpr auto asked = std::string_view{"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"};
constexpr auto status = std::string_view{"HTTP/1.1 200 "};
constexpr auto last_chunk = std::string_view{"\r\n0\r\n\r\n"};

}  // namespace

request::request(std::uint16_t port, int receive_buffer) : socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (socket_ < 0) fail("socket");
  if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  auto address = sockaddr_in{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      send(socket_, asked.data(), asked.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(asked.size())) {
    close(socket_);
    fail("a request");
  }
}

request::request(request&& other) noexcept : socket_{std::exchange(other.socket_, -1)} {}

request::~request() {
  if (socket_ >= 0) close(socket_);
}

std::uint64_t request::read_all() const {
  auto memory = std::vector<char>(262144);
  auto begin = std::string{}, end = std::string{};
  auto size = std::uint64_t{0};
  for (;;) {
    auto count = recv(socket_, memory.data(), memory.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("an answer");
    if (count == 0) break;
    auto piece = std::string_view{memory.data(), static_cast<std::size_t>(count)};
    size += piece.size();
    if (begin.size() < status.size()) begin += piece.substr(0, status.size() - begin.size());
    end += piece.substr(piece.size() - std::min(piece.size(), last_chunk.size()));
    if (end.size() > last_chunk.size()) end.erase(0, end.size() - last_chunk.size());
  }
  if (begin != status || end != last_chunk) throw std::runtime_error{"a server's answer is not whole"};
  return size;
}

}  // namespace bench::http_client
