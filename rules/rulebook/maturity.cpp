// Finds the dates of pilots that come before the last customer to join has the whole window of a metric.
//
// A verdict waits for what it is about (the leading or the lagging metrics, the primary one by its timing) and for
// what its lines read: metrics by name, the primary one, and for `guardrails` every one of them. The observation waits
// for all metrics.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/rulebook/builder.hpp"

namespace segmentd::rules {
namespace {

// Metrics as places in metrics_of().
using Metrics = std::set<std::size_t>;

std::size_t place_in(const std::vector<MetricId>& metrics, const MetricId& metric) {
    return static_cast<std::size_t>(std::ranges::find(metrics, metric) - metrics.begin());
}

void add_read(Metrics& waited_for, const PilotDefinition& pilot, const expression::Program& line) {
    const auto metrics = metrics_of(pilot);
    for (const int slot : expression::slots_read(line)) {
        switch (const auto asked = asked_at(static_cast<std::size_t>(slot)); asked.of) {
            case Asked::Of::primary: waited_for.insert(0); break;
            case Asked::Of::metric: waited_for.insert(asked.metric); break;
            case Asked::Of::guardrails:
                for (const auto& guardrail : pilot.guardrails)
                    waited_for.insert(place_in(metrics, guardrail.metric.id));
        }
    }
}

Metrics waited_for_by(const CompiledDecision& lines, const PilotDefinition& pilot, MetricTiming verdict,
                      MetricTiming timing_of_primary) {
    const auto metrics = metrics_of(pilot);
    Metrics waited_for;
    for (const auto& name : verdict == MetricTiming::leading ? pilot.leading : pilot.lagging) {
        waited_for.insert(place_in(metrics, name.id));
    }
    const auto is_primary = [&](const auto& name) { return name.id == pilot.primary.id; };
    const bool is_listed =
        std::ranges::any_of(pilot.leading, is_primary) || std::ranges::any_of(pilot.lagging, is_primary);
    if (!is_listed && timing_of_primary == verdict) waited_for.insert(0);
    for (const auto* line : {&lines.ship, &lines.roll_back, &lines.confirm}) {
        if (*line) add_read(waited_for, pilot, **line);
    }
    return waited_for;
}

// A date, and the metrics that must be whole by then.
struct Deadline {
    std::optional<Timestamp> date;
    SourcePlace place;
    const char* key;
    Metrics metrics;
};

std::vector<Deadline> deadlines_of(const PilotDefinition& pilot, const CompiledPilot& compiled, MetricTiming primary) {
    Metrics all;
    for (std::size_t place = 0; place < compiled.metrics.size(); ++place) all.insert(place);
    const auto& early = pilot.decide_leading;
    const auto& late = pilot.decide_lagging;
    return {{pilot.observe_until, pilot.observe_until_place, "observe_until", all},
            {early.by, early.by_place, "decide.leading.by",
             waited_for_by(compiled.leading, pilot, MetricTiming::leading, primary)},
            {late.by, late.by_place, "decide.lagging.by",
             waited_for_by(compiled.lagging, pilot, MetricTiming::lagging, primary)}};
}

}  // namespace

void Builder::check_maturity() {
    for (std::size_t i = 0; i < book_.pilots.size(); ++i) {
        if (book_.definitions.pilots[i].enrol_until != never)
            check_maturity(book_.definitions.pilots[i], book_.pilots[i]);
    }
}

void Builder::check_maturity(const PilotDefinition& pilot, const CompiledPilot& compiled) {
    const auto metric_at = [&](std::size_t place) -> const MetricDefinition& {
        return book_.definitions.metrics[compiled.metrics[place]];
    };
    const auto window_of = [&](std::size_t place) { return metric_at(place).window; };
    for (const auto& deadline : deadlines_of(pilot, compiled, metric_at(0).timing)) {
        if (!deadline.date || deadline.metrics.empty()) continue;
        const auto& last = metric_at(*std::ranges::max_element(deadline.metrics, {}, window_of));
        const Timestamp whole = pilot.enrol_until + last.window;
        if (*deadline.date >= whole) continue;
        const Timestamp latest_end = *deadline.date - last.window;
        refuse(deadline.place,
               fmt::format("pilot {}: {} is {}, but {} of the last to join is whole {} after enrolment ends, on {}",
                           pilot.id.text, deadline.key, to_text(*deadline.date), last.id.text, to_text(last.window),
                           to_text(whole)),
               "too_early",
               fmt::format("write {} or later, or {}", to_date_text(whole + Days(1) - Duration(1)),
                           latest_end > pilot.enrol_from ? "end enrolment by " + to_date_text(latest_end)
                                                         : "ask a metric of a shorter window"));
    }
}

}  // namespace segmentd::rules
