#include "experiments/pilots/findings.hpp"

#include <catch2/catch.hpp>

namespace segmentd::experiments {
namespace {

rules::ArmDefinition arm(const char* name, double weight, bool control) {
    rules::ArmDefinition made;
    made.name = name;
    made.weight = weight;
    made.control = control;
    return made;
}

rules::MetricDefinition metric(const char* name, rules::MetricCompute compute) {
    rules::MetricDefinition made;
    made.id = MetricId(name);
    made.compute = compute;
    return made;
}

// Control stands second, so that nobody takes the first arm for it.
rules::PilotDefinition two_arms() {
    rules::PilotDefinition pilot;
    pilot.id = PilotId("trial");
    pilot.arms = {arm("voucher", 0.5, false), arm("plain", 0.5, true)};
    pilot.primary.id = MetricId("bought");
    pilot.leading = {{MetricId("bought"), {}}, {MetricId("orders"), {}}};
    pilot.lagging = {{MetricId("spend"), {}}};
    pilot.guardrails = {{{MetricId("returns"), {}}, 0.1}, {{MetricId("spend"), {}}, 0.1}};
    return pilot;
}

void add(ExactSum& cell, std::int64_t units, int times) {
    for (int i = 0; i < times; ++i) REQUIRE(cell.add(units));
}

}  // namespace

TEST_CASE("the metrics of a pilot are primary, leading, lagging and guardrails, each once") {
    CHECK(metrics_of(two_arms()) ==
          std::vector<MetricId>{MetricId("bought"), MetricId("orders"), MetricId("spend"), MetricId("returns")});
}

TEST_CASE("the control arm is the one that is marked") {
    CHECK(control_of(two_arms()) == 1);
}

TEST_CASE("an arm depends on customer and seed alone") {
    auto pilot = two_arms();
    auto renamed = two_arms();
    renamed.id = PilotId("another name");
    pilot.seed = renamed.seed = "one seed";
    auto reseeded = pilot;
    reseeded.seed = "another seed";

    int moved = 0;
    for (int i = 0; i < 1000; ++i) {
        const CustomerId customer("customer " + std::to_string(i));
        CHECK(arm_of(pilot, customer) == arm_of(renamed, customer));
        moved += arm_of(pilot, customer) == arm_of(reseeded, customer) ? 0 : 1;
    }

    CHECK(moved > 400);
}

TEST_CASE("a finding compares every arm with control on the metric's own scale") {
    const auto definition = metric("bought", rules::MetricCompute::any);
    PilotState state(1, 2, 1);
    add(state.cell(0, 0, 0), 1, 30);
    add(state.cell(0, 0, 0), 0, 70);
    add(state.cell(0, 1, 0), 1, 20);
    add(state.cell(0, 1, 0), 0, 80);

    const auto findings = findings_of(two_arms(), state, {{&definition, 1}});

    REQUIRE(findings.size() == 1);
    CHECK(findings[0].arm == "voucher");
    CHECK(findings[0].control == "plain");
    CHECK(findings[0].treated.units == 100);
    CHECK(findings[0].difference == Approx(0.1));
    REQUIRE(findings[0].fixed.has_value());
    CHECK(findings[0].relative_lift->estimate == Approx(0.5));
}

TEST_CASE("there is one finding for each group, metric and arm but control") {
    auto pilot = two_arms();
    pilot.arms.push_back(arm("call", 0.0, false));
    pilot.report_by = {{SegmentId("keen"), {}}};
    const auto any = metric("bought", rules::MetricCompute::any);
    const auto sum = metric("spend", rules::MetricCompute::sum);

    const auto findings = findings_of(pilot, PilotState(2, 3, 2), {{&any, 1}, {&sum, 100}});

    REQUIRE(findings.size() == 8);
    CHECK(findings[0].segment.empty());
    CHECK(findings[7].segment == SegmentId("keen"));
    CHECK(findings[7].metric == MetricId("spend"));
    CHECK(findings[7].arm == "call");
}

TEST_CASE("a finding of nobody has no interval and no lift") {
    const auto definition = metric("bought", rules::MetricCompute::any);

    const auto findings = findings_of(two_arms(), PilotState(1, 2, 1), {{&definition, 1}});

    REQUIRE(findings.size() == 1);
    CHECK(findings[0].difference == Approx(0.0));
    CHECK_FALSE(findings[0].fixed.has_value());
    CHECK_FALSE(findings[0].always_valid.has_value());
    CHECK_FALSE(findings[0].relative_lift.has_value());
}

TEST_CASE("money is counted in its minor units, plain sums in units of 2^-20 and counts in ones") {
    CHECK(units_in_one(metric("bought", rules::MetricCompute::any), 2) == Approx(1));
    CHECK(units_in_one(metric("orders", rules::MetricCompute::count), -1) == Approx(1));
    CHECK(units_in_one(metric("spend", rules::MetricCompute::sum), 2) == Approx(100));
    CHECK(units_in_one(metric("spend", rules::MetricCompute::sum), 0) == Approx(1));
    CHECK(units_in_one(metric("points", rules::MetricCompute::sum), -1) == Approx(1048576));
}

TEST_CASE("the sample ratio says nothing while nobody is enrolled and is doubted when it is far off") {
    PilotState nobody(1, 2, 1), even(1, 2, 1), skewed(1, 2, 1);
    even.enrolled(0, 0) = even.enrolled(0, 1) = 500;
    skewed.enrolled(0, 0) = 600;
    skewed.enrolled(0, 1) = 400;

    CHECK_FALSE(sample_ratio_p(two_arms(), nobody).has_value());
    CHECK(sample_ratio_p(two_arms(), even).value() == Approx(1.0));
    CHECK(sample_ratio_p(two_arms(), skewed).value() == Approx(2.5396e-10).epsilon(1e-3));  // chi-square 40, 1 degree
}

TEST_CASE("an arm that left has no part in the sample ratio") {
    PilotState state(1, 3, 1);
    state.enrolled(0, 0) = state.enrolled(0, 1) = 500;
    state.enrolled(0, 2) = 300;

    CHECK(sample_ratio_p(two_arms(), state).value() == Approx(1.0));
}

}  // namespace segmentd::experiments
