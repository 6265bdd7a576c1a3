#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view features = R"(
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
feature: days_since_order
signal: purchase
compute: recency
---
feature: last_items
signal: purchase
compute: last
value: event.items
---
)";

Files segments(std::string_view definitions) {
    return shop(std::string(features) + std::string(definitions));
}

std::string as_text(const std::optional<daemon::Membership>& membership) {
    if (!membership) return "no member";
    return "since " + to_text(membership->since) + (membership->unknown ? ", unknown" : "");
}

}  // namespace

TEST_CASE("a customer enters where every line of enter is true") {
    LivedEngine lived(
        segments("segment: pro\nsteward: dana\nenter: [profile.plan == 'pro', feature.orders_10d >= 1]\n"));

    const auto one_line = lived.take(plan_of("ada", at("2027-01-02"), "pro"));
    const auto both_lines = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(changes_of(one_line).empty());
    CHECK(changes_of(both_lines) == "ada+pro@2027-01-03T00:00:00Z");
}

TEST_CASE("a change says the cause, the version and the inputs that decided") {
    LivedEngine lived(
        segments("segment: pro\nsteward: dana\nenter: [profile.plan == 'pro', feature.orders_10d >= 1]\n"));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    REQUIRE(effects.changes.size() == 1);
    CHECK(effects.changes[0].cause == "signal purchase");
    CHECK(effects.changes[0].values == R"({"profile.plan":"pro","feature.orders_10d":1})");
    CHECK(effects.changes[0].version == lived.engine.population().book().definitions.version);
}

TEST_CASE("an input that is not known stands as null among those that decided") {
    LivedEngine lived(
        segments("segment: small\nsteward: dana\nenter: [profile.employees < 10, profile.plan == 'p\"']\n"
                 "missing: include\n"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-02"), "p\""));

    CHECK(effects.changes.at(0).values == R"({"profile.employees":null,"profile.plan":"p\""})");
}

TEST_CASE("without stay a member stays by enter") {
    LivedEngine lived(segments("segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\n"));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-03"), "free"));

    CHECK(changes_of(effects) == "ada-pro@2027-01-03T00:00:00Z");
}

TEST_CASE("stay keeps a member for whom enter no longer holds") {
    LivedEngine lived(
        segments("segment: large\nsteward: dana\nenter: profile.employees >= 100\nstay: profile.employees >= 80\n"));
    lived.take(record_of("ada", at("2027-01-02"), ProfileRecord{{{"employees", std::int64_t{100}}}}));

    const auto kept = lived.take(record_of("ada", at("2027-01-03"), ProfileRecord{{{"employees", std::int64_t{80}}}}));
    const auto left = lived.take(record_of("ada", at("2027-01-04"), ProfileRecord{{{"employees", std::int64_t{79}}}}));

    CHECK(changes_of(kept).empty());
    CHECK(changes_of(left) == "ada-large@2027-01-04T00:00:00Z");
}

TEST_CASE("a membership does not end before its minimum stay and ends exactly with it") {
    LivedEngine lived(segments("segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\nminimum_stay: 14d\n"));
    lived.take(plan_of("ada", at("2027-01-02T06:00:00Z"), "pro"));
    lived.take(plan_of("ada", at("2027-01-03"), "free"));

    const auto before = lived.take(tick(at("2027-01-16T06:00:00Z") - microsecond));
    const auto after = lived.take(tick(at("2027-02-01")));

    CHECK(changes_of(before).empty());
    CHECK(changes_of(after) == "ada-pro@2027-01-16T06:00:00Z");
}

TEST_CASE("a member whose condition comes back within the minimum stay remains one") {
    LivedEngine lived(segments("segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\nminimum_stay: 14d\n"));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));
    lived.take(plan_of("ada", at("2027-01-03"), "free"));
    lived.take(plan_of("ada", at("2027-01-04"), "pro"));

    const auto effects = lived.take(tick(at("2027-03-01")));

    CHECK(changes_of(effects).empty());
    CHECK(as_text(lived.membership("ada", "pro")) == "since 2027-01-02T00:00:00Z");
}

TEST_CASE("leave_at_once ends a membership whatever the minimum stay says") {
    LivedEngine lived(
        segments("segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\nminimum_stay: 14d\n"
                 "leave_at_once: profile.plan == 'cancelled'\n"));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-03"), "cancelled"));

    CHECK(changes_of(effects) == "ada-pro@2027-01-03T00:00:00Z");
}

