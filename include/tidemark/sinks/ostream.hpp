#pragma once

#include <ios>
#include <ostream>
#include <string_view>
#include <type_traits>

#include <tidemark/error.hpp>
#include <tidemark/write_to.hpp>

namespace tidemark {

namespace sinks {

/// A std::ostream, borrowed. A stream that goes bad is error (sink), or its own exception where its exceptions() ask
/// for one.
class ostream {
 public:
  explicit ostream(std::ostream& out) noexcept : out_(&out) {}

  void write(std::string_view chunk) {
    if (!out_->write(chunk.data(), static_cast<std::streamsize>(chunk.size())))
      throw error(failure::sink, "the output stream went bad");
  }

 private:
  std::ostream* out_;
};

}  // namespace sinks

/// write_to() a std::ostream, which is flushed at the end.
template <class Stream>
  requires chunk_stream<std::remove_reference_t<Stream>>
stats write_to(std::ostream& out, Stream&& stream) {
  const stats done = write_to(sinks::ostream(out), stream);
  if (!out.flush()) throw error(failure::sink, "the output stream went bad");
  return done;
}

}  // namespace tidemark
