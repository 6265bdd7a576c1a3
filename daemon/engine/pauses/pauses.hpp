// What operators stopped: playbooks, pilots and endpoints, until they are resumed.
//
// A pause acts on every decision after its record. What was decided before and waits to be sent to a
// paused endpoint waits on.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/choices.hpp"

namespace segmentd::daemon {

struct Pause {
    Timestamp since{};
    std::string by;
    std::string reason;
};

class Pauses {
  public:
    // Repeating a pause or a resume changes nothing.
    void take(const PauseRecord& order, const Record& record);

    // Null where it runs.
    const Pause* find(PauseTarget target, std::string_view name) const;

    const std::map<std::pair<PauseTarget, std::string>, Pause>& all() const { return pauses_; }
    void append_canonical(std::string& bytes) const;

  private:
    std::map<std::pair<PauseTarget, std::string>, Pause> pauses_;
};

}  // namespace segmentd::daemon
