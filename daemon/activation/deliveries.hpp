// Sends the events that were decided and are durable, and reports what became of them.
//
// An event is sent under its id until it is delivered or given up: at least once, always the same id,
// and never twice at the same time. Each endpoint has a queue, limits, a breaker and a client of its
// own (lane.hpp), so that a dead or slow one costs the others nothing. The journal's fold is the outbox:
// what finds no room here is asked for again, and a schedule that a stop cut short goes on where the
// fold says it stood.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/random.hpp"
#include "daemon/activation/destination.hpp"
#include "daemon/activation/lane.hpp"

namespace segmentd::daemon {

// Called on a thread of the deliveries, of a client, or of whoever calls settle() or configure();
// without a lock.
struct DeliveryHooks {
    // An attempt has ended. Once its record is durable, settle() is to be called where it was the last.
    std::function<void(const Outgoing&, const DeliveryRecord&)> on_result;
    // The endpoint has room for everything that still waits for it in the fold.
    std::function<void(const EndpointId&)> on_room;
};

// What an endpoint said to a sample event.
struct TestOutcome {
    Judgement judgement;
    std::string body;  // as it was sent
    std::string answer;
};

struct LineStatus {
    std::string host;  // and port; never the path or the query
    LaneStatus lane;
};

class Deliveries {
  public:
    explicit Deliveries(DeliveryHooks hooks);
    ~Deliveries();  // stop(), without patience
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    // All from any thread.

    // The endpoints that can be called from now on. One that is new or has another address begins anew
    // and gets on_room; the queue of one that is gone is dropped, and stays in the fold.
    void configure(std::map<EndpointId, Destination> destinations);

    // `attempts_made` is 0 for a new event; a `wait` that is not above 0 means at once. An endpoint that
    // cannot be called is passed over.
    void deliver(const Outgoing& event, std::int64_t attempts_made, Duration wait);

    // The last record of the event is in the fold.
    void settle(const EndpointId& endpoint, const std::string& id);

    // Sends the event at once, past queue and limits, and notes nothing. False where the endpoint cannot
    // be called.
    bool test(const EndpointId& endpoint, const rules::EventEnvelope& event,
              std::function<void(const TestOutcome&)> done);

    // A stopped endpoint is sent nothing until `none`; it counts for an endpoint that gets its address later,
    // too. An endpoint that answers 410 stops by itself, until `none` or resume(), which also ends an open
    // breaker and Retry-After, but no pause.
    void set_stop(const EndpointId& endpoint, EndpointStop stop);
    void resume(const EndpointId& endpoint);

    // After a restart: breaker and Retry-After go on as the fold says they stood.
    void go_on(const EndpointId& endpoint, const LanePast& past);

    std::map<EndpointId, LineStatus> status() const;
    std::size_t waiting() const;

    // Begins no further attempt. Those under way have so long to end and to be reported, so that no restart makes
    // them again; then they are broken off, and stay in the fold.
    void stop(std::chrono::milliseconds patience = {});

  private:
    struct Line {
        std::shared_ptr<const Destination> destination;
        Lane lane;
        std::shared_ptr<HttpClient> client;
    };
    struct Shipment {
        Lane::Parcel parcel;
        std::shared_ptr<const Destination> destination;
        std::shared_ptr<HttpClient> client;
    };

    void run();
    std::vector<Shipment> take_what_is_due(Moment& next);
    void ship(const Shipment& shipment);
    void finish(const Lane::Parcel& parcel, const Judgement& judgement);
    bool is_under_way() const;
    bool put_line(const EndpointId& endpoint, Destination destination);

    DeliveryHooks hooks_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<EndpointId, Line> lines_;
    std::map<EndpointId, EndpointStop> stops_;  // as ordered
    Random jitter_;
    bool stopping_ = false;
    std::thread thread_;
};

// One event to one destination, without a queue; for commands.
TestOutcome send_once(const Destination& destination, const rules::EventEnvelope& event);

}  // namespace segmentd::daemon
