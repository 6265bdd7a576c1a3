// Which playbook speaks to a customer who is in a pilot.
#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view trial_rules = R"(
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
segment: buyers
steward: dana
playbook: plain_thanks
enter: feature.orders_10d >= 1
---
segment: visitors
steward: dana
playbook: welcome
enter: profile.plan == 'free'
---
playbook: plain_thanks
touches: [{touch: thank_you, purpose: care, endpoint: crm}]
---
playbook: voucher_thanks
touches:
  - {touch: voucher, purpose: care, endpoint: crm}
  - {touch: come_back, when: left, purpose: care, endpoint: crm}
---
playbook: welcome
touches: [{touch: hello, purpose: care, endpoint: crm}]
---
endpoint: crm
owner: dana
mode: live
---
metric: bought_again
signal: purchase
window: 7d
---
pilot: voucher_trial
hypothesis: A voucher brings buyers back.
segment: buyers
arms: {plain: {weight: 50%, control: true}, voucher: {weight: 50%, playbook: voucher_thanks}}
enrol: {from: 2027-02-01, until: 2027-03-01}
metrics: {primary: bought_again}
)";

// The first of many customers whom the pilot's hash puts into that arm.
std::string customer_of_arm(const LivedEngine& lived, std::size_t arm) {
    const auto& pilot = lived.engine.population().book().definitions.pilots.at(0);
    for (int i = 0;; ++i) {
        const auto id = "customer " + std::to_string(i);
        if (experiments::arm_of(pilot, CustomerId(id)) == arm) return id;
    }
}

}  // namespace

TEST_CASE("a customer in an arm with a playbook gets that playbook's touch, with pilot and arm named") {
    LivedEngine lived(shop(trial_rules));
    const auto customer = customer_of_arm(lived, 1);

    const auto effects = lived.take(purchase(customer, at("2027-02-05")));

    CHECK(touches_of(effects) == customer + " voucher send");
    REQUIRE(effects.events.size() == 1);
    CHECK(member_of(effects.events[0].event, "playbook") == "voucher_thanks");
    CHECK(member_of(effects.events[0].event, "pilot") == "voucher_trial");
    CHECK(member_of(effects.events[0].event, "arm") == "voucher");
}

TEST_CASE("a customer in an arm without a playbook gets the segment's own touch") {
    LivedEngine lived(shop(trial_rules));
    const auto customer = customer_of_arm(lived, 0);

    const auto effects = lived.take(purchase(customer, at("2027-02-05")));

    CHECK(touches_of(effects) == customer + " thank_you send");
    CHECK(member_of(effects.events.at(0).event, "arm") == "plain");
}

TEST_CASE("a customer who enters before the pilot opens gets the segment's own touch") {
    LivedEngine lived(shop(trial_rules));
    const auto customer = customer_of_arm(lived, 1);

    const auto effects = lived.take(purchase(customer, at("2027-01-25")));

    CHECK(touches_of(effects) == customer + " thank_you send");
    CHECK(member_of(effects.events.at(0).event, "pilot").empty());
}

TEST_CASE("the opening of a pilot contacts nobody who already is a member") {
    LivedEngine lived(shop(trial_rules));
    lived.take(purchase(customer_of_arm(lived, 1), at("2027-01-25")));

    const auto effects = lived.take(tick(at("2027-02-02")));

    CHECK(effects.events.empty());
}

TEST_CASE("the arm's playbook speaks on leaving too") {
    LivedEngine lived(shop(trial_rules));
    const auto customer = customer_of_arm(lived, 1);
    lived.take(purchase(customer, at("2027-02-05")));

    const auto effects = lived.take(tick(at("2027-02-20")));

    CHECK(touches_of(effects) == customer + " come_back send");
}

TEST_CASE("a pilot has no say in other segments") {
    LivedEngine lived(shop(trial_rules));
    const auto customer = customer_of_arm(lived, 1);
    lived.take(purchase(customer, at("2027-02-05")));

    const auto effects = lived.take(plan_of(customer, at("2027-02-06"), "free"));

    CHECK(touches_of(effects) == customer + " hello send");
    CHECK(member_of(effects.events.at(0).event, "pilot").empty());
}

}  // namespace segmentd::tests
