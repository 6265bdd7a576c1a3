// One connection of the server, in the clear or over TLS: reads a request, waits for its answer, writes it, begins
// anew. Everything here runs on the network thread. Part of the server.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/net/http_server.hpp"
#include "daemon/net/mailbox.hpp"
#include "daemon/net/request_parser.hpp"

namespace segmentd::daemon {

// Bound to the one executor there is, which is faster than any executor.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using SteadyTime = std::chrono::steady_clock::time_point;

class HttpSession;

// What all sessions of a server share; it outlives them.
struct SessionGroup {
    HttpServerSettings settings;
    Handler handler;
    std::shared_ptr<Mailbox> mailbox;
    std::shared_ptr<boost::asio::ssl::context> tls;  // null: in the clear; a connection keeps what it began with
    std::string date;                                // for the Date header
    bool is_draining = false;                        // no further requests are read
    std::unordered_map<std::uint64_t, std::shared_ptr<HttpSession>> sessions{};
};

class HttpSession : public std::enable_shared_from_this<HttpSession> {
  public:
    HttpSession(Socket socket, SessionGroup& group, std::uint64_t number);

    void start();
    void refuse(const RequestRefusal& refusal);                 // answers and closes
    void answer(std::uint64_t request, HttpResponse response);  // ignored where another request is under way
    void check_deadline(SteadyTime now);
    void drain();  // closes where nothing is under way
    void close();  // at once; the group forgets the session

  private:
    enum class Phase { greeting, idle, header, body, answering, writing, lingering, closed };
    using Error = boost::system::error_code;

    template <typename Operation>
    void on_stream(Operation operation);
    void enter(Phase phase);
    void greet();
    void read();
    void on_read(const Error& error, std::size_t size);
    void parse();
    void read_on();
    void write_continue();
    void handle();
    void write(HttpResponse response);
    void on_written(const Error& error);
    void begin_next_request();
    void say_goodbye();
    void linger();
    void refuse_late();

    Socket socket_;
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
    SessionGroup& group_;
    const std::uint64_t number_;
    std::string remote_address_;
    boost::beast::flat_buffer buffer_;
    std::optional<RequestParser> parser_;
    std::uint64_t request_ = 0;  // counts requests, so that a late second answer is told apart
    Phase phase_ = Phase::idle;
    SteadyTime deadline_;
    bool is_late_ = false;  // a deadline passed while reading; the cancelled read answers
    bool is_head_ = false;
    bool keeps_alive_ = false;
    std::string head_;  // what is being written
    std::string body_;
};

}  // namespace segmentd::daemon
