#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tidemark/canceller.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/read.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/wait_condition.hpp>

namespace tidemark {

/// A stream of chunks of which only the program's run decides what it is: which database, which format, which adaptors.
///
///     auto rows = [&](bool lines) -> tidemark::any_stream {
///       tidemark::sqlite::query orders{db, "select * from orders"};
///       if (lines) return tidemark::raw_stream{std::move(orders), tidemark::format::ndjson{}};
///       return tidemark::raw_stream{std::move(orders)};
///     };
///
/// Each call goes through a virtual function, so it costs next to nothing: a pull gives a whole chunk. What a stream
/// lacks (a canceller, something to wait for) does nothing here, and waits_for() is empty.
class any_stream : public pull_interface<any_stream, std::string_view> {
 public:
  static constexpr bool can_pull = true;

  /// Takes a stream that can block. One allocation.
  template <chunk_stream Stream>
    requires(!std::same_as<Stream, any_stream> && Stream::can_pull)
  any_stream(Stream stream) : stream_(std::make_unique<held<Stream>>(std::move(stream))) {}

  pulled<std::string_view> try_pull() { return stream_->try_pull(); }
  void put_back(std::size_t count) { stream_->put_back(count); }
  std::span<const wait_condition> waits_for() { return stream_->waits_for(); }
  void wait() { stream_->wait(); }
  tidemark::canceller canceller() { return stream_->canceller(); }
  void limit_time(double seconds) { stream_->limit_time(seconds); }
  std::optional<double> seconds_left() const noexcept { return stream_->seconds_left(); }
  byte_mark mark() const noexcept { return stream_->mark(); }
  std::string_view record_end() const noexcept { return stream_->record_end(); }
  bool failed() const noexcept { return stream_->failed(); }
  tidemark::stats stats() const noexcept { return stream_->stats(); }
  void close() noexcept { stream_->close(); }
  /// Lets the next pull hand out what is there, where the stream would wait until there is more: see frame_stream.
  void flush() noexcept { stream_->flush(); }
  /// Ends the stream where a record ends, if it can, and closes it at once if not: see frame_stream.
  void cut() noexcept { stream_->cut(); }

 private:
  struct interface {
    interface() = default;
    interface(const interface&) = delete;
    interface& operator=(const interface&) = delete;
    virtual ~interface() = default;

    virtual pulled<std::string_view> try_pull() = 0;
    virtual void put_back(std::size_t count) = 0;
    virtual std::span<const wait_condition> waits_for() = 0;
    virtual void wait() = 0;
    virtual tidemark::canceller canceller() = 0;
    virtual void limit_time(double seconds) = 0;
    virtual std::optional<double> seconds_left() const noexcept = 0;
    virtual byte_mark mark() const noexcept = 0;
    virtual std::string_view record_end() const noexcept = 0;
    virtual bool failed() const noexcept = 0;
    virtual tidemark::stats stats() const noexcept = 0;
    virtual void close() noexcept = 0;
    virtual void flush() noexcept = 0;
    virtual void cut() noexcept = 0;
  };

  template <class Stream>
  struct held final : interface {
    explicit held(Stream given) : stream(std::move(given)) {}

    pulled<std::string_view> try_pull() override { return stream.try_pull(); }
    void put_back(std::size_t count) override { stream.put_back(count); }
    std::span<const wait_condition> waits_for() override { return waits_of(stream); }
    void wait() override { stream.wait(); }
    tidemark::canceller canceller() override {
      if constexpr (requires { stream.canceller(); })
        return stream.canceller();
      else
        return {};
    }
    void limit_time(double seconds) override { stream.limit_time(seconds); }
    std::optional<double> seconds_left() const noexcept override { return stream.seconds_left(); }
    byte_mark mark() const noexcept override { return stream.mark(); }
    std::string_view record_end() const noexcept override { return stream.record_end(); }
    bool failed() const noexcept override { return stream.failed(); }
    tidemark::stats stats() const noexcept override { return stream.stats(); }
    void close() noexcept override { stream.close(); }
    void flush() noexcept override {
      if constexpr (requires { stream.flush(); }) stream.flush();
    }
    void cut() noexcept override {
      if constexpr (requires { stream.cut(); })
        stream.cut();
      else
        stream.close();
    }

    Stream stream;
  };

  std::unique_ptr<interface> stream_;
};

}  // namespace tidemark
