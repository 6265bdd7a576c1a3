// What a pilot's findings say to do, by the lines of its verdict.
//
// Everything is judged over all of the pilot's customers by the interval of its design, turned so that
// up is better: enough = there is an interval; better = all of it above 0; worse = all of it below 0;
// not_worse = there is one and not all of it lies below minus the metric's margin (worse_by_at_most where
// it is a guardrail, else 0). Guardrails are harmed where the interval of one lies wholly below minus its
// margin, and ok where every one is not_worse. Without data nothing is claimed.
#pragma once

#include <string>
#include <vector>

#include "experiments/pilots/findings.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::experiments {

enum class Verdict { leading, lagging };

struct MetricJudgement {
    bool better = false;
    bool worse = false;
    bool not_worse = false;
    bool enough = false;
};

// `margin` >= 0, on the metric's own scale.
MetricJudgement judge(const Finding& finding, double margin);

// One guardrail of one arm: "ok", "harmed", or "unsettled" while there is no interval.
struct GuardrailVerdict {
    MetricId metric;
    std::string arm;
    double worse_by_at_most = 0;
    const char* verdict = "unsettled";
};

// In the order of the arms, then of the guardrails.
std::vector<GuardrailVerdict> guardrail_verdicts(const rules::PilotDefinition& pilot,
                                                 const std::vector<Finding>& findings);

struct PilotDecision {
    std::string decision;  // "ship", "roll_back", "confirm", "review" or "revert"
    std::string arm;       // the arm to ship or confirm; of roll_back the first; else empty
    std::string reason;    // the line that decided and the values it saw
};

// Each arm is judged against control by roll_back, then ship, then confirm. The pilot ships or confirms
// the arm with the best primary difference among those that may; it rolls back where every arm must;
// anything else is `otherwise`.
PilotDecision decide_pilot(const rules::Rulebook& book, std::size_t pilot, const std::vector<Finding>& findings,
                           Verdict verdict);

}  // namespace segmentd::experiments
