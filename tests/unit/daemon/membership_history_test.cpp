#include "daemon/stability/membership_history.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

using daemon::MembershipFacts;
using daemon::MembershipHistory;
using daemon::Refresh;

// 2027-01-04 is a Monday.
daemon::HistoryQuestion question(std::string_view until) {
    daemon::HistoryQuestion asked;
    asked.segment = SegmentId("loyal");
    asked.until = at(until);
    return asked;
}

LedgerEntry line(std::string_view customer, char sign, std::string name, std::string_view when,
                 std::uint64_t sequence = 1, const std::string& cause = "signal purchase") {
    return {sequence,
            sign == '+' ? LedgerKind::entered : LedgerKind::left,
            at(when),
            std::move(name),
            CustomerId(customer),
            "{\"cause\":\"" + cause + "\"}"};
}

MembershipFacts read(const daemon::HistoryQuestion& asked, const std::vector<LedgerEntry>& lines) {
    MembershipHistory history(asked);
    for (const auto& entry : lines) history.take(entry);
    return history.finish();
}

// "2027-01-10 2 -> 2: stay 1, to none 1, from risky 1"
std::string text_of(const Refresh& refresh) {
    auto text = to_date_text(refresh.at) + ' ' + std::to_string(refresh.before) + " -> " +
                std::to_string(refresh.after) + ": stay " + std::to_string(refresh.stay);
    for (const auto& [name, count] : refresh.went_to) {
        text += ", to " + (name.empty() ? "none" : name) + ' ' + std::to_string(count);
    }
    for (const auto& [name, count] : refresh.came_from) {
        text += ", from " + (name.empty() ? "none" : name) + ' ' + std::to_string(count);
    }
    return text + (refresh.cause.empty() ? "" : " by " + refresh.cause);
}

std::string texts_of(const MembershipFacts& facts) {
    std::string text;
    for (const auto& refresh : facts.refreshes) text += (text.empty() ? "" : "; ") + text_of(refresh);
    return text;
}

}  // namespace

TEST_CASE("weeks are compared from the one of the first member, and only whole ones") {
    const auto facts = read(question("2027-01-20"),
                            {line("ada", '+', "risky", "2026-12-01"), line("bob", '+', "loyal", "2027-01-05"),
                             line("ada", '-', "risky", "2027-01-12"), line("ada", '+', "loyal", "2027-01-12"),
                             line("bob", '-', "loyal", "2027-01-13"), line("bob", '+', "risky", "2027-01-13")});

    CHECK(texts_of(facts) ==
          "2027-01-10 0 -> 1: stay 0, from none 1; "
          "2027-01-17 1 -> 1: stay 0, to risky 1, from risky 1");
    CHECK(facts.members == 1);
}

TEST_CASE("midnight between two periods belongs to the later one") {
    const auto facts = read(question("2027-01-18"), {line("ada", '+', "loyal", "2027-01-05"),
                                                     line("ada", '-', "loyal", "2027-01-11T00:00:00Z")});

    CHECK(texts_of(facts) == "2027-01-10 0 -> 1: stay 0, from none 1; 2027-01-17 1 -> 0: stay 0, to none 1");
}

TEST_CASE("of several segments a customer counts for the one entered last") {
    const auto facts = read(question("2027-01-18"),
                            {line("ada", '+', "everybody", "2027-01-05"), line("ada", '+', "loyal", "2027-01-05"),
                             line("ada", '+', "rich", "2027-01-06"), line("ada", '-', "loyal", "2027-01-12")});

    CHECK(texts_of(facts) == "2027-01-10 0 -> 1: stay 0, from none 1; 2027-01-17 1 -> 0: stay 0, to rich 1");
}

TEST_CASE("who left and came back within a period stayed") {
    const auto facts =
        read(question("2027-01-18"), {line("ada", '+', "loyal", "2027-01-05"), line("ada", '-', "loyal", "2027-01-12"),
                                      line("ada", '+', "loyal", "2027-01-13")});

    CHECK(facts.refreshes.back().stay == 1);
    CHECK(facts.refreshes.back().came_from.empty());
}

TEST_CASE("a renewal is compared by itself, right before and right after") {
    auto asked = question("2027-01-11");
    asked.renewals = {{1, at("2027-01-01"), "definitions a", true},
                      {7, at("2027-01-06"), "definitions b", true},
                      {8, at("2027-01-07"), "definitions c", false},
                      {9, at("2027-01-08"), "model churn v2", true}};

    const auto facts =
        read(asked, {line("ada", '+', "loyal", "2027-01-05", 5), line("bob", '+', "loyal", "2027-01-05", 6),
                     line("bob", '-', "loyal", "2027-01-06", 7, "time"),
                     line("ada", '-', "loyal", "2027-01-06", 7, "definitions b"),
                     line("cleo", '+', "loyal", "2027-01-06", 7, "definitions b")});

    CHECK(texts_of(facts) ==
          "2027-01-06 1 -> 1: stay 0, to none 1, from none 1 by definitions b; "
          "2027-01-08 1 -> 1: stay 1 by model churn v2; "
          "2027-01-10 0 -> 1: stay 0, from none 1");
    CHECK(facts.spells_ended_by_renewals == 1);
}

