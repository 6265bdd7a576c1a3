#include "daemon/net/reachability.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace segmentd::daemon {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

class Socket {
  public:
    explicit Socket(const addrinfo& address)
        : descriptor_(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int number() const { return descriptor_; }

  private:
    int descriptor_ = -1;
};

Result<Addresses> addresses_of(const std::string& host, std::uint16_t port, int flags);
int connect_to(const addrinfo& address, std::chrono::milliseconds timeout);
std::string text_of(const addrinfo& address);
std::string reason(int error);

}  // namespace

Result<std::string> try_connection(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) {
    TRY(addresses, addresses_of(host, port, 0));
    int error = 0;
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
        error = connect_to(*address, timeout);
        if (error == 0) return text_of(*address);
    }
    return fail(ErrorCode::unavailable, fmt::format("no connection to {} port {}: {}", host, port, reason(error)));
}

Result<void> try_listening(const std::string& address, std::uint16_t port) {
    TRY(addresses, addresses_of(address, port, AI_NUMERICHOST | AI_PASSIVE));
    const Socket socket(*addresses);
    const int yes = 1;
    ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(socket.number(), addresses->ai_addr, addresses->ai_addrlen) == 0 && ::listen(socket.number(), 1) == 0) {
        return {};
    }
    const int error = errno;
    const auto code = error == EADDRINUSE ? ErrorCode::conflict : ErrorCode::invalid;
    return fail(code, fmt::format("cannot listen on {} port {}: {}", address, port, reason(error)));
}

namespace {

Result<Addresses> addresses_of(const std::string& host, std::uint16_t port, int flags) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (error != 0) {
        return fail(ErrorCode::not_found, fmt::format("the name {} does not resolve: {}", host, ::gai_strerror(error)));
    }
    return Addresses(found, &::freeaddrinfo);
}

// 0 once connected, else the system's error.
int connect_to(const addrinfo& address, std::chrono::milliseconds timeout) {
    const Socket socket(address);
    if (::connect(socket.number(), address.ai_addr, address.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    pollfd wait{.fd = socket.number(), .events = POLLOUT, .revents = 0};
    if (::poll(&wait, 1, static_cast<int>(timeout.count())) != 1) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

std::string text_of(const addrinfo& address) {
    std::array<char, NI_MAXHOST> text{};
    ::getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    return text.data();
}

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace
}  // namespace segmentd::daemon
