#include "daemon/activation/breaker.hpp"

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr int failures_that_open = 5;
constexpr std::chrono::seconds first_pause{5};
constexpr std::chrono::seconds longest_pause{300};

}  // namespace

std::optional<Moment> Breaker::opens_at() const {
    if (state_ == State::closed) return std::nullopt;
    return state_ == State::open ? until_ : Moment::max();
}

void Breaker::begin_call(Moment now) {
    if (state_ == State::open && now >= until_) state_ = State::half_open;
}

void Breaker::note_success() {
    *this = Breaker();
}

// Calls that were under way when it opened say nothing new.
void Breaker::note_failure(Moment now) {
    ++failures_;
    if (state_ == State::open || failures_ < failures_that_open) return;
    pause_ = state_ == State::half_open ? std::min(2 * pause_, longest_pause) : first_pause;
    state_ = State::open;
    until_ = now + pause_;
}

// Pauses that doubled from the first one on add up to the one that follows, less the first.
void Breaker::restore(std::int64_t failures, std::chrono::milliseconds failing_for, Moment last) {
    *this = Breaker();
    if (failures <= 0) return;
    failures_ = static_cast<int>(std::min<std::int64_t>(failures, failures_that_open));
    if (failures < failures_that_open) return;
    const auto pause = std::chrono::ceil<std::chrono::seconds>(first_pause + failing_for);
    pause_ = std::clamp(pause, first_pause, longest_pause);
    state_ = State::open;
    until_ = last + pause_;
}

const char* to_word(Breaker::State state) {
    switch (state) {
        case Breaker::State::closed: return "closed";
        case Breaker::State::open: return "open";
        case Breaker::State::half_open: return "half_open";
    }
    return "closed";
}

}  // namespace segmentd::daemon
