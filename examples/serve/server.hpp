#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <tidemark/any_stream.hpp>
#include <tidemark/error.hpp>
#include <tidemark/event_loop/peer.hpp>
#include <tidemark/event_loop/readiness.hpp>
#include <tidemark/format/error_object.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/frame_reader.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/http/accept.hpp>
#include <tidemark/json/names.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/sinks/asio.hpp>
#include <tidemark/sinks/beast.hpp>

#include "database.hpp"
#include "figures.hpp"
#include "queries.hpp"
#include "target.hpp"

/// The page at /, made out of page.html when the program is built.
extern const std::string_view page_html;

struct server_options {
  tidemark::byte_mark mark;
  tidemark::write_limits limits;     // of a client that takes nothing
  std::optional<double> time_limit;  // of a response as a whole, in seconds
};

/// Answers requests for tables, each by a coroutine, all on one thread.
class server {
 public:
  using tcp = boost::asio::ip::tcp;

  /// Listens on 127.0.0.1; `port` 0 takes a free one. Throws boost::system::system_error.
  server(boost::asio::io_context& loop, database& tables, std::uint16_t port, server_options options)
      : loop_(&loop),
        tables_(&tables),
        options_(options),
        acceptor_(loop, {boost::asio::ip::address_v4::loopback(), port}),
        patience_(loop) {
    boost::asio::co_spawn(loop, accept(), boost::asio::detached);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// Takes no more requests; lets responses that are under way end, and cuts those that have not ended after
  /// `patience`.
  void stop(std::chrono::milliseconds patience) {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (client& one : clients_)
      if (!one.is_busy) one.connection.socket().close(ignored);
    if (clients_.empty()) return;
    patience_.expires_after(patience);
    patience_.async_wait([this](const boost::system::error_code& failed) {
      boost::system::error_code never_mind;
      if (failed) return;
      tables_->give_up();
      for (client& one : clients_) one.connection.socket().close(never_mind);
    });
  }

 private:
  using request = boost::beast::http::request<boost::beast::http::string_body>;
  using status = boost::beast::http::status;
  using streamed_response = boost::beast::http::response<tidemark::stream_body<tidemark::any_stream>>;

  struct client {
    boost::beast::tcp_stream connection;
    bool is_busy = false;
  };

  /// What a request is answered with instead of rows.
  struct refusal {
    status code;
    std::string message;
  };

  static constexpr auto use_awaitable = boost::asio::use_awaitable;
  static constexpr std::chrono::seconds request_limit{60};  // for a request to come, and for a short answer to go

  boost::asio::awaitable<void> accept() {
    while (acceptor_.is_open()) {
      boost::system::error_code failed;
      tcp::socket socket = co_await acceptor_.async_accept(boost::asio::redirect_error(use_awaitable, failed));
      if (!failed) {
        boost::asio::co_spawn(*loop_, serve(std::move(socket)), boost::asio::detached);
        continue;
      }
      // Without descriptors, say: those that are here go on, and leave some behind.
      boost::asio::steady_timer pause(*loop_, std::chrono::milliseconds(50));
      co_await pause.async_wait(boost::asio::redirect_error(use_awaitable, failed));
    }
  }

  boost::asio::awaitable<void> serve(tcp::socket socket) {
    socket.set_option(tcp::no_delay(true));
    // What the system takes off the program's hands for a slow client is bounded, too.
    using not_sent = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
    boost::system::error_code unknown_here;
    socket.set_option(not_sent(128 * 1024), unknown_here);
    const auto here = clients_.insert(clients_.end(), client{boost::beast::tcp_stream(std::move(socket))});
    try {
      co_await answer_all(*here);
    } catch (const std::exception&) {
      // The client is gone, or its response was cut: that is counted already, and it has been told as far as it can be.
    }
    clients_.erase(here);
    if (clients_.empty() && !acceptor_.is_open()) patience_.cancel();
  }

  boost::asio::awaitable<void> answer_all(client& one) {
    boost::beast::flat_buffer buffer;
    for (bool is_kept = true; is_kept && acceptor_.is_open();) {
      boost::beast::http::request_parser<boost::beast::http::string_body> parser;
      parser.body_limit(64 * 1024);
      one.is_busy = false;
      one.connection.expires_after(request_limit);
      co_await boost::beast::http::async_read(one.connection, buffer, parser, use_awaitable);
      one.is_busy = true;
      is_kept = co_await answer(one, parser.get());
    }
  }

  /// Gives whether the connection can be used further.
  boost::asio::awaitable<bool> answer(client& one, const request& asked) {
    const target wanted(asked.target());
    std::optional<refusal> refused;
    try {
      // A page of somebody else's may have a name of its own resolved to this machine, to read what is here.
      if (!is_this_machine(asked[boost::beast::http::field::host]))
        throw refusal{status::misdirected_request, "this server answers for localhost and 127.0.0.1 alone"};
      if (!wanted.is_sound()) throw refusal{status::bad_request, "the address is not spelled as a URL"};
      if (wanted.path() == "/query") co_return co_await send_answer(one, asked);
      if (asked.method() != boost::beast::http::verb::get && !is_head(asked))
        throw refusal{status::method_not_allowed, "only GET and HEAD are answered here"};
      if (wanted.path() == "/") co_return co_await send(one, asked, status::ok, "text/html; charset=utf-8", page_html);
      if (wanted.path() == "/stats")
        co_return co_await send(one, asked, status::ok, "application/json", figures_.as_json());
      if (wanted.path() == "/tables")
        co_return co_await send(one, asked, status::ok, "application/json", as_json(co_await tables_->tables()));
      if (wanted.path().starts_with("/tables/")) co_return co_await send_table(one, asked, wanted);
      throw refusal{status::not_found, "there is nothing here; see /, /tables, /tables/NAME, /query and /stats"};
    } catch (refusal& why) {
      refused = std::move(why);
    } catch (const response_begun&) {
      throw;
    } catch (const tidemark::error& failed) {
      refused = refusal{
          failed.kind() == tidemark::failure::timed_out ? status::gateway_timeout : status::internal_server_error,
          failed.what()};
    } catch (const std::system_error& failed) {  // no descriptor left, say
      refused = refusal{status::service_unavailable, failed.what()};
    }
    const tidemark::error told(
        refused->code >= status::internal_server_error ? tidemark::failure::producer : tidemark::failure::usage,
        refused->message);
    co_return co_await send(one, asked, refused->code, "application/json", tidemark::format::error_object(told) + "\n");
  }

  boost::asio::awaitable<bool> send(client& one, const request& asked, status code, std::string_view media_type,
                                    std::string_view body) {
    boost::beast::http::response<boost::beast::http::string_body> response{code, asked.version()};
    describe(response, asked, media_type);
    if (code == status::method_not_allowed)
      response.set(boost::beast::http::field::allow, target(asked.target()).path() == "/query" ? "POST" : "GET, HEAD");
    response.body() = body;
    response.prepare_payload();
    if (is_head(asked) && body.empty()) response.erase(boost::beast::http::field::content_length);  // it is not known
    one.connection.expires_after(request_limit);
    boost::beast::http::response_serializer<boost::beast::http::string_body> serializer(response);
    if (is_head(asked))
      co_await boost::beast::http::async_write_header(one.connection, serializer, use_awaitable);
    else
      co_await boost::beast::http::async_write(one.connection, serializer, use_awaitable);
    co_return response.keep_alive();
  }

  boost::asio::awaitable<bool> send_table(client& one, const request& asked, const target& wanted) {
    const auto [format, media_type] = format_of(asked, wanted);
    const std::string name = wanted.path().substr(std::string_view("/tables/").size());
    wanted_rows all_of{name, format, options_.mark};  // named: g++ 12 destroys a temporary of a co_await twice
    auto rows = co_await tables_->rows_of(std::move(all_of));
    if (!rows) throw refusal{status::not_found, "there is no table " + tidemark::json::quoted(name)};
    if (is_head(asked)) co_return co_await send(one, asked, status::ok, media_type, "");
    streamed_response response{status::ok, asked.version()};
    describe(response, asked, media_type);
    if (format == table_format::odata) response.set("OData-Version", "4.01");
    co_return co_await send_stream(one, asked, std::move(response), std::move(*rows));
  }

  /// The answer to several queries, as a dashboard asks them: in chunks, where it accepts these, and whole otherwise.
  boost::asio::awaitable<bool> send_answer(client& one, const request& asked) {
    if (asked.method() != boost::beast::http::verb::post)
      throw refusal{status::method_not_allowed, "queries are sent with POST"};
    constexpr std::array<std::string_view, 2> offered{"application/json", "text/jsonl"};
    const auto chosen = tidemark::http::preferred(accepted_by(asked), offered);
    if (!chosen)
      throw refusal{status::not_acceptable,
                    "none of the accepted types is there; there are application/json and text/jsonl"};
    std::vector<table_query> queries;
    try {
      queries = parse_queries(asked.body());
    } catch (const tidemark::error& failed) {
      throw refusal{status::bad_request,
                    "the body is not {\"queries\":[{\"refId\":\"A\",\"table\":\"NAME\"},...]}: " + failed.message() +
                        (failed.column().empty() ? "" : ": \"" + failed.column() + "\"")};
    }
    std::vector<tidemark::any_stream> streams;
    std::exception_ptr no_answer;  // of the database: it is not asked again and again
    for (const table_query& query : queries) streams.push_back(co_await answer_to(query, no_answer));
    tidemark::multiplex all(std::move(streams));
    all.contain_failures();  // each query is told of its own
    if (*chosen == 0) co_return co_await send_whole(one, asked, std::move(all));
    streamed_response response{status::ok, asked.version()};
    describe(response, asked, offered[*chosen]);
    co_return co_await send_stream(one, asked, std::move(response), std::move(all));
  }

  boost::asio::awaitable<tidemark::any_stream> answer_to(const table_query& query, std::exception_ptr& no_answer) {
    std::exception_ptr failed;
    int code = 500;
    try {
      if (no_answer) std::rethrow_exception(no_answer);
      wanted_rows all_of{query.table, table_format::frames, options_.mark, query.ref_id};
      auto rows = co_await tables_->rows_of(std::move(all_of));
      if (rows) co_return std::move(*rows);
      failed = std::make_exception_ptr(
          tidemark::error(tidemark::failure::usage, "there is no table " + tidemark::json::quoted(query.table)));
      code = 404;
    } catch (const tidemark::error& why) {
      failed = std::current_exception();
      if (why.kind() == tidemark::failure::timed_out) {
        no_answer = failed;
        code = 504;
      }
    } catch (const std::exception&) {
      failed = std::current_exception();
    }
    co_return refused_query(query.ref_id, std::move(failed), code);
  }

  /// Takes several times the memory of the answer, which is therefore not to be long.
  boost::asio::awaitable<bool> send_whole(client& one, const request& asked, tidemark::any_stream stream) {
    constexpr std::uint64_t most = 64 << 20;
    if (options_.time_limit) stream.limit_time(*options_.time_limit);
    std::string whole;
    {
      figures::active counted(figures_, stream);  // beside the stream of the text that is made of it
      const auto loop = co_await boost::asio::this_coro::executor;
      tidemark::event_loop::readiness others(loop);
      tidemark::event_loop::peer<tcp::socket> reader(one.connection.socket(), loop, options_.limits);
      one.connection.expires_never();
      tidemark::frame_reader answer;
      for (auto next = stream.try_pull(); !next.is_end(); next = stream.try_pull()) {
        if (next.is_pending()) {
          co_await reader.wait_for(stream);  // throws where the client is gone
          continue;
        }
        answer.read(*next);
        if (stream.stats().bytes > most)
          throw refusal{status::payload_too_large, "the whole answer has more than 64 MiB: ask for text/jsonl"};
        co_await others.yield();
        if (is_gone(one.connection.socket())) throw response_begun{};
      }
      whole = tidemark::whole_answer(answer.answers());
      counted.ended(figures::outcome::completed);
    }
    // One row of text, so that it is written as any stream is: for as long as the client takes some of it.
    streamed_response response{status::ok, asked.version()};
    describe(response, asked, "application/json");
    const auto row = [](std::string text) { return tidemark::range(std::vector<std::string>{std::move(text)}); };
    co_return co_await send_stream(one, asked, std::move(response),
                                   tidemark::raw_stream{row(std::move(whole)), tidemark::format::one{}, options_.mark});
  }

  /// Whether a client has closed its connection, or stop() has.
  static bool is_gone(tcp::socket& socket) {
    char byte = 0;
    return !socket.is_open() || ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

  boost::asio::awaitable<bool> send_stream(client& one, const request& asked, streamed_response response,
                                           tidemark::any_stream rows) {
    if (options_.time_limit) rows.limit_time(*options_.time_limit);
    response.chunked(asked.version() >= 11);
    if (!response.chunked()) response.keep_alive(false);
    tidemark::any_stream& stream = response.body().stream.emplace(std::move(rows));

    figures::active counted(figures_, stream);
    auto& socket = one.connection.socket();
    one.connection.expires_never();
    bool has_begun = false;
    try {
      co_await async_first_chunk(socket, stream, use_awaitable);
      has_begun = true;
      co_await tidemark::async_write(socket, response, options_.limits, use_awaitable);
      counted.ended(figures::outcome::completed);
    } catch (const tidemark::error& failed) {
      using tidemark::failure;
      const bool is_clients_doing = failed.kind() == failure::reader_gone || failed.kind() == failure::canceled;
      counted.ended(is_clients_doing ? figures::outcome::cancelled : figures::outcome::failed);
      if (has_begun || is_clients_doing) throw response_begun{};
      throw;
    } catch (...) {
      counted.ended(figures::outcome::failed);
      if (has_begun) throw response_begun{};
      throw;
    }
    co_return response.keep_alive();
  }

  static bool is_head(const request& asked) { return asked.method() == boost::beast::http::verb::head; }

  /// What a Host header may name (RFC 9110, section 7.2), with a port or without.
  static bool is_this_machine(std::string_view host) {
    const std::string_view name = host.substr(0, host.find(':'));
    return name == "127.0.0.1" || name == "localhost";
  }

  /// There is no way back to another answer.
  struct response_begun : std::exception {};

  struct format_and_type {
    table_format format;
    std::string media_type;
  };

  static std::string accepted_by(const request& asked) {
    std::string accepted;
    const auto [from, to] = asked.equal_range(boost::beast::http::field::accept);
    for (auto one = from; one != to; ++one) accepted.append(accepted.empty() ? "" : ",").append(one->value());
    return accepted;
  }

  static format_and_type format_of(const request& asked, const target& wanted) {
    if (const std::optional<std::string> name = wanted.parameter("format")) {
      if (*name == "array") return {table_format::array, "application/json"};
      if (*name == "ndjson") return {table_format::ndjson, "application/x-ndjson"};
      if (*name == "json-seq") return {table_format::json_seq, "application/json-seq"};
      if (*name == "odata") return {table_format::odata, "application/json;odata.metadata=none"};
      if (*name == "sse") return {table_format::sse, "text/event-stream"};
      if (*name == "frames") return {table_format::frames, "text/jsonl"};
      throw refusal{status::bad_request, "there is no format " + tidemark::json::quoted(*name) +
                                             "; there are array, ndjson, json-seq, odata, sse and frames"};
    }
    const auto chosen = tidemark::http::negotiate(accepted_by(asked));
    if (!chosen)
      throw refusal{status::not_acceptable,
                    "none of the accepted types is there; there are application/json, application/x-ndjson, "
                    "application/json-seq, text/event-stream and text/jsonl"};
    using tidemark::http::response_format;
    switch (chosen->format) {
      case response_format::ndjson: return {table_format::ndjson, std::string(chosen->media_type)};
      case response_format::json_seq: return {table_format::json_seq, std::string(chosen->media_type)};
      case response_format::sse: return {table_format::sse, std::string(chosen->media_type)};
      case response_format::frames: return {table_format::frames, std::string(chosen->media_type)};
      case response_format::array: break;
    }
    return {table_format::array, std::string(chosen->media_type)};
  }

  template <class Response>
  static void describe(Response& response, const request& asked, std::string_view media_type) {
    namespace http = boost::beast::http;
    response.set(http::field::content_type, media_type);
    response.set(http::field::cache_control, "no-store");
    response.set(http::field::vary, "Accept");
    response.set("X-Content-Type-Options", "nosniff");
    response.keep_alive(asked.keep_alive());
  }

  static std::string as_json(const std::vector<std::string>& names) {
    std::string made = "[";
    for (const std::string& name : names) made.append(made.size() == 1 ? "" : ",").append(tidemark::json::quoted(name));
    return made + "]";
  }

  boost::asio::io_context* loop_;
  database* tables_;
  server_options options_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer patience_;
  std::list<client> clients_;
  figures figures_;
};
