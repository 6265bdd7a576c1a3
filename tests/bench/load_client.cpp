#include "tests/bench/load_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/percentile.hpp"

namespace segmentd::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int longest_wait_ms = 10;

struct Connection {
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (descriptor >= 0) ::close(descriptor);
    }

    int descriptor = -1;
    std::string_view unsent;
    std::string answer;
    Clock::time_point sent_at;
    bool waits_for_room = false;
};

class Load {
  public:
    explicit Load(const LoadPlan& plan);
    ~Load() { ::close(epoll_); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    LoadResult run();

  private:
    void run_until(Clock::time_point end);
    void send_next(std::size_t index);
    void write(std::size_t index);
    void read(std::size_t index);
    void watch(std::size_t index, int order);
    LoadResult result(Clock::time_point begin, double cpu_before) const;

    const LoadPlan& plan_;
    int epoll_ = -1;
    std::deque<Connection> connections_;
    std::vector<double> latencies_ms_;
    std::size_t acknowledged_ = 0;
};

int connect_to(std::uint16_t port);
bool is_whole(std::string_view answer);

}  // namespace

LoadResult run_load(const LoadPlan& plan) {
    return Load(plan).run();
}

namespace {

Load::Load(const LoadPlan& plan) : plan_(plan), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < plan.connections; ++i) {
        connections_.emplace_back().descriptor = connect_to(plan.port);
        watch(i, EPOLL_CTL_ADD);
    }
}

LoadResult Load::run() {
    for (std::size_t i = 0; i < connections_.size(); ++i) send_next(i);
    run_until(Clock::now() + plan_.warm_up);
    latencies_ms_.clear();
    const double cpu_before = plan_.server_cpu_seconds();
    const auto begin = Clock::now();
    run_until(begin + plan_.measured);
    return result(begin, cpu_before);
}

void Load::run_until(Clock::time_point end) {
    std::array<epoll_event, 64> events{};
    while (Clock::now() < end) {
        const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), longest_wait_ms);
        for (int i = 0; i < ready; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            if ((event.events & EPOLLOUT) != 0) write(event.data.u64);
            if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read(event.data.u64);
        }
    }
}

void Load::send_next(std::size_t index) {
    auto& connection = connections_[index];
    connection.answer.clear();
    connection.unsent = plan_.next_request(index);
    connection.sent_at = Clock::now();
    write(index);
}

void Load::write(std::size_t index) {
    auto& connection = connections_[index];
    while (!connection.unsent.empty()) {
        const auto size =
            ::send(connection.descriptor, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN)
            throw std::runtime_error("the server closed a connection while it was sent to");
        if (size < 0) break;
        connection.unsent.remove_prefix(static_cast<std::size_t>(size));
    }
    if (connection.waits_for_room == !connection.unsent.empty()) return;
    connection.waits_for_room = !connection.unsent.empty();
    watch(index, EPOLL_CTL_MOD);
}

void Load::read(std::size_t index) {
    auto& connection = connections_[index];
    std::array<char, 4096> bytes;
    const auto size = ::recv(connection.descriptor, bytes.data(), bytes.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) throw std::runtime_error("the server closed a connection");
    connection.answer.append(bytes.data(), static_cast<std::size_t>(size));
    if (!is_whole(connection.answer)) return;
    if (!connection.answer.starts_with("HTTP/1.1 200 ")) throw std::runtime_error("refused: " + connection.answer);
    latencies_ms_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - connection.sent_at).count());
    ++acknowledged_;
    send_next(index);
}

void Load::watch(std::size_t index, int order) {
    const auto& connection = connections_[index];
    epoll_event event{};
    event.events = connection.waits_for_room ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_, order, connection.descriptor, &event) != 0) throw std::runtime_error("epoll_ctl failed");
}

LoadResult Load::result(Clock::time_point begin, double cpu_before) const {
    if (latencies_ms_.empty()) throw std::runtime_error("the server answered nothing in the measured time");
    LoadResult result;
    result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    result.server_cpu_seconds = plan_.server_cpu_seconds() - cpu_before;
    result.requests = latencies_ms_.size();
    result.acknowledged = acknowledged_;
    result.p50_ms = percentile(latencies_ms_, 0.50);
    result.p99_ms = percentile(latencies_ms_, 0.99);
    return result;
}

int connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("the server takes no connection");
    }
    const int yes = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return descriptor;
}

// Head and body are there. An answer without Content-Length has no body.
bool is_whole(std::string_view answer) {
    constexpr std::string_view name = "\r\ncontent-length:";
    const auto end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    std::size_t length = 0;
    for (std::size_t at = 0; at + name.size() < end; ++at) {
        if (answer[at] != '\r' || ::strncasecmp(answer.data() + at, name.data(), name.size()) != 0) continue;
        const auto digits = answer.find_first_not_of(' ', at + name.size());
        std::from_chars(answer.data() + digits, answer.data() + end, length);
    }
    return answer.size() >= end + 4 + length;
}

}  // namespace
}  // namespace segmentd::bench
