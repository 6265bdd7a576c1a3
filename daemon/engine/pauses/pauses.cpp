#include "daemon/engine/pauses/pauses.hpp"

#include <fmt/format.h>

namespace segmentd::daemon {

void Pauses::take(const PauseRecord& order, const Record& record) {
    const std::pair key(order.target, order.name);
    if (order.paused)
        pauses_.try_emplace(key, Pause{record.engine_time, record.actor, record.reason});
    else
        pauses_.erase(key);
}

const Pause* Pauses::find(PauseTarget target, std::string_view name) const {
    const auto found = pauses_.find({target, std::string(name)});
    return found == pauses_.end() ? nullptr : &found->second;
}

void Pauses::append_canonical(std::string& bytes) const {
    for (const auto& [key, pause] : pauses_) {
        bytes += fmt::format("paused {} {} {}\n", to_word(key.first), key.second, to_microseconds(pause.since));
    }
}

}  // namespace segmentd::daemon
