#include "daemon/net/http_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace segmentd::daemon {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = std::size_t{16} * 1024;

std::string request_text(const HttpCall& call, const Url& url);
// Connections made under other rules are other connections.
std::string peer_of(const Url& url, const HttpCall& call) {
    return fmt::format("{} {} {} {}", url.is_secure, url.host, url.port,
                       static_cast<const void*>(call.addresses.get()));
}
bool is_token(std::string_view text);

}  // namespace

std::unique_ptr<Connection> IdleConnections::take(const std::string& peer) {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(connections_, [&](const auto& idle) { return now - idle->idle_since >= settings_.idle_timeout; });
    const auto found =
        std::find_if(connections_.rbegin(), connections_.rend(), [&](const auto& idle) { return idle->peer == peer; });
    if (found == connections_.rend()) return nullptr;
    auto connection = std::move(*found);
    connections_.erase(std::next(found).base());
    return connection;
}

void IdleConnections::keep(std::unique_ptr<Connection> connection) {
    connection->idle_since = std::chrono::steady_clock::now();
    connections_.push_back(std::move(connection));
    if (connections_.size() > settings_.idle_limit) connections_.pop_front();
}

ClientShare::ClientShare(const HttpClientSettings& client_settings)
    : settings(client_settings), io(1), tls(asio::ssl::context::tls_client), idle(settings) {
    boost::system::error_code error;
    tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
    if (!error) tls.set_verify_mode(asio::ssl::verify_peer, error);
    if (!error && settings.authorities_file.empty()) tls.set_default_verify_paths(error);
    if (!error && !settings.authorities_file.empty()) tls.load_verify_file(settings.authorities_file, error);
    if (error) tls_trouble = "the certificate authorities cannot be read: " + error.message();
}

HttpExchange::HttpExchange(ClientShare& share, HttpCall call, HttpClient::Callback callback)
    : share_(share), call_(std::move(call)), callback_(std::move(callback)), timer_(share.io), resolver_(share.io) {}

void HttpExchange::start() {
    auto url = parse_url(call_.url);
    if (!url) return give_up(CallFault::wrong_call, to_text(url.error()));
    url_ = std::move(*url);
    if (url_.is_secure && !share_.tls_trouble.empty()) return give_up(CallFault::tls, share_.tls_trouble);
    if (!is_token(call_.method)) return give_up(CallFault::wrong_call, "the method is no word of HTTP");
    if (call_.addresses) {
        if (const auto allowed = check_url(*call_.addresses, url_); !allowed) {
            return give_up(CallFault::address_refused, to_text(allowed.error()));
        }
    }
    request_ = request_text(call_, url_);
    timer_.expires_after(call_.timeout);
    timer_.async_wait([self = shared_from_this()](const Error& error) {
        if (error) return;
        self->give_up(CallFault::timeout,
                      fmt::format("no whole answer came within {} ms", self->call_.timeout.count()));
    });
    connection_ = share_.idle.take(peer_of(url_, call_));
    is_reused_ = connection_ != nullptr;
    is_reused_ ? write() : connect();
}

void HttpExchange::give_up(CallFault fault, std::string reason) {
    HttpOutcome outcome;
    outcome.fault = fault;
    outcome.error = std::move(reason);
    finish(std::move(outcome));
}

void HttpExchange::connect() {
    is_reused_ = false;
    connection_ = std::make_unique<Connection>(share_.io);
    connection_->peer = peer_of(url_, call_);
    connection_->rules = call_.addresses;
    if (uses_known_address()) return;
    resolver_.async_resolve(
        url_.host, std::to_string(url_.port), asio::ip::resolver_base::numeric_service,
        [self = shared_from_this()](const Error& failed, const asio::ip::tcp::resolver::results_type& found) {
            if (self->has_ended_) return;
            if (failed) return self->fail_or_retry(CallFault::look_up, "look up the host", failed);
            self->connect_to(Endpoints(found.begin(), found.end()), false);
        });
}

// The host is a number, or a name whose addresses are given.
bool HttpExchange::uses_known_address() {
    Error error;
    const auto number = asio::ip::make_address(url_.host, error);
    if (!error) return connect_to({{number, url_.port}}, true), true;
    const auto known = share_.settings.hosts.find(url_.host);
    if (known == share_.settings.hosts.end()) return false;
    Endpoints endpoints;
    for (const auto& text : known->second) endpoints.emplace_back(asio::ip::make_address(text), url_.port);
    return connect_to(endpoints, false), true;
}

void HttpExchange::connect_to(const Endpoints& endpoints, bool are_numbers) {
    const auto is_refused = [&](const asio::ip::tcp::endpoint& endpoint) {
        const auto address = parse_ip_address(endpoint.address().to_string());
        return !address || !may_call(*call_.addresses, *address, are_numbers);
    };
    if (call_.addresses && std::ranges::any_of(endpoints, is_refused)) {
        return give_up(CallFault::address_refused, are_numbers
                                                       ? "this address may not be called"
                                                       : "the host's name leads to an address that may not be called");
    }
    asio::async_connect(connection_->socket, endpoints,
                        [self = shared_from_this()](const Error& error, const asio::ip::tcp::endpoint&) {
                            if (self->has_ended_) return;
                            if (error) return self->fail_or_retry(CallFault::connect, "connect", error);
                            Error ignored;
                            self->connection_->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
                            self->url_.is_secure ? self->greet() : self->write();
                        });
}

