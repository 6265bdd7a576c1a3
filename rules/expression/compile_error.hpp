// Refusals of an expression, with their place in its text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::rules::expression {

inline constexpr const char* rule_syntax = "cel_syntax";
inline constexpr const char* rule_type = "cel_type";
inline constexpr const char* rule_unknown_name = "cel_unknown_name";
inline constexpr const char* rule_limit = "cel_limit";

struct Complaint {
    std::size_t offset = 0;  // in bytes of the expression text
    const char* rule = rule_syntax;
    std::string message;
    std::string hint;
};

// The Error of a complaint: code invalid; line and column from 1, the column in code points.
Error to_error(std::string_view text, Complaint complaint);

}  // namespace segmentd::rules::expression
