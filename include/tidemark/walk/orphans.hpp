#pragma once

#include <functional>
#include <utility>

#include <tidemark/error.hpp>

namespace tidemark {

/// What becomes of the rows of a walk that have no parent: an error, unless something else is said.
class orphans {
 public:
  void skip() {
    what_ = policy::skip;
    report_ = {};
  }
  void report(std::function<void(const error&)> to) {
    what_ = policy::report;
    report_ = std::move(to);
  }

  /// Leaves a row out, or throws what `describe` says of it.
  template <class Describe>
  void leave_out(Describe describe) const {
    switch (what_) {
      case policy::fail: throw describe();
      case policy::report: report_(describe()); break;
      case policy::skip: break;
    }
  }

 private:
  enum class policy { fail, report, skip };

  policy what_ = policy::fail;
  std::function<void(const error&)> report_;
};

}  // namespace tidemark
