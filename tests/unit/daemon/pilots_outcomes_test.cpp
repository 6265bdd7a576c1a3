#include <catch2/catch.hpp>

#include <cstdlib>

#include "base/random.hpp"
#include "tests/unit/daemon/pilots_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view enrolled_at = "2027-02-05T10:00:00Z";

void enrol_ada(LivedEngine& lived) {
    lived.take(visit("ada", at(enrolled_at)));
}

std::int64_t units(const LivedEngine& lived, std::size_t metric) {
    return lived.enrolment("ada", "voucher").outcomes.at(metric).units;
}

// What one customer brought to one metric, from the journal alone.
std::int64_t outcome_from_journal(const LivedEngine& lived, const daemon::Customer& customer,
                                  const daemon::Enrolment& enrolment, const rules::MetricDefinition& metric) {
    std::int64_t total = 0;
    for (const auto& record : lived.journal) {
        const auto* signal = std::get_if<SignalRecord>(&record.payload);
        if (signal == nullptr || record.customer != customer.id || signal->signal != metric.signal.id) continue;
        if (record.occurred_at <= enrolment.at || record.occurred_at > enrolment.at + metric.window) continue;
        const auto cents = std::get<MinorUnits>(signal->properties.at("amount")).count;
        if (metric.id == MetricId("bought")) total = 1;
        if (metric.id == MetricId("orders")) total += cents > 500 ? 1 : 0;
        if (metric.id == MetricId("spend")) total += cents;
    }
    return total;
}

experiments::PilotState recomputed(const LivedEngine& lived) {
    const auto& definitions = lived.engine.population().book().definitions;
    const auto metrics = experiments::metrics_of(definitions.pilots.at(0));
    experiments::PilotState state(2, 2, metrics.size());
    for (std::size_t i = 0; i < lived.engine.population().size(); ++i) {
        const auto& customer = lived.engine.population().at(i);
        const auto found = customer.rest->enrolments.find(PilotId("voucher"));
        if (found == customer.rest->enrolments.end()) continue;
        const auto& enrolment = found->second;
        for (std::size_t group = 0; group < 2; ++group) {
            if (group == 1 && !enrolment.reported.at(0)) continue;
            ++state.enrolled(group, enrolment.arm);
            for (std::size_t m = 0; m < metrics.size(); ++m) {
                const auto& metric = *rules::find(definitions.metrics, metrics[m]);
                if (enrolment.at + metric.window > lived.engine.engine_time()) continue;
                REQUIRE(
                    state.cell(group, enrolment.arm, m).add(outcome_from_journal(lived, customer, enrolment, metric)));
            }
        }
    }
    return state;
}

std::string canonical(const experiments::PilotState& state) {
    std::string bytes;
    state.append_canonical(bytes);
    return bytes;
}

void live_at_random(LivedEngine& lived, std::uint64_t seed) {
    Random random(seed, "outcomes of a pilot");
    auto now = at("2027-01-25");
    for (int i = 0; i < 400; ++i) {
        now += std::chrono::minutes(random.below(300));
        const auto customer = "customer " + std::to_string(random.below(40));
        if (random.bernoulli(0.3)) {
            lived.take(visit(customer, now));
            continue;
        }
        auto record = purchase(customer, now, static_cast<std::int64_t>(random.below(1'000'000)));
        if (random.bernoulli(0.4)) record.occurred_at -= std::chrono::hours(random.below(24 * 20));
        lived.take(record);
    }
}

}  // namespace

TEST_CASE("a purchase at the instant of enrolment is no outcome") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);

    lived.take(purchase("ada", at(enrolled_at)));

    CHECK(units(lived, bought) == 0);
}

TEST_CASE("a purchase one microsecond after enrolment is an outcome") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);

    lived.take(purchase("ada", at(enrolled_at) + microsecond));

    CHECK(units(lived, bought) == 1);
}

TEST_CASE("a purchase at the very end of the window is an outcome and one after it is not") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);

    lived.take(purchase("ada", at("2027-02-12T10:00:00Z")));
    const auto at_the_end = units(lived, bought);
    LivedEngine other(shop(visitors_rules));
    enrol_ada(other);
    other.take(purchase("ada", at("2027-02-12T10:00:00Z") + microsecond));

    CHECK(at_the_end == 1);
    CHECK(units(other, bought) == 0);
}

