// New definitions under a running pilot: enrolments stay, and what the pilot shows is what its rows say
// by the new definitions.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/random.hpp"
#include "tests/unit/daemon/pilots_fixture.hpp"

namespace segmentd::tests {
namespace {

using Edit = std::pair<std::string, std::string>;  // what is written, and what is written instead

std::string edited(std::string_view text, const std::vector<Edit>& edits) {
    std::string result(text);
    for (const auto& [old_part, new_part] : edits) {
        REQUIRE(result.find(old_part) != std::string::npos);
        result.replace(result.find(old_part), old_part.size(), new_part);
    }
    return result;
}

const Edit arms_reordered{"{plain: {weight: 50%, control: true}, voucher: {weight: 50%}}",
                          "{voucher: {weight: 50%}, plain: {weight: 50%, control: true}}"};
const Edit arm_added{"voucher: {weight: 50%}}", "voucher: {weight: 25%}, call: {weight: 25%}}"};
const Edit arm_replaced{"voucher: {weight: 50%}}", "call: {weight: 50%}}"};
const Edit metrics_swapped{"leading: [orders], lagging: [spend]", "leading: [spend], lagging: [orders]"};
const Edit metric_removed{"leading: [orders], ", ""};
const Edit window_changed{"window: 14d", "window: 9d"};
const Edit filter_changed{"event.amount > 5.0", "event.amount > 4000.0"};
const Edit groups_changed{"report_by: [keen]", "report_by: [often, keen]"};
const Edit other_words{"A voucher makes", "Vouchers make"};

std::string without_pilot() {
    return std::string(visitors_rules.substr(0, visitors_rules.find("---\npilot: voucher")));
}

std::string with_often() {
    return std::string(visitors_rules) + "---\nsegment: often\nsteward: dana\nenter: feature.visits >= 3\n";
}

std::string arm_of(const LivedEngine& lived, std::string_view customer) {
    return lived.engine.pilots().form(PilotId("voucher")).arms.at(lived.enrolment(customer, "voucher").arm);
}

Record new_rules(Timestamp when, const std::string& rules) {
    return definitions(when, shop(rules), to_text(when));
}

// What a customer brought, by the text of the metric and the journal alone.
std::int64_t brought(const LivedEngine& lived, const daemon::Customer& customer, Timestamp enrolled,
                     const rules::MetricDefinition& metric) {
    std::int64_t total = 0;
    for (const auto& record : lived.journal) {
        const auto* signal = std::get_if<SignalRecord>(&record.payload);
        if (signal == nullptr || record.customer != customer.id || signal->signal != metric.signal.id) continue;
        if (record.occurred_at <= enrolled || record.occurred_at > enrolled + metric.window) continue;
        const auto cents = std::get<MinorUnits>(signal->properties.at("amount")).count;
        if (!metric.where.empty()) {
            const auto& text = metric.where.front().text;
            if (static_cast<double>(cents) <= 100 * std::stod(text.substr(text.find('>') + 1))) continue;
        }
        if (metric.compute == rules::MetricCompute::any) total = 1;
        if (metric.compute == rules::MetricCompute::count) total += 1;
        if (metric.compute == rules::MetricCompute::sum) total += cents;
    }
    return total;
}

// Visits up to the enrolment, whenever they were told.
std::int64_t visits_before(const LivedEngine& lived, const daemon::Customer& customer, Timestamp enrolled) {
    return std::ranges::count_if(lived.journal, [&](const Record& record) {
        const auto* signal = std::get_if<SignalRecord>(&record.payload);
        return signal != nullptr && signal->signal == SignalId("visit") && record.customer == customer.id &&
               record.occurred_at <= enrolled;
    });
}

// The sums as text, by the names of group, arm and metric.
using Sums = std::map<std::string, std::string>;

// "all plain bought: 1 2 4 / 1 3 9" for what differs.
std::string differences(const Sums& sums, const Sums& wanted) {
    std::string text;
    for (const auto& [name, sum] : wanted) {
        const auto found = sums.find(name);
        const auto actual = found == sums.end() ? "absent" : found->second;
        if (actual != sum) text += name + ": " + actual + " / " + sum + "\n";
    }
    return text;
}

Sums sums_of(const LivedEngine& lived) {
    const auto& form = lived.engine.pilots().form(PilotId("voucher"));
    const auto& state = lived.engine.pilots().states().at(0);
    Sums sums;
    for (std::size_t group = 0; group < state.groups(); ++group) {
        const auto group_name = group == 0 ? "all" : form.groups[group - 1].text;
        for (std::size_t arm = 0; arm < form.arms.size(); ++arm) {
            for (std::size_t m = 0; m < form.metrics.size(); ++m) {
                sums[group_name + ' ' + form.arms[arm] + ' ' + form.metrics[m].id.text] =
                    state.cell(group, arm, m).to_text();
            }
        }
    }
    return sums;
}

using Arms = std::map<std::string, std::string>;

// Keeps the arm that each customer was given first.
void note_arms(const LivedEngine& lived, Arms& arms) {
    const auto& population = lived.engine.population();
    for (std::size_t i = 0; i < population.size(); ++i) {
        const std::string id(population.at(i).id.text());
        if (lived.is_enrolled(id, "voucher")) arms.try_emplace(id, arm_of(lived, id));
    }
}

// The same from the rows: enrolled when an engine did it whose definitions never changed, in the arms given
// first.
Sums recomputed(const LivedEngine& lived, const LivedEngine& unchanged, const Arms& arms) {
    const auto& book = lived.engine.population().book().definitions;
    const auto& form = lived.engine.pilots().form(PilotId("voucher"));
    std::map<std::string, ExactSum> cells;
    for (const auto& [name, text] : sums_of(lived)) cells[name] = {};
    for (std::size_t i = 0; i < unchanged.engine.population().size(); ++i) {
        const auto& customer = unchanged.engine.population().at(i);
        if (!customer.rest->enrolments.contains(PilotId("voucher"))) continue;
        const auto& enrolment = customer.rest->enrolments.at(PilotId("voucher"));
        std::vector<std::string> groups{"all"};
        for (const auto& group : form.groups) {
            if (group == SegmentId("keen") && enrolment.reported.at(0)) groups.push_back("keen");
            if (group == SegmentId("often") && visits_before(lived, customer, enrolment.at) >= 3) {
                groups.push_back("often");
            }
        }
        for (const auto& metric : form.metrics) {
            const auto& definition = *rules::find(book.metrics, metric.id);
            if (enrolment.at + definition.window > lived.engine.engine_time()) continue;
            const auto units = brought(lived, customer, enrolment.at, definition);
            for (const auto& group : groups) {
                REQUIRE(
                    cells.at(group + ' ' + arms.at(std::string(customer.id.text())) + ' ' + metric.id.text).add(units));
            }
        }
    }
    Sums sums;
    for (const auto& [name, cell] : cells) sums[name] = cell.to_text();
    return sums;
}

std::vector<Record> random_life(std::uint64_t seed) {
    Random random(seed, "definitions change under a pilot");
    std::vector<Record> records;
    auto now = at("2027-01-25");
    for (int i = 0; i < 300; ++i) {
        now += std::chrono::minutes(random.below(300));
        const auto customer = "customer " + std::to_string(random.below(30));
        if (random.bernoulli(0.4)) {
            records.push_back(visit(customer, now));
            continue;
        }
        auto record = purchase(customer, now, static_cast<std::int64_t>(random.below(1'000'000)));
        if (random.bernoulli(0.4)) record.occurred_at -= std::chrono::hours(random.below(24 * 20));
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace

TEST_CASE("after any new definitions the sums are those of a computation from the rows") {
    const std::vector<std::vector<Edit>> ways = {{arms_reordered},
                                                 {metrics_swapped},
                                                 {window_changed},
                                                 {filter_changed},
                                                 {groups_changed},
                                                 {metric_removed},
                                                 {other_words},
                                                 {arms_reordered, metrics_swapped},
                                                 {window_changed, filter_changed, groups_changed}};
    const char* set = std::getenv("SEGMENTD_SEED");
    const std::uint64_t first = set != nullptr ? std::strtoull(set, nullptr, 10) : 1;
    for (auto seed = first; seed < first + 10; ++seed) {
        Random random(seed, "which edit and when");
        LivedEngine lived(shop(with_often()), at("2027-01-20")), unchanged(shop(with_often()), at("2027-01-20"));
        Arms arms;
        for (const auto& record : random_life(seed)) {
            lived.take(record);
            unchanged.take(record);
            note_arms(lived, arms);
            if (!random.bernoulli(0.03)) continue;
            const auto& way = ways.at(random.below(ways.size()));
            lived.take(new_rules(record.engine_time, edited(with_often(), way)));

            INFO("repeat: SEGMENTD_SEED=" << seed << " test_daemon \"after any new definitions*\"");
            REQUIRE(differences(sums_of(lived), recomputed(lived, unchanged, arms)) == "");
        }
        CHECK(differences(sums_of(lived), recomputed(lived, unchanged, arms)) == "");
    }
}

TEST_CASE("arms in another order change nobody's arm") {
    LivedEngine lived(shop(visitors_rules));
    std::map<std::string, std::string> before;
    for (int i = 0; i < 50; ++i) {
        const auto id = "customer " + std::to_string(i);
        lived.take(visit(id, at("2027-02-02")));
        before[id] = arm_of(lived, id);
    }

    lived.take(new_rules(at("2027-02-03"), edited(visitors_rules, {arms_reordered})));

    for (const auto& [id, arm] : before) CHECK(arm_of(lived, id) == arm);
}

TEST_CASE("other weights change nobody's arm and end the test of the sample ratio") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-02")));
    const auto arm = arm_of(lived, "ada");

    lived.take(new_rules(
        at("2027-02-03"),
        edited(visitors_rules, {{"50%, control", "99%, control"}, {"voucher: {weight: 50%", "voucher: {weight: 1%"}})));

    CHECK(arm_of(lived, "ada") == arm);
    CHECK(lived.engine.pilots().form(PilotId("voucher")).weights_changed);
}

TEST_CASE("an arm that left keeps its customers, treats nobody, and has them again when it comes back") {
    LivedEngine lived(shop(visitors_rules));
    std::vector<std::string> treated;
    for (int i = 0; i < 20; ++i) {
        const auto id = "customer " + std::to_string(i);
        lived.take(visit(id, at("2027-02-02")));
        if (arm_of(lived, id) == "voucher") treated.push_back(id);
    }
    REQUIRE_FALSE(treated.empty());

    lived.take(new_rules(at("2027-02-03"), edited(visitors_rules, {arm_replaced})));
    const auto& pilot = lived.engine.population().book().definitions.pilots.at(0);
    const auto* arm = daemon::Pilots::arm_of(pilot, lived.enrolment(treated.front(), "voucher"));
    const auto while_gone = arm_of(lived, treated.front());
    lived.take(new_rules(at("2027-02-04"), std::string(visitors_rules)));

    CHECK(arm == nullptr);
    CHECK(while_gone == "voucher");
    for (const auto& id : treated) CHECK(arm_of(lived, id) == "voucher");
}

TEST_CASE("a new arm takes nobody from the others") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-02")));
    const auto arm = arm_of(lived, "ada");

    lived.take(new_rules(at("2027-02-03"), edited(visitors_rules, {arm_added})));

    CHECK(arm_of(lived, "ada") == arm);
    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-02T00:00:00Z");
}

TEST_CASE("a metric that is added to a pilot counts what happened before") {
    LivedEngine lived(shop(edited(visitors_rules, {metric_removed})));
    lived.take(visit("ada", at("2027-02-05")));
    lived.take(purchase("ada", at("2027-02-06"), 9900));

    lived.take(new_rules(at("2027-02-10"), std::string(visitors_rules)));

    CHECK(lived.enrolment("ada", "voucher").outcomes.at(orders).units == 1);
}

TEST_CASE("a longer window takes an outcome out of the sums until it has passed again") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-05")));
    lived.take(tick(at("2027-02-13")));
    const auto before = sums_of(lived, "ada", bought).count();

