#include <fmt/format.h>

#include <cmath>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

using P = PilotDefinition;

const Table<ArmDefinition>& arm_table();
const Table<GuardrailDefinition>& guardrail_table();
const Table<DesignDefinition>& design_table();
const Table<DecisionDefinition>& decision_table();
const Table<P>& enrol_table();
const Table<P>& metrics_table();
const Table<P>& decide_table();
void finish_metric(MetricDefinition& metric, const Node& node, Reading& reading);
void finish_pilot(P& pilot, const Node& node, Reading& reading);

}  // namespace

const Table<MetricDefinition>& metric_table() {
    using M = MetricDefinition;
    static const Table<M> table{
        "The one definition of a measure, for every channel: what is counted of each enrolled customer.",
        {
            required("metric", &M::id, name<MetricId>(declares(NameKind::metric)), "name of the metric"),
            optional("title", &M::title, text(), "the metric in a few words"),
            optional("owner", &M::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
            required("signal", &M::signal, reference<SignalId>(NameKind::signal), "what is looked at"),
            optional("compute", &M::compute, word<MetricCompute>(),
                     "did it happen, how often, or how much; default any"),
            optional("value", &M::value, expression_text(), "what is added up, for sum: CEL over event"),
            optional("where", &M::where, condition(), "only signals for which this holds: CEL over event"),
            required("window", &M::window, window(), "how long after enrolment signals count; the end included"),
            optional("timing", &M::timing, word<MetricTiming>(), "seen within days or within months; default leading"),
            optional("direction", &M::direction, word<MetricDirection>(), "which way is better; default up"),
        },
        finish_metric};
    return table;
}

const Table<PilotDefinition>& pilot_table() {
    static const Table<P> table{
        "A bounded trial: a hypothesis, arms, metrics, and who decides when.",
        {
            required("pilot", &P::id, name<PilotId>(declares(NameKind::pilot)), "name of the pilot"),
            optional("title", &P::title, text(), "the question in a few words"),
            required("hypothesis", &P::hypothesis, text(), "what we believe and could be wrong about"),
            optional("segment", &P::segment, reference<SegmentId>(NameKind::segment),
                     "who takes part; default everybody"),
            optional("report_by", &P::report_by, list_of(reference<SegmentId>(NameKind::segment)),
                     "segments for which findings are given too"),
            required("arms", &P::arms, named(arm_table(), &ArmDefinition::name, plain_name),
                     "the treatments; one is control"),
            optional("assignment", &P::assignment, word<AssignmentRule>(),
                     "by hash, or imported from a source; default hashed"),
            only<P>("unit", "customer", "what is assigned"),
            optional("layer", &P::layer, name<std::string>(plain_name),
                     "pilots of one layer never share a customer; default its own name"),
            optional("seed", &P::seed, text(), "seed of the hash; default its own name"),
            optional("purpose", &P::purpose, reference<PurposeId>(NameKind::purpose),
                     "whoever does not allow it is not enrolled; default the one purpose that every touch of every "
                     "arm needs, if there is one; suppressed customers never are"),
            group<P>({.key = "enrol", .shape = {}, .required = false, .built = true, .doc = "when customers join"},
                     enrol_table()),
            optional("observe_until", &P::observe_until, instant(), "the end of observation"),
            group<P>({.key = "metrics", .shape = {}, .required = true, .built = true, .doc = "what judges the pilot"},
                     metrics_table()),
            optional("design", &P::design, record(design_table()), "how certain a verdict must be"),
            group<P>(
                {.key = "decide",
                 .shape = {},
                 .required = false,
                 .built = true,
                 .doc = "the two verdicts, by the interval of the design over all customers of the pilot: better and "
                        "worse exclude 0, not_worse reaches above minus the margin of a guardrail (else 0), "
                        "enough says that there is an interval"},
                decide_table()),
            optional("budget", &P::budget, cost(),
                     "what the pilot may cost; for readers, nothing is counted against it"),
            not_built<P>("ramp", "steps by which a pilot grows"),
        },
        finish_pilot};
    return table;
}

namespace {

const Table<ArmDefinition>& arm_table() {
    using A = ArmDefinition;
    static const Table<A> table{
        "",
        {
            required("weight", &A::weight, share(), "share of customers; all weights add to 100%"),
            optional("control", &A::control, boolean(), "the arm that others are compared with; default false"),
            optional("playbook", &A::playbook, reference<PlaybookId>(NameKind::playbook),
                     "treatment; default the segment's own"),
        }};
    return table;
}

const Table<GuardrailDefinition>& guardrail_table() {
    using G = GuardrailDefinition;
    static const Table<G> table{
        "",
        {
            required("metric", &G::metric, reference<MetricId>(NameKind::metric), "what must not suffer"),
            required("worse_by_at_most", &G::worse_by_at_most, measure(), "the harm that is still accepted"),
        }};
    return table;
}

const Table<DesignDefinition>& design_table() {
    using D = DesignDefinition;
    static const Table<D> table{
        "",
        {
            only<D>("method", "always_valid", "kind of interval; this one may be looked at any time"),
            optional("alpha", &D::alpha, share_inside(), "chance of a false claim; default 5%"),
            optional("power", &D::power, share_inside(), "chance to see the smallest effect; for readers; default 80%"),
            optional("smallest_effect", &D::smallest_effect, measure(),
                     "the smallest difference worth acting on; for readers"),
            optional("tuned_at", &D::tuned_at, integer_from(1),
                     "customers at which the interval is narrowest; default 5000"),
        }};
    return table;
}

const Table<DecisionDefinition>& decision_table() {
    using D = DecisionDefinition;
    static const Table<D> table{
        "",
        {
            optional(
                "by", &D::by, instant(),
                "when it is due; not before the last to join has the whole window of every metric that this verdict "
                "is about or its lines read, and guardrails reads all of them"),
            optional("owner", &D::owner, name<PersonId>(uses(NameKind::person)), "who decides"),
            optional("ship", &D::ship, expression_text(),
                     "when to give the treatment to everybody: CEL over primary, guardrails and each metric, which are "
                     "better, worse, not_worse or enough; guardrails are ok or harmed"),
            optional("roll_back", &D::roll_back, expression_text(), "when to stop the treatment"),
            optional("confirm", &D::confirm, expression_text(), "when to keep an earlier decision to ship"),
            optional("otherwise", &D::otherwise, one_of({"review", "ship", "roll_back", "revert"}),
                     "what happens if none of these holds; default review"),
        }};
    return table;
}

const Table<P>& enrol_table() {
    static const Table<P> table{
        "",
        {
            required("from", &P::enrol_from, instant(), "first instant at which customers join"),
            required("until", &P::enrol_until, instant(), "the end, which is excluded"),
        }};
    return table;
}

const Table<P>& metrics_table() {
    static const Table<P> table{
        "",
        {
            required("primary", &P::primary, reference<MetricId>(NameKind::metric), "the one that decides"),
            optional("leading", &P::leading, list_of(reference<MetricId>(NameKind::metric)), "seen within days"),
            optional("lagging", &P::lagging, list_of(reference<MetricId>(NameKind::metric)), "seen within months"),
            optional("guardrails", &P::guardrails, list_of(record(guardrail_table())), "what must not get worse"),
        }};
    return table;
}

const Table<P>& decide_table() {
    static const Table<P> table{
        "",
        {
            optional("leading", &P::decide_leading, record(decision_table()), "the early verdict"),
            optional("lagging", &P::decide_lagging, record(decision_table()), "the late verdict"),
        }};
    return table;
}

void finish_metric(MetricDefinition& metric, const Node& node, Reading& reading) {
    const bool needs_value = metric.compute == MetricCompute::sum;
    if (needs_value && metric.value.empty()) {
        reading.refuse({node.find("compute")->at, "missing_key", "sum needs a value",
                        "add value: an expression over event, such as event.amount"});
    }
    if (!needs_value && !metric.value.empty()) {
        reading.refuse(
            {node.find("value")->at, "unused_key", "only sum uses a value", "leave value out, or write compute: sum"});
    }
}

void check_arms(const P& pilot, const Node& arms, Reading& reading) {
    if (pilot.arms.size() < 2) {
        reading.refuse({arms.at, "too_few_arms", "a pilot compares at least two arms", "add the arm to compare with"});
        return;
    }
    double total = 0;
    int controls = 0;
    for (const auto& arm : pilot.arms) {
        total += arm.weight;
        if (arm.control) ++controls;
    }
    if (std::abs(total - 1) > 0.001) {
        reading.refuse({arms.at, "weights_not_100", fmt::format("weights add to {:.6g} %, must be 100 %", total * 100),
                        "change a weight so that all arms together have 100%"});
    }
    if (controls != 1) {
        reading.refuse({arms.at, "one_control_arm", fmt::format("{} arms are control, must be one", controls),
                        "write control: true on exactly one arm"});
    }
}

void check_dates(const P& pilot, const Node& node, Reading& reading) {
    const auto must_not_come_before = [&](std::optional<Timestamp> later, std::optional<Timestamp> earlier,
                                          const Node* at, const char* what) {
        if (!later || !earlier || *later >= *earlier) return;
        reading.refuse({at->at, "dates_out_of_order", what, "change one of the two dates"});
    };
    const auto find = [&](const char* outer, const char* inner) {
        const Node* group = node.find(outer);
        return group == nullptr ? nullptr : group->find(inner);
    };
    const auto by = [&](const char* which) {
        const Node* decision = find("decide", which);
        return decision == nullptr ? nullptr : decision->find("by");
    };
    if (pilot.enrol_until <= pilot.enrol_from) {
        reading.refuse({find("enrol", "until")->at, "dates_out_of_order", "enrolment ends before it begins",
                        "change one of the two dates"});
        return;
    }
    if (pilot.enrol_until != never) {
        must_not_come_before(pilot.observe_until, pilot.enrol_until, node.find("observe_until"),
                             "observation ends before enrolment does");
    }
    must_not_come_before(pilot.decide_leading.by, pilot.enrol_from, by("leading"),
                         "the early verdict is due before enrolment");
    must_not_come_before(pilot.decide_lagging.by, pilot.enrol_from, by("lagging"),
                         "the late verdict is due before enrolment");
    must_not_come_before(pilot.decide_lagging.by, pilot.decide_leading.by, by("lagging"),
                         "the late verdict is due before the early one");
}

// Where the dates stand that are held against the windows of metrics later.
void note_places(P& pilot, const Node& node, const Reading& reading) {
    const auto* observe_until = node.find("observe_until");
    if (observe_until != nullptr) pilot.observe_until_place = reading.place(observe_until->at);
    const auto* decide = node.find("decide");
    if (decide == nullptr) return;
    const auto note = [&](const char* which, DecisionDefinition& decision) {
        const auto* mapping = decide->find(which);
        const auto* by = mapping == nullptr ? nullptr : mapping->find("by");
        if (by != nullptr) decision.by_place = reading.place(by->at);
    };
    note("leading", pilot.decide_leading);
    note("lagging", pilot.decide_lagging);
}

void finish_pilot(P& pilot, const Node& node, Reading& reading) {
    note_places(pilot, node, reading);
    check_arms(pilot, *node.find("arms"), reading);
    check_dates(pilot, node, reading);
    if (pilot.layer.empty()) pilot.layer = pilot.id.text;
    if (pilot.seed.empty()) pilot.seed = pilot.id.text;
}

}  // namespace
}  // namespace segmentd::rules::load
