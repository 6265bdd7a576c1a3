// Keeps an endpoint that fails from being called over and over.
//
// Five failures in a row open it for 5 s; then one call probes. A probe that fails opens it for twice
// as long as before, up to 5 min; any success closes it. Not for several threads at once.
#pragma once

#include <optional>

#include "daemon/activation/schedule.hpp"

namespace segmentd::daemon {

class Breaker {
  public:
    enum class State { closed, open, half_open };

    State state() const { return state_; }

    // When the next call may go: at once (nothing), at a moment, or `Moment::max()` while a probe is
    // under way.
    std::optional<Moment> opens_at() const;

    void begin_call(Moment now);
    void note_success();

    // As it stood before a restart: so many failures in a row, over so long a time, the last at that moment.
    void restore(std::int64_t failures, std::chrono::milliseconds failing_for, Moment last);
    void note_failure(Moment now);

  private:
    State state_ = State::closed;
    int failures_ = 0;  // in a row
    std::chrono::seconds pause_{0};
    Moment until_{};
};

const char* to_word(Breaker::State state);

}  // namespace segmentd::daemon
