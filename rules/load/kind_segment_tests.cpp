// The grammar of `tests:` in a segment file.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

const Table<TestStep>& step_table();
const Table<TestSignal>& signal_in_test_table();
Reader<TestSignal> signal_in_test();
Reader<std::vector<TestMoment>> moments();
Reader<std::vector<TestFlip>> flip(bool enters, bool is_offset);
Reader<GivenValues> given(NameRole role);
std::optional<TestMoment> read_moment(const Node& node, Reading& reading);
std::optional<GivenValue> read_given(const Node& node, Reading& reading);
Field<SegmentTest> inside_first(const Field<TestStep>& field);
Field<SegmentTest> flip_field(const char* key, Reader<std::vector<TestFlip>> reader, const char* doc);
void finish_test(SegmentTest& test, const Node& node, Reading& reading);
void check_instants(const SegmentTest& test, Reading& reading);
void check_order(const SegmentTest& test, Reading& reading);

}  // namespace

const Table<SegmentTest>& segment_test_table() {
    using T = SegmentTest;
    static const Table<T> table = [] {
        Table<T> made{
            "",
            {
                required("test", &T::name, text(), "what it shows, in a sentence"),
                optional("now", &T::now, instant(), "the instant that everything counts from; default 2027-01-01"),
                optional("signals", &T::signals, list_of(signal_in_test()), "what the customer did"),
            },
            finish_test};
        for (const auto& field : step_table().fields) made.fields.push_back(inside_first(field));
        made.fields.push_back(
            optional("then", &T::then, list_of(record(step_table())), "later instants, each after the one before"));
        made.fields.push_back(flip_field("leaves_at", flip(false, false), "the exact instant at which they leave"));
        made.fields.push_back(flip_field("leaves_after", flip(false, true), "the same, counted from now"));
        made.fields.push_back(flip_field("enters_at", flip(true, false), "the exact instant at which they enter"));
        made.fields.push_back(flip_field("enters_after", flip(true, true), "the same, counted from now"));
        return made;
    }();
    return table;
}

