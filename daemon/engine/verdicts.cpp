// Verdicts of the engine on pilots: proposed at their dates, in force when recorded.
#include <algorithm>
#include <boost/json.hpp>

#include "base/canonical_json.hpp"
#include "base/choices.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/touches/announcements.hpp"
#include "experiments/pilots/decision.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

// Every outcome that is due by then is in the sums: customers' timers of the same instant come after the common
// ones, so their outcomes are matured here first.
void Engine::judge_pilots(Timestamp at, Effects& effects) {
    const auto& book = population_.book();
    const auto due = Pilots::verdicts_at(book, at);
    if (due.empty()) return;
    for (std::size_t i = 0; i < population_.size(); ++i) {
        auto& customer = population_.at(i);
        if (customer.rest->enrolments.empty()) continue;
        pilots_.mature(book, customer, at);
        hash_.touch(customer.bucket);
    }
    for (const auto& [pilot, verdict] : due) {
        const auto stage =
            verdict == PilotVerdict::leading ? experiments::Verdict::leading : experiments::Verdict::lagging;
        const auto found = experiments::decide_pilot(book, pilot, pilots_.findings(book, pilot), stage);
        PilotDecisionRecord record{book.definitions.pilots[pilot].id, verdict, found.decision, found.arm, found.reason};
        unrecorded_decisions_.push_back(record);
        effects.facts.push_back({std::move(record)});
    }
}

void Engine::take_pilot_decision(const Record& record, const PilotDecisionRecord& decision, Effects& effects) {
    std::erase(unrecorded_decisions_, decision);
    pilot_decisions_.push_back(record);
    const auto data = canonical_json(json::object{{"pilot", decision.pilot.text},
                                                  {"verdict", to_word(decision.verdict)},
                                                  {"decision", decision.decision},
                                                  {"arm", decision.arm},
                                                  {"because", decision.because}})
                          .value_or("{}");
    const auto about = decision.pilot.text + ' ' + to_word(decision.verdict);
    take_decisions(announce({population_, pauses_}, {"pilot.decided", about, engine_time_, data}), effects);
    if (decision.decision != "review") return;
    const auto* pilot = rules::find(population_.book().definitions.pilots, decision.pilot);
    if (pilot == nullptr) return;
    announce_review("review.opened", reviews_.open(population_.book(), *pilot, decision, engine_time_), effects);
}

}  // namespace segmentd::daemon