    lived.take(new_rules(at("2027-02-13"), edited(visitors_rules, {{"window: 7d", "window: 9d"}})));
    const auto after = sums_of(lived, "ada", bought).count();
    lived.take(tick(at("2027-02-14")));

    CHECK(before == 1);
    CHECK(after == 0);
    CHECK(sums_of(lived, "ada", bought).count() == 1);
}

TEST_CASE("a pilot that was taken out of the definitions has its customers and outcomes again when it comes back") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at("2027-02-05")));
    const auto arm = arm_of(lived, "ada");
    lived.take(new_rules(at("2027-02-08"), without_pilot()));
    lived.take(purchase("ada", at("2027-02-09"), 9900));

    lived.take(new_rules(at("2027-02-10"), std::string(visitors_rules)));

    CHECK(arm_of(lived, "ada") == arm);
    CHECK(to_text(lived.enrolment("ada", "voucher").at) == "2027-02-05T00:00:00Z");
    CHECK(lived.enrolment("ada", "voucher").outcomes.at(spend).units == 9900);
}

TEST_CASE("imported assignments outlive another list of reported segments") {
    const auto imported = edited(with_often(), {{"layer: offers\n", "assignment: imported\n"}});
    LivedEngine lived(shop(imported));
    lived.take(historical(visit("ada", at("2027-02-01"))));
    lived.take(historical(record_of("ada", at("2027-02-10"), AssignmentRecord{PilotId("voucher"), "voucher"})));

    lived.take(new_rules(at("2027-02-20"), edited(imported, {{"report_by: [keen]", "report_by: [visitors]"}})));

    CHECK(arm_of(lived, "ada") == "voucher");
    CHECK(lived.enrolment("ada", "voucher").reported == std::vector<bool>{true});
}

TEST_CASE("the state hash after new definitions is that of a fold of the same journal") {
    LivedEngine lived(shop(with_often()), at("2027-01-20"));
    for (const auto& record : random_life(7)) lived.take(record);
    lived.take(new_rules(lived.engine.engine_time(), edited(with_often(), {window_changed, groups_changed})));

    daemon::Engine again(lived.reader());
    for (const auto& record : lived.journal) REQUIRE(again.apply(record).has_value());

    CHECK(to_hex(again.state_hash()) == lived.state_hash());
}

}  // namespace segmentd::tests
