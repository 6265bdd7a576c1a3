#include "rules/rulebook/implication.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "rules/expression/parser.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules {

using expression::BinaryOperator;
using expression::Kind;
using expression::NodeId;
using expression::SyntaxKind;
using expression::SyntaxTree;

namespace {

// Numbers from `lower` to `upper`; a border may be left out.
struct Range {
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    bool without_lower = false;
    bool without_upper = false;
};

// One comparison of an operand, in the form operand operation bound.
struct Claim {
    std::string operand;
    BinaryOperator operation = BinaryOperator::equal;
    std::optional<double> number;  // a bound, or
    std::set<std::string> values;  // listed values, with == (one of them) or != (none of them)
};

// What `enter` says of one operand.
struct Known {
    Range range;
    std::optional<std::set<std::string>> values;
    bool is_bounded = false;
    bool is_read_otherwise = false;  // so that it may be bounded more tightly than the claims say
};

// The lines of `enter`, taken apart at &&.
struct Entry {
    std::vector<std::string> texts;
    std::vector<Claim> claims;
};

std::string text_of(const SyntaxTree& tree, NodeId at);
std::optional<double> number_of(const SyntaxTree& tree, NodeId at, const OperandKnowledge& known);
std::optional<Claim> claim_of(const SyntaxTree& tree, NodeId at, const OperandKnowledge& known);
void take_apart(const SyntaxTree& tree, NodeId at, const OperandKnowledge& known, Entry& entry);
Known known_of(const Entry& entry, const std::string& operand, const std::optional<OperandFacts>& facts);
Implication judge(const Entry& entry, const SyntaxTree& tree, NodeId at, const OperandKnowledge& known);

SyntaxTree parsed(const std::string& text) {
    auto tree = expression::parse(text, expression::Limits{});
    return tree ? std::move(*tree) : SyntaxTree{};
}

}  // namespace

Implication implication(const Condition& enter, const std::string& line, const OperandKnowledge& known) {
    Entry entry;
    for (const auto& condition : enter) {
        const auto tree = parsed(condition.text);
        if (!tree.nodes.empty()) take_apart(tree, tree.root, known, entry);
    }
    const auto tree = parsed(line);
    return tree.nodes.empty() ? Implication::open : judge(entry, tree, tree.root, known);
}