namespace {

const Table<TestStep>& step_table() {
    using S = TestStep;
    static const Table<S> table{
        "",
        {
            optional("profile", &S::profile, given(uses(NameKind::attribute)), "attributes of the customer"),
            optional("feature", &S::features, given(uses(NameKind::feature)),
                     "features given straight, instead of signals"),
            optional("score", &S::scores, given(uses(NameKind::score)), "scores given straight, such as 12%"),
            optional("consent", &S::consents, map_of(uses(NameKind::purpose), either("granted", "denied")),
                     "what the customer allowed, by purpose"),
            optional("segment", &S::segments, map_of(uses(NameKind::segment), either("member", "not_member")),
                     "other segments, given straight"),
            optional("after", &S::after, duration(), "how long after now it is asked; default at once"),
            required("expect", &S::expect, word<Expectation>(), "whether the customer belongs then"),
        }};
    return table;
}

const Table<TestSignal>& signal_in_test_table() {
    using S = TestSignal;
    static const Table<S> table{
        "",
        {
            required("signal", &S::signal, reference<SignalId>(NameKind::signal), "what happened"),
            required("at", &S::at, moments(), "when: -10d, +3d, now, an instant, or a list of them"),
            optional("properties", &S::properties, given(plain_name), "properties that are named like these keys"),
        }};
    return table;
}

// A mapping with the keys above; every other key is a property of the signal.
Reader<TestSignal> signal_in_test() {
    auto shape = shape_of(signal_in_test_table());
    const auto closing = shape.schema.find(R"("additionalProperties":false)");
    if (closing != std::string::npos) {
        shape.schema.replace(closing, std::string_view(R"("additionalProperties":false)").size(),
                             R"("additionalProperties":{"type":["string","number","boolean"]})");
    }
    shape.keys.push_back({"<property>", "value of the signal's contract", false, "a property of the signal"});
    return {std::move(shape), [](const Node& node, Reading& reading) -> std::optional<TestSignal> {
                if (!is_mapping(node, reading)) return std::nullopt;
                const auto refusals_before = reading.refusals();
                Node known = node;
                Node rest = node;
                const auto is_known = [](const Entry& entry) {
                    return std::ranges::any_of(signal_in_test_table().fields,
                                               [&](const auto& field) { return field.row.key == entry.key; });
                };
                std::erase_if(known.entries, [&](const Entry& entry) { return !is_known(entry); });
                std::erase_if(rest.entries, is_known);
                TestSignal signal;
                signal.place = reading.place(node.at);
                read_fields(signal_in_test_table(), known, reading, signal);
                if (auto properties = given(plain_name).read(rest, reading)) signal.properties.merge(*properties);
                if (reading.refusals() != refusals_before) return std::nullopt;
                return signal;
            }};
}

Reader<std::vector<TestMoment>> moments() {
    return {{"-10d, +3d, now, an instant, or a list of them", R"({"type":["string","array"]})"},
            [](const Node& node, Reading& reading) -> std::optional<std::vector<TestMoment>> {
                std::vector<TestMoment> all;
                if (node.form != Node::Form::list) {
                    if (const auto one = read_moment(node, reading)) all.push_back(*one);
                }
                for (const Node& item : node.items) {
                    if (const auto one = read_moment(item, reading)) all.push_back(*one);
                }
                if (node.form == Node::Form::list && node.items.empty()) {
                    reading.refuse({node.at, "missing_value", "the list of moments is empty", "write at least one"});
                }
                return all;
            }};
}

Reader<std::vector<TestFlip>> flip(bool enters, bool is_offset) {
    auto shape = is_offset ? duration().shape : instant().shape;
    return {std::move(shape),
            [enters, is_offset](const Node& node, Reading& reading) -> std::optional<std::vector<TestFlip>> {
                TestFlip made{enters, {}, reading.place(node.at)};
                if (is_offset) {
                    const auto offset = duration().read(node, reading);
                    if (!offset) return std::nullopt;
                    made.at.offset = *offset;
                } else {
                    made.at.instant = instant().read(node, reading);
                    if (!made.at.instant) return std::nullopt;
                }
                return std::vector{std::move(made)};
            }};
}

Reader<GivenValues> given(NameRole role) {
    return map_of(role,
                  Reader<GivenValue>{{"value, or unknown", R"({"type":["string","number","boolean"]})"},
                                     [](const Node& node, Reading& reading) { return read_given(node, reading); }});
}

std::optional<GivenValue> read_given(const Node& node, Reading& reading) {
    auto value = text().read(node, reading);
    if (!value) return std::nullopt;
    return GivenValue{std::move(*value), node.quoted, reading.place(node.at)};
}

std::optional<TestMoment> read_moment(const Node& node, Reading& reading) {
    const auto written = text().read(node, reading);
    if (!written) return std::nullopt;
    if (*written == "now") return TestMoment{};
    const bool is_before = written->starts_with('-');
    const bool is_offset = is_before || written->starts_with('+');
    if (is_offset) {
        if (const auto distance = parse_duration(std::string_view(*written).substr(1))) {
            return TestMoment{std::nullopt, is_before ? -*distance : *distance};
        }
    } else if (const auto instant = parse_timestamp(*written)) {
        return TestMoment{*instant, Duration(0)};
    }
    const bool lacks_sign = !is_offset && parse_duration(*written).has_value();
    reading.refuse({node.at, "bad_moment", fmt::format("{} is no moment of a test", shown(*written)),
                    lacks_sign ? fmt::format("write -{0} for before now or +{0} for after", *written)
                               : "write -10d, +3d, now, or an instant such as 2027-01-31T10:00:00Z"});
    return std::nullopt;
}

// A key of a step that stands in the test itself.
Field<SegmentTest> inside_first(const Field<TestStep>& field) {
    return {field.row, [read = field.read](const Node& node, Reading& reading, SegmentTest& test) {
                read(node, reading, test.first);
            }};
}

Field<SegmentTest> flip_field(const char* key, Reader<std::vector<TestFlip>> reader, const char* doc) {
    KeyRow row{.key = key, .shape = std::move(reader.shape), .required = false, .built = true, .doc = doc};
    return {std::move(row), [read = std::move(reader.read)](const Node& node, Reading& reading, SegmentTest& test) {
                auto made = read(node, reading);
                if (made) test.flips.push_back(std::move(made->front()));
            }};
}

Position position_of(const SourcePlace& place) {
    return {place.line, place.column};
}

void finish_test(SegmentTest& test, const Node& node, Reading& reading) {
    test.first.place = test.place;
    if (!test.signals.empty() && !test.first.features.empty()) {
        reading.refuse({node.find("feature")->at, "one_origin", "features follow from the signals of a test",
                        "give either signals or features"});
    }
    for (const auto& step : test.then) {
        if (test.signals.empty() || step.features.empty()) continue;
        reading.refuse({position_of(step.place), "one_origin", "features follow from the signals of a test",
                        "give either signals or features"});
    }
    if (test.flips.size() > 1) {
        reading.refuse({position_of(test.flips[1].place), "one_flip", "a test names one entry or one leaving",
                        "write a second test for the other"});
    }
    check_instants(test, reading);
    check_order(test, reading);
}

// Where instants are named, `now` is one of them; and all of them lie near it.
void check_instants(const SegmentTest& test, Reading& reading) {
    const auto check = [&](const TestMoment& moment, const SourcePlace& place) {
        if (moment.instant && !test.now) {
            reading.refuse({position_of(place), "missing_key", "an instant is named, but not which one is now",
                            "add now: to the test, or count from it: -10d"});
            return;
        }
        const auto distance = moment.instant ? *moment.instant - *test.now : moment.offset;
        if (distance <= longest_test && distance >= -longest_test) return;
        reading.refuse({position_of(place), "out_of_range", "this is more than ten years from the test's now",
                        "stay within ten years"});
    };
    for (const auto& signal : test.signals) {
        for (const auto& moment : signal.at) check(moment, signal.place);
    }
    for (const auto& one : test.flips) check(one.at, one.place);
    check({std::nullopt, test.first.after}, test.first.place);
    for (const auto& step : test.then) check({std::nullopt, step.after}, step.place);
    for (const auto& one : test.flips) {
        const auto distance = one.at.instant ? *one.at.instant - test.now.value_or(*one.at.instant) : one.at.offset;
        if (distance > Duration(0) || (one.at.instant && !test.now)) continue;
        reading.refuse({position_of(one.place), "out_of_range", "the membership changes after the test's now",
                        "name an instant after it"});
    }
}

void check_order(const SegmentTest& test, Reading& reading) {
    Duration last = test.first.after;
    for (const auto& step : test.then) {
        if (step.after <= last) {
            reading.refuse(
                {position_of(step.place), "dates_out_of_order",
                 fmt::format("this is asked {} after now, not after what stands before", to_text(step.after)),
                 fmt::format("write after: with more than {}", to_text(last))});
        }
        last = step.after;
    }
}

}  // namespace
}  // namespace segmentd::rules::load
