#include "daemon/net/http_session.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "daemon/net/problem.hpp"
#include "daemon/net/response_text.hpp"
#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {
namespace {

namespace asio = boost::asio;

constexpr std::size_t small_read = std::size_t{4} * 1024;
constexpr std::size_t large_read = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds linger_time{1'000};
constexpr std::chrono::milliseconds cancel_time{1'000};

}  // namespace

HttpSession::HttpSession(Socket socket, SessionGroup& group, std::uint64_t number)
    : socket_(std::move(socket)),
      group_(group),
      number_(number),
      buffer_(group.settings.header_limit + 2 * large_read) {}

void HttpSession::start() {
    Error ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    remote_address_ = peer.address().to_string();
    group_.tls ? greet() : begin_next_request();
}

void HttpSession::refuse(const RequestRefusal& refusal) {
    keeps_alive_ = false;
    HttpResponse response = problem_response(Problem{.status = refusal.status, .detail = refusal.detail});
    if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
    if (refusal.status == 415) response.headers.emplace_back("Accept-Encoding", "gzip, deflate");
    write(std::move(response));
}

void HttpSession::answer(std::uint64_t request, HttpResponse response) {
    if (phase_ == Phase::answering && request == request_) write(std::move(response));
}

void HttpSession::check_deadline(SteadyTime now) {
    if (now < deadline_) return;
    if (phase_ == Phase::answering) {
        refuse({503, "no answer came in time"});
    } else if ((phase_ == Phase::header || phase_ == Phase::body) && !is_late_) {
        is_late_ = true;
        deadline_ = now + cancel_time;
        Error ignored;
        socket_.cancel(ignored);
    } else {
        close();
    }
}

void HttpSession::drain() {
    if (phase_ == Phase::idle) close();
}

void HttpSession::close() {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    Error ignored;
    socket_.close(ignored);
    group_.sessions.erase(number_);  // whoever calls holds the session
}

void HttpSession::enter(Phase phase) {
    const auto allowed = [&] {
        switch (phase) {
            case Phase::greeting:
            case Phase::header: return group_.settings.header_timeout;
            case Phase::body: return group_.settings.body_timeout;
            case Phase::answering: return group_.settings.answer_timeout;
            case Phase::writing: return group_.settings.write_timeout;
            case Phase::lingering: return linger_time;
            default: return group_.settings.idle_timeout;
        }
    };
    phase_ = phase;
    deadline_ = std::chrono::steady_clock::now() + allowed();
}

// The stream that carries requests; below TLS only lingers. What concerns the connection itself (options, cancel,
// close) goes to the socket in either case.
template <typename Operation>
void HttpSession::on_stream(Operation operation) {
    tls_&& phase_ != Phase::lingering ? operation(*tls_) : operation(socket_);
}

void HttpSession::greet() {
    enter(Phase::greeting);
    tls_.emplace(socket_, *group_.tls);
    tls_->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](const Error& error) {
        if (self->phase_ == Phase::closed) return;
        error ? self->close() : self->begin_next_request();
    });
}

void HttpSession::read() {
    const std::size_t size = phase_ == Phase::body || phase_ == Phase::lingering ? large_read : small_read;
    on_stream([&](auto& stream) {
        stream.async_read_some(
            buffer_.prepare(size),
            [self = shared_from_this()](const Error& error, std::size_t count) { self->on_read(error, count); });
    });
}

void HttpSession::on_read(const Error& error, std::size_t size) {
    if (phase_ == Phase::closed) return;
    if (is_late_) return refuse_late();
    if (error) return close();
    if (phase_ == Phase::lingering) return read();  // nobody looks at these bytes: they are not committed
    buffer_.commit(size);
    if (phase_ == Phase::idle) enter(Phase::header);
    parse();
}

