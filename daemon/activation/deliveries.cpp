#include "daemon/activation/deliveries.hpp"

#include <algorithm>
#include <future>

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_shipments_a_turn = 256;
constexpr auto longest_nap = std::chrono::minutes(1);

std::int64_t unix_seconds();
LaneSettings lane_settings(const Destination& destination);
HttpClientSettings client_settings();
void send_test(HttpClient& client, const Destination& destination, const rules::EventEnvelope& event,
               std::function<void(const TestOutcome&)> done);

}  // namespace

Deliveries::Deliveries(DeliveryHooks hooks)
    : hooks_(std::move(hooks)),
      jitter_(static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()), "jitter"),
      thread_([this] { run(); }) {}

Deliveries::~Deliveries() {
    stop();
}

void Deliveries::configure(std::map<EndpointId, Destination> destinations) {
    std::vector<EndpointId> begun;
    std::vector<std::shared_ptr<HttpClient>> left;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        for (auto line = lines_.begin(); line != lines_.end();) {
            if (!destinations.contains(line->first)) {
                left.push_back(line->second.client);
                line = lines_.erase(line);
            } else {
                ++line;
            }
        }
        for (auto& [endpoint, destination] : destinations) {
            if (put_line(endpoint, std::move(destination))) begun.push_back(endpoint);
        }
    }
    changed_.notify_all();
    for (const auto& client : left) client->stop();
    for (const auto& endpoint : begun) hooks_.on_room(endpoint);
}

// True where the endpoint begins anew.
bool Deliveries::put_line(const EndpointId& endpoint, Destination destination) {
    const auto next = std::make_shared<const Destination>(std::move(destination));
    const auto settings = lane_settings(*next);
    const auto found = lines_.find(endpoint);
    if (found == lines_.end()) {
        Line line{next, Lane(settings), std::make_shared<HttpClient>(client_settings())};
        line.lane.set_trouble(next->trouble);
        if (const auto stop = stops_.find(endpoint); stop != stops_.end()) line.lane.set_stop(stop->second);
        lines_.emplace(endpoint, std::move(line));
        return true;
    }
    auto& line = found->second;
    const bool is_other = line.destination->url != next->url || line.destination->trouble != next->trouble;
    line.destination = next;
    line.lane.change(settings);
    line.lane.set_trouble(next->trouble);
    if (is_other) line.lane.resume();
    return is_other;
}

void Deliveries::deliver(const Outgoing& event, std::int64_t attempts_made, Duration wait) {
    const auto due = std::chrono::steady_clock::now() + std::max(wait, Duration(0));
    {
        const std::lock_guard lock(mutex_);
        const auto line = lines_.find(event.endpoint);
        if (line == lines_.end()) return;
        line->second.lane.add(event, attempts_made, due);
    }
    changed_.notify_all();
}

void Deliveries::settle(const EndpointId& endpoint, const std::string& id) {
    bool has_room = false;
    {
        const std::lock_guard lock(mutex_);
        const auto line = lines_.find(endpoint);
        has_room = line != lines_.end() && line->second.lane.settle(id);
    }
    if (has_room) hooks_.on_room(endpoint);
}

bool Deliveries::test(const EndpointId& endpoint, const rules::EventEnvelope& event,
                      std::function<void(const TestOutcome&)> done) {
    std::shared_ptr<const Destination> destination;
    std::shared_ptr<HttpClient> client;
    {
        const std::lock_guard lock(mutex_);
        const auto line = lines_.find(endpoint);
        if (line == lines_.end()) return false;
        destination = line->second.destination;
        client = line->second.client;
    }
    auto sample = event;
    sample.source = destination->source;
    send_test(*client, *destination, sample, std::move(done));
    return true;
}

void Deliveries::set_stop(const EndpointId& endpoint, EndpointStop stop) {
    {
        const std::lock_guard lock(mutex_);
        stops_[endpoint] = stop;
        if (const auto line = lines_.find(endpoint); line != lines_.end()) line->second.lane.set_stop(stop);
    }
    changed_.notify_all();
}

void Deliveries::resume(const EndpointId& endpoint) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto line = lines_.find(endpoint); line != lines_.end()) line->second.lane.resume();
        if (const auto stop = stops_.find(endpoint); stop != stops_.end() && stop->second == EndpointStop::gone) {
            stops_.erase(stop);
        }
    }
    changed_.notify_all();
}

void Deliveries::go_on(const EndpointId& endpoint, const LanePast& past) {
    {
        const std::lock_guard lock(mutex_);
        const auto line = lines_.find(endpoint);
        if (line != lines_.end()) line->second.lane.go_on(past, std::chrono::steady_clock::now());
    }
    changed_.notify_all();
}