TEST_CASE("any counts a customer once, count counts how often and sum adds money in cents") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);

    lived.take(purchase("ada", at("2027-02-06"), 1999));
    lived.take(purchase("ada", at("2027-02-07"), 501));

    CHECK(units(lived, bought) == 1);
    CHECK(units(lived, orders) == 2);
    CHECK(units(lived, spend) == 2500);
}

TEST_CASE("a purchase that the metric's filter leaves out is no outcome") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);

    lived.take(purchase("ada", at("2027-02-06"), 500));

    CHECK(units(lived, orders) == 0);
}

TEST_CASE("an outcome stands in the sums from the instant its window has passed") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);
    lived.take(purchase("ada", at("2027-02-06")));

    lived.take(tick(at("2027-02-12T10:00:00Z") - microsecond));
    const auto just_before = sums_of(lived, "ada", bought).count();
    lived.take(tick(at("2027-02-12T10:00:00Z")));

    CHECK(just_before == 0);
    CHECK(sums_of(lived, "ada", bought).to_text() == "1 1 1");
}

TEST_CASE("a customer who brought nothing stands in the sums with zero") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);

    lived.take(tick(at("2027-03-20")));

    CHECK(sums_of(lived, "ada", spend).to_text() == "1 0 0");
}

TEST_CASE("maturity is a timer of its own") {
    LivedEngine lived(shop(visitors_rules));
    lived.take(visit("ada", at(enrolled_at)));

    CHECK(to_text(lived.engine.next_due()) == "2027-02-12T10:00:00Z");
}

TEST_CASE("a late purchase inside the window corrects the sums exactly") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);
    lived.take(purchase("ada", at("2027-02-06"), 1999));
    lived.take(tick(at("2027-03-20")));
    const auto before = sums_of(lived, "ada", spend).to_text();

    lived.take(late(purchase("ada", at("2027-03-21"), 1), at("2027-02-19T10:00:00Z")));

    CHECK(before == "1 1999 3996001");
    CHECK(sums_of(lived, "ada", spend).to_text() == "1 2000 4000000");
}

TEST_CASE("a late purchase from after the window changes no sum") {
    LivedEngine lived(shop(visitors_rules));
    enrol_ada(lived);
    lived.take(tick(at("2027-03-20")));

    lived.take(late(purchase("ada", at("2027-03-21")), at("2027-02-19T10:00:00Z") + microsecond));

    CHECK(sums_of(lived, "ada", spend).to_text() == "1 0 0");
}

TEST_CASE("streaming sums equal sums made from the journal at once, bit for bit") {
    const char* set = std::getenv("SEGMENTD_SEED");
    const std::uint64_t first = set != nullptr ? std::strtoull(set, nullptr, 10) : 1;
    for (auto seed = first; seed < first + 15; ++seed) {
        LivedEngine lived(shop(visitors_rules), at("2027-01-20"));

        live_at_random(lived, seed);

        INFO("repeat: SEGMENTD_SEED=" << seed << " test_daemon \"streaming sums*\"");
        CHECK(canonical(lived.engine.pilots().states().at(0)) == canonical(recomputed(lived)));
        CHECK(lived.engine.pilots().states().at(0).cell(0, 0, bought).count() > 0);
    }
}

TEST_CASE("two enormous outcomes of one customer do not wrap around") {
    const std::string numbers = std::string(visitors_rules) + R"(---
metric: points
signal: purchase
compute: sum
value: event.amount * 1e12
window: 14d
---
pilot: points
hypothesis: Points are collected.
segment: visitors
arms: {plain: {weight: 50%, control: true}, other: {weight: 50%}}
enrol: {from: 2027-02-01, until: 2027-03-01}
metrics: {primary: points}
)";
    LivedEngine lived(shop(numbers));
    enrol_ada(lived);

    lived.take(purchase("ada", at("2027-02-06"), 1'000'000'000));
    lived.take(purchase("ada", at("2027-02-07"), 1'000'000'000));

    CHECK(lived.enrolment("ada", "points").outcomes.at(0).units > 0);
}

}  // namespace segmentd::tests
