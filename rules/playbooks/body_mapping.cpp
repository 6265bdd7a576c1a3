#include "rules/playbooks/body_mapping.hpp"

#include <fmt/format.h>

#include <array>

#include "rules/expression/json_value.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules {

using expression::Kind;
using expression::Type;
using expression::TypeKind;
using expression::Value;

namespace {

using EventRow = std::array<Value, 6>;

Result<EventRow> row_of(const EventEnvelope& event);
Result<Value> evaluate(const expression::Program& program, const EventRow& row);

}  // namespace

expression::Declarations envelope_scope() {
    expression::Declarations scope;
    scope.add_record("event", {{"id", TypeKind::string, 0},
                               {"type", TypeKind::string, 1},
                               {"source", TypeKind::string, 2},
                               {"time", TypeKind::timestamp, 3},
                               {"subject", TypeKind::string, 4},
                               {"data", Type::map_of(TypeKind::string, TypeKind::dyn), 5}});
    return scope;
}

Result<Value> map_event(const expression::Program& program, const EventEnvelope& event) {
    TRY(row, row_of(event));
    return evaluate(program, row);
}

Result<std::string> make_body(const CompiledBody& mapping, const EventEnvelope& event) {
    if (mapping.empty()) return cloud_event(event);
    TRY(row, row_of(event));
    if (mapping.whole) {
        TRY(value, evaluate(*mapping.whole, row));
        const bool is_plain = !mapping.is_json && value.kind() == Kind::string;
        return is_plain ? std::string(value.as_text()) : to_json_text(value);
    }
    std::vector<expression::MapEntry> entries;
    for (const auto& [name, program] : mapping.members) {
        auto value = evaluate(program, row);
        if (!value) return fail(ErrorCode::invalid, fmt::format("{}: {}", name, value.error().message));
        entries.push_back({Value::string(name), std::move(*value)});
    }
    return to_json_text(Value::map(std::move(entries)).value());
}

namespace {

Result<EventRow> row_of(const EventEnvelope& event) {
    TRY(data, expression::value_of_json(event.data));
    return EventRow{Value::string(event.id),
                    Value::string(event.type),
                    Value::string(event.source),
                    Value::timestamp(event.time),
                    event.subject.empty() ? Value() : Value::string(event.subject),
                    std::move(data)};
}

Result<Value> evaluate(const expression::Program& program, const EventRow& row) {
    auto outcome = expression::evaluate(program, row);
    if (!outcome) return fail(ErrorCode::invalid, outcome.error().message);
    return std::move(*outcome);
}

}  // namespace
}  // namespace segmentd::rules
