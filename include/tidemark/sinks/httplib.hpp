#pragma once

// Streams as the content of responses of cpp-httplib, whose server has a thread for each connection. Needs version
// 0.11; link tidemark::httplib.

#include <httplib.h>

#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tidemark/read.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// Answers a request with a stream, in chunks (Transfer-Encoding: chunked).
///
///     server.Get("/orders", [&](const httplib::Request&, httplib::Response& response) {
///       tidemark::set_stream(response, "application/json", tidemark::raw_stream{tidemark::sqlite::query{db, sql}});
///     });
///
/// Waits until the first chunk is there, whoever leaves meanwhile: what the stream throws before it goes to the
/// server's exception handler, which can answer with an error still. Later, a stream that fails cuts the response, so
/// that its last chunk is missing, and `on_failure`, if any, is given what it has thrown. Nothing is pulled while the
/// client does not read; the server's own set_write_timeout() is how long it may do so. Where the client leaves, also
/// while the stream waits, but behind the first chunk, the stream is closed and its query canceled, within a tenth of a
/// second.
///
/// `stream`: owned by the response from now on.
template <chunk_stream Stream>
  requires(Stream::can_pull)
void set_stream(httplib::Response& response, const std::string& media_type, Stream stream,
                std::function<void(std::exception_ptr)> on_failure = {}) {
  if (const auto first = stream.pull()) stream.put_back(first->size());

  const auto rows = std::make_shared<Stream>(std::move(stream));
  const auto give_chunk = [rows, on_failure = std::move(on_failure)](std::size_t, httplib::DataSink& sink) {
    try {
      const auto next = rows->try_pull();
      if (next.is_item()) return sink.write(next->data(), next->size());
      if (next.is_end()) {
        sink.done();
        return true;
      }
      constexpr int patience = 100;  // milliseconds; then the client is looked at
      const std::span<const wait_condition> those = waits_of(*rows);
      if (those.empty()) {
        rows->wait();
      } else {
        std::vector<wait_condition> any(those.begin(), those.end());
        any.push_back({-1, 0, patience});
        block_until(any);
      }
      return sink.is_writable();
    } catch (...) {
      if (on_failure) on_failure(std::current_exception());
      return false;
    }
  };
  response.set_chunked_content_provider(media_type, give_chunk, [rows](bool) { rows->close(); });
}

}  // namespace tidemark
