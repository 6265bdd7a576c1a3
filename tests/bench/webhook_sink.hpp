// A system that receives webhooks: it answers 200 to everything, notes when each event came for the first time, and
// counts the repetitions.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "daemon/net/http_server.hpp"

namespace segmentd::bench {

struct Arrival {
    std::chrono::steady_clock::time_point at{};  // once the whole request was read; they fit into one packet
    daemon::HttpHeaders headers{};
    std::string body{};
};

class WebhookSink {
  public:
    WebhookSink();  // on a free port of 127.0.0.1; throws where there is none

    std::string url() const;

    // True once so many different events (by their header webhook-id) came since the start, false where patience ends.
    bool wait_for(std::size_t events, std::chrono::milliseconds patience);

    std::size_t events() const;
    std::size_t repetitions() const;
    Arrival last() const;                   // of an event that was new
    std::vector<Arrival> arrivals() const;  // of all events, each for the first time

  private:
    void take(const daemon::HttpRequest& request);

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::unordered_set<std::string> ids_;
    std::size_t repetitions_ = 0;
    std::vector<Arrival> arrivals_;
    std::unique_ptr<daemon::HttpServer> server_;  // ends first
};

}  // namespace segmentd::bench
