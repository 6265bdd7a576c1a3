#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

const Table<DriftDefinition>& drift_table();
const Table<DriftMonitor>& monitor_table();
const Table<EscalationStep>& escalation_table();
const Table<SignedException>& exception_table();
void finish_exception(SignedException& exception, const Node& node, Reading& reading);

}  // namespace

const Table<GovernanceDefinition>& governance_table() {
    using G = GovernanceDefinition;
    static const Table<G> table{
        "What is watched, who is called, and which attributes are protected.",
        {
            required("governance", &G::name, name<std::string>(declares(NameKind::governance)), "name of these rules"),
            optional("owner", &G::owner, name<std::string>(uses(NameKind::person)), "who answers for them"),
            optional("protected_attributes", &G::protected_attributes,
                     list_of(name<std::string>(uses(NameKind::attribute))),
                     "profile attributes that decide about nobody"),
            optional("proxies", &G::proxies, list_of(expression_text()),
                     "what gives a protected attribute away: profile.city, feature.x, score.y or event.z"),
            optional("signed_exceptions", &G::signed_exceptions, list_of(record(exception_table())),
                     "conditions that may read one after all, each signed"),
            optional("drift", &G::drift, record(drift_table()), "watches whether segments are still what was approved"),
            not_built<G>("approvals", "who must sign what"),
            optional("escalation", &G::escalation, list_of(record(escalation_table())),
                     "who is called when a review stays undecided after its deadline; in one place, each step later "
                     "than the "
                     "one before"),
            not_built<G>("risk_thresholds", "values that stop a change"),
            not_built<G>("fairness", "differences between groups"),
            not_built<G>("contingency", "what happens when something fails"),
            not_built<G>("audit_calendar", "when the books are looked at"),
        }};
    return table;
}

namespace {

const Table<DriftDefinition>& drift_table() {
    using D = DriftDefinition;
    static const Table<D> table{
        "",
        {
            optional("false_alarms", &D::false_alarms, number_above(0),
                     "false alarms accepted in each period; default 1"),
            optional("per", &D::per, window(), "the period; default 90d"),
            optional("review_within", &D::review_within, window(),
                     "deadline of a review that an alarm opens; default 14d"),
            required("monitors", &D::monitors, list_of(record(monitor_table())), "the segments to watch"),
        }};
    return table;
}

const Table<EscalationStep>& escalation_table() {
    using E = EscalationStep;
    static const Table<E> table{"",
                                {
                                    required("after", &E::after, window(), "so long after the deadline of the review"),
                                    required("to", &E::to, reference<PersonId>(NameKind::person), "who is called"),
                                }};
    return table;
}

const Table<DriftMonitor>& monitor_table() {
    using M = DriftMonitor;
    static const Table<M> table{
        "",
        {
            required("segment", &M::segment, reference<SegmentId>(NameKind::segment), "the segment"),
            required("reference_share", &M::reference_share, share_inside(),
                     "its share among the customers seen on a day, as approved"),
            optional("tolerance", &M::tolerance, share(), "relative change that does not matter; default 10%"),
        }};
    return table;
}

const Table<SignedException>& exception_table() {
    using E = SignedException;
    static const Table<E> table{
        "",
        {
            required("attribute", &E::attribute, expression_text(), "the protected attribute or the proxy"),
            optional("segment", &E::segment, reference<SegmentId>(NameKind::segment), "the segment that may read it"),
            optional("model", &E::model, reference<ModelId>(NameKind::model), "or the model"),
            optional("feature", &E::feature, reference<FeatureId>(NameKind::feature), "or the feature"),
            required("by", &E::by, name<PersonId>(uses(NameKind::person)), "the steward or approver who signs"),
            required("on", &E::on, instant(), "when they signed"),
            required("reason", &E::reason, text(), "why it is right to use it here"),
        },
        finish_exception};
    return table;
}

void finish_exception(SignedException& exception, const Node& node, Reading& reading) {
    const int named = int(!exception.segment.empty()) + int(!exception.model.empty()) + int(!exception.feature.empty());
    if (named == 1) return;
    reading.refuse({node.at, "one_of_several", "an exception is for one segment, one model or one feature",
                    "name exactly one; sign several exceptions where there are several"});
}

}  // namespace
}  // namespace segmentd::rules::load