TEST_CASE("withdrawn consent ends a membership whatever the minimum stay says") {
    LivedEngine lived(segments(
        "segment: reachable\nsteward: dana\nenter: [consent.offers, feature.orders_10d >= 1]\nminimum_stay: 14d\n"));
    lived.take(consent("ada", at("2027-01-02"), "offers", true));
    lived.take(purchase("ada", at("2027-01-02")));

    const auto effects = lived.take(consent("ada", at("2027-01-03"), "offers", false));

    CHECK(changes_of(effects) == "ada-reachable@2027-01-03T00:00:00Z");
}

TEST_CASE("a minimum stay holds where consent is given and another line fails") {
    LivedEngine lived(segments(
        "segment: reachable\nsteward: dana\nenter: [consent.offers, profile.plan == 'pro']\nminimum_stay: 14d\n"));
    lived.take(consent("ada", at("2027-01-02"), "offers", true));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-03"), "free"));

    CHECK(changes_of(effects).empty());
}

TEST_CASE("an unknown input lets nobody in") {
    LivedEngine lived(segments("segment: small\nsteward: dana\nenter: profile.employees < 10\n"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    CHECK(changes_of(effects).empty());
}

TEST_CASE("an unknown input lets a customer in where the segment includes the unknown") {
    LivedEngine lived(segments("segment: small\nsteward: dana\nenter: profile.employees < 10\nmissing: include\n"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    CHECK(changes_of(effects) == "ada+small@2027-01-02T00:00:00Z");
}

TEST_CASE("a line that is false keeps a customer out although the segment includes the unknown") {
    LivedEngine lived(segments(
        "segment: small\nsteward: dana\nenter: [profile.employees < 10, profile.plan == 'pro']\nmissing: include\n"));

    const auto effects = lived.take(plan_of("ada", at("2027-01-02"), "free"));

    CHECK(changes_of(effects).empty());
}

TEST_CASE("an input that becomes unknown keeps a member and marks the membership") {
    LivedEngine lived(
        segments("segment: buyers\nsteward: dana\nenter: feature.orders_10d >= 1\nstay: feature.last_items >= 1\n"));

    lived.take(purchase("ada", at("2027-01-02")));
    lived.take(visit("ada", at("2027-01-03")));

    CHECK(as_text(lived.membership("ada", "buyers")) == "since 2027-01-02T00:00:00Z, unknown");
}

TEST_CASE("the mark goes when the input is known again") {
    LivedEngine lived(
        segments("segment: buyers\nsteward: dana\nenter: feature.orders_10d >= 1\nstay: feature.last_items >= 1\n"));
    lived.take(purchase("ada", at("2027-01-02")));
    lived.take(visit("ada", at("2027-01-03")));
    auto with_items = purchase("ada", at("2027-01-04"));
    std::get<SignalRecord>(with_items.payload).properties["items"] = std::int64_t{2};

    lived.take(with_items);

    CHECK(as_text(lived.membership("ada", "buyers")) == "since 2027-01-02T00:00:00Z");
}

TEST_CASE("a segment that reads another follows it at the same instant, whatever their names") {
    LivedEngine lived(
        segments("segment: a_reader\nsteward: dana\nenter: '!segment.z_source && feature.days_since_order >= 0'\n---\n"
                 "segment: z_source\nsteward: dana\nenter: feature.orders_10d >= 1\n"));

    const auto entered = lived.take(purchase("ada", at("2027-01-02")));
    const auto lapsed = lived.take(tick(at("2027-02-01")));

    CHECK(changes_of(entered) == "ada+z_source@2027-01-02T00:00:00Z");
    CHECK(changes_of(lapsed) == "ada-z_source@2027-01-12T00:00:00Z ada+a_reader@2027-01-12T00:00:00Z");
}

TEST_CASE("a window that lapses ends a membership at its exact microsecond") {
    LivedEngine lived(segments("segment: buyers\nsteward: dana\nenter: feature.orders_10d >= 1\n"));
    lived.take(purchase("ada", at("2027-01-02T10:11:12.131415Z")));

    const auto before = lived.take(tick(at("2027-01-12T10:11:12.131414Z")));
    const auto exactly = lived.take(tick(at("2027-01-12T10:11:12.131415Z")));

    CHECK(changes_of(before).empty());
    CHECK(changes_of(exactly) == "ada-buyers@2027-01-12T10:11:12.131415Z");
}

TEST_CASE("a late signal lapses by when it happened, not by when it came") {
    LivedEngine lived(segments("segment: buyers\nsteward: dana\nenter: feature.orders_10d >= 1\n"));
    lived.take(late(purchase("ada", at("2027-01-09")), at("2027-01-02")));

    const auto effects = lived.take(tick(at("2027-02-01")));

    CHECK(changes_of(effects) == "ada-buyers@2027-01-12T00:00:00Z");
}

TEST_CASE("a recency threshold flips exactly so many whole days after the signal") {
    LivedEngine lived(segments("segment: silent\nsteward: dana\nenter: feature.days_since_order >= 30\n"));
    lived.take(purchase("ada", at("2027-01-02T07:00:00.000001Z")));

    const auto before = lived.take(tick(at("2027-02-01T07:00:00Z")));
    const auto exactly = lived.take(tick(at("2027-02-01T07:00:00.000001Z")));

    CHECK(changes_of(before).empty());
    CHECK(changes_of(exactly) == "ada+silent@2027-02-01T07:00:00.000001Z");
}

TEST_CASE("a recency between two thresholds is entered and left on its days") {
    LivedEngine lived(segments(
        "segment: cooling\nsteward: dana\nenter: [feature.days_since_order > 5, feature.days_since_order != 8]\n"));
    lived.take(purchase("ada", at("2027-01-01T12:00:00Z")));

    const auto effects = lived.take(tick(at("2027-02-01")));

    CHECK(changes_of(effects) ==
          "ada+cooling@2027-01-07T12:00:00Z ada-cooling@2027-01-09T12:00:00Z ada+cooling@2027-01-10T12:00:00Z");
}

TEST_CASE("a recency that is computed with flips on the right day although no threshold stands beside it") {
    LivedEngine lived(segments("segment: odd\nsteward: dana\nenter: feature.days_since_order * 2 > 7\n"));
    lived.take(purchase("ada", at("2027-01-01T12:00:00Z")));

    const auto effects = lived.take(tick(at("2027-02-01")));

    CHECK(changes_of(effects) == "ada+odd@2027-01-05T12:00:00Z");
}

TEST_CASE("several timers of several customers fire in the order of their instants") {
    LivedEngine lived(segments("segment: buyers\nsteward: dana\nenter: feature.orders_10d >= 1\n"));
    lived.take(purchase("ada", at("2027-01-03")));
    lived.take(late(purchase("bob", at("2027-01-03")), at("2027-01-02")));

    const auto effects = lived.take(tick(at("2027-02-01")));

    CHECK(changes_of(effects) == "bob-buyers@2027-01-12T00:00:00Z ada-buyers@2027-01-13T00:00:00Z");
}

TEST_CASE("a customer whom stay would put out is not let in, so that nobody goes in and out") {
    LivedEngine lived(
        segments("segment: keen\nsteward: dana\nenter: feature.orders_10d >= 1\nstay: profile.plan == 'pro'\n"));
    lived.take(plan_of("ada", at("2027-01-01"), "free"));

    const auto first = lived.take(purchase("ada", at("2027-01-02")));
    const auto second = lived.take(purchase("ada", at("2027-01-03")));
    const auto with_plan = lived.take(plan_of("ada", at("2027-01-04"), "pro"));

    CHECK(changes_of(first).empty());
    CHECK(changes_of(second).empty());
    CHECK(changes_of(with_plan) == "ada+keen@2027-01-04T00:00:00Z");
}

TEST_CASE("an unknown input of stay keeps nobody out") {
    LivedEngine lived(
        segments("segment: keen\nsteward: dana\nenter: feature.orders_10d >= 1\nstay: profile.plan == 'pro'\n"));

    const auto effects = lived.take(purchase("ada", at("2027-01-02")));

    CHECK(changes_of(effects) == "ada+keen@2027-01-02T00:00:00Z");
}

TEST_CASE("a customer who would have to leave at once is not let in") {
    LivedEngine lived(
        segments("segment: keen\nsteward: dana\nenter: feature.orders_10d >= 1\n"
                 "leave_at_once: profile.plan == 'free'\n"));
    lived.take(plan_of("ada", at("2027-01-01"), "free"));

    CHECK(changes_of(lived.take(purchase("ada", at("2027-01-02")))).empty());
}

}  // namespace segmentd::tests
