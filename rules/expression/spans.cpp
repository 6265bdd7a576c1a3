#include "rules/expression/spans.hpp"

#include <algorithm>
#include <limits>

#include "rules/expression/lexer.hpp"

namespace segmentd::rules::expression {
namespace {

// Tokens by number, both ends included.
struct TokenRange {
    std::size_t first = 0;
    std::size_t last = 0;
};

std::size_t token_at(const std::vector<Token>& tokens, std::size_t offset);
TokenRange own_range(const SyntaxNode& node, const std::vector<Token>& tokens);
TokenRange balanced(TokenRange range, const std::vector<Token>& tokens);
bool opens(TokenKind kind);
bool closes(TokenKind kind);

}  // namespace

std::vector<Span> spans_of(const SyntaxTree& tree, std::string_view text) {
    const auto tokens = tokenize(text, {.bytes = std::numeric_limits<std::size_t>::max()});
    std::vector<Span> spans(tree.nodes.size());
    if (!tokens || tokens->size() < 2) return spans;
    std::vector<TokenRange> ranges;
    for (const auto& node : tree.nodes) {
        TokenRange range = own_range(node, *tokens);
        for (const NodeId child : node.children) {
            range.first = std::min(range.first, ranges[child].first);
            range.last = std::max(range.last, ranges[child].last);
        }
        range = balanced(range, *tokens);
        const bool is_quoted = (*tokens)[range.last].kind == TokenKind::quoted_name;
        const std::size_t begin = (*tokens)[range.first].begin;
        spans[ranges.size()] = {begin, (*tokens)[range.last].end + (is_quoted ? 1 : 0) - begin};
        ranges.push_back(range);
    }
    return spans;
}

namespace {

// The last token that begins at the offset or before it.
std::size_t token_at(const std::vector<Token>& tokens, std::size_t offset) {
    const auto after = std::ranges::upper_bound(tokens, offset, {}, &Token::begin);
    return after == tokens.begin() ? 0 : static_cast<std::size_t>(after - tokens.begin()) - 1;
}

// What belongs to the node beside its children: its sign or name, and the signs around that.
TokenRange own_range(const SyntaxNode& node, const std::vector<Token>& tokens) {
    const auto at = token_at(tokens, node.offset);
    TokenRange range{at, at};
    const bool has_next = at + 2 < tokens.size();
    switch (node.kind) {
        case SyntaxKind::literal:
            if (tokens[at].kind == TokenKind::minus && has_next) ++range.last;
            break;
        case SyntaxKind::call:
        case SyntaxKind::method:
        case SyntaxKind::macro:
            if (has_next && tokens[at + 1].kind == TokenKind::open_parenthesis) ++range.last;
            break;
        case SyntaxKind::presence: {
            std::size_t depth = 1;  // back to the parenthesis of has(
            while (range.first > 1 && depth > 0) {
                --range.first;
                if (closes(tokens[range.first].kind)) ++depth;
                if (opens(tokens[range.first].kind)) --depth;
            }
            if (range.first > 0) --range.first;
            break;
        }
        default: break;
    }
    const bool is_rooted = node.is_rooted && range.first > 0 && tokens[range.first - 1].kind == TokenKind::dot;
    if (is_rooted) --range.first;
    return range;
}

// Takes in what closes the brackets inside, and opens those that are closed inside.
TokenRange balanced(TokenRange range, const std::vector<Token>& tokens) {
    std::size_t open = 0;
    std::size_t wanting = 0;
    for (auto i = range.first; i <= range.last; ++i) {
        if (opens(tokens[i].kind)) ++open;
        if (closes(tokens[i].kind)) open > 0 ? --open : ++wanting;
    }
    while (open > 0 && range.last + 2 < tokens.size()) {
        ++range.last;
        if (opens(tokens[range.last].kind)) ++open;
        if (closes(tokens[range.last].kind)) --open;
    }
    while (wanting > 0 && range.first > 0) {
        --range.first;
        if (closes(tokens[range.first].kind)) ++wanting;
        if (opens(tokens[range.first].kind)) --wanting;
    }
    return range;
}

bool opens(TokenKind kind) {
    return kind == TokenKind::open_parenthesis || kind == TokenKind::open_bracket || kind == TokenKind::open_brace;
}

bool closes(TokenKind kind) {
    return kind == TokenKind::close_parenthesis || kind == TokenKind::close_bracket || kind == TokenKind::close_brace;
}

}  // namespace

}  // namespace segmentd::rules::expression
