#include "experiments/pilots/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "rules/rulebook/scopes.hpp"

namespace segmentd::experiments {

using rules::expression::Program;
using rules::expression::Value;

namespace {

// One arm with everything that was found of it, over all customers of the pilot.
struct ArmFindings {
    const rules::PilotDefinition& pilot;
    std::string arm;
    std::vector<const Finding*> metrics;  // in the order of metrics_of; null where nothing was found
};

struct ArmDecision {
    std::string decision;  // empty: no line holds
    std::string line;
};

const Interval* interval_of(const Finding& finding);
std::vector<ArmFindings> by_arm(const rules::PilotDefinition& pilot, const std::vector<Finding>& findings);
double margin_of(const rules::PilotDefinition& pilot, const MetricId& metric);
std::vector<Value> row_of(const ArmFindings& arm);
ArmDecision decide_arm(const rules::CompiledDecision& lines, const ArmFindings& arm);
double primary_gain(const ArmFindings& arm);
std::string values_of(const ArmFindings& arm);

}  // namespace

MetricJudgement judge(const Finding& finding, double margin) {
    MetricJudgement judgement;
    const auto* interval = interval_of(finding);
    if (interval == nullptr) return judgement;
    const bool up = finding.direction == rules::MetricDirection::up;
    const double lower = up ? interval->lower : -interval->upper;
    const double upper = up ? interval->upper : -interval->lower;
    judgement.enough = true;
    judgement.better = lower > 0;
    judgement.worse = upper < 0;
    judgement.not_worse = upper >= -margin;
    return judgement;
}

std::vector<GuardrailVerdict> guardrail_verdicts(const rules::PilotDefinition& pilot,
                                                 const std::vector<Finding>& findings) {
    std::vector<GuardrailVerdict> verdicts;
    for (const auto& arm : by_arm(pilot, findings)) {
        for (const auto& guardrail : pilot.guardrails) {
            GuardrailVerdict verdict{guardrail.metric.id, arm.arm, guardrail.worse_by_at_most};
            const auto found = std::ranges::find_if(arm.metrics, [&](const auto* finding) {
                return finding != nullptr && finding->metric == guardrail.metric.id;
            });
            const auto judgement =
                found == arm.metrics.end() ? MetricJudgement{} : judge(**found, guardrail.worse_by_at_most);
            if (judgement.enough) verdict.verdict = judgement.not_worse ? "ok" : "harmed";
            verdicts.push_back(std::move(verdict));
        }
    }
    return verdicts;
}

PilotDecision decide_pilot(const rules::Rulebook& book, std::size_t pilot, const std::vector<Finding>& findings,
                           Verdict verdict) {
    const auto& definition = book.definitions.pilots[pilot];
    const bool is_early = verdict == Verdict::leading;
    const auto& lines = is_early ? book.pilots[pilot].leading : book.pilots[pilot].lagging;
    PilotDecision decided{is_early ? definition.decide_leading.otherwise : definition.decide_lagging.otherwise, "", ""};
    std::string seen;
    double best = -std::numeric_limits<double>::infinity();
    const auto arms = by_arm(definition, findings);
    std::size_t rolled_back = 0;
    std::string first_roll_back;
    for (const auto& arm : arms) {
        const auto decision = decide_arm(lines, arm);
        const auto values = fmt::format("arm {}: {}", arm.arm, values_of(arm));
        seen += (seen.empty() ? "" : "; ") + values;
        if (decision.decision == "roll_back") {
            if (++rolled_back == 1) first_roll_back = fmt::format("roll_back: {}; ", decision.line);
        } else if (!decision.decision.empty() && primary_gain(arm) > best) {
            best = primary_gain(arm);
            decided = {decision.decision, arm.arm, fmt::format("{}: {}; {}", decision.decision, decision.line, values)};
        }
    }
    if (!decided.arm.empty()) return decided;
    if (!arms.empty() && rolled_back == arms.size()) return {"roll_back", arms.front().arm, first_roll_back + seen};
    decided.reason = fmt::format("otherwise: no line holds; {}", seen);
    return decided;
}

namespace {

const Interval* interval_of(const Finding& finding) {
    if (finding.is_always_valid) return finding.always_valid ? &finding.always_valid->interval : nullptr;
    return finding.fixed ? &finding.fixed->interval : nullptr;
}

std::vector<ArmFindings> by_arm(const rules::PilotDefinition& pilot, const std::vector<Finding>& findings) {
    std::vector<ArmFindings> arms;
    for (const auto& arm : pilot.arms) {
        if (arm.control) continue;
        ArmFindings one{pilot, arm.name, {}};
        for (const auto& metric : metrics_of(pilot)) {
            const auto found = std::ranges::find_if(findings, [&](const Finding& finding) {
                return finding.segment.empty() && finding.arm == arm.name && finding.metric == metric;
            });
            one.metrics.push_back(found == findings.end() ? nullptr : &*found);
        }
        arms.push_back(std::move(one));
    }
    return arms;
}

double margin_of(const rules::PilotDefinition& pilot, const MetricId& metric) {
    for (const auto& guardrail : pilot.guardrails) {
        if (guardrail.metric.id == metric) return guardrail.worse_by_at_most;
    }
    return 0;
}

MetricJudgement judged(const ArmFindings& arm, std::size_t metric) {
    const auto* finding = arm.metrics[metric];
    return finding == nullptr ? MetricJudgement{} : judge(*finding, margin_of(arm.pilot, finding->metric));
}

void append(std::vector<Value>& row, const MetricJudgement& judgement) {
    for (const bool member : {judgement.better, judgement.worse, judgement.not_worse, judgement.enough}) {
        row.push_back(Value::boolean(member));
    }
}

// The row of rules::decision_scope; the primary metric is the first of all.
std::vector<Value> row_of(const ArmFindings& arm) {
    std::vector<Value> row;
    append(row, judged(arm, 0));
    bool ok = true, harmed = false;
    const auto metrics = metrics_of(arm.pilot);
    for (const auto& guardrail : arm.pilot.guardrails) {
        const auto place = std::ranges::find(metrics, guardrail.metric.id) - metrics.begin();
        const auto judgement = judged(arm, static_cast<std::size_t>(place));
        ok = ok && judgement.not_worse;
        harmed = harmed || (judgement.enough && !judgement.not_worse);
    }
    row.push_back(Value::boolean(ok));
    row.push_back(Value::boolean(harmed));
    for (std::size_t metric = 0; metric < metrics.size(); ++metric) append(row, judged(arm, metric));
    return row;
}

ArmDecision decide_arm(const rules::CompiledDecision& lines, const ArmFindings& arm) {
    const auto row = row_of(arm);
    const auto holds = [&](const std::optional<Program>& line) {
        return line && rules::expression::decide(*line, row) == rules::expression::Truth::yes;
    };
    if (holds(lines.roll_back)) return {"roll_back", lines.roll_back->text()};
    if (holds(lines.ship)) return {"ship", lines.ship->text()};
    if (holds(lines.confirm)) return {"confirm", lines.confirm->text()};
    return {};
}

double primary_gain(const ArmFindings& arm) {
    const auto* primary = arm.metrics.front();
    if (primary == nullptr) return std::numeric_limits<double>::lowest();
    return primary->direction == rules::MetricDirection::up ? primary->difference : -primary->difference;
}

std::string values_of(const ArmFindings& arm) {
    std::string text;
    for (const auto* finding : arm.metrics) {
        if (finding == nullptr) continue;
        const auto* interval = interval_of(*finding);
        text += fmt::format("{}{} {:+.6g}", text.empty() ? "" : ", ", finding->metric.text, finding->difference);
        text +=
            interval == nullptr ? " (too early)" : fmt::format(" [{:.6g}, {:.6g}]", interval->lower, interval->upper);
    }
    return text.empty() ? "nothing found" : text;
}

}  // namespace
}  // namespace segmentd::experiments
