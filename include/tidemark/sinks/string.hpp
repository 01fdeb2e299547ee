#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include <tidemark/write_to.hpp>

namespace tidemark {

namespace sinks {

/// A std::string, borrowed, to which the chunks are appended: for small answers and for tests.
class string {
 public:
  explicit string(std::string& text) noexcept : text_(&text) {}

  void write(std::string_view chunk) { text_->append(chunk); }

 private:
  std::string* text_;
};

}  // namespace sinks

/// write_to() a std::string, which keeps what it holds and gets the rest.
template <class Stream>
  requires chunk_stream<std::remove_reference_t<Stream>>
stats write_to(std::string& text, Stream&& stream) {
  return write_to(sinks::string(text), stream);
}

}  // namespace tidemark
