// Questions about the past: the running definitions and models, asked about what had happened by
// an instant. Nothing live is touched; the answer is not what was served then but what the present
// rules say of that time.
#pragma once

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

// The population as it stood at the end of `at`: signals, profiles and consents with occurred_at <=
// at, whenever they came; of two answers about one thing the later in the journal counts. Memberships are by `enter`
// alone.
struct Hindsight {
    Population population;
    Timestamp at{};
    std::uint64_t end = 1;  // the records before this one count
    Accounts accounts{};    // of look_back() and read_past(): with the signals and attributes of the same time
};

Result<Hindsight> look_back(const Engine& engine, const PastRecords& past, Timestamp at);

// The same in two steps: the first takes what it needs from the engine, the second reads the past and
// may run on another thread.
Hindsight begin_hindsight(const Engine& engine, Timestamp at);
Result<Hindsight> read_past(Hindsight begun, const PastRecords& past);

// The same for one instant after the other, forward in time: what a journal holds is read once.
class HindsightWalk {
  public:
    static Result<HindsightWalk> begin(const Engine& engine, const PastRecords& past);

    // As look_back() to this instant, which is not before the last one; the next step changes it.
    Hindsight& step_to(Timestamp at);

  private:
    Hindsight hindsight_;
    std::vector<Record> signals_;  // by the time they occurred
    std::vector<Record> answers_;  // profiles and consents, as in the journal
    std::size_t taken_ = 0;
};

// A date means the end of that day, anything else the instant itself.
Result<Timestamp> parse_as_of(std::string_view text, const Zone& calendar);

}  // namespace segmentd::daemon
