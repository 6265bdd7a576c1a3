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

std::string without_pilot() {
    return std::string(visitors_rules.substr(0, visitors_rules.find("---\npilot: voucher")));
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

TEST_CASE("new definitions keep the enrolments and sums of a pilot of the same form") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-05")));
    const auto arm = lived.enrolment("ada", "voucher").arm;

    lived.take(definitions(at("2027-02-10"), shop(replaced(visitors_rules, "A voucher makes", "Vouchers make"))));

    CHECK(lived.enrolment("ada", "voucher").arm == arm);
    CHECK(enrolled(lived, 0) == 1);
}

TEST_CASE("a pilot with other metrics starts anew") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-05")));

    lived.take(definitions(at("2027-02-10"), shop(replaced(visitors_rules, "leading: [orders], ", ""))));

    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-10T00:00:00Z");
    CHECK(lived.enrolment("ada", "voucher").outcomes.size() == 2);
    CHECK(enrolled(lived, 0) == 1);
}

TEST_CASE("a pilot that was taken out of the definitions starts anew when it comes back") {
    LivedEngine lived(shop(replaced(visitors_rules, ", leading: [orders], lagging: [spend]", "")));
    lived.take(visit("ada", at("2027-02-05")));
    lived.take(definitions(at("2027-02-08"), shop(without_pilot())));

    lived.take(definitions(at("2027-02-10"), shop(visitors_rules)));

    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-10T00:00:00Z");
    CHECK(lived.enrolment("ada", "voucher").outcomes.size() == 3);
    CHECK(enrolled(lived, 0) == 1);
}

TEST_CASE("a pilot is planned, then enrols, then observes, then has ended") {
    const LivedEngine lived(shop(visitors_rules));
    const auto& pilot = lived.engine.population().book().definitions.pilots.at(0);

    CHECK(daemon::pilot_phase(pilot, at("2027-02-01") - microsecond) == std::string("planned"));
    CHECK(daemon::pilot_phase(pilot, at("2027-02-01")) == std::string("enrolling"));
    CHECK(daemon::pilot_phase(pilot, at("2027-03-01")) == std::string("observing"));
    CHECK(daemon::pilot_phase(pilot, at("2027-04-01")) == std::string("ended"));
}

}  // namespace segmentd::tests
