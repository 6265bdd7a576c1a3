#include <catch2/catch.hpp>

#include "tests/unit/daemon/pilots_fixture.hpp"

namespace segmentd::tests {
namespace {

std::string with_second_pilot(std::string_view name, std::string_view layer) {
    return std::string(visitors_rules) + "---\npilot: " + std::string(name) +
           "\nhypothesis: Another idea.\nsegment: visitors\nlayer: " + std::string(layer) +
           "\narms: {plain: {weight: 50%, control: true}, other: {weight: 50%}}\n"
           "enrol: {from: 2027-02-01, until: 2027-05-01}\nmetrics: {primary: bought}\n";
}

std::string replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
    std::string result(text);
    result.replace(result.find(old_part), old_part.size(), new_part);
    return result;
}

std::int64_t enrolled(const LivedEngine& lived, std::size_t group) {
    const auto& counts = lived.engine.pilots().states().at(0).enrolled(group);
    return counts.at(0) + counts.at(1);
}

}  // namespace

TEST_CASE("a customer who enters the segment while enrolment is open is enrolled at that instant") {
    LivedEngine lived(shop(visitors_rules));

    lived.take(visit("ada", at("2027-02-05T10:00:00Z")));

    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-05T10:00:00Z");
}

TEST_CASE("a member is enrolled at the instant the enrolment opens") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-01-20")));

    const bool was_enrolled_before = lived.is_enrolled("ada", "voucher");
    lived.take(tick(at("2027-02-09")));

    CHECK_FALSE(was_enrolled_before);
    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-01T00:00:00Z");
}

TEST_CASE("a customer who left the segment before the enrolment opens is not enrolled") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-01-01")));

    lived.take(tick(at("2027-02-09")));

    CHECK_FALSE(lived.is_enrolled("ada", "voucher"));
}

TEST_CASE("the first instant of the enrolment belongs to it and its end does not") {
    LivedEngine lived(shop(visitors_rules));

    lived.take(visit("early", at("2027-02-01") - microsecond));
    const bool is_enrolled_early = lived.is_enrolled("early", "voucher");
    lived.take(visit("first", at("2027-02-01")));
    lived.take(visit("last", at("2027-03-01") - microsecond));
    lived.take(visit("end", at("2027-03-01")));

    CHECK_FALSE(is_enrolled_early);
    CHECK(lived.is_enrolled("first", "voucher"));
    CHECK(lived.is_enrolled("last", "voucher"));
    CHECK_FALSE(lived.is_enrolled("end", "voucher"));
}

TEST_CASE("a customer outside the segment is not enrolled") {
    LivedEngine lived(shop(visitors_rules));

    lived.take(purchase("ada", at("2027-02-05")));

    CHECK_FALSE(lived.is_enrolled("ada", "voucher"));
}

TEST_CASE("a pilot without a segment takes everybody who shows up") {
    LivedEngine lived(shop(replaced(visitors_rules, "segment: visitors\nreport_by", "report_by")));

    lived.take(purchase("ada", at("2027-02-05")));

    CHECK(lived.is_enrolled("ada", "voucher"));
}

TEST_CASE("an arm is for ever: leaving and entering again changes neither arm nor instant") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-02")));
    const auto arm = lived.enrolment("ada", "voucher").arm;

    lived.take(visit("ada", at("2027-03-20")));

    CHECK(lived.is_member("ada", "visitors"));
    CHECK(lived.enrolment("ada", "voucher").arm == arm);
    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-02T00:00:00Z");
    CHECK(enrolled(lived, 0) == 1);
}

TEST_CASE("the arm that the engine gives is the arm that the hash alone gives") {
    LivedEngine lived(shop(visitors_rules));
    const auto& pilot = lived.engine.population().book().definitions.pilots.at(0);

    for (int i = 0; i < 200; ++i) {
        const auto id = "customer " + std::to_string(i);
        lived.take(visit(id, at("2027-02-02")));

        CHECK(lived.enrolment(id, "voucher").arm == experiments::arm_of(pilot, CustomerId(id)));
    }
}

TEST_CASE("a layer holds a customer in one pilot at a time") {
    LivedEngine lived(shop(with_second_pilot("zeal", "offers")));

    lived.take(visit("ada", at("2027-02-05")));

    CHECK(lived.is_enrolled("ada", "voucher"));
    CHECK_FALSE(lived.is_enrolled("ada", "zeal"));
}

