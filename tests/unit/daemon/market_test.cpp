#include "daemon/simulation/market.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <sstream>

#include "base/sha256.hpp"
#include "daemon/simulation/market_truth.hpp"

namespace segmentd::daemon {
namespace {

namespace json = boost::json;

const Timestamp first_of_november = *parse_timestamp("2026-11-01");

Market simulate(std::uint64_t seed, std::int64_t customers) {
    return simulate_market(MarketModel{}, {seed, customers, first_of_november});
}

struct Row {
    std::string event;
    std::string customer;
    Timestamp at{};
    json::object members;
};

std::vector<Row> rows_of(const Market& market) {
    std::vector<Row> rows;
    std::istringstream lines(market.signals);
    for (std::string line; std::getline(lines, line);) {
        auto object = json::parse(line).as_object();
        const auto text = [&](const char* name) { return std::string(object.at(name).as_string()); };
        rows.push_back({text("event"), text("customer"), *parse_timestamp(text("at")), object});
    }
    return rows;
}

std::string lines_of(const Market& market, const std::string& customer) {
    std::string found;
    std::istringstream lines(market.signals);
    for (std::string line; std::getline(lines, line);) {
        if (line.find('"' + customer + '"') != std::string::npos) found += line + '\n';
    }
    return found;
}

// Four standard deviations of a binomial: outside once in 15,000 right generators.
void check_share(const KnownShare& share) {
    const auto trials = static_cast<double>(share.trials);
    const double expected = trials * share.probability;
    const double deviation = std::sqrt(expected * (1 - share.probability));
    REQUIRE(share.trials > 500);
    CHECK(std::abs(static_cast<double>(share.successes) - expected) < 4 * deviation);
}

}  // namespace

TEST_CASE("equal settings give the same market to the byte, on every machine") {
    const MarketSettings settings{7, 40, first_of_november};

    const auto market = simulate_market(MarketModel{}, settings);

    CHECK(market.rows == 1442);
    CHECK(to_hex(sha256(market.signals)) == "90a91950848022ca7be55cc628f39ab810363450d3cdcf2d0c0ad66c686b059c");
    CHECK(to_hex(sha256(market_truth_text(MarketModel{}, settings, market.truth))) ==
          "dd76127fe469841a9030efa7b87be90ba75cb8e5aad98bc76df115f78c309d52");
}

TEST_CASE("another seed gives another market") {
    CHECK(simulate(1, 20).signals != simulate(2, 20).signals);
}

TEST_CASE("more teams never change the life of another team") {
    const auto few = simulate(1, 20);
    const auto many = simulate(1, 60);

    CHECK(lines_of(few, "team-00007") == lines_of(many, "team-00007"));
}

TEST_CASE("a later end moves the same lives in time") {
    const auto market = simulate_market(MarketModel{}, {1, 20, first_of_november});
    const auto later = simulate_market(MarketModel{}, {1, 20, first_of_november + Days(10)});

    const auto rows = rows_of(market);
    const auto later_rows = rows_of(later);
    REQUIRE(rows.size() == later_rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) CHECK(later_rows[i].at - rows[i].at == Days(10));
}

TEST_CASE("signals stand in the order of time, inside the year, and the end is excluded") {
    const auto market = simulate(3, 200);

    const auto rows = rows_of(market);
    CHECK(market.rows == static_cast<std::int64_t>(rows.size()));
    CHECK(std::ranges::is_sorted(rows, {}, &Row::at));
    CHECK(rows.front().at >= first_of_november - Days(365));
    CHECK(rows.back().at < first_of_november);
}

TEST_CASE("a team publishes within two weeks exactly where the truth says so") {
    const auto market = simulate(4, 300);
    std::map<std::string, Timestamp> first_schedule;
    for (const auto& row : rows_of(market)) {
        if (row.event == "session" && row.members.at("schedules").as_int64() > 0) {
            first_schedule.emplace(row.customer, row.at);
        }
    }

    for (const auto& team : market.truth.teams) {
        const auto end = team.started_at + Days(14);
        if (end >= first_of_november) continue;
        const auto found = first_schedule.find(team.customer);
        CHECK((found != first_schedule.end() && found->second <= end) == team.is_activated);
    }
}

TEST_CASE("a team pays every 30 days until it leaves, and is silent from then on") {
    const auto market = simulate(5, 300);
    std::map<std::string, std::int64_t> payments;
    std::map<std::string, Timestamp> last_at;
    for (const auto& row : rows_of(market)) {
        if (row.event == "payment") ++payments[row.customer];
        last_at[row.customer] = row.at;
    }

    for (const auto& team : market.truth.teams) {
        const auto paid_until = team.started_at + payments[team.customer] * Days(30);
        CHECK(last_at[team.customer] <= paid_until);
        CHECK(team.is_paying == (paid_until >= first_of_november));
    }
}

TEST_CASE("what happened lies within the bounds of the truth") {
    const auto truth = simulate(1, 6000).truth;

    for (const auto& arm : truth.arms) {
        check_share(arm.activated);
        check_share(arm.first_renewal);
    }
    for (const auto& renewals : truth.renewals) check_share(renewals);
    check_share({0.5, truth.arms[0].teams + truth.arms[1].teams, truth.arms[1].teams});
}

TEST_CASE("the first renewal of an arm follows from its share of first schedules") {
    // 0.50 (0.25*0.99 + 0.65*0.96 + 0.10*0.65) + 0.50 (0.05*0.99 + 0.45*0.96 + 0.50*0.65), and with 0.64 and 0.36.
    CHECK(first_renewal_probability(MarketModel{}, 0) == Approx(0.8715).epsilon(1e-12));
    CHECK(first_renewal_probability(MarketModel{}, 1) == Approx(0.8897).epsilon(1e-12));
}

TEST_CASE("the truth beside the signals says what the model and the dice were") {
    const MarketSettings settings{9, 100, first_of_november};
    const auto market = simulate_market(MarketModel{}, settings);

    const auto truth = json::parse(market_truth_text(MarketModel{}, settings, market.truth)).as_object();

    CHECK(truth.at("settings").at("ends_at").as_string() == "2026-11-01T00:00:00Z");
    CHECK(truth.at("renewals").at("fading").at("probability").to_number<double>() == Approx(0.65));
    CHECK(truth.at("arms").at("guided").at("activated_14d").at("probability").to_number<double>() == Approx(0.64));
    CHECK(truth.at("teams").as_array().size() == 100);
}

}  // namespace segmentd::daemon
