#include "experiments/pilots/decision.hpp"

#include <catch2/catch.hpp>

#include "rules/expression/program.hpp"
#include "rules/rulebook/scopes.hpp"

namespace segmentd::experiments {
namespace {

Finding finding(const char* metric, const char* arm, double lower, double upper) {
    Finding made;
    made.metric = MetricId(metric);
    made.arm = arm;
    made.difference = (lower + upper) / 2;
    made.always_valid = AlwaysValid{made.difference, 0, {lower, upper}, 1, {}};
    return made;
}

Finding too_early(const char* metric, const char* arm) {
    auto made = finding(metric, arm, 0, 0);
    made.always_valid.reset();
    return made;
}

rules::ArmDefinition arm(const char* name, bool control) {
    rules::ArmDefinition made;
    made.name = name;
    made.control = control;
    return made;
}

// A pilot of bought (primary) and spend, with returns as guardrail by 2 pp, decided early by these lines.
rules::Rulebook book_of(const char* ship, const char* roll_back, const std::vector<const char*>& arms = {"voucher"}) {
    rules::PilotDefinition pilot;
    pilot.id = PilotId("trial");
    pilot.arms = {arm("plain", true)};
    for (const auto* name : arms) pilot.arms.push_back(arm(name, false));
    pilot.primary.id = MetricId("bought");
    pilot.lagging = {{MetricId("spend"), {}}};
    pilot.guardrails = {{{MetricId("returns"), {}}, 0.02}};
    pilot.decide_lagging.otherwise = "revert";
    const auto scope = rules::decision_scope(pilot);
    rules::CompiledPilot compiled;
    compiled.leading.ship = *rules::expression::compile(ship, scope, {});
    compiled.leading.roll_back = *rules::expression::compile(roll_back, scope, {});
    compiled.lagging.confirm = *rules::expression::compile("spend.not_worse", scope, {});
    rules::Rulebook book;
    book.definitions.pilots = {pilot};
    book.pilots = {compiled};
    return book;
}

constexpr auto ships = "primary.better && guardrails.ok";
constexpr auto rolls_back = "guardrails.harmed";

PilotDecision decide(const std::vector<Finding>& findings) {
    return decide_pilot(book_of(ships, rolls_back), 0, findings, Verdict::leading);
}

}  // namespace

TEST_CASE("better and worse are claimed by the interval in the direction of the metric") {
    auto up = finding("bought", "voucher", 0.01, 0.03);
    auto down = up;
    down.direction = rules::MetricDirection::down;

    CHECK(judge(up, 0).better);
    CHECK_FALSE(judge(up, 0).worse);
    CHECK(judge(down, 0).worse);
    CHECK_FALSE(judge(finding("bought", "voucher", -0.01, 0.03), 0).better);
}

TEST_CASE("not worse allows the margin and nothing is claimed without an interval") {
    CHECK_FALSE(judge(finding("returns", "voucher", -0.03, -0.01), 0).not_worse);
    CHECK(judge(finding("returns", "voucher", -0.03, -0.01), 0.02).not_worse);
    CHECK_FALSE(judge(finding("returns", "voucher", -0.05, -0.03), 0.02).not_worse);
    CHECK_FALSE(judge(too_early("returns", "voucher"), 0.02).not_worse);
    CHECK_FALSE(judge(too_early("returns", "voucher"), 0.02).enough);
}

TEST_CASE("a design of one look is judged by the fixed interval") {
    auto one_look = finding("bought", "voucher", -1, 1);
    one_look.is_always_valid = false;
    one_look.fixed = TwoMeans{};
    one_look.fixed->interval = {0.01, 0.02};

    CHECK(judge(one_look, 0).better);
}

TEST_CASE("a pilot ships the arm that is better where no guardrail is harmed") {
    const auto decision =
        decide({finding("bought", "voucher", 0.01, 0.03), finding("returns", "voucher", -0.01, 0.01)});

    CHECK(decision.decision == "ship");
    CHECK(decision.arm == "voucher");
    CHECK(decision.reason ==
          "ship: primary.better && guardrails.ok; arm voucher: bought +0.02 [0.01, 0.03], returns +0 [-0.01, 0.01]");
}

TEST_CASE("a harmed guardrail rolls back however good the primary metric is") {
    const auto decision =
        decide({finding("bought", "voucher", 0.01, 0.03), finding("returns", "voucher", -0.09, -0.05)});

    CHECK(decision.decision == "roll_back");
}

TEST_CASE("a guardrail without an interval is not ok and what no line decides is for people") {
    const auto decision = decide({finding("bought", "voucher", 0.01, 0.03), too_early("returns", "voucher")});

    CHECK(decision.decision == "review");
    CHECK(decision.arm.empty());
    CHECK(decision.reason ==
          "otherwise: no line holds; arm voucher: bought +0.02 [0.01, 0.03], returns +0 (too early)");
}

TEST_CASE("findings by segment decide nothing") {
    auto of_a_segment = finding("bought", "voucher", 0.01, 0.03);
    of_a_segment.segment = SegmentId("keen");

    CHECK(decide({of_a_segment, finding("returns", "voucher", -0.01, 0.01)}).decision == "review");
}

TEST_CASE("of several arms the best one ships and one that must go back does not hold it up") {
    const auto book = book_of(ships, rolls_back, {"voucher", "call", "letter"});
    const std::vector<Finding> findings = {
        finding("bought", "voucher", 0.01, 0.03), finding("returns", "voucher", -0.01, 0.01),
        finding("bought", "call", 0.02, 0.06),    finding("returns", "call", -0.01, 0.01),
        finding("bought", "letter", 0.05, 0.09),  finding("returns", "letter", -0.09, -0.05)};

    const auto decision = decide_pilot(book, 0, findings, Verdict::leading);

    CHECK(decision.decision == "ship");
    CHECK(decision.arm == "call");
}

TEST_CASE("the late verdict has its own lines and its own otherwise") {
    const auto book = book_of(ships, rolls_back);

    CHECK(decide_pilot(book, 0, {finding("spend", "voucher", -1, 4)}, Verdict::lagging).decision == "confirm");
    CHECK(decide_pilot(book, 0, {finding("spend", "voucher", -4, -1)}, Verdict::lagging).decision == "revert");
}

TEST_CASE("guardrails are told for each arm as ok, harmed or unsettled") {
    const auto book = book_of(ships, rolls_back, {"voucher", "call", "letter"});

    const auto verdicts = guardrail_verdicts(book.definitions.pilots[0], {finding("returns", "voucher", -0.01, 0.01),
                                                                          finding("returns", "call", -0.09, -0.05)});

    REQUIRE(verdicts.size() == 3);
    CHECK(verdicts[0].verdict == std::string("ok"));
    CHECK(verdicts[1].verdict == std::string("harmed"));
    CHECK(verdicts[2].verdict == std::string("unsettled"));
}

}  // namespace segmentd::experiments
