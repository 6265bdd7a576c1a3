#include "rules/load/readers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

constexpr Duration longest_window = Days(36'525);
constexpr const char* share_hint = "write 25% or 0.25, from 0 to 1";

// The words for a value that does not fit.
std::string described(const Node& node);
std::nullopt_t refuse(Reading& reading, Refusal refusal);
bool is_text(const Node& node, Reading& reading);

// A decimal number without leading zeros, signs of plus, underscores, infinity.
std::optional<double> parse_decimal(std::string_view text);
std::optional<double> read_number(const Node& node, Reading& reading);
// With the sign of per cent or of percentage points taken off and counted in.
std::optional<double> parse_scaled(std::string_view text, std::string_view sign);
std::optional<double> read_share(const Node& node, Reading& reading);
std::optional<ExpressionText> read_expression(const Node& node, Reading& reading);

// A form of text that base parses.
template <typename T>
struct Parser {
    Result<T> (*parse)(std::string_view);
    const char* rule;
    const char* what;
};
constexpr Parser<Money> money_parser{parse_money, "bad_money", "an amount of money"};
constexpr Parser<Duration> duration_parser{parse_duration, "bad_duration", "a duration"};

template <typename T>
std::optional<T> read_parsed(const Parser<T>& parser, const Node& node, Reading& reading) {
    if (!is_text(node, reading)) return std::nullopt;
    auto value = parser.parse(node.text);
    if (value) return std::move(*value);
    return refuse(reading, {node.at, parser.rule, fmt::format("{} is not {}", shown(node.text), parser.what),
                            value.error().hint});
}

const std::string number_schema = R"({"type":"number"})";
const std::string duration_schema = R"({"type":"string","pattern":"^([0-9]{1,9}(ms|w|d|h|m|s))+$"})";

}  // namespace

Reader<std::string> text() {
    return {{"text", R"({"type":"string"})"}, [](const Node& node, Reading& reading) -> std::optional<std::string> {
                if (!is_text(node, reading)) return std::nullopt;
                return node.text;
            }};
}

Reader<std::string> currency() {
    return {{"currency, such as EUR", R"({"type":"string","pattern":"^[A-Z]{3}$"})"},
            [](const Node& node, Reading& reading) -> std::optional<std::string> {
                if (!is_text(node, reading)) return std::nullopt;
                const bool fits = node.text.size() == 3 && std::all_of(node.text.begin(), node.text.end(),
                                                                       [](char c) { return c >= 'A' && c <= 'Z'; });
                if (fits) return node.text;
                return refuse(reading, {node.at, "bad_currency", fmt::format("{} is not a currency", shown(node.text)),
                                        "write its three capital letters, such as EUR"});
            }};
}

Reader<bool> boolean() {
    return {{"true or false", R"({"type":"boolean"})"}, [](const Node& node, Reading& reading) -> std::optional<bool> {
                const bool is_plain = node.form == Node::Form::scalar && !node.quoted;
                if (is_plain && node.text == "true") return true;
                if (is_plain && node.text == "false") return false;
                return refuse(reading,
                              {node.at, "bad_boolean", fmt::format("{} is neither true nor false", described(node)),
                               "write true or false, without quotes"});
            }};
}

Reader<std::int64_t> integer_from(std::int64_t least) {
    return {{fmt::format("whole number from {}", least), fmt::format(R"({{"type":"integer","minimum":{}}})", least)},
            [least](const Node& node, Reading& reading) -> std::optional<std::int64_t> {
                std::int64_t value = 0;
                const char* end = node.text.data() + node.text.size();
                const auto parsed = std::from_chars(node.text.data(), end, value);
                const bool fits = node.form == Node::Form::scalar && !node.quoted && parsed.ec == std::errc() &&
                                  parsed.ptr == end && std::to_string(value) == node.text;
                if (!fits) {
                    return refuse(reading,
                                  {node.at, "bad_integer", fmt::format("{} is not a whole number", described(node)),
                                   "write decimal digits without leading zeros or quotes"});
                }
                if (value >= least) return value;
                return refuse(reading, {node.at, "out_of_range", fmt::format("{} is too small", value),
                                        fmt::format("write {} or more", least)});
            }};
}

Reader<double> number() {
    return {{"number", number_schema}, read_number};
}

Reader<double> number_above(double border) {
    return {
        {fmt::format("number above {}", border), fmt::format(R"({{"type":"number","exclusiveMinimum":{}}})", border)},
        [border](const Node& node, Reading& reading) -> std::optional<double> {
            const auto value = read_number(node, reading);
            if (!value || *value > border) return value;
            return refuse(reading, {node.at, "out_of_range", fmt::format("{} is too small", described(node)),
                                    fmt::format("write a number above {}", border)});
        }};
}

