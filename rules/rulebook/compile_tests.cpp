// Resolves the tests of segments: names to slots, texts to values of the declared type, moments to instants.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/expression/nearest_name.hpp"
#include "rules/rulebook/builder.hpp"
#include "rules/signals/contract.hpp"

namespace segmentd::rules {

using expression::Type;
using expression::TypeKind;
using expression::Value;

namespace {

constexpr std::size_t most_tests = 500;
constexpr std::size_t most_signals = 1000;

Timestamp instant_of(const TestMoment& moment, Timestamp now);
const PropertyContract* find_property(const SignalDefinition& signal, const std::string& name);
std::string hint_for(const std::string& name, const SignalDefinition& signal);
bool is_unknown(const GivenValue& given);
std::optional<double> read_share_or_number(const std::string& text);
std::optional<Value> value_of(const GivenValue& given, const Type& type);

}  // namespace

void Builder::compile_tests() {
    const auto& segments = book_.definitions.segments;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto& tests = segments[i].tests;
        std::set<std::string> names;
        for (const auto& test : tests) {
            if (!names.insert(test.name).second) {
                refuse(test.place, fmt::format("segment {}: two tests are called '{}'", segments[i].id.text, test.name),
                       "repeated_name", "say in the name what is different");
            }
            book_.segments[i].tests.push_back(compile_test(segments[i], test));
        }
        if (tests.size() <= most_tests) continue;
        refuse(tests.back().place, fmt::format("segment {}: more than {} tests", segments[i].id.text, most_tests),
               "limit", "keep those that show something of their own");
    }
}

CompiledTest Builder::compile_test(const SegmentDefinition& segment, const SegmentTest& test) {
    const auto subject = fmt::format("segment {}: test '{}'", segment.id.text, test.name);
    CompiledTest compiled;
    compiled.now = test.now.value_or(usual_test_now);
    for (const auto& given : test.signals) {
        const auto properties = compile_test_signal(given, subject);
        if (!properties) continue;
        for (const auto& moment : given.at) {
            compiled.signals.push_back({instant_of(moment, compiled.now), given.signal.id, *properties});
        }
    }
    if (compiled.signals.size() > most_signals) {
        refuse(test.place, fmt::format("{}: more than {} signals", subject, most_signals), "limit",
               "leave out what decides nothing");
    }
    std::vector<CompiledTestSignal> in_order;
    for (auto& signal : compiled.signals) {
        const auto place = std::ranges::upper_bound(in_order, signal.at, {}, &CompiledTestSignal::at);
        in_order.insert(place, std::move(signal));
    }
    compiled.signals = std::move(in_order);
    const auto add_step = [&](const TestStep& step) {
        CompiledTestStep& made = compiled.steps.emplace_back();
        made.at = compiled.now + step.after;
        compile_given(step.profile, "profile", made);
        compile_given(step.features, "feature", made);
        compile_given(step.scores, "score", made);
        const auto give = [&](const char* root, const std::string& name, bool claim) {
            const auto* fields = book_.scope.find_record(root);
            made.given[static_cast<std::size_t>(fields->find(name)->second.slot)] = Value::boolean(claim);
        };
        for (const auto& [name, is_granted] : step.consents) give("consent", name, is_granted);
        for (const auto& [name, is_member] : step.segments) {
            give("segment", name, is_member);
            if (name != segment.id.text) continue;
            refuse(step.place, fmt::format("{}: it gives the very segment that it tests", subject), "own_answer",
                   "give what the conditions read, and expect the membership");
        }
    };
    add_step(test.first);
    std::ranges::for_each(test.then, add_step);
    if (!test.flips.empty()) compiled.flips_at = instant_of(test.flips.front().at, compiled.now);
    return compiled;
}

