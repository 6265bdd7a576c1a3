#include <fmt/format.h>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

void finish_feature(FeatureDefinition& feature, const Node& node, Reading& reading);

}  // namespace

const Table<FeatureDefinition>& feature_table() {
    using F = FeatureDefinition;
    static const Table<F> table{
        "What is computed from a customer's signals, read as feature.<name>.",
        {
            required("feature", &F::id, name<FeatureId>(declares(NameKind::feature)), "name of the feature"),
            optional("title", &F::title, text(), "the feature in a few words"),
            required("signal", &F::signal, reference<SignalId>(NameKind::signal), "what is looked at"),
            required("compute", &F::compute, word<Aggregate>(), "how the signals become one value"),
            optional("value", &F::value, expression_text(),
                     "what is aggregated: CEL over event; not for count and recency"),
            optional("window", &F::window, window(), "only signals not older than this; default the whole life"),
            optional("where", &F::where, condition(), "only signals for which this holds: CEL over event"),
            optional("owner", &F::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
        },
        finish_feature};
    return table;
}

namespace {

void finish_feature(FeatureDefinition& feature, const Node& node, Reading& reading) {
    const bool needs_value = feature.compute != Aggregate::count && feature.compute != Aggregate::recency;
    if (needs_value && feature.value.empty()) {
        reading.refuse({node.find("compute")->at, "missing_key",
                        fmt::format("{} needs a value", to_word(feature.compute)),
                        "add value: an expression over event, such as event.amount"});
    }
    if (!needs_value && !feature.value.empty()) {
        reading.refuse({node.find("value")->at, "unused_key", fmt::format("{} uses no value", to_word(feature.compute)),
                        "leave value out, or filter with where"});
    }
}

}  // namespace
}  // namespace segmentd::rules::load
