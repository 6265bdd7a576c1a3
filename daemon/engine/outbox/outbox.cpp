#include "daemon/engine/outbox/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {
namespace {

Sha256 chained(const Sha256& before, std::string_view line) {
    Sha256Stream stream;
    stream.add(before);
    stream.add(line);
    return stream.finish();
}

// "connect: Connection refused", "http_5xx: HTTP 503"; older records have no cause.
std::string error_of(const DeliveryRecord& delivery) {
    const auto what = delivery.status != 0 ? fmt::format("HTTP {}", delivery.status) : delivery.detail;
    if (delivery.cause.empty() || what.empty()) return delivery.cause + what;
    return fmt::format("{}: {}", delivery.cause, what);
}

void note_health(EndpointTally& tally, const DeliveryRecord& delivery, Timestamp at) {
    const bool is_fault =
        delivery.outcome != DeliveryOutcome::delivered && is_fault_of_endpoint(delivery.status, delivery.cause);
    tally.faults_in_a_row = is_fault ? tally.faults_in_a_row + 1 : 0;
    if (tally.faults_in_a_row == 1) tally.faulty_since = at;
    tally.leave_alone_until =
        std::max(tally.leave_alone_until, at + std::chrono::milliseconds(delivery.leave_alone_ms));
}

}  // namespace

bool Outbox::take(const EventDecision& decision) {
    const auto& event = decision.event;
    if (event.at != instant_) decided_now_.clear();
    instant_ = event.at;
    if (!decided_now_.insert(event.id).second) return false;
    auto& tally = tallies_[event.endpoint];
    switch (decision.fate) {
        case TouchFate::send: ++tally.sent; break;
        case TouchFate::shadow: ++tally.shadow; break;
        case TouchFate::refused: ++tally.refused; break;
    }
    const bool is_sent = decision.fate == TouchFate::send;  // its reason is words for people only
    past_ = chained(
        past_, fmt::format("{} {} {}", event.id, to_word(decision.fate), is_sent ? std::string() : decision.reason));
    if (is_sent) resend(event);
    return true;
}

void Outbox::resend(Outgoing event) {
    if (!places_.emplace(event.id, next_).second) return;
    waiting_.emplace(next_++, Waiting{std::move(event), 0, {}, {}});
}

void Outbox::reopen(const EndpointId& endpoint) {
    const auto tally = tallies_.find(endpoint);
    if (tally == tallies_.end()) return;
    tally->second.is_gone = false;
    tally->second.failed_in_a_row = tally->second.faults_in_a_row = 0;
    tally->second.leave_alone_until = {};
}

void Outbox::note(const DeliveryRecord& delivery, Timestamp at) {
    const auto place = places_.find(delivery.touch);
    if (place == places_.end()) return;
    auto& waiting = waiting_.at(place->second);
    auto& tally = tallies_[waiting.event.endpoint];
    waiting.attempts = delivery.attempt;
    waiting.last_attempt = tally.last_attempt = at;
    waiting.wait = std::chrono::milliseconds(delivery.retry_in_ms);
    past_ = chained(past_, fmt::format("{} {} {} {}", delivery.touch, to_word(delivery.outcome), delivery.attempt,
                                       delivery.status));
    note_health(tally, delivery, at);
    if (delivery.outcome == DeliveryOutcome::delivered) {
        ++tally.delivered;
        tally.failed_in_a_row = 0;
        tally.last_error.clear();
        tally.last_cause.clear();
    } else {
        ++tally.failed_attempts;
        if (++tally.failed_in_a_row == 1) tally.failing_since = at;
        tally.last_error = error_of(delivery);
        tally.last_cause = delivery.cause;
        tally.is_gone = tally.is_gone || delivery.cause == "gone";
    }
    if (delivery.outcome == DeliveryOutcome::failed) return;
    if (delivery.outcome == DeliveryOutcome::given_up) ++tally.given_up;
    waiting_.erase(place->second);
    places_.erase(place);
}

bool Outbox::is_dead(const EndpointId& endpoint, Timestamp at) const {
    const auto tally = tallies_.find(endpoint);
    return tally != tallies_.end() && tally->second.failed_in_a_row >= least_failures &&
           at - tally->second.failing_since >= longest_failure;
}

std::vector<const Outbox::Waiting*> Outbox::pending() const {
    std::vector<const Waiting*> pending;
    for (const auto& [order, waiting] : waiting_) pending.push_back(&waiting);
    return pending;
}

const Outbox::Waiting* Outbox::find(const std::string& id) const {
    const auto place = places_.find(id);
    return place == places_.end() ? nullptr : &waiting_.at(place->second);
}

void Outbox::append_canonical(std::string& bytes) const {
    bytes += fmt::format("decided and delivered {}\n", to_hex(past_));
    for (const auto& [order, waiting] : waiting_) {
        bytes += fmt::format("waits {} {}\n", waiting.event.id, waiting.attempts);
    }
}

}  // namespace segmentd::daemon
