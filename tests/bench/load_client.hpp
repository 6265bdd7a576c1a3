// The load: one thread that keeps a number of connections busy, each with one request at a time, and takes the time
// of every answer. It knows as much HTTP as a server's short answers need: status, Content-Length, keep-alive.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace segmentd::bench {

struct LoadPlan {
    std::uint16_t port = 0;  // of 127.0.0.1
    std::size_t connections = 1;
    std::chrono::milliseconds warm_up{};
    std::chrono::milliseconds measured{};
    // The next request of a connection; it must stay unchanged until the next call for that connection.
    std::function<std::string_view(std::size_t connection)> next_request;
    std::function<double()> server_cpu_seconds;
};

struct LoadResult {
    std::size_t requests = 0;      // answered 200 within the measured time
    std::size_t acknowledged = 0;  // answered 200 at all, the warm-up included
    double seconds = 0;
    double server_cpu_seconds = 0;
    double p50_ms = 0;
    double p99_ms = 0;
};

// Throws where a connection fails or an answer is anything but 200: a refused load is no load.
LoadResult run_load(const LoadPlan& plan);

}  // namespace segmentd::bench
