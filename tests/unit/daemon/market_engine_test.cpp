// The simulated market through the engine with the workspace that it was made for.
#include <catch2/catch.hpp>
#include <sstream>

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/collect/source_mapping.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/simulation/market_pilots.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

const Timestamp end = at("2026-11-01");

daemon::Market market_of_test() {
    return daemon::simulate_market(daemon::MarketModel{}, {5, 300, end});
}

struct MappedMarket {
    std::vector<Record> records;                  // in the order of arrival
    std::map<std::string, std::int64_t> reasons;  // of refused rows
};

// The rows as the source `activity` reads them.
MappedMarket map_rows(const rules::Rulebook& book, const std::string& signals) {
    const auto& columns = book.definitions.sources.at(0).columns;
    daemon::SourceMapping mapping(book, 0);
    REQUIRE(mapping.take_header(columns).has_value());
    MappedMarket mapped;
    std::istringstream lines(signals);
    std::uint64_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto row = boost::json::parse(line).as_object();
        std::vector<std::string> cells;
        for (const auto& column : columns) {
            const auto* member = row.if_contains(column);
            const bool is_text = member != nullptr && member->is_string();
            cells.push_back(member == nullptr ? "" : is_text ? std::string(member->get_string()) : json_text(*member));
        }
        auto result = mapping.map(cells, ++number, end);
        std::ranges::move(result.records, std::back_inserter(mapped.records));
        for (const auto& rejection : result.rejections) ++mapped.reasons[rejection.reason];
    }
    return mapped;
}

// The demo workspace, and a year that it lived through.
struct LivedMarket {
    LivedMarket()
        : lived(daemon::read_workspace_files(SEGMENTD_SOURCE_DIR "/config/workspaces/demo").value(), at("2025-10-01")) {
    }

    const rules::Rulebook& book() const { return lived.engine.population().book(); }

    void live(const std::vector<Record>& records) {
        Timestamp now{};
        for (auto record : records) {
            now = std::max(now, record.occurred_at);
            record.engine_time = now;
            lived.take(std::move(record));
        }
        lived.take(tick(end));
    }

    const experiments::PilotState& pilot(const char* name) const {
        return lived.engine.pilots().states().at(*rules::index_of(book().definitions.pilots, PilotId(name)));
    }

    // Of the cell of a metric among the pilot's own.
    const ExactSum& cell(const daemon::TruthQuestion& question, std::size_t arm) const {
        const auto& simulated = daemon::simulated_pilots()[question.pilot];
        const auto* definition = rules::find(book().definitions.pilots, PilotId(simulated.name));
        const auto metrics = experiments::metrics_of(*definition);
        const auto place = std::ranges::find(metrics, MetricId(simulated.metrics()[question.metric].name));
        const std::size_t group = question.group == daemon::TruthGroup::all ? 0 : 1;
        return pilot(simulated.name).cell(group, arm, static_cast<std::size_t>(place - metrics.begin()));
    }

    LivedEngine lived;
};

std::string sums_of(const LivedMarket& market) {
    std::string bytes;
    market.lived.engine.pilots().append_canonical(bytes);
    return bytes;
}

}  // namespace

TEST_CASE("broken rows of the market are refused for the reasons that the truth counts, and no others") {
    const auto market = market_of_test();
    const LivedMarket lived;

    const auto mapped = map_rows(lived.book(), market.signals);

    std::map<std::string, std::int64_t> expected;
    for (std::size_t i = 0; i < daemon::broken_reasons.size(); ++i) {
        if (market.truth.broken[i] > 0) expected[daemon::broken_reasons[i]] = market.truth.broken[i];
    }
    CHECK(expected.size() >= 4);
    CHECK(mapped.reasons == expected);
}

TEST_CASE("the engine enrols whom the truth enrols, and counts what the truth observed") {
    const auto market = market_of_test();
    LivedMarket lived;

    lived.live(map_rows(lived.book(), market.signals).records);

    for (std::size_t pilot = 0; pilot < daemon::simulated_pilots().size(); ++pilot) {
        const auto& simulated = daemon::simulated_pilots()[pilot];
        for (std::size_t metric = 0; metric < simulated.metrics().size(); ++metric) {
            for (const auto group : daemon::truth_groups) {
                const daemon::TruthQuestion question{pilot, metric, group, end};
                const auto known = daemon::effect_of(market.truth, question);
                for (std::size_t arm = 0; arm < 2; ++arm) {
                    const auto& cell = lived.cell(question, arm);
                    CAPTURE(simulated.name, simulated.metrics()[metric].name, arm);
                    CHECK(cell.count() == known.teams[arm]);
                    CHECK(cell.mean(simulated.metrics()[metric].units_in_one()) ==
                          Approx(known.observed[arm]).epsilon(1e-12).margin(1e-12));
                }
            }
        }
    }
    CHECK(lived.pilot("next_plan_offer").enrolled(0)[0] > 5);
}

TEST_CASE("late rows end in the same sums of pilots as rows in time") {
    const auto market = market_of_test();
    LivedMarket by_arrival;
    LivedMarket by_time;
    auto records = map_rows(by_time.book(), market.signals).records;

    by_arrival.live(records);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].sequence = i;
    std::ranges::sort(records, {}, [](const Record& one) { return std::pair(one.occurred_at, one.sequence); });
    by_time.live(records);

    CHECK(market.truth.late > 100);
    CHECK(sums_of(by_arrival) == sums_of(by_time));
}

TEST_CASE("the consent that the engine knows at the end is the one in the truth") {
    const auto market = market_of_test();
    LivedMarket lived;

    lived.live(map_rows(lived.book(), market.signals).records);

    for (const auto& team : market.truth.teams) {
        CHECK(lived.lived.customer(team.customer).rest->consent.at("product_tips") == team.agrees_to_tips);
    }
}

}  // namespace segmentd::tests
