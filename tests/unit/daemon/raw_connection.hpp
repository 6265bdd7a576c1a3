// A bare TCP connection for tests: what no proper client would send, and a server that plays a part.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace segmentd::daemon {

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class RawConnection {
  public:
    static RawConnection to(std::uint16_t port) {
        RawConnection connection(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(port);
        if (::connect(connection.socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("cannot connect");
        }
        return connection;
    }
    explicit RawConnection(int socket) : socket_(socket) {}
    RawConnection(RawConnection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    ~RawConnection() { close(); }

    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }

    // False where the peer has gone.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // Everything up to and with the text, or up to the end of the connection, or what came in 5 seconds.
    std::string read_until(std::string_view text) {
        std::string bytes;
        pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
        while (bytes.find(text) == std::string::npos && ::poll(&waiting, 1, 5'000) == 1) {
            char piece[4096];
            const ssize_t size = ::recv(socket_, piece, sizeof piece, 0);
            if (size <= 0) break;
            bytes.append(piece, static_cast<std::size_t>(size));
        }
        return bytes;
    }

    std::string read_to_end() { return read_until("\r\n no text holds this \r\n"); }

    int socket() const { return socket_; }

  private:
    int socket_;
};

// Takes connections on a free port of 127.0.0.1, one after the other, and hands each to its part of the
// play; then it closes its port and the thread ends.
class ScriptedServer {
  public:
    using Part = std::function<void(RawConnection&)>;

    explicit ScriptedServer(std::vector<Part> parts) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        const bool listens = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                             ::listen(listener_, 16) == 0 &&
                             ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        if (!listens) throw std::runtime_error("cannot listen");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, parts = std::move(parts)] { play(parts); });
    }
    ~ScriptedServer() {
        thread_.join();
        ::close(listener_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::uint16_t port() const { return port_; }

  private:
    void play(const std::vector<Part>& parts) {
        for (const Part& part : parts) {
            pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
            if (::poll(&waiting, 1, 5'000) != 1) return;
            RawConnection connection(::accept(listener_, nullptr, nullptr));
            part(connection);
        }
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace segmentd::daemon
