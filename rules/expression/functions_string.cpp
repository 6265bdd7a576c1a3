#include "rules/expression/functions_string.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>

#include "rules/expression/limits.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::rules::expression {
namespace {

constexpr std::size_t longest_pattern = 1'000;
constexpr std::int64_t pattern_memory = 256 * 1024;

bool are_strings(const Value& left, const Value& right) {
    return left.kind() == Kind::string && right.kind() == Kind::string;
}

auto strings_only() {
    return no_value(EvaluationErrorKind::no_such_overload, "this function takes strings only");
}

Value integer_size(std::size_t size) {
    return Value::integer(static_cast<std::int64_t>(size));
}

}  // namespace

Outcome size_of(const Value& value) {
    switch (value.kind()) {
        case Kind::string: return integer_size(count_code_points(value.as_text()));
        case Kind::bytes: return integer_size(value.as_text().size());
        case Kind::list: return integer_size(value.as_list().size());
        case Kind::map: return integer_size(value.as_map().entries().size());
        default: return no_value(EvaluationErrorKind::no_such_overload, "this value has no size");
    }
}

Outcome contains_text(const Value& text, const Value& part) {
    if (!are_strings(text, part)) return strings_only();
    return Value::boolean(text.as_text().find(part.as_text()) != std::string_view::npos);
}

Outcome starts_with(const Value& text, const Value& prefix) {
    if (!are_strings(text, prefix)) return strings_only();
    return Value::boolean(text.as_text().starts_with(prefix.as_text()));
}

Outcome ends_with(const Value& text, const Value& suffix) {
    if (!are_strings(text, suffix)) return strings_only();
    return Value::boolean(text.as_text().ends_with(suffix.as_text()));
}

Outcome matches(const Value& text, const Value& pattern) {
    if (!are_strings(text, pattern)) return strings_only();
    EvaluationError error;
    const auto compiled = compile_pattern(pattern.as_text(), error);
    if (!compiled) return tl::unexpected(std::move(error));
    return matches(text, *compiled);
}

Outcome matches(const Value& text, const re2::RE2& pattern) {
    if (text.kind() != Kind::string) return strings_only();
    const re2::StringPiece piece(text.as_text().data(), text.as_text().size());
    return Value::boolean(re2::RE2::PartialMatch(piece, pattern));
}

std::uint64_t weight_of(const re2::RE2& pattern) {
    return 1 + pattern.pattern().size() / bytes_a_weight;
}

std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern, EvaluationError& error) {
    if (pattern.size() > longest_pattern) {
        error = {EvaluationErrorKind::invalid_argument,
                 fmt::format("a regular expression has at most {} bytes", longest_pattern)};
        return nullptr;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(pattern_memory);
    auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (compiled->ok()) return compiled;
    error = {EvaluationErrorKind::invalid_argument,
             fmt::format("'{}' is no regular expression: {}", pattern, compiled->error())};
    return nullptr;
}

}  // namespace segmentd::rules::expression
