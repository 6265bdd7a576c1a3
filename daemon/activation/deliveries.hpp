// Sends the touches that were decided and are durable, and reports what became of them.
//
// A touch is sent under its effect id until it is delivered: at least once, always the same id, so
// that a receiver can drop a repetition. The schedule of attempts is the one of Standard Webhooks
// (0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h) with 20 % jitter; Retry-After is honoured
// up to 24 h; 410 gives up at once. An endpoint without an address keeps its touches waiting.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "base/records.hpp"
#include "daemon/activation/webhook_signature.hpp"
#include "daemon/engine/outgoing.hpp"
#include "daemon/net/http_client.hpp"

namespace segmentd::daemon {

struct EndpointAddress {
    std::string url;
    std::vector<WebhookKey> keys;  // the current one first, at least one
    std::chrono::milliseconds timeout{15'000};
};

// The wait before an attempt (1 is the first), without jitter; nothing after the last.
std::optional<std::chrono::seconds> wait_before_attempt(std::int64_t attempt);

// The CloudEvents body of an event, canonical JSON.
std::string event_body(const Outgoing& event, const std::string& workspace);

class Deliveries {
  public:
    // `on_result` hears every finished attempt, on a thread of the deliveries or of the client.
    using OnResult = std::function<void(const Outgoing&, const DeliveryRecord&)>;

    Deliveries(std::map<EndpointId, EndpointAddress> endpoints, std::string workspace, OnResult on_result);
    ~Deliveries();  // stop()
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    // Any thread. `attempts_made` is 0 for a new event.
    void enqueue(const Outgoing& event, std::int64_t attempts_made);

    std::size_t waiting() const;
    void stop();

  private:
    struct Waiting {
        Outgoing event;
        std::int64_t attempt = 1;
    };

    void run();
    void send(Waiting waiting);
    void finish(const Waiting& waiting, const HttpOutcome& outcome);
    void put(Waiting waiting, std::chrono::milliseconds wait);

    std::map<EndpointId, EndpointAddress> endpoints_;
    std::string workspace_;
    OnResult on_result_;
    HttpClient client_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<std::chrono::steady_clock::time_point, Waiting> queue_;
    Random jitter_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace segmentd::daemon