std::optional<Attributes> Builder::compile_test_signal(const TestSignal& given, const std::string& subject) {
    const auto errors_before = errors_.size();
    const auto& signal = *find(book_.definitions.signals, given.signal.id);
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : given.properties) {
        const auto* property = find_property(signal, name);
        if (property == nullptr) {
            refuse(value.place, fmt::format("{}: signal {} has no property '{}'", subject, signal.id.text, name),
                   "unknown_property", hint_for(name, signal));
            continue;
        }
        texts[name] = value.text;
        const bool is_quoted_number =
            value.is_quoted && property->type != AttributeType::text && property->type != AttributeType::time;
        if (!is_quoted_number && parse_attribute(value.text, property->type, book_.money_digits)) continue;
        refuse(value.place,
               fmt::format("{}: {} of {} is {}, not '{}'", subject, name, signal.id.text, to_word(property->type),
                           value.text.substr(0, 60)),
               "wrong_type", "write the value as the signal's contract declares it, without quotes around a number");
    }
    if (errors_.size() != errors_before) return std::nullopt;
    auto properties = read_properties(signal, texts, book_.money_digits);
    if (properties) return *std::move(properties);
    refuse(given.place, fmt::format("{}: signal {}: {}", subject, signal.id.text, properties.error().detail),
           properties.error().reason, "the contract of the signal would refuse it too");
    return std::nullopt;
}

void Builder::compile_given(const GivenValues& values, const char* root, CompiledTestStep& step) {
    const auto* fields = book_.scope.find_record(root);
    for (const auto& [name, given] : values) {
        const auto& field = fields->find(name)->second;
        if (auto value = value_of(given, field.type)) {
            step.given[static_cast<std::size_t>(field.slot)] = *std::move(value);
            continue;
        }
        refuse(given.place,
               fmt::format("{}.{} is {}, not '{}'", root, name, to_text(field.type), given.text.substr(0, 60)),
               "wrong_type", "write a value of this type, or unknown");
    }
}

namespace {

Timestamp instant_of(const TestMoment& moment, Timestamp now) {
    return moment.instant.value_or(now + moment.offset);
}

const PropertyContract* find_property(const SignalDefinition& signal, const std::string& name) {
    const auto found = std::ranges::find(signal.properties, name, &PropertyContract::name);
    return found == signal.properties.end() ? nullptr : &*found;
}

std::string hint_for(const std::string& name, const SignalDefinition& signal) {
    std::vector<std::string> known;
    for (const auto& property : signal.properties) known.push_back(property.name);
    const auto nearest = expression::nearest_name(name, known);
    return nearest.empty() ? "the keys of a signal are signal, at and the properties of its contract"
                           : fmt::format("did you mean '{}'?", nearest);
}

bool is_unknown(const GivenValue& given) {
    return !given.is_quoted && given.text == "unknown";
}

std::optional<double> read_share_or_number(const std::string& text) {
    const bool is_share = text.ends_with('%');
    const auto digits = is_share ? text.substr(0, text.size() - 1) : text;
    const auto number = parse_attribute(digits, AttributeType::number, 0);
    if (!number) return std::nullopt;
    return std::get<double>(*number) / (is_share ? 100 : 1);
}

// Nothing where the text is no value of the type. Of a type that is known only later, the text says what it is.
std::optional<Value> value_of(const GivenValue& given, const Type& type) {
    if (is_unknown(given)) return Value();
    if (type.kind == TypeKind::string) return Value::string(given.text);
    if (type.kind == TypeKind::timestamp) {
        const auto instant = parse_timestamp(given.text);
        return instant ? std::optional(Value::timestamp(*instant)) : std::nullopt;
    }
    const bool is_any = type.is_dyn();
    if (given.is_quoted) return is_any ? std::optional(Value::string(given.text)) : std::nullopt;
    if (given.text == "true" || given.text == "false") {
        const bool fits = is_any || type.kind == TypeKind::boolean;
        return fits ? std::optional(Value::boolean(given.text == "true")) : std::nullopt;
    }
    if (is_any || type.kind == TypeKind::integer) {
        if (const auto whole = parse_attribute(given.text, AttributeType::integer, 0)) {
            return Value::integer(std::get<std::int64_t>(*whole));
        }
    }
    if (is_any || type.kind == TypeKind::real) {
        if (const auto number = read_share_or_number(given.text)) return Value::real(*number);
    }
    return is_any ? std::optional(Value::string(given.text)) : std::nullopt;
}

}  // namespace
}  // namespace segmentd::rules