std::map<EndpointId, LineStatus> Deliveries::status() const {
    const std::lock_guard lock(mutex_);
    std::map<EndpointId, LineStatus> all;
    for (const auto& [endpoint, line] : lines_) {
        all.emplace(endpoint, LineStatus{host_of(line.destination->url), line.lane.status()});
    }
    return all;
}

std::size_t Deliveries::waiting() const {
    std::size_t sum = 0;
    for (const auto& [endpoint, status] : status()) sum += status.lane.waiting + status.lane.under_way;
    return sum;
}

void Deliveries::stop(std::chrono::milliseconds patience) {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    std::vector<std::shared_ptr<HttpClient>> clients;
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [this] { return !is_under_way(); });
        for (const auto& [endpoint, line] : lines_) clients.push_back(line.client);
    }
    for (const auto& client : clients) client->stop();
}

bool Deliveries::is_under_way() const {
    return std::ranges::any_of(lines_, [](const auto& line) { return line.second.lane.status().under_way > 0; });
}

void Deliveries::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        Moment next = std::chrono::steady_clock::now() + longest_nap;
        const auto shipments = take_what_is_due(next);
        if (shipments.empty()) {
            changed_.wait_until(lock, next);
            continue;
        }
        lock.unlock();
        for (const auto& shipment : shipments) ship(shipment);
        lock.lock();
    }
}

// One from each endpoint in turn; `next` becomes the moment at which another may go.
std::vector<Deliveries::Shipment> Deliveries::take_what_is_due(Moment& next) {
    std::vector<Shipment> shipments;
    const auto now = std::chrono::steady_clock::now();
    for (bool goes_on = true; goes_on && shipments.size() < most_shipments_a_turn;) {
        goes_on = false;
        for (auto& [endpoint, line] : lines_) {
            auto parcel = line.lane.take(now);
            if (!parcel) continue;
            shipments.push_back({std::move(*parcel), line.destination, line.client});
            goes_on = true;
        }
    }
    for (const auto& [endpoint, line] : lines_) next = std::min(next, line.lane.next().value_or(next));
    return shipments;
}

void Deliveries::ship(const Shipment& shipment) {
    const auto& [parcel, destination, client] = shipment;
    auto call = make_call(*destination, envelope_of(parcel.event, destination->source), unix_seconds());
    if (!call) return finish(parcel, cannot_be_mapped(call.error().message));
    client->send(std::move(*call), [this, sent = parcel](const HttpOutcome& outcome) {
        if (outcome.fault != CallFault::stopped) return finish(sent, judge(outcome));
        const std::lock_guard lock(mutex_);
        const auto line = lines_.find(sent.event.endpoint);
        if (line != lines_.end()) line->second.lane.put_back(sent, std::chrono::steady_clock::now());
    });
}

void Deliveries::finish(const Lane::Parcel& parcel, const Judgement& judgement) {
    DeliveryRecord record;
    {
        const std::lock_guard lock(mutex_);
        const auto line = lines_.find(parcel.event.endpoint);
        const auto now = std::chrono::steady_clock::now();
        Lane no_lane({});
        auto& lane = line == lines_.end() ? no_lane : line->second.lane;
        record = lane.finish(parcel, judgement, now, jitter_.uniform());
    }
    changed_.notify_all();
    hooks_.on_result(parcel.event, record);
}

TestOutcome send_once(const Destination& destination, const rules::EventEnvelope& event) {
    std::promise<TestOutcome> promise;
    auto future = promise.get_future();
    HttpClient client(client_settings());
    send_test(client, destination, event, [&](const TestOutcome& outcome) { promise.set_value(outcome); });
    return future.get();
}

namespace {

std::int64_t unix_seconds() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

LaneSettings lane_settings(const Destination& destination) {
    LaneSettings settings;
    settings.concurrency = destination.concurrency;
    settings.rate_limit = destination.rate_limit;
    return settings;
}

HttpClientSettings client_settings() {
    HttpClientSettings settings;
    settings.idle_limit = 64;
    return settings;
}

void send_test(HttpClient& client, const Destination& destination, const rules::EventEnvelope& event,
               std::function<void(const TestOutcome&)> done) {
    TestOutcome outcome;
    outcome.judgement.kind = Judgement::Kind::failed;
    if (!destination.trouble.empty()) {
        outcome.judgement.cause = "secret_missing";
        outcome.judgement.detail = destination.trouble;
        return done(outcome);
    }
    auto call = make_call(destination, event, unix_seconds());
    if (!call) {
        outcome.judgement = cannot_be_mapped(call.error().message);
        return done(outcome);
    }
    outcome.body = call->body;
    client.send(std::move(*call), [outcome, done = std::move(done)](const HttpOutcome& answer) mutable {
        outcome.judgement = judge(answer);
        outcome.answer = answer.body;
        done(outcome);
    });
}

}  // namespace
}  // namespace segmentd::daemon
