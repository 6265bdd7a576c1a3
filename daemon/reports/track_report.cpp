// The success metrics of a segment, week by week.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/reports/metric_history.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/reports/segment_place.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// "1997-W40" of ISO 8601: the year and number of a week are those of its Thursday.
std::string week_text(std::int64_t monday) {
    const auto thursday = std::chrono::sys_days(Days(monday + 3));
    const std::chrono::year_month_day date(thursday);
    const auto new_year = std::chrono::sys_days(date.year() / std::chrono::January / 1);
    return fmt::format("{:04}-W{:02}", int(date.year()), (thursday - new_year).count() / 7 + 1);
}

std::vector<CustomerId> members_of(Hindsight& hindsight, std::size_t segment) {
    std::vector<CustomerId> members;
    Row row;
    for (std::size_t index = 0; index < hindsight.population.size(); ++index) {
        auto& customer = hindsight.population.at(index);
        hindsight.population.fill_row(customer, hindsight.at, row);
        if (entered_segments(hindsight.population, row)[segment]) members.push_back(customer.id);
    }
    return members;
}

const char* state_of(const rules::SuccessMetric& target, double value, bool is_whole) {
    if (!is_whole) return "not_yet";
    const bool is_met = value >= target.at_least.value_or(value) && value <= target.at_most.value_or(value);
    return is_met ? "met" : "not_met";
}

json::value optional_number(const std::optional<double>& number) {
    return number ? json::value(*number) : json::value();
}

Result<json::object> row_of(const rules::SuccessMetric& target, const MetricHistory& history, std::size_t which,
                            const std::vector<CustomerId>& members, Timestamp after) {
    ExactSum sum;
    for (const auto& member : members) {
        if (!sum.add(history.units(which, member, after))) {
            return fail(ErrorCode::invalid, "the outcomes are too large to be added up");
        }
    }
    const auto value = sum.mean(history.units_in_one(which));
    return json::object{{"metric", target.metric.id.text},
                        {"members", sum.count()},
                        {"value", members.empty() ? json::value() : json::value(value)},
                        {"at_least", optional_number(target.at_least)},
                        {"at_most", optional_number(target.at_most)}};
}

}  // namespace

Result<json::value> track_report(const Engine& engine, const PastRecords& past, const TrackRequest& request) {
    const auto& definitions = engine.population().book().definitions;
    TRY(segment, customer_segment(engine, request.segment));
    const auto targets = rules::success_metrics_of(definitions, definitions.segments[segment]);
    std::vector<std::size_t> metrics;
    for (const auto& target : targets) metrics.push_back(*rules::index_of(definitions.metrics, target.metric.id));
    TRY(history, MetricHistory::read(engine, past, metrics));
    TRY(walk, HindsightWalk::begin(engine, past));
    json::array rows;
    const auto& calendar = engine.calendar();
    for (auto week = 1 - request.weeks; week <= 0; ++week) {
        const auto monday = period_start(calendar, Period::week, request.now, week);
        auto& hindsight = walk.step_to(monday - Duration(1));
        const auto members = members_of(hindsight, segment);
        for (std::size_t i = 0; i < targets.size() && hindsight.population.size() > 0; ++i) {
            TRY(row, row_of(targets[i], history, i, members, hindsight.at));
            const bool is_whole = monday + history.metric(i).window <= request.now;
            row["week"] = week_text(calendar.day_number(monday));
            row["from"] = calendar.to_date_text(monday);
            row["state"] = members.empty() ? "no_members" : state_of(targets[i], row["value"].as_double(), is_whole);
            rows.push_back(std::move(row));
        }
    }
    return json::value(std::move(rows));
}

}  // namespace segmentd::daemon
