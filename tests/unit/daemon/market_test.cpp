#include "daemon/simulation/market.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <sstream>

#include "base/sha256.hpp"
#include "daemon/simulation/market_pilots.hpp"
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

// The rows that name a customer and a time.
std::vector<Row> rows_of(const Market& market) {
    std::vector<Row> rows;
    std::istringstream lines(market.signals);
    for (std::string line; std::getline(lines, line);) {
        auto object = json::parse(line).as_object();
        const auto text = [&](const char* name) { return std::string(object.at(name).as_string()); };
        const auto at = parse_timestamp(text("at"));
        if (at && !text("customer").empty()) rows.push_back({text("event"), text("customer"), *at, object});
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

    CHECK(market.rows == 1688);
    CHECK(to_hex(sha256(market.signals)) == "0e7df64330d4051f6a93b07d545b320c46b8533661002da499b2c0af844306da");
    CHECK(to_hex(sha256(market_truth_text(MarketModel{}, settings, market))) ==
          "2a09872e9b3d45f1dff8245e3af1e28e95a4638ea60846497b8e65c0cec89199");
}

TEST_CASE("another seed gives another market") {
    CHECK(simulate(1, 20).signals != simulate(2, 20).signals);
}

TEST_CASE("more teams never change the life of another team") {
    const auto few = simulate(1, 20);
    const auto many = simulate(1, 60);

    CHECK(lines_of(few, "team-00007") == lines_of(many, "team-00007"));
}

TEST_CASE("rows stand in the order of arrival, inside the year, and the end is excluded") {
    const auto market = simulate(3, 200);
    std::int64_t behind = 0;
    Timestamp latest{};
    for (const auto& row : rows_of(market)) {
        behind += row.at < latest ? 1 : 0;
        latest = std::max(latest, row.at);
        CHECK(row.at >= first_of_november - Days(365));
        CHECK(row.at < first_of_november);
    }

    CHECK(market.rows == std::ranges::count(market.signals, '\n'));
    CHECK(market.truth.late > 100);
    CHECK(behind <= market.truth.late);
    CHECK(behind > market.truth.late / 2);
}

TEST_CASE("a team publishes within two weeks exactly where the truth says so") {
    const auto market = simulate(4, 300);
    std::map<std::string, Timestamp> first_schedule;
    for (const auto& row : rows_of(market)) {
        const auto* schedules = row.members.if_contains("schedules");
        if (schedules != nullptr && schedules->is_int64() && schedules->get_int64() > 0) {
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

TEST_CASE("first renewals, starts of schedules and arms lie within the bounds of the truth") {
    const auto truth = simulate(1, 6000).truth;

    for (const auto& renewals : truth.first_renewals) check_share(renewals);
    for (std::size_t crew = 0; crew < 2; ++crew) {
        for (std::size_t arm = 0; arm < 2; ++arm) {
            KnownShare share{MarketModel{}.activation[crew][arm]};
            for (const auto& team : truth.teams) {
                if (team.traits.is_small_crew != (crew == 1) || market_arm(guided_setup, team.customer) != arm)
                    continue;
                ++share.trials;
                share.successes += team.is_activated ? 1 : 0;
            }
            check_share(share);
        }
    }
    KnownShare treated{0.5};
    for (const auto& enrolment : truth.enrolments) {
        treated.trials += 1;
        treated.successes += static_cast<std::int64_t>(enrolment.arm);
    }
    check_share(treated);
}

TEST_CASE("teams differ in how often they come, and mean and spread are those of the gamma") {
    const auto truth = simulate(2, 6000).truth;
    double sum = 0;
    double squares = 0;
    for (const auto& team : truth.teams) {
        sum += team.traits.sessions_per_week;
        squares += team.traits.sessions_per_week * team.traits.sessions_per_week;
    }
    const double mean = sum / 6000;
    const double variance = squares / 6000 - mean * mean;

    // Mean 2.2 and variance 2.2^2 / 4; four standard errors of each.
    CHECK(mean == Approx(2.2).margin(0.06));
    CHECK(variance == Approx(1.21).margin(0.14));
}

TEST_CASE("teams differ in how easily they leave, and the means are those of the moods") {
    const auto truth = simulate(2, 6000).truth;
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        double sum = 0;
        for (const auto& team : truth.teams) sum += team.traits.leaving[mood];
        const double mean = MarketModel{}.leaving[mood];
        // A beta whose parameters add up to 8 has the variance m (1 - m) / 9.
        CHECK(sum / 6000 == Approx(mean).margin(4 * std::sqrt(mean * (1 - mean) / 9 / 6000)));
    }
}

TEST_CASE("visits follow the week and the year") {
    std::array<double, 7> weekdays{};
    for (const auto& row : rows_of(simulate(3, 1000))) {
        if (row.event != "session") continue;
        weekdays[std::chrono::weekday(std::chrono::floor<Days>(row.at)).iso_encoding() - 1] += 1;
    }

    // Friday 1.25 and Sunday 0.60.
    CHECK(weekdays[4] / weekdays[6] == Approx(1.25 / 0.60).epsilon(0.08));
    CHECK(weekdays[0] > weekdays[5]);
}

TEST_CASE("a team answers its own channel and hardly any other") {
    const auto market = simulate(6, 2000);
    std::map<std::string, Channel> prefers;
    for (const auto& team : market.truth.teams) prefers[team.customer] = team.traits.channel;
    KnownShare own{0.45};
    KnownShare other{0.08};
    for (const auto& row : rows_of(market)) {
        if (row.event != "message_sent" && row.event != "message_answered") continue;
        if (row.at > first_of_november - Days(33)) continue;  // its answer may lie beyond the end
        auto& share = row.members.at("channel").as_string() == to_word(prefers[row.customer]) ? own : other;
        ++(row.event == "message_sent" ? share.trials : share.successes);
    }

    check_share(own);
    check_share(other);
}

TEST_CASE("the last word of a team about tips is the one in the truth") {
    const auto market = simulate(8, 1000);
    std::map<std::string, bool> agrees;
    std::int64_t changes = 0;
    for (const auto& row : rows_of(market)) {
        if (row.event != "account_created" && row.event != "consent_changed") continue;
        const bool tips = row.members.at("tips").as_bool();
        if (row.event == "consent_changed") {
            ++changes;
            CHECK(tips != agrees[row.customer]);
        }
        agrees[row.customer] = tips;
    }

    CHECK(market.truth.tips_given > 5);
    CHECK(market.truth.tips_withdrawn > 5);
    CHECK(changes == market.truth.tips_given + market.truth.tips_withdrawn);
    for (const auto& team : market.truth.teams) CHECK(agrees[team.customer] == team.agrees_to_tips);
}

TEST_CASE("lateness and broken rows never change a life") {
    MarketModel quiet;
    quiet.late_visits = quiet.broken_rows = 0;
    const MarketSettings settings{1, 100, first_of_november};

    const auto noisy = simulate_market(MarketModel{}, settings);
    const auto clean = simulate_market(quiet, settings);

    std::int64_t broken = 0;
    for (const auto rows : noisy.truth.broken) broken += rows;
    CHECK(broken > 0);
    CHECK(clean.truth.late == 0);
    CHECK(noisy.rows == clean.rows + broken - noisy.truth.not_arrived);
}

TEST_CASE("the truth beside the signals says what the model and the dice were") {
    const MarketSettings settings{9, 100, first_of_november};
    const auto market = simulate_market(MarketModel{}, settings);

    const auto truth = json::parse(market_truth_text(MarketModel{}, settings, market)).as_object();

    CHECK(truth.at("settings").at("ends_at").as_string() == "2026-11-01T00:00:00Z");
    CHECK(truth.at("first_renewals").at("fading").at("probability").to_number<double>() == Approx(0.65));
    const auto& metrics = truth.at("pilots").at("guided_setup").at("metrics");
    CHECK(metrics.at("activated_14d").at("small_crews").at("effect").to_number<double>() == Approx(0.24));
    CHECK(truth.at("rows").at("all").as_int64() == market.rows);
    CHECK(truth.at("teams").as_array().size() == 100);
}

}  // namespace segmentd::daemon
