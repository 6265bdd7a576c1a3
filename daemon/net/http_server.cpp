#include "daemon/net/http_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/net/http_session.hpp"
#include "daemon/net/response_text.hpp"
#include "daemon/net/tls_context.hpp"
#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {

namespace asio = boost::asio;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

// Lives on the network thread, but for the functions that the server calls.
class HttpServer::Core {
  public:
    Core(const HttpServerSettings& settings, Handler handler);

    Result<void> listen();
    Result<void> load_tls();
    Result<void> reload_tls();
    void run();
    void stop_accepting();
    void stop(std::chrono::milliseconds deadline);
    std::uint16_t port() const { return port_; }

  private:
    void accept();
    void on_accepted(const error_code& error, Socket socket);
    void begin_session(Socket socket);
    void deliver_answers();
    void sweep();
    void wait_for_next_sweep();
    void drain(SteadyTime deadline);
    template <typename Work>
    void for_each_session(Work work);

    asio::io_context io_;
    Acceptor acceptor_;
    asio::steady_timer accept_timer_;
    asio::steady_timer sweep_timer_;
    SessionGroup group_;
    std::chrono::milliseconds sweep_interval_;
    SteadyTime drain_deadline_;
    std::uint64_t last_session_ = 0;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

namespace {

constexpr std::size_t refusals_at_once = 1'000;  // connections beyond the limit that still get their 503
constexpr std::chrono::milliseconds accept_pause{100};

std::chrono::milliseconds sweep_interval_for(const HttpServerSettings& settings);

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerSettings& settings, Handler handler) {
    auto core = std::make_unique<Core>(settings, std::move(handler));
    if (auto loaded = core->load_tls(); !loaded) return fail(std::move(loaded).error());
    if (auto listening = core->listen(); !listening) return fail(std::move(listening).error());
    core->run();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

HttpServer::HttpServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
HttpServer::~HttpServer() {
    stop(std::chrono::milliseconds(0));
}
std::uint16_t HttpServer::port() const {
    return core_->port();
}
Result<void> HttpServer::reload_tls() {
    return core_->reload_tls();
}
void HttpServer::stop_accepting() {
    core_->stop_accepting();
}
void HttpServer::stop(std::chrono::milliseconds deadline) {
    core_->stop(deadline);
}

HttpServer::Core::Core(const HttpServerSettings& settings, Handler handler)
    : io_(1),
      acceptor_(io_),
      accept_timer_(io_),
      sweep_timer_(io_),
      group_{.settings = settings,
             .handler = std::move(handler),
             .mailbox = std::make_shared<Mailbox>([this] { asio::post(io_, [this] { deliver_answers(); }); }),
             .tls = nullptr,
             .date = {}},
      sweep_interval_(sweep_interval_for(settings)) {}

Result<void> HttpServer::Core::listen() {
    const auto& settings = group_.settings;
    error_code error;
    const auto address = asio::ip::make_address(settings.address, error);
    if (error) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is no address to listen on", settings.address),
                    "write a number such as 127.0.0.1 or ::1");
    }
    const asio::ip::tcp::endpoint endpoint(address, settings.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(Acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(Acceptor::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (!error) return {};
    const bool is_taken = error == asio::error::address_in_use;
    return fail(is_taken ? ErrorCode::conflict : ErrorCode::io,
                fmt::format("cannot listen on {} port {}: {}", settings.address, settings.port, error.message()),
                is_taken ? "stop the other program or choose another port" : "choose an address of this machine");
}

Result<void> check_tls_files(const TlsFiles& files) {
    const auto loaded = load_tls_context(files);
    return loaded ? Result<void>() : fail(loaded.error());
}

Result<void> HttpServer::Core::load_tls() {
    TRY(context, load_tls_context(group_.settings.tls));
    group_.tls = context;
    return {};
}

Result<void> HttpServer::Core::reload_tls() {
    TRY(context, load_tls_context(group_.settings.tls));
    asio::post(io_, [this, context] { group_.tls = context; });
    return {};
}

void HttpServer::Core::run() {
    accept();
    sweep();
    thread_ = std::thread([this] {
        while (true) {
            try {
                io_.run();
                return;
            } catch (const std::exception& error) {  // out of memory, most likely; its connection times out
                log_error("net", "a connection was given up", LogField("reason", error.what()));
            }
        }
    });
}

void HttpServer::Core::stop_accepting() {
    asio::post(io_, [this] {
        error_code ignored;
        acceptor_.close(ignored);
        accept_timer_.cancel();
    });
}

void HttpServer::Core::stop(std::chrono::milliseconds deadline) {
    if (!thread_.joinable()) return;
    asio::post(io_, [this, until = std::chrono::steady_clock::now() + deadline] { drain(until); });
    thread_.join();
    group_.mailbox->close();
}

void HttpServer::Core::accept() {
    if (!acceptor_.is_open()) return;
    acceptor_.async_accept([this](const error_code& error, Socket socket) { on_accepted(error, std::move(socket)); });
}

void HttpServer::Core::on_accepted(const error_code& error, Socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {  // no descriptors are left, most likely: some time must pass before it can go on
        log_warning("net", "a connection was not accepted", LogField("reason", error.message()));
        accept_timer_.expires_after(accept_pause);
        accept_timer_.async_wait([this](const error_code& cancelled) {
            if (!cancelled) accept();
        });
        return;
    }
    begin_session(std::move(socket));
    accept();
}

void HttpServer::Core::begin_session(Socket socket) {
    const std::size_t limit = group_.settings.connections_limit;
    if (group_.is_draining || group_.sessions.size() >= limit + refusals_at_once) return;  // closes the socket
    const bool is_one_too_many = group_.sessions.size() >= limit;
    if (is_one_too_many && group_.tls) return;  // a refusal in the clear would not be understood
    const auto session = std::make_shared<HttpSession>(std::move(socket), group_, ++last_session_);
    group_.sessions.emplace(last_session_, session);
    if (is_one_too_many) {
        session->refuse({503, "too many connections are open"});
    } else {
        session->start();
    }
}

void HttpServer::Core::deliver_answers() {
    for (auto& answer : group_.mailbox->take()) {
        const auto found = group_.sessions.find(answer.session);
        if (found == group_.sessions.end()) continue;
        const auto session = found->second;
        session->answer(answer.request, std::move(answer.response));
    }
}

void HttpServer::Core::sweep() {
    group_.date = http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    const auto now = std::chrono::steady_clock::now();
    const bool is_over = group_.is_draining && now >= drain_deadline_;
    for_each_session([&](HttpSession& session) { is_over ? session.close() : session.check_deadline(now); });
    if (!group_.is_draining || !group_.sessions.empty()) wait_for_next_sweep();
}

void HttpServer::Core::wait_for_next_sweep() {
    constexpr std::chrono::milliseconds drain_interval{5};
    sweep_timer_.expires_after(group_.is_draining ? std::min(drain_interval, sweep_interval_) : sweep_interval_);
    sweep_timer_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) sweep();
    });
}

// From here on the thread ends by itself when the last session is gone: nothing else waits any more.
void HttpServer::Core::drain(SteadyTime deadline) {
    group_.is_draining = true;
    drain_deadline_ = deadline;
    error_code ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
    for_each_session([](HttpSession& session) { session.drain(); });
    sweep_timer_.cancel();
    sweep();
}

// Sessions may leave the group while this runs.
template <typename Work>
void HttpServer::Core::for_each_session(Work work) {
    std::vector<std::shared_ptr<HttpSession>> sessions;
    sessions.reserve(group_.sessions.size());
    for (const auto& [number, session] : group_.sessions) sessions.push_back(session);
    for (const auto& session : sessions) work(*session);
}

namespace {

std::chrono::milliseconds sweep_interval_for(const HttpServerSettings& settings) {
    const auto shortest = std::min({settings.idle_timeout, settings.header_timeout, settings.body_timeout,
                                    settings.answer_timeout, settings.write_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace segmentd::daemon