Reader<double> share() {
    return {
        {"share, such as 25%",
         R"({"oneOf":[{"type":"string","pattern":"^[0-9]+([.][0-9]+)?%$"},{"type":"number","minimum":0,"maximum":1}]})"},
        read_share};
}

Reader<double> share_inside() {
    return {share().shape, [](const Node& node, Reading& reading) -> std::optional<double> {
                const auto value = read_share(node, reading);
                if (!value || (*value > 0 && *value < 1)) return value;
                return refuse(reading,
                              {node.at, "out_of_range", fmt::format("{} is not between 0% and 100%", described(node)),
                               "write a share above 0% and below 100%"});
            }};
}

Reader<double> measure() {
    return {{"number, share or percentage points, such as 2pp",
             R"({"oneOf":[{"type":"string","pattern":"^-?[0-9]+([.][0-9]+)?(%|pp)$"},{"type":"number"}]})"},
            [](const Node& node, Reading& reading) -> std::optional<double> {
                if (node.form == Node::Form::scalar) {
                    if (const auto percent = parse_scaled(node.text, "%")) return percent;
                    if (const auto points = parse_scaled(node.text, "pp")) return points;
                    const auto plain = parse_decimal(node.text);
                    if (plain && !node.quoted) return plain;
                }
                return refuse(reading,
                              {node.at, "bad_number", fmt::format("{} is not a number or share", described(node)),
                               "write 3.5, 12% or 2pp"});
            }};
}

Reader<Money> cost() {
    return {{"money, such as 120 EUR", R"({"type":"string","pattern":"^[0-9]+([.][0-9]+)? [A-Z]{3}$"})"},
            [](const Node& node, Reading& reading) -> std::optional<Money> {
                auto value = read_parsed(money_parser, node, reading);
                if (!value || value->minor_units >= 0) return value;
                return refuse(reading, {node.at, "out_of_range", fmt::format("{} is below zero", shown(node.text)),
                                        "write an amount of 0 or more"});
            }};
}

Reader<Duration> duration() {
    return {{"duration, such as 90d", duration_schema},
            [](const Node& node, Reading& reading) { return read_parsed(duration_parser, node, reading); }};
}

Reader<Duration> window() {
    return {{"duration above zero, such as 90d", duration_schema},
            [](const Node& node, Reading& reading) -> std::optional<Duration> {
                const auto value = read_parsed(duration_parser, node, reading);
                if (!value || (value->count() > 0 && *value <= longest_window)) return value;
                const bool is_long = *value > longest_window;
                return refuse(reading, {node.at, "out_of_range",
                                        fmt::format("{} is {}", shown(node.text),
                                                    is_long ? "more than 100 years" : "no length of time"),
                                        is_long ? "write 36525d or less" : "write a duration above zero, such as 90d"});
            }};
}

Reader<Timestamp> instant() {
    return {{"date or time, such as 2027-01-31", R"({"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}"})"},
            [](const Node& node, Reading& reading) -> std::optional<Timestamp> {
                if (!is_text(node, reading)) return std::nullopt;
                const auto value = reading.calendar().parse_timestamp(node.text);
                if (value) return *value;
                return refuse(reading, {node.at, "bad_date", fmt::format("{} is not a date or time", shown(node.text)),
                                        value.error().hint});
            }};
}

Reader<std::string> zone_name() {
    return {{"time zone, such as Europe/Vienna", R"({"type":"string"})"},
            [](const Node& node, Reading& reading) -> std::optional<std::string> {
                if (!is_text(node, reading)) return std::nullopt;
                if (reading.zones().find(node.text) != nullptr) return node.text;
                std::vector<std::string> known;
                for (const auto& [name, zone] : reading.zones().by_name) known.push_back(name);
                const auto near = suggestion(node.text, known);
                return refuse(reading,
                              {node.at, "unknown_zone", fmt::format("no time zone is named {}", shown(node.text)),
                               near.starts_with("did") ? near : "write a name of tzdata, such as Europe/Vienna"});
            }};
}

Reader<ExpressionText> expression_text() {
    return {{"CEL expression", R"({"type":["string","number","boolean"]})"}, read_expression};
}

Reader<Condition> condition() {
    return {
        {"CEL expression or list of them",
         R"({"oneOf":[{"type":["string","boolean"]},{"type":"array","minItems":1,"items":{"type":["string","boolean"]}}]})"},
        [](const Node& node, Reading& reading) -> std::optional<Condition> {
            if (node.form != Node::Form::list) {
                auto one = read_expression(node, reading);
                if (!one) return std::nullopt;
                return Condition{std::move(*one)};
            }
            if (node.items.empty()) {
                return refuse(reading, {node.at, "missing_value", "the list of conditions is empty",
                                        "write at least one expression"});
            }
            Condition all;
            for (const Node& item : node.items) {
                if (auto one = read_expression(item, reading)) all.push_back(std::move(*one));
            }
            return all;
        }};
}

