#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace tests {

/// Stands between a client and a server's Unix socket, and breaks the connection behind so many bytes from the server.
class cut_proxy {
 public:
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  /// `server`: the server's socket. The proxy's own is in folder(), under the same name.
  explicit cut_proxy(std::filesystem::path server) : server_(std::move(server)) {
    std::string name = std::filesystem::temp_directory_path() / "tidemark-proxy-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    folder_ = name;
    const sockaddr_un here = address(folder_ / server_.filename());
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening_ < 0 || ::bind(listening_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
        ::listen(listening_, 8) != 0)
      throw std::system_error(errno, std::generic_category(), "listening");
    thread_ = std::thread([this] { run(); });
  }
  cut_proxy(const cut_proxy&) = delete;
  cut_proxy& operator=(const cut_proxy&) = delete;
  ~cut_proxy() {
    is_over_ = true;
    thread_.join();
    ::close(listening_);
    std::filesystem::remove_all(folder_);
  }

  const std::filesystem::path& folder() const noexcept { return folder_; }

  /// How many bytes further from the server still pass.
  void cut_behind(std::size_t count) { left_ = count; }

 private:
  static sockaddr_un address(const std::filesystem::path& path) {
    sockaddr_un made{};
    made.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof made.sun_path) throw std::length_error("the socket's path is too long");
    path.native().copy(made.sun_path, sizeof made.sun_path - 1);
    return made;
  }

  void run() {
    while (!is_over_) {
      pollfd waiting = {listening_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int client = ::accept(listening_, nullptr, nullptr);
      const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_un there = address(server_);
      if (server >= 0 && ::connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0)
        pass(client, server);
      ::close(client);
      ::close(server);
    }
  }

  /// One connection at a time, until one side ends it or enough has passed.
  void pass(int client, int server) {
    std::array<char, 4096> bytes;
    while (!is_over_) {
      std::array<pollfd, 2> both = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      if (::poll(both.data(), both.size(), 20) < 0) return;
      if (both[0].revents != 0) {
        const ssize_t count = ::read(client, bytes.data(), bytes.size());
        if (count <= 0 || ::write(server, bytes.data(), static_cast<std::size_t>(count)) != count) return;
      }
      if (both[1].revents != 0) {
        const ssize_t read = ::read(server, bytes.data(), bytes.size());
        if (read <= 0) return;
        auto count = static_cast<std::size_t>(read);
        const std::size_t left = left_;
        const bool is_last = left != never && left <= count;
        if (is_last) count = left;
        if (left != never) left_ = left - count;
        if (::send(client, bytes.data(), count, MSG_NOSIGNAL) != static_cast<ssize_t>(count) || is_last) return;
      }
    }
  }

  std::filesystem::path server_, folder_;
  int listening_ = -1;
  std::atomic<std::size_t> left_ = never;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace tests
