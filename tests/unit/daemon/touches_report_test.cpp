#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "base/json_text.hpp"
#include "daemon/engine/ledger/ledger.hpp"
#include "daemon/reports/reports.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

Files greeting_shop(const std::string& playbook = "thanks", const std::string& existing_members = "") {
    auto files = shop(R"(
feature: orders
signal: purchase
compute: count
---
segment: buyers
steward: dana
playbook: )" + playbook +
                      R"(
enter: feature.orders >= 1
---
playbook: )" + playbook +
                      '\n' + existing_members + R"(
touches:
  - {touch: thank_you, purpose: care, channel: email, endpoint: crm}
  - {touch: farewell, when: left, purpose: care, endpoint: crm}
---
endpoint: crm
owner: dana
mode: live
)");
    files["workspace.yaml"] += "testers:\n  - {tester: dana_inbox, customer: tester-1}\n";
    return files;
}

// The lines of the ledger about events that the records brought about.
std::vector<LedgerEntry> lines_of(LivedEngine& lived, std::vector<Record> records) {
    std::vector<LedgerEntry> lines;
    for (auto& record : records) {
        const auto effects = lived.take(record);
        for (const auto& line : daemon::ledger_entries(record, effects)) {
            if (line.kind == LedgerKind::event) lines.push_back(line);
        }
    }
    return lines;
}

}  // namespace

TEST_CASE("a touch is listed with what asked for it and why it was sent") {
    LivedEngine lived(greeting_shop());

    const auto rows = daemon::touches_report(lines_of(lived, {purchase("ada", at("2027-01-03"))}));

    REQUIRE(rows.as_array().size() == 1);
    CHECK(rows.at(0).at("decision") == "send");
    CHECK(rows.at(0).at("cause") == "entered buyers: signal purchase");
    CHECK(rows.at(0).at("reason") == "endpoint crm is live");
}

TEST_CASE("the touches of a tester are those of the tests, among what the ledger has about nobody") {
    LivedEngine lived(greeting_shop());
    auto order =
        record_of("", at("2027-01-04"), TesterTouchRecord{PlaybookId("thanks"), TouchId("thank_you"), "dana_inbox"});
    order.actor = "person:dana";
    const auto lines = lines_of(lived, {order});

    const auto of_tester = daemon::touches_of(CustomerId("tester-1"), lines, {});
    const auto of_other = daemon::touches_of(CustomerId("ada"), lines, {});

    REQUIRE(of_tester.as_array().size() == 1);
    CHECK(of_tester.at(0).at("test") == true);
    CHECK(of_tester.at(0).at("cause") == "a test ordered by person:dana");
    CHECK(of_other.as_array().empty());
}

TEST_CASE("whoever entered by import is told about with the reason of the silence") {
    LivedEngine lived(greeting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));

    const auto rows = daemon::silent_touches(lived.engine, CustomerId("ada"));

    REQUIRE(rows.size() == 1);
    CHECK(
        json_text(rows[0]) ==
        R"({"id":"","customer":"ada","touch":"thank_you","playbook":"thanks","segment":"buyers","endpoint":"crm",)"
        R"("channel":"email","at":"2027-01-03T00:00:00Z","decision":"refused","cause":"entered buyers: signal purchase",)"
        R"("reason":"entered by import, apply or catch-up; existing_members: ignore"})");
}

TEST_CASE("who was contacted on entering was not passed over in silence, nor who is unknown") {
    LivedEngine lived(greeting_shop());
    lived.take(purchase("ada", at("2027-01-03")));

    CHECK(daemon::silent_touches(lived.engine, CustomerId("ada")).empty());
    CHECK(daemon::silent_touches(lived.engine, CustomerId("bob")).empty());
}

TEST_CASE("a playbook that comes later says why those who were there already hear nothing of it") {
    LivedEngine lived(greeting_shop());
    lived.take(purchase("ada", at("2027-01-03")));

    lived.take(definitions(at("2027-01-04"), greeting_shop("gifts"), "v2"));

    const auto rows = daemon::silent_touches(lived.engine, CustomerId("ada"));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].at("reason") == "entered before this playbook was theirs; existing_members: ignore");
}

TEST_CASE("nobody is passed over in silence by a playbook that contacts existing members") {
    LivedEngine lived(greeting_shop("thanks", "existing_members: contact\n"));

    lived.take(historical(purchase("ada", at("2027-01-03"))));

    CHECK(daemon::silent_touches(lived.engine, CustomerId("ada")).empty());
}

}  // namespace segmentd::tests
