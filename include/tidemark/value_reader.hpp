#pragma once

#include <cstddef>
#include <span>

namespace tidemark {

/// A long value that its driver can give in pieces: the value is drawn as it is written and never held whole.
///
/// Belongs to the producer; valid, like every field, until the producer's next row.
class value_reader {
 public:
  value_reader(const value_reader&) = delete;
  value_reader& operator=(const value_reader&) = delete;

  /// Copies the next bytes of the value to `into` (never empty) and says how many: at least 1, and 0 at the end of
  /// the value. Throws on failure; is not called again after that.
  virtual std::size_t read(std::span<char> into) = 0;

 protected:
  value_reader() = default;
  ~value_reader() = default;
};

}  // namespace tidemark
