#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view trial_rules = R"(
segment: buyers
steward: dana
playbook: thanks
enter: profile.plan == "pro"
---
playbook: thanks
touches: [{touch: thank_you, purpose: care, endpoint: crm}]
---
endpoint: crm
mode: live
owner: dana
events: [touch, pilot.decided, review.opened]
---
metric: bought
signal: purchase
window: 7d
---
pilot: voucher_trial
hypothesis: A voucher brings more purchases.
segment: buyers
arms:
  plain: {weight: 50%, control: true}
  voucher: {weight: 50%}
enrol: {from: 2027-02-01, until: 2027-03-01}
metrics: {primary: bought}
decide:
  leading: {by: 2027-03-10, owner: dana, ship: primary.better, roll_back: primary.worse, otherwise: review}
)";

PilotDecisionRecord decision_in(const daemon::Effects& effects) {
    REQUIRE(effects.facts.size() == 1);
    return std::get<PilotDecisionRecord>(effects.facts.front().payload);
}

// So many customers join; those of the voucher arm buy, of the others every tenth.
void run_trial(LivedEngine& lived, int customers) {
    for (int i = 0; i < customers; ++i) {
        const auto name = "customer " + std::to_string(i);
        lived.take(plan_of(name, at("2027-02-02"), "pro"));
    }
    const auto& population = lived.engine.population();
    for (int i = 0; i < customers; ++i) {
        const auto name = "customer " + std::to_string(i);
        const auto& enrolments = population.at(*population.find(CustomerId(name))).rest->enrolments;
        if (enrolments.empty()) continue;
        if (enrolments.begin()->second.arm == 1 || i % 10 == 0) lived.take(purchase(name, at("2027-02-04")));
    }
}

}  // namespace

TEST_CASE("a pilot is judged at its date by the rule in its definition") {
    LivedEngine lived(shop(trial_rules));
    run_trial(lived, 300);

    const auto decision = decision_in(lived.take(tick(at("2027-03-10"))));

    CHECK(decision.pilot == PilotId("voucher_trial"));
    CHECK(decision.verdict == PilotVerdict::leading);
    CHECK(decision.decision == "ship");
    CHECK(decision.arm == "voucher");
    CHECK(lived.engine.unrecorded_decisions().size() == 1);
}

TEST_CASE("a pilot without data claims nothing: its rule's otherwise applies") {
    LivedEngine lived(shop(trial_rules));

    CHECK(decision_in(lived.take(tick(at("2027-03-10")))).decision == "review");
}

TEST_CASE("a recorded decision is told, and one that is left to people opens a review of its owner") {
    LivedEngine lived(shop(trial_rules));
    const auto decision = decision_in(lived.take(tick(at("2027-03-10"))));

    const auto effects = lived.take(record_of("", at("2027-03-10"), decision));

    REQUIRE(effects.events.size() == 2);
    CHECK(effects.events[0].event.type == "pilot.decided");
    CHECK(effects.events[1].event.type == "review.opened");
    CHECK(lived.engine.unrecorded_decisions().empty());
    REQUIRE(lived.engine.reviews().all().size() == 1);
    CHECK(lived.engine.reviews().all()[0].kind == daemon::ReviewKind::pilot);
    CHECK(lived.engine.reviews().all()[0].owner == PersonId("dana"));
}

TEST_CASE("a pilot is judged once") {
    LivedEngine lived(shop(trial_rules));
    lived.take(tick(at("2027-03-10")));

    CHECK(lived.take(tick(at("2027-04-10"))).facts.empty());
}

TEST_CASE("a paused pilot enrols nobody until it is resumed") {
    LivedEngine lived(shop(trial_rules));
    lived.take(record_of("", at("2027-02-01"), PauseRecord{PauseTarget::pilot, "voucher_trial", true}));
    lived.take(plan_of("ada", at("2027-02-02"), "pro"));
    const auto& population = lived.engine.population();
    const bool was_enrolled = !population.at(*population.find(CustomerId("ada"))).rest->enrolments.empty();

    lived.take(record_of("", at("2027-02-03"), PauseRecord{PauseTarget::pilot, "voucher_trial", false}));
    lived.take(visit("ada", at("2027-02-04")));

    CHECK_FALSE(was_enrolled);
    CHECK(population.at(*population.find(CustomerId("ada"))).rest->enrolments.size() == 1);
}

}  // namespace segmentd::tests
