#include "tests/unit/daemon/audit_fixture.hpp"

namespace segmentd::tests {

TEST_CASE("memberships reconcile over quarters, also where a window lapses after the last record") {
    AuditedStore audited;
    audited.live({definitions(at("2027-01-01"), shop(buyers_rules)), purchase("ada", at("2027-03-25")),
                  purchase("bob", at("2027-06-25")), purchase("cyd", at("2027-07-02"))});

    const auto spring = audited.paper("2027Q1", "memberships.csv");
    const auto summer = audited.paper("2027Q2", "memberships.csv");
    const auto autumn = audited.paper("2027Q3", "memberships.csv");

    const auto flow = {"segment", "at_start", "entered", "left", "dropped", "at_end"};
    CHECK(cells(spring, 0, flow) == "buyers 0 1 0 0 1");
    CHECK(cells(summer, 0, flow) == "buyers 1 1 1 0 1");
    CHECK(cells(autumn, 0, flow) == "buyers 1 1 2 0 0");
}

TEST_CASE("members of a segment that is taken out are dropped, not left") {
    AuditedStore audited;
    audited.live({definitions(at("2027-01-01"), shop(buyers_rules)), purchase("ada", at("2027-03-30")),
                  definitions(at("2027-03-31"), shop(""), "v2"), visit("ada", at("2027-04-01"))});

    const auto rows = audited.paper("2027Q1", "memberships.csv");

    CHECK(cells(rows, 0, {"segment", "at_start", "entered", "left", "dropped", "at_end"}) == "buyers 0 1 0 1 0");
    CHECK(audited.paper("2027Q2", "memberships.csv").empty());
}

TEST_CASE("a touch that a timer decided stands in the quarter of its instant, as the next record fired it") {
    const std::vector<Record> life{definitions(at("2027-01-01"), shop(buyers_rules)),
                                   purchase("ada", at("2027-03-20"))};
    AuditedStore live, quiet;
    live.live(life);
    live.live({tick(at("2027-04-05"))});
    quiet.live(life);
    quiet.live({tick(at("2027-04-05"), true)});

    const auto rows = live.paper("2027Q1", "touches.csv");

    REQUIRE(rows.size() == 2);
    CHECK(cells(rows, 0, {"event", "touch", "decision"}) == "touch thank_you send");
    CHECK(cells(rows, 1, {"engine_time", "touch", "decision", "reason"}) ==
          "2027-03-30T00:00:00Z goodbye refused no_consent offers");
    CHECK(quiet.paper("2027Q1", "touches.csv").size() == 1);
}

TEST_CASE("a touch shows the last outcome within the quarter, and its customer by a pseudonym") {
    AuditedStore audited;
    LivedEngine lived(shop(buyers_rules));
    const auto id = touches_in(lived.take(purchase("ada", at("2027-01-05")))).front().event.id;
    const auto delivery = [&](std::string_view when, DeliveryOutcome outcome, std::int64_t attempt) {
        return record_of("ada", at(when), DeliveryRecord{id, outcome, attempt, 503, ""});
    };
    audited.live({definitions(at("2027-01-01"), shop(buyers_rules)), purchase("ada", at("2027-01-05")),
                  delivery("2027-01-06", DeliveryOutcome::failed, 1),
                  delivery("2027-01-07", DeliveryOutcome::failed, 2),
                  delivery("2027-04-07", DeliveryOutcome::delivered, 3)});

    const auto rows = audited.paper("2027Q1", "touches.csv");

    CHECK(cells(rows, 0, {"delivery", "attempts", "status", "delivery_at"}) == "failed 2 503 2027-01-07T00:00:00Z");
    CHECK(rows[0].at("customer") == audited.store().pseudonym_of(CustomerId("ada")));
    CHECK(rows[0].at("customer").size() == 32);
}

TEST_CASE("pseudonyms of two stores have nothing in common") {
    AuditedStore one, other;

    CHECK(one.store().pseudonym_of(CustomerId("ada")) != other.store().pseudonym_of(CustomerId("ada")));
    CHECK(one.store().pseudonym_of(CustomerId("ada")) != one.store().pseudonym_of(CustomerId("bob")));
}

TEST_CASE("consents count answers that changed in the quarter, and all at its end") {
    AuditedStore audited;
    audited.live({definitions(at("2027-01-01"), shop("")), consent("ada", at("2027-01-02"), "offers", true),
                  consent("ada", at("2027-04-02"), "offers", true), consent("bob", at("2027-04-03"), "offers", true),
                  consent("ada", at("2027-04-04"), "offers", false), visit("cyd", at("2027-04-05")),
                  consent("cyd", at("2027-07-01"), "offers", true)});

    const auto rows = audited.paper("2027Q2", "consents.csv");

    CHECK(cells(rows, 0,
                {"purpose", "granted_in_quarter", "withdrawn_in_quarter", "granted_at_end", "withdrawn_at_end",
                 "unanswered_at_end", "allowed_at_end"}) == "offers 1 1 1 1 1 1");
    CHECK(cells(rows, 1, {"purpose", "allowed_at_end"}) == "care 3");
}

TEST_CASE("changes tell who did what and why, and new definitions file by file") {
    AuditedStore audited;
    auto pause = record_of("", at("2027-01-09"), PauseRecord{PauseTarget::playbook, "thanks", true});
    pause.actor = "person:dana";
    pause.reason = "complaints, \"many\"";
    auto files = shop(buyers_rules);
    files["rules/more.yaml"] = "metric: orders\nsignal: purchase\nwindow: 7d\n";
    audited.live({definitions(at("2027-01-01"), shop(buyers_rules)), pause, definitions(at("2027-01-10"), files, "v2"),
                  visit("ada", at("2027-04-01"))});

    const auto rows = audited.paper("2027Q1", "changes.csv");

    REQUIRE(rows.size() == 3);
    CHECK(cells(rows, 1, {"sequence", "engine_time", "type", "actor", "reason", "what"}) ==
          "2 2027-01-09T00:00:00Z pause person:dana complaints, \"many\" playbook thanks paused");
    CHECK(cells(rows, 2, {"what"}) == "definitions v2: added rules/more.yaml");
}

TEST_CASE("lists hold what was in force at the quarter's end, not later") {
    AuditedStore audited;
    audited.live({definitions(at("2027-01-01"), shop(buyers_rules)), definitions(at("2027-04-01"), shop(""), "v2")});

    CHECK(cells(audited.paper("2027Q1", "segments.csv"), 0, {"segment", "steward", "enter"}) ==
          "buyers dana feature.orders_10d >= 1");
    CHECK(audited.paper("2027Q2", "segments.csv").empty());
    CHECK(cells(audited.paper("2027Q2", "people.csv"), 0, {"person", "roles"}) == "dana steward\napprover");
}

TEST_CASE("tokens show whether they were in force at the quarter's end") {
    AuditedStore audited;
    const auto token = [](std::string_view when, const char* id, TokenAction action) {
        return record_of("", at(when), TokenRecord{id, id, "viewer", action, at("2027-05-01")});
    };
    audited.live({definitions(at("2027-01-01"), shop("")), token("2027-01-02", "kept", TokenAction::created),
                  token("2027-01-03", "lost", TokenAction::created), token("2027-02-03", "lost", TokenAction::revoked),
                  visit("ada", at("2027-07-01"))});

    const auto spring = audited.paper("2027Q1", "tokens.csv");
    const auto summer = audited.paper("2027Q2", "tokens.csv");

    CHECK(cells(spring, 0, {"token", "state"}) == "kept in_force");
    CHECK(cells(spring, 1, {"token", "state", "revoked_at"}) == "lost revoked 2027-02-03T00:00:00Z");
    CHECK(cells(summer, 0, {"token", "state"}) == "kept expired");
}

TEST_CASE("records are counted by type, with their first and last in the quarter") {
    AuditedStore audited;
    audited.live({definitions(at("2027-01-01"), shop("")), visit("ada", at("2027-01-02")),
                  visit("ada", at("2027-04-02")), visit("ada", at("2027-04-03")), visit("ada", at("2027-07-03"))});

    const auto rows = audited.paper("2027Q2", "records.csv");

    const auto columns = {"number", "type", "in_quarter", "first_sequence", "last_sequence", "until_end"};
    CHECK(cells(rows, 0, columns) == "1 workspace 0 0 0 1");
    CHECK(cells(rows, 1, columns) == "2 signal 2 3 4 3");
}

}  // namespace segmentd::tests