namespace {

void take_apart(const SyntaxTree& tree, NodeId at, const OperandKnowledge& known, Entry& entry) {
    const auto& node = tree.nodes[at];
    if (node.kind == SyntaxKind::logical_and) {
        for (const auto child : node.children) take_apart(tree, child, known, entry);
        return;
    }
    auto claim = claim_of(tree, at, known);
    entry.texts.push_back(text_of(tree, at));
    if (claim) {
        entry.texts.back().clear();
        entry.claims.push_back(std::move(*claim));
    }
}

Range range_of(const Claim& claim) {
    Range range;
    const bool is_below = claim.operation == BinaryOperator::less || claim.operation == BinaryOperator::less_equal;
    const bool is_above =
        claim.operation == BinaryOperator::greater || claim.operation == BinaryOperator::greater_equal;
    if (!is_below) range.lower = *claim.number;
    if (!is_above) range.upper = *claim.number;
    range.without_lower = claim.operation == BinaryOperator::greater;
    range.without_upper = claim.operation == BinaryOperator::less;
    return range;
}

// Of whole numbers, > 2 means >= 3.
Range in_whole_numbers(Range range) {
    if (range.without_lower) range.lower = std::floor(range.lower) + 1;
    if (range.without_upper) range.upper = std::ceil(range.upper) - 1;
    return {std::ceil(range.lower), std::floor(range.upper), false, false};
}

Range common(const Range& a, const Range& b) {
    Range both;
    both.lower = std::max(a.lower, b.lower);
    both.upper = std::min(a.upper, b.upper);
    both.without_lower = (a.without_lower && a.lower >= b.lower) || (b.without_lower && b.lower >= a.lower);
    both.without_upper = (a.without_upper && a.upper <= b.upper) || (b.without_upper && b.upper <= a.upper);
    return both;
}

bool is_empty(const Range& range) {
    const bool has_a_point =
        range.lower < range.upper || (range.lower <= range.upper && !range.without_lower && !range.without_upper);
    return !has_a_point;
}

bool lies_within(const Range& inner, const Range& outer) {
    const bool from =
        inner.lower > outer.lower || (inner.lower >= outer.lower && (inner.without_lower || !outer.without_lower));
    const bool until =
        inner.upper < outer.upper || (inner.upper <= outer.upper && (inner.without_upper || !outer.without_upper));
    return from && until;
}

Implication judge_number(const Known& enter, const Claim& claim, const std::optional<OperandFacts>& facts) {
    const bool is_whole = facts && facts->is_integer;
    const auto wanted = is_whole ? in_whole_numbers(range_of(claim)) : range_of(claim);
    const auto given = is_whole ? in_whole_numbers(enter.range) : enter.range;
    const bool meets = !is_empty(common(given, wanted));
    if (claim.operation == BinaryOperator::not_equal) {
        if (!meets) return Implication::shown;
        if (given.lower >= given.upper) return Implication::contradicted;
        return enter.is_read_otherwise || !facts ? Implication::open : Implication::weaker;
    }
    if (lies_within(given, wanted)) return Implication::shown;
    if (!meets) return Implication::contradicted;
    return enter.is_read_otherwise || !facts ? Implication::open : Implication::weaker;
}

Implication judge_values(const Known& enter, const Claim& claim) {
    if (!enter.values) return Implication::open;
    const bool excludes = claim.operation == BinaryOperator::not_equal;
    const auto meets = std::ranges::count_if(
        *enter.values, [&](const auto& value) { return claim.values.contains(value) != excludes; });
    if (meets == std::ssize(*enter.values)) return Implication::shown;
    if (meets == 0) return Implication::contradicted;
    return enter.is_read_otherwise ? Implication::open : Implication::weaker;
}

Implication judge_claim(const Entry& entry, const Claim& claim, const OperandKnowledge& known) {
    for (const auto& given : entry.claims) {
        const bool is_same = given.operand == claim.operand && given.operation == claim.operation &&
                             given.number.has_value() == claim.number.has_value() && given.values == claim.values;
        if (is_same && (!given.number || std::abs(*given.number - *claim.number) <= 0)) return Implication::shown;
    }
    const auto facts = known.facts(claim.operand);
    const auto enter = known_of(entry, claim.operand, facts);
    if (!claim.number) return judge_values(enter, claim);
    if (!enter.is_bounded) {
        const bool always = facts && facts->least && lies_within(enter.range, range_of(claim));
        return always && claim.operation != BinaryOperator::not_equal ? Implication::shown : Implication::open;
    }
    return judge_number(enter, claim, facts);
}

Implication judge_all(const Entry& entry, const SyntaxTree& tree, NodeId at, const OperandKnowledge& known) {
    auto worst = Implication::shown;
    for (const auto child : tree.nodes[at].children) worst = std::max(worst, judge(entry, tree, child, known));
    return worst;
}

// Two sides that each say too much may say the right thing together.
Implication judge_any(const Entry& entry, const SyntaxTree& tree, NodeId at, const OperandKnowledge& known) {
    auto best = Implication::contradicted;
    for (const auto child : tree.nodes[at].children) best = std::min(best, judge(entry, tree, child, known));
    return best == Implication::weaker ? Implication::open : best;
}

Implication judge(const Entry& entry, const SyntaxTree& tree, NodeId at, const OperandKnowledge& known) {
    const auto& node = tree.nodes[at];
    if (node.kind == SyntaxKind::logical_and) return judge_all(entry, tree, at, known);
    if (const auto claim = claim_of(tree, at, known)) return judge_claim(entry, *claim, known);
    if (node.kind == SyntaxKind::literal && node.literal.kind() == Kind::boolean) {
        return node.literal.as_boolean() ? Implication::shown : Implication::contradicted;
    }
    if (std::ranges::count(entry.texts, text_of(tree, at)) > 0) return Implication::shown;
    return node.kind == SyntaxKind::logical_or ? judge_any(entry, tree, at, known) : Implication::open;
}

Known known_of(const Entry& entry, const std::string& operand, const std::optional<OperandFacts>& facts) {
    Known known;
    if (facts && facts->least) known.range.lower = *facts->least;
    for (const auto& text : entry.texts) {
        if (text.find(operand) != std::string::npos) known.is_read_otherwise = true;
    }
    for (const auto& claim : entry.claims) {
        if (claim.operand != operand) {
            if (claim.operand.find(operand) != std::string::npos) known.is_read_otherwise = true;
        } else if (claim.operation == BinaryOperator::not_equal) {
            known.is_read_otherwise = true;
        } else if (claim.number) {
            known.range = common(known.range, range_of(claim));
            known.is_bounded = true;
        } else if (!known.values) {
            known.values = claim.values;
        } else {
            std::erase_if(*known.values, [&](const auto& value) { return !claim.values.contains(value); });
        }
    }
    return known;
}

bool is_listed_value(const SyntaxTree& tree, NodeId at) {
    const auto& node = tree.nodes[at];
    return node.kind == SyntaxKind::literal &&
           (node.literal.kind() == Kind::string || node.literal.kind() == Kind::boolean);
}

BinaryOperator turned_round(BinaryOperator operation) {
    switch (operation) {
        case BinaryOperator::less: return BinaryOperator::greater;
        case BinaryOperator::less_equal: return BinaryOperator::greater_equal;
        case BinaryOperator::greater: return BinaryOperator::less;
        case BinaryOperator::greater_equal: return BinaryOperator::less_equal;
        default: return operation;
    }
}

std::optional<Claim> claim_of_list(const SyntaxTree& tree, NodeId at) {
    const auto& node = tree.nodes[at];
    const auto& list = tree.nodes[node.children[1]];
    if (list.kind != SyntaxKind::list || list.children.empty()) return std::nullopt;
    Claim claim{text_of(tree, node.children[0]), BinaryOperator::equal, std::nullopt, {}};
    for (const auto child : list.children) {
        if (!is_listed_value(tree, child)) return std::nullopt;
        claim.values.insert(text_of(tree, child));
    }
    return claim;
}

std::optional<Claim> claim_of(const SyntaxTree& tree, NodeId at, const OperandKnowledge& known) {
    const auto& node = tree.nodes[at];
    if (node.kind == SyntaxKind::select) return Claim{text_of(tree, at), BinaryOperator::equal, std::nullopt, {"true"}};
    if (node.kind == SyntaxKind::logical_not && tree.nodes[node.children[0]].kind == SyntaxKind::select) {
        return Claim{text_of(tree, node.children[0]), BinaryOperator::equal, std::nullopt, {"false"}};
    }
    if (node.kind != SyntaxKind::binary) return std::nullopt;
    if (node.operation == BinaryOperator::in) return claim_of_list(tree, at);
    if (!is_comparison(node.operation)) return std::nullopt;
    for (const bool is_turned : {false, true}) {
        const auto operand = node.children[is_turned ? 1 : 0];
        const auto bound = node.children[is_turned ? 0 : 1];
        Claim claim{text_of(tree, operand), is_turned ? turned_round(node.operation) : node.operation, {}, {}};
        claim.number = number_of(tree, bound, known);
        if (claim.number) return claim;
        const bool is_equality = node.operation == BinaryOperator::equal || node.operation == BinaryOperator::not_equal;
        if (!is_equality || !is_listed_value(tree, bound)) continue;
        claim.values.insert(text_of(tree, bound));
        return claim;
    }
    return std::nullopt;
}

std::optional<double> number_of(const SyntaxTree& tree, NodeId at, const OperandKnowledge& known) {
    const auto& node = tree.nodes[at];
    switch (node.kind) {
        case SyntaxKind::literal:
            if (node.literal.kind() == Kind::real) return node.literal.as_real();
            if (node.literal.kind() == Kind::integer) return static_cast<double>(node.literal.as_integer());
            if (node.literal.kind() == Kind::unsigned_integer) return static_cast<double>(node.literal.as_unsigned());
            return std::nullopt;
        case SyntaxKind::negate:
            if (const auto number = number_of(tree, node.children[0], known)) return -*number;
            return std::nullopt;
        case SyntaxKind::select: {
            const auto& root = tree.nodes[node.children[0]];
            if (root.kind != SyntaxKind::name || root.name != "threshold") return std::nullopt;
            return known.threshold(node.name);
        }
        case SyntaxKind::binary: {
            const bool adds = node.operation == BinaryOperator::add;
            if (!adds && node.operation != BinaryOperator::subtract) return std::nullopt;
            const auto left = number_of(tree, node.children[0], known);
            const auto right = number_of(tree, node.children[1], known);
            if (!left || !right) return std::nullopt;
            return adds ? *left + *right : *left - *right;
        }
        default: return std::nullopt;
    }
}

// The same text for the same tree, whatever the spaces and brackets.
std::string text_of(const SyntaxTree& tree, NodeId at) {
    const auto& node = tree.nodes[at];
    switch (node.kind) {
        case SyntaxKind::literal: return expression::to_json_text(node.literal);
        case SyntaxKind::name: return node.name;
        case SyntaxKind::select: return text_of(tree, node.children[0]) + '.' + node.name;
        case SyntaxKind::index:
        case SyntaxKind::optional_index: {  // a["b"] is a.b
            const auto& key = tree.nodes[node.children[1]];
            if (key.kind != SyntaxKind::literal || key.literal.kind() != Kind::string) break;
            const char* sign = node.kind == SyntaxKind::index ? "" : "?";
            return fmt::format("{}{}.{}", sign, text_of(tree, node.children[0]), key.literal.as_text());
        }
        default: break;
    }
    std::string text = fmt::format("({} {} {} {}", static_cast<int>(node.kind),
                                   node.kind == SyntaxKind::binary ? expression::operator_text(node.operation) : "",
                                   node.kind == SyntaxKind::macro ? static_cast<int>(node.macro) : 0,
                                   node.name + ' ' + node.second_name);
    for (const auto child : node.children) text += ' ' + text_of(tree, child);
    return text + ')';
}

}  // namespace
}  // namespace segmentd::rules
