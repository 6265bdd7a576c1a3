#include "tests/fuzz/inputs.hpp"

#include <cstdlib>
#include <string>
#include <vector>

#include "rules/expression/evaluation.hpp"
#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"
#include "rules/load/load.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::tests {

namespace expression = rules::expression;
using expression::Type;
using expression::TypeKind;
using expression::Value;

namespace {

const std::string workspace_file = R"(workspace: shop
company: A shop
zone: UTC
currency: EUR
people:
  - {id: dana, name: Dana Ruiz, roles: [steward, approver]}
profile: {plan: text, seats: integer}
)";

expression::Declarations names();
std::vector<Value> row();

}  // namespace

void try_expression(std::string_view text) {
    static const auto declared = names();
    static const auto values = row();
    for (const auto compile : {expression::compile, expression::compile_unchecked}) {
        const auto program = compile(text, declared, expression::Limits{});
        if (!program) continue;
        const auto outcome = expression::evaluate(*program, values);
        if (outcome) static_cast<void>(to_json_text(*outcome));
        expression::Evaluation evaluation(program->code(), values);
        static_cast<void>(evaluation.truth_of(program->code().root));
        if (evaluation.steps() > program->cost()) std::abort();  // every value below is within the sizes assumed
        static_cast<void>(slots_read(*program));
    }
}

void try_workspace_file(std::string_view text) {
    rules::WorkspaceFiles files;
    files["workspace.yaml"] = workspace_file;
    files["segments/tried.yaml"] = std::string(text);
    auto loaded = rules::load_workspace(files);
    if (loaded) static_cast<void>(rules::build_rulebook(std::move(*loaded)).has_value());
}

namespace {

expression::Declarations names() {
    expression::Declarations declarations;
    declarations.add_record("profile", {{"plan", TypeKind::string, 0}, {"seats", TypeKind::integer, 1}});
    declarations.add_record("feature", {{"orders", TypeKind::integer, 1}, {"spend", TypeKind::real, 2}});
    declarations.add_variable("words", Type::list_of(TypeKind::string), 3);
    declarations.add_variable("counts", Type::map_of(TypeKind::string, TypeKind::integer), 4);
    declarations.add_variable("since", TypeKind::timestamp, 5);
    declarations.add_variable("x", Type(), 6);
    declarations.add_variable("gone", TypeKind::string, 7);
    return declarations;
}

std::vector<Value> row() {
    const Value words = Value::list({Value::string("naïve"), Value::string(""), Value::string("pro")});
    const Value counts =
        Value::map({{Value::string("a"), Value::integer(1)}, {Value::string("b"), Value::integer(-2)}}).value();
    return {Value::string("pro"),
            Value::integer(3),
            Value::real(2.5),
            words,
            counts,
            Value::timestamp(expression::Instant{1'700'000'000, 5}),
            words};
}

}  // namespace
}  // namespace segmentd::tests
