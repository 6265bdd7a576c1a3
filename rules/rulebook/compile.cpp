// Compiles the expressions of every kind of definition into the rulebook.
#include <fmt/format.h>

#include <limits>

#include "base/money.hpp"
#include "rules/rulebook/builder.hpp"
#include "rules/rulebook/zero_division.hpp"

namespace segmentd::rules {

using expression::Declarations;
using expression::Program;
using expression::Type;
using expression::TypeKind;

void Builder::compile_models() {
    for (const auto& model : book_.definitions.models) compile_model(model);
}

void Builder::compile_model(const ModelDefinition& model) {
    CompiledModel compiled;
    for (const auto& feature : model.features) {
        compiled.feature_slots.push_back(book_.layout.features + *index_of(book_.definitions.features, feature.id));
    }
    compiled.target = compile(model.target.condition, book_.scope);
    if (model.type == ModelType::bg_nbd || model.type == ModelType::gamma_gamma) {
        CompiledHistory history;
        history.signal = *index_of(book_.definitions.signals, model.signal.id);
        const auto& signal = book_.definitions.signals[history.signal];
        if (!model.value.empty()) {
            history.property = direct_property(model.value, signal);
            history.value = compile_number(model.value, event_scope(signal));
        }
        compiled.history = book_.histories.size();
        book_.histories.push_back(std::move(history));
    }
    book_.models.push_back(std::move(compiled));
}

void Builder::compile_scores() {
    std::size_t index = 0;
    for (const auto& model : book_.definitions.models) {
        for (const auto& score : model.scores) {
            if (!score.expression.empty()) {
                book_.scores[index].expression = compile_number(score.expression, book_.scope);
            }
            ++index;
        }
    }
}

void Builder::compile_metrics() {
    for (const auto& metric : book_.definitions.metrics) {
        CompiledMetric compiled;
        compiled.signal = *index_of(book_.definitions.signals, metric.signal.id);
        const auto& signal = book_.definitions.signals[compiled.signal];
        const auto scope = event_scope(signal);
        if (!metric.value.empty()) {
            compiled.property = direct_property(metric.value, signal);
            compiled.value = compile_number(metric.value, scope);
            if (compiled.property && signal.properties[*compiled.property].type == AttributeType::money) {
                compiled.money_digits = book_.money_digits;
            }
        }
        compiled.where = compile(metric.where, scope);
        book_.metrics.push_back(std::move(compiled));
    }
}

void Builder::compile_sources() {
    for (const auto& source : book_.definitions.sources) {
        const auto scope = row_scope(source);
        std::vector<CompiledEmission> emissions;
        for (const auto& emission : source.emit) {
            CompiledEmission compiled;
            compiled.when = compile(emission.when, scope);
            if (!emission.occurred_at.empty())
                compiled.occurred_at = compile(emission.occurred_at, scope, TypeKind::dyn);
            if (!emission.arm.empty()) compiled.arm = compile(emission.arm, scope, TypeKind::string);
            if (!emission.account.empty()) compiled.account = compile(emission.account, scope, TypeKind::dyn);
            for (const auto& [name, text] : emission.values) {
                if (auto program = compile(text, scope, TypeKind::dyn))
                    compiled.values.emplace(name, std::move(*program));
            }
            emissions.push_back(std::move(compiled));
        }
        auto customer = compile(source.customer, scope, TypeKind::dyn);
        auto occurred_at = compile(source.occurred_at, scope, TypeKind::dyn);
        if (!customer || !occurred_at) continue;
        book_.sources.push_back({std::move(*customer), std::move(*occurred_at), std::move(emissions)});
    }
}

void Builder::compile_reports() {
    const auto& workspace = book_.definitions.workspace;
    if (!workspace.revenue.empty()) book_.revenue = compile_number(workspace.revenue, book_.scope);
    if (!workspace.expected_value.empty()) {
        book_.expected_value = compile_number(workspace.expected_value, book_.scope);
    }
}

std::optional<Program> Builder::compile(const ExpressionText& text, const Declarations& scope, const Type& wanted) {
    expression::Limits limits;
    if (is_recorded_) limits.cost = std::numeric_limits<std::uint64_t>::max();
    auto program = expression::compile(text.text, scope, limits);
    const auto zero = program ? literal_division_by_zero(text.text) : std::nullopt;
    if (!program || zero) {
        auto error = zero ? *zero : program.error();
        const int line = error.where.line;
        error.where.file = text.place.file;
        error.where.column = text.place.column + std::max(error.where.column, 1) - 1;  // a block is indented alike
        error.where.line = text.place.line + std::max(line, 1) - 1;
        if (error.hint.empty())
            error.hint = "a condition looks like feature.orders_90d >= 2 && profile.plan == \"pro\"";
        errors_.push_back(std::move(error));
        return std::nullopt;
    }
    const auto& type = program->type();
    if (wanted == TypeKind::dyn || type == TypeKind::dyn || type == wanted) return std::move(*program);
    refuse(text.place,
           fmt::format("'{}' gives {}, wanted is {}", text.text.substr(0, 60), to_text(type), to_text(wanted)),
           "cel_type", wanted == TypeKind::boolean ? "write a condition that is true or false" : "convert the value");
    return std::nullopt;
}

std::optional<Program> Builder::compile_number(const ExpressionText& text, const Declarations& scope) {
    auto program = compile(text, scope, TypeKind::dyn);
    if (!program || counts_as_number(program->type())) return program;
    refuse(text.place,
           fmt::format("'{}' gives {}, wanted is a number", text.text.substr(0, 60), to_text(program->type())),
           "cel_type", "convert the value, for example double(x)");
    return std::nullopt;
}

Programs Builder::compile(const Condition& condition, const Declarations& scope) {
    Programs programs;
    for (const auto& line : condition) {
        if (auto program = compile(line, scope, TypeKind::boolean)) programs.push_back(std::move(*program));
    }
    return programs;
}

std::optional<std::size_t> Builder::direct_property(const ExpressionText& value, const SignalDefinition& signal) const {
    for (std::size_t i = 0; i < signal.properties.size(); ++i) {
        if (value.text == "event." + signal.properties[i].name) return i;
    }
    return std::nullopt;
}

}  // namespace segmentd::rules
