#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view watched_rules = R"(
feature: orders_1d
signal: purchase
compute: count
window: 2d
---
segment: buyers
steward: dana
enter: feature.orders_1d >= 1
---
endpoint: board
owner: dana
mode: live
events: [review.opened, review.overdue]
---
governance: shop
owner: dana
escalation:
  - {after: 3d, to: finn}
  - {after: 10d, to: gina}
drift:
  false_alarms: 1
  per: 90d
  review_within: 14d
  monitors:
    - {segment: buyers, reference_share: 50%, tolerance: 10%}
)";

Files watched_shop(std::string_view dana_left = "") {
    auto files = shop(watched_rules);
    files["workspace.yaml"] = R"(
workspace: shop
currency: EUR
people:
  - {id: dana, roles: [steward]DANA}
  - {id: finn, roles: [approver]}
  - {id: gina, roles: [approver]}
profile: {plan: text}
)";
    auto& text = files["workspace.yaml"];
    text.replace(text.find("DANA"), 4, dana_left);
    return files;
}

AlarmRecord alarm() {
    return {"buyers", 20'500, 0.5, 0.9, 0.8, 0.95, 600};
}

daemon::Effects open_review(LivedEngine& lived) {
    return lived.take(record_of("", at("2027-03-01"), alarm()));
}

daemon::Effects act(LivedEngine& lived, ReviewAction action, Timestamp when, Timestamp until = {}) {
    auto record = record_of("", when, ReviewRecord{1, action, until});
    record.actor = "person:dana";
    record.reason = "looked at it";
    return lived.take(std::move(record));
}

const daemon::Review& review(const LivedEngine& lived) {
    return lived.engine.reviews().all().at(0);
}

// A day on which so many of 60 customers who show up are buyers.
void day(LivedEngine& lived, Timestamp start, int buyers) {
    for (int i = 0; i < 60; ++i) {
        const auto name = "customer " + std::to_string(i);
        const auto when = start + std::chrono::minutes(i);
        lived.take(i < buyers ? purchase(name, when) : visit(name, when));
    }
}

std::string finding_on(const std::vector<std::string>& no_difference_from) {
    LivedEngine lived(watched_shop());
    ValidationRecord found;
    found.segment = SegmentId("buyers");
    found.from = at("2027-01-01");
    found.until = at("2027-02-01");
    found.members = 40;
    found.neighbour = SegmentId("regulars");
    found.no_difference_from = no_difference_from;
    found.verdict = Verdict::no_measurable_difference;
    lived.take(record_of("", at("2027-03-01"), found));
    return review(lived).finding;
}

}  // namespace

TEST_CASE("the review of a validation says from whom members do not differ; of an older record it reads as it did") {
    const std::string same = "from 2027-01-01 to 2027-02-01 its 40 members showed no measurable difference";

    CHECK(finding_on({}) == same);
    CHECK(finding_on({"non_members"}) == same + " from non-members");
    CHECK(finding_on({"non_members", "regulars"}) == same + " from non-members or from regulars");
    CHECK(finding_on({"regulars"}) == same + " from regulars, though they differed from non-members together");
}

TEST_CASE("an opened review is told to endpoints that want to know") {
    LivedEngine lived(watched_shop());

    const auto effects = open_review(lived);

    REQUIRE(effects.events.size() == 1);
    CHECK(effects.events[0].event.type == "review.opened");
    CHECK(member_of(effects.events[0].event, "owner") == "dana");
    CHECK(member_of(effects.events[0].event, "deadline") == "2027-03-15T00:00:00Z");
}

TEST_CASE("what is about no customer waits for a paused endpoint to be resumed") {
    LivedEngine lived(watched_shop());
    lived.take(record_of("", at("2027-02-01"), PauseRecord{PauseTarget::endpoint, "board", true}));

    const auto effects = open_review(lived);

    REQUIRE(effects.events.size() == 1);
    CHECK(effects.events[0].fate == daemon::TouchFate::send);
    CHECK(effects.events[0].reason == "endpoint board is paused; this waits until it is resumed");
    CHECK(lived.engine.outbox().find(effects.events[0].event.id) != nullptr);
}

TEST_CASE("a missed deadline calls the steward, then one step of escalation after the other") {
    LivedEngine lived(watched_shop());
    open_review(lived);

    const auto effects = lived.take(tick(at("2027-04-30")));

    std::string calls;
    for (const auto& decision : effects.events)
        calls += to_text(decision.event.at) + ' ' + member_of(decision.event, "owner") + '\n';
    CHECK(calls == "2027-03-15T00:00:00Z dana\n2027-03-18T00:00:00Z finn\n2027-03-25T00:00:00Z gina\n");
    CHECK(review(lived).owner == PersonId("gina"));
}

TEST_CASE("escalation passes over who left, to the next who is there") {
    auto files = watched_shop();
    auto& text = files["workspace.yaml"];
    text.replace(text.find("finn, roles: [approver]"), 23, "finn, roles: [approver], left: 2027-03-10");
    LivedEngine lived(files);
    open_review(lived);

    const auto effects = lived.take(tick(at("2027-04-30")));

    std::string calls;
    for (const auto& decision : effects.events)
        calls += to_text(decision.event.at) + ' ' + member_of(decision.event, "owner") + '\n';
    CHECK(calls == "2027-03-15T00:00:00Z dana\n2027-03-18T00:00:00Z gina\n");
}

