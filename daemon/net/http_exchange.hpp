// One call of the client: finds a connection, writes the request, reads the response. Everything here
// runs on the client's thread. Part of the client.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "daemon/net/http_client.hpp"
#include "daemon/net/response_parser.hpp"
#include "daemon/net/url.hpp"

namespace segmentd::daemon {

struct Connection {
    explicit Connection(boost::asio::io_context& io) : socket(io) {}

    std::string peer;  // what it may be used for again: "https host 443" and the rules it was made under
    std::shared_ptr<const AddressRules> rules;
    boost::asio::ip::tcp::socket socket;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls;
    boost::beast::flat_buffer buffer;
    std::chrono::steady_clock::time_point idle_since;
};

// Connections that wait for another call; the oldest goes when there are too many.
class IdleConnections {
  public:
    explicit IdleConnections(const HttpClientSettings& settings) : settings_(settings) {}

    // The one used last for the peer, or null.
    std::unique_ptr<Connection> take(const std::string& peer);
    void keep(std::unique_ptr<Connection> connection);
    void clear() { connections_.clear(); }

  private:
    const HttpClientSettings& settings_;
    std::deque<std::unique_ptr<Connection>> connections_;
};

// What all calls of a client share; it outlives them.
struct ClientShare {
    explicit ClientShare(const HttpClientSettings& client_settings);

    const HttpClientSettings settings;
    boost::asio::io_context io;
    boost::asio::ssl::context tls;
    std::string tls_trouble;  // why no https call can be made; empty where it can
    IdleConnections idle;
};

class HttpExchange : public std::enable_shared_from_this<HttpExchange> {
  public:
    HttpExchange(ClientShare& share, HttpCall call, HttpClient::Callback callback);

    void start();
    void give_up(CallFault fault, std::string reason);  // nothing where the call has ended

  private:
    using Error = boost::system::error_code;
    using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

    void connect();
    bool uses_known_address();
    void connect_to(const Endpoints& endpoints, bool are_numbers);
    void greet();
    void write();
    void read();
    void on_read(const Error& error, std::size_t size);
    void parse();
    void end_of_stream(const Error& error);
    void fail_or_retry(CallFault fault, const char* step, const Error& error);
    void complete(bool is_body_cut);
    void finish(HttpOutcome outcome);

    ClientShare& share_;
    HttpCall call_;
    HttpClient::Callback callback_;
    Url url_;
    std::string request_;
    boost::asio::steady_timer timer_;
    boost::asio::ip::tcp::resolver resolver_;
    std::unique_ptr<Connection> connection_;
    std::optional<ResponseParser> parser_;
    bool is_reused_ = false;  // and nothing has come over the connection yet
    bool has_ended_ = false;
};

}  // namespace segmentd::daemon