TEST_CASE("pilots of different layers share a customer") {
    LivedEngine lived(shop(with_second_pilot("zeal", "prices")));

    lived.take(visit("ada", at("2027-02-05")));

    CHECK(lived.is_enrolled("ada", "voucher"));
    CHECK(lived.is_enrolled("ada", "zeal"));
}

TEST_CASE("a layer lets a customer go when the pilot has stopped observing") {
    LivedEngine lived(shop(with_second_pilot("zeal", "offers")));
    lived.take(visit("ada", at("2027-02-25")));

    lived.take(visit("ada", at("2027-04-01") - microsecond));
    const bool is_enrolled_before = lived.is_enrolled("ada", "zeal");
    lived.take(visit("ada", at("2027-04-01")));

    CHECK_FALSE(is_enrolled_before);
    CHECK(lived.is_enrolled("ada", "zeal"));
}

TEST_CASE("a segment that is reported by counts those who are members when they are enrolled") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-01-28")));
    lived.take(visit("ada", at("2027-01-29")));
    lived.take(visit("bob", at("2027-02-05")));
    lived.take(visit("bob", at("2027-02-06")));

    CHECK(enrolled(lived, 0) == 2);
    CHECK(enrolled(lived, 1) == 1);
    CHECK(lived.enrolment("ada", "voucher").reported == std::vector<bool>{true});
}

TEST_CASE("an imported assignment puts a customer into its arm at the instant it happened") {
    LivedEngine lived(shop(replaced(visitors_rules, "layer: offers\n", "assignment: imported\n")));

    lived.take(late(record_of("ada", at("2027-05-01"), AssignmentRecord{PilotId("voucher"), "voucher"}),
                    at("2027-02-10T08:00:00Z")));

    CHECK(lived.enrolment("ada", "voucher").arm == 1);
    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-10T08:00:00Z");
}

TEST_CASE("a pilot with imported assignment enrols nobody by itself") {
    LivedEngine lived(shop(replaced(visitors_rules, "layer: offers\n", "assignment: imported\n")));

    lived.take(visit("ada", at("2027-02-10")));

    CHECK_FALSE(lived.is_enrolled("ada", "voucher"));
}

TEST_CASE("a second imported assignment and one to an unknown arm change nothing") {
    LivedEngine lived(shop(replaced(visitors_rules, "layer: offers\n", "assignment: imported\n")));
    lived.take(record_of("ada", at("2027-02-10"), AssignmentRecord{PilotId("voucher"), "plain"}));

    lived.take(record_of("ada", at("2027-02-11"), AssignmentRecord{PilotId("voucher"), "voucher"}));
    lived.take(record_of("bob", at("2027-02-11"), AssignmentRecord{PilotId("voucher"), "vouchers"}));

    CHECK(lived.enrolment("ada", "voucher").arm == 0);
    CHECK_FALSE(lived.is_enrolled("bob", "voucher"));
    CHECK(enrolled(lived, 0) == 1);
}

TEST_CASE("the first exposure is kept") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-05")));

    lived.take(record_of("ada", at("2027-02-06"), ExposureRecord{PilotId("voucher"), "plain"}));
    lived.take(record_of("ada", at("2027-02-07"), ExposureRecord{PilotId("voucher"), "plain"}));

    CHECK(to_text(*lived.enrolment("ada", "voucher").exposed_at) == "2027-02-06T00:00:00Z");
}

TEST_CASE("a pilot is planned, then enrols, then observes, then has ended") {
    const LivedEngine lived(shop(visitors_rules));
    const auto& pilot = lived.engine.population().book().definitions.pilots.at(0);

    CHECK(daemon::pilot_phase(pilot, at("2027-02-01") - microsecond) == std::string("planned"));
    CHECK(daemon::pilot_phase(pilot, at("2027-02-01")) == std::string("enrolling"));
    CHECK(daemon::pilot_phase(pilot, at("2027-03-01")) == std::string("observing"));
    CHECK(daemon::pilot_phase(pilot, at("2027-04-01")) == std::string("ended"));
}

constexpr std::string_view with_touches = R"(
---
playbook: plain
touches: [{touch: hello, purpose: offers, endpoint: crm}]
---
playbook: rich
touches: [{touch: voucher, purpose: offers, endpoint: crm}, {touch: reminder, purpose: offers, endpoint: crm}]
---
endpoint: crm
owner: dana
)";

