#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

void finish_segment(SegmentDefinition& segment, const Node& node, Reading& reading);
Reader<Evidence> evidence();
const Table<Evidence>& evidence_table();
const Table<SegmentLimits>& limits_table();
const Table<SegmentLimits>& size_table();
const Table<SegmentLimits>& share_table();
void finish_limits(SegmentLimits& limits, const Node& node, Reading& reading);
const Table<SuccessMetric>& success_table();
void finish_success(SuccessMetric& success, const Node& node, Reading& reading);

}  // namespace

const Table<SegmentDefinition>& segment_table() {
    using S = SegmentDefinition;
    static const Table<S> table{
        "Customers or accounts that belong together, why we believe it, and who answers for it.",
        {
            required("segment", &S::id, name<SegmentId>(declares(NameKind::segment)), "name of the segment"),
            optional("title", &S::title, text(), "the segment in a few words"),
            optional(
                "of", &S::of, word<Subject>(),
                "whose segment it is: of customers, or of accounts, which have no playbook, success_metrics, limits "
                "and tests; default customer"),
            optional("objective", &S::objective, name<std::string>(uses(NameKind::objective)),
                     "the objective it serves"),
            optional("rationale", &S::rationale, text(), "why these customers belong together"),
            optional("evidence", &S::evidence, list_of(evidence()),
                     "what supports the rationale: notes, or plain texts"),
            optional("values", &S::values, list_of(text()), "what members value"),
            optional("jobs_to_be_done", &S::jobs_to_be_done, list_of(text()), "what members want to get done"),
            optional("pain_points", &S::pain_points, list_of(text()), "what is in their way"),
            required("steward", &S::steward, name<PersonId>(uses(NameKind::person)), "the person who answers for it"),
            optional("playbook", &S::playbook, reference<PlaybookId>(NameKind::playbook), "how members are treated"),
            required("enter", &S::enter, condition(), "who enters: CEL over a customer; of a list all must hold"),
            optional("stay", &S::stay, condition(),
                     "who stays; default the same as enter. Each line must follow from enter: a line that asks more of "
                     "something that enter bounds is refused, and whoever would have to leave at once is not let in"),
            optional("leave_at_once", &S::leave_at_once, condition(), "ends a membership whatever minimum_stay says"),
            optional("minimum_stay", &S::minimum_stay, duration(), "shortest membership; default none"),
            optional(
                "missing", &S::missing, word<MissingRule>(),
                "what it means for entering that an unknown input leaves enter undecided: kept out, let in, or kept "
                "out and counted as an error of the segment until the input is known; default exclude. An unknown "
                "input never ends a membership"),
            optional("success_metrics", &S::success_metrics, list_of(record(success_table())),
                     "how we see that it works; default the target of its objective"),
            optional("review_every", &S::review_every, window(),
                     "how often the steward looks at it again: so long after the last decided review, or after its "
                     "conditions came into force; then the segment is listed as due, no review is opened by it"),
            optional("review_on", &S::review_on, instant(),
                     "a date to look at it again; due from then on until a review of it is decided or the date moved"),
            optional("limits", &S::limits, record(limits_table()),
                     "sizes that were agreed on, judged at the end of each day; a broken one opens a review"),
            optional("tests", &S::tests, list_of(record(segment_test_table())),
                     "customers who must be in or out, asked by segmentctl test"),
        },
        finish_segment};
    return table;
}

namespace {

void finish_segment(SegmentDefinition& segment, const Node& node, Reading& reading) {
    if (segment.of == Subject::customer) return;
    const auto refuse = [&](const char* key, const char* why, const char* hint) {
        if (const auto* value = node.find(key)) reading.refuse({value->at, "not_of_accounts", why, hint});
    };
    refuse("playbook", "an account is not contacted: people are, and consent is theirs",
           "give the playbook to a segment of customers");
    refuse("success_metrics", "metrics are measured among customers", "leave success_metrics out");
    refuse("limits", "sizes of segments of accounts are not watched yet", "leave limits out");
    refuse("tests", "segments of accounts cannot be tested in their file yet", "leave tests out");
}

// A note as a mapping; a plain text is the note alone.
Reader<Evidence> evidence() {
    auto note = record(evidence_table());
    auto plain = text();
    Shape shape = note.shape;
    shape.form = "text or mapping";
    shape.schema = R"({"oneOf":[)" + plain.shape.schema + "," + note.shape.schema + "]}";
    return {std::move(shape), [note, plain](const Node& node, Reading& reading) -> std::optional<Evidence> {
                if (node.form == Node::Form::mapping) return note.read(node, reading);
                auto text = plain.read(node, reading);
                if (!text) return std::nullopt;
                return Evidence{{}, {}, {}, std::move(*text)};
            }};
}

const Table<Evidence>& evidence_table() {
    using E = Evidence;
    static const Table<E> table{"",
                                {
                                    required("kind", &E::kind, word<EvidenceKind>(), "how it was found"),
                                    required("date", &E::date, instant(), "when"),
                                    required("source", &E::source, text(), "with whom or where; where to read it"),
                                    required("note", &E::note, text(), "what was found"),
                                }};
    return table;
}

const Table<SegmentLimits>& limits_table() {
    using L = SegmentLimits;
    static const Table<L> table{
        "",
        {
            group(KeyRow{.key = "size", .shape = {}, .doc = "members"}, size_table()),
            group(KeyRow{.key = "share", .shape = {}, .doc = "members among all known customers"}, share_table()),
        },
        finish_limits};
    return table;
}

const Table<SegmentLimits>& size_table() {
    using L = SegmentLimits;
    static const Table<L> table{"",
                                {
                                    optional("at_least", &L::size_at_least, integer_from(1), "smallest size"),
                                    optional("at_most", &L::size_at_most, integer_from(0), "largest size"),
                                }};
    return table;
}

const Table<SegmentLimits>& share_table() {
    using L = SegmentLimits;
    static const Table<L> table{"",
                                {
                                    optional("at_least", &L::share_at_least, share(), "smallest share"),
                                    optional("at_most", &L::share_at_most, share(), "largest share"),
                                }};
    return table;
}

void finish_limits(SegmentLimits& limits, const Node& node, Reading& reading) {
    if (limits == SegmentLimits{}) {
        reading.refuse(
            {node.at, "missing_key", "the limits bound nothing", "add size or share with at_least or at_most"});
    }
    const auto refuse_empty = [&](const char* key, const auto& least, const auto& most) {
        if (!least || !most || *least <= *most) return;
        reading.refuse({node.find(key)->find("at_most")->at, "empty_range",
                        std::string(key) + ": at_most is below at_least", "swap the two"});
    };
    refuse_empty("size", limits.size_at_least, limits.size_at_most);
    refuse_empty("share", limits.share_at_least, limits.share_at_most);
}

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
