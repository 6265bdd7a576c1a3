#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "rules/definitions/feature_words.hpp"
#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

constexpr std::int64_t most_periods = 400;

Reader<Window> feature_window();
const Table<SequenceStep>& step_table();
const Table<SequenceStep>& exclusion_table();
void finish_feature(FeatureDefinition& feature, const Node& node, Reading& reading);
std::string example_of(const FeatureWord& word, std::string_view key);
void check_keys(const FeatureDefinition& feature, const Node& node, Reading& reading);
void finish_sequence(const FeatureDefinition& feature, const Node& node, Reading& reading);

}  // namespace

const Table<FeatureDefinition>& feature_table() {
    using F = FeatureDefinition;
    static const Table<F> table{
        "What is computed from the signals of a customer or an account, read as feature.<name>. The words of compute "
        "and the keys that "
        "each of them takes stand in features.md.",
        {
            required("feature", &F::id, name<FeatureId>(declares(NameKind::feature)), "name of the feature"),
            optional("title", &F::title, text(), "the feature in a few words"),
            optional("per", &F::per, word<Subject>(),
                     "whose signals are looked at: a customer's, or those of all customers of an account; default "
                     "customer"),
            optional("signal", &F::signal, reference<SignalId>(NameKind::signal), "what is looked at"),
            required("compute", &F::compute, word<Aggregate>(), "how the signals become one value"),
            optional("value", &F::value, expression_text(), "what is aggregated: CEL over event"),
            optional("window", &F::window, feature_window(), "which signals count; default the whole life"),
            optional("zone", &F::zone, word<CalendarZone>(),
                     "whose calendar a window of the calendar follows; default the workspace's"),
            optional("where", &F::where, condition(), "only signals for which this holds: CEL over event"),
            optional("of", &F::of, condition(), "share: which of the signals are the part: CEL over event"),
            optional("half_life", &F::half_life, window(), "decay: when a signal counts half"),
            optional("refresh_every", &F::refresh_every, window(), "decay: how often the weights move on; default 1d"),
            optional("after", &F::after, window(), "stopped, restarted: a silence as long as this"),
            optional("period", &F::period, word<Period>(), "regular: what is looked at one by one"),
            optional("periods", &F::periods, integer_from(1), "regular: so many of them before the running one"),
            optional("at_least", &F::at_least, integer_from(1), "regular: in so many of them"),
            optional("steps", &F::steps, list_of(record(step_table())), "sequence: its steps in their order"),
            optional("without", &F::without, list_of(record(exclusion_table())),
                     "sequence: what may not come between the first and the last step"),
            optional("owner", &F::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
        },
        finish_feature};
    return table;
}

namespace {

constexpr std::array<Word<CalendarWindow>, 10> calendar_words = {{
    {"today", {Period::day, 0, 1}},
    {"yesterday", {Period::day, -1, 1}},
    {"this_week", {Period::week, 0, 1}},
    {"last_week", {Period::week, -1, 1}},
    {"this_month", {Period::month, 0, 1}},
    {"last_month", {Period::month, -1, 1}},
    {"this_quarter", {Period::quarter, 0, 1}},
    {"last_quarter", {Period::quarter, -1, 1}},
    {"this_year", {Period::year, 0, 1}},
    {"last_year", {Period::year, -1, 1}},
}};

// A duration, or a word of the calendar; what begins with a letter is meant as a word.
Reader<Window> feature_window() {
    std::vector<std::string> words;
    for (const auto& known : calendar_words) words.emplace_back(known.word);
    const auto rolling = window();
    const auto named = shape_of_words(words);
    return {{"duration above zero, such as 90d, or " + named.form,
             fmt::format(R"({{"oneOf":[{},{}]}})", rolling.shape.schema, named.schema)},
            [words, read = rolling.read](const Node& node, Reading& reading) -> std::optional<Window> {
                const bool is_word = node.form == Node::Form::scalar && !node.text.empty() &&
                                     (node.text.front() < '0' || node.text.front() > '9') && node.text.front() != '-';
                if (!is_word) return read(node, reading);
                const auto index = read_word(node, words, reading);
                if (!index) return std::nullopt;
                return calendar_words[*index].value;
            }};
}

const Table<SequenceStep>& step_table() {
    using S = SequenceStep;
    static const Table<S> table{
        "",
        {
            required("signal", &S::signal, reference<SignalId>(NameKind::signal), "what the customer does"),
            optional("where", &S::where, condition(), "only signals for which this holds: CEL over event"),
            optional("within", &S::within, window(), "at most so long after the step before; not of the first step"),
        }};
    return table;
}

const Table<SequenceStep>& exclusion_table() {
    using S = SequenceStep;
    static const Table<S> table{
        "",
        {
            required("signal", &S::signal, reference<SignalId>(NameKind::signal), "what would break the sequence"),
            optional("where", &S::where, condition(), "only signals for which this holds: CEL over event"),
        }};
    return table;
}

void finish_feature(FeatureDefinition& feature, const Node& node, Reading& reading) {
    const auto refusals_before = reading.refusals();
    check_keys(feature, node, reading);
    if (reading.refusals() != refusals_before) return;
    const bool reads_calendar = feature.compute == Aggregate::regular ||
                                (feature.window && std::holds_alternative<CalendarWindow>(*feature.window));
    if (const auto* zone = node.find("zone"); zone != nullptr && !reads_calendar) {
        reading.refuse({zone->at, "unused_key", "no calendar is read, so there is no zone to it",
                        "leave zone out, or write a window such as this_month"});
    }
    if (feature.per == Subject::account && feature.zone == CalendarZone::customer) {
        reading.refuse({node.find("zone")->at, "unused_key", "an account has no time zone of its own",
                        "leave zone out: the workspace's calendar is read"});
    }
    if (feature.compute == Aggregate::regular && feature.periods > most_periods) {
        reading.refuse({node.find("periods")->at, "out_of_range", fmt::format("{} is too large", feature.periods),
                        fmt::format("write {} or less", most_periods)});
    }
    if (feature.at_least > feature.periods) {
        reading.refuse({node.find("at_least")->at, "out_of_range",
                        fmt::format("there are no {} among {} periods", feature.at_least, feature.periods),
                        "write at most as many as periods"});
    }
    if (feature.compute == Aggregate::sequence) finish_sequence(feature, node, reading);
}

// "value: event.amount" as the word's example has it, or the key alone.
std::string example_of(const FeatureWord& word, std::string_view key) {
    const auto start = word.example.find(fmt::format("{}: ", key));
    if (start == std::string_view::npos) return std::string(key);
    const auto rest = word.example.substr(start);
    return fmt::format("{}, such as {}", key, rest.substr(0, rest.find('\n')));
}

// Each word of compute takes its own keys and no others.
void check_keys(const FeatureDefinition& feature, const Node& node, Reading& reading) {
    const auto& rule = feature_word(feature.compute);
    const auto* word = to_word(feature.compute);
    auto takes = keys_of(rule.needed);
    for (const auto key : keys_of(rule.allowed)) takes.push_back(key);
    for (const auto& entry : node.entries) {
        if (names_key("feature title per compute owner", entry.key) || std::ranges::count(takes, entry.key) > 0)
            continue;
        reading.refuse({entry.at, "unused_key", fmt::format("{} uses no {}", word, entry.key),
                        fmt::format("leave it out; {} takes {}", word, fmt::join(takes, ", "))});
    }
    for (const auto key : keys_of(rule.needed)) {
        if (node.find(key) != nullptr) continue;
        reading.refuse({node.find("compute")->at, "missing_key", fmt::format("{} needs {}", word, key),
                        fmt::format("add {}", example_of(rule, key))});
    }
}

void finish_sequence(const FeatureDefinition& feature, const Node& node, Reading& reading) {
    const auto refuse = [&](Position at, const char* rule, std::string what, const char* hint) {
        reading.refuse({at, rule, std::move(what), hint});
    };
    const auto* steps = node.find("steps");
    if (feature.steps.size() < 2 || feature.steps.size() > most_sequence_steps) {
        refuse(steps->at, "out_of_range",
               fmt::format("a sequence has 2 to 16 steps, this one {}", feature.steps.size()),
               "write steps, or use count with a window");
        return;
    }
    for (std::size_t i = 0; i < feature.steps.size(); ++i) {
        const Position at{feature.steps[i].place.line, feature.steps[i].place.column};
        if (i == 0 && feature.steps[i].within) {
            refuse(at, "unused_key", "the first step follows nothing, so it has no within",
                   "leave it out; the window says how long ago the last step may be");
        }
        if (i > 0 && !feature.steps[i].within) {
            refuse(at, "missing_key", fmt::format("step {} says not how soon it follows", i + 1),
                   "add within, such as within: 7d");
        }
    }
    if (const auto* without = node.find("without"); without != nullptr && feature.without.empty()) {
        refuse(without->at, "missing_value", "the list of exclusions is empty", "leave without out");
    }
}

}  // namespace
}  // namespace segmentd::rules::load
