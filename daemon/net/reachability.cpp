#include "daemon/net/reachability.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace segmentd::daemon {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

class Socket {
  public:
    explicit Socket(const addrinfo& address)
        : descriptor_(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
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
std::string reason(int error);

}  // namespace

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

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace
}  // namespace segmentd::daemon