TEST_CASE("before from lines say who is in, and nothing else") {
    auto asked = question("2027-01-20");
    asked.from = at("2027-01-11");

    const auto facts = read(asked, {line("ada", '+', "loyal", "2027-01-01"), line("bob", '+', "loyal", "2027-01-02"),
                                    line("cleo", '+', "loyal", "2027-01-12"), line("bob", '-', "loyal", "2027-01-14")});

    CHECK(texts_of(facts) == "2027-01-17 2 -> 2: stay 1, to none 1, from none 1");
    CHECK(facts.spells.size() == 1);  // cleo's
    CHECK(facts.spells.front().length == Approx(8.0));
    CHECK_FALSE(facts.spells.front().has_ended);
    CHECK(facts.members_ever == 3);
    CHECK((facts.entries == 1 && facts.exits == 1));
}

TEST_CASE("a segment that nobody moved in since from is compared all the same") {
    auto asked = question("2027-01-26");
    asked.from = at("2027-01-13");

    CHECK(texts_of(read(asked, {line("ada", '+', "loyal", "2027-01-01")})) == "2027-01-24 1 -> 1: stay 1");
}

TEST_CASE("the third entry within ninety days is flapping, and entering again within seven days is counted") {
    const auto facts = read(question("2027-12-31"),
                            {line("ada", '+', "loyal", "2027-01-05"), line("ada", '-', "loyal", "2027-01-06"),
                             line("ada", '+', "loyal", "2027-01-13"), line("ada", '-', "loyal", "2027-01-20"),
                             line("bob", '+', "loyal", "2027-01-20"), line("ada", '+', "loyal", "2027-04-05")});

    CHECK(facts.flapping_customers == 1);
    CHECK(facts.returns_soon == 1);
    CHECK(facts.members_ever == 2);
    CHECK(
        read(question("2027-12-31"), {line("ada", '+', "loyal", "2027-01-05"), line("ada", '-', "loyal", "2027-01-06"),
                                      line("ada", '+', "loyal", "2027-01-13"), line("ada", '-', "loyal", "2027-01-20"),
                                      line("ada", '+', "loyal", "2027-04-06")})
            .flapping_customers == 0);
}

TEST_CASE("days of the workspace end a period, whatever UTC says") {
    auto asked = question("2027-01-12");
    asked.spacing_days = 1;
    asked.calendar = Zone(3600, {});

    const auto facts = read(asked, {line("ada", '+', "loyal", "2027-01-10T22:30:00Z")});

    REQUIRE_FALSE(facts.refreshes.empty());
    CHECK(to_text(facts.refreshes.front().at) == "2027-01-10T22:59:59.999999Z");
}

TEST_CASE("a family is counted by all its segments, before and after") {
    auto asked = question("2027-01-18");
    asked.family = {"loyal", "risky"};

    const auto facts = read(asked, {line("ada", '+', "loyal", "2027-01-05"), line("bob", '+', "risky", "2027-01-05"),
                                    line("bob", '+', "rich", "2027-01-06"), line("cleo", '+', "risky", "2027-01-06"),
                                    line("ada", '-', "loyal", "2027-01-12"), line("ada", '+', "risky", "2027-01-12"),
                                    line("cleo", '-', "risky", "2027-01-13")});

    std::map<std::pair<std::size_t, std::size_t>, std::int64_t> counts;
    for (const auto& count : facts.refreshes.back().family) {
        if (count.units != 0) counts[{count.first, count.second}] = count.units;
    }
    CHECK(counts == std::map<std::pair<std::size_t, std::size_t>, std::int64_t>{{{1, 2}, 1}, {{2, 0}, 1}, {{2, 2}, 1}});
}

TEST_CASE("a renewal is known behind a move within a family too, and not by the beginning of its name") {
    auto asked = question("2027-01-11");
    asked.renewals = {{7, at("2027-01-06"), "model churn v2", true}};

    const auto facts =
        read(asked, {line("ada", '+', "loyal", "2027-01-05", 5), line("bob", '+', "loyal", "2027-01-05", 6),
                     line("bob", '-', "loyal", "2027-01-06", 7, "model churn v21"),
                     line("ada", '-', "loyal", "2027-01-06", 7, "model churn v2; family tiers: to risky")});

    CHECK((facts.refreshes.front().before == 1 && facts.refreshes.front().stay == 0));
    CHECK(facts.spells_ended_by_renewals == 1);
}

}  // namespace segmentd::tests