// The TLS handshake: the host is named to the server and must stand in its certificate.
void HttpExchange::greet() {
    auto& tls = connection_->tls.emplace(connection_->socket, share_.tls);
    Error error;
    const bool is_name = (asio::ip::make_address(url_.host, error), error.failed());
    if (is_name && ::SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                              url_.host.data()) != 1) {
        return give_up(CallFault::tls, "the host's name does not fit into TLS");
    }
    tls.set_verify_callback(asio::ssl::host_name_verification(url_.host), error);
    tls.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](const Error& failed) {
        if (self->has_ended_) return;
        if (failed) return self->fail_or_retry(CallFault::tls, "agree on TLS", failed);
        self->write();
    });
}

void HttpExchange::write() {
    if (call_.only_connects) return finish({});
    parser_.emplace(ResponseParser::Limits{.header = share_.settings.header_limit, .body = share_.settings.body_limit},
                    call_.method == "HEAD");
    const auto on_written = [self = shared_from_this()](const Error& error, std::size_t) {
        if (self->has_ended_) return;
        if (error) return self->fail_or_retry(CallFault::broken_answer, "send", error);
        self->read();
    };
    if (connection_->tls) {
        asio::async_write(*connection_->tls, asio::buffer(request_), on_written);
    } else {
        asio::async_write(connection_->socket, asio::buffer(request_), on_written);
    }
}

void HttpExchange::read() {
    const auto on_bytes = [self = shared_from_this()](const Error& error, std::size_t size) {
        self->on_read(error, size);
    };
    const auto space = connection_->buffer.prepare(read_size);
    if (connection_->tls) {
        connection_->tls->async_read_some(space, on_bytes);
    } else {
        connection_->socket.async_read_some(space, on_bytes);
    }
}

void HttpExchange::on_read(const Error& error, std::size_t size) {
    if (has_ended_) return;
    if (error) return end_of_stream(error);
    is_reused_ = false;
    connection_->buffer.commit(size);
    parse();
}

void HttpExchange::parse() {
    auto& buffer = connection_->buffer;
    while (buffer.size() > 0 && !parser_->is_done()) {
        boost::beast::error_code error;
        buffer.consume(parser_->put(buffer.cdata(), error));
        if (error == boost::beast::http::error::need_more) break;
        if (error == boost::beast::http::error::body_limit) return complete(true);
        if (error) return give_up(CallFault::broken_answer, "the answer breaks HTTP: " + error.message());
        if (parser_->is_done() && parser_->status() / 100 == 1) {  // such as 103: the answer follows
            parser_.emplace(ResponseParser::Limits{share_.settings.header_limit, share_.settings.body_limit},
                            call_.method == "HEAD");
        }
    }
    if (parser_->is_done()) return complete(false);
    if (buffer.size() >= share_.settings.header_limit)
        return give_up(CallFault::broken_answer, "the answer breaks HTTP: a line has no end");
    read();
}

// Some answers end with their connection; TLS peers often end without a farewell.
void HttpExchange::end_of_stream(const Error& error) {
    const bool is_end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (is_end && parser_->is_header_done() && parser_->need_eof()) return complete(false);
    fail_or_retry(CallFault::broken_answer, "receive", error);
}

void HttpExchange::fail_or_retry(CallFault fault, const char* step, const Error& error) {
    if (is_reused_) return connect();
    give_up(fault, fmt::format("could not {}: {}", step, error.message()));
}

void HttpExchange::complete(bool is_body_cut) {
    HttpOutcome outcome;
    outcome.status = parser_->status();
    outcome.is_body_cut = is_body_cut;
    const bool is_reusable = parser_->is_done() && parser_->keep_alive() && connection_->buffer.size() == 0;
    outcome.headers = std::move(parser_->headers());
    outcome.body = std::move(parser_->body());
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    outcome.retry_after = parse_retry_after(find_header(outcome.headers, "Retry-After"), now);
    if (is_reusable) share_.idle.keep(std::move(connection_));
    finish(std::move(outcome));
}

void HttpExchange::finish(HttpOutcome outcome) {
    if (has_ended_) return;
    has_ended_ = true;
    timer_.cancel();
    resolver_.cancel();
    if (connection_) {
        Error ignored;
        connection_->socket.close(ignored);  // what still waits on it comes back and finds the call ended
    }
    const auto callback = std::move(callback_);
    callback(std::move(outcome));
}

namespace {

std::string request_text(const HttpCall& call, const Url& url) {
    std::string text = fmt::format("{} {} HTTP/1.1\r\n", call.method, url.target);
    append_header(text, "Host", url.authority);
    append_header(text, "User-Agent", "segmentd/" SEGMENTD_VERSION);
    const bool has_body = !call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
    if (has_body) append_header(text, "Content-Length", std::to_string(call.body.size()));
    for (const auto& [name, value] : call.headers) append_header(text, name, value);
    text += "\r\n";
    return text + call.body;
}

bool is_token(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'; };
    return !text.empty() && std::ranges::all_of(text, is_letter);
}

}  // namespace
}  // namespace segmentd::daemon