TEST_CASE("a steward who left before the deadline is not called but the next who is there") {
    LivedEngine lived(watched_shop(", left: 2027-03-05"));
    open_review(lived);

    const auto effects = lived.take(tick(at("2027-03-16")));

    REQUIRE(effects.events.size() == 1);
    CHECK(member_of(effects.events[0].event, "owner") == "finn");
    const auto later = lived.take(tick(at("2027-04-30")));
    REQUIRE(later.events.size() == 1);
    CHECK(member_of(later.events[0].event, "owner") == "gina");
}

TEST_CASE("a decided review calls nobody") {
    LivedEngine lived(watched_shop());
    open_review(lived);
    act(lived, ReviewAction::keep, at("2027-03-02"));

    const auto effects = lived.take(tick(at("2027-04-30")));

    CHECK(effects.events.empty());
    CHECK(review(lived).state == daemon::ReviewState::decided);
    CHECK(review(lived).decided_by == "person:dana");
    CHECK(review(lived).reason == "looked at it");
}

TEST_CASE("a snoozed review has a new deadline") {
    LivedEngine lived(watched_shop());
    open_review(lived);
    act(lived, ReviewAction::snooze, at("2027-03-02"), at("2027-04-20"));

    const auto effects = lived.take(tick(at("2027-04-21")));

    REQUIRE(effects.events.size() == 1);
    CHECK(to_text(effects.events[0].event.at) == "2027-04-20T00:00:00Z");
}

TEST_CASE("a review that was decided cannot be decided again") {
    LivedEngine lived(watched_shop());
    open_review(lived);
    act(lived, ReviewAction::keep, at("2027-03-02"));

    const auto checked =
        daemon::check_action(lived.engine.reviews().all(), {1, ReviewAction::retire, {}}, at("2027-03-03"));

    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().code == ErrorCode::conflict);
    CHECK(checked.error().message == "review 1 was decided: keep");
}

TEST_CASE("a snooze must lead into the future and a review must exist") {
    LivedEngine lived(watched_shop());
    open_review(lived);
    const auto& reviews = lived.engine.reviews().all();

    const ReviewRecord past{1, ReviewAction::snooze, at("2027-03-01")};
    CHECK(daemon::check_action(reviews, past, at("2027-03-01")).error().code == ErrorCode::invalid);
    CHECK(daemon::check_action(reviews, {7, ReviewAction::keep, {}}, at("2027-03-01")).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("keep makes the share of the last days the reference, so the same alarm does not return") {
    LivedEngine lived(watched_shop());
    Timestamp today = at("2027-01-02");
    while (lived.engine.unrecorded_alarms().empty()) {
        REQUIRE(today < at("2027-02-01"));
        day(lived, today, 60);
        today += Days(1);
    }
    const auto raised = lived.engine.unrecorded_alarms().front();
    lived.take(record_of("", lived.engine.engine_time(), raised));
    act(lived, ReviewAction::keep, lived.engine.engine_time());

    CHECK(lived.engine.reviews().monitors().front().settings.reference_share == Approx(1.0).margin(0.001));
    for (int i = 0; i < 60; ++i) day(lived, today + Days(i), 60);

    CHECK(lived.engine.unrecorded_alarms().empty());
    CHECK(lived.engine.reviews().all().size() == 1);
}

TEST_CASE("recalibrate keeps the monitor still until a model is fitted") {
    LivedEngine lived(watched_shop());
    open_review(lived);
    act(lived, ReviewAction::recalibrate, at("2027-03-02"));
    const auto waits = lived.engine.reviews().monitors().front().waits;

    lived.take(record_of("", at("2027-03-03"), ModelRecord{ModelId("churn"), "logistic", 1, {}, 0, 0, {}}));

    CHECK(waits == daemon::Reviews::Waits::model);
    CHECK(lived.engine.reviews().monitors().front().waits == daemon::Reviews::Waits::nothing);
}

TEST_CASE("a review names what we did ourselves in the weeks before") {
    LivedEngine lived(watched_shop(), at("2027-02-20"));
    auto pause = record_of("", at("2027-02-25"), PauseRecord{PauseTarget::playbook, "thanks", true});
    pause.actor = "person:finn";
    lived.take(std::move(pause));

    open_review(lived);

    CHECK(review(lived).causes == std::vector<std::string>{"2027-02-25: playbook thanks paused by person:finn",
                                                           "2027-02-20: definitions v1 applied by token:shop"});
}

TEST_CASE("what happened more than 28 days before is no cause") {
    LivedEngine lived(watched_shop(), at("2027-01-20"));

    open_review(lived);

    CHECK(review(lived).causes.empty());
}

TEST_CASE("the review of a steward who left belongs to the first step of escalation") {
    LivedEngine lived(watched_shop(", left: 2027-02-01"));

    open_review(lived);

    CHECK(review(lived).steward == PersonId("dana"));
    CHECK(review(lived).owner == PersonId("finn"));
}

}  // namespace segmentd::tests
