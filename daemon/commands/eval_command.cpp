#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/store/files.hpp"
#include "rules/expression/json_value.hpp"
#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::daemon {

namespace expression = rules::expression;
using expression::Kind;
using expression::Value;

namespace {

constexpr std::string_view whole_document = "profile";

struct Scope {
    expression::Declarations declarations;
    std::vector<Value> row;
    expression::Limits limits;
};

Result<std::string> read_document(const std::string& file);
Result<Scope> scope_of(const std::string& document);
Result<Value> value_of(const std::string& text, const Scope& scope);

}  // namespace

int eval_command(const std::string& profile_file, const std::string& text) {
    const auto document = read_document(profile_file);
    if (!document) return report(document.error());
    const auto scope = scope_of(*document);
    if (!scope) return report(scope.error());
    const auto value = value_of(text, *scope);
    if (!value) return report(value.error());
    fmt::print("{}\n", expression::to_json_text(*value));
    return exit_done;
}

namespace {

Result<std::string> read_document(const std::string& file) {
    if (file.empty()) return std::string("{}");
    if (file != "-") return read_file(file);
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

// The longest list or map and the longest text, so that the bound of cost knows what is read.
void measure(const Value& value, expression::Limits& limits) {
    if (value.kind() == Kind::string)
        limits.text_bytes = std::max<std::uint64_t>(limits.text_bytes, value.as_text().size());
    if (value.kind() == Kind::list) {
        limits.elements = std::max<std::uint64_t>(limits.elements, value.as_list().size());
        for (const Value& element : value.as_list()) measure(element, limits);
    }
    if (value.kind() == Kind::map) {
        limits.elements = std::max<std::uint64_t>(limits.elements, value.as_map().entries().size());
        for (const auto& entry : value.as_map().entries()) measure(entry.value, limits);
    }
}

// Every member is a variable of unknown type. Where none is called `profile`, the whole document is.
Result<Scope> scope_of(const std::string& document) {
    TRY(whole, expression::value_of_json(document));
    if (whole.kind() != Kind::map) return fail(ErrorCode::invalid, "the profile is no JSON object");
    Scope scope;
    const auto add = [&](std::string_view name, const Value& value) {
        scope.declarations.add_variable(std::string(name), expression::Type(), static_cast<int>(scope.row.size()));
        scope.row.push_back(value);
    };
    add(whole_document, whole);
    for (const auto& [name, value] : whole.as_map().entries()) add(name.as_text(), value);
    scope.limits.cost = expression::most_steps;
    scope.limits.elements = 1;
    scope.limits.text_bytes = 1;
    measure(whole, scope.limits);
    return scope;
}

Result<Value> value_of(const std::string& text, const Scope& scope) {
    auto program = expression::compile(text, scope.declarations, scope.limits);
    if (!program) {
        Error error = std::move(program).error();
        error.where.file = "expression";
        return fail(std::move(error));
    }
    auto outcome = expression::evaluate(*program, scope.row);
    if (!outcome) return fail(ErrorCode::invalid, outcome.error().message);
    return *std::move(outcome);
}

}  // namespace
}  // namespace segmentd::daemon
