// Compiles features: what they compute, and which signals they take in.
#include <fmt/format.h>

#include "rules/rulebook/builder.hpp"

namespace segmentd::rules {

using expression::Type;
using expression::TypeKind;

namespace {

FeaturePlan plan_of(const FeatureDefinition& feature) {
    FeaturePlan plan;
    plan.compute = feature.compute;
    plan.window = feature.window;
    plan.zone = feature.zone;
    plan.has_value = !feature.value.empty();
    plan.half_life = feature.half_life;
    plan.refresh_every = feature.refresh_every;
    plan.after = feature.after;
    plan.at_least = feature.at_least;
    if (feature.compute == Aggregate::decay) plan.window = feature.half_life * half_lives_kept;
    if (feature.compute == Aggregate::regular) {
        plan.window = CalendarWindow{feature.period, -feature.periods, feature.periods};
    }
    for (const auto& step : feature.steps) {
        if (step.within) plan.within.push_back(*step.within);
    }
    return plan;
}

// Whether a feature may keep what has this type.
bool can_be_kept(const Type& type) {
    return counts_as_number(type) || type == TypeKind::string || type == TypeKind::timestamp;
}

bool adds_up(Aggregate compute) {
    return compute == Aggregate::sum || compute == Aggregate::mean || compute == Aggregate::trend ||
           compute == Aggregate::decay || compute == Aggregate::share;
}

}  // namespace

void Builder::compile_features() {
    book_.sources_of_features.resize(book_.definitions.signals.size());
    for (const auto& feature : book_.definitions.features) compile_feature(feature);
}

void Builder::compile_feature(const FeatureDefinition& feature) {
    CompiledFeature compiled;
    compiled.plan = plan_of(feature);
    Type value_type = TypeKind::dyn;
    if (!feature.signal.empty()) {
        take_in(feature.signal, feature.where, 0);
        value_type = compile_value(feature, compiled);
    }
    for (std::size_t step = 0; step < feature.steps.size(); ++step) {
        take_in(feature.steps[step].signal, feature.steps[step].where, std::int64_t{1} << step);
    }
    for (const auto& step : feature.without) take_in(step.signal, step.where, breaks_sequence);
    if (feature.zone == CalendarZone::customer && book_.definitions.workspace.customer_zone.empty()) {
        refuse(feature.place, fmt::format("feature {}: nothing says in which zone a customer is", feature.id.text),
               "missing_key", "add customer_zone to the workspace and name an attribute of the profile there");
    }
    feature_types_.push_back(feature_type(feature.compute, value_type));
    book_.features.push_back(std::move(compiled));
}

void Builder::take_in(const Reference<SignalId>& signal, const Condition& where, std::int64_t meaning) {
    const auto index = *index_of(book_.definitions.signals, signal.id);
    book_.sources_of_features[index].push_back(
        {book_.features.size(), where, compile(where, event_scope(book_.definitions.signals[index])), meaning});
}

Type Builder::compile_value(const FeatureDefinition& feature, CompiledFeature& compiled) {
    const auto& signal = *find(book_.definitions.signals, feature.signal.id);
    const auto scope = event_scope(signal);
    compiled.of = compile(feature.of, scope);
    if (feature.value.empty()) return TypeKind::dyn;
    compiled.property = direct_property(feature.value, signal);
    compiled.value = compile(feature.value, scope, TypeKind::dyn);
    if (!compiled.value) return TypeKind::dyn;
    if (compiled.property && signal.properties[*compiled.property].type == AttributeType::money) {
        compiled.plan.money_digits = book_.money_digits;
    }
    const auto& type = compiled.value->type();
    if (adds_up(feature.compute) && !counts_as_number(type)) {
        refuse(feature.value.place,
               fmt::format("feature {}: {} needs a number", feature.id.text, to_word(feature.compute)), "cel_type",
               "aggregate a number, or use count, distinct, first or last");
    } else if (!can_be_kept(type)) {
        refuse(feature.value.place, fmt::format("feature {}: a value is no {}", feature.id.text, to_text(type)),
               "cel_type", "a feature keeps numbers, texts, truths and times");
    }
    return type;
}

}  // namespace segmentd::rules
