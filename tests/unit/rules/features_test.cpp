#include <catch2/catch.hpp>

#include "rules/features/feature_state.hpp"

namespace segmentd::rules {
namespace {

Timestamp at(const char* text) {
    return parse_timestamp(text).value();
}

constexpr Duration microsecond{1};

struct Lived {
    FeaturePlan plan;
    FeatureState state;

    void take(Timestamp occurred_at, Attribute value, Timestamp now) {
        state.add(plan, {occurred_at, std::move(value)}, now);
    }
    expression::Value value_at(Timestamp now) {
        state.advance(plan, now);
        return state.value(plan, now);
    }
};

Lived counting(std::optional<Window> window) {
    return {{Aggregate::count, window}, {}};
}

}  // namespace

TEST_CASE("a signal is inside its window until just before it is as old as the window") {
    auto feature = counting(Days(90));
    feature.take(at("2027-01-01"), {}, at("2027-01-01"));

    const auto just_before = feature.value_at(at("2027-04-01") - microsecond);

    CHECK(just_before.as_integer() == 1);
}

TEST_CASE("a signal leaves its window exactly when it is as old as the window") {
    auto feature = counting(Days(90));
    feature.take(at("2027-01-01"), {}, at("2027-01-01"));

    const auto at_the_border = feature.value_at(at("2027-04-01"));

    CHECK(at_the_border.as_integer() == 0);
}

TEST_CASE("a signal that is older than the window when it comes changes nothing") {
    auto feature = counting(Days(7));
    feature.take(at("2027-01-01"), {}, at("2027-01-08"));

    const auto value = feature.value_at(at("2027-01-08"));

    CHECK(value.as_integer() == 0);
    CHECK((feature.state.valid_until(feature.plan, at("2027-01-08")) == never));
}

TEST_CASE("count, sum and distinct are zero without signals and everything else is missing") {
    for (const auto compute : {Aggregate::count, Aggregate::distinct}) {
        CHECK(FeatureState().value({compute}, at("2027-01-01")).as_integer() == 0);
    }
    CHECK(FeatureState().value({Aggregate::sum, std::nullopt, 2}, at("2027-01-01")).as_real() == Approx(0.0));
    for (const auto compute :
         {Aggregate::mean, Aggregate::min, Aggregate::max, Aggregate::first, Aggregate::last, Aggregate::recency}) {
        CHECK(FeatureState().value({compute}, at("2027-01-01")).is_missing());
    }
}

TEST_CASE("of signals at one instant the one that arrived last is the last") {
    Lived feature{{Aggregate::last, std::nullopt}, {}};
    feature.state.add(feature.plan, {at("2027-01-01"), std::string("first")}, at("2027-01-02"));
    feature.state.add(feature.plan, {at("2027-01-01"), std::string("second")}, at("2027-01-02"));

    const auto value = feature.value_at(at("2027-01-02"));

    CHECK(value.as_text() == "second");
}

TEST_CASE("recency steps by a whole day exactly a day after the signal") {
    Lived feature{{Aggregate::recency, std::nullopt}, {}};
    feature.take(at("2027-01-01T09:30:00Z"), {}, at("2027-01-01T09:30:00Z"));

    const auto before = feature.value_at(at("2027-01-02T09:30:00Z") - microsecond);
    const auto after = feature.value_at(at("2027-01-02T09:30:00Z"));

    CHECK(before.as_integer() == 0);
    CHECK(after.as_integer() == 1);
}

TEST_CASE("a recency states that it holds until the next whole day since the signal") {
    Lived feature{{Aggregate::recency, std::nullopt}, {}};
    feature.take(at("2027-01-01T09:30:00Z"), {}, at("2027-01-01T09:30:00Z"));

    const auto until = feature.state.valid_until(feature.plan, at("2027-01-05T12:00:00Z"));

    CHECK(to_text(until) == "2027-01-06T09:30:00Z");
}

TEST_CASE("a sum that a value left is the same as one that it never entered") {
    Lived feature{{Aggregate::sum, Duration(Days(1))}, {}};
    feature.take(at("2027-01-01"), 1e15, at("2027-01-01"));
    feature.take(at("2027-01-01T12:00:00Z"), 0.5, at("2027-01-01T12:00:00Z"));

    const auto value = feature.value_at(at("2027-01-02"));

    CHECK(value.as_real() == Approx(0.5).margin(0));
}

TEST_CASE("states with the same signals have the same canonical bytes in whatever order they came") {
    Lived one{{Aggregate::distinct, Duration(Days(30))}, {}};
    Lived other = one;
    one.state.add(one.plan, {at("2027-01-01"), std::string("a")}, at("2027-01-03"));
    one.state.add(one.plan, {at("2027-01-02"), std::string("b")}, at("2027-01-03"));
    other.state.add(other.plan, {at("2027-01-02"), std::string("b")}, at("2027-01-03"));
    other.state.add(other.plan, {at("2027-01-01"), std::string("a")}, at("2027-01-03"));

    std::string one_bytes, other_bytes;
    one.state.append_canonical(one_bytes);
    other.state.append_canonical(other_bytes);

    CHECK(one_bytes == other_bytes);
}

TEST_CASE("the number 1 and the text 1 are different values and a zero has no sign") {
    Lived feature{{Aggregate::distinct, std::nullopt}, {}};
    feature.take(at("2027-01-01"), std::string("1"), at("2027-01-01"));
    feature.take(at("2027-01-01"), std::int64_t{1}, at("2027-01-01"));
    feature.take(at("2027-01-01"), 0.0, at("2027-01-01"));
    feature.take(at("2027-01-01"), -0.0, at("2027-01-01"));

    const auto value = feature.value_at(at("2027-01-01"));

    CHECK(value.as_integer() == 3);
}

}  // namespace segmentd::rules