Reader<std::string> one_of(std::vector<std::string> words) {
    auto shape = shape_of_words(words);
    return {std::move(shape),
            [words = std::move(words)](const Node& node, Reading& reading) -> std::optional<std::string> {
                const auto index = read_word(node, words, reading);
                if (!index) return std::nullopt;
                return words[*index];
            }};
}

Reader<bool> either(const char* yes, const char* no) {
    const std::vector<std::string> words{yes, no};
    return {shape_of_words(words), [words](const Node& node, Reading& reading) -> std::optional<bool> {
                const auto index = read_word(node, words, reading);
                if (!index) return std::nullopt;
                return *index == 0;
            }};
}

std::optional<std::size_t> read_word(const Node& node, const std::vector<std::string>& words, Reading& reading) {
    if (!is_text(node, reading)) return std::nullopt;
    const auto found = std::find(words.begin(), words.end(), node.text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    return refuse(reading,
                  {node.at, "unknown_word", fmt::format("{} is not one of the words for this key", shown(node.text)),
                   suggestion(node.text, words)});
}

Shape shape_of_words(const std::vector<std::string>& words) {
    return {fmt::format("{}", fmt::join(words, " or ")),
            fmt::format(R"({{"enum":["{}"]}})", fmt::join(words, R"(",")"))};
}

Shape shape_of_name(NameRole role) {
    return {role.role == NameRole::Role::uses ? "name of " + with_article(to_word(role.kind)) : "name",
            R"({"type":"string","pattern":"^[a-z][a-z0-9_]{0,63}$"})"};
}

std::optional<std::string> read_name(const Node& node, NameRole role, Reading& reading) {
    if (!is_text(node, reading)) return std::nullopt;
    if (!refuse_unless_name(node.text, node.at, reading)) return std::nullopt;
    reading.meet_name(role, node.text, node.at);
    return node.text;
}

namespace {

std::string described(const Node& node) {
    switch (node.form) {
        case Node::Form::empty: return "nothing";
        case Node::Form::scalar: return shown(node.text);
        case Node::Form::list: return "a list";
        case Node::Form::mapping: return "a mapping";
    }
    return "this";
}

std::nullopt_t refuse(Reading& reading, Refusal refusal) {
    reading.refuse(std::move(refusal));
    return std::nullopt;
}

bool is_text(const Node& node, Reading& reading) {
    if (node.form == Node::Form::scalar && !node.text.empty()) return true;
    if (node.form == Node::Form::list || node.form == Node::Form::mapping) {
        reading.refuse({node.at, "wrong_type", fmt::format("one value is expected here, not {}", described(node)),
                        "write the value behind the key"});
    } else {
        reading.refuse({node.at, "missing_value", "the value is empty", "give it one or leave the key out"});
    }
    return false;
}

std::optional<double> parse_decimal(std::string_view text) {
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    const bool begins_with_digit = !digits.empty() && digits.front() >= '0' && digits.front() <= '9';
    const bool has_leading_zero = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    if (!begins_with_digit || has_leading_zero || digits.back() == '.') return std::nullopt;
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole_text = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    if (!is_whole_text || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<double> read_number(const Node& node, Reading& reading) {
    if (node.form == Node::Form::scalar && !node.quoted) {
        if (const auto value = parse_decimal(node.text)) return value;
    }
    return refuse(reading, {node.at, "bad_number", fmt::format("{} is not a number", described(node)),
                            "write a decimal number such as 0.5, without leading zeros or quotes"});
}

std::optional<double> parse_scaled(std::string_view text, std::string_view sign) {
    if (!text.ends_with(sign)) return std::nullopt;
    const auto value = parse_decimal(text.substr(0, text.size() - sign.size()));
    if (!value) return std::nullopt;
    return *value / 100;
}

std::optional<double> read_share(const Node& node, Reading& reading) {
    std::optional<double> value;
    if (node.form == Node::Form::scalar) {
        value = parse_scaled(node.text, "%");
        if (!value && !node.quoted) value = parse_decimal(node.text);
    }
    if (value && *value >= 0 && *value <= 1) return value;
    const auto* problem = value ? "is not from 0% to 100%" : "is not a share";
    return refuse(reading, {node.at, "bad_share", fmt::format("{} {}", described(node), problem), share_hint});
}

std::optional<ExpressionText> read_expression(const Node& node, Reading& reading) {
    if (!is_text(node, reading)) return std::nullopt;
    return ExpressionText{node.text, reading.place(node.at)};
}

}  // namespace
}  // namespace segmentd::rules::load
