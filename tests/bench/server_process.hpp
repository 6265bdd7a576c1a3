// A server under load: a program started on a free port, measured by its process id, ended with its owner.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace segmentd::bench {

struct ServerCommand {
    std::vector<std::string> words;   // the program and its arguments
    std::filesystem::path port_file;  // where it writes its port once it is ready
    std::filesystem::path log;        // gets what it prints
    std::chrono::seconds longest_start{60};
};

class ServerProcess {
  public:
    // Returns once the port is known. Throws where the program ends before, or is not ready in time.
    explicit ServerProcess(const ServerCommand& command);
    ~ServerProcess();  // as stop()
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    std::uint16_t port() const { return port_; }
    double cpu_seconds() const;          // of all its threads so far, user and system
    std::size_t resident_bytes() const;  // of memory, now

    // Asks it to end, waits for at most ten seconds, then kills it. May be repeated.
    void stop();

  private:
    void wait_until_ready(const ServerCommand& command);
    bool has_ended();

    pid_t process_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace segmentd::bench
