#include "rules/expression/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "rules/expression/lexer.hpp"
#include "rules/expression/tree_builder.hpp"

namespace segmentd::rules::expression {
namespace {

// A parser by recursive descent. Every function that may come back to itself goes through
// expression() or binary(), and expression() counts the depth.
class Parser {
  public:
    Parser(std::string_view text, std::vector<Token> tokens, const Limits& limits)
        : text_(text), tokens_(std::move(tokens)), limits_(limits), builder_(limits) {}

    tl::expected<SyntaxTree, Complaint> run();

  private:
    Parsed expression();
    Parsed conditional();
    Parsed chain(bool is_or);
    Parsed binary(int lowest_binding);
    Parsed unary();
    Parsed member();
    Parsed selection(NodeId target);
    Parsed optional_selection(NodeId target, SyntaxNode field);
    Parsed index(NodeId target);
    Parsed primary();
    Parsed number(bool is_negative);
    Parsed name();
    Parsed parenthesis();
    Parsed list();
    Parsed map();
    Parsed entry(bool is_optional, const Token& sign);
    tl::expected<std::vector<NodeId>, Complaint> arguments(std::vector<NodeId> before, TokenKind closing);

    const Token& token() const { return tokens_[next_]; }
    bool take(TokenKind kind);
    SyntaxNode node(SyntaxKind kind, const Token& at) const;
    std::string word(const Token& at) const { return text_.substr(at.begin, at.end - at.begin); }
    tl::unexpected<Complaint> refuse(std::string message, std::string hint) const;
    tl::unexpected<Complaint> refuse_expected(const char* what) const;

