#include <boost/json.hpp>

#include "daemon/reports/reports.hpp"
#include "daemon/reports/segment_place.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// A date where the instant is its start, so that people read what they wrote.
std::string instant_text(Timestamp instant) {
    return start_of_day(day_number(instant)) == instant ? to_date_text(instant) : to_text(instant);
}

json::object to_json(const ValidationOutcome& outcome) {
    const bool is_tested = outcome.verdict != Verdict::not_enough_data;
    return {{"metric", outcome.metric.text},
            {"against", outcome.against},
            {"n", outcome.customers},
            {"n_other", outcome.other_customers},
            {"mean", outcome.mean},
            {"mean_other", outcome.other_mean},
            {"difference", outcome.mean - outcome.other_mean},
            {"interval", is_tested ? json::value(json::array{outcome.lower, outcome.upper}) : json::value()},
            {"p_value", is_tested ? json::value(outcome.p_value) : json::value()},
            {"p_adjusted", is_tested ? json::value(outcome.p_adjusted) : json::value()},
            {"in_sample", outcome.in_sample},
            {"verdict", to_word(outcome.verdict)}};
}

json::object to_json(const ValidationRecord& validation) {
    json::array outcomes;
    for (const auto& outcome : validation.outcomes) outcomes.push_back(to_json(outcome));
    const auto& neighbour = validation.neighbour;
    return {{"segment", validation.segment.text},
            {"version", validation.version},
            {"from", instant_text(validation.from)},
            {"to", instant_text(validation.until)},
            {"members", validation.members},
            {"neighbour", neighbour.empty() ? json::value() : json::value(neighbour.text)},
            {"outcomes", std::move(outcomes)},
            {"verdict", to_word(validation.verdict)},
            {"warnings", json::array(validation.warnings.begin(), validation.warnings.end())}};
}

}  // namespace

json::value validation_report(const ValidationRecord& validation) {
    return to_json(validation);
}

Result<json::value> validations_report(const Engine& engine, const SegmentId& segment) {
    if (auto known = customer_segment(engine, segment); !known) return fail(std::move(known).error());
    json::array rows;
    for (const auto& validation : engine.validations().all()) {
        if (validation.found.segment != segment) continue;
        auto row = to_json(validation.found);
        row["at"] = to_text(validation.at);
        rows.push_back(std::move(row));
    }
    return json::value(std::move(rows));
}

}  // namespace segmentd::daemon
