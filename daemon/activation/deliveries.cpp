#include "daemon/activation/deliveries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/canonical_json.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<seconds, 10> schedule = {seconds(0), seconds(5), minutes(5), minutes(30), hours(2),
                                              hours(5),   hours(10),  hours(14),  hours(20),   hours(24)};
constexpr seconds longest_retry_after = hours(24);
constexpr double jitter_share = 0.2;
constexpr int gone = 410;

bool is_success(int status) {
    return status >= 200 && status < 300;
}

std::int64_t unix_seconds() {
    return std::chrono::floor<seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

}  // namespace

std::optional<seconds> wait_before_attempt(std::int64_t attempt) {
    if (attempt < 1 || attempt > static_cast<std::int64_t>(schedule.size())) return std::nullopt;
    return schedule[static_cast<std::size_t>(attempt - 1)];
}

std::string event_body(const Outgoing& event, const std::string& workspace) {
    json::error_code unreadable;
    json::object body{{"specversion", "1.0"},
                      {"id", event.id},
                      {"source", "/segmentd/" + workspace},
                      {"type", event.type},
                      {"time", to_text(event.at)},
                      {"timestamp", to_text(event.at)},
                      {"datacontenttype", "application/json"},
                      {"data", json::parse(event.data, unreadable)}};
    if (!event.customer.empty()) body["subject"] = event.customer.text;
    return canonical_json(body).value_or("{}");
}

Deliveries::Deliveries(std::map<EndpointId, EndpointAddress> endpoints, std::string workspace, OnResult on_result)
    : endpoints_(std::move(endpoints)),
      workspace_(std::move(workspace)),
      on_result_(std::move(on_result)),
      client_(HttpClientSettings{}),
      jitter_(static_cast<std::uint64_t>(unix_seconds()), "delivery jitter"),
      thread_([this] { run(); }) {}

Deliveries::~Deliveries() {
    stop();
}

void Deliveries::enqueue(const Outgoing& event, std::int64_t attempts_made) {
    if (!endpoints_.contains(event.endpoint)) return;
    const auto attempt = attempts_made + 1;
    const auto wait = attempts_made == 0 ? seconds(0) : wait_before_attempt(std::min<std::int64_t>(attempt, 2)).value();
    put({event, attempt}, wait);
}

std::size_t Deliveries::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void Deliveries::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    client_.stop();
}

void Deliveries::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (queue_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto first = queue_.begin();
        if (first->first > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, first->first);
            continue;
        }
        Waiting waiting = std::move(first->second);
        queue_.erase(first);
        lock.unlock();
        send(std::move(waiting));
        lock.lock();
    }
}

void Deliveries::send(Waiting waiting) {
    const auto& endpoint = endpoints_.at(waiting.event.endpoint);
    HttpCall call;
    call.url = endpoint.url;
    call.body = event_body(waiting.event, workspace_);
    call.timeout = endpoint.timeout;
    const auto now = unix_seconds();
    call.headers = {{"content-type", "application/cloudevents+json"},
                    {"webhook-id", waiting.event.id},
                    {"webhook-timestamp", std::to_string(now)},
                    {"webhook-signature", sign_webhook(endpoint.keys, waiting.event.id, now, call.body)}};
    client_.send(std::move(call), [this, waiting](const HttpOutcome& outcome) { finish(waiting, outcome); });
}

void Deliveries::finish(const Waiting& waiting, const HttpOutcome& outcome) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
    }
    DeliveryRecord record;
    record.touch = waiting.event.id;
    record.attempt = waiting.attempt;
    record.status = outcome.status;
    record.detail = outcome.error;
    const auto next = wait_before_attempt(waiting.attempt + 1);
    if (is_success(outcome.status))
        record.outcome = DeliveryOutcome::delivered;
    else
        record.outcome = outcome.status == gone || !next ? DeliveryOutcome::given_up : DeliveryOutcome::failed;
    on_result_(waiting.event, record);
    if (record.outcome != DeliveryOutcome::failed) return;
    double factor = 1.0;
    {
        const std::lock_guard lock(mutex_);
        factor += jitter_share * (2 * jitter_.uniform() - 1);
    }
    auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(*next * factor);
    if (outcome.retry_after)
        wait = std::max<std::chrono::milliseconds>(wait, std::min(*outcome.retry_after, longest_retry_after));
    put({waiting.event, waiting.attempt + 1}, wait);
}

void Deliveries::put(Waiting waiting, std::chrono::milliseconds wait) {
    {
        const std::lock_guard lock(mutex_);
        queue_.emplace(std::chrono::steady_clock::now() + wait, std::move(waiting));
    }
    changed_.notify_all();
}

}  // namespace segmentd::daemon
