#include "rules/rulebook/scopes.hpp"

namespace segmentd::rules {

using expression::Declarations;
using expression::Field;
using expression::Type;
using expression::TypeKind;

namespace {

int slot_number(std::size_t slot) {
    return static_cast<int>(slot);
}

}  // namespace

Type expression_type(AttributeType type) {
    switch (type) {
        case AttributeType::text: return TypeKind::string;
        case AttributeType::number:
        case AttributeType::money: return TypeKind::real;
        case AttributeType::integer: return TypeKind::integer;
        case AttributeType::boolean: return TypeKind::boolean;
        case AttributeType::time: return TypeKind::timestamp;
    }
    return TypeKind::dyn;
}

Type feature_type(Aggregate compute, const Type& value) {
    switch (compute) {
        case Aggregate::count:
        case Aggregate::distinct:
        case Aggregate::recency: return TypeKind::integer;
        case Aggregate::sum:
        case Aggregate::mean:
        case Aggregate::gap:
        case Aggregate::trend:
        case Aggregate::decay:
        case Aggregate::share: return TypeKind::real;
        case Aggregate::regular:
        case Aggregate::stopped:
        case Aggregate::restarted:
        case Aggregate::sequence: return TypeKind::boolean;
        case Aggregate::min:
        case Aggregate::max:
        case Aggregate::first:
        case Aggregate::last:
        case Aggregate::most_frequent: return value;
    }
    return TypeKind::dyn;
}

bool counts_as_number(const Type& type) {
    return type.is_dyn() || type.is_number() || type == TypeKind::boolean;
}

Declarations event_scope(const SignalDefinition& signal) {
    std::vector<Field> fields;
    for (const auto& property : signal.properties) {
        fields.push_back({property.name, expression_type(property.type), slot_number(fields.size())});
    }
    Declarations scope;
    scope.add_record("event", fields);
    return scope;
}

Declarations row_scope(const SourceDefinition& source) {
    std::vector<Field> fields;
    for (const auto& column : source.columns) {
        fields.push_back({column, TypeKind::string, slot_number(fields.size())});
    }
    Declarations scope;
    scope.add_record("row", fields);
    return scope;
}

Declarations customer_scope(const Rulebook& book, const std::vector<Type>& feature_types) {
    const auto& definitions = book.definitions;
    const auto& layout = book.layout;
    std::vector<Field> profile, features, scores, thresholds, segments, consents;
    for (const auto& [name, type] : definitions.workspace.profile) {
        profile.push_back({name, expression_type(type), slot_number(layout.profile + profile.size())});
    }
    for (const auto& feature : definitions.features) {
        const auto index = features.size();
        features.push_back({feature.id.text, feature_types[index], slot_number(layout.features + index)});
    }
    for (const auto& name : book.score_names) {
        scores.push_back({name, TypeKind::real, slot_number(layout.scores + scores.size())});
    }
    for (const auto& name : book.threshold_names) {
        thresholds.push_back({name, TypeKind::real, slot_number(layout.thresholds + thresholds.size())});
    }
    for (const auto& segment : definitions.segments) {
        segments.push_back({segment.id.text, TypeKind::boolean, slot_number(layout.segments + segments.size())});
    }
    for (const auto& purpose : definitions.workspace.purposes) {
        consents.push_back({purpose.id.text, TypeKind::boolean, slot_number(layout.consents + consents.size())});
    }
    Declarations scope;
    scope.add_record("profile", profile);
    scope.add_record("feature", features);
    scope.add_record("score", scores);
    scope.add_record("threshold", thresholds);
    scope.add_record("segment", segments);
    scope.add_record("consent", consents);
    return scope;
}

Declarations decision_scope(const PilotDefinition& pilot) {
    const auto metric_at = [](std::size_t first) {
        std::vector<Field> fields;
        for (const char* member : {"better", "worse", "not_worse", "enough"}) {
            fields.push_back({member, TypeKind::boolean, slot_number(first + fields.size())});
        }
        return fields;
    };
    Declarations scope;
    std::size_t next = judgements_of_a_metric + judgements_of_guardrails;
    for (const auto& metric : metrics_of(pilot)) {
        scope.add_record(metric.text, metric_at(next));
        next += judgements_of_a_metric;
    }
    scope.add_record("primary", metric_at(0));
    scope.add_record("guardrails", {{"ok", TypeKind::boolean, slot_number(judgements_of_a_metric)},
                                    {"harmed", TypeKind::boolean, slot_number(judgements_of_a_metric + 1)}});
    return scope;
}

Asked asked_at(std::size_t slot) {
    constexpr std::size_t first_metric = judgements_of_a_metric + judgements_of_guardrails;
    if (slot < judgements_of_a_metric) return {Asked::Of::primary, 0};
    if (slot < first_metric) return {Asked::Of::guardrails, 0};
    return {Asked::Of::metric, (slot - first_metric) / judgements_of_a_metric};
}

}  // namespace segmentd::rules