// The pilot with these arms; both playbooks have touches for the purpose offers alone.
std::string treated(std::string_view arms) {
    return replaced(visitors_rules, "arms: {plain: {weight: 50%, control: true}, voucher: {weight: 50%}}",
                    "arms: " + std::string(arms)) +
           std::string(with_touches);
}

TEST_CASE("a customer without consent is never assigned to a pilot") {
    LivedEngine lived(shop(
        treated("{plain: {weight: 50%, control: true, playbook: plain}, voucher: {weight: 50%, playbook: rich}}")));

    lived.take(visit("ada", at("2027-02-05")));
    lived.take(consent("bob", at("2027-02-05"), "offers", true));
    lived.take(visit("bob", at("2027-02-05")));

    CHECK(lived.is_member("ada", "visitors"));
    CHECK_FALSE(lived.is_enrolled("ada", "voucher"));
    CHECK(lived.is_enrolled("bob", "voucher"));
}

TEST_CASE("consent that comes while enrolment is open enrols at that instant and its withdrawal changes nothing") {
    LivedEngine lived(shop(
        treated("{plain: {weight: 50%, control: true, playbook: plain}, voucher: {weight: 50%, playbook: rich}}")));
    lived.take(visit("ada", at("2027-02-05")));

    lived.take(consent("ada", at("2027-02-07"), "offers", true));
    lived.take(consent("ada", at("2027-02-08"), "offers", false));

    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-07T00:00:00Z");
}

TEST_CASE("a pilot whose control arm is not contacted needs no consent unless it names a purpose") {
    const auto silent_control =
        replaced(treated("{plain: {weight: 50%, control: true}, voucher: {weight: 50%, playbook: rich}}"),
                 "playbook: plain\ntouches: [{touch: hello, purpose: offers, endpoint: crm}]\n---\n", "");
    LivedEngine open(shop(silent_control));
    LivedEngine strict(shop(replaced(silent_control, "layer: offers\n", "layer: offers\npurpose: offers\n")));

    open.take(visit("ada", at("2027-02-05")));
    strict.take(visit("ada", at("2027-02-05")));

    CHECK(open.is_enrolled("ada", "voucher"));
    CHECK_FALSE(strict.is_enrolled("ada", "voucher"));
}

TEST_CASE("a suppressed customer is not enrolled until it is lifted") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(record_of("ada", at("2027-02-04"), SuppressionRecord{true}));
    lived.take(visit("ada", at("2027-02-05")));
    const bool while_suppressed = lived.is_enrolled("ada", "voucher");

    lived.take(record_of("ada", at("2027-02-06"), SuppressionRecord{false}));

    CHECK_FALSE(while_suppressed);
    CHECK(lived.is_enrolled("ada", "voucher"));
}

TEST_CASE("an imported assignment stands whatever the customer consents to") {
    LivedEngine lived(shop(replaced(visitors_rules, "layer: offers\n", "assignment: imported\npurpose: offers\n")));

    lived.take(record_of("ada", at("2027-02-10"), AssignmentRecord{PilotId("voucher"), "plain"}));

    CHECK(lived.is_enrolled("ada", "voucher"));
}

TEST_CASE("an imported profile that is dated before an imported assignment counts although it comes later") {
    const std::string by_plan = replaced(visitors_rules, "report_by: [keen]", "report_by: [pros, keen]") +
                                "---\nsegment: pros\nsteward: dana\nenter: profile.plan == \"pro\"\n";
    LivedEngine lived(shop(replaced(by_plan, "layer: offers\n", "assignment: imported\n")));
    for (const char* customer : {"ada", "bob", "eve"}) {
        lived.take(historical(record_of(customer, at("2027-02-10"), AssignmentRecord{PilotId("voucher"), "plain"})));
    }

    lived.take(historical(late(plan_of("ada", at("2027-02-20"), "pro"), at("2027-02-01"))));
    lived.take(historical(late(plan_of("bob", at("2027-02-20"), "pro"), at("2027-02-11"))));
    lived.take(historical(late(visit("eve", at("2027-02-20")), at("2027-02-01"))));

    CHECK(lived.enrolment("ada", "voucher").reported == std::vector<bool>{true, false});
    CHECK(lived.enrolment("bob", "voucher").reported == std::vector<bool>{false, false});
    CHECK(enrolled(lived, 1) == 1);
    CHECK(lived.engine.pilots().unrecalled(PilotId("voucher")) == 2);
}

}  // namespace segmentd::tests
