#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

const Table<SuccessMetric>& success_table();
void finish_success(SuccessMetric& success, const Node& node, Reading& reading);

}  // namespace

const Table<SegmentDefinition>& segment_table() {
    using S = SegmentDefinition;
    static const Table<S> table{
        "Customers who belong together, why we believe it, and who answers for it.",
        {
            required("segment", &S::id, name<SegmentId>(declares(NameKind::segment)), "name of the segment"),
            optional("title", &S::title, text(), "the segment in a few words"),
            only<S>("of", "customer", "whose segment it is"),
            optional("objective", &S::objective, name<std::string>(uses(NameKind::objective)),
                     "the objective it serves"),
            optional("rationale", &S::rationale, text(), "why these customers belong together"),
            optional("evidence", &S::evidence, list_of(text()), "what supports the rationale"),
            optional("values", &S::values, list_of(text()), "what members value"),
            required("steward", &S::steward, name<PersonId>(uses(NameKind::person)), "the person who answers for it"),
            optional("playbook", &S::playbook, reference<PlaybookId>(NameKind::playbook), "how members are treated"),
            required("enter", &S::enter, condition(), "who enters: CEL over a customer; of a list all must hold"),
            optional("stay", &S::stay, condition(),
                     "who stays; default the same as enter. Each line must follow from enter: a line that asks more of "
                     "something that enter bounds is refused, and whoever would have to leave at once is not let in"),
            optional("leave_at_once", &S::leave_at_once, condition(), "ends a membership whatever minimum_stay says"),
            optional("minimum_stay", &S::minimum_stay, duration(), "shortest membership; default none"),
            optional("missing", &S::missing, word<MissingRule>(),
                     "what an unknown input means for entering; default exclude"),
            optional("success_metrics", &S::success_metrics, list_of(record(success_table())),
                     "how we see that it works"),
            optional("review_every", &S::review_every, window(),
                     "how often the steward looks at it again; for readers, no review is opened by it"),
            not_built<S>("limits", "sizes that stop a change"),
            optional("tests", &S::tests, list_of(record(segment_test_table())),
                     "customers who must be in or out, asked by segmentctl test"),
        }};
    return table;
}

namespace {

const Table<SuccessMetric>& success_table() {
    using S = SuccessMetric;
    static const Table<S> table{
        "",
        {
            required("metric", &S::metric, reference<MetricId>(NameKind::metric), "what is measured among members"),
            optional("at_least", &S::at_least, measure(), "smallest value that counts as success"),
            optional("at_most", &S::at_most, measure(), "largest value that counts as success"),
        },
        finish_success};
    return table;
}

void finish_success(SuccessMetric& success, const Node& node, Reading& reading) {
    if (!success.at_least && !success.at_most) {
        reading.refuse({node.at, "missing_key", "the metric has no target", "add at_least or at_most"});
    }
    if (success.at_least && success.at_most && *success.at_least > *success.at_most) {
        reading.refuse({node.find("at_most")->at, "empty_range", "at_most is below at_least", "swap the two"});
    }
}

}  // namespace
}  // namespace segmentd::rules::load
