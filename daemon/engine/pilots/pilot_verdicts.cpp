// When pilots are judged, and by what.
#include <algorithm>

#include "daemon/engine/pilots/pilots.hpp"

namespace segmentd::daemon {

Timestamp Pilots::next_verdict(const rules::Rulebook& book, Timestamp now) {
    Timestamp next = never;
    for (const auto& pilot : book.definitions.pilots) {
        for (const auto& by : {pilot.decide_leading.by, pilot.decide_lagging.by}) {
            if (by && *by > now) next = std::min(next, *by);
        }
    }
    return next;
}

std::vector<std::pair<std::size_t, PilotVerdict>> Pilots::verdicts_at(const rules::Rulebook& book, Timestamp at) {
    std::vector<std::pair<std::size_t, PilotVerdict>> due;
    for (std::size_t i = 0; i < book.definitions.pilots.size(); ++i) {
        const auto& pilot = book.definitions.pilots[i];
        if (pilot.decide_leading.by == at) due.emplace_back(i, PilotVerdict::leading);
        if (pilot.decide_lagging.by == at) due.emplace_back(i, PilotVerdict::lagging);
    }
    return due;
}

std::vector<experiments::Finding> Pilots::findings(const rules::Rulebook& book, std::size_t pilot) const {
    const auto& definition = book.definitions.pilots[pilot];
    std::vector<experiments::MetricScale> scales;
    for (const auto& id : experiments::metrics_of(definition)) {
        const auto index = *rules::index_of(book.definitions.metrics, id);
        const auto& metric = book.definitions.metrics[index];
        scales.push_back({&metric, experiments::units_in_one(metric, book.metrics[index].money_digits)});
    }
    return experiments::findings_of(definition, states_[pilot], scales);
}

void Pilots::pause(const PilotId& pilot, bool paused) {
    if (paused)
        paused_.insert(pilot);
    else
        paused_.erase(pilot);
}

}  // namespace segmentd::daemon