void HttpSession::parse() {
    while (buffer_.size() > 0 && !parser_->is_done()) {
        boost::beast::error_code error;
        buffer_.consume(parser_->put(buffer_.cdata(), error));
        if (error == boost::beast::http::error::need_more) break;
        if (error) return refuse(refusal_of(error));
    }
    if (parser_->is_done()) return handle();
    if (buffer_.size() >= group_.settings.header_limit) return refuse({431, "a line of the request has no end"});
    read_on();
}

void HttpSession::read_on() {
    if (phase_ != Phase::header || !parser_->is_header_done()) return read();
    enter(Phase::body);
    if (parser_->waits_for_continue() && buffer_.size() == 0) return write_continue();
    read();
}

void HttpSession::write_continue() {
    static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto on_sent = [self = shared_from_this()](const Error& error, std::size_t) {
        if (self->phase_ == Phase::closed) return;
        if (self->is_late_) return self->refuse_late();
        if (error) return self->close();
        self->read();
    };
    const auto bytes = asio::buffer(line);
    on_stream([&](auto& stream) { asio::async_write(stream, bytes, on_sent); });
}

void HttpSession::handle() {
    ++request_;
    keeps_alive_ = parser_->keep_alive();
    is_head_ = parser_->is_head_request();
    if (const auto refusal = parser_->finish()) return refuse(*refusal);
    enter(Phase::answering);
    HttpRequest request = std::move(parser_->request());
    request.remote_address = remote_address_;
    const auto respond = [mailbox = group_.mailbox, session = number_, number = request_](HttpResponse response) {
        mailbox->put({session, number, std::move(response)});
    };
    try {
        group_.handler(std::move(request), respond);
    } catch (const std::exception& error) {
        log_error("net", "a request was not handled", LogField("reason", error.what()));
        answer(request_, problem_response(Problem{.status = 500}));
    }
}

void HttpSession::write(HttpResponse response) {
    if (group_.is_draining) keeps_alive_ = false;
    head_ = response_head(response, group_.date, keeps_alive_ ? "keep-alive" : "close");
    body_ = is_head_ || !may_have_body(response.status) ? std::string() : std::move(response.body);
    enter(Phase::writing);
    const std::array<asio::const_buffer, 2> both{asio::buffer(head_), asio::buffer(body_)};
    const auto on_sent = [self = shared_from_this()](const Error& error, std::size_t) { self->on_written(error); };
    on_stream([&](auto& stream) { asio::async_write(stream, both, on_sent); });
}

void HttpSession::on_written(const Error& error) {
    if (phase_ == Phase::closed) return;
    if (error) return close();
    if (!keeps_alive_) return tls_ ? say_goodbye() : linger();
    begin_next_request();
}

void HttpSession::begin_next_request() {
    parser_.emplace(RequestLimits{.header = group_.settings.header_limit, .body = group_.settings.body_limit});
    is_head_ = false;
    enter(Phase::idle);
    if (group_.is_draining && buffer_.size() == 0) return close();
    if (buffer_.size() == 0) {
        if (buffer_.capacity() > large_read) buffer_.shrink_to_fit();
        return read();
    }
    enter(Phase::header);  // the next request came with the last one
    parse();
}

// TLS ends with a word of its own; what the peer still sends is then for nobody, and read below TLS.
void HttpSession::say_goodbye() {
    enter(Phase::lingering);
    tls_->async_shutdown([self = shared_from_this()](const Error&) {
        if (self->phase_ != Phase::closed) self->linger();
    });
}

// A close with unread bytes would make the peer's system throw away what was just written. So the peer
// is told that no more comes, and for a moment is listened to.
void HttpSession::linger() {
    Error error;
    socket_.shutdown(Socket::shutdown_send, error);
    if (error) return close();
    enter(Phase::lingering);
    buffer_.clear();
    read();
}

void HttpSession::refuse_late() {
    is_late_ = false;
    refuse({408, "the request came too slowly"});
}

}  // namespace segmentd::daemon
