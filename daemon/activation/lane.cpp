#include "daemon/activation/lane.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr std::chrono::seconds longest_pause = std::chrono::hours(24);
constexpr int too_many_requests = 429;
constexpr int service_unavailable = 503;

// These answers are about the endpoint, not about one event.
bool asks_for_a_pause(const Judgement& judgement) {
    return judgement.retry_after && (judgement.status == too_many_requests || judgement.status == service_unavailable);
}

}  // namespace

void Lane::change(const LaneSettings& settings) {
    const auto rate_of = [](const LaneSettings& of) {
        return of.rate_limit ? std::pair(of.rate_limit->per_second, of.rate_limit->burst)
                             : std::pair(0.0, std::int64_t{0});
    };
    if (rate_of(settings) < rate_of(settings_) || rate_of(settings_) < rate_of(settings)) {
        rate_ = RateLimiter(settings.rate_limit);
    }
    settings_ = settings;
}

void Lane::add(const Outgoing& event, std::int64_t attempts_made, Moment due) {
    const auto [found, is_new] = known_.try_emplace(event.id);
    Known& known = found->second;
    if (!is_new) {
        const bool goes_earlier = known.place == Place::waiting && due < known.due;
        if (!goes_earlier) return;
        turns_.erase(turn_of(known));
    }
    known.event = event;
    known.order = ++arrivals_;
    wait_again(known, attempts_made, due);
    turn_away_what_is_too_much();
}

std::optional<Moment> Lane::next() const {
    if (turns_.empty() || stop_ != EndpointStop::none || !trouble_.empty() || under_way_ >= settings_.concurrency)
        return std::nullopt;
    const auto breaker = breaker_.opens_at();
    if (breaker == Moment::max()) return std::nullopt;
    return std::max(
        {std::get<Moment>(*turns_.begin()), not_before_, breaker.value_or(Moment{}), rate_.next().value_or(Moment{})});
}

std::optional<Lane::Parcel> Lane::take(Moment now) {
    const auto due = next();
    if (!due || *due > now) return std::nullopt;
    Known& known = known_.at(std::get<std::string>(*turns_.begin()));
    turns_.erase(turns_.begin());
    known.place = Place::under_way;
    ++under_way_;
    breaker_.begin_call(now);
    rate_.take(now);
    return Parcel{known.event, known.attempts + 1};
}

DeliveryRecord Lane::finish(const Parcel& parcel, const Judgement& judgement, Moment now, double luck) {
    DeliveryRecord record{parcel.event.id,  DeliveryOutcome::delivered, parcel.attempt,
                          judgement.status, judgement.detail,           judgement.cause};
    if (judgement.kind == Judgement::Kind::given_up) record.outcome = DeliveryOutcome::given_up;
    std::optional<std::chrono::milliseconds> wait;
    if (judgement.kind == Judgement::Kind::failed) {
        wait = wait_after_failure(parcel.attempt, judgement.retry_after, luck);
        record.outcome = wait ? DeliveryOutcome::failed : DeliveryOutcome::given_up;
        record.retry_in_ms = wait ? wait->count() : 0;
    }
    judgement.is_endpoint_at_fault ? breaker_.note_failure(now) : breaker_.note_success();
    if (judgement.disables && stop_ == EndpointStop::none) stop_ = EndpointStop::gone;
    if (asks_for_a_pause(judgement)) {
        const auto pause = std::min(*judgement.retry_after, longest_pause);
        not_before_ = std::max(not_before_, now + pause);
        record.leave_alone_ms = std::chrono::milliseconds(pause).count();
    }
    const auto found = known_.find(parcel.event.id);
    if (found == known_.end() || found->second.place != Place::under_way) return record;
    --under_way_;
    if (wait)
        wait_again(found->second, parcel.attempt, now + *wait);
    else
        found->second.place = Place::finished;
    return record;
}

void Lane::put_back(const Parcel& parcel, Moment now) {
    const auto found = known_.find(parcel.event.id);
    if (found == known_.end() || found->second.place != Place::under_way) return;
    --under_way_;
    wait_again(found->second, parcel.attempt - 1, now);
}

bool Lane::settle(const std::string& id) {
    const auto found = known_.find(id);
    if (found != known_.end() && found->second.place == Place::finished) known_.erase(found);
    if (!has_turned_away_ || known_.size() > settings_.most_known / 2) return false;
    has_turned_away_ = false;
    return true;
}

void Lane::go_on(const LanePast& past, Moment now) {
    breaker_.restore(past.faults_in_a_row, past.failing_for, now - std::max(past.since_last, {}));
    not_before_ = now + std::clamp<std::chrono::milliseconds>(past.leave_alone, {}, longest_pause);
}

void Lane::resume() {
    breaker_ = Breaker();
    not_before_ = Moment{};
    if (stop_ == EndpointStop::gone) stop_ = EndpointStop::none;
}

LaneStatus Lane::status() const {
    return {turns_.size(), under_way_, breaker_.state(), stop_, trouble_};
}

void Lane::wait_again(Known& known, std::int64_t attempts, Moment due) {
    known.attempts = attempts;
    known.due = due;
    known.place = Place::waiting;
    turns_.insert(turn_of(known));
}

// The last to go are left out: they come back from the fold when there is room.
void Lane::turn_away_what_is_too_much() {
    while (known_.size() > settings_.most_known && !turns_.empty()) {
        const auto last = std::prev(turns_.end());
        known_.erase(std::get<std::string>(*last));
        turns_.erase(last);
        has_turned_away_ = true;
    }
}

}  // namespace segmentd::daemon
