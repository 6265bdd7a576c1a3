#include "daemon/telemetry/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::daemon {
namespace {

// Stands in for the service manager: the socket that NOTIFY_SOCKET names.
class ServiceManager {
  public:
    ServiceManager() : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = folder_.path() / "notify";
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    }
    ~ServiceManager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(socket_);
    }
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    std::string heard() const {
        char text[512];
        const ssize_t size = ::recv(socket_, text, sizeof text, MSG_DONTWAIT);
        return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
    }

  private:
    TemporaryFolder folder_;
    int socket_;
};

TEST_CASE("the service manager hears what the daemon says") {
    const ServiceManager manager;

    notify_ready("serving\non 8686");
    CHECK(manager.heard() == "READY=1\nSTATUS=serving on 8686");
    notify_reloading();
    CHECK(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notify_watchdog();
    CHECK(manager.heard() == "WATCHDOG=1");
    notify_stopping();
    CHECK(manager.heard() == "STOPPING=1");
}

TEST_CASE("without a service manager nothing is said and nothing watches") {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");

    notify_ready("serving");

    CHECK(!watchdog_interval());
}

TEST_CASE("the watchdog's interval is the one that the service manager gives") {
    ::setenv("WATCHDOG_USEC", "30000000", 1);

    const auto interval = watchdog_interval();
    ::unsetenv("WATCHDOG_USEC");

    CHECK(interval == std::chrono::seconds(30));
}

}  // namespace
}  // namespace segmentd::daemon
