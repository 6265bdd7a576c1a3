// Functions on strings, and size() of everything that has one.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/value.hpp"

namespace re2 {
class RE2;
}

namespace segmentd::rules::expression {

// Code points of a string, bytes, elements of a list, entries of a map.
Outcome size_of(const Value& value);

Outcome contains_text(const Value& text, const Value& part);
Outcome starts_with(const Value& text, const Value& prefix);
Outcome ends_with(const Value& text, const Value& suffix);

// Whether the regular expression (RE2 syntax) matches somewhere in the text.
Outcome matches(const Value& text, const Value& pattern);
Outcome matches(const Value& text, const re2::RE2& pattern);

// What a pattern costs at each unit of weight of a text: that of its own text.
std::uint64_t weight_of(const re2::RE2& pattern);

// A regular expression of at most 1,000 bytes that needs at most 256 KiB when compiled; null with
// the reason in `error` for another text.
std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern, EvaluationError& error);

}  // namespace segmentd::rules::expression
