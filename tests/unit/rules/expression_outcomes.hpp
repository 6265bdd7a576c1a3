// Expressions without variables, and what becomes of them.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::tests {

namespace expression = rules::expression;

// As JSON; "error: message" where the evaluation fails. Without type check, so that every error is met there.
inline std::string result_of(const std::string& text) {
    INFO(text);
    const auto program = expression::compile_unchecked(text, expression::Declarations{}, expression::Limits{});
    REQUIRE(program);
    const auto outcome = expression::evaluate(*program, {});
    return outcome ? expression::to_json_text(*outcome) : "error: " + outcome.error().message;
}

// line:column: message.
inline std::string refusal_of(const Error& error) {
    return std::to_string(error.where.line) + ':' + std::to_string(error.where.column) + ": " + to_text(error);
}

// The type that the checker finds, or the place and message of its refusal.
inline std::string type_of(const std::string& text) {
    const auto program = expression::compile(text, expression::Declarations{}, expression::Limits{});
    return program ? to_text(program->type()) : refusal_of(program.error());
}

}  // namespace segmentd::tests