    std::string text_;
    std::vector<Token> tokens_;
    Limits limits_;
    TreeBuilder builder_;
    std::size_t next_ = 0;
    std::uint32_t depth_ = 0;
};

struct Binding {
    TokenKind token;
    BinaryOperator operation;
    int strength;  // a stronger operator takes its operands first
};

std::optional<Binding> binding_of(TokenKind token);

// The last multiplication binds strongest; unary operators and members stand above all.
constexpr int weakest_binding = 1;

}  // namespace

Result<SyntaxTree> parse(std::string_view text, const Limits& limits) {
    auto tokens = tokenize(text, limits);
    if (!tokens) return fail(to_error(text, std::move(tokens).error()));
    auto tree = Parser(text, *std::move(tokens), limits).run();
    if (!tree) return fail(to_error(text, std::move(tree).error()));
    return *std::move(tree);
}

namespace {

tl::expected<SyntaxTree, Complaint> Parser::run() {
    if (token().kind == TokenKind::end) return refuse("the expression is empty", "write a condition");
    const Parsed root = expression();
    if (!root) return tl::unexpected(root.error());
    if (token().kind != TokenKind::end) return refuse_expected("an operator or the end");
    builder_.tree.root = *root;
    return std::move(builder_.tree);
}

Parsed Parser::expression() {
    if (++depth_ > limits_.depth) return tl::unexpected(builder_.too_deep(token().begin));
    Parsed result = conditional();
    --depth_;
    return result;
}

Parsed Parser::conditional() {
    const Parsed condition = chain(true);
    if (!condition || token().kind != TokenKind::question) return condition;
    SyntaxNode result = node(SyntaxKind::conditional, token());
    ++next_;
    const Parsed first = chain(true);
    if (!first) return first;
    if (!take(TokenKind::colon)) return refuse_expected("':' of the conditional");
    const Parsed second = expression();
    if (!second) return second;
    result.children = {*condition, *first, *second};
    return builder_.add(std::move(result));
}

Parsed Parser::chain(bool is_or) {
    const auto operand = [&] { return is_or ? chain(false) : binary(weakest_binding); };
    const TokenKind sign = is_or ? TokenKind::either : TokenKind::both;
    const Parsed first = operand();
    if (!first || token().kind != sign) return first;
    SyntaxNode result = node(is_or ? SyntaxKind::logical_or : SyntaxKind::logical_and, token());
    result.children = {*first};
    while (take(sign)) {
        const Parsed next = operand();
        if (!next) return next;
        result.children.push_back(*next);
    }
    return builder_.add(std::move(result));
}

Parsed Parser::binary(int lowest_binding) {
    Parsed left = unary();
    while (left) {
        const auto binding = binding_of(token().kind);
        if (!binding || binding->strength < lowest_binding) break;
        SyntaxNode result = node(SyntaxKind::binary, token());
        ++next_;
        const Parsed right = binary(binding->strength + 1);
        if (!right) return right;
        result.operation = binding->operation;
        result.children = {*left, *right};
        left = builder_.add(std::move(result));
    }
    return left;
}

Parsed Parser::unary() {
    const TokenKind sign = token().kind;
    if (sign != TokenKind::bang && sign != TokenKind::minus) return member();
    const std::size_t first = next_;
    while (take(sign)) {
    }
    std::size_t signs_left = next_ - first;
    if (sign == TokenKind::minus && token().kind == TokenKind::whole) {
        --next_;  // the last minus belongs to the number, so that -9223372036854775808 can be written
        --signs_left;
    }
    Parsed operand = member();
    while (operand && signs_left-- > 0) {
        SyntaxNode result =
            node(sign == TokenKind::bang ? SyntaxKind::logical_not : SyntaxKind::negate, tokens_[first + signs_left]);
        result.children = {*operand};
        operand = builder_.add(std::move(result));
    }
    return operand;
}

Parsed Parser::member() {
    Parsed target = primary();
    while (target) {
        if (token().kind == TokenKind::dot) {
            target = selection(*target);
        } else if (token().kind == TokenKind::open_bracket) {
            target = index(*target);
        } else {
            break;
        }
    }
    return target;
}

Parsed Parser::selection(NodeId target) {
    ++next_;
    const bool is_optional = take(TokenKind::question);
    const Token& field = token();
    if (field.kind != TokenKind::name && field.kind != TokenKind::quoted_name) {
        return refuse_expected("the name of a field or function");
    }
    SyntaxNode result = node(SyntaxKind::select, field);
    result.name = word(field);
    result.is_quoted = field.kind == TokenKind::quoted_name;
    ++next_;
    if (is_optional) return optional_selection(target, std::move(result));
    if (result.is_quoted || !take(TokenKind::open_parenthesis)) {
        result.children = {target};
        return builder_.add(std::move(result));
    }
    auto children = arguments({target}, TokenKind::close_parenthesis);
    if (!children) return tl::unexpected(std::move(children).error());
    result.kind = SyntaxKind::method;
    result.children = *std::move(children);
    return builder_.add_call(std::move(result));
}

// a.?b is a[?"b"].
Parsed Parser::optional_selection(NodeId target, SyntaxNode field) {
    SyntaxNode result;
    result.kind = SyntaxKind::optional_index;
    result.offset = field.offset;
    field.kind = SyntaxKind::literal;
    field.literal = Value::string(std::move(field.name));
    const Parsed key = builder_.add(std::move(field));
    if (!key) return key;
    result.children = {target, *key};
    return builder_.add(std::move(result));
}

Parsed Parser::index(NodeId target) {
    SyntaxNode result = node(SyntaxKind::index, token());
    ++next_;
    if (take(TokenKind::question)) result.kind = SyntaxKind::optional_index;
    const Parsed key = expression();
    if (!key) return key;
    if (!take(TokenKind::close_bracket)) return refuse_expected("']'");
    result.children = {target, *key};
    return builder_.add(std::move(result));
}

Parsed Parser::primary() {
    switch (token().kind) {
        case TokenKind::literal: {
            SyntaxNode result = node(SyntaxKind::literal, token());
            result.literal = token().literal;
            ++next_;
            return builder_.add(std::move(result));
        }
        case TokenKind::minus:
            if (tokens_[next_ + 1].kind != TokenKind::whole) return refuse_expected("a value");
            ++next_;
            return number(true);
        case TokenKind::whole:
        case TokenKind::whole_unsigned: return number(false);
        case TokenKind::dot:
        case TokenKind::name: return name();
        case TokenKind::open_parenthesis: return parenthesis();
        case TokenKind::open_bracket: return list();
        case TokenKind::open_brace: return map();
        default: return refuse_expected("a value");
    }
}

Parsed Parser::number(bool is_negative) {
    constexpr std::uint64_t beyond_largest = std::uint64_t{1} << 63;
    const Token& digits = token();
    const std::uint64_t magnitude = digits.literal.as_unsigned();
    SyntaxNode result = node(SyntaxKind::literal, is_negative ? tokens_[next_ - 1] : digits);
    if (digits.kind == TokenKind::whole_unsigned) {
        result.literal = digits.literal;
    } else if (magnitude > beyond_largest || (magnitude == beyond_largest && !is_negative)) {
        return refuse("this whole number is beyond the range of int", "write it as a uint (42u) or a double (1e20)");
    } else {
        result.literal = Value::integer(static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude));
    }
    ++next_;
    return builder_.add(std::move(result));
}

Parsed Parser::name() {
    const bool is_rooted = take(TokenKind::dot);
    if (token().kind != TokenKind::name) return refuse_expected("a name");
    SyntaxNode result = node(SyntaxKind::name, token());
    result.is_rooted = is_rooted;
    result.name = word(token());
    if (is_reserved(result.name)) {
        return refuse(fmt::format("'{}' is a reserved word", result.name), "give the variable another name");
    }
    ++next_;
    if (!take(TokenKind::open_parenthesis)) return builder_.add(std::move(result));
    auto children = arguments({}, TokenKind::close_parenthesis);
    if (!children) return tl::unexpected(std::move(children).error());
    result.kind = SyntaxKind::call;
    result.children = *std::move(children);
    return builder_.add_call(std::move(result));
}

Parsed Parser::parenthesis() {
    ++next_;
    const Parsed inner = expression();
    if (!inner) return inner;
    if (!take(TokenKind::close_parenthesis)) return refuse_expected("')'");
    return inner;
}

Parsed Parser::list() {
    SyntaxNode result = node(SyntaxKind::list, token());
    ++next_;
    auto children = arguments({}, TokenKind::close_bracket);
    if (!children) return tl::unexpected(std::move(children).error());
    result.children = *std::move(children);
    return builder_.add(std::move(result));
}

Parsed Parser::map() {
    SyntaxNode result = node(SyntaxKind::map, token());
    ++next_;
    while (token().kind != TokenKind::close_brace) {
        const Token sign = token();
        const bool is_optional = take(TokenKind::question);
        const Parsed key = expression();
        if (!key) return key;
        if (!take(TokenKind::colon)) return refuse_expected("':' after the key");
        const Parsed value = entry(is_optional, sign);
        if (!value) return value;
        result.children.push_back(*key);
        result.children.push_back(*value);
        if (!take(TokenKind::comma)) break;
    }
    if (!take(TokenKind::close_brace)) return refuse_expected("'}'");
    return builder_.add(std::move(result));
}

// An element of a list or a value of a map; an optional one was announced by a sign.
Parsed Parser::entry(bool is_optional, const Token& sign) {
    const Parsed value = expression();
    if (!value || !is_optional) return value;
    SyntaxNode result = node(SyntaxKind::optional_entry, sign);
    result.children = {*value};
    return builder_.add(std::move(result));
}

// Expressions with commas between them, up to and with the closing sign. A list may end in a comma.
tl::expected<std::vector<NodeId>, Complaint> Parser::arguments(std::vector<NodeId> before, TokenKind closing) {
    const bool is_list = closing == TokenKind::close_bracket;
    while (token().kind != closing) {
        const Token sign = token();
        const Parsed argument = entry(is_list && take(TokenKind::question), sign);
        if (!argument) return tl::unexpected(argument.error());
        before.push_back(*argument);
        if (!take(TokenKind::comma)) break;
        if (token().kind == closing && !is_list) return refuse_expected("another argument");
    }
    if (!take(closing)) return refuse_expected(is_list ? "',' or ']'" : "',' or ')'");
    return before;
}

bool Parser::take(TokenKind kind) {
    if (token().kind != kind) return false;
    ++next_;
    return true;
}

SyntaxNode Parser::node(SyntaxKind kind, const Token& at) const {
    SyntaxNode result;
    result.kind = kind;
    result.offset = at.begin;
    return result;
}

tl::unexpected<Complaint> Parser::refuse(std::string message, std::string hint) const {
    return tl::unexpected(Complaint{
        .offset = token().begin, .rule = rule_syntax, .message = std::move(message), .hint = std::move(hint)});
}

tl::unexpected<Complaint> Parser::refuse_expected(const char* what) const {
    constexpr std::size_t longest_shown = 40;
    if (token().kind == TokenKind::end) {
        return refuse(fmt::format("the expression ends where {} is expected", what), "complete it");
    }
    const std::string found = word(token());
    if (found.size() > longest_shown) return refuse(fmt::format("{} is expected here", what), {});
    return refuse(fmt::format("{} stands where {} is expected", found, what), {});
}

std::optional<Binding> binding_of(TokenKind token) {
    static constexpr std::array<Binding, 12> bindings = {{
        {TokenKind::equal, BinaryOperator::equal, 1},
        {TokenKind::not_equal, BinaryOperator::not_equal, 1},
        {TokenKind::less, BinaryOperator::less, 1},
        {TokenKind::less_equal, BinaryOperator::less_equal, 1},
        {TokenKind::greater, BinaryOperator::greater, 1},
        {TokenKind::greater_equal, BinaryOperator::greater_equal, 1},
        {TokenKind::in, BinaryOperator::in, 1},
        {TokenKind::plus, BinaryOperator::add, 2},
        {TokenKind::minus, BinaryOperator::subtract, 2},
        {TokenKind::star, BinaryOperator::multiply, 3},
        {TokenKind::slash, BinaryOperator::divide, 3},
        {TokenKind::percent, BinaryOperator::remainder, 3},
    }};
    const auto* found =
        std::find_if(bindings.begin(), bindings.end(), [&](const Binding& binding) { return binding.token == token; });
    if (found == bindings.end()) return std::nullopt;
    return *found;
}

}  // namespace

}  // namespace segmentd::rules::expression
