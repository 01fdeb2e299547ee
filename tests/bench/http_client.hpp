// A client of HTTP that blocks, and throws away what it reads.

#pragma once

#include <cstddef>
#include <cstdint>

namespace bench::http_client {

// A connection to 127.0.0.1 over which a request has been sent, of which nothing is read. `receive_buffer`: how much
// the system may hold of the answer, in bytes; 0 leaves that to the system.
class request {
 public:
  explicit request(std::uint16_t port, int receive_buffer = 0);
  ~request();
  request(request&& other) noexcept;
  request& operator=(request&&) = delete;

  // Reads the answer to its end, and gives its size. Throws where it is not a whole one, in chunks, with status 200.
  std::uint64_t read_all() const;

 private:
  int socket_;
};

}  // namespace bench::http_client
