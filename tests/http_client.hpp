#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace tests {

/// One HTTP request to a server on 127.0.0.1, and its answer as it comes: for clients that stall, or leave.
class http_client {
 public:
  /// `headers`: lines that end with CR LF. `window`: the most that the system takes from the server before it is read,
  /// in bytes, about; 0 leaves it to the system.
  http_client(int port, std::string_view target, std::string_view headers = "", int window = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) fail("socket");
    if (window != 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    const timeval patience{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<std::uint16_t>(port));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) fail("connect");
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + std::string(headers) +
         "\r\n");
  }
  http_client(http_client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  http_client& operator=(http_client&&) = delete;
  ~http_client() { leave(); }

  void send(std::string_view bytes) const {
    if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) fail("send");
  }

  /// Some of what comes, at most `count` bytes; nothing where the server has closed the connection, however. Throws
  /// where nothing comes for a minute.
  std::string read_some(std::size_t count = 65536) const {
    std::string some(count, ' ');
    const ssize_t got = ::recv(socket_, some.data(), some.size(), 0);
    if (got < 0 && errno != ECONNRESET) fail("recv");
    some.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return some;
  }

  /// Exactly so many bytes, unless there are fewer.
  std::string read(std::size_t count) const {
    std::string all;
    while (all.size() != count) {
      const std::string some = read_some(std::min<std::size_t>(count - all.size(), 65536));
      if (some.empty()) break;
      all += some;
    }
    return all;
  }
  std::string read_all() const { return read(static_cast<std::size_t>(-1)); }

  void leave() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

 private:
  [[noreturn]] static void fail(const char* doing) { throw std::system_error(errno, std::generic_category(), doing); }

  int socket_;
};

struct http_answer {
  int status = 0;
  std::string head;  // with the status line, without the empty line
  std::string body;
  bool is_whole = false;

  bool has(std::string_view header) const { return head.find(header) != std::string::npos; }
};

/// Takes an answer apart (RFC 9112), chunked or with its length.
inline http_answer answer_in(std::string_view bytes) {
  http_answer made;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.")) return made;
  made.head = bytes.substr(0, end);
  made.status = std::atoi(made.head.c_str() + 9);
  bytes.remove_prefix(end + 4);
  if (const std::size_t length = made.head.find("Content-Length: "); length != std::string::npos) {
    made.body = bytes;
    made.is_whole = bytes.size() == static_cast<std::size_t>(std::atoll(made.head.c_str() + length + 16));
    return made;
  }
  if (!made.has("Transfer-Encoding: chunked")) {
    made.body = bytes;
    return made;
  }
  while (!bytes.empty()) {
    const std::size_t line = bytes.find("\r\n");
    if (line == std::string_view::npos) return made;
    const std::size_t size = std::stoul(std::string(bytes.substr(0, line)), nullptr, 16);
    bytes.remove_prefix(line + 2);
    made.body += bytes.substr(0, size);
    if (bytes.size() < size + 2) return made;
    bytes.remove_prefix(size + 2);
    if (size == 0) {
      made.is_whole = bytes.empty();
      return made;
    }
  }
  return made;
}

inline http_answer get(int port, std::string_view target, std::string_view headers = "") {
  return answer_in(http_client(port, target, headers).read_all());
}

}  // namespace tests
