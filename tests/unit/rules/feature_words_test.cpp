#include "rules/definitions/feature_words.hpp"

#include <catch2/catch.hpp>

#include <set>

#include "rules/features/feature_state.hpp"
#include "rules/load/load.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {
namespace {

constexpr Duration microsecond{1};

Timestamp at(const char* text) {
    return parse_timestamp(text).value();
}

FeaturePlan plan_of(Aggregate compute, std::optional<Window> window) {
    FeaturePlan plan;
    plan.compute = compute;
    plan.window = window;
    return plan;
}

FeatureState lived(const FeaturePlan& plan, std::initializer_list<const char*> instants) {
    FeatureState state;
    for (const auto* instant : instants) state.add(plan, {at(instant), 1.0}, at(instant));
    return state;
}

}  // namespace

TEST_CASE("every word of compute stands once in the table, and its example loads") {
    std::set<Aggregate> seen;
    for (const auto& word : feature_words()) {
        INFO(to_word(word.compute));
        std::string text = "workspace: shop\n";
        for (const auto* signal : {"order", "payment", "session", "feedback", "trial_started", "ticket_opened"}) {
            text += std::string("---\nsignal: ") + signal +
                    "\nproperties: {amount: {type: money}, rating: {type: integer}, channel: {type: text}, "
                    "plan: {type: text}, seats: {type: integer}, category: {type: text}}\n";
        }
        const auto loaded =
            load_workspace({{"workspace.yaml", text + "---\nfeature: x\n" + std::string(word.example) + "\n"}});
        REQUIRE(loaded.has_value());
        CHECK(build_rulebook(*loaded).has_value());
        CHECK(seen.insert(word.compute).second);
    }
    CHECK(seen.size() == 18);
}

TEST_CASE("a silence has stopped somebody exactly when it is as long as after") {
    auto plan = plan_of(Aggregate::stopped, std::nullopt);
    plan.after = Days(30);
    const auto state = lived(plan, {"2027-01-01"});

    CHECK_FALSE(state.value(plan, at("2027-01-31") - microsecond).as_boolean());
    CHECK(state.value(plan, at("2027-01-31")).as_boolean());
    CHECK((state.valid_until(plan, at("2027-01-02")) == at("2027-01-31")));
    CHECK((state.valid_until(plan, at("2027-01-31")) == never));
}

TEST_CASE("a restart is measured from a signal that left the window long ago") {
    auto plan = plan_of(Aggregate::restarted, Duration(Days(14)));
    plan.after = Days(60);
    const auto state = lived(plan, {"2027-01-01", "2027-03-02"});

    CHECK(state.value(plan, at("2027-03-16") - microsecond).as_boolean());
    CHECK_FALSE(state.value(plan, at("2027-03-16")).as_boolean());
}

TEST_CASE("a decayed signal counts a half after its half-life") {
    auto plan = plan_of(Aggregate::decay, Duration(Days(14)) * half_lives_kept);
    plan.half_life = Days(14);
    const auto state = lived(plan, {"2027-01-01"});

    CHECK(state.value(plan, at("2027-01-15")).as_real() == Approx(0.5));
    CHECK(state.value(plan, at("2027-01-16") - microsecond).as_real() == Approx(0.5));
    CHECK((state.valid_until(plan, at("2027-01-15")) == at("2027-01-16")));
}

TEST_CASE("the running period does not count for regularity until it is over") {
    auto plan = plan_of(Aggregate::regular, CalendarWindow{Period::month, -3, 3});
    plan.at_least = 2;
    const auto state = lived(plan, {"2027-01-31T23:59:59Z", "2027-02-01"});

    CHECK_FALSE(state.value(plan, at("2027-03-01") - microsecond).as_boolean());
    CHECK(state.value(plan, at("2027-03-01")).as_boolean());
    CHECK_FALSE(state.value(plan, at("2027-05-01")).as_boolean());
}

TEST_CASE("the trend of three points is the slope of their least-squares line") {
    const auto plan = plan_of(Aggregate::trend, Duration(Days(90)));
    FeatureState state;
    state.add(plan, {at("2027-01-01"), 1.0}, at("2027-01-03"));
    state.add(plan, {at("2027-01-03"), 4.0}, at("2027-01-03"));
    state.add(plan, {at("2027-01-02"), 4.0}, at("2027-01-03"));

    CHECK(state.value(plan, at("2027-01-03")).as_real() == Approx(1.5));
}

TEST_CASE("what lies between the first and the last step breaks a sequence, what comes after does not") {
    auto plan = plan_of(Aggregate::sequence, Duration(Days(90)));
    plan.within = {Days(7)};
    const auto took = [&](std::initializer_list<std::int64_t> meanings) {
        FeatureState state;
        for (const auto meaning : meanings) state.add(plan, {at("2027-01-01"), meaning}, at("2027-01-01"));
        return state.value(plan, at("2027-01-01")).as_boolean();
    };

    CHECK(took({1, 2}));
    CHECK_FALSE(took({1, breaks_sequence, 2}));
    CHECK(took({1, 2, breaks_sequence}));
    CHECK(took({1, 2 | breaks_sequence}));
    CHECK(took({1, 1 | breaks_sequence, 2}));
}

}  // namespace segmentd::rules
